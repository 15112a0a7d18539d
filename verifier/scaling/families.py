"""Questions that grow: families of documents with one size each, all of them contained, for `growth.py`.

Each part of a policy lies within a part of the maximum that is written differently, so that there is something to
prove about every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.question import Standard

_ARN = "arn:aws:s3:::"
_Statement: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Grown:
    """A question of a family: each of `policies` is compared with the same maximum on its own."""

    policies: tuple[Policy, ...]
    standard: Standard

    @staticmethod
    def of(policies: tuple[Policy, ...], maximum: Policy, scps: tuple[tuple[Policy, ...], ...] = ()) -> Grown:
        """Return the question whether each of `policies`, together with the levels of SCPs, is within `maximum`."""
        return Grown(policies, Standard(Documents((), scps=scps), maximum, PolicyType.IDENTITY))


def _policy(statements: list[_Statement]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}), "<family>")


def _allow(action: str | list[str], on: str | list[str] = "*", **more: object) -> _Statement:
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def _deny(on: str | list[str]) -> _Statement:
    return {"Effect": "Deny", "Action": "*", "Resource": on}


def _statements(size: int) -> Grown:
    own = [_allow(f"s3:GetPart{i}", f"{_ARN}bucket-{i}/data/*") for i in range(size)]
    top = [_allow(f"s3:GetPart{i}", f"{_ARN}bucket-{i}/*") for i in range(size)]
    return Grown.of((_policy(own),), _policy(top))


def _actions(size: int) -> Grown:
    names = [f"s3:GetPart{i}e" for i in range(size)]
    return Grown.of((_policy([_allow(names)]),), _policy([_allow([f"{name}*" for name in names])]))


def _resources(size: int) -> Grown:
    own = [f"{_ARN}bucket-{i}-b/*/file" for i in range(size)]
    top = [f"{_ARN}bucket-{i}-b/*" for i in range(size)]
    return Grown.of((_policy([_allow("s3:GetObject", own)]),), _policy([_allow("s3:GetObject", top)]))


def _conditions(size: int) -> Grown:
    own = {f"aws:RequestTag/key{i}": f"team{i}-a*" for i in range(size)}
    top = {key: value.replace("-a*", "-*") for key, value in own.items()}
    policy, maximum = (_policy([_allow("s3:*", Condition={"StringLike": tags})]) for tags in (own, top))
    return Grown.of((policy,), maximum)


def _levels(size: int) -> Grown:
    denied = [f"{_ARN}bucket-{i}/*" for i in range(size)]
    levels = tuple((_policy([_allow("*"), _deny(one)]),) for one in denied)
    return Grown.of((_policy([_allow("*")]),), _policy([_allow("*"), _deny(denied)]), levels)


def _documents(size: int) -> Grown:
    own = [_policy([_allow(["s3:GetObject", "s3:ListBucket"], f"{_ARN}bucket-{i}/*")]) for i in range(size)]
    return Grown.of(tuple(own), _policy([_allow(["s3:Get*", "s3:List*"])]))


FAMILIES: dict[str, Callable[[int], Grown]] = {
    "statements": _statements,
    "actions": _actions,
    "resources": _resources,
    "conditions": _conditions,
    "levels of SCPs": _levels,
    "documents": _documents,
}
