"""Any question as one value: answering it, the documents in it, and the claims that its counterexamples make true.

answer(question, ask, show)  the answer
counterclaims(question)      what each counterexample that an answer may hold has to replay
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from verifier.clouds.cloud import Document
from verifier.clouds.evaluation import Evaluation
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim
from verifier.questions.confine import confine, maximum_of
from verifier.questions.diff import diff, sides
from verifier.questions.prove import allowed, beyond, prove
from verifier.questions.question import ConfineQuestion, DiffQuestion, EvaluateQuestion, ProveQuestion, Question
from verifier.questions.verdict import Difference, Verdict
from verifier.questions.worlds import Show, as_found


def answer(question: Question, ask: Ask, show: Show = as_found) -> Verdict | Difference | Evaluation:
    """Return the answer to `question`; `show` is that of `prove`.

    Raises InputError where a document does not suit its place.
    """
    match question:
        case ProveQuestion():
            return prove(question, ask, show)
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
            yield from question.alike()
        case ProveQuestion():
            yield from question.policies()
        case ConfineQuestion() | EvaluateQuestion():
            yield from (policy for _, policy in question.documents.placed())
        case _:
            assert_never(question)


def counterclaims(question: Question) -> tuple[Sequence[Claim], ...]:
    """Return the claims of each counterexample of `question`: of the one of `prove`, of gained and lost of `diff`."""
    match question:
        case ProveQuestion():
            return (beyond(allowed(question.documents), question.maximum),)
        case ConfineQuestion():
            claims = allowed(question.documents)
            return (beyond(claims, maximum_of(question)),)
        case DiffQuestion():
            return sides(question)
        case EvaluateQuestion():
            return ()
    assert_never(question)
