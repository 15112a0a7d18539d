"""How answers show themselves in Jupyter, and what can be asked of an answer afterwards.

    Displayed    shows itself as HTML
    Shown        the answers of questions: they remember their question, so that `verdict.explain()` needs no documents
    Tabular      what has rows: `to_frame()`
    remember     a copy of an answer that knows its question; the functions of the package return such answers

What is shown stands in rooms that know nothing of reports, so they inherit from these, and this is the one way up: to
reports, explanations, groups of requests and the explorer, which are loaded when a notebook asks.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from verifier.base.errors import UsageError

if TYPE_CHECKING:
    from verifier.explanations.explanation import Explanation
    from verifier.explorer.explorer import Explorer
    from verifier.regions.region import Regions


class Displayed:
    """Shows itself as HTML in notebooks."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from verifier.report.html import html_shown  # noqa: PLC0415  # only notebooks need it

        return html_shown(self)


class Shown(Displayed):
    """Shows itself as HTML, and answers what comes next, where it is the answer to a question that it remembers."""

    __slots__ = ()

    @property
    def remembers(self) -> bool:
        """Whether it knows which question it answers: answers of the package's functions do."""
        return _ASKED in getattr(self, "__dict__", ())

    def explain(self) -> Explanation | None:
        """Return why the answer is what it is; None where it is undecided, or where the time did not suffice.

        A counterexample costs no proof. Raises UsageError where the question is not known.
        """
        from verifier.explanations.explain import explain  # noqa: PLC0415  # the solver only where it is needed

        question, ask = self._asked_for("`explain(verdict, policies=..., maximum=...)` takes the documents")
        return explain(question, self, ask)  # type: ignore[arg-type]  # what remembers a question is its answer

    def groups(self) -> Regions:
        """Return all that escapes, is missing, is gained or lost, as groups of requests that are proved to be complete.

        Found once. Raises UsageError where the question is not known.
        """
        from verifier.regions.regions import regions_of  # noqa: PLC0415  # as above

        question, ask = self._asked_for("`differences(policies=..., maximum=...)` takes the documents")
        held: Regions | None = self.__dict__.get(_GROUPS)
        if held is None:
            held = self.__dict__[_GROUPS] = regions_of(question, ask)
        return held

    def explore(self) -> Explorer:
        """Return an explorer of all counterexamples to what was asked of `prove`.

        Raises UsageError where the question is not known, or another.
        """
        from verifier.explorer.explorer import Explorer  # noqa: PLC0415  # as above
        from verifier.questions.question import ProveQuestion  # noqa: PLC0415  # as above

        question, ask = self._asked_for("`explore(policies, maximum)` takes the documents")
        if not isinstance(question, ProveQuestion):
            raise UsageError("only answers of `prove` can be explored", help="call `groups()` for all that differs")
        return Explorer(question, ask)

    def _asked_for(self, help: str) -> Any:
        if not self.remembers:
            raise UsageError(f"this {type(self).__name__} does not know its question", help=help)
        return self.__dict__[_ASKED]


_ASKED, _GROUPS = "_asked", "_groups"
_Answer = TypeVar("_Answer", bound=Shown)


def remember(answer: _Answer, question: object, ask: object) -> _Answer:
    """Return a copy of `answer`, equal to it, that knows `question` and how it was asked."""
    found = object.__new__(type(answer))
    found.__dict__.update(answer.__dict__)
    found.__dict__[_ASKED] = (question, ask)
    return found


class Tabular(Displayed):
    """Shows itself as HTML, and gives what it has as rows."""

    __slots__ = ()

    @abstractmethod
    def records(self) -> list[dict[str, str | None]]:
        """Return a record for each row."""

    def to_frame(self) -> Any:
        """Return the records as a pandas.DataFrame, or as they are where pandas is not installed."""
        return frame_of(self.records())


def frame_of(records: list[dict[str, Any]]) -> Any:
    """Return `records` as a pandas.DataFrame, or as they are where pandas is not installed."""
    try:
        pandas = import_module("pandas")
    except ImportError:
        return records
    return pandas.DataFrame(records)


def frame_of_rows(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Any:
    """Return `rows` under `head` as `frame_of` does."""
    return frame_of([dict(zip(head, row, strict=True)) for row in rows])


def text_of_regions(found: Regions) -> str:
    """Return groups of requests as text: the ten severest, each in full."""
    from verifier.report.plan import plan_of_severest  # noqa: PLC0415  # as above

    return plan_of_severest(found)


def frame_of_regions(found: Regions) -> Any:
    """Return groups of requests as `frame_of` does, a row each."""
    from verifier.explorer.tables import RegionTable  # noqa: PLC0415  # as above

    return RegionTable(found).to_frame()
