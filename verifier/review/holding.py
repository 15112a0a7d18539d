"""What a principal has on one side of a change: its policies, its boundary and the SCPs above it, as documents."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.review.side import FileDocument, ReviewSide, SideDocument
from verifier.sources.file_principals import FilePrincipal, PolicyLink
from verifier.sources.named import named

OTHER_CASES = "what decides who has it, or what it has, is not known to be the same before and after the change"
_MOST_NAMED = 3
_SHIPPED = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True)
class Holding:
    """What a principal has on one side."""

    side: ReviewSide
    principal: FilePrincipal | None

    @cached_property
    def found(self) -> tuple[tuple[PolicyLink, SideDocument | None], ...]:
        """Each policy that it has; None for one that the files do not hold."""
        links = self.principal.policies if self.principal else ()
        if self.principal is not None and self.principal.others is not None:
            links = (*links, self.principal.others)
        return tuple((link, held_document(self.side, link)) for link in links)

    @cached_property
    def levels(self) -> tuple[tuple[SideDocument, ...], ...]:
        """The levels of SCPs that bind it."""
        levels = self.principal.scps if self.principal else ()
        return tuple(tuple(self.side.documents[link.selector] for link in level) for level in levels)

    @property
    def scps(self) -> tuple[tuple[Policy, ...], ...]:
        """The same, as far as they are known."""
        return tuple(tuple(one.policy for one in level if one.policy is not None) for level in self.levels)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies that are known."""
        return tuple(one.policy for _, one in self.found if one is not None and one.policy is not None)

    @property
    def documents_here(self) -> tuple[SideDocument, ...]:
        """The documents of the policies that the files hold, and of AWS's own."""
        return tuple(one for _, one in self.found if one is not None)

    @property
    def elsewhere(self) -> frozenset[PolicyLink]:
        """The policies and groups that the files do not hold."""
        return frozenset(link for link, one in self.found if one is None)

    @property
    def broken(self) -> str | None:
        """Why a document that it has is not known, None where all are."""
        held = (*(one for _, one in self.found), *(one for level in self.levels for one in level))
        errors = [f"{one.name} cannot be read" for one in held if one is not None and one.policy is None]
        bound = self.bound
        if bound is not None and bound.policy is None:
            errors.append(f"the boundary {bound.name} cannot be read")
        return next(iter(errors), None)

    @property
    def boundary(self) -> PolicyLink | None:
        """Its boundary, None where it has none."""
        return self.principal.boundary if self.principal else None

    @cached_property
    def bound(self) -> SideDocument | None:
        """The document of its boundary, None where there is none, or the files do not hold it."""
        return None if self.boundary is None else held_document(self.side, self.boundary)

    def documents(self, *more: Policy) -> Documents:
        """Return the known policies and `more`, with the boundary, if that is known."""
        bound = self.bound
        return Documents((*self.policies, *more), bound.policy if bound else None, scps=self.scps)


def held_document(side: ReviewSide, link: PolicyLink) -> SideDocument | None:
    """Return the document that a principal names: of the files, or one of AWS's own; None for any other."""
    if link.is_here:
        return side.document(link.selector)
    if not link.name.startswith(_SHIPPED):
        return None
    try:
        source = named(link.name)
    except InputError:
        return None
    return None if source is None else SideDocument(link.name, PolicyType.IDENTITY, "", FileDocument(source))


def not_held(links: Iterable[PolicyLink]) -> str:
    """Return that the files do not hold some policies and groups."""
    listed = sorted({link.name for link in links})
    more = f", and {len(listed) - _MOST_NAMED:,} more" if len(listed) > _MOST_NAMED else ""
    return f"the files do not hold {', '.join(listed[:_MOST_NAMED])}{more}"
