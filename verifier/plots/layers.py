"""Where the boxes of an order stand: layer over layer, wider documents above, lines with room to pass.

The usual steps (Sugiyama, Tagawa and Toda, 1981): each node stands above all that it covers and, as lines shall be
short, right below the lowest that covers it; a line that passes a layer gets a narrow place of its own in it;
neighbours are sorted by the middle of what they are joined to, up and down a few times, and then stand side by side,
each layer in the middle.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Node: TypeAlias = Hashable
Edge: TypeAlias = tuple[Node, Node]
Point: TypeAlias = tuple[float, float]

_SWEEPS = 8
_GAP, _PASSAGE = 0.35, 0.25


@dataclass(frozen=True)
class Layout:
    """The middle of each node, x from 0 and y the number of its layer; the points of each edge from lower to upper; the
    width of all.
    """

    nodes: Mapping[Node, Point]
    edges: Mapping[Edge, Sequence[Point]]
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


def _places(levels: Sequence[Sequence[Node]], widths: Mapping[Node, float]) -> tuple[dict[Node, Point], float]:
    lengths = [sum(widths[node] for node in level) + _GAP * (len(level) - 1) for level in levels]
    total = max(lengths, default=0.0)
    places: dict[Node, Point] = {}
    for number, (level, length) in enumerate(zip(levels, lengths, strict=True)):
        spare = (total - length) / (len(level) + 1) if level else 0.0
        x = spare
        for node in level:
            places[node] = (x + widths[node] / 2, float(number))
            x += widths[node] + _GAP + spare
    return places, total
