"""Whether a statement's principals name the one who asks (rules 33 and 34)."""

from __future__ import annotations

from typing import assert_never

from verifier.base.errors import Unsupported
from verifier.clouds.aws.policy.syntax import PrincipalEntry, Principals
from verifier.clouds.aws.principals.named import (
    AnySession,
    EveryOfKind,
    EveryPrincipal,
    Nobody,
    OnePrincipal,
    WholeAccount,
    named_principal,
)
from verifier.clouds.aws.principals.principal import EVERYONE, Principal, PrincipalKind, read_principal
from verifier.logic.readings import Reading
from verifier.logic.request import Request


def naming_principals(principals: Principals, request: Request, reading: Reading) -> tuple[PrincipalEntry, ...]:
    """Return the entries that name who asks; where one is for everyone, those that are.

    Raises Unsupported where it matters who asks and that is not said.
    """
    everyone = tuple(entry for entry in principals.entries if _is_everyone(entry))
    return everyone or tuple(entry for entry in principals.entries if _names(entry, request, reading))


def _is_everyone(entry: PrincipalEntry) -> bool:
    return entry.unknown is None and entry.type in (None, "AWS") and entry.text == EVERYONE


def _names(entry: PrincipalEntry, request: Request, reading: Reading) -> bool:
    if entry.unknown is not None:
        return entry.unknown in reading
    found = named_principal(entry)
    if request.principal is None:
        raise Unsupported(f"who asks is not said, and principals other than `*` are named (line {entry.span.line})")
    principal = read_principal(request.principal)
    match found:
        case WholeAccount(account):
            return principal.kind.has_account and principal.account == account
        case AnySession(partition, account, name):
            return _is_of_role(principal) and (principal.partition, principal.account, principal.name) == (
                partition,
                account,
                name,
            )
        case OnePrincipal(text):
            return principal.text == text
        case EveryOfKind(kind):
            return principal.kind is kind
        case EveryPrincipal():
            return True
        case Nobody():
            return False
        case _:
            assert_never(found)


def _is_of_role(principal: Principal) -> bool:
    return principal.kind in (PrincipalKind.ROLE, PrincipalKind.SESSION)
