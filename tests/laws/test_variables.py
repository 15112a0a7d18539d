"""Policy variables in values (rules 25 to 28): the formula says what the evaluator, which fills them in, decides."""

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
from verifier.questions.claims import Claim, Level, Says

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


TEXTS = ["", "a", "A", "ab", "aB", "b", "ba", "aa", "*", None]
STRINGS = [
    "${acme:v}",
    "a${acme:v}",
    "${acme:v}${acme:w}",
    "${acme:v}${acme:v}",
    "${acme:v, 'a'}b",
    "${acme:k}",
    "${acme:k}${acme:v}",
    "${acme:v}${acme:k}${acme:w}",
    "${acme:k}${acme:k}",
    "${acme:k}${acme:k}${acme:v, 'a'}",
    "a${acme:k}",
]
PATTERNS = ["${acme:v}*", "*${acme:v}?", "${acme:k}*", "${acme:k}?", "*${acme:k}*${acme:v}", "${acme:k}*${acme:k}"]
OPERATORS = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike"]


def condition(value: str, operator: str = "Bool") -> Policy:
    """Return a document that allows where `acme:k` stands to `value` as the operator says."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"acme:k": value}}}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


@pytest.mark.parametrize("value", SOME + NEVER)
def test_booleans(value: str) -> None:
    policy = condition(value)
    claim, matched = Claim(Level((policy,)), Says.ALLOWS), 0
    for key, v, w in itertools.product(["true", "FALSE", "maybe"], PIECES, ["ue", "e", "", None]):
        context = {"acme:k": key, "acme:v": v, "acme:w": w}
        request = Request.of("s3:GetObject", "*", {name: text for name, text in context.items() if text is not None})
        truth = allows((policy,), request)
        matched += truth
        assert Interpreter(request, lambda _: "").holds(claim.whole) == truth, request
    assert bool(matched) == (value in SOME)


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        *itertools.product(OPERATORS, STRINGS),
        *itertools.product([operator for operator in OPERATORS if "Like" in operator], PATTERNS),
    ],
)
def test_texts(operator: str, value: str) -> None:
    policy = condition(value, operator)
    claim, truths = Claim(Level((policy,)), Says.ALLOWS), set()
    for texts in itertools.product(TEXTS, TEXTS[::2], ["", "b", None]):
        context = dict(zip(("acme:k", "acme:v", "acme:w"), texts, strict=True))
        request = Request.of("s3:GetObject", "*", {name: text for name, text in context.items() if text is not None})
        truths.add(truth := allows((policy,), request))
        assert Interpreter(request, lambda _: "").holds(claim.whole) == truth, request
    assert True in truths or value in ("a${acme:k}", "${acme:k}?")


def test_a_value_of_too_many_parts_is_not_decided() -> None:
    compile_policy(condition("${acme:v}e" * 4))
    longer = condition("${acme:v}e" * 4 + "${acme:v}")
    words = "a Bool value with variables has more than 8 parts"
    with pytest.raises(Unsupported, match=words):
        compile_policy(longer)
    answer = prove(policies=[condition("true")], maximum=longer)
    assert isinstance(answer, Undecided)
    assert words in answer.reason


def test_a_value_with_too_many_defaults_is_not_decided() -> None:
    six = "".join(f"${{acme:v{number}, 'a'}}" for number in range(6))
    compile_policy(condition(f"{six}${{acme:v}}${{acme:w}}", "StringEquals"))
    with pytest.raises(Unsupported, match="one value has more than 6 variables with defaults"):
        compile_policy(condition(f"{six}${{acme:v, 'a'}}", "StringEquals"))
