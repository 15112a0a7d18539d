"""`escape_map` and `change_plot`: where most escapes, and what a change did about it.

    escape_map     the twenty services with the most actions that escape: how many, by access level, and a bar for all
    change_plot    how many actions of a service escape before a change and after it, where that differs most

Both read the tables of an explorer (`explorer.services()`). An action that was not decided is not taken to stay within
the maximum: it is counted together with those that escape, with a question mark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from verifier.clouds.aws.catalogue.actions import AccessLevel
from verifier.explorer.tables import NONE, Counts, ServiceTable
from verifier.plots.charts import FAINT, INK, LINES, VERMILION, Picture, cells, counted, styled

_MOST_ROWS = 20
_LEVELS = tuple(AccessLevel)
_ROW, _COLUMN, _CHAR, _MARGIN, _BAR, _TOP, _TITLE = 0.3, 0.62, 0.085, 0.15, 3.2, 1.6, 0.45


def escape_map(table: ServiceTable) -> Picture:
    """Return the map of the twenty services of `table` with the most actions that escape, most first."""
    shown, rest = _most(table.services, lambda name: _open(table.of(name)))
    rows = [(name, [table.at(name, level) for level in _LEVELS]) for name in shown]
    if rest:
        together = [sum((table.at(name, level) for name in rest), NONE) for level in _LEVELS]
        rows.append((_others(len(rest), bool(shown)), together))
    totals = [sum(row, NONE) for _, row in rows]
    names = 0.3 + _CHAR * max((len(name) for name, _ in rows), default=1)
    panel = _COLUMN * len(_LEVELS)
    width, height = names + panel + 0.3 + _BAR + _MARGIN, _TOP + _ROW * len(rows) + _MARGIN
    with styled():
        picture = Picture(figsize=(width, height))
        high = _ROW * len(rows) / height
        axes = picture.add_axes((names / width, _MARGIN / height, panel / width, high))
        cells(axes, rows, VERMILION, _escaping)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        totalled = picture.add_axes(((names + panel + 0.3) / width, _MARGIN / height, _BAR / width, high))
        said = [(_open(total), f"{_number(total)} of {total.known:,}") for total in totals]
        _bars(totalled, said, len(shown))
        totalled.set_ylim(axes.get_ylim())
        picture.text(_MARGIN / width, 1 - 0.1 / height, "known actions that escape", va="top", fontsize=11)
    whole = sum(totals, NONE)
    picture.says = f"Of {whole.known:,} known actions {whole.escaping} escape{_undecided(whole)}"
    most = [
        f"{name} {counted(total, _escaping)}" for (name, _), total in zip(rows, totals, strict=True) if _open(total)
    ]
    picture.says += f": {', '.join(most)}." if most else "."
    return picture


def change_plot(before: ServiceTable, after: ServiceTable) -> Picture:
    """Return a picture of the twenty services where most changed: two bars each, what escapes `before` and `after`."""
    services = tuple(dict.fromkeys((*before.services, *after.services)))
    changed = {name: (before.of(name), after.of(name)) for name in services}
    shown, rest = _most(services, lambda name: abs(_open(changed[name][0]) - _open(changed[name][1])))
    rows = [(name, changed[name]) for name in shown]
    if rest:
        together = (sum(map(before.of, rest), NONE), sum(map(after.of, rest), NONE))
        rows.append((_others(len(rest), bool(shown)), together))
    names = 0.3 + _CHAR * max((len(name) for name, _ in rows), default=1)
    row = _ROW * 1.5
    width, height = names + 2 * _BAR + _MARGIN, _TITLE + row * len(rows) + _MARGIN
    with styled():
        picture = Picture(figsize=(width, height))
        axes = picture.add_axes((names / width, _MARGIN / height, 2 * _BAR / width, row * len(rows) / height))
        for number, colour in enumerate((FAINT, VERMILION)):
            said = [(_open(two[number]), _number(two[number])) for _, two in rows]
            _bars(axes, said, len(shown), colour, number * 0.38 - 0.19, 0.34)
        most = max((_open(one) for name in shown for one in changed[name]), default=1)
        axes.set_xlim(0, most * 1.2)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        for text, colour, x in (("before", FAINT, 0.0), ("after", VERMILION, 0.75)):
            place = ((names + x) / width, 1 - 0.1 / height)
            picture.text(*place, text, va="top", fontsize=10, color=colour, fontweight="bold")
    was, now = sum(map(before.of, before.services), NONE), sum(map(after.of, after.services), NONE)
    picture.says = f"Known actions that escape: {_number(was)} before and {_number(now)} after."
    return picture


def _escaping(counts: Counts) -> int:
    return counts.escaping


def _open(counts: Counts) -> int:
    """Return how many actions are not proved to stay within the maximum."""
    return counts.escaping + counts.undecided


def _most(services: Sequence[str], weight: Callable[[str], int]) -> tuple[list[str], list[str]]:
    """Return the services that weigh most, at most twenty, and all others."""
    heavy = sorted((name for name in services if weight(name)), key=lambda name: (-weight(name), name))[:_MOST_ROWS]
    return heavy, [name for name in services if name not in set(heavy)]


def _others(count: int, some: bool) -> str:
    return f"{count} {'other ' if some else ''}service{'' if count == 1 else 's'}"


def _number(counts: Counts) -> str:
    return counted(counts, _escaping) if _open(counts) else "0"


def _undecided(counts: Counts) -> str:
    return f" and {counts.undecided} are undecided" if counts.undecided else ""


def _bars(
    axes: Axes,
    said: Sequence[tuple[int, str]],
    drawn: int,
    colour: str = VERMILION,
    at: float = 0.0,
    thick: float = 0.6,
) -> None:
    """Draw a bar for each of the first `drawn` numbers, and say what there is to say of every one.

    What many services have together has no bar, next to which all others would be too short to be compared.
    """
    most = max((number for number, _ in said[:drawn]), default=0) or 1
    axes.barh([row + at for row in range(drawn)], [number for number, _ in said[:drawn]], height=thick, color=colour)
    for row, (number, text) in enumerate(said):
        end = (number if row < drawn else 0) + most * 0.015
        axes.text(end, row + at, text, va="center", ha="left", fontsize=8.5, color=INK)
    axes.set_xlim(0, most * 1.4)
    axes.set_xticks([])
    axes.tick_params(length=0, labelsize=9)
    axes.set_yticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(LINES)
