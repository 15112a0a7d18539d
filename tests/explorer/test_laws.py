"""Laws of looking around: kinds of requests, pins, and the walk from one counterexample to the next.

An undecided answer breaks no law. What a request is and what it meets says the evaluator, never the code under test.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import (
    POOLS,
    World,
    arguments,
    as_documents,
    crossed,
    documents,
    mentioned,
    parsed,
    placed,
    requests,
    worlds,
)
from verifier import Escapes, Explorer, NoOther, Policy, Request, Undecided, explore
from verifier.clouds.aws.catalogue.keys import KeyType, key_facts
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, evaluate, match_statement, meets_actions
from verifier.clouds.aws.lint.keys import is_known
from verifier.clouds.trace import Decision
from verifier.explorer.alike import ReadRequest, actions_alike, all_alike, policy_alike, services_alike
from verifier.logic.readings import USUAL
from verifier.strings.values import Key

SECONDS = 0.5
_MOST_SHOWN = 6


@st.composite
def questions(draw: st.DrawFn) -> tuple[World, Documents, Policy]:
    """Documents with roles, and a maximum."""
    world = draw(worlds(most_keys=2))
    return world, as_documents(arguments(draw(placed(world)))), parsed(draw(documents(world, most=2)))


@st.composite
def pins(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """Arguments of `where` and `without`."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["action"] = draw(st.sampled_from((*world.actions, "s3:*", "*:Get*", "iam:?ass*")))
    if draw(st.integers(0, 2)) == 0:
        found["service"] = draw(st.sampled_from(("s3", "iam", ["s3", "s3-x"])))
    if draw(st.integers(0, 2)) == 0:
        found["resource"] = draw(st.sampled_from((*world.resources, "arn:aws:s3:::*")))
    if not found or draw(st.booleans()):
        key = draw(st.sampled_from(world.keys))
        facts = key_facts(key)  # the type that a pin reads
        values = [text for text in POOLS[facts.type if facts else KeyType.STRING] if "$" not in text]
        value = draw(st.sampled_from(values))
        if is_known(Key.of(key)):
            found["key"] = draw(st.sampled_from((key, {key: value})))
        else:
            found["condition"] = draw(
                st.sampled_from(({"Null": {key: "false"}}, {"ForAnyValue:StringLike": {key: value}}))
            )
    return found


@st.composite
def walks(draw: st.DrawFn) -> tuple[Explorer, list[Request]]:
    """An explorer with a pin, and requests near its documents."""
    world = draw(worlds(most_keys=2))
    found, top = draw(placed(world)), draw(documents(world, most=2))
    drawn = [*found["policies"], *found.get("rcps", ()), *itertools.chain.from_iterable(found.get("scps", ())), top]
    texts = mentioned([*drawn, *(found[role] for role in ("boundary", "session") if role in found)], world)
    explorer = _explorer(as_documents(arguments(found)), parsed(top)).without(**draw(pins(world)))
    some = [draw(requests(world, texts)) for _ in range(6)]
    return explorer, crossed(some, 120, draw(st.integers(0, 2**16)))


@st.composite
def pinned(draw: st.DrawFn) -> tuple[Explorer, dict[str, Any]]:
    """An explorer, and arguments of a pin."""
    world, found, maximum = draw(questions())
    return _explorer(found, maximum), draw(pins(world))


@st.composite
def near(draw: st.DrawFn) -> tuple[list[Policy], list[Request]]:
    """Documents, and some requests near them."""
    world = draw(worlds(most_keys=2))
    drawn = [draw(documents(world, most=2)) for _ in range(2)]
    texts = mentioned(drawn, world)
    return [parsed(one) for one in drawn], [draw(requests(world, texts)) for _ in range(4)]


def _explorer(found: Documents, maximum: Policy) -> Explorer:
    return explore(
        found.policies,
        maximum,
        found.boundary,
        found.session,
        found.scps,
        found.rcps,
        timeout=SECONDS,
    )


def _escapes(explorer: Explorer, request: Request) -> bool:
    allowed = evaluate(explorer.question.documents, request).decision is Decision.ALLOWED
    return allowed and not allows([explorer.question.maximum], request)


