"""`delegate --write`: what is written is proved, does what is asked for, and fits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from verifier import Decision, Policy, Request, evaluate
from verifier.base.errors import UsageError
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.delegation import write
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.split_policies import AttachLimitReached, split_policies
from verifier.clouds.aws.delegation.write import WantedDelegation, design_of, write_delegation
from verifier.clouds.aws.policy.write import MANAGED, characters
from verifier.delegations.answer import DelegationProved
from verifier.delegations.written import NothingWritten, WrittenDelegation
from verifier.questions.ask import Ask

ARN = "arn:aws:iam::111122223333:policy/JohnBoundary"
ASK = Ask(seconds=120)
WHOLE = """
    account controltower identity-sync identitystore identitystore-auth lakeformation organizations ram rolesanywhere
    signin sso sso-directory sso-oauth
"""
SERVICES = [name for name in services() if name not in {"iam", "sts", *WHOLE.split()}]
NAMES = st.text("abcXYZ019_+=,.@-", min_size=1, max_size=12)


def wanted(*names: str, own: tuple[str, ...] = (), path: str = "/jack/", arn: str = ARN) -> WantedDelegation:
    """What is asked for."""
    return WantedDelegation(names, path, arn, own)


def written(asked: WantedDelegation) -> WrittenDelegation:
    """What is written."""
    found = write_delegation(asked, ASK)
    assert isinstance(found, WrittenDelegation), found.reason
    return found


def allowed(documents: Iterator[Any], action: str, resource: str = "*", limit: Any = None, **context: str) -> bool:
    """Whether the evaluator allows a request; `boundary` is the value of `iam:PermissionsBoundary`."""
    keys = {"iam:PermissionsBoundary": context["boundary"]} if "boundary" in context else {}
    found = evaluate(
        [Policy.parse(json.dumps(document)) for document in documents],
        Request.of(action, resource, keys),
        boundary=None if limit is None else Policy.parse(json.dumps(limit)),
    )
    return found.decision is Decision.ALLOWED


@share(0.1)
@given(
    st.lists(st.sampled_from(SERVICES), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(SERVICES), max_size=2, unique=True),
    st.lists(NAMES, min_size=1, max_size=3),
    NAMES,
)
def test_what_is_written_is_proved_and_does_what_is_asked_for(
    names: list[str], own: list[str], path: list[str], name: str
) -> None:
    arn = f"arn:aws:iam::111122223333:policy/{name}"
    asked = wanted(*names, own=tuple(own), path=f"/{'/'.join(path)}/", arn=arn)
    found = written(asked)
    documents = found.documents
    assert isinstance(delegate(design_of(documents, arn), ASK), DelegationProved)
    for _, document in documents.files():
        assert characters(json.dumps(document)) <= MANAGED
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids)
    left_out = {action.lower() for one in found.left_out for action in one.actions}
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    for service in names:
        for action in map(str, actions(service)):
            theirs = allowed(iter([everything]), action, limit=documents.boundary)
            assert theirs == (action.lower() not in left_out), action
    assert not allowed(iter([everything]), "iam:CreateUser", asked.arns("user"), documents.boundary)
    for kind in ("user", "role"):
        made, title = f"{asked.arns(kind)[:-1]}kim", kind.capitalize()
        assert allowed(iter(documents.policies), f"iam:Create{title}", made, boundary=arn)
        assert not allowed(iter(documents.policies), f"iam:Create{title}", made)
        assert not allowed(iter(documents.policies), f"iam:Create{title}", made, boundary=f"{arn}s")
        assert not allowed(
            iter(documents.policies), f"iam:Create{title}", f"arn:aws:iam::111122223333:{kind}/k", boundary=arn
        )
    assert allowed(iter(documents.policies), "iam:CreatePolicy", f"{asked.arns('policy')[:-1]}kim")
    assert not allowed(iter(documents.policies), "iam:CreatePolicyVersion", arn)


def test_roles_are_passed_where_a_service_needs_them():
    documents = written(wanted("lambda", "s3")).documents
    passed = [one for one in documents.boundary["Statement"] if one["Action"] == "iam:PassRole"]
    assert passed == [one for one in documents.policies[0]["Statement"] if one["Action"] == "iam:PassRole"]
    assert passed[0]["Condition"] == {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}}
    assert "PassRole" not in json.dumps(written(wanted("s3")).documents.boundary)


def test_many_own_services_are_several_managed_policies():
    found = written(wanted("s3", own=tuple(SERVICES[::3])))
    names = [name for name, _ in found.documents.files()]
    assert names[:2] == ["policy-1.json", "policy-2.json"]
    assert all(characters(json.dumps(document)) <= MANAGED for _, document in found.documents.files())


def test_a_boundary_that_is_too_large_is_not_written():
    found = write_delegation(wanted(*SERVICES), ASK)
    assert isinstance(found, NothingWritten)
    assert "more than the 6,144 of a managed policy" in found.reason


def test_more_managed_policies_than_may_be_attached():
    large = {"Sid": "A", "Effect": "Allow", "Action": [f"s3:{'x' * 1000}{number}" for number in range(60)]}
    with pytest.raises(AttachLimitReached, match="need 16 managed policies"):
        split_policies([large])
    with pytest.raises(AttachLimitReached, match="too large for a managed policy"):
        split_policies([{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "x" * 7000}])


def test_a_split_statement_says_the_same():
    large = {"Sid": "A", "Effect": "Allow", "Action": [f"s3:{'x' * 1000}{number}" for number in range(9)]}
    parts = [statement for policy in split_policies([large]) for statement in policy]
    assert [action for part in parts for action in part["Action"]] == large["Action"]
    assert len({part["Sid"] for part in parts}) == len(parts) > 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (wanted("s3", path="/"), "is not a path of its own"),
        (wanted("s3", path="/j*/"), "is not a path of its own"),
        (wanted("s3", path="/j${aws:username}/"), "is not a path of its own"),
        (wanted("s3", path="jack"), "is not a path of its own"),
        (wanted("s3", path="/" + "j" * 512 + "/"), "is not a path of its own"),
        (wanted("s3", arn="arn:aws:iam::111122223333:policy/jack/B"), "is in the path"),
        (wanted("s3", arn="JohnBoundary"), "is not the ARN that is needed here"),
        (wanted("s3", arn="arn:aws:iam::111122223333:policy/*"), "is not the ARN that is needed here"),
        (wanted(), "no service given"),
        (wanted("s4"), "`s4` is not a service"),
        (wanted("s3", own=("iam",)), "`iam` cannot be delegated as a service"),
        (wanted("ram"), "`ram` cannot be delegated: it reaches beyond the policies of the account"),
    ],
)
def test_what_cannot_be_asked_for(asked: WantedDelegation, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        write_delegation(asked, ASK)


def test_no_service_but_those_is_refused():
    for service in SERVICES:
        assert write._checked(wanted(service)).services == (service,)


def test_without_its_denials_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_denied", lambda *_: iter(()))
    found = write_delegation(wanted("lambda"), ASK)
    assert isinstance(found, NothingWritten)
    assert "not proved" in found.reason


def test_what_does_not_allow_what_is_asked_for_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_of_boundary", lambda _: iter([write._allow("Services", ["s3:Get*"], "*")]))
    found = write_delegation(wanted("s3"), ASK)
    assert isinstance(found, NothingWritten)
    assert "they could not make the request s3:" in found.reason


def test_it_says_where_nothing_can_be_started():
    """Whatever starts a task in ECS perhaps acts as a role that is there already; a function of Lambda may be made."""
    found = write_delegation(wanted("ecs", "lambda"), ASK)
    assert isinstance(found, WrittenDelegation)
    told = {action for one in found.left_out if "nothing can be started there" in one.why for action in one.actions}
    assert told == {"ecs:CreateService", "ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StartTask"}
