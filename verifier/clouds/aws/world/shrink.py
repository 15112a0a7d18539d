"""A request made easy to believe (rule 4): as few keys as possible, AWS's own actions, names of AWS's own examples.

    polish                   a request with fewer keys and likelier values
    with_likely_values, without_needless_keys, resources, proposals    its steps
    known_actions            actions that AWS has, instead of one that merely stands for others
    Judge                    whether a proposed request is as good

Each step proposes another request, and keeps it if the evaluator still finds every claim true of it. So a polished
request can be duller than it might be, never wrong.

A key of every request (`clouds/aws/world/global_keys.py`) is left out if the claims are true with it and without it:
`whole` remembers its value, and every step is judged both ways.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.actions import Action, actions, find_action, services
from verifier.clouds.aws.evaluate.evaluate import meeting
from verifier.clouds.aws.policy.syntax import ConditionValue, Policy, conditions_on
from verifier.clouds.aws.world.examples import from_pattern, resource_like, values
from verifier.clouds.aws.world.examples import resource as believable
from verifier.clouds.aws.world.facts import Facts, facts_of
from verifier.clouds.aws.world.global_keys import ALWAYS_PRESENT
from verifier.clouds.aws.world.key_forms import is_likely
from verifier.clouds.aws.world.ties import loose_ends, made_whole
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import KeyValue, Request
from verifier.questions.claims import Claim, Level, replays
from verifier.strings.pattern import ArnTemplate, Pattern, Template, arn_fields
from verifier.strings.typed import ACTION_CHARS
from verifier.strings.values import Key

Accepts: TypeAlias = Callable[[Request], bool]

_MOST_KEYS = 64
_MOST_SIMPLE = 3
_MOST_RESOURCES = 32
_MOST_FORMS = 200
_MOST_VALUES = 8
_MOST_NAMED = 64
_MOST_SECONDS = 0.25


def polish(claims: Sequence[Claim], request: Request, reading: Reading = USUAL, also: Accepts | None = None) -> Request:
    """Return a request like `request`, which makes all `claims` true, with fewer keys and likelier values; one that
    passes `also`.
    """
    always = {key: value for key, value in request.context.items() if key in ALWAYS_PRESENT}
    judge = Judge(claims, Budget.of(_MOST_SECONDS), always, reading, also)
    was_tied = not any(loose_ends(request.context))

    def accepts(other: Request) -> bool:
        return judge.accepts(other) and not (was_tied and any(loose_ends(other.context)))

    request = without_needless_keys(request, accepts)
    for key, value in request.context.items():
        if not judge.budget.remaining:
            break
        for other in proposals(claims, key, several=not isinstance(value, str)):
            if other == value:
                break
            if _fits(key, value) and not _fits(key, other):
                continue
            tied = (with_ties(changed) for changed in _changed(claims, request, key, other))
            changed = next(filter(accepts, tied), None)
            if changed is not None:
                request = changed
                break
    return request


def with_likely_values(judge: Judge, request: Request) -> Request:
    """Return `request` with one value of its type for each key, if the catalogue says that it has one, where one will
    do.
    """
    for key, value in tuple(request.context.items()):
        if not judge.budget.remaining:
            break
        if not _fits(key, value):
            proposed = (one for one in proposals(judge.claims, key) if _fits(key, one))
            changed = (with_value(request, key, one) for one in proposed)
            request = next(filter(judge.accepts, changed), request)
    return request


def _fits(key: Key, value: KeyValue) -> bool:
    return is_likely(key, (value,) if isinstance(value, str) else value)


def without_needless_keys(request: Request, accepts: Accepts) -> Request:
    """Return `request` without the keys that need not be there.

    All are left out at once where that will do, or all that every request has; else they are tried one by one.
    """
    keys = tuple(request.context)[:_MOST_KEYS]
    always = tuple(key for key in keys if key in ALWAYS_PRESENT)
    for several in dict.fromkeys((keys, always)):
        smaller = _without(request, several)
        if len(several) > 1 and accepts(smaller):
            request = smaller
            break
    for key in keys:
        smaller = _without(request, (key,))
        if key in request.context and accepts(smaller):
            request = smaller
    return request


def _without(request: Request, keys: Collection[Key]) -> Request:
    return replace(request, context={key: value for key, value in request.context.items() if key not in keys})


def resources(claims: Sequence[Claim], facts: Facts, request: Request, *, likely: bool = False) -> Iterator[str]:
    """Yield resources to propose for the action of `facts`, all of them ones that it takes, the likeliest first.

    An action that takes no type of resource is `likely` asked on `*` alone.
    """
    simple, others = facts.forms[:_MOST_SIMPLE], facts.forms[_MOST_SIMPLE:]
    proposed = itertools.chain(
        ("*",) if facts.any_arn else map(believable, simple),
        _of_form(
            itertools.chain(itertools.islice(resources_named(claims, request), _MOST_NAMED), _bare(request.resource)),
            facts,
        ),
        map(believable, others),
        (request.resource, "*"),
    )
    taken = (one for one in _once(proposed) if facts.takes(one))
    yield from itertools.islice(taken, 1 if likely and facts.any_arn else _MOST_RESOURCES)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges requests by `claims`, as they are and with the keys of every request, `whole`, put in; by `also` too.

    Once the time is up it accepts nothing more, so that whoever proposes keeps what there is.
    """

    claims: Sequence[Claim]
    budget: Budget
    whole: Mapping[Key, KeyValue] = field(default_factory=dict)
    reading: Reading = USUAL
    also: Accepts | None = None

    def accepts(self, request: Request) -> bool:
        """Whether every claim is true of `request`, both ways."""
        if not self.budget.remaining or not self._stands(request):
            return False
        missing = {key: value for key, value in self.whole.items() if key not in request.context}
        if not missing:
            return True
        context = {**request.context, **missing}
        return self._stands(replace(request, context=context))

    def _stands(self, request: Request) -> bool:
        return (self.also is None or self.also(request)) and replays(self.claims, request, self.reading)


