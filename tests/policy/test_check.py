"""What each kind of document must hold (rules 5, 6 and 30)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier.base.errors import PolicyError, UsageError
from verifier.clouds.aws.policy.check import Kind, PolicyType, alike, check, check_level
from verifier.clouds.aws.policy.parse import parse

ATTACHED = (Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION, Kind.SCP, Kind.MAXIMUM)
PLAIN = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
EVERYONE = {**PLAIN, "Principal": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}


def verdict(kind: Kind, *statements: Any) -> str:
    """Return the message and mend of `check`, or "" where it finds nothing wrong."""
    try:
        check(parse(json.dumps({"Statement": statements})), kind)
    except PolicyError as wrong:
        return f"{wrong.message}; {wrong.mend}" if wrong.source and wrong.span else "no place"
    return ""


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in names}


@pytest.mark.parametrize("kind", ATTACHED)
def test_documents_that_are_attached_to_a_principal(kind: Kind) -> None:
    assert verdict(kind, PLAIN) == ""
    assert verdict(kind, {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "*"}) == ""
    assert f"{kind.value} takes no `Principal`" in verdict(kind, PLAIN, EVERYONE)
    assert f"{kind.value} takes no `NotPrincipal`" in verdict(kind, {**PLAIN, "NotPrincipal": "*"})
    assert "no `Action` or `NotAction`" in verdict(kind, without(PLAIN, "Action"))
    assert "no `Resource` or `NotResource`" in verdict(kind, without(PLAIN, "Resource"))


def test_resource_policies() -> None:
    assert verdict(Kind.RESOURCE, EVERYONE, {**PLAIN, "NotPrincipal": {"AWS": "111122223333"}}) == ""
    assert "no `Principal` or `NotPrincipal`" in verdict(Kind.RESOURCE, EVERYONE, PLAIN)
    assert "no `Resource` or `NotResource`" in verdict(Kind.RESOURCE, without(EVERYONE, "Resource"))


def test_trust_policies() -> None:
    assert verdict(Kind.TRUST, TRUST) == ""
    assert "takes no `NotPrincipal`" in verdict(Kind.TRUST, {**without(TRUST, "Principal"), "NotPrincipal": "*"})
    assert "takes no `Resource`" in verdict(Kind.TRUST, {**TRUST, "Resource": "*"})
    assert "takes no `NotResource`" in verdict(Kind.TRUST, {**TRUST, "NotResource": "*"})
    assert "no `Principal`, which" in verdict(Kind.TRUST, without(TRUST, "Principal"))


def test_resource_control_policies() -> None:
    full = {**EVERYONE, "Effect": "Allow", "Action": "*"}
    assert verdict(Kind.RCP, EVERYONE, full) == ""
    assert "must be everyone" in verdict(Kind.RCP, {**PLAIN, "Principal": {"AWS": "*"}})
    assert "takes no `NotPrincipal`" in verdict(Kind.RCP, {**PLAIN, "NotPrincipal": "*"})
    assert "no `Principal`, which" in verdict(Kind.RCP, PLAIN)


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
    assert "takes no Allow" in verdict(Kind.RCP, EVERYONE, allow)


@pytest.mark.parametrize("name", ["Action", "Resource"])
def test_a_negated_allow_in_a_resource_control_policy(name: str) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert "takes no Allow" in verdict(Kind.RCP, {**without(allow, name), f"Not{name}": "*"})


def test_a_level_needs_a_document() -> None:
    check_level((parse(json.dumps({"Statement": PLAIN})),))
    with pytest.raises(PolicyError, match="the level of SCPs is empty"):
        check_level(())


def test_a_type_that_is_not_supported_yet_is_told_as_such() -> None:
    policy = parse(json.dumps({"Statement": EVERYONE}))
    for told in (PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.ENDPOINT):
        with pytest.raises(UsageError, match="not supported yet") as caught:
            alike((policy,), told)
        assert "Principal" not in str(caught.value)
    (rcp,) = alike((policy,))
    assert rcp.statements[0].actions is not None
    assert rcp.statements[0].actions.rcp
    assert alike((policy,)) == alike((policy,), PolicyType.RCP) == alike((rcp,))
