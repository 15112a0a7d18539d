"""Plots of the reports: readable on a white page and on a dark one, for they bring their own ground."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from measure import MIB, exponent, number, quantile, seconds

Result = dict[str, Any]
BLUE, ORANGE, GREEN, GREY = "#1f5fa8", "#c2570c", "#2f7d4f", "#6b6b6b"
STYLE = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "legend.frameon": False,
    "svg.hashsalt": "verifier",
    "svg.fonttype": "path",
}


def draw(results: dict[str, Result], folder: Path, ending: str = "svg") -> dict[str, str]:
    """Draw what there are results of, into `folder`; return the title of each file."""
    drawn = {}
    for name, (title, picture) in PICTURES.items():
        series = results.get(name, {}).get("series")
        if not series:
            continue
        with mpl.rc_context(STYLE):
            figure = picture(series)
            metadata = {"Date": None} if ending == "svg" else None
            figure.savefig(folder / f"{name}.{ending}", metadata=metadata, dpi=110)
            plt.close(figure)
        drawn[f"{name}.{ending}"] = title
    return drawn


def corpus_times(series: Result) -> Figure:
    """The distribution of the times of single questions over the corpus."""
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    times = series["times"]
    histogram(axes, times, BLUE)
    for place, (share, name) in enumerate(((0.5, "median"), (0.99, "p99"), (1.0, "worst"))):
        mark(axes, quantile(times, share), name, GREY, place % 2)
    mark(axes, 0.1, "target", ORANGE, 2)
    axes.set(
        xlabel="time of one question (log axis)",
        ylabel="questions",
        title=f"policy ∧ PowerUserAccess ⊆ ReadOnlyAccess, {len(times):,} AWS managed policies",
    )
    return figure


def histogram(axes: Axes, times: list[float], color: str) -> None:
    """Draw how often each time occurs, in columns that are equally wide on a log axis."""
    low, high = math.log10(min(times)), math.log10(max(times))
    columns = 60
    edges = [10 ** (low + (high - low) * i / columns) for i in range(columns + 1)]
    axes.hist(times, bins=edges, color=color)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(TIME)
    axes.xaxis.set_minor_formatter("")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.5)


def mark(axes: Axes, time: float, name: str, color: str, row: int) -> None:
    """Draw a line at a time, with its name and the time at the top, in one of the rows there."""
    axes.axvline(time, color=color, linewidth=1.1, linestyle="--")
    text = f" {name}\n {seconds(time)}"
    axes.text(time, 0.995 - 0.11 * row, text, color=color, va="top", transform=axes.get_xaxis_transform(), fontsize=8.5)


def speed(series: Result) -> Figure:
    """The time of every question, in each of the three ways."""
    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    order = sorted(range(len(series["verifier"])), key=series["verifier"].__getitem__)
    ways = (("verifier", BLUE, "o"), ("cvc5, same SMT-LIB", GREEN, "s"), ("Z3, textbook strings", ORANGE, "^"))
    for name, color, marker in ways:
        decided = series["decided"].get(name, [True] * len(order))
        for answered, face in ((True, color), (False, "white")):
            points = [
                (place, series[name][i])
                for place, i in enumerate(order, start=1)
                if series[name][i] is not None and decided[i] == answered
            ]
            if points:
                label = name if answered else f"{name}, gave up"
                xs, ys = zip(*points, strict=True)
                axes.scatter(xs, ys, color=color, facecolor=face, marker=marker, s=26, label=label)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(TIME)
    axes.set(
        xlabel="question of the sample, in the order of verifier's time",
        ylabel="time (log axis)",
        title="the same questions without strings, and in two string solvers",
    )
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def pair_times(series: Result) -> Figure:
    """The distribution of the times of pairs, and the memory over the run."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained", width_ratios=[2, 1])
    times = series["times"]
    histogram(left, times, BLUE)
    mark(left, sum(times) / len(times), "mean", GREY, 0)
    mark(left, 0.0002, "target", ORANGE, 1)
    left.set(xlabel="time of one pair P ⊆ Q (log axis)", ylabel="pairs", title="pairs of AWS managed policies")
    for held in series["memory"]:
        right.plot(range(len(held)), [one / MIB for one in held], color=BLUE, marker="o")
    right.set_ylim(bottom=0)
    right.set_xticks(range(5), ["start", "¼", "½", "¾", "end"])
    right.set(xlabel="part of the run", ylabel="memory held (MiB)", title="memory")
    return figure


