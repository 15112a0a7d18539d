"""The answers of `simplify` and `repair` as text: the verdict in a word first, as in `text.py`.

simplified_text, level_text, repaired_text    what a terminal shows
edit_of                                       the same of one document, in the parts that a notebook shows
"""

from __future__ import annotations

from typing import assert_never

from verifier.base.dataclass import dataclass
from verifier.base.safe import printable
from verifier.logic.request import Request
from verifier.repairs.repair import Change, Repaired, RepairOutcome
from verifier.report.patch import patch_rows, patch_text
from verifier.report.style import GAP, Style
from verifier.report.text import request_lines
from verifier.simplification.level import SimplifiedLevel, level_list
from verifier.simplification.simplified import Redundancy, Removed, Simplified, statement_name

_MOST_PARTS = 40
_NEW = "boundary.json"


def simplified_text(found: Simplified, style: Style, *, patch: bool = False) -> str:
    """Return `found` as lines, without a final line break, and with the smaller document as a diff if `patch`."""
    colour = "good" if found.redundancy is Redundancy.IRREDUNDANT else "unsure"
    lines = style.headline(found.redundancy.value.upper(), colour, _simplified(found))
    if found.removed:
        lines += ["", *_parts(found, style), "", *_sizes(found, style)]
        if found.reason:
            lines += style.wrapped(printable(found.reason))
        if patch:
            lines += ["", patch_text(found.source.text, found.text, found.source.name, style)]
    return "\n".join(lines + style.assuming(found.assumes))


def level_text(found: SimplifiedLevel, style: Style) -> str:
    """Return `found` as lines, without a final line break."""
    count = len(found.removed)
    colour = "good" if found.redundancy is Redundancy.IRREDUNDANT else "unsure"
    lines = style.headline(found.redundancy.value.upper(), colour, _level_said(found))
    if found.redundancy is Redundancy.REDUNDANT:
        shown = found.removed[:_MOST_PARTS]
        lines += ["", *(line for name, part in shown for line in _part(name, part, style))] if shown else []
        lines += [f"  and {count - _MOST_PARTS:,} more, which --format json lists"] if count > _MOST_PARTS else []
        lines += ["", _level_sizes(found)]
        lines += style.wrapped(printable(found.reason)) if found.reason else []
    lines += [] if found.fits else ["", *style.wrapped(_TOO_LARGE)]
    return "\n".join(lines + style.assuming(found.assumes))


_TOO_LARGE = "they are still too large, or too many, for AWS"


def _level_said(found: SimplifiedLevel) -> str:
    match found.redundancy:
        case Redundancy.REDUNDANT:
            count = len(found.removed)
            parts = f"{count} {'part changes' if count == 1 else 'parts change'} nothing"
            moved = f"{found.moved} {'statement' if found.moved == 1 else 'statements'} can move"
            said = ", ".join([*([parts] if count else []), *([moved] if found.moved else [])])
            return f"{said}; proved: together they allow and deny the same"
        case Redundancy.IRREDUNDANT:
            return "no part of the level can be left out"
        case Redundancy.UNDECIDED:
            return printable(found.reason or "")
        case _:
            assert_never(found.redundancy)


def _level_sizes(found: SimplifiedLevel) -> str:
    (before, after), documents = found.characters, len(found.documents)
    was = f"{len(found.names)} documents, {before:,} characters"
    return f"{was} -> {documents} document{'' if documents == 1 else 's'}, {after:,} characters"


def _level_changes(found: SimplifiedLevel) -> tuple[str, ...]:
    if found.redundancy is not Redundancy.REDUNDANT:
        return () if found.fits else (_TOO_LARGE,)
    shown = [f"{name}: line {part.span.line}: {part}" for name, part in found.removed[:_MOST_PARTS]]
    more = len(found.removed) - _MOST_PARTS
    shown += [f"and {more:,} more"] if more > 0 else []
    return (*shown, _level_sizes(found), *(() if found.fits else (_TOO_LARGE,)))


def repaired_text(found: Repaired, style: Style) -> str:
    """Return `found` as lines, without a final line break; a repair with its diff."""
    colour = "unsure" if found.outcome is RepairOutcome.NO_REPAIR else "good"
    lines = style.headline(_outcome(found), colour, _repaired(found))
    if found.request:
        lines += ["", _STILL, "", *request_lines(found.request, style)]
    if found.text is not None:
        changes = [line for said in _changes(found) for line in style.wrapped(said, 2, 2)]
        lines += ["", *changes, "", patch_text(*_versions(found, found.text), style)]
    return "\n".join(lines + style.assuming(found.assumes))


@dataclass(frozen=True)
class Edit:
    """An answer about one document in parts: a word and whether it is good (None: neither), a sentence, what is changed
    each, the rows of a diff with what they are, and a request that is `still` allowed.
    """

    word: str
    good: bool | None
    said: str
    changes: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    assumes: tuple[str, ...]
    request: Request | None = None
    still: str = ""


