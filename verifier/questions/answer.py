"""Any question as one value: its answer, its documents, its counterexamples, and its script for other solvers.

    answer(question, ask, show)    the answer
    documents_of(question)         every document of the question
    counterclaims(question)        the claims that each counterexample of an answer has to replay
    tells_who(question)            whether it matters who asks
    export_question(question)      the question as SMT-LIB scripts (`smt/smtlib.py`), to check a proof
    export_ways(ways, ...)         the same of claims

A script is `unsat` iff no request makes the claims true, under any reading of the points that AWS's guide leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, assert_never

from verifier.base.budget import Budget
from verifier.base.errors import UndecidedError, UsageError
from verifier.base.files import write_text
from verifier.clouds.cloud import Document, Documents
from verifier.clouds.evaluation import Evaluation
from verifier.logic.formula import any_of
from verifier.questions.ask import Ask, Readings
from verifier.questions.claims import cloud_of
from verifier.questions.diff import diff, sides
from verifier.questions.needs import prove_needs, refusals
from verifier.questions.prove import beyond, confine, maximum_of, prove
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    NeedsQuestion,
    ProveQuestion,
    Question,
)
from verifier.questions.search import whole
from verifier.questions.verdict import Difference, NeedsVerdict, Verdict
from verifier.questions.ways import Way, allowed_ways
from verifier.questions.worlds import Show, as_found, every_reading, touch
from verifier.smt.smtlib import export


def answer(question: Question, ask: Ask, show: Show = as_found) -> Verdict | NeedsVerdict | Difference | Evaluation:
    """Return the answer to `question`; `show` is that of `prove`.

    Raises InputError where a document does not suit its place.
    """
    match question:
        case ProveQuestion():
            return prove(question, ask, show)
        case NeedsQuestion():
            return prove_needs(question, ask, show)
        case DiffQuestion():
            return diff(question, ask, show)
        case ConfineQuestion():
            return confine(question, ask, show)
        case EvaluateQuestion():
            question.documents.check()
            return Evaluation.of(question.documents, question.request)
    assert_never(question)


def documents_of(question: Question) -> Iterator[Document]:
    """Yield every document of `question`: those asked about first, the maximum last."""
    match question:
        case DiffQuestion():
            yield from (policy for level in question.levels() for policy in level)
        case ProveQuestion() | NeedsQuestion():
            yield from question.policies()
        case ConfineQuestion() | EvaluateQuestion():
            yield from (policy for _, policy in question.documents.placed())
        case _:
            assert_never(question)


def counterclaims(question: Question) -> tuple[Sequence[Way], ...]:
    """Return the ways of each counterexample of `question`: of the one of `prove`, of gained and lost of `diff`, of the
    one that is needed and missing. It makes all claims of one of its ways true. Raises Unsupported.
    """
    match question:
        case ProveQuestion():
            return (_beyond(question.documents, question.maximum),)
        case NeedsQuestion():
            return (refusals(question),)
        case ConfineQuestion():
            return (_beyond(question.documents, maximum_of(question)),)
        case DiffQuestion():
            return sides(question)
        case EvaluateQuestion():
            return ()
    assert_never(question)


def _beyond(documents: Documents, maximum: Document) -> Sequence[Way]:
    return tuple(beyond(claims, maximum) for claims in allowed_ways(documents, maximum))


def tells_who(question: Question) -> bool:
    """Whether it matters to `question` who asks."""
    if isinstance(question, DiffQuestion):
        return any(one.given for one in question.respects())
    return question.documents.tells_who


_SECONDS = 60.0
_EVERY = "A constant whose name ends in `the_other_way` says how AWS reads a rule on which its guide is unclear."
_HEADING = "Made by verifier. If this is unsatisfiable, there is no request that {}."

Exported: TypeAlias = ProveQuestion | NeedsQuestion | ConfineQuestion | DiffQuestion


def export_question(question: Exported, ask: Ask) -> tuple[str, ...]:
    """Return the scripts of `question`: of `diff` that of what is gained and that of what is lost, of others one.

    Raises Unsupported for what SMT-LIB cannot say, UsageError for a name that is not a service's.
    """
    ways = sides(question, ask.readings) if isinstance(question, DiffQuestion) else counterclaims(question)
    named = zip(_requests(question), ways, strict=True)
    return tuple(export_ways(side, what, ask.readings) for what, side in named)


def write_question(question: Exported, ask: Ask, file: str) -> None:
    """Write the scripts of `question` to `file`, and of `diff` what is lost to the same name with `.lost` behind it.

    Raises UsageError where SMT-LIB cannot say it, or a file cannot be written.
    """
    try:
        scripts = export_question(question, ask)
    except UndecidedError as why:
        message = f"the question cannot be written as SMT-LIB: {why}"
        raise UsageError(message, help="ask without an SMT-LIB file") from None
    for script, ending in zip(scripts, ("", ".lost"), strict=False):
        write_text(f"{file}{ending}", script)


def _requests(question: Exported) -> tuple[str, ...]:
    match question:
        case ProveQuestion():
            return ("is allowed, but not by the maximum",)
        case NeedsQuestion():
            return ("is needed, but not allowed",)
        case ConfineQuestion():
            return ("is allowed outside the services named",)
        case DiffQuestion():
            return "only the second document allows", "only the first document allows"
    assert_never(question)


def export_ways(ways: Sequence[Way], what: str, readings: Readings) -> str:
    """Return the script that asks for a request that makes all claims of one of `ways` true: one that `what` says.

    Raises UndecidedError for what SMT-LIB cannot say.
    """
    open_points = any(touch(claims, readings) for claims in ways)
    heading = _HEADING.format(what) + (f"\n{_EVERY}" if open_points else "")
    asked = (every_reading(claims, readings) if open_points else claims for claims in ways)
    formula = any_of(map(whole, asked))
    return export(formula, cloud_of(ways[0]).domains, Budget.of(_SECONDS), heading).text
