"""Actions that stand for all, on every small choice of patterns: none is missing, none is beyond reach or spelled."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.strategies import parsed
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.logic import action_classes
from verifier.logic.action_classes import representatives
from verifier.logic.actions import EVERY_ACTION, ActionPattern, ActionSet
from verifier.questions.claims import Claim, Level, Says, reach
from verifier.strings.pattern import parse_pattern
from verifier.strings.solve import find_string_or_none

SERVICES = ("s3", "s4", "iam", "x", "xy", "zz", "s")
NAMES = (
    *("get", "getobject", "gets", "getx", "g", "xt", "t", "at", "xget", "pass", "passrole", "a", "ab", "_", "e", "tag"),
    *("agetb", "ba", "putobject", "tt", "tagget", "gettag"),
)
ACTIONS = [f"{service}:{name}" for service in SERVICES for name in NAMES]
PATTERNS = (
    *("*", "s3:*", "s3:Get*", "s3:GetObject", "s3:*t", "s3:*ag*", "s?:Get*", "s3:?", "x*:*", "x*:*a*", "*:Pass*"),
    *("iam:PassRole", "s3:*e*t*", "s3:??", "s3:Gets*", "s3:Put*"),
)


def level_of(*statements: Sequence[str], negated: Sequence[str] = ()) -> Level:
    """A document with a statement for each list of actions, and one with `NotAction`."""
    found = [
        {"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:x:::{number}"}
        for number, actions in enumerate(statements)
    ]
    if negated:
        found.append({"Effect": "Allow", "NotAction": list(negated), "Resource": "arn:aws:x:::not"})
    return Level((parsed({"Version": "2012-10-17", "Statement": found}),))


def judged(level: Level, patterns: Sequence[ActionPattern]) -> None:
    """Each action within reach meets what one of those that stand for all meets; all of these are within reach."""
    chosen = list(representatives(patterns, level.rulesets, Budget.of(60)))
    met = {level.met(action) for action in chosen}
    for action in chosen:
        assert re.fullmatch("[a-z0-9-]+:[a-z0-9_-]+", action), action
        assert within(action, patterns), action
    for action in ACTIONS:
        assert level.met(action) in met or not within(action, patterns), action


def within(action: str, patterns: Sequence[ActionPattern]) -> bool:
    """Whether an action meets one of the patterns."""
    service, _, name = action.partition(":")
    return any(one.service.matches(service) and one.name.matches(name) for one in patterns)


@pytest.mark.parametrize("first", PATTERNS)
def test_two_statements_cut_the_actions(first: str) -> None:
    for second in PATTERNS:
        level = level_of([first], [second])
        judged(level, reach([Claim(level, Says.ALLOWS)]))
        judged(level, [EVERY_ACTION])
        judged(level, [pattern("s3:get*"), pattern("x*:a")])


@pytest.mark.parametrize("first", PATTERNS[3:9])
def test_statements_of_several_patterns_and_those_that_are_negated(first: str) -> None:
    for second, third in itertools.combinations(PATTERNS[4:], 2):
        level = level_of([first, second], [second, third, "s3:Delay"], negated=[third, first])
        judged(level, [ActionPattern(parse_pattern("s3"), parse_pattern("*"))])
        judged(level, [ActionPattern(parse_pattern("s3"), parse_pattern("*t*")), pattern("s3:g*"), pattern("iam:x")])


def pattern(text: str) -> ActionPattern:
    """A pattern of actions."""
    service, _, name = text.partition(":")
    return ActionPattern(parse_pattern(service), parse_pattern(name))


def test_the_others_are_stood_for_by_a_name_that_no_document_spells() -> None:
    spelled = ["s3:x", "s3:xx", "s3:get", "s3:getx", "x:y", "xx:y"]
    level = level_of(spelled, ["s3:get*"], ["x*:*"])
    chosen = list(representatives([EVERY_ACTION], level.rulesets, Budget.of(60)))
    others = [action for action in chosen if action not in spelled]
    assert {level.met(action) for action in others} == {level.met(one) for one in ("zz:z", "s3:z", "s3:getz", "xz:z")}


def test_a_name_may_be_of_characters_that_are_no_letters() -> None:
    letters = [f"s3:*{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz_"]
    level = level_of(letters, ["s3:*"])
    chosen = list(representatives([pattern("s3:*")], level.rulesets, Budget.of(60)))
    assert {level.met(action) for action in chosen} == {level.met("s3:0"), level.met("s3:a")}


def test_as_many_searches_as_the_limit_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    level = level_of(["s3:*a*"], ["s3:*b*"], ["s3:*c*"])
    made = 0

    def counted(*some: Any, **more: Any) -> str | None:
        nonlocal made
        made += 1
        return find_string_or_none(*some, **more)

    monkeypatch.setattr(action_classes, "find_string_or_none", counted)
    chosen = list(representatives([pattern("s3:*")], level.rulesets, Budget.of(60)))
    limit = made
    monkeypatch.setattr(action_classes, "_MOST_SEARCHES", limit)
    assert list(representatives([pattern("s3:*")], level.rulesets, Budget.of(60))) == chosen
    monkeypatch.setattr(action_classes, "_MOST_SEARCHES", limit - 1)
    with pytest.raises(LimitReached):
        list(representatives([pattern("s3:*")], level.rulesets, Budget.of(60)))


def test_only_what_is_literal_needs_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_classes, "_MOST_SEARCHES", 0)
    level = level_of(["s3:Get", "iam:Pass"], ["s3:get"])
    chosen = list(representatives(reach([Claim(level, Says.ALLOWS)]), level.rulesets, Budget.of(60)))
    assert set(chosen) == {"s3:get", "iam:pass"}


def test_too_many_searches_and_too_many_classes_are_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    level = level_of(*([f"s3:*{letter}*"] for letter in "abcdef"))
    patterns = [pattern("s3:*")]
    assert len({level.met(one) for one in representatives(patterns, level.rulesets, Budget.of(60))}) == 2**6
    monkeypatch.setattr(action_classes, "_MOST_CELLS", 20)
    with pytest.raises(LimitReached, match="the action patterns cut the actions into more than 20 classes"):
        list(representatives(patterns, level.rulesets, Budget.of(60)))
    monkeypatch.setattr(action_classes, "_MOST_SEARCHES", 10)
    with pytest.raises(LimitReached, match="telling the actions apart took more than 10 searches"):
        list(representatives(patterns, level.rulesets, Budget.of(60)))


# --- sets of actions -------------------------------------------------------------------------------------------------

GET, STAR, OBJECT, PASS = (pattern(text) for text in ("s3:get*", "s3:*", "*:*object", "iam:pass*"))
SETS: list[tuple[ActionSet, list[str]]] = [
    (ActionSet((GET,)), ["s3:get", "s3:getobject"]),
    (ActionSet((STAR,), (OBJECT,)), ["s3:get", "s3:put"]),
    (ActionSet((STAR,), (GET,), (OBJECT,)), ["s3:getobject", "s3:put", "iam:object"]),
    (ActionSet((EVERY_ACTION,), (STAR,)), ["iam:pass", "iam:object", "iam:get"]),
    (ActionSet((), (GET,), (PASS,)), ["iam:pass"]),
    (ActionSet(()), []),
]


@pytest.mark.parametrize(("these", "expected"), SETS)
def test_a_set_of_actions_holds_these_but_not_those_and_also_others(these: ActionSet, expected: list[str]) -> None:
    actions = ["s3:get", "s3:getobject", "s3:put", "iam:pass", "iam:object", "iam:get"]
    held = [action for action in actions if action in these]
    assert held == [action for action in actions if action in expected]
    assert all(within(action, these.reach) for action in held)
    groups = {action: tuple(within(action, group) for group in these.cuts) for action in actions}
    assert not {groups[action] for action in held} & {groups[action] for action in actions if action not in held}


def test_all_actions_but_some() -> None:
    these = ActionSet.all_but([GET, PASS])
    actions = ["s3:get", "s3:getobject", "s3:put", "iam:pass", "iam:object", "iam:get"]
    assert [action for action in actions if action in these] == ["s3:put", "iam:object", "iam:get"]
    assert "any:thing" in ActionSet.all_but([])


def test_wider_patterns_are_guessed_to_hold_more() -> None:
    found = [pattern(text).breadth for text in ("s3:get", "s3:get*", "s3:*t*", "s?:get", "*:*")]
    assert found == sorted(found)
    assert len(set(found[:4])) == 4
    assert pattern("s3:*").breadth == pattern("s3:*t*").breadth
