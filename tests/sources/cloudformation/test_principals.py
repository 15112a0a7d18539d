"""The users, roles and groups of templates, and what their policies say they are attached to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.sources.cloudformation.test_templates import plain
from verifier.base.source import Source
from verifier.sources.cloudformation.principals import attachments_of, principals_of
from verifier.sources.found import Opening
from verifier.sources.notations import read_values

HERE = Path(__file__).parent
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"


def opened(name: str) -> tuple[Any, Opening]:
    """The values of a template, and what they are opened with."""
    source = Source(name, (HERE / name).read_text(encoding="utf-8"))
    return read_values(source), Opening(source)


def principals(name: str) -> list[dict[str, Any]]:
    """The principals of a template."""
    return [
        {
            "is": each.selector + each.when,
            "kind": each.kind,
            "name": plain(each.name),
            "path": plain(each.path),
            "arn": plain(each.arn),
            "boundary": plain(each.boundary) if each.boundary else None,
            "attached": list(map(plain, each.attached)),
            "groups": list(map(plain, each.groups)),
            "tags": [(plain(key), plain(value)) for key, value in each.tags],
        }
        for each in principals_of(*opened(name))
    ]


def attachments(name: str) -> list[tuple[Any, ...]]:
    """The attachments of a template."""
    return [
        (each.policy + each.when, plain(each.arn) if each.arn else None, each.kind, plain(each.principal))
        for each in attachments_of(*opened(name))
    ]


def test_a_user_has_groups_a_boundary_and_tags() -> None:
    team, ann = principals("managed-policy.yaml")
    assert team == {
        "is": "Team",
        "kind": "group",
        "name": "${Team}",
        "path": "/teams/",
        "arn": IAM + "group/teams/${Team}",
        "boundary": None,
        "attached": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        "groups": [],
        "tags": [],
    }
    assert ann == {
        "is": "Ann",
        "kind": "user",
        "name": "ann",
        "path": "/teams/",
        "arn": IAM + "user/teams/ann",
        "boundary": IAM + "policy/teams/TeamBoundary",
        "attached": [],
        "groups": ["${Team}"],
        "tags": [("team", "data")],
    }


def test_policies_say_what_they_are_attached_to() -> None:
    assert attachments("managed-policy.yaml") == [
        ("TeamBoundary", IAM + "policy/teams/TeamBoundary", "group", "${Team}")
    ]
    assert attachments("role.json") == [
        ("RolePolicies", None, "role", "${RootRole}"),
        ("More", None, "role", "elsewhere"),
    ]
    assert attachments("anchors.yaml") == [("Third", None, "user", "ann"), ("Third", None, "user", "ben")]


def test_a_principal_is_there_once_for_each_combination_that_changes_it() -> None:
    (prod, other) = principals("conditional-list.yaml")
    assert (prod["is"], prod["name"]) == ("Role?IsProd", "prod-role")
    assert (other["is"], other["name"]) == ("Role?!IsProd", "${Role}")


def test_roles_that_sam_makes_are_principals() -> None:
    roles = {each["is"]: each for each in principals("sam-function.yaml")}
    assert set(roles) == {"PhotosRole", "PhotosCronRole", "MaybeRoleRole"}
    assert roles["PhotosRole"]["boundary"] == IAM + "policy/TeamBoundary"
    assert roles["PhotosRole"]["tags"] == [("team", "data")]
    assert roles["PhotosRole"]["attached"] == [
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "AmazonSQSReadOnlyAccess",
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole",
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
    ]


def test_what_a_macro_may_change_is_unknown() -> None:
    assert [each["name"] for each in principals("macro.yaml")] == []
    assert attachments("macro.yaml") == [("P", "${Transform TeamMacro}", "role", "${Transform TeamMacro}")]
