"""Everybody of an account who can ask for something, in groups for whom the question is one.

    Caller           a user, a role (some session of it), or the root user, with the documents that decide
    CallerGroup      callers for whom the question is one
    caller_groups    the groups of an account, and who cannot be asked about, with the reason

Who asks makes a difference where a policy of a resource names him, or where a document reads a key that follows from
who asks. All others with equal documents are one group: the one's request is the other's with another principal, which
is replayed for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.account.effective import Effective, account_limits, effective
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal, Role, User
from verifier.clouds.aws.audit.groups import reasons_against
from verifier.clouds.aws.audit.pins import pinned_values, principal_keys
from verifier.clouds.aws.principals.named import AnySession, OnePrincipal, named_principal
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.who.items import CallerItem
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.side import ResourceSide

_PRINCIPAL_KEYS = ("aws:principal", "aws:username", "aws:userid")
# A user or role by partition, account and name, or by its ARN.
_Name = tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Caller:
    """Who asks; `kind` is what answers call it, `detail` is None for the root user."""

    arn: str
    kind: str
    documents: Effective
    detail: AccountPrincipal | None = None


@dataclass(frozen=True, eq=False, slots=True)
class CallerGroup:
    """Callers with the same documents and the same `fixed` keys."""

    callers: list[Caller]
    identity: tuple[AccountDocument, ...]
    boundary: AccountDocument | None
    fixed: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def documents(self) -> Iterator[AccountDocument]:
        """The documents that are theirs alone: the limits of the account are everybody's."""
        yield from self.identity
        if self.boundary is not None:
            yield self.boundary

    def item(self, shared: Mapping[str, str]) -> CallerItem:
        """Return what asks about it; documents that are `shared` travel otherwise."""
        texts = {each.key: each.text for each in self.documents if each.key not in shared}
        arns = tuple(caller.arn for caller in self.callers)
        boundary = None if self.boundary is None else self.boundary.key
        return CallerItem(arns, tuple(each.key for each in self.identity), boundary, self.fixed, texts)


def callers(account: Account) -> Iterator[Caller]:
    """Yield everybody of `account`."""
    for user in account.users:
        yield Caller(user.arn, "user", effective(account, user), user)
    for role in account.roles:
        yield Caller(role.arn, "service-linked role" if role.service_linked else "role", effective(account, role), role)
    scps, rcps = account_limits(account)
    root = f"arn:{_partition(account)}:iam::{account.id}:root"
    yield Caller(root, "root user", Effective((), None, scps, rcps, (), ()))


def _partition(account: Account) -> str:
    carriers = (*account.users, *account.roles)
    return carriers[0].arn.split(":")[1] if carriers else "aws"


def caller_groups(
    account: Account, question: AccessQuestion, side: ResourceSide
) -> tuple[tuple[CallerGroup, ...], tuple[tuple[Caller, str], ...]]:
    """Return the groups, and the callers who cannot be asked about, each with the reason."""
    found: dict[tuple[object, ...], CallerGroup] = {}
    undecided: list[tuple[Caller, str]] = []
    named = frozenset(_named(side))
    asked = {key.lower() for key, _ in question.keys if key.lower().startswith(_PRINCIPAL_KEYS)}
    asked.update(*(principal_keys(each) for each in (*side.rcps, *(one.document for one in side.shown))))
    for caller in callers(account):
        if not question.asks_about(caller.arn):
            continue
        reasons = "; ".join(reasons_against(caller.documents))
        if reasons:
            undecided.append((caller, reasons))
            continue
        group = _group(account, caller, asked)
        alone = caller.arn if named.intersection(_names(caller)) else None
        bound = group.boundary and group.boundary.key
        signature = (caller.kind, tuple(each.key for each in group.identity), bound, group.fixed, alone)
        found.setdefault(signature, group).callers.append(caller)
    return tuple(found.values()), tuple(undecided)


def _group(account: Account, caller: Caller, asked: Iterable[str]) -> CallerGroup:
    """Return the group of a caller, without members."""
    documents = caller.documents
    keys = frozenset(asked).union(*(principal_keys(held.document) for held in documents.every()))
    values = sorted(pinned_values(account, caller.detail, keys))
    fixed = tuple((name, () if value is None else (value,)) for name, value in values)
    identity = {held.document.key: held.document for held in documents.identity}
    boundary = None if documents.boundary is None else documents.boundary.document
    return CallerGroup([], tuple(identity[key] for key in sorted(identity)), boundary, fixed)


def _named(side: ResourceSide) -> Iterator[_Name]:
    """Yield the principals that policies of resources name one by one."""
    for each in side.shown:
        for statement in each.policy.statements:
            for entry in statement.principals.entries if statement.principals else ():
                match named_principal(entry):
                    case AnySession(partition, account, name):
                        yield (partition, account, name)
                    case OnePrincipal(text) if text.startswith("arn:"):
                        one = read_principal(text)
                        yield (text,)
                        yield (one.partition, one.account, one.name)
                    case _:
                        pass


def _names(caller: Caller) -> Iterator[_Name]:
    yield (caller.arn,)
    if isinstance(caller.detail, User | Role):
        one = read_principal(caller.arn)
        yield (one.partition, one.account, one.name)
