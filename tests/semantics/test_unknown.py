"""Parts that are not known before deployment: a statement as they are taken to be, and what happens whatever they are.

A part stands between `⟦` and `⟧`; a request is decided if every value of what is unknown decides it in the same way.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier.base.errors import Unsupported
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, evaluate, match_statement, matches
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.unknown import unknowns_of
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision

JANE = "arn:aws:iam::111122223333:user/jane"


def document(*statements: dict[str, Any]) -> Policy:
    """A document of statements, each about everything but for what it says."""
    whole = [{"Effect": "Allow", "Action": "*", "Resource": "*", **one} for one in statements]
    return with_holes({"Version": "2012-10-17", "Statement": whole})


def request(value: Any = None) -> Request:
    """A request of somebody, with a value of `acme:k`."""
    return Request.of("s3:GetObject", "arn:aws:s3:::a", {} if value is None else {"acme:k": value}, principal=JANE)


def where(operator: str, value: Any) -> dict[str, Any]:
    """A condition on `acme:k`."""
    return {"Condition": {operator: {"acme:k": value}}}


# A statement, a value of `acme:k`, and whether it matches where nothing unknown is taken to match, and where all is.
TAKEN: list[tuple[dict[str, Any], Any, bool, bool]] = [
    ({"Action": "⟦a⟧"}, None, False, True),
    ({"Action": "ec2:⟦a⟧"}, None, False, False),
    ({"Resource": "⟦a⟧"}, None, False, True),
    ({"Resource": "arn:aws:s3:::⟦a⟧"}, None, False, True),
    ({"Resource": "arn:aws:sqs:::⟦a⟧"}, None, False, False),
    ({"Resource": ["⟦a⟧", "*"]}, None, True, True),
    ({"Principal": {"AWS": "⟦a⟧"}}, None, False, True),
    ({"Condition": {"hole": "a"}}, None, False, True),
    (where("StringEquals", "⟦a⟧"), "x", False, True),
    (where("StringEquals", "x⟦a⟧"), "xy", False, True),
    (where("StringEquals", "x⟦a⟧"), "y", False, False),
    (where("StringNotEquals", "⟦a⟧"), "x", True, False),
    (where("NumericEquals", "⟦a⟧"), "1", False, True),
    (where("NumericEquals", "⟦a⟧"), "x", False, False),
    (where("IpAddress", "⟦a⟧"), "10.0.0.1", False, True),
    (where("DateLessThan", "⟦a⟧"), "2026-01-01T00:00:00Z", False, True),
]


@pytest.mark.parametrize(("statement", "value", "usual", "other"), TAKEN)
def test_a_statement_matches_as_what_is_unknown_is_taken_to(
    statement: dict[str, Any], value: Any, usual: bool, other: bool
) -> None:
    for policy in (document(statement), document(*([{"Action": "ec2:*"}] * 20), statement)):
        points = frozenset(unknowns_of(policy))
        for reading, truth in ((frozenset[Any](), usual), (points, other)):
            assert allows((policy,), request(value), reading) is truth
            last = policy.statements[-1]
            assert matches(last, request(value), reading) is truth
            assert (next(match_statement(last, request(value), reading), None) is None) is truth


def test_a_condition_that_is_not_known_is_said() -> None:
    (statement,) = document({"Condition": {"hole": "a"}}).statements
    ((element, reason),) = [(one.element, one.reason) for one in match_statement(statement, request())]
    assert (element, reason) == ("Condition", "the condition `${a}` is not known")


def several(count: int, start: int = 0) -> dict[str, Any]:
    """A statement with so many unknown resources."""
    return {"Resource": [f"⟦r{number}⟧" for number in range(start, start + count)]}


EC2 = {"Action": "ec2:*"}
DECIDED: list[tuple[list[dict[str, Any]], Decision | str]] = [
    ([{"Resource": ["⟦b⟧", "*"]}], Decision.ALLOWED),
    ([{"Resource": "⟦b⟧"}, {"Resource": "*"}], Decision.ALLOWED),
    ([{"Resource": "⟦b⟧"}, {"Effect": "Deny"}], Decision.EXPLICIT_DENY),
    ([{"Resource": "arn:aws:sqs:::⟦b⟧"}], Decision.IMPLICIT_DENY),
    ([{"Resource": "⟦b⟧"}], "the decision depends on what is not known before deployment: `${b}`"),
    ([several(2)], "the decision depends on what is not known before deployment: `${r0}`, `${r1}`"),
    # Of statements that cannot match, nothing is tried, unless each has very many.
    ([several(1, number) | EC2 for number in range(11)], Decision.IMPLICIT_DENY),
    ([several(10) | EC2, several(10, 10) | EC2], Decision.IMPLICIT_DENY),
    ([several(11) | EC2], "the decision may depend on 11 entries that are not known before deployment"),
    ([several(11)], "the decision may depend on 11 entries that are not known before deployment"),
    ([several(10)], "the decision depends on what is not known before deployment: `${r0}`, `${r1}`, "),
]


@pytest.mark.parametrize(("statements", "expected"), DECIDED)
def test_a_request_is_decided_where_no_value_matters(
    statements: list[dict[str, Any]], expected: Decision | str
) -> None:
    documents = Documents((document(*statements),))
    if isinstance(expected, Decision):
        assert evaluate(documents, request()).decision is expected
        return
    with pytest.raises(Unsupported) as refused:
        evaluate(documents, request())
    assert str(refused.value).startswith(expected)
    assert str(refused.value) == expected or expected.endswith(", ")


def test_a_document_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unsupported, match=r"^`p` is not known before deployment$"):
        allows((with_holes({"hole": "p"}),), request())
