"""What many documents are compared with: it is checked before they are, and places each of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier import Policy
from verifier.base.errors import PolicyError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.question import Standard

RCP = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}


def document(**statement: Any) -> Policy:
    said = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", **statement}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": said}))


ONE, MAXIMUM, BOUNDARY = document(), document(Action="s3:*"), document(Action="*")


@pytest.mark.parametrize(
    ("told", "place"),
    [
        (None, Documents((ONE,), boundary=BOUNDARY)),
        (PolicyType.IDENTITY, Documents((ONE,), boundary=BOUNDARY)),
    ],
)
def test_a_document_is_in_its_place_beside_the_others(told: PolicyType | None, place: Documents) -> None:
    standard = Standard(Documents((), boundary=BOUNDARY), MAXIMUM, told)
    standard.check()
    question = standard.question(ONE)
    assert question.documents == place
    assert question.maximum == MAXIMUM
    assert standard.policies() == (BOUNDARY, MAXIMUM)


def test_a_document_that_is_not_what_it_is_told_to_be_is_refused() -> None:
    standard = Standard(Documents(()), MAXIMUM, PolicyType.RCP)
    with pytest.raises(PolicyError):
        standard.question(ONE)


@pytest.mark.parametrize(
    ("standard", "error", "words"),
    [
        (Standard(Documents(()), document(**RCP), None), PolicyError, "maximum"),
        (Standard(Documents((), boundary=document(**RCP)), MAXIMUM, None), PolicyError, "boundary"),
    ],
)
def test_what_does_not_suit_its_place_is_refused(standard: Standard, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        standard.check()