def _verdicts(explorer: Explorer) -> Sequence[Escapes | Undecided]:
    return list(itertools.islice(explorer, _MOST_SHOWN))


def _all_of(explorer: Explorer) -> list[Policy]:
    return [*(policy for _, policy in explorer.question.documents.placed()), explorer.question.maximum]


@given(near())
def test_a_kind_holds_its_request_and_is_the_same_for_all_in_it(drawn: tuple[list[Policy], list[Request]]):
    policies, found = drawn
    for request in found:
        kind = policy_alike(policies, request)
        assert allows([kind], request)
        assert _some_allows(actions_alike(policies, usually([request])), request)
        assert allows([services_alike([request])], request)
        for other in found:
            there = allows([kind], other)
            assert there == allows([policy_alike(policies, other)], request)
            if there:
                assert _some_allows(actions_alike(policies, usually([request])), other)
                assert _met(policies, other) == _met(policies, request)
    for wanted in found:
        assert _some_allows(all_alike(policies, usually(found)), wanted)
        rest = [one for one in found if one is not wanted]
        assert _some_allows(all_alike(policies, usually(rest)), wanted) == any(
            allows([policy_alike(policies, one)], wanted) for one in rest
        )
        one_by_one = any(_some_allows(actions_alike(policies, usually([one])), wanted) for one in rest)
        assert _some_allows(actions_alike(policies, usually(rest)), wanted) == one_by_one


def usually(requests: Sequence[Request]) -> list[ReadRequest]:
    """Return the requests, as nothing is unknown of the documents."""
    return [(request, USUAL) for request in requests]


def _some_allows(policies: Sequence[Policy], request: Request) -> bool:
    return any(allows([policy], request) for policy in policies)


def _met(policies: Sequence[Policy], request: Request) -> list[tuple[bool, bool]]:
    return [
        (one.actions is None or meets_actions(one.actions, request), not list(match_statement(one, request)))
        for policy in policies
        for one in policy.statements
    ]


@share(0.5)
@given(pinned())
def test_with_and_without_a_pin_is_all_there_is(drawn: tuple[Explorer, dict[str, Any]]):
    explorer, given_ = drawn
    there, rest = explorer.where(**given_), explorer.without(**given_)
    for one in (explorer, there, rest):
        assert one.request is None or _escapes(explorer, one.request)
    whole = isinstance(explorer.verdict, Escapes)
    if not any(isinstance(one.verdict, Undecided) for one in (explorer, there, rest)):
        assert whole == (isinstance(there.verdict, Escapes) or isinstance(rest.verdict, Escapes))
    (one,) = there.pins
    assert there.request is None or allows([one.policy], there.request)
    assert rest.request is None or not allows([one.policy], rest.request)


@share(0.33)
@given(pinned())
def test_what_is_pinned_and_left_out_at_once_is_nothing(drawn: tuple[Explorer, dict[str, Any]]):
    explorer, given_ = drawn
    assert not isinstance(explorer.where(**given_).without(**given_).verdict, Escapes)


@share(0.33)
@given(walks())
def test_the_walk_shows_each_kind_once_and_ends_when_all_are_shown(drawn: tuple[Explorer, list[Request]]):
    explorer, others = drawn
    (one,) = explorer.pins
    shown = _verdicts(explorer)
    found = [verdict.request for verdict in shown if isinstance(verdict, Escapes)]
    policies = _all_of(explorer)
    for number, request in enumerate(found):
        assert _escapes(explorer, request)
        assert not allows([one.policy], request)
        assert not any(allows([policy_alike(policies, earlier)], request) for earlier in found[:number])
    if len(shown) < _MOST_SHOWN and len(found) == len(shown):
        place = explorer
        for _ in found:
            place = place.next()
        assert isinstance(place.verdict, NoOther)
        assert place.verdict.shown == len(found)
        assert place.next() is place
        for request in others:
            if _escapes(explorer, request) and not allows([one.policy], request):
                assert any(allows([policy_alike(policies, earlier)], request) for earlier in found)
