"""Documents that say who may do something are compared in several respects; an answer says in which one it differs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.questions.ask import Ask
from verifier.questions.diff import diff, where_it_matters
from verifier.questions.question import DiffQuestion

ACCOUNT = "111122223333"
JANE = f"arn:aws:iam::{ACCOUNT}:user/jane"
BY_ITSELF = "no identity policy allows it"


def document(principal: Any, **more: Any) -> Policy:
    """A document that lets somebody read."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", **more}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


WHOLE, ONE, EVERYBODY = document({"AWS": ACCOUNT}), document({"AWS": JANE}), document("*")
COMPARED = [
    (WHOLE, WHOLE, "equivalent", "", ""),
    (WHOLE, ONE, "incomparable", BY_ITSELF, ""),
    (ONE, WHOLE, "incomparable", "", BY_ITSELF),
    (EVERYBODY, WHOLE, "narrower", "", ""),
]


@pytest.mark.parametrize(("old", "new", "relation", "gained", "lost"), COMPARED)
def test_an_answer_says_in_which_situation_something_is_gained_or_lost(
    old: Policy, new: Policy, relation: str, gained: str, lost: str
) -> None:
    question = DiffQuestion(old, new, PolicyType.RESOURCE)
    found = diff(question, Ask())
    assert (found.relation.value, found.gained_fit.where, found.lost_fit.where) == (relation, gained, lost)
    for request, where, is_gained in ((found.gained, gained, True), (found.lost, lost, False)):
        if request is not None:
            assert where_it_matters(question, request, gained=is_gained) == where
    nowhere = Request.of("s3:PutObject", "*", principal=JANE)
    assert [where_it_matters(question, nowhere, gained=gained) for gained in (True, False)] == ["", ""]


@pytest.mark.parametrize("told", [PolicyType.RESOURCE, PolicyType.ENDPOINT])
def test_an_answer_assumes_what_follows_from_the_place_of_the_documents(told: PolicyType) -> None:
    cloud = EVERYBODY.cloud
    how = {"narrowed": False, "as_usual": False, "proved": True, "every_service": False}
    place = cloud.by_itself(EVERYBODY, told)
    found = diff(DiffQuestion(EVERYBODY, EVERYBODY, told), Ask())
    assert found.assumes == tuple(cloud.assumptions((EVERYBODY, EVERYBODY), place, **how))
    assert found.assumes != tuple(cloud.assumptions((EVERYBODY, EVERYBODY), None, **how))


def test_what_cannot_be_told_is_the_reason() -> None:
    statements = [
        {"Effect": effect, "Principal": {"AWS": "⟦who⟧"}, "Action": "s3:*", "Resource": "*"}
        for effect in ("Allow", "Deny")
    ]
    unclear = with_holes({"Version": "2012-10-17", "Statement": statements})
    found = diff(DiffQuestion(unclear, EVERYBODY, PolicyType.RESOURCE), Ask())
    assert found.relation.value == "undecided"
    assert found.reason == "a principal that is not known before deployment stands in an Allow and in a Deny"
