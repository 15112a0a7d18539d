"""What statements share is what each would have alone: their formulas, their actions, and what is refuted by them."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import documents, parsed, varied, worlds
from verifier.base.budget import Budget
from verifier.clouds.aws.compile import compile as module
from verifier.clouds.aws.compile.compile import compile_policy, compile_readings
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.compile.guards import Guards
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.logic.formula import Formula, all_of
from verifier.logic.rules import ActionIndex
from verifier.questions.claims import Claim, Level, Says, cases, standing_for
from verifier.smt.solve import Unsat, solve

_ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}


def policy(*statements: object) -> Policy:
    """A document of the statements, each beside `_ALLOW`."""
    return parsed({"Version": "2012-10-17", "Statement": [_ALLOW | one for one in statements if isinstance(one, dict)]})


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """A document, and another one or the same with a little changed."""
    world = draw(worlds(most_keys=2))
    one = draw(documents(world, most=4))
    other = draw(varied(world, one)) if draw(st.booleans()) else draw(documents(world, most=4))
    return parsed(one), parsed(other)


@given(pairs(), st.sampled_from((0, 200, 400, 10_000)), st.booleans())
def test_a_guard_is_what_it_is_alone(drawn: tuple[Policy, Policy], most: int, readings: bool):
    make = partial(module._guard, readings=readings)
    guards = Guards(make, most)
    for statement in [each for policy in (*drawn, *drawn) for each in policy.statements]:
        assert guards.of(statement) == make(statement)


def made_of(*statements: object, most: int = 10_000) -> list[str | None]:
    """The resources of the statements whose guard had to be made."""
    made: list[str | None] = []

    def make(statement: Statement) -> Formula:
        made.append(statement.resources.entries[0].text if statement.resources else None)
        return module._guard(statement, readings=False)

    guards = Guards(make, most)
    for statement in policy(*statements).statements:
        guards.of(statement)
    return made


def test_a_guard_is_made_once_of_what_is_said_of_resource_and_context():
    assert made_of({}, {"Action": "s3:PutObject"}, {"Effect": "Deny"}) == ["arn:aws:s3:::a/*"]
    condition = {"Condition": {"StringEquals": {"aws:username": "a"}}}
    assert len(made_of({}, {"Resource": "*"}, {"Resource": ["*", "arn:aws:s3:::a/*"]}, condition)) == 4
    assert len(made_of(condition, {"Condition": {"StringEquals": {"AWS:UserName": "a"}}})) == 2  # as it is spelled
    assert len(made_of(condition, {"Condition": {"StringNotEquals": {"aws:username": "a"}}})) == 2


def test_what_is_remembered_is_bounded():
    one, other = {}, {"Resource": "arn:aws:s3:::b/*"}
    assert len(made_of(one, other, one, other)) == 2
    assert len(made_of(one, other, one, other, most=200)) == 4
    assert len(made_of(one, one, one, most=10)) == 3


@pytest.mark.parametrize(
    ("statement", "size"),
    [
        ({"Resource": "*"}, 1 + 2 * 64),
        (
            {
                "Principal": {"AWS": "*"},
                "Resource": ["*", "**"],
                "Condition": {"StringEquals": {"aws:username": ["a", "bc"]}},
            },
            len("*" + "*" + "**" + "aws:username" + "a" + "bc") + 7 * 64,
        ),
    ],
)
def test_what_a_guard_takes_is_its_characters_and_something_for_each_text(statement: object, size: int):
    assert len(made_of(statement, statement, most=size)) == 1
    assert len(made_of(statement, statement, most=size - 1)) == 2
    small, small_size = {"Resource": "a"}, 1 + 2 * 64
    assert len(made_of(statement, small, statement, most=size)) == 3
    assert len(made_of(small, statement, small, most=size + small_size)) == 2


@given(pairs())
def test_rules_under_every_reading_are_found_by_their_actions(drawn: tuple[Policy, Policy]):
    for one in drawn:
        found = compile_readings(one)
        alone = ActionIndex([rule.actions for rule in found.rules])
        for action in ("s3:getobject", "s3:a", "iam:passrole", "x:y", *map(str.lower, compile_policy(one).spelled)):
            assert found.at(action) == alone.at(action)


@given(pairs(), st.sampled_from(Says), st.booleans())
def test_what_is_refuted_by_rules_is_refuted_by_formulas(drawn: tuple[Policy, Policy], says: Says, readings: bool):
    levels = [Level((policy,), readings=readings) for policy in drawn]
    for one, other in (levels, levels[::-1], levels[:1] * 2):
        claims, budget = [Claim(one, says), Claim(other, says, holds=False)], Budget.of(10)
        for _, case in cases(claims, standing_for(claims, budget), budget):
            if case.is_refuted:
                assert isinstance(solve(all_of(case.said), domains, budget), Unsat)


def test_the_same_statements_are_refuted():
    many = [{"Resource": f"arn:aws:s3:::b{number}/*"} for number in range(3)]
    deny = {"Effect": "Deny", "Resource": "arn:aws:s3:::b0/x"}

    def refuted(one: Policy, other: Policy, says: Says = Says.ALLOWS) -> bool:
        claims, budget = [Claim(Level((one,)), says), Claim(Level((other,)), says, holds=False)], Budget.of(10)
        return all(case.is_refuted for _, case in cases(claims, standing_for(claims, budget), budget))

    assert refuted(policy(*many), policy(*reversed(many)))
    assert refuted(policy(*many[:2]), policy(*many))
    assert not refuted(policy(*many), policy(*many[:2]))
    assert refuted(policy(*many, deny), policy(*many))
    assert not refuted(policy(*many), policy(*many, deny))
    assert refuted(policy(*many, deny), policy(deny), Says.DENIES)
    assert not refuted(policy(deny), policy(*many), Says.DENIES)
