"""Every action within reach meets the same rules as one of the actions that stand for all."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import documents, parsed, worlds
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.action_classes import representatives
from verifier.logic.actions import EVERY_ACTION, Effect
from verifier.questions.claims import Claim, Level, Says, reach

_WORDS = ("a", "s3", "s3-x", "iam", "x-", "s", "zz")
_NAMES = (
    "a",
    "get",
    "getobject",
    "getobjecttagging",
    "getobject_",
    "passrole",
    "get_x",
    "putobject",
    "getx",
    "_",
    "agetb",
    "xget",
    "gett",
)


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Two documents about the same actions."""
    world = draw(worlds(most_keys=1))
    return tuple(parsed(draw(documents(world, most=3))) for _ in range(2))


@given(policies(), st.lists(st.sampled_from(("", "a", "_", "get", "object", "tag", "e", "j")), max_size=4))
def test_every_action_has_a_representative(drawn: tuple[Policy, ...], pieces: list[str]):
    levels = [Level((policy,)) for policy in drawn]
    rulesets = [ruleset for level in levels for ruleset in level.rulesets]
    names = {*_NAMES, *("".join(order) for order in itertools.permutations(pieces, min(3, len(pieces))))} - {""}
    actions = [f"{service}:{name}" for service in _WORDS for name in names]
    for patterns in (reach([Claim(levels[0], Says.ALLOWS)]), reach([Claim(levels[1], Says.DENIES)]), (EVERY_ACTION,)):
        try:
            chosen = list(representatives(patterns, rulesets, Budget.of(5)))
        except LimitReached:
            continue
        met = {tuple(level.met(action) for level in levels) for action in chosen}
        assert all(re.fullmatch("[a-z0-9-]+:[a-z0-9_-]+", action) for action in chosen)
        for action in actions:
            service, _, name = action.partition(":")
            if any(pattern.service.matches(service) and pattern.name.matches(name) for pattern in patterns):
                assert tuple(level.met(action) for level in levels) in met, action


def test_patterns_that_statements_share_do_not_multiply_the_searches():
    shared = ["x:*ab*", "x:*cd*", "x:*ef*"]
    statements = [
        {"Sid": f"S{own}", "Effect": "Allow", "Action": [*shared, f"x:*{own}*"], "Resource": f"arn:aws:x:::{own}"}
        for own in "ghijkl"
    ]
    level = Level((parsed({"Version": "2012-10-17", "Statement": statements}),))
    chosen = representatives(reach([Claim(level, Says.ALLOWS)]), level.rulesets, Budget.of(20))
    assert len({level.met(action) for action in chosen}) == 2 ** len(statements) - 1


@given(policies())
def test_the_reach_covers_every_action_of_which_a_claim_can_be_true(drawn: tuple[Policy, ...]):
    level = Level(drawn)
    for says, effect in ((Says.ALLOWS, Effect.ALLOW), (Says.DENIES, Effect.DENY)):
        patterns = reach([Claim(level, says)])
        for action in (f"{service}:{name}" for service in _WORDS for name in _NAMES):
            service, _, name = action.partition(":")
            if any(rule.effect is effect for rule in level.rules(level.met(action))):
                assert any(one.service.matches(service) and one.name.matches(name) for one in patterns), action


@given(policies())
def test_an_index_finds_the_rules_that_meet(drawn: tuple[Policy, ...]):
    for ruleset in (ruleset for policy in drawn for ruleset in Level((policy,)).rulesets):
        for action in (f"{service}:{name}" for service in _WORDS for name in _NAMES):
            met = {number for number, rule in enumerate(ruleset.rules) if action in rule.actions}
            assert ruleset.at(action) == met, action


def test_many_patterns_that_do_not_overlap_are_told_apart_without_a_search():
    names = [f"s3:N{number}e*" for number in range(5_000)]
    policy = parsed({"Statement": {"Effect": "Allow", "Action": names, "Resource": "*"}})
    level = Level((policy,))
    chosen = list(representatives(reach([Claim(level, Says.ALLOWS)]), level.rulesets, Budget.of(60)))
    assert len(chosen) == len(names)