def proposals(claims: Sequence[Claim], key: Key, *, several: bool = False) -> Iterator[KeyValue]:
    """Yield values of `key` to propose, the likeliest first: those of examples, then those that documents spell out."""
    first = itertools.islice(_once(itertools.chain(values(key), _spelled(claims, key))), _MOST_VALUES)
    yield from itertools.islice(itertools.permutations(first, 2), _MOST_VALUES) if several else first


def with_value(request: Request, key: Key, value: KeyValue) -> Request:
    """Return `request` with `value` for `key`."""
    return with_several(request, {key: value})


def with_several(request: Request, given: Mapping[Key, KeyValue]) -> Request:
    """Return `request` with these values of keys."""
    return replace(request, context=dict(sorted({**request.context, **given}.items())))


def with_ties(request: Request, read: Collection[Key] = ()) -> Request:
    """Return `request` with what follows from its keys (`ties.py`); of the keys that may, those of `read`."""
    facts = facts_of(request.action)
    context = made_whole(request.context, read, facts.carries if facts else lambda _: True)
    if context is request.context:
        return request
    return replace(request, context=context)


def _changed(claims: Sequence[Claim], request: Request, key: Key, other: KeyValue) -> Iterator[Request]:
    """Yield `request` with `other` for the value of `key`: there alone, then wherever the value stands.

    A policy variable can tie several keys to each other, and to the resource, which is then proposed anew.
    """
    yield with_value(request, key, other)
    value = request.context[key]
    if not (isinstance(value, str) and isinstance(other, str) and value):
        return
    alike = [one for one, found in request.context.items() if found == value]
    everywhere = replace(request, context={**request.context, **dict.fromkeys(alike, other)})
    if len(alike) > 1:
        yield everywhere
    facts = facts_of(request.action)
    if value in request.resource and facts is not None:
        texts = itertools.chain(resources_named(claims, everywhere), (request.resource.replace(value, other),))
        for resource in itertools.islice(filter(facts.takes, _of_form(texts, facts)), _MOST_VALUES):
            yield replace(everywhere, resource=resource)