def growth(series: Result) -> Figure:
    """Time over size of each family, with the fitted lines."""
    columns = 3
    rows = math.ceil(len(series) / columns)
    figure, grid = plt.subplots(rows, columns, figsize=(10, 2.9 * rows), layout="constrained", squeeze=False)
    places = [axes for row in grid for axes in row]
    for axes, (name, found) in zip(places, series.items(), strict=False):
        family(axes, name, found)
    for axes in places[len(series) :]:
        axes.set_visible(False)
    return figure


def family(axes: Axes, name: str, found: Result) -> None:
    """Draw one family: parsing, and proving each answer; the line is fitted to the upper half."""
    curves = (
        ("contained", found["contained"], 2, BLUE, "o"),
        ("escapes", found["escapes"], 2, ORANGE, "^"),
        ("parsing", max(found["contained"], found["escapes"], key=len), 1, GREY, "s"),
    )
    for label, points, column, color, marker in curves:
        sizes, times = [point[0] for point in points], [point[column] for point in points]
        if not times or not all(times):
            continue
        slope, offset = exponent(sizes, times)
        axes.plot(sizes, times, marker, color=color, markersize=4, label=f"{label}, exponent {number(slope)}")
        upper = sizes[-max(2, math.ceil(len(sizes) / 2)) :]
        axes.plot(upper, [10**offset * size**slope for size in upper], color=color, linewidth=1)
    axes.set(xscale="log", yscale="log", title=name, xlabel="how many (log axis)", ylabel="time (log axis)")
    axes.yaxis.set_major_formatter(TIME)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter("")
    axes.legend(fontsize=7.5, loc="upper left", handletextpad=0.3, borderpad=0.1)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.35)


def start(series: Result) -> Figure:
    """Every start of a process, as a point."""
    figure, axes = plt.subplots(figsize=(8, 0.25 * len(series) + 1), layout="constrained")
    for place, times in enumerate(series.values()):
        axes.scatter(times, [place] * len(times), color=BLUE, s=16, alpha=0.6)
        axes.plot([quantile(times, 0.5)] * 2, [place - 0.3, place + 0.3], color=ORANGE)
    axes.set_yticks(range(len(series)), list(series))
    axes.set_ylim(len(series) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set(xlabel="CPU time of the whole process (s); the bar is the median", title="from nothing to its exit")
    return figure


def traps(series: Result) -> Figure:
    """The time of each trap."""
    times = series["times"]
    figure, axes = plt.subplots(figsize=(8, 0.2 * len(times) + 1.3), layout="constrained")
    colors = {"Contained": BLUE, "Escapes": ORANGE, "Undecided": GREY}
    for said, color in colors.items():
        places = [place for place, name in enumerate(times) if series["verdicts"][name] == said]
        axes.barh(places, [list(times.values())[place] for place in places], color=color, label=said.lower())
    axes.axvline(series["limit"], color=GREY, linewidth=1.1, linestyle="--", label="limit")
    figure.legend(loc="outside lower center", ncols=4)
    axes.set_yticks(range(len(times)), [name.replace("$", r"\$") for name in times], fontsize=8)
    axes.invert_yaxis()
    axes.set_ylim(len(times) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(TIME)
    axes.set(xlabel="time of one question (log axis)", title="documents made to be hard")
    return figure


TIME = FuncFormatter(lambda value, _: seconds(value))

PICTURES: dict[str, tuple[str, Callable[[Result], Figure]]] = {
    "sweep_corpus": ("The distribution of times over the corpus", corpus_times),
    "growth": ("Growth of time with size, on log axes, with the fitted exponents", growth),
    "delegation_growth": ("Growth of the time of delegation proofs (contained) and chains (escapes)", growth),
    "against_strings": ("Times of the same questions in three ways", speed),
    "all_pairs": ("The distribution of times over pairs, and memory", pair_times),
    "traps": ("Times of the traps", traps),
    "start_up": ("Times from start to exit", start),
}
