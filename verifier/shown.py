"""How answers show themselves in Jupyter: as HTML, and those that have rows as a data frame where pandas is there.

What is shown stands in rooms that know nothing of reports, so they inherit from `Shown`, and this is the one way up: to
`report/html.py`, which is loaded when a notebook asks.
"""

from __future__ import annotations

from abc import abstractmethod
from importlib import import_module
from typing import Any


class Shown:
    """Shows itself as HTML in notebooks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from verifier.report.html import html_shown  # noqa: PLC0415  # only notebooks need it

        return html_shown(self)


class Tabular(Shown):
    """Shows itself as HTML, and gives what it has as rows."""

    __slots__ = ()

    @abstractmethod
    def records(self) -> list[dict[str, str | None]]:
        """Return a record for each row."""

    def frame(self) -> Any:
        """Return the records as a pandas.DataFrame, or as they are where pandas is not installed."""
        try:
            pandas = import_module("pandas")
        except ImportError:
            return self.records()
        return pandas.DataFrame(self.records())
