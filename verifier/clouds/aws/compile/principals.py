"""What `Principal` and `NotPrincipal` say, as formulas about who asks (rules 33 and 34).

Who asks is a text like the resource: `Element(PRINCIPAL)`.
"""

from __future__ import annotations

from typing import assert_never

from verifier.clouds.aws.compile.domains import member_of_domain
from verifier.clouds.aws.policy.syntax import PrincipalEntry, Principals
from verifier.clouds.aws.principals.forms import AREAS, federated, roles, roots, sessions, users
from verifier.clouds.aws.principals.named import (
    AnySession,
    EveryOfKind,
    EveryPrincipal,
    Nobody,
    OnePrincipal,
    WholeAccount,
    named_principal,
)
from verifier.clouds.aws.principals.principal import WEB_PROVIDERS, PrincipalKind
from verifier.logic.formula import (
    FALSE,
    TRUE,
    Element,
    Formula,
    Present,
    Reads,
    all_of,
    any_of,
    negate,
)
from verifier.logic.request import PRINCIPAL
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.values import Key

_FIELD, _TEXT, _CHAR, _FIELD_CHAR = Wildcard.FIELD_TEXT, Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_CHAR
_WHO = Element(PRINCIPAL)
_PARTITION, _ACCOUNT, _ROLE, _SESSION = (Key(name, name) for name in ("PARTITION", "ACCOUNT", "ROLE", "SESSION"))


def compile_principals(principals: Principals, *, readings: bool) -> Formula:
    """Return that who asks is one of `principals`; where they are negated, that it is not. Raises Unsupported."""
    met = any_of(_entry(entry, readings=readings) for entry in principals.entries)
    return negate(met) if principals.negated else met


def _entry(entry: PrincipalEntry, *, readings: bool) -> Formula:
    if entry.unknown is not None:
        return Reads(entry.unknown) if readings else FALSE
    found = named_principal(entry)
    match found:
        case EveryPrincipal():
            return TRUE
        case Nobody():
            return FALSE
        case WholeAccount(account):
            return asks_one_of(users(account), roots(account), sessions(account), federated(account))
        case AnySession(partition, account, name):
            return asks_one_of(sessions(account, name, partition), *roles(account, name, partition))
        case OnePrincipal(text):
            return asks_one_of(Glob.literal(text))
        case EveryOfKind(kind):
            return asks_of_kind(kind)
        case _:
            assert_never(found)


def asks_of_kind(kind: PrincipalKind) -> Formula:
    """Return that who asks is of `kind`. Names of some identity providers look like those of services, and are none."""
    asks = asks_one_of(*AREAS[kind])
    if kind is not PrincipalKind.SERVICE:
        return asks
    return all_of((asks, negate(asks_one_of(*map(Glob.literal, sorted(WEB_PROVIDERS))))))


def asks_one_of(*globs: Glob) -> Formula:
    """Return that the text of who asks lies in one of `globs`."""
    return all_of((Present(PRINCIPAL), any_of(member_of_domain(_WHO, glob) for glob in globs)))
