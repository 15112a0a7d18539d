"""Which of the requests that make all claims true is shown: one that AWS can make, wherever there is one (rule 4).

    choose    what to show instead of a request that was found
    fit       the same of a request that breaks no fact
    likely, easier    requests of a model that break no fact, and one that is easier to believe, for groups of requests

1. The request found, with an action that AWS has and that meets the same rules, on a resource that this action takes
   and without the keys that it cannot carry: a few such requests are tried, and for most questions the first will do.
2. If none does, the requests that fit the facts are searched, within a share of the time (`search.py`). So a request is
   labelled as one that breaks facts only if no other was found, and the label tells whether there is none.
3. The request is made easy to believe (`shrink.py`).

The evaluator judges every step, so what a step gains is never at the cost of the verdict; when the share of the time is
used up, what was found so far stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import Action, services
from verifier.clouds.aws.policy.syntax import keys_of
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.facts import Facts, broken, facts_of
from verifier.clouds.aws.world.global_keys import ALWAYS_PRESENT
from verifier.clouds.aws.world.search import fitting
from verifier.clouds.aws.world.shrink import (
    Judge,
    actions_met_alike,
    policies_of,
    polish,
    proposals,
    resources,
    resources_named,
    with_likely_values,
    with_several,
    with_ties,
    with_value,
    without_needless_keys,
)
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.logic.theory import Model
from verifier.questions.claims import Claim, decode
from verifier.questions.verdict import Absent, Fit, Found, Hinges
from verifier.smt.solve import Unknown
from verifier.strings.pattern import arn_fields
from verifier.strings.values import Key

_ALWAYS = frozenset(ALWAYS_PRESENT)
_MOST_ACTIONS = 8
_MOST_RESOURCES = 32
_SHARE = 0.5
_MOST_SECONDS = 5.0


def choose(claims: Sequence[Claim], request: Request, budget: Budget, reading: Reading = USUAL) -> Found:
    """Return what to show instead of `request`, which makes all `claims` true, with the facts that it breaks.

    Where `reading` is not the usual one, the claims are of levels that have readings, and so is what is returned.
    """
    share = Budget.of(min(budget.remaining * _SHARE, _MOST_SECONDS))
    judge = Judge(claims, share, reading=reading)
    request = with_likely_values(judge, without_needless_keys(request, judge.accepts))
    known: list[str] = []
    for likely, action in _tried(_known(claims, request, share), known):
        found = fitted(judge, action, request, likely=likely)
        if found is not None:
            return Found(polished(judge, found), reading=reading)
    match fitting(claims, share, first=_service(request)):
        case Found(one, reading=other):
            return fit(claims, one, other)
        case Absent():
            return labelled(judge, request, known, none_fits=True)
        case Unknown() | Hinges():
            return labelled(judge, request, known, none_fits=False)
        case other:
            assert_never(other)


def _service(request: Request) -> str:
    """Return the service to begin with: that of the action where AWS has it, else that of the resource."""
    service, fields = request.words[0], arn_fields(request.resource)
    return service if fields is None or service in services() else fields[2]


def _tried(actions: Iterator[str], known: list[str]) -> Iterator[tuple[bool, str]]:
    """Yield each of `actions`, as likely, and note it in `known`; then each of these once more, as less likely."""
    for action in itertools.islice(actions, _MOST_ACTIONS):
        known.append(action)
        yield True, action
    yield from ((False, action) for action in known)


def fit(claims: Sequence[Claim], request: Request, reading: Reading = USUAL) -> Found:
    """Return what to show of `request`, which breaks no fact and carries the keys of every request.

    What is returned breaks none either.
    """
    judge = Judge(claims, Budget.of(_MOST_SECONDS), reading=reading)
    likely = with_likely_values(judge, request)
    request = request if broken(likely) else likely
    return Found(polished(judge, fitted(judge, request.action, request) or request), reading=reading)


def polished(judge: Judge, request: Request) -> Request:
    """Return `request`, which breaks no fact, polished, where that breaks none either."""
    found = polish(judge.claims, request, judge.reading, judge.also)
    whole = with_ties(found, _read(judge.claims))
    if found is request and whole is found:
        return request
    if broken(whole) or not (whole is found or replace(judge, budget=Budget.of(_MOST_SECONDS)).accepts(whole)):
        return request
    return request if whole is not found and broken(found) else found


def _known(claims: Sequence[Claim], request: Request, budget: Budget) -> Iterator[str]:
    """Yield actions that AWS has and that meet the same rules."""
    if facts_of(request.action) is not None:
        yield request.action
    else:
        levels = tuple(dict.fromkeys(claim.level for claim in claims))
        yield from actions_met_alike(request.action, levels, budget)


def fitted(judge: Judge, action: str, request: Request, *, likely: bool = True) -> Request | None:
    """Return a request for `action` like `request` that breaks no fact, if a resource at hand makes it one.

    It carries the keys of every request that the documents read. What is less `likely` is tried for some actions only.
    """
    facts = facts_of(action)
    if facts is None or not (likely or facts.any_arn):
        return None
    context = {key: value for key, value in request.context.items() if facts.carries(key)}
    for resource in resources(judge.claims, facts, request, likely=likely):
        other = replace(request, action=action, resource=resource, context=context)
        if judge.accepts(other):
            whole, absent = _whole(judge, other)
            return None if broken(whole, absent) else whole
    return None


def _whole(judge: Judge, request: Request) -> tuple[Request, list[Key]]:
    """Return `request` with the keys of every request that the documents read, and what follows from its own keys, and
    those keys that cannot be put in.
    """
    read = _read(judge.claims)
    always = () if _ALWAYS.isdisjoint(read) else [key for key in ALWAYS_PRESENT if key in read]
    whole, absent = _with_always(judge, request, always)
    tied = with_ties(whole, read)
    if tied is whole or judge.accepts(tied):
        return tied, absent
    return whole, [*absent, *(key for key in tied.context if key not in whole.context)]


def _with_always(judge: Judge, request: Request, always: Sequence[Key]) -> tuple[Request, list[Key]]:
    missing = [key for key in always if key not in request.context]
    first = {key: value for key in missing for value in itertools.islice(proposals(judge.claims, key), 1)}
    if len(missing) == len(first) > 1:  # mostly they all stand, and then one judgement is enough
        whole = with_several(request, first)
        if judge.accepts(whole):
            return whole, []
    absent: list[Key] = []
    for key in missing:
        changed = (with_value(request, key, value) for value in proposals(judge.claims, key))
        found = next(filter(judge.accepts, changed), None)
        if found is None:
            absent.append(key)
        else:
            request = found
    return request, absent


def _read(claims: Sequence[Claim]) -> frozenset[Key]:
    """The keys that the documents read."""
    return frozenset[Key]().union(*map(keys_of, policies_of(claims)))


def labelled(judge: Judge, request: Request, known: Sequence[str], *, none_fits: bool) -> Found:
    """Return what to show of `request`, with the facts that it breaks; for an action of `known`, where one will do."""
    judge = replace(judge, budget=Budget.of(_MOST_SECONDS))
    whole, absent = _whole(judge, _plainer(judge, _with_action(judge, request, known)))
    found = polish(judge.claims, whole, judge.reading, judge.also)
    if not broken(found, absent):  # what it breaks is between keys, and one was needless
        found = whole
    breaks = broken(found, absent)
    return Found(found, Fit(breaks, none_fits=none_fits and bool(breaks)), judge.reading)


def _with_action(judge: Judge, request: Request, known: Sequence[str]) -> Request:
    """Return `request` with the first action of `known` for which all claims are true, the request itself if none."""
    changed = (replace(request, action=action) for action in known)
    return next(filter(judge.accepts, changed), request)


def _plainer(judge: Judge, request: Request) -> Request:
    """Return `request` on a resource that reads better, one that its action takes where there is one."""
    facts = facts_of(request.action)
    texts = (text for text in resources_named(judge.claims, request) if arn_fields(text) is not None)
    taken = resources(judge.claims, facts, request) if facts else iter("*")
    proposed = itertools.islice(itertools.chain(taken, texts, "*"), _MOST_RESOURCES)
    changed = (replace(request, resource=text) for text in proposed)
    return next(filter(judge.accepts, changed), request)


_MOST_LIKELY = 24


def likely(claims: Sequence[Claim], known: Iterable[Action], model: Model) -> Iterator[Request]:
    """Yield requests of `model` that break no fact, for actions of `known`, on the likeliest resources."""
    for facts in itertools.islice(_on_different_resources(known), _MOST_LIKELY):
        request = decode(claims, str(facts.action), model)
        for resource in resources(claims, facts, request, likely=True):
            other = replace(request, resource=resource)
            if not broken(other):
                yield other


def easier(claims: Sequence[Claim], request: Request, accepts: Callable[[Request], bool]) -> Request:
    """Return a request that reads better than `request` and passes `accepts`, with as few keys as it can have."""
    polished = polish(claims, request)
    return polished if accepts(polished) else without_needless_keys(request, accepts)


def _on_different_resources(known: Iterable[Action]) -> Iterator[Facts]:
    """Yield the facts of actions that take different types of resources, found as they are asked for."""
    seen: set[tuple[ArnForm, ...]] = set()
    for facts in filter(None, (facts_of(str(action)) for action in known)):
        if facts.forms not in seen:
            seen.add(facts.forms)
            yield facts
