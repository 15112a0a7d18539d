"""What somebody must be able to do: proofs and missing requests agree with the oracle, and a fault is noticed."""

from __future__ import annotations

import json
import random

import pytest

from tests.agreement.needed import compare_needs, drawn_needs
from tests.agreement.principals import JANE
from tests.agreement.questions import Tally
from verifier.cli.batch_lines import batch
from verifier.clouds.aws import ways


def _tally(count: int) -> Tally:
    tally = Tally()
    for place in range(count):
        chance = random.Random(place)  # noqa: S311  # no secret
        compare_needs(drawn_needs(chance), chance, tally)
    return tally


def test_needs_of_somebody_agree_with_the_oracle() -> None:
    tally = _tally(150)
    assert not tally.contradictions
    assert tally.counts["needs missing"] > 15
    assert tally.counts["granted, tried by force"] > 3


def test_a_way_that_allows_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no boundary and no session policy limited anybody."""
    monkeypatch.setattr(ways._Parts, "_limits", ())
    line = {
        "principal": JANE,
        "policies": [_document("sqs:*")],
        "boundary": _document("kms:*"),
        "needs": _document("sqs:*"),
    }
    tally = Tally()
    compare_needs(line, random.Random(1), tally)  # noqa: S311  # no secret
    assert any("granted, but missing" in text for text in tally.contradictions)


def _document(*actions: str, **more: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


ROLE = "arn:aws:iam::111122223333:role/app"
OBJECTS = "arn:aws:s3:::b/*"
GET = _document("s3:GetObject", Resource=OBJECTS)
BUCKET = [
    {"resource": "arn:aws:s3:::b", "policy": _document("s3:GetObject", Resource=OBJECTS, Principal={"AWS": ROLE})}
]


def _ask(**more: object) -> dict[str, object]:
    (answer,) = batch([json.dumps({"ask": "needs", "principal": ROLE, "needs": GET, **more})])
    return answer


def test_a_resource_policy_grants_what_is_needed_in_its_account() -> None:
    same = {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    account = _document("s3:GetObject", Resource=OBJECTS, Condition=same)
    assert _ask(resource_policies=BUCKET, needs=account)["verdict"] == "granted"
    assert _ask(resource_policies=BUCKET)["verdict"] == "missing"  # another account's bucket
    assert (_ask()["verdict"], _ask()["stopped_by"]) == ("missing", ["policy"])


def test_what_would_not_be_sure_is_undecided() -> None:
    rcp = _document("s3:*", Effect="Deny", Principal="*")
    for more, reason in (
        ({"rcps": [rcp]}, "which accounts the organization has"),
        ({"principal": "arn:aws:iam::111122223333:root"}, "about users, roles"),
        ({"principal": "arn:aws:sts::111122223333:federated-user/v", "resource_policies": BUCKET}, "who federated"),
    ):
        answer = _ask(**more)
        assert (answer["verdict"], reason in str(answer["reason"])) == ("undecided", True)
