"""Regions as a plan of changes: `+` gained, `-` lost, `!` escapes or missing, by service, the severest level first.

People read of groups of requests: to them, a region is where AWS has its data centres. Unless the style is `verbose`,
a long plan is cut to the severest groups, and each of them to what tells it from the others.

Names, patterns and values are never broken over lines; lists of them are, between two, and so are conditions.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from verifier.base.regex import regex
from verifier.base.safe import plain_or_quoted, printable
from verifier.clouds.cloud import AccessLevel
from verifier.logic.actions import ActionPattern
from verifier.logic.readings import rules_of
from verifier.regions.region import Area, Region, Regions, Side, as_documents_write, on_resources
from verifier.regions.regions import severest_levels
from verifier.report.formula_words import formula_words
from verifier.report.style import Style, value_text

_SIGNS = {
    Side.GAINED: ("+", "bad"),
    Side.LOST: ("-", "unsure"),
    Side.ESCAPES: ("!", "bad"),
    Side.MISSING: ("!", "unsure"),
    Side.ALLOWED: ("+", "strong"),
}
_VERBS = {
    frozenset({Side.ESCAPES}): ("escapes", "do"),
    frozenset({Side.MISSING}): ("is missing", "are"),
    frozenset({Side.ALLOWED}): ("is allowed", "are"),
}
PLAIN_STYLE = Style(verbose=True)
_LABEL = 11
# How much of a plan is shown at first: groups, and items of a list.
_MOST_GROUPS = 10
_MOST_ITEMS = 4
_GRAVE = 1
# Characters of a list that is read at a glance.
_SHORT = 60
_INDENT = 4 + len("Permissions management") + 2
_FEW = 3
_BLANK = "\N{NO-BREAK SPACE}"
_QUOTED = regex("`[^`]*`")


def plan(found: Regions, style: Style, *, whole: bool = False) -> list[str]:
    """Return `found` as lines, a heading first; `whole`: with all groups, whatever the style is."""
    lines = heading(found, style)
    shown = found if whole or style.verbose else _severest(found)
    for services, several in itertools.groupby(shown.regions, key=lambda region: _services(region.area)):
        lines += ["", f"  {style.paint(services, 'strong')}"]
        for place, region in enumerate(several):
            lines += [*([""] if place and style.verbose else []), *_region(region, style)]
    if more := len(found.regions) - len(shown.regions):
        groups = "group" if more == 1 else "groups"
        lines += ["", *style.wrapped(f"these are the severest; `-v` shows {more:,} more {groups}, and all of each")]
    elif not style.verbose and any(_is_cut(region) for region in shown.regions):
        lines += ["", "`-v` shows all of each group"]
    return lines


def plan_of_severest(found: Regions) -> str:
    """Return the severest groups of `found`, each in full, as text."""
    return "\n".join(plan(_severest(found), PLAIN_STYLE))


def _severest(found: Regions) -> Regions:
    """Return the severest groups, what is gained before what is lost."""
    cut, order = found.cut(_MOST_GROUPS), tuple(Side)
    return replace(cut, regions=tuple(sorted(cut.regions, key=lambda region: order.index(region.side))))


def _is_cut(region: Region) -> bool:
    resources, spared = on_resources(region.part)
    levels = (patterns for _, patterns in _by_level(region))
    return any(len(each) > _MOST_ITEMS for each in (*levels, region.area.excepts, resources, spared))


def region_parts(found: Regions) -> list[dict[str, Any]]:
    """Return the regions as JSON values, without the keys that do not apply (interface.md)."""
    return [_part(region) for region in found.regions]


def heading(found: Regions, style: Style = PLAIN_STYLE) -> list[str]:
    """Return how many regions there are, and whether they are all, as two lines or more."""
    counts = Counter(region.side for region in found.regions)
    said = ", ".join(f"{counts[side]:,} {side.value}" for side in Side if counts[side])
    title = f"{style.paint('groups of requests', 'strong')}: {said or 'none'}"
    if found.left_out:
        title += f", and {found.left_out:,} more"
    usual = f", under the usual reading of {rules_of(found.as_usual)}" if found.as_usual else ""
    if found.complete and not counts:
        return [title, f"nothing differs, escapes or is missing: proved{usual}"]
    if found.complete:
        verb, too = _VERBS.get(frozenset(counts), ("differs", "do"))
        exact = all(region.exact for region in found.regions)
        return [title, f"nothing else {verb}{f', and all of these {too}' if exact else ''}: proved{usual}"]
    return [title, *_wrapped(f"not known to be all: {printable(found.reason or 'not found out')}", style, 0)]


def _services(area: Area) -> str:
    if area.service is not None:
        return area.service
    return "several services" if None in area.services else f"{len(area.services):,} services"


def _region(region: Region, style: Style) -> list[str]:
    sign, colour = _SIGNS[region.side]
    rows = list(region_rows(region, style))
    width = max(_LABEL, *(len(label) for label, _ in rows))
    grave = _grave(region) if style.colour else ()
    painted = [style.paint(f"{label:<{width}}", colour if label in grave else "faint") for label, _ in rows]
    lines = [f"    {label}  {text}" for label, (_, text) in zip(painted, rows, strict=True)]
    return [f"  {style.paint(sign, colour)} {lines[0][4:]}", *lines[1:]]


def _grave(region: Region) -> set[str]:
    """The labels that stand out: of grave access levels where some action can happen."""
    levels = {level for _, level in severest_levels(region.cloud, region.area)}
    return {level.label for level in levels if level and level.severity <= _GRAVE and region.there.has(level)}


def region_rows(region: Region, style: Style = PLAIN_STYLE) -> Iterator[tuple[str, str]]:
    """Yield what is said of `region`, each with its label; a row without one goes on with the row before."""
    for label, patterns in _by_level(region):
        yield from _row(label, _listed(patterns, style))
    for others in region.area.also:
        yield from _row("that are", _listed(others, style))
    yield from _row("except", _listed(region.area.excepts, style))
    if style.verbose and any(pattern.name.text is None for pattern in region.area.actions):
        yield from _row("AWS has", [", ".join(f"{count:,} {level.label}" for level, count in region.levels.items())])
    if style.verbose:
        yield from _row("never", _wrapped(_few(region.dead), style, _INDENT))
    resources, spared = on_resources(region.part)
    yield from _row("on", _cut([plain_or_quoted(one) for one in resources], style))
    yield from _row("but not", _cut([plain_or_quoted(one) for one in spared], style))
    yield from _row("when", _wrapped(_kept(printable(formula_words(region.part.condition))), style, _INDENT))
    if not region.exact:
        yield "outline", "not proved that all of it differs"
    if style.verbose:
        yield from _example(region)
    yield from _row(
        "unrealistic", [line for fact in region.fit.breaks for line in _wrapped(printable(fact), style, _INDENT)]
    )


def _cut(rows: list[str], style: Style) -> list[str]:
    """Return the rows that are shown, and how many more there are."""
    if style.verbose or len(rows) <= _MOST_ITEMS:
        return rows
    return [*rows[:_MOST_ITEMS], f"and {len(rows) - _MOST_ITEMS:,} more"]


def _example(region: Region) -> Iterator[tuple[str, str]]:
    request = region.request
    example = [f"{plain_or_quoted(request.action)} on {plain_or_quoted(request.resource)}"]
    width = max((len(plain_or_quoted(key.name)) for key in request.context), default=0)
    example += [f"{plain_or_quoted(key.name):<{width}}  {value_text(value)}" for key, value in request.context.items()]
    yield from _row("for example", example)


def _few(actions: Sequence[str]) -> str:
    """The first few of `actions`, and how many more there are."""
    more = len(actions) - _FEW
    return ", ".join([*actions[:_FEW], *([f"and {more:,} more"] if more > 0 else [])])


def _row(label: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip((label, *([""] * len(lines))), lines, strict=False)


def _by_level(region: Region) -> list[tuple[str, list[ActionPattern]]]:
    """The actions by the severest access level that AWS has of each; `unknown` where it has none."""
    found: dict[AccessLevel | None, list[ActionPattern]] = {}
    for pattern, level in severest_levels(region.cloud, region.area):
        found.setdefault(level, []).append(pattern)
    order = sorted(found, key=lambda level: level.severity if level else math.inf)
    return [(level.label if level else "unknown", found[level]) for level in order]


def _listed(patterns: Iterable[ActionPattern], style: Style) -> list[str]:
    """The patterns; where they are many, those of each service on lines of their own."""
    patterns = tuple(patterns)
    if not style.verbose:
        return _wrapped(", ".join(_cut([as_documents_write(each) for each in patterns], style)), style, _INDENT)
    listed = ", ".join(map(as_documents_write, patterns))
    if len(listed) <= _SHORT:
        return _wrapped(listed, style, _INDENT)
    by_service: dict[str, list[str]] = {}
    for pattern in patterns:
        by_service.setdefault(str(pattern.service), []).append(as_documents_write(pattern))
    return [line for _, names in sorted(by_service.items()) for line in _wrapped(", ".join(names), style, _INDENT)]


def _kept(text: str) -> str:
    """The text with the blanks within backticks kept from being broken at."""
    return _QUOTED.sub(lambda found: found[0].replace(" ", _BLANK), text)


def _wrapped(text: str, style: Style, indent: int) -> list[str]:
    if style.width is None or not text:
        lines = [text] if text else []
    else:
        width = max(style.width - indent, 20)
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_BLANK, " ") for line in lines]


def _part(region: Region) -> dict[str, Any]:
    area, part = region.area, region.part
    resources, spared = on_resources(part)
    several: dict[str, Any] = {
        "also_actions": [list(map(as_documents_write, patterns)) for patterns in area.also],
        "except_actions": list(map(as_documents_write, area.excepts)),
        "except_resources": list(spared),
    }
    return {
        "side": region.side.value,
        **({"service": region.service} if region.service else {}),
        "actions": list(map(as_documents_write, area.actions)),
        "resources": list(resources) or ["*"],
        "conditions": formula_words(part.condition),
        **{name: values for name, values in several.items() if values},
        "levels": {level.value: count for level, count in region.levels.items()},
        "living_actions": list(region.living),
        **({"dead_actions": list(region.dead)} if region.dead else {}),
        "exact": region.exact,
        "request": region.request.as_json(),
        "realistic": region.fit.realistic,
        **({} if region.fit.realistic else {"breaks": list(region.fit.breaks), "none_fits": region.fit.none_fits}),
    }
