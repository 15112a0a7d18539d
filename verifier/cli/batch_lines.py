"""`batch`: many questions, one a line of JSON, and an answer to each, in order (interface.md).

A line that is not a question is answered with its error, and the next line is still answered. A bounded number
of lines is held at a time (one, where this process answers), so memory stays flat. In answers, `line` is the number of
the line in the batch; `column` counts within it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Executor
from copy import copy
from typing import TYPE_CHECKING, Any, TypeAlias

from verifier.api import EncodingName, PathName, ReadingName, WorldName, ask_of
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PlacedWarning, PolicyWarning, UsageError
from verifier.base.source import Excerpts, Span
from verifier.bulk.answerer import Common
from verifier.bulk.items import Item
from verifier.bulk.question_asker import ItemAnswer, QuestionAsker
from verifier.bulk.scheduler import Means, answer_items
from verifier.clouds.aws.interned import Interner
from verifier.clouds.aws.lint.lint import lint_question
from verifier.clouds.aws.read_question import read_question
from verifier.clouds.evaluation import Evaluation
from verifier.questions.ask import Ask
from verifier.questions.question import Posed
from verifier.questions.read_id import read_id
from verifier.questions.verdict import Undecided
from verifier.report.answers import answer_of

if TYPE_CHECKING:
    from verifier.bulk.cache import Cache

Line: TypeAlias = dict[str, Any]

_NAME = "<line>"


def batch(
    lines: Iterable[str | bytes],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    jobs: int = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    cache: PathName | None = None,
) -> Iterator[Line]:
    """Yield the JSON answer of each of `lines`, which are texts or UTF-8; blank ones are skipped.

    `timeout` is in seconds, for each question; `world` and `reading` are for those that name none. `jobs`, `executor`,
    `workers` and `cache` are those of `sweep`; with them lines are read ahead. Raises UsageError for an impossible
    option, WorkersError and CacheError as `sweep` does, and nothing for a line.
    """
    means = Means.of(jobs=jobs, executor=executor, workers=workers, cache=cache)
    items = (Item(_NAME, line, _NAME, number) for number, line in enumerate(lines, start=1) if line.strip())
    return answers(items, ask_of(timeout, encoding, world, reading), means)


def answers(items: Iterable[Item], ask: Ask, means: Means) -> Generator[Line, None, None]:
    """Yield the answer of each of `items`, lines of a batch. Raises as `batch` does."""
    return answer_items(items, Batch(ask), means)


def item_of(line: bytes | None, number: int, max_size: int) -> Item:
    """Return the line `number` of a batch; None stands for one that is larger than `max_size` bytes."""
    if line is not None:
        return Item(_NAME, line, _NAME, number)
    message = f"the line is larger than {max_size:,} bytes"
    error = UsageError(message, span=Span(1, 1, 1, 1), help="raise --max-size")
    return Item(_NAME, "", _NAME, number, error)


@dataclass(frozen=True)
class Batch(Common[Line]):
    """What the lines of a batch have in common."""

    ask: Ask

    def asker(self, cache: Cache | None) -> LineAsker:
        return LineAsker(self.ask, cache)

    def lost(self, item: Item, reason: str) -> Line:
        return _answer(item, None, Undecided(reason))


class LineAsker(QuestionAsker[Line]):
    """Answers one line after the other; documents that stand in several lines are read and compiled once."""

    def __init__(self, ask: Ask, cache: Cache | None) -> None:
        super().__init__(ask, cache)
        self._interner = Interner()

    def claims_nothing(self, shown: object) -> bool:
        return isinstance(shown, dict) and ("error" in shown or shown.get("verdict") == "undecided")

    def read(self, item: Item) -> Posed:
        if item.error is not None:
            raise item.error
        return read_question(_decoded(item.text), self.ask, _NAME, self._interner)

    def show(self, item: Item, posed: Posed | None, found: ItemAnswer, *, remembered: bool) -> Line:
        return _answer(item, posed, found)


def _answer(item: Item, posed: Posed | None, found: ItemAnswer) -> Line:
    identity = read_id(_text(item)) if posed is None else posed.id
    placed = () if posed is None or isinstance(found, InputError) else lint_question(posed.question)
    if posed is not None and posed.excerpts is not None:
        found = _in_line(found, posed.excerpts)
        placed = tuple(_warning_in_line(each, posed.excerpts) for each in placed)
    return {"id": identity} | answer_of(found, identity, item.line, placed=placed).as_json()


def _in_line(found: ItemAnswer, excerpts: Excerpts) -> ItemAnswer:
    """What was found, with the places that it names as they stand in the line."""
    match found:
        case InputError(span=Span() as span):
            moved = copy(found)
            moved.span = excerpts.moved(found.source, span)
            return moved
        case Evaluation():
            return found.placed_in(excerpts)
        case _:
            return found


def _warning_in_line(placed: PlacedWarning, excerpts: Excerpts) -> PlacedWarning:
    warning, span = placed.warning, excerpts.moved(placed.source, placed.warning.span)
    if span is warning.span:
        return placed
    moved = PolicyWarning(warning.message, span, warning.severity, warning.is_dead)
    return PlacedWarning(placed.name, placed.source, moved)


def _text(item: Item) -> str:
    return item.text if isinstance(item.text, str) else item.text.decode(errors="replace")


def _decoded(line: str | bytes) -> str:
    """Return the text of a line. Raises UsageError where it is not UTF-8."""
    if isinstance(line, str):
        return line
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode()) + 1
        message = f"byte {error.start} (0x{line[error.start]:02x}) is not UTF-8"
        raise UsageError(message, span=Span(1, column, 1, column + 1), help="write the line as UTF-8") from None
