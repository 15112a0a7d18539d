"""What came of a review, as data.

    Reviewed           .documents, .principals, .unread, .moved
    DocumentChange     one document: how it differs by itself, and all of it as regions
    PrincipalChange    one user, role or group: what it can do with all that it has, within its boundary
    BoundaryChange     what became of the boundary of a principal

A request stands in an answer only if it was replayed. That nothing is gained is said only where it was proved; `open`
says why neither is known.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning
from verifier.checks.compare import PathChange
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Undecided
from verifier.regions.region import Regions
from verifier.sources.other_grants import OtherGrantKind

Within: TypeAlias = Contained | Escapes | Undecided


class ReviewFailure(enum.Enum):
    """What can make the exit code 1."""

    GAINED = "gained"
    ESCAPE = "escape"
    BOUNDARY = "boundary"
    UNDECIDED = "undecided"


class BoundaryFate(enum.Enum):
    """What became of a boundary."""

    ATTACHED = "attached"
    DETACHED = "detached"
    REPLACED = "replaced"
    CHANGED = "changed"


@dataclass(frozen=True)
class BoundaryChange:
    """What became of the boundary of a principal, by the names of what it was `before` and is `after`.

    `request` is one that it lets through now and did not before; `open` says why it is not known whether there is one.
    """

    fate: BoundaryFate
    before: str
    after: str
    request: Request | None = None
    open: str | None = None

    @property
    def is_looser(self) -> bool:
        """Whether it is known that the principal is bounded less than before."""
        return self.fate is BoundaryFate.DETACHED or self.request is not None


@dataclass(frozen=True)
class DocumentChange:
    """One document that is not what it was.

    `answer` is how it differs. `undenied` is a request that it denied before and does not deny or allow any more, so
    that other documents may allow it, and `beside` are all of those. `held_by` is the principal that it belongs to
    alone: what it means there is judged with all that the principal has. `warnings` are about the new one.
    """

    name: str
    case: PathChange
    type: PolicyType | None
    answer: Difference | InputError
    regions: Regions | None = None
    undenied: Request | None = None
    beside: Regions | None = None
    open: str | None = None
    within: Within | None = None
    held_by: str = ""
    moved_from: str = ""
    old: Policy | None = None
    new: Policy | None = None
    warnings: tuple[PolicyWarning, ...] = ()

    @property
    def is_boundary(self) -> bool:
        """Whether it is known to be a boundary."""
        return self.type is PolicyType.BOUNDARY

    @property
    def difference(self) -> Difference | None:
        """How it differs; None where it is broken."""
        return self.answer if isinstance(self.answer, Difference) else None

    @property
    def gained(self) -> Request | None:
        """A request that it lets through now and did not before."""
        return (None if self.difference is None else self.difference.gained) or self.undenied

    @property
    def lost(self) -> Request | None:
        """A request that it let through before and does not any more."""
        return None if self.difference is None else self.difference.lost


@dataclass(frozen=True)
class PrincipalChange:
    """One principal whose documents or boundary are not what they were.

    `undenied` is a request that is gained if a policy allows it that the files do not hold. `has_more`: it has such
    policies, or may have some, so that what the files show it to gain may have been allowed before, or be denied.
    """

    name: str
    kind: str
    case: PathChange
    gained: Request | None = None
    lost: Request | None = None
    undenied: Request | None = None
    open: str | None = None
    regions: Regions | None = None
    boundary: BoundaryChange | None = None
    within: Within | None = None
    assumes: tuple[str, ...] = ()
    has_more: bool = False

    @property
    def shows(self) -> bool:
        """Whether there is anything to say about it."""
        found = (self.gained, self.lost, self.undenied, self.open, self.boundary)
        return any(one is not None for one in found) or isinstance(self.within, Escapes | Undecided)


@dataclass(frozen=True)
class GrantChange:
    """A resource that gives permissions without a document, and is not what it was: `kind` says how it gives them."""

    name: str
    case: PathChange
    kind: OtherGrantKind


@dataclass(frozen=True)
class Reviewed:
    """What came of a review.

    `unread` are files that could not be read, each with its error; `moved` are documents that are what they were, under
    another name; `grants` are changes of what gives permissions without a document.
    """

    documents: tuple[DocumentChange, ...]
    principals: tuple[PrincipalChange, ...]
    unread: Mapping[str, InputError]
    moved: tuple[tuple[str, str], ...] = ()
    assumes: tuple[str, ...] = ()
    grants: tuple[GrantChange, ...] = ()

    def failures(self) -> Iterator[ReviewFailure]:
        """Yield what was found, as often as it was."""
        for document in self.documents:
            if not document.held_by:
                yield from _of_document(document)
        for principal in self.principals:
            yield from _of_principal(principal)
        if self.grants:
            yield ReviewFailure.UNDECIDED

    @property
    def broken(self) -> tuple[tuple[str, InputError], ...]:
        """What could not be read, or is not a policy: files and documents, each with its error."""
        documents = ((one.name, one.answer) for one in self.documents if isinstance(one.answer, InputError))
        return (*self.unread.items(), *documents)

    def exit_code(self, fail_on: frozenset[ReviewFailure]) -> int:
        """Return what the command ends with: 1 where something of `fail_on` was found, else 2 where something is
        broken, else 3 where something is undecided, else 0.
        """
        found = set(self.failures())
        if found & fail_on:
            return 1
        if self.broken:
            return 2
        return 3 if ReviewFailure.UNDECIDED in found else 0


def _of_document(document: DocumentChange) -> Iterator[ReviewFailure]:
    if document.gained:
        yield ReviewFailure.GAINED
        if document.is_boundary:
            yield ReviewFailure.BOUNDARY
    if document.open:
        yield ReviewFailure.UNDECIDED
    yield from _of_within(document.within)


def _of_principal(principal: PrincipalChange) -> Iterator[ReviewFailure]:
    if principal.gained or principal.undenied:
        yield ReviewFailure.GAINED
    if principal.boundary is not None and principal.boundary.is_looser:
        yield ReviewFailure.BOUNDARY
    if principal.open or (principal.boundary is not None and principal.boundary.open):
        yield ReviewFailure.UNDECIDED
    yield from _of_within(principal.within)


def _of_within(within: Within | None) -> Iterator[ReviewFailure]:
    if isinstance(within, Escapes):
        yield ReviewFailure.ESCAPE
    if isinstance(within, Undecided):
        yield ReviewFailure.UNDECIDED
