"""The policies of resources that an audit is shown: those of all accounts, and the trust policies of their roles.

    ShownDocument             one of them, as it travels
    ShownSide.of_account      those of an account that may let in its principals by themselves (rules 31 and 35)
    ShownSide.covering        those whose resource a request is about, which it has to get past
    Granting                  the former, and which of them are for whom
    may_let_in                whether one policy may do it

A policy that is broken is left out: it is said to be undecided (`sides.py`), and what identity policies allow is taken
to be let in there, as it is where a policy names somebody who cannot be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.base.memo import cached_property, once
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.account.unique_ids import with_arns
from verifier.clouds.aws.audit.pins import keys_about_principals
from verifier.clouds.aws.audit.together import Together
from verifier.clouds.aws.policy.syntax import Policy, PrincipalEntry
from verifier.clouds.aws.principals.named import AnySession, EveryOfKind, EveryPrincipal, OnePrincipal, named_principal
from verifier.clouds.aws.principals.principal import PrincipalKind, read_principal
from verifier.clouds.aws.principals.resource_policy import Cover, ResourceKind, cover_of, resource_kind
from verifier.logic.actions import Effect
from verifier.logic.request import Request

_Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """The policy of the resource `arn`, which the account `owner` has."""

    arn: str
    owner: str
    text: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """It, as it travels."""
        return self.arn, self.owner, self.text


@dataclass(frozen=True, eq=False)
class Granting:
    """See above; `numbers` are those of `documents` for a name, under None those for anybody."""

    documents: tuple[ShownDocument, ...]
    numbers: Mapping[_Name | None, Sequence[int]]

    def to(self, arn: str) -> list[int]:
        """Return the numbers of the policies that name the user or role `arn`, and not just anybody."""
        found = (self.numbers.get(name, ()) for name in _names_of(arn))
        return sorted({number for several in found for number in several}.difference(self.numbers.get(None, ())))

    def every(self, arn: str) -> dict[ShownDocument, None]:
        """Return the policies that may let in the user or role `arn`: those that name it, and those for anybody."""
        numbers = (*self.to(arn), *self.numbers.get(None, ()))
        return dict.fromkeys(self.documents[number] for number in numbers)


class ShownSide:
    """See above."""

    def __init__(self, together: Together) -> None:
        self.together = together

    @cached_property
    def _every(self) -> tuple[tuple[ShownDocument, Policy], ...]:
        return tuple(self._found())

    def _found(self) -> Iterator[tuple[ShownDocument, Policy]]:
        read: dict[AccountDocument, tuple[str, Policy] | None] = {}
        for account in self.together.accounts:
            for arn, document in _documents(account):
                if document not in read:
                    read[document] = self._told(document)
                if (told := read[document]) is not None:
                    yield ShownDocument(arn, account.id, told[0]), told[1]

    def _told(self, document: AccountDocument) -> tuple[str, Policy] | None:
        """Return the text of a policy with ARNs for ids, and it as read; None for one that is broken."""
        known = document if document.policy is None else with_arns(document, self.together.find)
        return None if known.policy is None else (known.text, known.policy)

    @cached_property
    def _by_name(self) -> dict[_Name | None, list[ShownDocument]]:
        """The policies by the principals whom their Allows name one by one; under None those for anybody."""
        found: dict[_Name | None, list[ShownDocument]] = defaultdict(list)
        for shown, policy in self._every:
            for name in _everybody_let_in(policy):
                found[name].append(shown)
        return found

    def of_account(self, account: str) -> Granting:
        """Return the policies of `account` that may let in its users and roles by themselves."""
        own = {
            name: [each for each in found if each.owner == account]
            for name, found in self._by_name.items()
            if name is None or account in name or any(f":{account}:" in part for part in name)
        }
        documents = tuple(dict.fromkeys(each for found in own.values() for each in found))
        number = {document: place for place, document in enumerate(documents)}
        return Granting(documents, {name: [number[each] for each in found] for name, found in own.items()})

    @cached_property
    def principal_keys(self) -> frozenset[str]:
        """The keys about whoever asks that any of them reads."""
        return frozenset[str]().union(*(keys_about_principals(policy) for _, policy in self._every))

    def every(self) -> Sequence[tuple[ShownDocument, Policy]]:
        """Return all of them, each with the policy as read."""
        return self._every

    def keys(self) -> Iterator[ShownDocument]:
        """Yield those of encryption keys, without which nobody uses a key (rule 35)."""
        yield from (shown for shown, _ in self._every if resource_kind(shown.arn) is ResourceKind.KEY)

    def policy(self, document: ShownDocument) -> Policy:
        """Return one of them, read."""
        return self._read[document]

    @cached_property
    def _read(self) -> dict[ShownDocument, Policy]:
        return dict(self._every)

    @cached_property
    def _by_arn(self) -> dict[str, list[tuple[Cover, ShownDocument]]]:
        found: dict[str, list[tuple[Cover, ShownDocument]]] = defaultdict(list)
        for shown, policy in self._every:
            cover = cover_of(shown.arn)
            if not _tells_everybody(policy):
                continue
            for begin in {cover.arn, cover.below} - {""}:
                found[begin].append((cover, shown))
        return found

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        """How long the texts are by which a resource is found."""
        return tuple(sorted({len(begin) for begin in self._by_arn}))

    def covering(self, request: Request) -> tuple[ShownDocument, ...]:
        """Return the policies that cover `request`."""
        begins = (request.resource[:length] for length in self._lengths if length <= len(request.resource))
        near = (each for begin in begins for each in self._by_arn.get(begin, ()))
        return tuple(dict.fromkeys(shown for cover, shown in near if cover.holds(request)))


def _documents(account: Account) -> Iterator[tuple[str, AccountDocument]]:
    yield from ((one.resource, one.document) for one in account.resource_policies)
    yield from ((role.arn, role.trust) for role in account.roles if role.trust is not None)


def _tells_everybody(policy: Policy) -> bool:
    try:
        for statement in policy.statements:
            for entry in statement.principals.entries if statement.principals else ():
                named_principal(entry)
    except Unsupported:
        return False
    return True


def may_let_in(policy: Policy, arn: str) -> bool:
    """Whether an Allow of `policy` may let in the user or role `arn` by itself; False is sure."""
    return not {None, *_names_of(arn)}.isdisjoint(_everybody_let_in(policy))


@once
def _everybody_let_in(policy: Policy) -> tuple[_Name | None, ...]:
    return tuple(dict.fromkeys(_let_in(policy)))


def _names_of(arn: str) -> tuple[_Name, _Name]:
    one = read_principal(arn)
    return (arn,), (one.partition, one.account, one.name)


def _let_in(policy: Policy) -> Iterator[_Name | None]:
    """Yield whom Allows of a policy may let in by themselves: by ARN, or a role by its name, or None for anybody."""
    for statement in policy.statements:
        principals = statement.principals
        if statement.effect is not Effect.ALLOW or principals is None:
            continue
        for entry in principals.entries:
            yield None if principals.negated else _name(entry)


def _name(entry: PrincipalEntry) -> _Name | None:
    try:
        named = named_principal(entry)
    except Unsupported:  # at most an account, whose identity policies decide then
        return ()
    match named:
        case EveryPrincipal():
            return None
        case AnySession(partition, account, name):
            return (partition, account, name)
        case OnePrincipal(text) if text.startswith("arn:"):
            one = read_principal(text)
            return (text,) if one.kind is PrincipalKind.USER else (one.partition, one.account, one.name)
        case OnePrincipal(text):
            return (text,)
        case EveryOfKind(kind):
            return (kind.value,)
        case _:
            return ()
