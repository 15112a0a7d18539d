"""Those outside of an account whom policies of its resources may let in, and what it is to be one of them.

    OutsideKind, Outsider    another account, a service or an identity provider; `*` is any that no policy names. The
                             federated users of an account are not in its dump, and are asked about as these are
    outsiders                those that policies name, and the three that stand for everybody else
    outsider_premise         that the one who asks is the outsider

Each outsider is a question of its own. Together they are everybody outside, so where all answers are "cannot" nobody
outside can.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError
from verifier.clouds.aws.compile.premises import BECOMING, can_ask, known_asker
from verifier.clouds.aws.compile.principals import asks_of_kind, asks_one_of
from verifier.clouds.aws.policy.premise import EVERY, Premise, premise
from verifier.clouds.aws.policy.syntax import Policy, PrincipalEntry
from verifier.clouds.aws.principals.forms import federated, roots, sessions, users
from verifier.clouds.aws.principals.named import (
    AnySession,
    EveryOfKind,
    EveryPrincipal,
    NamedPrincipal,
    OnePrincipal,
    WholeAccount,
    named_principal,
)
from verifier.clouds.aws.principals.principal import EVERYONE, Principal, PrincipalKind, read_principal
from verifier.logic.actions import Effect
from verifier.logic.formula import Formula, all_of, any_of, negate
from verifier.logic.request import Request
from verifier.strings.languages import Glob


class OutsideKind(enum.Enum):
    """What sort of outsider; the value is what answers call it."""

    ACCOUNT = "account"
    SERVICE = "service"
    PROVIDER = "provider"
    FEDERATED = "federated user"


_KINDS = {
    OutsideKind.ACCOUNT: (
        PrincipalKind.USER,
        PrincipalKind.SESSION,
        PrincipalKind.FEDERATED,
        PrincipalKind.ROOT,
        PrincipalKind.ANONYMOUS,
    ),
    OutsideKind.SERVICE: (PrincipalKind.SERVICE,),
    OutsideKind.PROVIDER: (PrincipalKind.PROVIDER,),
    OutsideKind.FEDERATED: (PrincipalKind.FEDERATED,),
}


_OF_ACCOUNT = (OutsideKind.ACCOUNT, OutsideKind.FEDERATED)


@dataclass(frozen=True, slots=True)
class Outsider:
    """Everybody of the account, the service or the provider called `name`; `*` is everybody of the kind but those in
    `but`, and anonymous principals are of any account.
    """

    kind: OutsideKind
    name: str
    but: frozenset[str] = frozenset()

    def includes(self, principal: Principal) -> bool:
        """Whether `principal` is one of these."""
        if principal.kind not in _KINDS[self.kind]:
            return False
        name = principal.account if self.kind in _OF_ACCOUNT else principal.text
        return name not in self.but if self.name == EVERYONE else name == self.name

    def may_be_in(self, policy: Policy) -> bool:
        """Whether an Allow of `policy` may be one for these; False is sure."""
        allows = (one.principals for one in policy.statements if one.effect is Effect.ALLOW and one.principals)
        return any(each.negated or any(map(self._may_be, each.entries)) for each in allows)

    def _may_be(self, entry: PrincipalEntry) -> bool:
        if entry.unknown is not None:
            return True
        match named_principal(entry):
            case EveryPrincipal():
                return True
            case EveryOfKind(kind):
                return kind in _KINDS[self.kind]
            case OnePrincipal(text) if self.kind is OutsideKind.FEDERATED:
                return text.startswith("arn:") and self.includes(read_principal(text))
            case found:
                return _outsider(found) == (self.kind, self.name)


def outsiders(policies: Iterable[Policy], accounts: Collection[str]) -> tuple[Outsider, ...]:
    """Return the outsiders of `accounts` that `policies` may let in. Raises Unsupported for an entry that names nobody
    who can be told.
    """
    named: dict[OutsideKind, dict[str, None]] = {kind: {} for kind in OutsideKind if kind is not OutsideKind.FEDERATED}
    for policy in policies:
        for kind, name in _named(policy):
            if kind is not OutsideKind.ACCOUNT or name not in accounts:
                named[kind][name] = None
    found = [Outsider(kind, name) for kind, names in named.items() for name in names]
    own = {OutsideKind.ACCOUNT: set(accounts)}
    found += (Outsider(kind, EVERYONE, frozenset(names) | own.get(kind, set())) for kind, names in named.items())
    return (*found, *(Outsider(OutsideKind.FEDERATED, account) for account in accounts))


def _named(policy: Policy) -> Iterator[tuple[OutsideKind, str]]:
    """Yield the outsiders that Allows name one by one."""
    for statement in policy.statements:
        principals = statement.principals
        if statement.effect is Effect.ALLOW and principals is not None:
            for entry in principals.entries:
                if entry.unknown is None:
                    found = _outsider(named_principal(entry))
                    if found is not None:
                        yield found


def _outsider(found: NamedPrincipal) -> tuple[OutsideKind, str] | None:
    match found:
        case WholeAccount(account) | AnySession(account=account):
            return OutsideKind.ACCOUNT, account
        case OnePrincipal(text):
            return _of_text(text)
        case _:
            return None


def _of_text(text: str) -> tuple[OutsideKind, str] | None:
    try:
        principal = read_principal(text)
    except UsageError:
        return None
    kind = next(kind for kind, kinds in _KINDS.items() if principal.kind in (*kinds, PrincipalKind.ROLE))
    return kind, principal.account if kind is OutsideKind.ACCOUNT else text


def outsider_premise(outsider: Outsider) -> Premise:
    """Return the premise that the one who asks is `outsider`."""

    def holds(request: Request) -> bool:
        asks = known_asker(request)
        return asks is not None and outsider.includes(asks) and can_ask(asks, request)

    name = f"the one who asks is the {outsider.kind.value} {outsider.name}"
    actions = BECOMING if outsider.kind is OutsideKind.PROVIDER else EVERY
    return premise(name, [(actions, _is_outsider(outsider))], holds)


def _is_outsider(outsider: Outsider) -> Formula:
    if outsider.name != EVERYONE:
        return asks_one_of(*_areas(outsider.kind, outsider.name))
    asks = any_of(map(asks_of_kind, _KINDS[outsider.kind]))
    others = (negate(asks_one_of(*_areas(outsider.kind, name))) for name in sorted(outsider.but))
    return all_of((asks, *others))


def _areas(kind: OutsideKind, name: str) -> Collection[Glob]:
    if kind is OutsideKind.FEDERATED:
        return (federated(name),)
    if kind is OutsideKind.ACCOUNT:
        return users(name), roots(name), sessions(name), federated(name)
    return (Glob.literal(name),)
