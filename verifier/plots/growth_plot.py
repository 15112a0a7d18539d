"""`growth_plot`: size and time of questions on log axes, a line for each family with its exponent, beside slope 1."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from verifier.plots.picture import FAINT, LINES, MARKERS, SERIES, Picture, styled
from verifier.scaling.growth import Growths


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
        axes.set_xscale("log")
        axes.set_yscale("log")
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
