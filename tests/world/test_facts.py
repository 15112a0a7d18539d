"""The facts about requests, read twice: by `clouds/aws/world/`, and by `check_requests.py` from the same tables."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.check_requests import DATA, form, listed, table, unfit
from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.compile.domains import can_hold
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world import examples
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.examples import from_pattern, resource, resource_like, values
from verifier.clouds.aws.world.facts import (
    AboutKeys,
    Facts,
    about_keys,
    broken,
    facts_about,
    facts_of,
    like,
    mentioned,
    read_under,
)
from verifier.clouds.aws.world.global_keys import ALWAYS_PRESENT, PRIVATE, PUBLIC
from verifier.clouds.aws.world.key_forms import domains_of_world, misses
from verifier.clouds.aws.world.ties import formulas, loose_ends
from verifier.logic.formula import FALSE, RESOURCE, Element, Member, all_of, is_literal
from verifier.logic.holds import holds
from verifier.strings.languages import EVERYTHING, Glob, Wildcard
from verifier.strings.pattern import Wild, parse_pattern
from verifier.strings.shape import Shape
from verifier.strings.solve import Conflict, find_string
from verifier.strings.values import Key

WORDS = ("WithPath", "Name", "Identifier", "Id", "Uuid", "UUID", "ID", "Role", "UU", "d", "")

TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/example-table"
BUCKET, OBJECT = "arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/example-object"
WORKSPACE = "arn:aws:iottwinmaker:us-east-1:111122223333:workspace/w"
USER, ROLE = "arn:aws:iam::111122223333:user/jane", "arn:aws:iam::111122223333:role/example-role"

# A request, and a piece of the one fact that it breaks; nothing where it could happen.
CASES: list[tuple[str, str, dict[str, str | list[str]], str]] = [
    ("s3:GetObject", OBJECT, {}, ""),
    ("S3:getobject", OBJECT, {"S3:EXISTINGOBJECTTAG/Team": "red"}, ""),
    ("s3:GetObject", "*", {}, ""),
    ("s3:GetObject", BUCKET, {}, "does not support the resource"),
    ("s3:GetObject", OBJECT, {"s3:x-amz-acl": "private"}, "does not support `s3:x-amz-acl`"),
    ("s3:Zork", OBJECT, {}, "AWS has no action `s3:Zork`"),
    ("zork:GetObject", OBJECT, {}, "AWS has no action"),
    ("iam:CreateUser", "*", {}, "does not support the resource `*`"),
    ("iam:CreateUser", USER, {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}, ""),
    ("iam:CreateAccessKey", USER, {"iam:PermissionsBoundary": "x"}, "does not support `iam:PermissionsBoundary`"),
    ("iam:PassRole", ROLE, {"iam:PassedToService": "ec2.amazonaws.com"}, ""),
    ("iam:PassRole", ROLE, {"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "red"}, ""),
    ("iam:PassRole", ROLE, {"aws:RequestTag/team": "red"}, "does not support `aws:RequestTag/team`"),
    ("iam:PassRole", ROLE, {"aws:TagKeys": "team"}, "does not support `aws:TagKeys`"),
    ("iam:PassRole", ROLE, {"lambda:SourceFunctionArn": "arn:aws:lambda:::f"}, ""),
    (
        "iam:PassRole",
        ROLE,
        {"saml:sub": "x", "cognito-identity.amazonaws.com:sub": "x", "idp.example.com:aud": "x"},
        "",
    ),
    ("iam:CreateUser", USER, {"iam:PermissionsBoundary": "x"}, ""),
    ("iam:PassRole", ROLE, {"iam:PassedToService": ["a", "b"]}, ""),
    ("s3:ListBucket", BUCKET, {"s3:max-keys": "ten"}, ""),
    ("dynamodb:Query", TABLE, {"dynamodb:Attributes": ["a", "b"]}, ""),
    ("iam:PassRole", ROLE, {"aws:Zork": "x"}, ""),
    ("iam:PassRole", ROLE, {"zork:Key": "x", "credentials-iot:ThingName": "x"}, ""),
    ("iam:PassRole", ROLE, {"datazone:projectId": "x", "sagemaker:DomainId": "x"}, ""),
    ("iam:PassRole", ROLE, {"s3:Zork": "x"}, "does not support `s3:Zork`"),
    (
        "iottwinmaker:GetEntity",
        "arn:aws:iottwinmaker:us-east-1:111122223333:workspace/w",
        {"iottwinmaker:linkedServices": "x"},
        "",
    ),
    ("s3:ListAllMyBuckets", "arn:aws:s3:::example-bucket", {}, ""),
    ("s3:ListAllMyBuckets", "arn:aws:s3:somewhere::example-bucket", {}, "does not support the resource"),
    ("ssmmessages:OpenDataChannel", "arn:aws:ssm:us-east-1:111122223333:session/jane-0abc", {}, ""),
    ("ssm:SendCommand", "arn:aws:ssm:us-east-1::document/AWS-RunShellScript", {}, ""),
    ("iam:PassRole", "arn:aws:iam:::role/example-role", {}, "does not support the resource"),
    ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", {}, ""),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1::image/:instance/", {}, "does not support the resource"),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1::image/ami/0abc", {}, "does not support the resource"),
    ("ec2:RunInstances", "arn:aws:ec2:cn-north-1::image/ami-0abc", {}, "does not support the resource"),
    ("ec2:RunInstances", "arn:aws-cn:ec2:cn-north-1::image/ami-0abc", {}, ""),
    ("ec2:RunInstances", "arn:aws:ec2:x:111122223333:instance/i-0abc", {}, "does not support the resource"),
    ("s3:GetObject", "arn:aws:s3:::a/b:c/d", {}, ""),
    ("s3:GetObject", "arn:aws:s3:::a:b/c", {}, "does not support the resource"),
    ("iam:PassRole", ROLE, {"aws:MultiFactorAuthAge": "300"}, "`aws:MultiFactorAuthPresent` is true"),
    ("iam:PassRole", ROLE, {"aws:MultiFactorAuthAge": "300", "aws:MultiFactorAuthPresent": "true"}, ""),
    ("iam:PassRole", ROLE, {"aws:CurrentTime": "2026-01-15T12:00:00Z", "aws:EpochTime": "1768478400"}, ""),
    (
        "iam:PassRole",
        ROLE,
        {"aws:CurrentTime": "2026-01-15T12:00:00Z", "aws:EpochTime": "1768478401"},
        "are the same time",
    ),
    ("iam:PassRole", ROLE, {"aws:EpochTime": "0000-01-01T00:00:00Z"}, "number of seconds"),
    ("iam:PassRole", ROLE, {"aws:EpochTime": "0000"}, "number of seconds"),
    ("iam:PassRole", ROLE, {"aws:TokenIssueTime": "1768478401", "aws:EpochTime": "1768478400"}, "is not after"),
    ("iam:PassRole", ROLE, {"aws:TokenIssueTime": "1768478400", "aws:CurrentTime": "2026-01-15T12:00:00Z"}, ""),
    ("iam:PassRole", ROLE, {"aws:PrincipalArn": ROLE, "aws:PrincipalAccount": "111122223333"}, ""),
    (
        "iam:PassRole",
        ROLE,
        {"aws:PrincipalArn": ROLE, "aws:PrincipalAccount": "444455556666"},
        "belongs to the account",
    ),
    ("iam:PassRole", ROLE, {"aws:PrincipalArn": USER, "aws:username": "jane"}, ""),
    ("iam:PassRole", ROLE, {"aws:PrincipalArn": f"{USER}/jane", "aws:username": "jane"}, ""),
    ("iam:PassRole", ROLE, {"aws:PrincipalArn": USER, "aws:username": "ane"}, "belongs to the user"),
    ("iam:PassRole", ROLE, {"aws:PrincipalArn": ROLE, "aws:username": "example-role"}, "belongs to the user"),
    ("iam:PassRole", ROLE, {"aws:RequestedRegion": "mars-1"}, "is the name of a region"),
    ("iam:PassRole", ROLE, {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-f6g7/", ""]}, ""),
    ("iam:PassRole", ROLE, {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-f6g7/", "x"]}, "is a path of an organization"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:a/b", {}, "does not support the resource"),
    ("iam:CreateUser", "arn:aws:iam::111122223333:user/a:b", {}, "does not support the resource"),
    ("iam:ListInstanceProfiles", "arn:aws:iam::111122223333:instance-profile/a:b/", {}, ""),
    ("sns:Unsubscribe", "arn:aws:sns:us-east-1:111122223333:topic:a1b2c3d4", {}, ""),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:f:prod", {}, ""),
    ("iam:PassRole", ROLE, {"aws:CalledViaFirst": "athena.amazonaws.com"}, "the first value of `aws:CalledVia`"),
    ("iam:PassRole", ROLE, {"aws:CalledVia": "a", "aws:ViaAWSService": "false"}, "`aws:ViaAWSService` is true"),
    ("iam:PassRole", ROLE, {"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "blue"}, "the same tag"),
    ("iam:ListUsers", "*", {"aws:SourceIp": "203.0.113.7", "aws:PrincipalTag/team": "red"}, ""),
    ("iam:ListUsers", USER, {}, ""),
    ("iam:ListUsers", "*", {"aws:SourceIp": "203.0.113.7", "aws:SourceVpce": "vpce-1"}, "no request carries both"),
    ("ec2:DescribeInstances", "*", {"ec2:Region": "us-east-1"}, ""),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1::image/ami-0abc1234def567890", {}, ""),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1:image/ami-0abc1234def567890:x:y", {}, "does not support the resource"),
    ("braket:GetDevice", "arn:aws:braket:us-east-1:111122223333:device/a/b/c", {}, ""),
]


@pytest.mark.parametrize(("action", "on", "context", "piece"), CASES)
def test_what_a_request_breaks(action: str, on: str, context: dict[str, str], piece: str) -> None:
    request = Request.of(action, on, context)
    found = broken(request)
    assert len(found) == (1 if piece else 0), found
    assert piece in "".join(found)
    assert len(unfit(request.as_json())) == len(found)


def test_a_key_of_every_request_that_must_be_absent_is_a_broken_fact() -> None:
    request = Request.of("s3:GetObject", OBJECT)
    assert broken(request, (Key.of("aws:SecureTransport"),)) == ("every request carries `aws:SecureTransport`",)


FORMS = sorted(
    {
        arn
        for rows in table("resources.tsv", ("name", "arns", "keys")).values()
        for row in rows.values()
        for arn in listed(row["arns"])
    }
)


def test_every_form_has_a_resource_to_propose() -> None:
    for arn in FORMS:
        found = resource(ArnForm.of(arn))
        assert ArnForm.of(arn).matches(found), arn
        assert form(arn).fullmatch(found), arn
        assert "${" not in found


@given(st.sampled_from(FORMS), st.sampled_from(FORMS), st.sampled_from(("", "x", "*", ":", "/", "a:b", "\n")))
def test_forms_are_matched_alike(arn: str, other: str, filling: str) -> None:
    text = re.sub(r"\$\{[^}]*\}", filling, other)
    if text.startswith("arn:") and text.count(":") >= 5:
        assert ArnForm.of(arn).matches(text) == (form(arn).fullmatch(text) is not None)


@given(st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_what_is_like_another_text_is_of_the_form(arn: str, other: str) -> None:
    found = resource_like(ArnForm.of(arn), resource(ArnForm.of(other)))
    assert found is None or form(arn).fullmatch(found)


ACTIONS = st.sampled_from(services()).flatmap(lambda service: st.sampled_from(actions(service)))
KEYS = [line.split("\t")[0] for line in (DATA / "keys.tsv").read_text(encoding="utf-8").splitlines() if line[0] != "#"]


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request for an action that AWS has, on a resource of some action of the same service, with some keys."""
    action = draw(ACTIONS)
    other = draw(st.sampled_from(actions(action.service)))
    facts = facts_of(str(draw(st.sampled_from((action, other)))))
    assert facts is not None
    on = draw(st.sampled_from(("*", *map(resource, facts.forms))))
    own = facts.action.condition_keys
    keys = draw(st.lists(st.sampled_from((*own, *KEYS)), max_size=4))
    texts = st.sampled_from(
        (
            "us-east-1",
            "111122223333",
            "o-exampleorgid",
            "vpc-0abc",
            "x",
            "10",
            "true",
            "203.0.113.7",
            "2026-01-15T12:00:00Z",
            "arn:aws:s3:::b",
            ["x", "10"],
        )
    )
    names = {re.sub(r"\$\{[^}]*\}", "team", key).lower(): draw(texts) for key in keys}
    names = {
        key: value
        for key, value in names.items()
        if can_hold(Key.of(key), [value] if isinstance(value, str) else value)
    }
    return {"action": str(action), "resource": on, "context": names}


