"""`Picture`: a figure of matplotlib's that Jupyter shows as it is, with a text for those who cannot see it.

It brings its own ground, so that it is readable on a light page and on a dark one. Colours are of the set of Okabe and
Ito, which people tell apart whatever colours they see; none carries a meaning that a number, a shape or a word does not
carry too. No state of matplotlib's is touched: `pyplot` is not imported.
"""

from __future__ import annotations

import base64
import html
import io
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

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
