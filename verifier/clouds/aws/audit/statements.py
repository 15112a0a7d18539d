"""The checks of single statements (A18 to A23, A31 and A35): does each part of a document do something?

    statement_faults(subject, wanted, maximum, ask)    what is found, each with its statement
    unneeded(subject, ask)                             the Allows of the boundary that nothing needs

Each answer is a proof: that nothing is allowed, that one statement is within others, that a condition excludes nothing.
Statements of AWS's own policies are not looked at, as nobody in the account can change them. What is asked of a
statement by itself is remembered with its policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.memo import once
from verifier.base.source import Source
from verifier.clouds.aws.audit.subject import EVERY_REQUEST, NO_REQUEST, Subject, merged_policy, within_alone
from verifier.clouds.aws.evaluate.evaluate import matches
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.world.global_keys import is_global
from verifier.logic.actions import Effect
from verifier.logic.request import Request
from verifier.questions.ask import Ask, World
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Undecided, Verdict
from verifier.strings.values import Key

STATEMENT_CHECKS = frozenset({"A18", "A19", "A20", "A22", "A23", "A31", "A35"})


@dataclass(frozen=True, slots=True)
class StatementFault:
    """What is wrong with a statement; `detail` says more, `request` is there where there is one, `undecided` why not.

    `place` is that of the policy among those of the subject.
    """

    check: str
    place: int
    statement: Statement
    detail: str = ""
    request: Request | None = None
    undecided: str = ""


def statement_faults(
    subject: Subject, wanted: frozenset[str], maximum: Policy | None, ask: Ask
) -> Iterator[StatementFault]:
    """Yield what is wrong with the statements of `subject`, by the checks that are `wanted`."""
    repeated: set[tuple[int, int]] = set()
    for place, policy, statement in subject.statements():
        found = list(_by_itself(policy, statement, wanted, maximum, ask))
        if "A18" in wanted and statement.effect is Effect.ALLOW and not _explained(found):
            found += _dead(subject, place, policy, statement, ask)
        if "A19" in wanted and statement.effect is Effect.ALLOW and not _explained(found):
            several = list(_repeated(subject, place, policy, statement, repeated, ask))
            repeated |= {(place, statement.index) for fault in several if not fault.undecided}
            found += several
        if "A20" in wanted and statement.effect is Effect.DENY and not _explained(found):
            found += _toothless(subject, place, statement, ask)
        yield from (replace(fault, place=place) for fault in found)


def _explained(found: Iterable[StatementFault]) -> bool:
    """Whether it is said already why a statement does nothing."""
    return any(fault.check in ("A18", "A23", "A35") for fault in found)


@once
def _remembered(_policy: Policy) -> dict[tuple[object, ...], tuple[StatementFault, ...]]:
    return {}


def _by_itself(
    policy: Policy, statement: Statement, wanted: frozenset[str], maximum: Policy | None, ask: Ask
) -> Iterator[StatementFault]:
    """Yield what is wrong with a statement whoever carries it."""
    known, key = _remembered(policy), (statement.index, wanted, maximum)
    if key not in known:
        known[key] = tuple(_found_by_itself(policy, statement, wanted, maximum, ask))
    yield from known[key]


def _found_by_itself(
    policy: Policy, statement: Statement, wanted: frozenset[str], maximum: Policy | None, ask: Ask
) -> Iterator[StatementFault]:
    if isinstance(asked_alone(policy, statement, ask), Contained):
        if "A23" in wanted and statement.conditions:
            yield StatementFault("A23", 0, statement)
        elif "A18" in wanted and statement.effect is Effect.ALLOW:
            yield StatementFault("A18", 0, statement, "its actions or resources match nothing")
        return
    if "A35" in wanted:
        yield from _uncarried(statement, ask)
    if "A22" in wanted and statement.effect is Effect.ALLOW:
        yield from _vacuous(statement, ask)
    if "A31" in wanted and maximum is not None and _is_negated(statement):
        verdict = within_alone(policy.only([statement.index]), maximum, ask)
        if isinstance(verdict, Escapes):
            yield StatementFault("A31", 0, statement, request=verdict.request)
        elif isinstance(verdict, Undecided):
            yield StatementFault("A31", 0, statement, undecided=verdict.reason)


def _is_negated(statement: Statement) -> bool:
    negated = (part.negated for part in (statement.actions, statement.resources) if part is not None)
    return statement.effect is Effect.ALLOW and any(negated)


def asked_alone(policy: Policy, statement: Statement, ask: Ask) -> Verdict:
    """Return whether a statement matches nothing: a Deny too, as if it were an Allow."""
    return within_alone(_single(policy)[statement.index], NO_REQUEST, ask)


@once
def _single(policy: Policy) -> dict[int, Policy]:
    """Each statement as a policy of its own that allows what it matches."""
    return {
        statement.index: merged_policy([replace(statement, effect=Effect.ALLOW)], "the statement")
        for statement in policy.statements
    }


def _vacuous(statement: Statement, ask: Ask) -> Iterator[StatementFault]:
    """Yield each condition without which the statement allows the same (A22)."""
    with_all = merged_policy([statement], "the statement")
    for condition in statement.conditions:
        others = tuple(each for each in statement.conditions if each is not condition)
        without = merged_policy([replace(statement, conditions=others)], "the statement without a condition")
        verdict = within_alone(without, with_all, ask)
        if isinstance(verdict, Contained):
            yield StatementFault("A22", 0, statement, f"{condition.operator_text} {condition.key.name}")
        elif isinstance(verdict, Undecided):
            yield StatementFault("A22", 0, statement, undecided=verdict.reason)


def _uncarried(statement: Statement, ask: Ask) -> Iterator[StatementFault]:
    """Yield each key that no request of the statement can carry, by what AWS's catalogue knows (A35)."""
    for key in dict.fromkeys(condition.key for condition in statement.conditions):
        if is_global(key.folded):
            continue
        others = tuple(condition for condition in statement.conditions if condition.key != key)
        without = merged_policy(
            [replace(statement, effect=Effect.ALLOW, conditions=others)], "the statement without the key"
        )
        world = replace(ask, world=World.AWS)
        verdict = prove(ProveQuestion(Subject((without,)).documents, _without_key(key)), world)
        if isinstance(verdict, Contained) and verdict.vacuous is False:
            yield StatementFault("A35", 0, statement, key.name)