@given(requests())
def test_two_readings_of_the_tables_agree(drawn: dict[str, Any]) -> None:
    request = Request.of(drawn["action"], drawn["resource"], drawn["context"])
    endpoint = len(request.context.keys() & set(PRIVATE)) if PUBLIC in request.context else 0
    assert len(broken(request)) - max(0, endpoint - 1) == len(unfit(request.as_json())), broken(request)


VALUES_OF_KEYS = {
    "aws:PrincipalAccount": ("111122223333", "444455556666", "anonymous", "abc"),
    "aws:PrincipalArn": (USER, f"{USER}/x", ROLE, "arn:aws:sts::444455556666:federated-user/jane", "arn:aws:s3:::b"),
    "aws:username": ("jane", "x", "user", "a:b", "a b"),
    "aws:ResourceAccount": ("111122223333", "aws", "1"),
    "aws:RequestedRegion": ("us-east-1", "mars-1", ""),
    "aws:PrincipalOrgPaths": ("o-a1b2c3d4e5/r-f6g7/", ["o-a1b2c3d4e5/r-f6g7/ou-x/", ""], ["o-a1b2c3d4e5/r-f6g7/", "x"]),
    "aws:SourceVpc": ("vpc-0abc", "vpc-", "vpce-0abc"),
    "ec2:Region": ("us-east-1", ["us-east-1", "x"], ""),
    "aws:EpochTime": ("0", "00", "1768478400"),
}


