"""`heat_map`: what becomes of the actions that AWS has, by service and access level, in three panels.

    left by the maximum   actions of which the maximum allows some request
    cut off               granted by the policies, but nothing of them passes the boundary and the other documents
    escaping              some request passes, and the maximum does not allow it

The number in a cell counts actions, the depth of its colour is their share of those that AWS has there; a dot means
none of them, an empty cell that AWS has no such action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from verifier.clouds.aws.catalogue.actions import AccessLevel
from verifier.explorer.services import NONE, Counts, ServiceTable
from verifier.plots.picture import BLUE, FAINT, GROUND, INK, LINES, VERMILION, Picture, styled

_LEVELS = tuple(AccessLevel)
_PANELS: tuple[tuple[str, str, Callable[[Counts], int]], ...] = (
    ("left by the maximum", BLUE, lambda counts: counts.left),
    ("cut off", "#444444", lambda counts: counts.cut),
    ("escaping", VERMILION, lambda counts: counts.escaping),
)
_MOST_ROWS = 20
_ROW, _COLUMN, _CHAR, _BETWEEN = 0.3, 0.62, 0.085, 0.3
_TOP, _MARGIN = 1.25, 0.15


def heat_map(table: ServiceTable, services: Sequence[str] | None = None) -> Picture:
    """Return the heat map of `table`, a row for each of `services` and one for all others together.

    Where `services` are not given they are those that the documents spell, at most twenty.
    """
    shown = [name for name in services or table.spelled_here[:_MOST_ROWS] if name in table.services]
    rest = [name for name in table.services if name not in shown]
    rows = [(name, [table.at(name, level) for level in _LEVELS]) for name in shown]
    if rest:
        together = [sum((table.at(name, level) for name in rest), NONE) for level in _LEVELS]
        rows.append((f"{len(rest)} other services" if shown else f"{len(rest)} services", together))
    names = 0.3 + _CHAR * max((len(name) for name, _ in rows), default=1)
    panel = _COLUMN * len(_LEVELS)
    width, height = names + len(_PANELS) * (panel + _BETWEEN) + _MARGIN, _TOP + _ROW * len(rows) + _MARGIN
    with styled():
        picture = Picture(figsize=(width, height))
        for number, (title, colour, count) in enumerate(_PANELS):
            left = names + number * (panel + _BETWEEN)
            axes = picture.add_axes((left / width, _MARGIN / height, panel / width, _ROW * len(rows) / height))
            _panel(axes, rows, colour, count)
            axes.set_title(title, pad=8)
            axes.set_yticks(range(len(rows)), [name for name, _ in rows] if number == 0 else [""] * len(rows))
    total = sum((counts for _, cells in rows for counts in cells), NONE)
    picture.says = f"Of {total.known} known actions {total.left} are left by the maximum, {total.cut} are cut off and "
    picture.says += f"{total.escaping} escape; by service and access level."
    return picture


def _panel(axes: Axes, rows: Sequence[tuple[str, list[Counts]]], colour: str, count: Callable[[Counts], int]) -> None:
    shades = LinearSegmentedColormap.from_list("share", [GROUND, colour])
    for y, (_, cells) in enumerate(rows):
        for x, counts in enumerate(cells):
            if not counts.known:
                continue
            number = count(counts)
            share = 0.12 + 0.88 * number / counts.known if number else 0.0
            box = Rectangle(
                (x - 0.5, y - 0.5), 1, 1, facecolor=shades(share), edgecolor=LINES, linewidth=0.8, clip_on=False
            )
            axes.add_patch(box)
            ink = FAINT if not number else GROUND if share > 0.55 else INK
            axes.text(x, y, str(number) if number else "·", ha="center", va="center", color=ink, fontsize=8.5)
    axes.set_xlim(-0.5, len(_LEVELS) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(
        range(len(_LEVELS)), [level.value for level in _LEVELS], rotation=40, ha="left", rotation_mode="anchor"
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
