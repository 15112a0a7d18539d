"""Regions: the ones that are expected, and the laws of all of them.

What lies in a region is judged here by its patterns as they are written, turned into regular expressions; what differs
is judged by the evaluator. So neither the solver nor the compiled patterns have a say. Conditions are read by `holds`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.corpus import policies
from tests.profiles import share
from tests.strategies import as_rcp, crossed, documents, mentioned, parsed, requests, varied, worlds
from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import AccessLevel, Action
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world import today
from verifier.clouds.aws.world.facts import facts_of
from verifier.logic.actions import ActionPattern
from verifier.logic.holds import holds
from verifier.questions.ask import Ask, World
from verifier.questions.claims import replays
from verifier.questions.diff import sides
from verifier.questions.question import DiffQuestion, ProveQuestion
from verifier.regions.check import prove_regions
from verifier.regions.region import Area, Region, Regions, Side, as_documents_write, on_resources
from verifier.regions.regions import regions_of
from verifier.report.plan import region_parts

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
SECONDS = 5.0
# Why a list is not complete although no limit was reached: a fault of ours.
NO_LIMIT = (
    None,
    "no request of a region was found that the evaluator confirms",
    "some of the difference lies in no region",
)
# What is found out about a region that is listed.
FOUND_OUT = ("service", "levels", "living_actions", "exact", "request", "realistic", "breaks", "none_fits")
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def regions(old: Policy, new: Policy) -> Regions:
    """The regions of a difference."""
    return regions_of(DiffQuestion(old, new), Ask(SECONDS))


def policy(action: object, **others: object) -> Policy:
    """A document that allows an action."""
    return parsed(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"} | others}
    )


def glob(pattern: str) -> str:
    """A pattern as a regular expression."""
    return "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)


def matches_action(patterns: Sequence[ActionPattern], action: str) -> bool:
    """Whether one of the patterns, as written, matches."""
    return any(re.fullmatch(glob(as_documents_write(pattern)), action, re.IGNORECASE) for pattern in patterns)


def matches_resource(pattern: str, request: Request) -> bool:
    """Whether a pattern of resources, as written, matches; one with variables only where each has one value."""
    pieces: list[str] = []
    for place, piece in enumerate(_VARIABLE.split(pattern)):
        if place % 2 == 0:
            pieces.append(glob(piece))
        elif piece in ("*", "?", "$"):
            pieces.append(re.escape(piece))
        else:
            values = [value for key, value in request.context.items() if key.folded == piece.lower()]
            if len(values) != 1 or not isinstance(values[0], str):
                return False
            pieces.append(re.escape(values[0]))
    return re.fullmatch("".join(pieces), request.resource, re.DOTALL) is not None


def is_known(action: str) -> bool:
    """Whether the catalogue has it."""
    return facts_of(action) is not None


def lies_in(region: Region, request: Request) -> bool:
    """Whether the request lies in the region, as it is written."""
    area, (resources, spared) = region.area, on_resources(region.part)
    return (
        matches_action(area.actions, request.action)
        and not matches_action(area.excepts, request.action)
        and all(matches_action(patterns, request.action) for patterns in area.also)
        and (not resources or any(matches_resource(pattern, request) for pattern in resources))
        and not any(matches_resource(pattern, request) for pattern in spared)
        and holds(region.part.condition, request)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_regions_of_a_difference(case: dict[str, Any]):
    found = regions(parsed(case["old"]), parsed(case["new"]))
    told = [{name: value for name, value in part.items() if name not in FOUND_OUT} for part in region_parts(found)]
    assert told == case["regions"]
    assert found.complete
    assert all(region.exact for region in found.regions)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Policy, Policy, list[Request]]:
    """Two documents near each other, at times RCPs, and requests near them."""
    world = draw(worlds(most_keys=2))
    old = draw(documents(world, most=2))
    new = draw(varied(world, old)) if draw(st.booleans()) else draw(documents(world, most=2))
    if draw(st.integers(0, 4)) == 0:
        old, new = (as_rcp(draw, document) for document in (old, new))
    near = mentioned([old, new], world)
    found = draw(st.lists(requests(world, near), min_size=1, max_size=4))
    return parsed(old), parsed(new), crossed(found, 30, draw(st.integers(0, 999)))


@share(0.5)
@given(questions())
def test_a_small_difference_is_told_wholly_and_a_request_lies_in_a_region_iff_it_differs(
    question: tuple[Policy, Policy, list[Request]],
):
    old, new, asked = question
    found = regions(old, new)
    assert found.complete or found.reason not in NO_LIMIT, found.reason
    assert all(region.exact for region in found.regions) or not found.complete
    for side, (claims,) in zip((Side.GAINED, Side.LOST), sides(DiffQuestion(old, new)), strict=True):
        there = [region for region in found.regions if region.side is side]
        for region in there:
            assert replays(claims, region.request)
            assert lies_in(region, region.request)
        for request in asked:
            inside = [region for region in there if lies_in(region, request)]
            if replays(claims, request):
                assert inside or not found.complete
            else:
                assert not any(region.exact for region in inside)


@share(0.2)
@given(questions())
def test_gained_and_lost_are_exchanged_with_the_documents(question: tuple[Policy, Policy, list[Request]]):
    old, new, _ = question
    there, back = regions(old, new), regions(new, old)
    other = {Side.GAINED: Side.LOST, Side.LOST: Side.GAINED}
    if there.complete and back.complete:
        assert {(region.side, region.area, region.part) for region in there.regions} == {
            (other[region.side], region.area, region.part) for region in back.regions
        }


@share(0.5)
@given(questions())
def test_a_document_does_not_differ_from_itself(question: tuple[Policy, Policy, list[Request]]):
    old, _, _ = question
    found = regions(old, old)
    assert (found.regions, found.complete) == ((), True)


def test_what_escapes():
    documents = Documents((policy("s3:*"), policy("iam:PassRole")), policy(["s3:*", "iam:*"]))
    question = ProveQuestion(documents, policy("s3:Get*"))
    found = regions_of(question, Ask(SECONDS))
    assert [(region.side, list(map(as_documents_write, region.area.actions))) for region in found.regions] == [
        (Side.ESCAPES, ["iam:PassRole"]),
        (Side.ESCAPES, ["s3:*"]),
    ]
    assert found.complete


def test_levels_count_what_aws_has():
    (region,) = regions(policy("sts:Get*"), policy(["sts:Get*", "iam:PassRole", "iam:TagRole", "iam:GetRole"])).regions
    assert region.levels == {AccessLevel.PERMISSIONS: 1, AccessLevel.TAGGING: 1, AccessLevel.READ: 1}


BOUNDARY = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}}


def test_actions_that_never_happen_in_a_region_stand_apart():
    named = policy(["iam:CreateRole", "iam:PassRole", "iam:TagRole"], Condition=BOUNDARY)
    for world in World:
        (region,) = regions_of(ProveQuestion(Documents((named,)), policy("sts:*")), Ask(60, world=world)).regions
        assert (region.living, region.dead) == (("iam:CreateRole",), ("iam:PassRole", "iam:TagRole"))
        assert region.levels == {AccessLevel.PERMISSIONS: 1}
        assert region.fit.realistic


def test_a_region_where_nothing_can_happen_is_labelled_and_not_one_of_the_world():
    question = ProveQuestion(Documents((policy("iam:PassRole", Condition=BOUNDARY),)), policy("sts:*"))
    (region,) = regions_of(question, Ask(60)).regions
    assert (region.living, region.dead, region.can_happen) == ((), ("iam:PassRole",), False)
    assert region.fit.none_fits
    assert region.fit.breaks == ("`iam:PassRole` does not support `iam:PermissionsBoundary`",)
    found = regions_of(question, Ask(60, world=World.AWS))
    assert (found.regions, found.complete) == ((), True)


def test_no_more_actions_are_sifted_than_a_glance_needs(monkeypatch: pytest.MonkeyPatch):
    sifted: list[str] = []
    about = today.facts_about

    def noted(action: Action) -> object:
        sifted.append(str(action))
        return about(action)

    monkeypatch.setattr(today, "facts_about", noted)
    old, new = (policy(action, Resource="arn:aws:dynamodb:*:*:*") for action in ("sts:*", "*"))
    question = DiffQuestion(old, new)
    (glance,) = regions_of(question, Ask(60), whole=False).regions
    assert glance.severity == 0
    assert len(sifted) < 20
    (whole,) = regions_of(question, Ask(60)).regions
    assert len(sifted) > 1_000
    assert (glance.living, glance.dead, glance.levels) == (whole.living, whole.dead, whole.levels)
    assert glance.severity == whole.severity
    for level in AccessLevel:
        assert glance.there.has(level) is whole.there.has(level) is (level in whole.levels)


def test_an_example_is_of_a_type_that_its_action_takes():
    (region,) = regions(policy("sts:*"), policy(["sts:*", "iam:*"], Resource="arn:aws:iam::aws:policy/*")).regions[:1]
    assert region.fit.realistic
    assert region.request.resource.startswith("arn:aws:iam::aws:policy/")


def test_a_cut_list_keeps_the_severest_and_is_not_complete():
    found = regions(policy("a4b:ListSkills"), policy("sts:AssumeRole"))
    assert found.complete
    cut = found.cut(1)
    assert [list(map(as_documents_write, region.area.actions)) for region in cut.regions] == [["sts:AssumeRole"]]
    assert (cut.complete, cut.left_out) == (False, 1)
    assert found.cut(2) is found


def test_services_that_differ_alike_are_one_region():
    (region,) = regions(policy("sts:*"), policy(["sts:*", "s3:Get*", "iam:PassRole", "ec2:*"])).regions
    assert set(map(as_documents_write, region.area.actions)) == {"s3:Get*", "iam:PassRole", "ec2:*"}
    assert region.service is None


def test_patterns_of_two_statements_are_not_crossed():
    """Resources that two patterns with variables match together are hard to say, and harder to find."""
    one, other = (f"arn:aws:s3:::${{aws:PrincipalTag/{name}}}/*" for name in ("a", "b"))
    old = policy("s3:GetObject", Resource=one)
    new = policy("s3:GetObject", Resource=other, Condition={"StringNotEquals": {"aws:PrincipalTag/b": ""}})
    found = regions(old, new)
    assert found.complete
    assert [(region.side, len(region.part.resources)) for region in found.regions] == [(Side.GAINED, 1), (Side.LOST, 1)]


def test_an_example_is_of_an_action_that_aws_has():
    """Even where AWS would not take its keys with any action of the region."""
    found = regions(policy("sts:*"), policy(["sts:*", "s3:*"], Condition={"StringEquals": {"ec2:InstanceType": "m7"}}))
    gained = [region for region in found.regions if region.side is Side.GAINED]
    assert [is_known(region.request.action) for region in gained] == [True]


def test_running_out_of_time_is_told():
    found = regions_of(DiffQuestion(policy("sts:*"), policy("s3:*")), Ask(1e-9))
    assert not found.complete
    assert "time" in (found.reason or "")


# --- the proof can fail ----------------------------------------------------------------------------------------------


def checked(change: Any) -> tuple[bool, bool]:
    """What the proof says of the regions of a difference once they are changed: all complete, all exact."""
    old, new = policy("s3:Get*"), policy(["s3:*", "iam:PassRole"], Condition={"Bool": {"aws:SecureTransport": "true"}})
    gained = [region for region in regions(old, new).regions if region.side is Side.GAINED]
    changed = change(gained)
    found = prove_regions(sides(DiffQuestion(old, new))[0][0], changed, Budget.of(SECONDS))
    return found.incomplete is None, len(found.exact) == len(changed)


def wider(region: Region) -> Region:
    """The region without its exceptions."""
    return Region(region.side, Area(region.area.actions), region.part, region.request, region.cloud, region.there)


def test_the_proof_holds_for_what_is_found():
    assert checked(lambda found: found) == (True, True)


def test_the_proof_fails_for_a_region_that_is_missing():
    assert checked(lambda found: found[1:]) == (False, True)


def test_the_proof_fails_for_a_region_that_is_too_wide():
    assert checked(lambda found: [wider(region) for region in found]) == (True, False)


def test_parts_hold_the_keys_that_their_values_need() -> None:
    """Two managed policies that differ where a key is absent, empty or something else: one part had not its key."""
    old, new = (
        policies()[name] for name in ("SageMakerStudioUserIAMDefaultExecutionPolicy", "AdministratorAccess-Amplify")
    )
    found = regions_of(DiffQuestion(old, new), Ask(60))
    assert found.complete
    assert all(region.exact for region in found.regions)


def test_a_limit_that_hides_a_region_is_named():
    texts = {"DateLessThan": {"route53:VPCs": "1969-12-31T23:59:59.5Z"}, "NumericEquals": {"route53:VPCs": "0"}}
    found = regions(policy("sqs:*"), policy("s3:Get*", Condition=texts))
    assert not found.complete
    assert "states" in (found.reason or "")
