"""Principals to groups: those for whom every question has one answer, with the item that asks about them.

    PrincipalGroup    principals with the same documents, the same fences and the same pins
    Grouping          the groups of an account, and who cannot be asked about, with the reason

Equal documents are equal texts, whoever carries them and in whatever order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from verifier.audits.finding import AuditUndecided
from verifier.base.dataclass import dataclass
from verifier.clouds.aws.account.effective import CarriedDocument, Effective, effective
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal
from verifier.clouds.aws.audit.intent import Intent, arn_fits
from verifier.clouds.aws.audit.items import SubjectItem
from verifier.clouds.aws.audit.pins import pins, principal_keys
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.shown import Granting
from verifier.clouds.aws.audit.table import NEVER_CHECK

_PINS = "pins "
# The documents that decide about a principal, without those that limit the whole account; and what `_read` says.
_Deciding: TypeAlias = tuple[tuple[AccountDocument, ...], AccountDocument | None]
_Read: TypeAlias = tuple[tuple[AccountDocument, ...], frozenset[str]]


@dataclass(frozen=True, eq=False, slots=True)
class GroupMember:
    """A principal of a group; `identity` are its policies in the order of the group's item, `there` is that of it."""

    principal: AccountPrincipal
    documents: Effective
    identity: tuple[CarriedDocument, ...]
    there: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class PrincipalGroup:
    """See above; all that tells it from others is its `signature`."""

    members: list[GroupMember]
    signature: tuple[object, ...]
    documents: tuple[AccountDocument, ...]
    fences: tuple[int, ...]
    maximum: int | None
    pins: str

    def item(self, shared: Mapping[str, str], granting: Granting) -> SubjectItem:
        """Return what asks about it; documents that are `shared` travel otherwise, and so do those `granting`."""
        first = self.members[0]
        boundary = first.documents.boundary
        texts = {each.key: each.text for each in self.documents if each.key not in shared}
        pinned = f"{_PINS}{self.pins}" if self.pins else None
        if pinned:
            texts[pinned] = self.pins
        return SubjectItem(
            [held.document.key for held in first.identity],
            boundary.document.key if boundary else None,
            pinned,
            self.fences,
            self.maximum,
            [place for place, held in enumerate(first.identity) if held.is_of_aws],
            [member.principal.arn for member in self.members],
            texts,
            [granting.to(member.principal.arn) for member in self.members],
            [member.there for member in self.members],
        )

    def of_one(self, place: int, shared: Mapping[str, str]) -> SubjectItem:
        """Return what asks about one of its members, without policies of resources."""
        return replace(self, members=[self.members[place]]).item(shared, Granting((), {}))


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of an account; `undecided` are the principals without a question."""

    groups: tuple[PrincipalGroup, ...]
    undecided: tuple[AuditUndecided, ...]
    origins: tuple[str, ...]

    @staticmethod
    def of(
        account: Account,
        intent: Intent,
        plan: AuditPlan,
        principals: Iterable[AccountPrincipal],
        keys_there: Collection[str] = (),
    ) -> Grouping:
        """Return the groups of `principals` of `account`, asked about as `plan` says; policies of resources read
        `keys_there`.
        """
        found: dict[tuple[object, ...], PrincipalGroup] = {}
        undecided: list[AuditUndecided] = []
        origins: dict[str, None] = {}
        fenced, known = _Fenced(intent, plan), dict[_Deciding, _Read]()
        for principal in principals:
            documents = effective(account, principal)
            origins.update(dict.fromkeys(documents.origins))
            deciding = tuple(held.document for held in documents.identity), _boundary(documents)
            reasons = documents.lacking if deciding in known else tuple(reasons_against(documents))
            if reasons:
                undecided += [AuditUndecided(principal.arn, "", reason) for reason in reasons]
                continue
            there = pins(account, principal, keys_there) if keys_there else ""
            member = GroupMember(principal, documents, _in_order(documents), there)
            if deciding not in known:
                known[deciding] = _read(documents)
            group = _group(account, member, fenced, known[deciding])
            found.setdefault(group.signature, group).members.append(member)
        return Grouping(tuple(found.values()), tuple(undecided), tuple(origins))

    @property
    def shared(self) -> Mapping[str, str]:
        """The texts of the documents that several groups have, by their keys."""
        counts = Counter(document for group in self.groups for document in group.documents)
        return {document.key: document.text for document, count in counts.items() if count > 1}


def reasons_against(documents: Effective) -> Iterator[str]:
    """Yield why nothing can be asked."""
    yield from documents.lacking
    for held in documents.broken:
        yield f"the document {held.name} of {held.carrier} is broken: {held.document.error}"


def _in_order(documents: Effective) -> tuple[CarriedDocument, ...]:
    """Return the identity policies in an order of their own; a managed policy that is carried twice is one."""
    seen: dict[object, CarriedDocument] = {}
    for held in documents.identity:
        seen.setdefault(held.name if held.managed else held, held)
    return tuple(sorted(seen.values(), key=lambda held: (held.document.key, held.name)))


def _boundary(documents: Effective) -> AccountDocument | None:
    """Return the document that is the boundary."""
    return documents.boundary.document if documents.boundary else None


def _read(documents: Effective) -> _Read:
    """Return the documents but those that limit the whole account, and the keys about whoever asks that any reads."""
    every = tuple(dict.fromkeys(held.document for held in documents.every()))
    limits = {held.document for level in documents.scps for held in level} | {held.document for held in documents.rcps}
    keys = frozenset[str]().union(*(principal_keys(document) for document in every))
    return tuple(document for document in every if document not in limits), keys


def _group(account: Account, member: GroupMember, fenced: _Fenced, read: _Read) -> PrincipalGroup:
    """Return the group of a principal, without members."""
    own, keys = read
    boundary = _boundary(member.documents)
    pinned = pins(account, member.principal, keys) if keys else ""
    fences, maximum = fenced.of(member.principal)
    given = tuple(held.is_of_aws for held in member.identity)
    identity = tuple(held.document.key for held in member.identity)
    signature = identity, boundary and boundary.key, given, fences, maximum, pinned
    return PrincipalGroup([], signature, own, fences, maximum, pinned)


class _Fenced:
    """Which fences are those of a principal."""

    def __init__(self, intent: Intent, plan: AuditPlan) -> None:
        self._intent = intent
        self._plan = plan
        self._common = tuple(
            number
            for number, fence in enumerate(plan.fences)
            if fence.of == "effective" and fence.check not in ("A3", NEVER_CHECK)
        )
        self._never = [number for number, fence in enumerate(plan.fences) if fence.check == NEVER_CHECK]
        self._of_boundary = {fence.detail: number for number, fence in enumerate(plan.fences) if fence.check == "A6"}
        self._of_maximum = {
            check: [number for number, fence in enumerate(plan.fences) if fence.check == check]
            for check in ("A2", "A3")
        }

    def of(self, principal: AccountPrincipal) -> tuple[tuple[int, ...], int | None]:
        """Return the numbers of the fences, and the number of one whose maximum is that of the principal."""
        found = list(self._common)
        for number, rule in zip(self._never, self._intent.never, strict=False):
            if not any(arn_fits(pattern, principal.arn) for pattern in rule.unless):
                found.append(number)
        place = self._intent.maximum_for(principal)
        if place is not None:
            found += [numbers[place] for numbers in self._of_maximum.values() if numbers]
        if principal.boundary in self._of_boundary:
            found.append(self._of_boundary[principal.boundary])
        return tuple(sorted(found)), place
