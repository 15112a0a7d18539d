"""A chain in an account of many is found among the few through whom its proof failed, and is a shortest one all the
same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from verifier import Account, Policy
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.delegation.account_chain import chain_of_account
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, proof_of_account
from verifier.clouds.aws.delegation.chain import ChainSearch
from verifier.clouds.aws.delegation.state import DelegationState
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests
from verifier.clouds.aws.delegation.steps import next_steps
from verifier.questions.ask import Ask

IAM = "arn:aws:iam::111122223333:"
JACK = f"{IAM}user/jack"
ASK = Ask(60.0)
Dump = dict[str, Any]


def allow(action: Any, resource: str = "*") -> Dump:
    """A document that allows something."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def user(name: str, document: Dump) -> Dump:
    """A user with an inline policy."""
    inline = [{"PolicyName": "own", "PolicyDocument": document}]
    return {"UserName": name, "Arn": f"{IAM}user/{name}", "Path": "/", "UserPolicyList": inline}


def role(name: str, document: Dump, **trusted: str) -> Dump:
    """A role with an inline policy, which trusts somebody."""
    inline = [{"PolicyName": "own", "PolicyDocument": document}]
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    trusting = {"Version": "2012-10-17", "Statement": [trust]}
    found = {"RoleName": name, "Arn": f"{IAM}role/{name}", "Path": "/", "RolePolicyList": inline}
    return {**found, "AssumeRolePolicyDocument": trusting}


def managed(arn: str, document: Dump) -> Dump:
    """A managed policy."""
    versions = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}]
    name = arn.rpartition("/")[2]
    return {"PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": versions}


class Searched:
    """A search for a chain in an account in which Jack begins, and how many states it went on from."""

    def __init__(self, folder: Path, users: list[Dump], roles: list[Dump], policies: Sequence[Dump] = ()) -> None:
        dump = {"UserDetailList": users, "RoleDetailList": roles, "Policies": list(policies)}
        (folder / "account.json").write_text(json.dumps(dump), encoding="utf-8")
        all_but_one = {"Effect": "Allow", "NotAction": "ec2:TerminateInstances", "Resource": "*"}
        maximum = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [all_but_one]}))
        asked = AccountDelegation(Account.load(folder), JACK, maximum)
        facts, proof = proof_of_account(asked, ASK)
        self.start, self.through = facts.start, proof.attempt(Budget.of(60)).through
        self.states = 0
        requests = StepRequests(facts.start.setting, facts.read_keys, ASK)
        self.search = ChainSearch(requests, asked.maxima, ASK, self._steps)

    def _steps(self, requests: StepRequests, state: DelegationState) -> Iterator[Onward]:
        self.states += 1
        return next_steps(requests, state)

    def moves(self, *, shortest: bool = True, most: int = 4) -> list[str | None] | None:
        """The moves of the chain that is found."""
        found = chain_of_account(self.search, self.start, self.through, most, Budget.of(60), shortest=shortest)
        return None if found is None else [step.move for step in found]


def crowd(size: int) -> list[Dump]:
    """Users of whom no two are alike, and the last of whom may assume a role."""
    several = [user(f"u{number}", allow("s3:GetObject", f"arn:aws:s3:::b{number}/*")) for number in range(size)]
    return [*several, user("zoe", allow("sts:AssumeRole"))]


def test_a_chain_among_many_is_found_through_a_few(tmp_path: Path) -> None:
    jack = user("jack", allow("iam:CreateAccessKey"))
    found = Searched(tmp_path, [jack, *crowd(100)], [role("administration", allow("*"), AWS=f"{IAM}user/zoe")])
    assert found.through == {JACK, f"{IAM}user/zoe", f"{IAM}role/administration"}
    assert found.moves(shortest=False) == ["CreateAccessKey", "AssumeRole", None]
    assert found.states == 2  # of Jack, and of Jack with the keys of Zoe


def test_policies_are_no_reason_to_look_through_everybody(tmp_path: Path) -> None:
    carried = [f"{IAM}policy/p{number}" for number in range(70)]
    zoe = {**crowd(0)[-1], "AttachedManagedPolicies": [{"PolicyName": arn[-3:], "PolicyArn": arn} for arn in carried]}
    jack = user("jack", allow("iam:CreateAccessKey"))
    policies = [managed(arn, allow("s3:GetObject", f"arn:aws:s3:::b{place}/*")) for place, arn in enumerate(carried)]
    administration = role("administration", allow("*"), AWS=f"{IAM}user/zoe")
    found = Searched(tmp_path, [jack, *crowd(100)[:-1], zoe], [administration], policies)
    assert found.moves(shortest=False) == ["CreateAccessKey", "AssumeRole", None]
    assert found.states == 2


def through_a_service_or_two_roles(folder: Path) -> Searched:
    """The proof fails by three moves through Lambda; two roles in a row take two."""
    jack = user("jack", allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", "sts:AssumeRole"]))
    first = role("first", allow("sts:AssumeRole"), AWS=JACK)
    last = role("last", allow("*"), AWS=f"{IAM}role/first", Service="lambda.amazonaws.com")
    return Searched(folder, [jack], [first, last])


def test_a_shorter_chain_through_others_is_found(tmp_path: Path) -> None:
    found = through_a_service_or_two_roles(tmp_path)
    assert f"{IAM}role/first" not in found.through
    through_lambda = ["PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", None]
    assert found.moves(shortest=False) == through_lambda
    assert found.moves() == ["AssumeRole", "AssumeRole", None]


def test_a_chain_is_an_answer_where_a_shorter_one_could_not_be_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = through_a_service_or_two_roles(tmp_path)
    find = found.search.find

    def limited(start: DelegationState, most: int, budget: Budget) -> Any:
        if start.among is None:
            raise LimitReached("no time is left")
        return find(start, most, budget)

    monkeypatch.setattr(found.search, "find", limited)
    assert found.moves() == ["PassRole", "lambda:CreateFunction", "lambda:InvokeFunction", None]


def test_where_those_are_too_few_everybody_is_looked_through(tmp_path: Path) -> None:
    found = through_a_service_or_two_roles(tmp_path)
    found.through = frozenset()
    assert found.moves() == ["AssumeRole", "AssumeRole", None]
