"""A request to try before anything is searched for: of an action that a document names, with what its statement asks.

    at_hand(claims, budget)    such a request, which makes all claims true and breaks no fact (`world/facts.py`); None
                               says nothing

Most documents of a large set are not within a maximum since they name an action on which it says nothing. A request for
such an action needs no formula and no solver: the evaluator judges it, as it judges every counterexample. It is easy to
believe too: statements without conditions come first, so most such requests carry no key but those that every request
carries. Few actions are tried: where these do not do, the search finds out.

It stands in front of `world/`, which is loaded where an action is likely only: most questions that are contained have
none, and their process starts without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.memo import once
from verifier.clouds.aws.catalogue.actions import find_action, named_as
from verifier.clouds.aws.evaluate.evaluate import meeting
from verifier.clouds.aws.policy.operators import Family
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.request import Request
from verifier.logic.actions import Effect
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Found
from verifier.strings.pattern import ArnTemplate, Template
from verifier.strings.values import Key

_MOST_NAMED = 256
_MOST_OF_A_WILDCARD = 32
_MOST_TRIED = 4
_ANY = "*"

# A request for an action, on nothing yet, and the statement that names it.
_Named: TypeAlias = tuple[Request, Statement]


def at_hand(claims: Sequence[Claim], budget: Budget) -> Found | None:
    """Return a request of an action that a document names, which makes all `claims` true."""
    if not all(_names_nobody(policy) for claim in claims for policy in _policies(claim.level)):
        return None
    for request, statement in itertools.islice(_likely(claims), _MOST_TRIED):
        found = _made_whole(claims, request, statement, budget)
        if found is not None:
            return found
    return None


def _made_whole(claims: Sequence[Claim], named: Request, statement: Statement, budget: Budget) -> Found | None:
    """Return such a request on a resource that its action takes, with the keys that `statement` asks for."""
    from verifier.clouds.aws.world.select import fitted, polished  # noqa: PLC0415 - only where one is likely
    from verifier.clouds.aws.world.shrink import Judge  # noqa: PLC0415 - as above

    judge = Judge(claims, budget)
    carried = {key.name: value for key, value in _carried(statement).items()}
    found = fitted(judge, named.action, Request.of(named.action, _ANY, carried))
    return None if found is None else Found(polished(judge, found) if found.context else found)


def _carried(statement: Statement) -> dict[Key, str]:
    """Return values that meet the conditions of a statement, as far as a glance tells: those that it spells, and of
    keys that it only reads what AWS's examples have.
    """
    from verifier.clouds.aws.world.examples import values  # noqa: PLC0415 - as above
    from verifier.clouds.aws.world.shrink import text_like  # noqa: PLC0415 - as above

    named = statement.resources.entries if statement.resources is not None else ()
    found = {variable.key: values(variable.key)[0] for entry in named for variable in entry.template.variables}
    for condition in statement.conditions:
        first = condition.values[0].value if condition.values else None
        read = [variable.key for variable in first.variables] if isinstance(first, Template | ArnTemplate) else []
        if condition.test.operator.family is Family.NULL and first is False:
            read.append(condition.key)
        for key in read:
            found.setdefault(key, values(key)[0])
    for condition in statement.conditions:
        operator = condition.test.operator
        if condition.values and not operator.negated and operator.family is not Family.NULL:
            text = text_like(condition.values[0], found)
            if text is not None:
                found.setdefault(condition.key, text)
    return found


@once
def _names_nobody(policy: Policy) -> bool:
    return not isinstance(policy, Premise) and all(statement.principals is None for statement in policy.statements)


def _likely(claims: Sequence[Claim]) -> Iterator[_Named]:
    """Yield actions that AWS has, that a level allows, that other levels that have to allow the request may allow too,
    and that no level may allow that must not.
    """
    allowing = [claim for claim in claims if claim.says is Says.ALLOWS]
    for level in [claim.level for claim in allowing if claim.holds]:
        others = sorted((claim for claim in allowing if claim.level is not level), key=lambda claim: claim.holds)
        for named, statement in itertools.islice(_named(level), _MOST_NAMED):
            if all(_may_allow(claim.level, named) is claim.holds for claim in others):
                action = find_action(named.action)
                if action is not None:
                    yield Request(str(action), _ANY), statement


def _may_allow(level: Level, request: Request) -> bool:
    """Whether a statement of the level allows the action of `request`, on whatever conditions."""
    met = (statement for policy in _policies(level) for statement in meeting(policy, request))
    return any(statement.effect is Effect.ALLOW for statement in met)


def _named(level: Level) -> Iterator[_Named]:
    """Yield each action that statements allow by name, and some of those that they allow by a wildcard in the name;
    those of statements without conditions first, and names before wildcards.
    """
    allowing = [statement for policy in _policies(level) for statement in policy.by_effect[Effect.ALLOW]]
    for conditional, by_name in itertools.product((False, True), (True, False)):
        for statement in allowing:
            if bool(statement.conditions) is conditional:
                yield from ((Request(action, _ANY), statement) for action in _actions(statement, by_name=by_name))


def _actions(statement: Statement, *, by_name: bool) -> Iterator[str]:
    """Yield the actions that an Action element names, or some of those that its wildcards in names match."""
    if statement.actions is None or statement.actions.negated:
        return
    for pattern in filter(None, (entry.pattern for entry in statement.actions.entries)):
        service, name = pattern.service.text, pattern.name
        if service is None or (name.text is not None) is not by_name:
            continue
        matching = filter(name.matches, named_as(service)) if name.text is None else (name.text,)
        yield from (f"{service}:{one}" for one in itertools.islice(matching, _MOST_OF_A_WILDCARD))


def _policies(level: Level) -> Iterator[Policy]:
    """Yield the documents of a level, which are AWS's."""
    for policy in level.policies:
        assert isinstance(policy, Policy)
        yield policy
