"""`access_map`: who can do what, a row for each principal and a column for each question.

A cell is filled where somebody can, has a question mark where that is undecided, and a dot where it is proved that he
cannot. Those who can most come first.
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from verifier.audits.access import Access, AccessVerdict, CallerAccess
from verifier.plots.charts import FAINT, GROUND, INK, LINES, ORANGE, VERMILION, Picture, styled

_MOST_ROWS = 40
_ROW, _COLUMN, _TOP, _MARGIN, _CHAR = 0.28, 0.62, 0.9, 0.25, 0.078
_LOOKS = {
    AccessVerdict.CAN: (VERMILION, GROUND, "can"),
    AccessVerdict.UNDECIDED: (ORANGE, INK, "?"),
    AccessVerdict.CANNOT: (GROUND, FAINT, "·"),
}


def access_map(found: Mapping[str, Access]) -> Picture:
    """Return the map of answers of `who` about the same accounts, each under its name; at most forty principals."""
    rows: dict[str, dict[str, AccessVerdict]] = {}
    for question, access in found.items():
        for one in access.every():
            rows.setdefault(_name(one), {})[question] = one.verdict
    shown = sorted(rows.items(), key=lambda row: -sum(each is AccessVerdict.CAN for each in row[1].values()))
    shown = shown[:_MOST_ROWS]
    names = 0.3 + _CHAR * max((len(name) for name, _ in shown), default=1)
    width, height = names + _COLUMN * len(found) + _MARGIN, _TOP + _ROW * len(shown) + _MARGIN
    with styled():
        picture = Picture(figsize=(width, height))
        place = (names / width, _MARGIN / height, _COLUMN * len(found) / width, _ROW * len(shown) / height)
        axes = picture.add_axes(place)
        for y, (_, verdicts) in enumerate(shown):
            for x, question in enumerate(found):
                _cell(axes, x, y, verdicts.get(question, AccessVerdict.CANNOT))
        axes.set_yticks(range(len(shown)), [name for name, _ in shown])
        axes.set_xticks(range(len(found)), list(found), rotation=40, ha="left", rotation_mode="anchor")
        _framed(axes, len(found), len(shown))
    able = sum(any(each is AccessVerdict.CAN for each in verdicts.values()) for verdicts in rows.values())
    picture.says = f"Of {len(rows)} principals {able} can do something of {', '.join(found)}."
    return picture


def _name(one: CallerAccess) -> str:
    """Return what a row is called: of an ARN the account and the name."""
    return one.name.partition("::")[2] or f"{one.kind} {one.name}"


def _cell(axes: Axes, x: int, y: int, verdict: AccessVerdict) -> None:
    colour, ink, text = _LOOKS[verdict]
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor=LINES, linewidth=0.8, clip_on=False))
    axes.text(x, y, text, ha="center", va="center", color=ink, fontsize=8.5)


def _framed(axes: Axes, columns: int, rows: int) -> None:
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)
