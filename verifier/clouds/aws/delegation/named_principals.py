"""Whom trust policies and the policies of resources name, as far as it matters who asks.

    RoleTrusts                          whom the roles of an account trust
    for_everyone, for_whoever_is_made   what a policy allows whoever asks, or somebody who is made
    names_alone                         whether it may let in somebody without identity policies
    reads_who                           whether documents read a key that follows from who asks

A policy that names a user or role means the one that is there: AWS keeps its unique id. A session of a role is named by
its text, without the path of the role, so a role that is made later may be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache

from verifier.base.memo import cached_property, once
from verifier.clouds.aws.delegation.state import Actor
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy, Principals, Statement, keys_of
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.logic.actions import Effect

_OF_PRINCIPALS = ("aws:principal", "aws:username", "aws:userid")
_ELSEWHERE = ("aws:principaltag/", "aws:principalorgid")
FEDERATED = ":federated-user/"


class RoleTrusts:
    """Whom the trust policies of all roles of an account name."""

    def __init__(self, actors: Collection[Actor]) -> None:
        self._roles = {actor.name: actor.arn for actor in actors if actor.kind == "role"}
        self.policies = tuple({actor.trust: None for actor in actors if actor.trust is not None})

    def tells_apart(self, arn: str) -> bool:
        """Whether one may say something else of `arn` than of others with the same documents."""
        return self._read_who or self._names(arn)

    def may_let_in(self, arn: str | None) -> bool:
        """Whether one may let in `arn`, None for whoever is made, without its identity policies; False is sure."""
        return self._let_everyone_in or (self._name_sessions if arn is None else self._names(arn))

    def names_taken(self, gone: frozenset[str]) -> frozenset[str]:
        """Return the names that no role can get that is made, where those of `gone` may be deleted."""
        if not gone:
            return self._role_names
        return frozenset(name for name, arn in self._roles.items() if arn not in gone)

    @cached_property
    def _role_names(self) -> frozenset[str]:
        return frozenset(self._roles)

    @cached_property
    def _name_sessions(self) -> bool:
        return any(":assumed-role/" in policy.source.text for policy in self.policies)

    def _names(self, arn: str) -> bool:
        return arn in self._named or arn.rpartition("/")[2] in self._named

    @cached_property
    def _read_who(self) -> bool:
        return any(map(_reads_who, self.policies))

    @cached_property
    def _let_everyone_in(self) -> bool:
        allowing = (one.principals for policy in self.policies for one in policy.by_effect[Effect.ALLOW])
        return any(one is None or _is_everyone(one) or any(each.unknown for each in one.entries) for one in allowing)

    @cached_property
    def _named(self) -> frozenset[str]:
        """The ARNs that they name, and the names of roles whose sessions they name."""
        statements = (statement for policy in self.policies for statement in policy.statements)
        texts = {entry.text for one in statements for entry in (one.principals.entries if one.principals else ())}
        return frozenset((*texts, *(text.split("/")[1] for text in texts if ":assumed-role/" in text)))


def reads_who(documents: Documents) -> bool:
    """Whether some document reads a key that follows from who asks, other than tags and the organization."""
    return any(_reads_who(policy) for _, policy in documents.given())


@once
def _reads_who(policy: Policy) -> bool:
    names = (key.folded for key in keys_of(policy))
    return any(name.startswith(_OF_PRINCIPALS) and not name.startswith(_ELSEWHERE) for name in names)


@once
def for_everyone(policy: Policy) -> Policy | None:
    """Return what the policy of a resource allows whoever asks, without its Denies; None where that is nothing."""
    return _as_for_everyone(policy, lambda _: False)


@cache
def for_whoever_is_made(policy: Policy, taken: frozenset[str]) -> Policy | None:
    """Return the same with what it allows sessions of roles that are not there: their names are not `taken`."""
    return _as_for_everyone(policy, lambda entry: (name := _role_of_session(entry)) != "" and name not in taken)


def _role_of_session(text: str) -> str:
    """Return the name of the role of a session, from its ARN, which has no path; else nothing."""
    return text.partition(":assumed-role/")[2].partition("/")[0]


def _as_for_everyone(policy: Policy, besides: Callable[[str], bool]) -> Policy | None:
    kept = []
    for one in policy.by_effect[Effect.ALLOW]:
        principals = one.principals
        if principals and (_is_everyone(principals) or any(besides(entry.text) for entry in principals.entries)):
            kept.append(one)
    found = tuple(map(_as_everyone, kept))
    return replace(policy, statements=found, warnings=()) if found else None


def _is_everyone(principals: Principals) -> bool:
    return principals.negated or any(_names_everyone(entry.type, entry.text) for entry in principals.entries)


def _names_everyone(type_: str | None, text: str) -> bool:
    """Whether an entry names everybody, or a federated user: anybody may call one what he wants."""
    return type_ is None or (type_ == "AWS" and (text == EVERYONE or FEDERATED in text))


def _as_everyone(statement: Statement) -> Statement:
    principals = statement.principals
    assert principals is not None
    everyone = replace(principals.entries[0], type=None, text=EVERYONE, unknown=None)
    return replace(statement, principals=replace(principals, negated=False, entries=(everyone,)))


@cache
def names_alone(policy: Policy, arn: str) -> bool:
    """Whether the policy of a resource may let in the user or role `arn` without its identity policies."""
    name = arn.rpartition("/")[2]
    for statement in policy.by_effect[Effect.ALLOW]:
        principals = statement.principals
        if principals is None or _is_everyone(principals):
            return True
        for entry in principals.entries:
            if entry.type == "AWS" and (entry.text == arn or f":assumed-role/{name}/" in entry.text):
                return True
            if entry.unknown is not None:
                return True
    return False
