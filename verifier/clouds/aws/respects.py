"""In which respects documents are compared that say who may do something: those of resources, roles and endpoints.

    respects    the respects; all other documents have but one, in which nothing is special

The same requests may match, and yet the documents are not the same: within an account, an Allow for a role leaves room
for its boundary, one for a user does not, and one for the account leaves the decision to the identity policies (rule
31). So two resource policies say the same iff, of every request and whoever makes it, they allow it at least as
strongly in each `Grade`, and deny it alike. An Allow of a grade is one of every lower grade too: where it is given past
a boundary, one that the boundary limits adds nothing.

A request does not say two things about who asks, so these are respects of their own: a user or role has a boundary
(rule 34), and a federated user was federated by a user whom a document names (rule 31). Without a condition that tells
a federated user from other users, what he gains by that user is gained by the user himself, whom somebody asks about
anyway; and without NotPrincipal a boundary changes nothing.

The policy of an endpoint must allow, in addition to all else, so its Allows have no grades.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, partial

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.premises import anybody, bounded_asks, federated_asks, without_boundary_limited
from verifier.clouds.aws.compile.premises_of_resources import covered, through_endpoint
from verifier.clouds.aws.policy.check import type_alike
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Policy, PrincipalEntry, Statement, keys_of
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.named import (
    EveryPrincipal,
    GrantKind,
    OnePrincipal,
    as_bounded,
    as_federated,
    grant,
    named_principal,
    without_grants,
)
from verifier.clouds.aws.principals.principal import EVERYONE, PrincipalKind, read_principal
from verifier.clouds.aws.principals.resource_policy import cover_of_any
from verifier.clouds.aws.principals.tied import PRINCIPAL_ARN, PRINCIPAL_TYPE, USER_ID, USER_NAME
from verifier.clouds.split import Respect, as_it_is
from verifier.logic.actions import Effect
from verifier.strings.values import Key

# What tells a federated user from the user who federated.
_TELLING = frozenset((PRINCIPAL_ARN, PRINCIPAL_TYPE, USER_NAME, USER_ID))


class Grade(enum.Enum):
    """How strong an Allow is: what else must allow what it does. Each holds whatever the ones after it hold."""

    ANY = ""
    BY_ITSELF = "no identity policy allows it"
    PAST_LIMITS = "a permissions boundary or a session policy does not allow it"

    def lacks(self, kind: GrantKind) -> bool:
        """Whether an Allow of `kind` is weaker than this."""
        return kind in _WEAKER[self]


_WEAKER: dict[Grade, tuple[GrantKind, ...]] = {
    Grade.ANY: (),
    Grade.BY_ITSELF: (GrantKind.DELEGATED,),
    Grade.PAST_LIMITS: (GrantKind.DELEGATED, GrantKind.LIMITED),
}


@dataclass(frozen=True, eq=False)
class _Situation:
    """What is so of who asks; `limited` is what is so where somebody is limited in it."""

    seen: Callable[[Policy], Policy] = as_it_is
    given: tuple[Premise, ...] = ()
    where: str = ""
    limited: tuple[Premise, ...] = ()


def respects(documents: Sequence[Policy], told: PolicyType | None) -> tuple[Respect, ...]:
    """Return the respects in which `documents` are compared, whose statements name principals; `told` is their type.

    Raises Unsupported for a principal that cannot be told.
    """
    type_ = type_alike(documents, told)
    for policy in documents:
        _refuse_unclear(policy)
    read = frozenset[Key]().union(*map(keys_of, documents))
    always: tuple[Premise, ...] = (anybody(read), covered((cover_of_any(type_),)))
    if type_ is PolicyType.ENDPOINT:
        always = (*always, through_endpoint())
    found: dict[object, Respect] = {}
    for situation in _situations(documents, read):
        for grade, points in _grades(type_):
            seen = cache(partial(_at_least, cache(situation.seen), grade, points))
            where = " and ".join(filter(None, (grade.value, situation.where)))
            given = (*always, *situation.given, *(situation.limited if grade is Grade.PAST_LIMITS else ()))
            respect = Respect(seen, given, where, points, denying=grade is Grade.ANY)
            found.setdefault((situation, *(seen(one).statements for one in documents)), respect)
    return tuple(found.values())


def _grades(type_: PolicyType) -> Iterator[tuple[Grade, tuple[Point, ...]]]:
    """Yield the grades of an Allow, the last one under each reading of rule 31."""
    yield Grade.ANY, ()
    if type_ is not PolicyType.ENDPOINT:
        yield Grade.BY_ITSELF, ()
        yield Grade.PAST_LIMITS, ()
        yield Grade.PAST_LIMITS, (Point.STAR_PAST_BOUNDARY,)
    if type_ is PolicyType.TRUST:
        yield Grade.PAST_LIMITS, (Point.TRUSTED_USER,)
        yield Grade.PAST_LIMITS, (Point.STAR_PAST_BOUNDARY, Point.TRUSTED_USER)


def _situations(documents: Sequence[Policy], read: Collection[Key]) -> Iterator[_Situation]:
    yield _Situation()
    negated = {
        one.effect for policy in documents for one in policy.statements if one.principals and one.principals.negated
    }
    yield _Situation(limited=(without_boundary_limited(),) if Effect.DENY in negated else ())
    if Effect.DENY in negated:
        yield _Situation(as_bounded, (bounded_asks(),), "a permissions boundary is attached to who asks")
    if negated or not _TELLING.isdisjoint(read):
        for user in sorted(set(_users(documents))):
            account = read_principal(user).account
            seen = partial(as_federated, federated=EVERYONE, account=account, by=user)
            yield _Situation(seen, (federated_asks(account),), f"{user} federated who asks")


def _users(documents: Sequence[Policy]) -> Iterator[str]:
    """Yield the users whom statements name, but as those who are not meant."""
    for statement in (one for policy in documents for one in policy.statements):
        if statement.principals is not None and not statement.principals.negated:
            named = (named_principal(entry) for entry in statement.principals.entries if entry.unknown is None)
            found = (one.text for one in named if isinstance(one, OnePrincipal) and one.text.startswith("arn:"))
            yield from (text for text in found if read_principal(text).kind is PrincipalKind.USER)


def _at_least(seen: Callable[[Policy], Policy], grade: Grade, points: Sequence[Point], policy: Policy) -> Policy:
    """Return what `seen` makes of `policy`, without its Allows that are weaker than `grade`."""

    def refused(statement: Statement, entry: PrincipalEntry) -> bool:
        return entry.unknown is None and grade.lacks(_kind(statement, entry, points))

    return seen(policy) if grade is Grade.ANY else without_grants(seen(policy), refused)


def _kind(statement: Statement, entry: PrincipalEntry, points: Sequence[Point]) -> GrantKind:
    """Return what an Allow for `entry` is worth where AWS reads `points` the other way (rule 31)."""
    kind = grant(entry)
    match named_principal(entry):
        case EveryPrincipal() if Point.STAR_PAST_BOUNDARY in points:
            named = any(condition.key == PRINCIPAL_ARN for condition in statement.conditions)
            return kind if named else GrantKind.LIMITED
        case OnePrincipal(text) if Point.TRUSTED_USER in points and entry.type == "AWS":
            return GrantKind.LIMITED if read_principal(text).kind is PrincipalKind.USER else kind
        case _:
            return kind


def _refuse_unclear(policy: Policy) -> None:
    """Raise Unsupported where a principal that is not known yet stands in an Allow and in a Deny.

    What it matches is one point of the question, and how strong its Allow is is taken to be in the same: where it is
    weaker than a grade, it counts as one that does not match, which its Deny does all the same.
    """
    named: dict[Effect, set[object]] = {effect: set() for effect in Effect}
    for statement in policy.statements:
        entries = statement.principals.entries if statement.principals is not None else ()
        named[statement.effect].update(entry.unknown for entry in entries if entry.unknown is not None)
    if not named[Effect.ALLOW].isdisjoint(named[Effect.DENY]):
        raise Unsupported("a principal that is not known before deployment stands in an Allow and in a Deny")