def _without_key(key: Key) -> Policy:
    """Return the maximum that allows the requests without `key`."""
    condition = {"Null": {key.name: "true"}}
    text = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return parse_source(Source("requests without the key", json.dumps({"Version": "2012-10-17", "Statement": text})))


def _dead(subject: Subject, place: int, policy: Policy, statement: Statement, ask: Ask) -> Iterator[StatementFault]:
    """Yield that an Allow allows nothing, since something denies or does not allow all of it (A18)."""
    found = asked_alone(policy, statement, ask)
    if isinstance(found, Escapes) and any(map(subject.may_make, subject.variants(found.request, ask))):
        return
    denies = [each for one in subject.identity for each in one.by_effect[Effect.DENY]]
    if not denies and not subject.is_limited:
        return
    documents = subject.with_identity((merged_policy([statement, *denies], "the statement"),))
    verdict = subject.verdict(documents, NO_REQUEST, ask)
    if isinstance(verdict, Contained):
        yield StatementFault("A18", place, statement, _why_dead(subject, _single(policy)[statement.index], ask))
    elif isinstance(verdict, Undecided):
        yield StatementFault("A18", place, statement, undecided=verdict.reason)


def _why_dead(subject: Subject, single: Policy, ask: Ask) -> str:
    """Return why nothing of what `single` allows by itself is allowed."""
    now = Subject((single,), time=subject.time)
    if subject.time is not None and isinstance(now.within(NO_REQUEST, ask), Contained):
        return "what it allows is over"
    return "what it allows is blocked by other documents"


def _repeated(
    subject: Subject, place: int, policy: Policy, statement: Statement, known: set[tuple[int, int]], ask: Ask
) -> Iterator[StatementFault]:
    """Yield that an Allow is contained in the others together (A19), those left out that are `known` to be."""
    others = [
        each
        for number, one in enumerate(subject.identity)
        for each in one.by_effect[Effect.ALLOW]
        if each is not statement and (number, each.index) not in known
    ]
    found = asked_alone(policy, statement, ask)
    if not isinstance(found, Escapes) or not any(matches(each, found.request) for each in others):
        return
    single = _single(policy)[statement.index]
    verdict = prove(ProveQuestion(Subject((single,)).documents, merged_policy(others, "the other statements")), ask)
    if isinstance(verdict, Contained):
        yield StatementFault("A19", place, statement)
    elif isinstance(verdict, Undecided):
        yield StatementFault("A19", place, statement, undecided=verdict.reason)


def _toothless(subject: Subject, place: int, statement: Statement, ask: Ask) -> Iterator[StatementFault]:
    """Yield that a Deny denies nothing that is allowed without it (A20)."""
    identity = tuple(
        one.only([each.index for each in one.statements if each is not statement]) if number == place else one
        for number, one in enumerate(subject.identity)
    )
    maximum = merged_policy([*EVERY_REQUEST.statements, statement], "everything except what the statement denies")
    verdict = subject.verdict(subject.with_identity(identity), maximum, ask)
    if isinstance(verdict, Contained):
        yield StatementFault("A20", place, statement)
    elif isinstance(verdict, Undecided):
        yield StatementFault("A20", place, statement, undecided=verdict.reason)


def unneeded(subject: Subject, ask: Ask) -> frozenset[int] | None:
    """Return the Allows of the boundary without which the same is allowed (A21); None where nothing is allowed."""
    boundary = subject.boundary
    if boundary is None or isinstance(subject.within(NO_REQUEST, ask), Contained):
        return None
    found: set[int] = set()
    for statement in boundary.by_effect[Effect.ALLOW]:
        rest = _without(boundary)[statement.index]
        if isinstance(subject.within(rest, ask), Contained):
            found.add(statement.index)
    return frozenset(found)


@once
def _without(boundary: Policy) -> dict[int, Policy]:
    """The boundary without each of its statements."""
    indices = [statement.index for statement in boundary.statements]
    return {index: boundary.only([each for each in indices if each != index]) for index in indices}
