"""`order_graph`: a family of documents as a graph, from the narrowest at the bottom to the widest at the top.

A box holds documents that allow the same; an arrow leads to what allows all of that and more. What follows from other
arrows is not drawn. A dotted line without an arrow joins documents if it was not found out whether one lies within the
other.

`layers` says where the boxes stand. The usual steps (Sugiyama, Tagawa and Toda, 1981): each node stands above all that
it covers and, to keep lines short, right below the lowest that covers it; a line that passes a layer gets a narrow
place of its own in it; neighbours are sorted by the middle of what they are joined to, up and down a few times, and
then stand side by side, each layer in the middle.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from verifier.explorer.order import Order
from verifier.plots.charts import BLUE, FAINT, GROUND, INK, Picture, styled

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


def _arrow(axes: Axes, points: Sequence[Coordinates], low: float, up: float) -> None:
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


Node: TypeAlias = Hashable
Edge: TypeAlias = tuple[Node, Node]
Coordinates: TypeAlias = tuple[float, float]

_SWEEPS = 8
_GAP, _PASSAGE = 0.35, 0.25


@dataclass(frozen=True)
class Layout:
    """The middle of each node, x from 0 and y the number of its layer; the points of each edge from lower to upper; the
    width of all.
    """

    nodes: Mapping[Node, Coordinates]
    edges: Mapping[Edge, Sequence[Coordinates]]
    width: float
    layers: int


def layers(boxes: Mapping[Node, float], edges: Sequence[Edge]) -> Layout:
    """Return where the nodes `boxes`, each with its width, stand; `edges` go from lower to upper, never in a circle."""
    nodes = list(boxes)
    rank = _ranks(nodes, edges)
    levels: list[list[Node]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    for node in nodes:
        levels[rank[node]].append(node)
    paths = {edge: _path(edge, rank, levels) for edge in edges}
    joined = [pair for path in paths.values() for pair in itertools.pairwise(path)]
    below: dict[Node, list[Node]] = {node: [] for level in levels for node in level}
    above: dict[Node, list[Node]] = {node: [] for level in levels for node in level}
    for low, up in joined:
        above[low].append(up)
        below[up].append(low)
    for sweep in range(_SWEEPS):
        upwards = sweep % 2 == 0
        ordered = range(1, len(levels)) if upwards else range(len(levels) - 2, -1, -1)
        for number in ordered:
            _sort(levels[number], levels[number - 1 if upwards else number + 1], below if upwards else above)
    widths = {node: boxes.get(node, _PASSAGE) for level in levels for node in level}
    places, total = _places(levels, widths)
    return Layout(
        {node: places[node] for node in nodes},
        {edge: [places[node] for node in path] for edge, path in paths.items()},
        total,
        len(levels),
    )


def _ranks(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[Node, int]:
    rank = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for low, up in edges:
            rank[up] = max(rank[up], rank[low] + 1)
    for node in sorted(nodes, key=lambda one: -rank[one]):
        above = [rank[up] for low, up in edges if low == node]
        rank[node] = min(above) - 1 if above else rank[node]
    return rank


def _path(edge: Edge, rank: Mapping[Node, int], levels: list[list[Node]]) -> list[Node]:
    """The nodes of an edge, with a place in each layer that it passes, entered there."""
    low, up = edge
    passages: list[Node] = [(edge, number) for number in range(rank[low] + 1, rank[up])]
    for number, passage in enumerate(passages, start=rank[low] + 1):
        levels[number].append(passage)
    return [low, *passages, up]


def _sort(level: list[Node], fixed: Sequence[Node], joined: Mapping[Node, Sequence[Node]]) -> None:
    place = {node: number / max(1, len(fixed) - 1) for number, node in enumerate(fixed)}
    here = {node: number / max(1, len(level) - 1) for number, node in enumerate(level)}

    def middle(node: Node) -> float:
        ends = [place[other] for other in joined[node]]
        return sum(ends) / len(ends) if ends else here[node]

    level.sort(key=middle)


def _places(levels: Sequence[Sequence[Node]], widths: Mapping[Node, float]) -> tuple[dict[Node, Coordinates], float]:
    lengths = [sum(widths[node] for node in level) + _GAP * (len(level) - 1) for level in levels]
    total = max(lengths, default=0.0)
    places: dict[Node, Coordinates] = {}
    for number, (level, length) in enumerate(zip(levels, lengths, strict=True)):
        spare = (total - length) / (len(level) + 1) if level else 0.0
        x = spare
        for node in level:
            places[node] = (x + widths[node] / 2, float(number))
            x += widths[node] + _GAP + spare
    return places, total