def resources_named(claims: Sequence[Claim], request: Request) -> Iterator[str]:
    """Yield resources like those that the documents name for the action of `request`, their wildcards filled."""
    of_key = {key: value for key, value in request.context.items() if isinstance(value, str)}
    for policy in policies_of(claims):
        for statement in meeting(policy, request):
            if statement.resources is None or statement.actions is None:
                continue
            entries = (entry for entry in statement.resources.entries if entry.text != "*")
            yield from filter(None, (from_pattern(entry.template.parts, of_key) for entry in entries))


def _bare(resource: str) -> Iterator[str]:
    """Yield `resource` without what stands where a form may have something likelier, then as it is."""
    fields = arn_fields(resource)
    if fields is not None:
        yield ":".join(("arn", fields[1], fields[2], "", "", fields[5]))
        yield resource


def _of_form(texts: Iterable[str], facts: Facts) -> Iterator[str]:
    """Yield what is like each of `texts` in a form of resource that the action takes, and the text itself."""
    for text in texts:
        yield from filter(None, (resource_like(form, text) for form in facts.forms[:_MOST_FORMS]))
        yield text


def _once(texts: Iterable[str]) -> Iterator[str]:
    """Yield each of `texts` once, and only when it is asked for."""
    seen: set[str] = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _spelled(claims: Sequence[Claim], key: Key) -> Iterator[str]:
    """Yield values like those that the documents compare `key` with, their wildcards filled."""
    for policy in policies_of(claims):
        for condition in conditions_on(policy, key):
            yield from filter(None, (text_like(value, {}) for value in condition.values))


def text_like(value: ConditionValue, of_key: Mapping[Key, str]) -> str | None:
    """Return a text like `value`, with what `of_key` has for its variables; None where that has nothing for one."""
    match value.value:
        case Template(parts) | Pattern(parts):
            return from_pattern(parts, of_key)
        case ArnTemplate(whole=None, parts=fields):
            joined = [part for field in fields for part in (":", *field.parts)]
            return from_pattern(joined[1:], of_key)
        case ArnTemplate():
            return None
        case _:
            return value.text


_MOST_TRIED = 2_000
_WELL_KNOWN = ("s3", "ec2", "iam", "lambda", "dynamodb")


def actions_met_alike(action: str, levels: Sequence[Level], budget: Budget) -> Iterator[str]:
    """Yield actions of the catalogue that meet the same rules of all `levels`; none where `action` is itself known.

    There are no more once the time is up.
    """
    lowered = action.lower()
    if find_action(lowered):
        return
    met = {level: level.met(lowered) for level in levels}
    for one in itertools.islice(_candidates(lowered), _MOST_TRIED):
        if not budget.remaining:
            return
        written = f"{one.service}:{one.name}"
        spelled = written.lower()
        if all(level.met(spelled) == rules for level, rules in met.items()):
            yield written


def _candidates(action: str) -> Iterator[Action]:
    """The actions of its service that AWS has, the likely ones first; of all services, if it has no service of that
    name.

    A made-up name is the beginning that some pattern asks for and a filling, so names that begin alike are likely.
    """
    service, _, name = action.partition(":")
    known = services()
    if service not in known:
        yield from itertools.chain.from_iterable(map(actions, dict.fromkeys((*_WELL_KNOWN, *known))))
        return
    stem = name.rstrip(ACTION_CHARS[0])
    alike: Iterable[Action] = [one for one in actions(service) if one.name.lower().startswith(stem)]
    yield from dict.fromkeys((*alike, *actions(service)))


def policies_of(claims: Iterable[Claim]) -> Iterator[Policy]:
    """Yield the documents of `claims`, which are AWS's."""
    for claim in claims:
        for document in claim.level.policies:
            assert isinstance(document, Policy)
            yield document