@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(one) for name, one in VALUES_OF_KEYS.items()}))
def test_what_is_said_of_all_requests_is_true_of_those_that_break_nothing(context: dict[str, Any]) -> None:
    request = Request.of("ec2:RunInstances", "*", context)
    formed = all(
        any(area.matches(value) for area in domains_of_world(Element(key)).areas)
        for key, held in request.context.items()
        for value in ((held,) if isinstance(held, str) else held)
    )
    against = [*filter(None, (misses(key, value) for key, value in request.context.items()))]
    said = all_of(formulas(request.context.keys()))
    assert (formed and holds(said, request)) == (against == [] and list(loose_ends(request.context)) == [])


PATTERNS = [
    (["arn:aws:s3:::reports/", "*"], "arn:aws:s3:::reports/example"),
    (["*"], "example"),
    (["prod-", "*"], "prod-example"),
    (["prod", "*"], "prod"),
    (["i-", "?", "?"], "i-00"),
    (["arn:", "*", ":ec2:", "*", ":", "*", ":instance/", "*"], "arn:aws:ec2:us-east-1:111122223333:instance/example"),
]


@pytest.mark.parametrize(("parts", "wanted"), PATTERNS)
def test_patterns_are_filled(parts: list[str], wanted: str) -> None:
    wild = {"*": Wild.TEXT, "?": Wild.CHAR}
    assert from_pattern([wild.get(part, part) for part in parts], {}) == wanted


