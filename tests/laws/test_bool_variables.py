"""Policy variables in a Bool value (rule 25): the formula cuts the word into pieces, the evaluator fills them in."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.interpreter import Interpreter
from verifier import Policy, Undecided, prove
from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.evaluate.evaluate import allows
from verifier.clouds.aws.request import Request
from verifier.logic.claims import Claim, Level, Says

SOME = [
    "${acme:v}",
    "t${acme:v}",
    "T${acme:v}e",
    "${acme:v}E",
    "tr${acme:v}${acme:w}",
    "${acme:v}ru${acme:w}",
    "${acme:v, 'tr'}u${acme:w, 'E'}",
    "f${acme:v, 'als'}e",
]
NEVER = ["x${acme:v}", "\u0130${acme:v}", "${acme:v}u${acme:v}", "${acme:v}rue${acme:v}e", "true${acme:v}e"]
PIECES = ["true", "rue", "RU", "r", "u", "alse", "als", "t", "tru", "", "*", None]


def condition(value: str) -> Policy:
    """Return a document that allows where `acme:k` is the Boolean `value`."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"acme:k": value}}}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


@pytest.mark.parametrize("value", SOME + NEVER)
def test_the_formula_says_what_the_evaluator_does(value: str) -> None:
    policy = condition(value)
    claim, matched = Claim(Level((policy,)), Says.ALLOWS), 0
    for key, v, w in itertools.product(["true", "FALSE", "maybe"], PIECES, ["ue", "e", "", None]):
        context = {"acme:k": key, "acme:v": v, "acme:w": w}
        request = Request.of("s3:GetObject", "*", {name: text for name, text in context.items() if text is not None})
        truth = allows((policy,), request)
        matched += truth
        assert Interpreter(request, lambda _: "").holds(claim.whole) == truth, request
    assert bool(matched) == (value in SOME)


def test_a_value_of_too_many_parts_is_not_decided() -> None:
    compile_policy(condition("${acme:v}e" * 4))
    longer = condition("${acme:v}e" * 4 + "${acme:v}")
    words = "a Bool value with variables has more than 8 parts"
    with pytest.raises(Unsupported, match=words):
        compile_policy(longer)
    answer = prove(policies=[condition("true")], maximum=longer)
    assert isinstance(answer, Undecided)
    assert words in answer.reason
