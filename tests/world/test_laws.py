"""Laws of the world: narrowing a question, and choosing a request, may make an answer truer to life and never false.

Whether a request could happen says `check_requests.py`, which shares no code with the prover.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import Json, documents, parsed, varied, worlds
from tests.world.check_requests import unfit
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask, World
from verifier.questions.claims import replays
from verifier.questions.diff import diff
from verifier.questions.prove import beyond, prove
from verifier.questions.question import DiffQuestion, ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Verdict
from verifier.questions.ways import allowed
from verifier.questions.worlds import show

ASK = Ask(seconds=0.5)
NARROWED = Ask(seconds=0.5, world=World.AWS)

# Real actions, forms and keys with made-up ones among them, so that some questions have a fitting answer and some none.
ACTIONS = ("s3:GetObject", "s3:Get*", "s3:Zork", "iam:PassRole", "iam:Create*", "ec2:RunInstances", "*", "zork:*")
RESOURCES = (
    "*",
    "arn:aws:s3:::example-bucket",
    "arn:aws:s3:::reports/*",
    "arn:aws:iam::111122223333:role/*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:zork:::x",
)
CONDITIONS: tuple[Json, ...] = (
    {},
    {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}},
    {"StringNotEquals": {"s3:ExistingObjectTag/team": "red"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringLike": {"aws:SourceVpc": "vpc-*"}},
    {"Bool": {"aws:ViaAWSService": "false"}},
    {"Null": {"aws:SecureTransport": "true"}},
    {"StringEquals": {"zork:key": "x"}},
    {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}},
    {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringNotLike": {"aws:RequestedRegion": "us-*", "aws:PrincipalAccount": "1*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}, "StringNotEquals": {"aws:PrincipalAccount": "x"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}, "StringLike": {"aws:username": ["a*", "x:y"]}},
    {"DateLessThan": {"aws:CurrentTime": "2026-01-15T12:00:00Z"}, "Null": {"aws:TokenIssueTime": "false"}},
    {"DateGreaterThan": {"aws:TokenIssueTime": "2026-01-15T11:00:00Z", "aws:EpochTime": "1768478400"}},
)


@st.composite
def near_life(draw: st.DrawFn) -> Json:
    """A document of actions, resources and conditions of which some exist."""
    statement = st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(("Allow", "Allow", "Deny")),
            "Action": st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3),
            "Resource": st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3),
            "Condition": st.sampled_from(CONDITIONS),
        }
    )
    return {"Version": "2012-10-17", "Statement": draw(st.lists(statement, min_size=1, max_size=3))}


@st.composite
def near_each_other(draw: st.DrawFn) -> tuple[Json, Json]:
    """Two documents of the pools that the other laws draw from."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    return first, draw(varied(world, first))


PAIRS = st.one_of(st.tuples(near_life(), near_life()), near_each_other())


def verdict_of(policy: Policy, maximum: Policy, ask: Ask) -> Verdict:
    return prove(ProveQuestion(Documents((policy,)), maximum), ask, show)


@given(PAIRS)
def test_the_choice_changes_no_verdict(pair: tuple[Json, Json]):
    policy, maximum = map(parsed, pair)
    plain, narrowed = verdict_of(policy, maximum, ASK), verdict_of(policy, maximum, NARROWED)
    if isinstance(plain, Contained):
        assert not isinstance(narrowed, Escapes)
    if isinstance(narrowed, Escapes):
        assert not isinstance(plain, Contained)
    if isinstance(plain, Escapes):
        assert plain.realistic or not isinstance(narrowed, Escapes) or not plain.fit.none_fits
        assert not plain.realistic or not isinstance(narrowed, Contained)
    for verdict in (plain, narrowed):
        if isinstance(verdict, Escapes):
            assert replays(beyond(allowed(Documents((policy,))), maximum), verdict.request)
            assert verdict.realistic <= (unfit(verdict.request.as_json()) == [])
    assert not isinstance(narrowed, Escapes) or narrowed.realistic


@given(PAIRS)
@share(0.5)
def test_differences_narrow_alike(pair: tuple[Json, Json]):
    old, new = map(parsed, pair)
    plain, narrowed = (diff(DiffQuestion(old, new), ask, show) for ask in (ASK, NARROWED))
    for request, fit in ((narrowed.gained, narrowed.gained_fit), (narrowed.lost, narrowed.lost_fit)):
        assert request is None or (fit.realistic and unfit(request.as_json()) == [])
    if plain.relation.value == "equivalent":
        assert narrowed.relation.value in ("equivalent", "undecided")


@given(near_life())
@share(0.33)
def test_nothing_escapes_into_itself(document: Json):
    assert not isinstance(verdict_of(parsed(document), parsed(json.loads(json.dumps(document))), NARROWED), Escapes)
