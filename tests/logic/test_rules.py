"""The index of sets of actions, on every small choice of patterns, and rules as formulas about the action."""

from __future__ import annotations

import itertools

import pytest

from tests.strategies import parsed
from verifier.logic.actions import EVERY_ACTION, ActionPattern, ActionSet, Effect
from verifier.logic.holds import holds
from verifier.logic.request import Request
from verifier.logic.rules import ActionIndex, Reach, action_language
from verifier.questions.claims import Level
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import parse_pattern

ACTIONS = [f"{service}:{name}" for service in ("s3", "s4", "iam", "x") for name in ("get", "gets", "put", "a", "g")]


def pattern(text: str) -> ActionPattern:
    """A pattern of actions."""
    service, _, name = text.partition(":")
    return ActionPattern(parse_pattern(service), parse_pattern(name))


PATTERNS = [pattern(text) for text in ("s3:get", "s3:get*", "s3:*", "s3:*t*", "s?:get", "*:a", "s?:*t", "iam:?")]
SETS = [
    *(ActionSet((one,)) for one in (*PATTERNS, EVERY_ACTION)),
    *(ActionSet(tuple(some)) for some in itertools.combinations(PATTERNS[:6], 2)),
    *(ActionSet.all_but(some) for some in itertools.combinations(PATTERNS, 1)),
    *(ActionSet((one,), (other,)) for one, other in itertools.permutations(PATTERNS[1:7], 2)),
    *(ActionSet((EVERY_ACTION,), (one,), (other,)) for one, other in itertools.permutations(PATTERNS[:6], 2)),
    ActionSet((), (), (PATTERNS[0],)),
    ActionSet(()),
]


def test_an_index_of_all_sets_finds_those_that_hold_an_action() -> None:
    index = ActionIndex(SETS)
    for action in (*ACTIONS, *ACTIONS):
        assert index.at(action) == {number for number, one in enumerate(SETS) if action in one}, action


@pytest.mark.parametrize("size", [1, 2])
def test_an_index_of_few_sets_finds_those_that_hold_an_action(size: int) -> None:
    for some in itertools.islice(itertools.combinations(SETS, size), 0, None, 7 if size > 1 else 1):
        index = ActionIndex(some)
        for action in ACTIONS:
            assert index.at(action) == {number for number, one in enumerate(some) if action in one}, (some, action)


@pytest.mark.parametrize("size", [1, 2])
def test_names_that_no_pattern_tells_apart_are_in_the_same_sets(size: int) -> None:
    for some in itertools.islice(itertools.combinations(SETS, size), 0, None, 7 if size > 1 else 1):
        index = ActionIndex(some)
        for service in ("s3", "s4", "iam", "x"):
            spelled, cuts = set(index.spelled(service)), sorted(index.cuts(service), key=repr)
            alike: dict[tuple[bool, ...], frozenset[int]] = {}
            for name in ("get", "gets", "put", "a", "g", "tt", "ta", "zz"):
                if name not in spelled:
                    told = tuple(any(one.matches(name) for one in cut) for cut in cuts)
                    assert alike.setdefault(told, index.at(f"{service}:{name}")) == index.at(f"{service}:{name}")


def test_what_an_index_spells() -> None:
    index = ActionIndex([ActionSet(tuple(PATTERNS)), ActionSet.all_but([pattern("iam:pass"), pattern("s4:b")])])
    assert {service: set(index.spelled(service)) for service in ("s3", "s4", "iam", "x")} == {
        "s3": {"get", "a"},
        "s4": {"get", "a", "b"},
        "iam": {"a", "pass"},
        "x": {"a"},
    }
    assert set(index.services) == {"s3", "iam", "s4"}
    first, *_ = ActionIndex([ActionSet((pattern("s3:get*"), pattern("iam:pass")))]).services
    assert first == "iam"
    assert {str(one) for one in index.service_cuts} == {"s?", "*"}
    assert {frozenset(map(str, cut)) for cut in index.cuts("s4")} == {frozenset({"*t"})}
    assert {frozenset(map(str, cut)) for cut in index.cuts("s3")} == {frozenset({"get*", "*", "*t*", "*t"})}
    assert {frozenset(map(str, cut)) for cut in index.cuts("x")} <= {frozenset()}


def test_a_rule_is_a_formula_about_the_action() -> None:
    statements = [
        {"Effect": "Allow", "Resource": "*", which: list(some)}
        for which in ("Action", "NotAction")
        for some in (["*"], ["s3:Get"], ["s3:Get*", "iam:?"], ["s?:*t", "*:A"], ["s3:*", "x:put"])
    ]
    (ruleset,) = Level((parsed({"Version": "2012-10-17", "Statement": statements}),)).rulesets
    assert len(ruleset.rules) >= len(statements) - 1
    for rule, action in itertools.product(ruleset.rules, ACTIONS):
        assert holds(rule.whole, Request(action, "*")) is (action in rule.actions), (rule, action)
    assert set(ruleset.reach) == set(Effect)
    assert not ruleset.reach[Effect.DENY].patterns


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("s3:get", Glob(("s3:get",))),
        ("s?:*t", Glob(("s", Wildcard.CHAR, ":", Wildcard.TEXT, "t"))),
        ("*:a*", Glob((Wildcard.TEXT, ":a", Wildcard.TEXT))),
    ],
)
def test_the_language_of_the_actions_that_a_pattern_matches(text: str, language: Glob) -> None:
    assert action_language(pattern(text)) == language


def test_a_reach_holds_each_pattern_once() -> None:
    one, other = PATTERNS[0], PATTERNS[1]
    assert Reach.of((one, other, one)) == Reach((one, other), Reach.of((one,)).breadth + Reach.of((other,)).breadth)
