"""The policy for fetching an account: made from the tables, and proved by verifier itself to read no data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands import ROOT
from verifier import Contained, Escapes, Policy, prove
from verifier.clouds.aws.catalogue.actions import AccessLevel, actions, services
from verifier.fetch.permissions import permissions

EXAMPLE = ROOT / "examples" / "fetch-account"
NEEDED = permissions()
PRESETS = ["no-secrets", "no-escalation", "no-exposure", "no-audit-tampering"]


def policy(document: Any) -> Policy:
    """The policy of a document."""
    return Policy.parse(json.dumps(document))


def within(maximum: Policy, *more: str) -> Contained | Escapes | Any:
    """The verdict on the policy with some actions `more`."""
    added = [{"Effect": "Allow", "Action": list(more), "Resource": "*"}] if more else []
    wider = {**NEEDED, "Statement": [*NEEDED["Statement"], *added]}
    return prove(policies=[policy(wider)], maximum=maximum)


def reads_only() -> Policy:
    """A maximum of the catalogue: every action of AWS that reads or lists."""
    levels = (AccessLevel.READ, AccessLevel.LIST)
    found = [str(each) for service in services() for each in actions(service) if each.access_level in levels]
    return policy({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": found, "Resource": "*"}})


def test_the_policy_of_the_example_is_that_of_the_tables():
    assert json.loads((EXAMPLE / "permissions.json").read_text(encoding="utf-8")) == NEEDED


def test_it_is_small_enough_for_a_managed_policy():
    """IAM quotas: 6,144 characters, white space not counted."""
    assert len("".join(json.dumps(NEEDED).split())) <= 6_144


def test_it_grants_no_write():
    maximum = reads_only()
    assert isinstance(within(maximum), Contained)
    for planted in ("sqs:SendMessage", "iam:PassRole", "s3:PutBucketPolicy", "kms:*"):
        assert isinstance(within(maximum, planted), Escapes), planted


def no_data() -> dict[str, Any]:
    """The maximum of the example: everything except what returns data."""
    return json.loads((EXAMPLE / "no-data.json").read_text(encoding="utf-8"))


def test_it_grants_no_read_of_data():
    assert isinstance(within(policy(no_data())), Contained)


@pytest.mark.parametrize("data", [each for part in no_data()["Statement"][1:] for each in part["Action"]])
def test_every_read_of_data_would_be_noticed(data: str):
    assert isinstance(within(policy(no_data()), data), Escapes)


@pytest.mark.parametrize("name", PRESETS)
def test_it_is_within_the_ready_made_maxima(name: str):
    assert isinstance(within(Policy.load(f"preset:{name}")), Contained)
