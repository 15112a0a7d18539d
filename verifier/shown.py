"""How answers show themselves in Jupyter: as the HTML of `report/html.py`, which is loaded when a notebook asks.

What is shown stands in rooms that know nothing of reports, so they inherit from `Shown`, and this is the one way up.
"""

from __future__ import annotations


class Shown:
    """Shows itself as HTML in notebooks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from verifier.report.html import html_shown  # noqa: PLC0415  # only notebooks need it

        return html_shown(self)
