"""What each kind of document must hold (rules 5, 6 and 30)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier.base.errors import PolicyError
from verifier.clouds.aws.policy.check import MAXIMUM, check_level, check_policy, checked_alike
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.types import PolicyType

ATTACHED = (
    (PolicyType.IDENTITY, None),
    (PolicyType.BOUNDARY, None),
    (PolicyType.SESSION, None),
    (PolicyType.SCP, None),
    (PolicyType.IDENTITY, MAXIMUM),
)
PLAIN = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
EVERYONE = {**PLAIN, "Principal": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}


def verdict(type_: PolicyType, *statements: Any, name: str | None = None) -> str:
    """Return the message and help of `check_policy`, or "" where it finds nothing wrong."""
    try:
        check_policy(parse(json.dumps({"Statement": statements})), type_, name)
    except PolicyError as wrong:
        return f"{wrong.message}; {wrong.help}" if wrong.source and wrong.span else "no place"
    return ""


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in names}


@pytest.mark.parametrize(("type_", "name"), ATTACHED)
def test_documents_that_are_attached_to_a_principal(type_: PolicyType, name: str | None) -> None:
    called = name or type_.facts.name
    assert verdict(type_, PLAIN, name=name) == ""
    assert verdict(type_, {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "*"}, name=name) == ""
    assert f"`Principal` is not allowed in {called}" in verdict(type_, PLAIN, EVERYONE, name=name)
    assert f"`NotPrincipal` is not allowed in {called}" in verdict(type_, {**PLAIN, "NotPrincipal": "*"}, name=name)
    assert "no `Action` or `NotAction`" in verdict(type_, without(PLAIN, "Action"), name=name)
    assert "no `Resource` or `NotResource`" in verdict(type_, without(PLAIN, "Resource"), name=name)


def test_resource_policies() -> None:
    assert verdict(PolicyType.RESOURCE, EVERYONE, {**PLAIN, "NotPrincipal": {"AWS": "111122223333"}}) == ""
    assert "no `Principal` or `NotPrincipal`" in verdict(PolicyType.RESOURCE, EVERYONE, PLAIN)
    assert "no `Resource` or `NotResource`" in verdict(PolicyType.RESOURCE, without(EVERYONE, "Resource"))


def test_trust_policies() -> None:
    assert verdict(PolicyType.TRUST, TRUST) == ""
    assert "`NotPrincipal` is not allowed in" in verdict(
        PolicyType.TRUST, {**without(TRUST, "Principal"), "NotPrincipal": "*"}
    )
    assert "`Resource` is not allowed in" in verdict(PolicyType.TRUST, {**TRUST, "Resource": "*"})
    assert "`NotResource` is not allowed in" in verdict(PolicyType.TRUST, {**TRUST, "NotResource": "*"})
    assert "no `Principal`, which" in verdict(PolicyType.TRUST, without(TRUST, "Principal"))


def test_resource_control_policies() -> None:
    full = {**EVERYONE, "Effect": "Allow", "Action": "*"}
    assert verdict(PolicyType.RCP, EVERYONE, full) == ""
    assert "must be everyone" in verdict(PolicyType.RCP, {**PLAIN, "Principal": {"AWS": "*"}})
    assert "`NotPrincipal` is not allowed in" in verdict(PolicyType.RCP, {**PLAIN, "NotPrincipal": "*"})
    assert "no `Principal`, which" in verdict(PolicyType.RCP, PLAIN)


@pytest.mark.parametrize(
    "change",
    [
        {"Action": "s3:*"},
        {"Action": ["*", "s3:*"]},
        {"Resource": "arn:aws:s3:::b"},
        {"Condition": {"Null": {"a": "true"}}},
        {"Condition": {"StringLike": {"a": []}}},
    ],
)
def test_another_allow_in_a_resource_control_policy(change: dict[str, Any]) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **change}
    assert "an Allow statement is not allowed" in verdict(PolicyType.RCP, EVERYONE, allow)


@pytest.mark.parametrize("name", ["Action", "Resource"])
def test_a_negated_allow_in_a_resource_control_policy(name: str) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert "an Allow statement is not allowed" in verdict(PolicyType.RCP, {**without(allow, name), f"Not{name}": "*"})


def test_a_level_needs_a_document() -> None:
    check_level((parse(json.dumps({"Statement": PLAIN})),))
    with pytest.raises(PolicyError, match="the level of SCPs is empty"):
        check_level(())


def test_a_document_that_denies_everyone_is_an_rcp_where_nothing_else_is_told() -> None:
    policy = parse(json.dumps({"Statement": EVERYONE}))
    for told in (PolicyType.RESOURCE, PolicyType.ENDPOINT):
        assert checked_alike((policy,), told) == (policy,)
    (rcp,) = checked_alike((policy,))
    assert rcp.statements[0].actions is not None
    assert rcp.statements[0].actions.rcp
    assert checked_alike((policy,)) == checked_alike((policy,), PolicyType.RCP) == checked_alike((rcp,))
