"""Unknown parts of documents: what is proved holds for every value, and what is found says what it leans on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.agreement.questions import Tally
from tests.agreement.unknowns import Holed, compare, holed_pairs, instances, with_holes
from verifier import Escapes, Request, evaluate, prove
from verifier.base.errors import Unsupported

CASES = json.loads((Path(__file__).parent / "unknowns.json").read_text(encoding="utf-8"))


def document(case: dict[str, Any], role: str) -> Any:
    """The document of a case: its statements, with what they do not say."""
    said = case[role]
    if case.get("whole") and role == "policy":
        return said
    whole = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    statements = [
        one if "hole" in one else _statement(whole, one) for one in (said if isinstance(said, list) else [said])
    ]
    version = case.get("version", "2012-10-17") if role == "policy" else "2012-10-17"
    return {"Version": version, "Statement": statements}


def _statement(whole: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    left_out = {"Resource"} if "NotResource" in said else set()
    found = {name: held for name, held in whole.items() if name not in left_out} | said
    return {name: held for name, held in found.items() if held is not None}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
@pytest.mark.parametrize("reading", ["all", "usual"])
def test_a_proof_holds_for_every_value_and_a_counterexample_says_what_it_leans_on(case: dict[str, Any], reading: Any):
    policy, maximum = (with_holes(document(case, role)) for role in ("policy", "maximum"))
    verdict = prove(policies=[policy], maximum=maximum, reading=reading)
    assert verdict.word == case["verdict"], verdict
    if "leans" in case:
        assert isinstance(verdict, Escapes)
        assert {one.point.text: one.matches for one in verdict.fit.leans} == case["leans"]  # type: ignore[attr-defined]  # a point of AWS


@pytest.mark.parametrize(
    ("statements", "resource", "said"),
    [
        ([{}], "arn:aws:s3:::k/a", "allowed"),
        ([{"Resource": "⟦b⟧"}], "arn:aws:s3:::k/a", "`${b}`"),
        ([{}, {"Resource": "⟦b⟧"}], "arn:aws:s3:::k/a", "allowed"),
        ([{}, {"Effect": "Deny", "Resource": "arn:aws:s3:::⟦b⟧/*"}], "arn:aws:s3:::k/a", "`arn:aws:s3:::${b}/*`"),
        ([{}, {"Effect": "Deny", "Resource": "arn:aws:s3:::⟦b⟧/*"}], "arn:aws:s3:::k", "allowed"),
        ([{"Resource": "⟦b⟧"}, {"Resource": None, "NotResource": "⟦b⟧"}], "arn:aws:s3:::k/a", "allowed"),
        ([{"Condition": {"hole": "c"}}], "arn:aws:s3:::k/a", "`${c}`"),
        ([{"Action": "ec2:*", "Resource": "⟦b⟧"}], "arn:aws:s3:::k/a", "implicit-deny"),
        ([{"Condition": {"StringEquals": {"aws:PrincipalTag/t": "red-⟦v⟧"}}}], "*", "`red-${v}`"),
        ([{"Condition": {"StringEquals": {"aws:PrincipalTag/t": "blue-⟦v⟧"}}}], "*", "implicit-deny"),
    ],
)
@pytest.mark.parametrize("principal", [None, "arn:aws:iam::111122223333:user/jane"])
def test_a_decision_is_made_where_it_is_the_same_for_every_value(
    statements: Any, resource: str, said: str, principal: str | None
):
    asked = with_holes(document({"policy": statements}, "policy"))
    request = Request.of("s3:GetObject", resource, {"aws:PrincipalTag/t": "red-1"})
    if said.startswith("`"):
        with pytest.raises(Unsupported) as refused:
            evaluate(policies=[asked], request=request, principal=principal)
        assert str(refused.value) == f"the decision depends on what is not known before deployment: {said}"
    else:
        assert evaluate(policies=[asked], request=request, principal=principal).decision.value == said


OPEN = [{"Resource": f"arn:aws:s3:::⟦b{number}⟧"} for number in range(11)]
ELSEWHERE = [f"arn:aws:sqs:::⟦b{number}⟧" for number in range(11)]


@pytest.mark.parametrize(
    ("statements", "points"),
    [
        (OPEN[:10], None),
        (OPEN, 11),
        ([{"Resource": ELSEWHERE[:10]}, OPEN[0]], None),
        ([{"Resource": ELSEWHERE}], 11),
    ],
)
def test_a_decision_depends_on_few_entries_that_are_not_known(statements: Any, points: int | None):
    """All choices are tried; those of a statement that matches for none of them take no part."""
    asked = with_holes(document({"policy": [{}, *statements]}, "policy"))
    request = Request.of("s3:GetObject", "arn:aws:s3:::k")
    if points is None:
        assert evaluate(policies=[asked], request=request).decision.value == "allowed"
    else:
        words = f"the decision may depend on {points} entries that are not known before deployment"
        with pytest.raises(Unsupported, match=f"^{words}$"):
            evaluate(policies=[asked], request=request)


@given(holed_pairs())
def test_what_is_said_of_documents_with_holes_holds_once_values_stand_in_them(holed: Holed):
    tally = Tally()
    compare(holed, tally)
    assert tally.contradictions == []


def test_values_with_which_a_name_stands_twice_make_no_document():
    """AWS takes no object with one name twice, so that nothing is promised of the one that would be left."""
    blocks = {"StringEquals": {"aws:username": "a"}, "⟦h⟧": {"aws:username": "a"}}
    held = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": blocks}}
    drawn = instances(Holed(held, held, {"h": ("StringLike", *["StringEquals"] * 5)}, ()))
    assert len(list(drawn)) == 1
