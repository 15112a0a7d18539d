"""`order_graph`: a family of documents as a graph, from the narrowest at the bottom to the widest at the top.

A box holds documents that allow the same; an arrow leads to what allows all of that and more. What follows from other
arrows is not drawn. A dotted line without an arrow joins documents of which it was not found out whether one lies
within the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from verifier.explorer.order import Order
from verifier.plots.layers import Layout, Point, layers
from verifier.plots.picture import BLUE, FAINT, GROUND, INK, Picture, styled

_Class: TypeAlias = tuple[str, ...]
_CHAR, _LINE, _PAD, _BETWEEN = 0.088, 0.19, 0.16, 0.75


def order_graph(order: Order) -> Picture:
    """Return the graph of `order`."""
    layout = layers({one: _width(one) for one in order.classes}, order.covers)
    heights = [
        max((_height(one) for one in order.classes if layout.nodes[one][1] == number), default=0.0)
        for number in range(layout.layers)
    ]
    middles = [sum(heights[:number]) + heights[number] / 2 + _BETWEEN * number for number in range(layout.layers)]
    width, height = layout.width + 0.4, sum(heights) + _BETWEEN * (layout.layers - 1) + 0.4
    with styled():
        picture = Picture(figsize=(max(width, 3.0), max(height, 1.0)))
        axes = picture.add_axes((0, 0, 1, 1))
        axes.set_xlim(-0.2, layout.width + 0.2)
        axes.set_ylim(-0.2, height - 0.2)
        axes.set_aspect("equal")
        axes.axis("off")
        for low, up in order.covers:
            _arrow(axes, [(x, middles[int(y)]) for x, y in layout.edges[low, up]], _height(low), _height(up))
        _undecided(axes, order, layout, middles)
        for one in order.classes:
            x, y = layout.nodes[one]
            _box(axes, one, x, middles[int(y)])
    arrows = [f"{' and '.join(low)} within {' and '.join(up)}" for low, up in order.covers]
    picture.says = "Containment: " + ("; ".join(arrows) or "none lies within another") + "."
    return picture


def _width(names: _Class) -> float:
    return _CHAR * max(map(len, names)) + 2 * _PAD


def _height(names: _Class) -> float:
    return _LINE * len(names) + 2 * _PAD


def _box(axes: Axes, names: _Class, x: float, y: float) -> None:
    width, height = _width(names), _height(names)
    shape = "round,pad=0,rounding_size=0.09"
    corner = (x - width / 2, y - height / 2)
    axes.add_patch(
        FancyBboxPatch(
            corner, width, height, boxstyle=shape, facecolor="#e8f1f8", edgecolor=BLUE, linewidth=1.2, zorder=3
        )
    )
    axes.text(x, y, "\n".join(names), ha="center", va="center", fontsize=10, color=INK, zorder=4, linespacing=1.3)


def _arrow(axes: Axes, points: Sequence[Point], low: float, up: float) -> None:
    """Draw a smooth line through `points`, from the top of the lower box to the bottom of the upper."""
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    stops = [(first_x, first_y + low / 2), *points[1:-1], (last_x, last_y - up / 2 - 0.02)]
    codes, corners = [Path.MOVETO], [stops[0]]
    for (x, y), (next_x, next_y) in itertools.pairwise(stops):
        bend = (next_y - y) / 2
        corners += [(x, y + bend), (next_x, next_y - bend), (next_x, next_y)]
        codes += [Path.CURVE4] * 3
    path = Path(corners, codes)
    axes.add_patch(
        FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=13, color=FAINT, linewidth=1.3, zorder=2)
    )


def _undecided(axes: Axes, order: Order, layout: Layout, middles: Sequence[float]) -> None:
    for one, other in order.undecided:
        ends = [layout.nodes[next(names for names in order.classes if name in names)] for name in (one, other)]
        (x, y), (to_x, to_y) = ((x, middles[int(y)]) for x, y in ends)
        axes.plot([x, to_x], [y, to_y], color=FAINT, linestyle=":", linewidth=1.4, zorder=1)
        label = axes.text((x + to_x) / 2, (y + to_y) / 2, "?", ha="center", va="center", color=FAINT, zorder=2)
        label.set_bbox({"facecolor": GROUND, "edgecolor": "none", "pad": 1.5})