def test_values_are_of_the_type_of_their_key() -> None:
    for name in KEYS:
        key = Key.of(re.sub(r"\$\{[^}]*\}", "team", name))
        for value in values(key):
            assert Request.of("s3:GetObject", "*", {key.name: value}).context[key] == value


def test_keys_of_every_request_are_in_the_catalogue() -> None:
    assert {key.name for key in (*ALWAYS_PRESENT, *PRIVATE)} <= set(KEYS)


@given(st.sampled_from(FORMS), st.sampled_from(FORMS), st.integers(0, 40))
def test_patterns_read_as_nothing_match_no_resource_of_the_form(arn: str, other: str, length: int) -> None:
    form_ = ArnForm.of(arn)
    language = Glob((resource(ArnForm.of(other))[:length], Wildcard.TEXT)) if length else EVERYTHING
    if read_under(Member(RESOURCE, language), form_) == FALSE:
        assert isinstance(find_string([form_.language, language], [], Budget.of(10)), Conflict)


@given(st.data(), st.sampled_from(FORMS), st.sampled_from(FORMS), st.sampled_from(("", "x", "a:b", "a/b", "a:b/c")))
def test_a_form_is_apart_from_patterns_that_no_resource_of_it_matches(
    drawn: st.DataObject, arn: str, other: str, end: str
) -> None:
    text = resource(ArnForm.of(other)) + end
    cuts = sorted(drawn.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    ends = zip([0, *cuts[1::2]], [*cuts[::2], len(text)], strict=False)
    pieces = [text[begin:stop] for begin, stop in ends]
    parts = [part for piece in pieces for part in (Wildcard.TEXT, piece) if part != ""]
    pattern = Glob(tuple(parts[1:] if parts[0] is Wildcard.TEXT and not cuts else parts))
    form_ = ArnForm.of(arn)
    if form_.is_apart(pattern):
        assert isinstance(find_string([Shape(form_.pieces), pattern], [], Budget.of(10)), Conflict)


@pytest.mark.parametrize(
    ("arn", "pattern", "apart"),
    [
        ("arn:${Partition}:ec2:${Region}:${Account}:key-pair/${KeyPairName}", "arn:aws:ec2:*:*:instance/*", True),
        ("arn:${Partition}:ec2:${Region}:${Account}:key-pair/${KeyPairName}", "arn:aws:ec2:*:key-pair/*", False),
        ("arn:${Partition}:ec2:${Region}:${Account}:key-pair/${KeyPairName}", "arn:aws:ec2:*:x:y", False),
        ("arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}", "arn:aws:ec2:*:*:*:volume/*", True),
        ("arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}", "arn:aws:ec2:*/*/*", True),
        ("arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}", "arn:aws:ec2:*", False),
        ("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:aws:s3:::a/b/c:d*", False),
        ("arn:${Partition}:s3:::${BucketName}", "arn:aws:s3:::*/*", True),
    ],
)
def test_parts_of_an_arn_are_compared_one_by_one(arn: str, pattern: str, apart: bool) -> None:
    assert ArnForm.of(arn).is_apart(Glob.of(parse_pattern(pattern))) is apart


def test_a_key_is_spelled_as_it_is_first_whatever_the_hash_seed() -> None:
    parts = [
        is_literal(Element(Key.of(name), place), "x")
        for number in range(30)
        for place, name in enumerate((f"AWS:X{number}", f"aws:x{number}"))
    ]
    keys, _ = mentioned(all_of(parts))
    assert {key.name for key in keys} == {f"AWS:X{number}" for number in range(30)}


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_the_stem_of_a_name_is_what_stands_before_the_words_at_its_end(name: str) -> None:
    assert examples._stem(name) == re.sub("(WithPath|Name|Identifier|Id|Uuid|UUID|ID)+$", "", name)


# Keys that a service has and lists for no action, and one that it documents for two actions only.
UNLISTED = [
    Key.of(name)
    for name in (
        "a4b:amazonid",
        "account:accountresourceorgpaths",
        "aws-marketplace:productid",
        "identitystore:groupid",
    )
]


def of_services(*names: str) -> list[Facts]:
    """The facts about every action of some services."""
    return [facts_about(action) for name in names for action in actions(name)]


@given(st.permutations(of_services("sts", "a4b", "account", "aws-marketplace", "identitystore")))
def test_what_is_said_of_keys_does_not_depend_on_the_actions_before(order: list[Facts]) -> None:
    shared = AboutKeys(UNLISTED)
    for facts in order:
        assert shared.of(facts) == about_keys(facts, UNLISTED)


def test_actions_of_a_kind_have_the_same_facts() -> None:
    """Of all actions of AWS: what is found out about one of a kind is taken for the others."""
    kinds: dict[object, Facts] = {}
    for facts in of_services(*services()):
        first = kinds.setdefault(like(facts.action), facts)
        assert (first.listed, first.forms, first.any_resource, first.any_arn) == (
            facts.listed,
            facts.forms,
            facts.any_resource,
            facts.any_arn,
        )
        assert all(first.carries(key) == facts.carries(key) for key in UNLISTED)
