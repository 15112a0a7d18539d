"""What a review shows, entry by entry: what text, Markdown and SARIF are made of.

    entries(reviewed)    what was found, section by section, the gravest first
    region_line(region)  a region in one line

An entry is about one document or principal, or about all principals to whose boundary the same happened. What is
gained by a document that belongs to one principal alone is shown with the principal, since its boundary counts there.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.base.source import Source, Span
from verifier.checks.compare import PathChange, why_different
from verifier.explanations.explanation import Ruling, WhyAllowed
from verifier.logic.request import Request
from verifier.questions.verdict import Escapes, Undecided
from verifier.regions.region import Region, Regions, Side
from verifier.report.plan import region_rows
from verifier.review.reviewed import (
    BoundaryChange,
    BoundaryFate,
    DocumentChange,
    GrantChange,
    PrincipalChange,
    Reviewed,
    Within,
)

_MOST_NAMES = 3
# What is said of the targets of SCPs and RCPs, which do nothing themselves.
_MORE = {f"{kind}s of": "no longer denied there" for kind in ("SCP", "RCP")}
_MORE_IF = {"SCPs of": "allowed there now, and not before if no other SCP there allows it"}
_WITH_ALL = "can do more, with all its policies and its boundary"
_HAS_MORE = "by the policies here; what else it has may allow or deny the same"
_GRANTS = {
    "permissions": "it gives permissions without a document, which are not asked about",
    "role": "the role as which it runs, and who can make use of it is not asked about",
    "tags": "its tags, and a condition of a document is about such tags",
    "tag": "it is a tag, and a condition of a document is about such tags",
    "alias": "it is another name of a key, and a condition of a document is about such names",
    "organization": "its id or its accounts, and a condition or an RCP is about them",
}
_CASES = {PathChange.NEW: "new", PathChange.GONE: "gone", PathChange.CHANGED: "changed"}
_IN_LINE = ("for example", "unrealistic", "AWS has", "never", "outline")


class ReviewSection(enum.Enum):
    """What an entry is an instance of; the value is the heading."""

    BOUNDARY = "boundaries that are looser"
    GAINED = "gained"
    ESCAPE = "outside the maximum"
    BROKEN = "cannot be read"
    UNDECIDED = "undecided"
    LOST = "lost"
    TIGHTER = "other boundaries that changed"
    MOVED = "moved, and otherwise the same"


_SIGNS = {ReviewSection.GAINED: "+", ReviewSection.LOST: "-", ReviewSection.UNDECIDED: "?", ReviewSection.MOVED: ""}


@dataclass(frozen=True)
class ReviewEntry:
    """One thing that a review shows: `says` what, of what is called `name`.

    `request` is one example, `regions` are all. `document` is the one that it is about, if it is about one.
    """

    section: ReviewSection
    name: str
    says: str
    request: Request | None = None
    regions: tuple[Region, ...] = ()
    document: DocumentChange | None = None

    @cached_property
    def place(self) -> tuple[Source | None, Span | None]:
        """Where to look: the statement that allows what is gained, or the first one."""
        return (None, None) if self.document is None else _place(self.document)

    @property
    def sign(self) -> str:
        """One character for it, empty where there is nothing to look at."""
        return _SIGNS.get(self.section, "!")


def entries(reviewed: Reviewed) -> list[ReviewEntry]:
    """Return what was found, by section; within one in the order of the files."""
    found = [
        *_boundaries(reviewed.principals),
        *(entry for one in reviewed.principals for entry in _of_principal(one)),
        *(entry for one in reviewed.documents if not one.held_by for entry in _of_document(one)),
        *(ReviewEntry(ReviewSection.BROKEN, *_error(*one)) for one in reviewed.broken),
        *(_of_grant(one) for one in reviewed.grants),
        *(ReviewEntry(ReviewSection.MOVED, now, f"was {before}") for before, now in reviewed.moved),
    ]
    order = list(ReviewSection)
    return sorted(found, key=lambda entry: order.index(entry.section))


def _of_grant(change: GrantChange) -> ReviewEntry:
    return ReviewEntry(ReviewSection.UNDECIDED, change.name, f"{_CASES[change.case]}: {_GRANTS[change.kind.value]}")


def region_line(region: Region) -> str:
    """Return what a region holds, in one line."""
    rows: list[tuple[str, str]] = []
    for label, text in region_rows(region):
        if label or not rows:
            rows.append((label, text))
        else:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {text}")
    kept = [f"{label} {text}" for label, text in rows if label not in _IN_LINE]
    return "  ".join(kept)


def _error(name: str, error: InputError) -> tuple[str, str]:
    return name or (error.source.name if error.source else ""), error.message


def _of_document(change: DocumentChange) -> Iterator[ReviewEntry]:
    name, how = _name(change), _how(change)
    if change.difference is not None and change.difference.gained is not None:
        section = ReviewSection.BOUNDARY if change.is_boundary else ReviewSection.GAINED
        says = (how or "allows more") + _where(change.difference.gained_fit.where)
        regions = _of_side(change.regions, Side.GAINED)
        yield ReviewEntry(section, name, says, change.difference.gained, regions, change)
    if change.undenied is not None:
        says = f"{how or 'changed'}: no longer denied here, so other documents may allow it"
        regions = _of_side(change.beside, Side.GAINED)
        yield ReviewEntry(ReviewSection.GAINED, name, says, change.undenied, regions, change)
    if change.open:
        yield ReviewEntry(ReviewSection.UNDECIDED, name, change.open, document=change)
    if change.difference is not None and change.difference.lost is not None:
        says = (how or "allows less") + _where(change.difference.lost_fit.where)
        yield ReviewEntry(ReviewSection.LOST, name, says, change.lost, _of_side(change.regions, Side.LOST), change)
    yield from _of_within(name, change.within, change)


def _where(situation: str) -> str:
    return f", where {situation}" if situation else ""


def _of_principal(change: PrincipalChange) -> Iterator[ReviewEntry]:
    own = f"{change.kind} "
    name = change.name if change.name.startswith(own) else f"{own}{change.name}"
    how = {PathChange.NEW: "new", PathChange.GONE: "gone"}.get(change.case, "")
    if change.gained is not None:
        regions = _of_side(change.regions, Side.GAINED)
        says = how or _MORE.get(change.kind, _with_more("can do more", change) or _WITH_ALL)
        yield ReviewEntry(ReviewSection.GAINED, name, says, change.gained, regions)
    if change.undenied is not None:
        says = _MORE_IF.get(change.kind, "can do more if a policy allows it that the files do not hold")
        yield ReviewEntry(ReviewSection.GAINED, name, says, change.undenied)
    if change.open:
        yield ReviewEntry(ReviewSection.UNDECIDED, name, change.open)
    if change.lost is not None:
        regions = _of_side(change.regions, Side.LOST)
        says = how or _with_more("can do less", change) or "can do less"
        yield ReviewEntry(ReviewSection.LOST, name, says, change.lost, regions)
    yield from _of_within(name, change.within)


def _with_more(says: str, change: PrincipalChange) -> str:
    """Return what is said of a principal that has more than the files hold; empty of any other."""
    return f"{says} {_HAS_MORE}" if change.has_more else ""


def _of_within(name: str, within: Within | None, change: DocumentChange | None = None) -> Iterator[ReviewEntry]:
    match within:
        case Escapes(request=request):
            yield ReviewEntry(ReviewSection.ESCAPE, name, "allows", request, (), change)
        case Undecided(reason=reason):
            says = f"whether it stays within the maximum: {reason}"
            yield ReviewEntry(ReviewSection.UNDECIDED, name, says, None, (), change)
        case _:
            pass


def _boundaries(principals: Iterable[PrincipalChange]) -> Iterator[ReviewEntry]:
    alike: dict[tuple[object, ...], list[PrincipalChange]] = {}
    for one in principals:
        if (found := one.boundary) is not None:
            key = (found.fate, found.before, found.after, found.is_looser, found.open)
            alike.setdefault(key, []).append(one)
    for several in alike.values():
        found = several[0].boundary
        assert found is not None
        section = ReviewSection.BOUNDARY if found.is_looser else ReviewSection.TIGHTER
        section = ReviewSection.UNDECIDED if found.open else section
        yield ReviewEntry(section, _names([one.name for one in several]), boundary_says(found), found.request)


def boundary_says(found: BoundaryChange) -> str:
    """Return what became of a boundary."""
    more = " lets more through than before" if found.request is not None else ""
    undecided = f": {found.open}" if found.open else ""
    match found.fate:
        case BoundaryFate.ATTACHED:
            return f"the boundary {found.after} was attached"
        case BoundaryFate.DETACHED:
            return f"the boundary {found.before} was detached"
        case BoundaryFate.REPLACED:
            that = f", which{more}" if more else ""
            return f"the boundary {found.before} was replaced by {found.after}{that}{undecided}"
        case BoundaryFate.CHANGED:
            says = more or (" changed" if undecided else " changed, and lets nothing more through")
            return f"the boundary {found.after}{says}{undecided}"


def _names(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join([*names[:_MOST_NAMES], *([f"and {more:,} more"] if more > 0 else [])])


def _name(change: DocumentChange) -> str:
    policy = change.new or change.old
    return change.name or (policy.source.name if policy else "the document")


def _how(change: DocumentChange) -> str:
    match change.case:
        case PathChange.NEW:
            return "new"
        case PathChange.GONE:
            return "gone"
        case PathChange.MOVED:
            return f"moved from {change.moved_from}"
        case PathChange.CHANGED:
            return ""


def _of_side(found: Regions | None, side: Side) -> tuple[Region, ...]:
    return tuple(region for region in found.regions if region.side is side) if found else ()


def _place(change: DocumentChange) -> tuple[Source | None, Span | None]:
    """Return where to look: the statement that allows what is gained, or the first one."""
    found = change.difference
    different = None if found is None else why_different(change.old, change.new, change.type, found)
    why = None if different is None else different.gained
    policy = change.new or change.old
    if isinstance(why, WhyAllowed):
        cited = [one for part in why.parts if part.ruling is Ruling.ALLOWED for one in part.statements if one.stands]
        if cited:
            return cited[0].source, cited[0].statement.span
    if policy is None or not policy.statements:
        return (policy.source if policy else None), None
    return policy.source, policy.statements[0].span
