"""`growth_plot` and `heat_map`, and the one style of all pictures.

    growth_plot    size and time of questions on log axes: a line for each family with its exponent, and slope 1
    heat_map       what becomes of the actions that AWS has, by service and access level, in three panels
    Picture        a figure of matplotlib's that Jupyter shows as it is, with a text for those who cannot see it

The panels of `heat_map`:

    left by the maximum   the maximum allows some request for the action
    cut off               granted by the policies, but no request passes the boundary and the other documents
    escaping              some request passes, and the maximum does not allow it

The number in a cell counts actions, the depth of its colour is their share of those that AWS has there. A dot means
zero, an empty cell that AWS has no such action. After a number with a plus there are so many that were not decided.

A picture brings its own ground, so that it is readable on a light page and on a dark one. Colours are of the set of
Okabe and Ito, which people tell apart whatever colours they see; no colour carries a meaning that a number, a shape or
a word does not carry too. No state of matplotlib's is touched: `pyplot` is not imported.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter

from verifier.clouds.aws.catalogue.actions import AccessLevel
from verifier.explorer.tables import NONE, Counts, ServiceTable
from verifier.scaling.growth import Growths

GROUND, INK, FAINT, LINES = "#fcfcfa", "#222222", "#6b6b6b", "#d9d9d5"
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P")
_STYLE: dict[Any, object] = {
    "figure.facecolor": GROUND,
    "axes.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "savefig.edgecolor": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "xtick.color": INK,
    "ytick.color": INK,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.titlesize": 11.0,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.fonttype": "path",
    "text.parse_math": False,
    "svg.hashsalt": "verifier",
}


def styled() -> Any:
    """Return a context in which axes and texts have the one style of these pictures."""
    return rc_context(_STYLE)


class Picture(Figure):
    """A figure that shows itself in Jupyter; `says` is what it shows, in a sentence."""

    says: str = ""

    def as_svg(self) -> str:
        """Return the picture as SVG."""
        buffer = io.BytesIO()
        with styled():
            self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return buffer.getvalue().decode()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.as_svg().encode()).decode()
        width = round(float(self.get_figwidth()) * 96)
        says = html.escape(self.says, quote=True)
        return f'<img alt="{says}" style="max-width:100%;width:{width}px" src="data:image/svg+xml;base64,{data}">'


def growth_plot(measured: Growths) -> Picture:
    """Return the picture of what `growth` measured; families without a measured size are left out."""
    families = [one for one in measured if one.points]
    with styled():
        picture = Picture(figsize=(8.4, 4.6), layout="constrained")
        axes = picture.subplots()
        for number, one in enumerate(families):
            slope = "" if math.isnan(one.exponent) else f"   exponent {one.exponent:.2f}"
            axes.plot(
                [size for size, _ in one.points],
                [taken for _, taken in one.points],
                color=SERIES[number % len(SERIES)],
                marker=MARKERS[number % len(MARKERS)],
                markersize=5,
                linewidth=1.6,
                label=f"{one.family}{slope}",
            )
        axes.set(xscale="log", yscale="log")
        for axis in (axes.xaxis, axes.yaxis):  # matplotlib's own labels are formulas, and no text here is one
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
            axis.set_minor_formatter(NullFormatter())
        if families:
            _slope_one(axes)
        axes.set_xlabel("size: how many of them a question has")
        axes.set_ylabel("seconds of the processor, to parse and prove")
        axes.grid(color=LINES, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=2.2, labelspacing=0.9)
    shown = "; ".join(f"{one.family}: exponent {one.exponent:.2f}" for one in families)
    picture.says = f"Seconds of the processor to parse and prove, by size, on log axes. {shown}."
    return picture


def _slope_one(axes: Axes) -> None:
    """Draw a line of slope 1 through the lower right of what there is."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    start = max(low, low * 1.3)
    end = min(start * right / left, high)
    axes.plot([left, left * end / start], [start, end], color=FAINT, linestyle=":", linewidth=1.2, label="slope 1")
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)


_LEVELS = tuple(AccessLevel)
_PANELS: tuple[tuple[str, str, Callable[[Counts], int]], ...] = (
    ("left by the maximum", BLUE, lambda counts: counts.left),
    ("cut off", "#444444", lambda counts: counts.cut),
    ("escaping", VERMILION, lambda counts: counts.escaping),
)
_MOST_ROWS = 20
_ROW, _COLUMN, _CHAR, _BETWEEN = 0.3, 0.62, 0.085, 0.6
_TOP, _MARGIN = 1.75, 0.15


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
            cells(axes, rows, colour, count)
            axes.set_title(title, pad=8)
            axes.set_yticks(range(len(rows)), [name for name, _ in rows] if number == 0 else [""] * len(rows))
    total = sum((counts for _, row in rows for counts in row), NONE)
    picture.says = f"Of {total.known} known actions {total.left} are left by the maximum, {total.cut} are cut off and "
    picture.says += f"{total.escaping} escape; by service and access level."
    if total.undecided:
        picture.says += f" {total.undecided} are undecided."
    return picture


def counted(counts: Counts, count: Callable[[Counts], int]) -> str:
    """Return a number of actions as a text, with how many were not decided; a dot for none."""
    number = count(counts)
    if counts.undecided:
        return f"{number}+{counts.undecided}?" if number else f"{counts.undecided}?"
    return str(number) if number else "·"


def cells(axes: Axes, rows: Sequence[tuple[str, list[Counts]]], colour: str, count: Callable[[Counts], int]) -> None:
    """Draw a row for each service and a column for each access level, the numbers in cells."""
    shades = LinearSegmentedColormap.from_list("share", [GROUND, colour])
    for y, (_, row) in enumerate(rows):
        for x, counts in enumerate(row):
            if not counts.known:
                continue
            number = count(counts)
            share = 0.12 + 0.88 * number / counts.known if number else 0.0
            box = Rectangle(
                (x - 0.5, y - 0.5), 1, 1, facecolor=shades(share), edgecolor=LINES, linewidth=0.8, clip_on=False
            )
            axes.add_patch(box)
            ink = FAINT if not number else GROUND if share > 0.55 else INK
            axes.text(x, y, counted(counts, count), ha="center", va="center", color=ink, fontsize=8.5)
    axes.set_xlim(-0.5, len(_LEVELS) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(
        range(len(_LEVELS)), [level.label for level in _LEVELS], rotation=40, ha="left", rotation_mode="anchor"
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
