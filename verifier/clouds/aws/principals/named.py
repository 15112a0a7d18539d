"""What one entry of `Principal` or `NotPrincipal` names, and what an Allow for it is worth (rules 31 and 33).

named_principal           what an entry names
as_seen                   a document of the resource's side as it is for who asks
as_bounded, as_federated  the same for everybody with a boundary, and for those whom a user federated
may_allow                 whether a document of it may allow something to somebody
GrantKind                 how an Allow for it stands to boundaries and session policies
granting, without_grants  a document with its Allows of one such kind, and without some
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported, UsageError, quote
from verifier.base.regex import regex
from verifier.clouds.aws.policy.syntax import Policy, PrincipalEntry, Statement
from verifier.clouds.aws.principals.principal import EVERYONE, WEB_PROVIDERS, Principal, PrincipalKind, read_principal
from verifier.logic.actions import Effect

# The type of an entry that names who federated: `as_seen` makes it of one that names a user.
FEDERATED_BY = "FederatedBy"
_ACCOUNT = regex(r"[0-9]{12}")
_UNIQUE_ID = regex(r"A[A-Z]{3}[A-Z0-9]{12,}")


class GrantKind(enum.Enum):
    """What an Allow of a resource policy is worth within its account, by what it names (the table of rule 31).

    ALONE      it allows, whatever boundary and session policy leave out
    LIMITED    it allows what boundary and session policy allow
    DELEGATED  it leaves the decision to the identity policies
    """

    ALONE = "alone"
    LIMITED = "limited"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class EveryPrincipal:
    """`*`: every principal, anonymous ones and services too."""


@dataclass(frozen=True, slots=True)
class WholeAccount:
    """Everyone in an account."""

    id: str


@dataclass(frozen=True, slots=True)
class AnySession:
    """Every session of a role."""

    partition: str
    account: str
    name: str


@dataclass(frozen=True, slots=True)
class OnePrincipal:
    """The principal that requests call `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class EveryOfKind:
    """Every service, every identity provider, or every federated user."""

    kind: PrincipalKind


@dataclass(frozen=True, slots=True)
class Nobody:
    """The id that a deleted principal leaves behind."""


NamedPrincipal: TypeAlias = EveryPrincipal | WholeAccount | AnySession | OnePrincipal | EveryOfKind | Nobody


def named_principal(entry: PrincipalEntry) -> NamedPrincipal:
    """Return what `entry` names. Raises Unsupported for what tells no principal, as a canonical user id."""
    return _named(entry.type, entry.text)


@lru_cache(maxsize=65_536)
def _named(type_: str | None, text: str) -> NamedPrincipal:
    match type_:
        case None:
            return EveryPrincipal()
        case _ if type_ == FEDERATED_BY:
            return EveryOfKind(PrincipalKind.FEDERATED) if text == EVERYONE else OnePrincipal(text)
        case "Service" if text in WEB_PROVIDERS:
            pass  # as the one who asks, this name is an identity provider (rule 33)
        case "Service":
            return EveryOfKind(PrincipalKind.SERVICE) if text == EVERYONE else OnePrincipal(text)
        case "Federated":
            return EveryOfKind(PrincipalKind.PROVIDER) if text == EVERYONE else OnePrincipal(text)
        case "AWS":
            found = _of_aws(text)
            if found is not None:
                return found
    raise Unsupported(f"which principal {quote(text)} is cannot be told")


def _of_aws(text: str) -> NamedPrincipal | None:
    if text == EVERYONE:
        return EveryPrincipal()
    if _ACCOUNT.fullmatch(text):
        return WholeAccount(text)
    if _UNIQUE_ID.fullmatch(text):
        return Nobody()
    try:
        found = read_principal(text)
    except UsageError:
        return None
    match found.kind:
        case PrincipalKind.ROOT:
            return WholeAccount(found.account)
        case PrincipalKind.ROLE:
            return AnySession(found.partition, found.account, found.name)
        case PrincipalKind.USER | PrincipalKind.SESSION | PrincipalKind.FEDERATED:
            return OnePrincipal(text)
        case _:
            return None


def grant(entry: PrincipalEntry) -> GrantKind:
    """Return what an Allow for `entry` is worth. Raises Unsupported."""
    if entry.type == FEDERATED_BY:
        return GrantKind.LIMITED
    match named_principal(entry):
        case AnySession():
            return GrantKind.LIMITED
        case WholeAccount():
            return GrantKind.DELEGATED
        case _:
            return GrantKind.ALONE


def granting(policy: Policy, kind: GrantKind) -> Policy:
    """Return the Allow statements of `policy` with those of their entries whose grant is `kind`.

    An Allow with NotPrincipal is one for everyone else. Raises Unsupported.
    """
    found = []
    for statement in policy.statements:
        principals = statement.principals
        if statement.effect is not Effect.ALLOW or principals is None:
            continue
        if principals.negated:
            kept = principals.entries if kind is GrantKind.ALONE else ()
        else:
            kept = tuple(entry for entry in principals.entries if grant(entry) is kind)
        if kept:
            found.append(replace(statement, principals=replace(principals, entries=kept)))
    return replace(policy, statements=tuple(found), warnings=())


def without_grants(policy: Policy, refused: Callable[[Statement, PrincipalEntry], bool]) -> Policy:
    """Return `policy` without those entries of its Allow statements that are `refused`; itself where none is.

    An Allow with NotPrincipal stays as it is.
    """

    def kept(statement: Statement) -> Statement | None:
        principals = statement.principals
        if statement.effect is not Effect.ALLOW or principals is None or principals.negated:
            return statement
        entries = tuple(entry for entry in principals.entries if not refused(statement, entry))
        if len(entries) == len(principals.entries):
            return statement
        return replace(statement, principals=replace(principals, entries=entries)) if entries else None

    statements = tuple(filter(None, map(kept, policy.statements)))
    same = len(statements) == len(policy.statements) and all(map(operator.is_, statements, policy.statements))
    return policy if same else replace(policy, statements=statements, warnings=())


def may_allow(policy: Policy, principal: Principal) -> bool:
    """Whether an Allow of `policy` may be one for `principal`; False is sure. Raises Unsupported."""
    for statement in policy.statements:
        principals = statement.principals
        if statement.effect is not Effect.ALLOW:
            continue
        if principals is None or principals.negated or any(_may_be(entry, principal) for entry in principals.entries):
            return True
    return False


def _may_be(entry: PrincipalEntry, principal: Principal) -> bool:
    named = named_principal(entry)
    if principal.kind not in BOUNDED:
        return True
    match named:
        case WholeAccount(account):
            return account == principal.account
        case AnySession(partition, account, name):
            return (partition, account, name) == (principal.partition, principal.account, principal.name)
        case OnePrincipal(text) if principal.kind is PrincipalKind.USER:
            return text == principal.text
        case OnePrincipal(text):
            return f":{principal.account}:" in text
        case EveryOfKind() | Nobody():
            return False
        case EveryPrincipal():
            return True


def without_delegating(policy: Policy) -> Policy:
    """Return `policy` without what its Allows leave to the identity policies of an account. Raises Unsupported."""
    return without_grants(policy, lambda _, entry: grant(entry) is GrantKind.DELEGATED)


def as_seen(policy: Policy, principal: Principal | None, by: str | None, *, bounded: bool, proof: bool) -> Policy:
    """Return a document of the resource's side as it is for `principal`, who may have been federated by the user `by`.

    A Deny with NotPrincipal denies every user and role with a boundary (rule 34). Where it is not said who federated,
    a `proof` takes it to be any user of the account.
    """
    if principal is None:
        return policy
    if principal.kind is PrincipalKind.FEDERATED and (proof or by is not None):
        return as_federated(policy, principal.text, principal.account, by)
    return as_bounded(policy) if bounded and principal.kind in BOUNDED else policy


# Who can have a permissions boundary, as rule 34 means it.
BOUNDED = (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.SESSION)


def as_bounded(policy: Policy) -> Policy:
    """Return `policy` as it is for users and roles that have a boundary (rule 34)."""
    return _changed(policy, _for_everyone)


def _changed(policy: Policy, change: Callable[[Statement], Statement]) -> Policy:
    statements = tuple(map(change, policy.statements))
    same = all(map(operator.is_, statements, policy.statements))
    return policy if same else replace(policy, statements=statements)


def _for_everyone(statement: Statement) -> Statement:
    principals = statement.principals
    if principals is None or not principals.negated or statement.effect is not Effect.DENY:
        return statement
    everyone = replace(principals.entries[0], type=None, text=EVERYONE, unknown=None)
    return replace(statement, principals=replace(principals, negated=False, entries=(everyone,)))


def as_federated(policy: Policy, federated: str, account: str, by: str | None) -> Policy:
    """Return `policy` with the Allows for the user `by`, any of `account` where that is None, as ones for `federated`,
    who is every federated user where that is `*`.

    A federated user has what is allowed to the user who federated (rule 31); a Deny for that user is not one for him
    where it is not said who it was.
    """

    def entries(statement: Statement, entry: PrincipalEntry) -> tuple[PrincipalEntry, ...]:
        known = named_principal(entry)
        if not isinstance(known, OnePrincipal) or entry.type != "AWS":
            return (entry,)
        user = read_principal(known.text)
        sure = by is not None and known.text == by
        likely = by is None and statement.effect is Effect.ALLOW and user.account == account
        if user.kind is not PrincipalKind.USER or not (sure or likely):
            return (entry,)
        return (entry, replace(entry, type=FEDERATED_BY, text=federated))

    def changed(statement: Statement) -> Statement:
        principals = statement.principals
        if principals is None or principals.negated:
            return statement
        found = tuple(other for entry in principals.entries for other in entries(statement, entry))
        same = len(found) == len(principals.entries)
        return statement if same else replace(statement, principals=replace(principals, entries=found))

    return _changed(policy, changed)
