"""`batch`: many questions, one a line of JSON, and an answer to each, in order (interface.md).

A line that is no question is answered with what is wrong with it, and the next line is still answered. One line is held
at a time, so memory stays flat. In answers, `line` is the number of the line in the batch; `column` counts within it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from verifier.api import EncodingName, evaluate, limits_of
from verifier.errors import InputError, UndecidedError, UsageError
from verifier.policy.syntax import Policy
from verifier.questions.confine import confine
from verifier.questions.diff import diff
from verifier.questions.limits import Limits
from verifier.questions.prove import prove
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    JsonValue,
    ProveQuestion,
    Question,
)
from verifier.questions.read_id import read_id
from verifier.questions.read_question import read_question
from verifier.questions.verdict import Difference, Undecided, Verdict
from verifier.report.answers import answer_of
from verifier.semantics.evaluate import Evaluation
from verifier.source import Span

_NAME = "<line>"


def batch(
    lines: Iterable[str | bytes], *, timeout: float = 10.0, encoding: EncodingName = "fast"
) -> Iterator[dict[str, Any]]:
    """Yield the JSON answer of each of `lines`, which are texts or UTF-8; blank ones are skipped.

    `timeout` is in seconds, for each question. Raises UsageError for an impossible option, and nothing for a line.
    """
    limits = limits_of(timeout, encoding)
    return (answer_line(line, number, limits) for number, line in enumerate(lines, start=1) if line.strip())


def answer_line(line: str | bytes, number: int, limits: Limits) -> dict[str, Any]:
    """Return the answer of the line `number` of a batch."""
    text = line if isinstance(line, str) else line.decode(errors="replace")
    identity: JsonValue = None
    policies: tuple[Policy, ...] = ()
    found: Verdict | Difference | Evaluation | InputError
    try:
        _check_utf8(line)
        question = read_question(text, _NAME)
        identity, policies = question.id, tuple(_policies(question))
        found = ask(question, limits)
    except InputError as error:
        found = error
    except UndecidedError as why:
        found = Undecided(str(why))
    except Exception as error:  # noqa: BLE001 - one bad line must not end a batch
        found = _internal(error)
    identity = read_id(text) if identity is None else identity
    return {"id": identity} | answer_of(found, identity, number, policies).as_json()


def ask(question: Question, limits: Limits) -> Verdict | Difference | Evaluation:
    """Return the answer to `question`. Raises InputError where a document does not suit its place."""
    match question:
        case ProveQuestion():
            return prove(
                policies=question.policies,
                maximum=question.maximum,
                boundary=question.boundary,
                session=question.session,
                scps=question.scps,
                rcps=question.rcps,
                limits=limits,
            )
        case DiffQuestion():
            return diff(question.old, question.new, limits=limits)
        case ConfineQuestion():
            return confine(question.document, question.services, limits=limits)
        case EvaluateQuestion():
            return evaluate(
                question.policies,
                question.request,
                question.boundary,
                question.session,
                question.scps,
                question.rcps,
            )
    assert_never(question)


def _policies(question: Question) -> Iterator[Policy]:
    match question:
        case DiffQuestion():
            yield from (question.old, question.new)
        case ConfineQuestion():
            yield question.document
        case ProveQuestion() | EvaluateQuestion():
            yield from question.policies
            yield from (policy for policy in (question.boundary, question.session) if policy is not None)
            yield from (policy for level in question.scps for policy in level)
            yield from question.rcps
            if isinstance(question, ProveQuestion):
                yield question.maximum
        case _:
            assert_never(question)


def _check_utf8(line: str | bytes) -> None:
    if isinstance(line, bytes):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            column = len(line[: error.start].decode()) + 1
            message = f"byte {error.start} (0x{line[error.start]:02x}) is not UTF-8"
            raise UsageError(message, span=Span(1, column, 1, column + 1), mend="write the line as UTF-8") from None


def _internal(error: Exception) -> InputError:
    return InputError(f"internal error: {type(error).__name__}: {error}", mend="please report it with this line")


def too_large(number: int, max_size: int) -> dict[str, Any]:
    """Return the answer of the line `number` of a batch, which is larger than `max_size` bytes."""
    error = UsageError(f"the line is larger than {max_size:,} bytes", span=Span(1, 1, 1, 1), mend="raise --max-size")
    return {"id": None} | answer_of(error, line=number).as_json()