def edit_of(found: Repaired | Simplified | SimplifiedLevel) -> Edit:
    """Return the parts of an answer."""
    match found:
        case Repaired():
            rows = patch_rows(*_versions(found, found.text)) if found.text is not None else ()
            good = None if found.outcome is RepairOutcome.NO_REPAIR else True
            changes = tuple(_changes(found)) if found.text is not None else ()
            return Edit(_outcome(found), good, _repaired(found), changes, rows, found.assumes, found.request, _STILL)
        case Simplified():
            source = found.source
            rows = patch_rows(source.text, found.text, source.name) if found.removed else ()
            good = True if found.redundancy is Redundancy.IRREDUNDANT else None
            parts = tuple(_parts_said(found))
            return Edit(found.redundancy.value.upper(), good, _simplified(found), parts, rows, found.assumes)
        case SimplifiedLevel():
            redundant = found.redundancy is Redundancy.REDUNDANT
            rows = patch_rows(level_list(found.before), found.text, "level.json") if redundant else ()
            good = True if found.redundancy is Redundancy.IRREDUNDANT else None
            said, changes = _level_said(found), _level_changes(found)
            return Edit(found.redundancy.value.upper(), good, said, changes, rows, found.assumes)
        case _:
            assert_never(found)


_STILL = "still allowed by the nearest proposal, but not by the maximum:"


def _outcome(found: Repaired) -> str:
    return found.outcome.value.upper().replace("-", " ")


def _repaired(found: Repaired) -> str:
    match found.outcome:
        case RepairOutcome.CONTAINED:
            return "there is nothing to repair"
        case RepairOutcome.NO_REPAIR:
            return f"no repair found: {printable(found.reason or '')}"
        case RepairOutcome.REPAIRED:
            return "proved: with this boundary just what was allowed and is within the maximum is allowed"
        case _:
            assert_never(found.outcome)


def _simplified(found: Simplified) -> str:
    match found.redundancy:
        case Redundancy.REDUNDANT:
            count = len(found.removed)
            said = f"{count} {'part changes' if count == 1 else 'parts change'} nothing; proved: without "
            return said + f"{'it' if count == 1 else 'them'} the document allows and denies the same"
        case Redundancy.IRREDUNDANT:
            return "no part of the document can be left out"
        case Redundancy.UNDECIDED:
            return printable(found.reason or "")
        case _:
            assert_never(found.redundancy)


def _versions(found: Repaired, text: str) -> tuple[str | None, str, str]:
    """Return the boundary before, the one after, and the name of its file."""
    return (found.source.text, text, found.source.name) if found.source else (None, text, _NEW)


def _part(name: str, part: Removed, style: Style) -> list[str]:
    file, comma, document = name.partition(",")
    place = printable(f"{file}:{part.span.line}:{part.span.column}{comma}{document}")
    return [f"  {style.paint(place, 'place')}{GAP}{printable(_what(part))}", f"    {printable(part.why)}"]


def _parts(found: Simplified, style: Style) -> list[str]:
    lines: list[str] = []
    for part in found.removed[:_MOST_PARTS]:
        lines += _part(found.source.name, part, style)
    more = len(found.removed) - _MOST_PARTS
    return [*lines, f"  and {more:,} more, which --format json lists"] if more > 0 else lines


def _parts_said(found: Simplified) -> list[str]:
    said = [f"line {part.span.line}: {part}" for part in found.removed[:_MOST_PARTS]]
    more = len(found.removed) - _MOST_PARTS
    return [*said, f"and {more:,} more"] if more > 0 else said


def _what(part: Removed) -> str:
    return str(part).removesuffix(f": {part.why}")


def _sizes(found: Simplified, style: Style) -> list[str]:
    before, after = found.characters
    said = f"{before:,} characters without white space become {after:,}"
    large, small = found.too_large_for
    if fits := [name for name in large if name not in small]:
        said += f", which now fit {_named(fits)}"
    if small:
        said += f"; still too large for {_named(small)}"
    return style.wrapped(said)


def _changes(found: Repaired) -> list[str]:
    lines = [_changed(change) for change in found.changed]
    if count := len(found.added):
        lines.append(f"{count} {'statement is' if count == 1 else 'statements are'} added")
    size = found.characters or 0
    most = found.most
    over = f"more than the {most:,} of a managed policy" if size > most else f"of {most:,} for a managed policy"
    return [*lines, f"{size:,} characters without white space, {over}"]


def _changed(change: Change) -> str:
    name = printable(statement_name(change.statement, change.sid))
    match len(change.now):
        case 0:
            return f"{name} is dropped"
        case 1:
            return f"{name} is narrowed"
        case count:
            return f"{name} becomes {count}"


def _named(names: list[str] | tuple[str, ...]) -> str:
    kinds = [f"an {name}" if name.startswith(("inline", "SCP", "RCP")) else f"a {name}" for name in names]
    return kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} and {kinds[-1]}"
