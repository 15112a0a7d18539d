"""Any question as one value: asking it, the documents in it, and the claims that its counterexamples make true.

ask(question, limits)      the answer
counterclaims(question)    what each counterexample that an answer may hold has to replay
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from verifier.clouds.aws.evaluate.evaluate import Evaluation, evaluate
from verifier.clouds.aws.policy.check import alike
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.claims import Claim
from verifier.questions.confine import confine, services_maximum
from verifier.questions.diff import diff, sides
from verifier.questions.limits import Limits
from verifier.questions.prove import allowed, beyond, prove
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    ProveQuestion,
    Question,
)
from verifier.questions.verdict import Difference, Verdict


def ask(question: Question, limits: Limits) -> Verdict | Difference | Evaluation:
    """Return the answer to `question`. Raises InputError where a document does not suit its place."""
    limits = limits_for(question, limits)
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
            return diff(question.old, question.new, told=question.told, limits=limits)
        case ConfineQuestion():
            return confine(question.document, question.services, told=question.told, limits=limits)
        case EvaluateQuestion():
            question.documents.check()
            return evaluate(question.documents, question.request)
    assert_never(question)


def limits_for(question: Question, limits: Limits) -> Limits:
    """Return `limits`, with the world and the readings that `question` names, if it names them."""
    if isinstance(question, EvaluateQuestion):
        return limits
    world, readings = question.world or limits.world, question.readings or limits.readings
    return replace(limits, world=world, readings=readings)


def documents_of(question: Question) -> Iterator[Policy]:
    """Yield every document of `question`: those asked about first, the maximum last."""
    match question:
        case DiffQuestion():
            yield from alike((question.old, question.new), question.told)
        case ConfineQuestion():
            yield from (policy for _, policy in question.documents.placed())
        case ProveQuestion() | EvaluateQuestion():
            yield from (policy for _, policy in question.documents.placed())
            if isinstance(question, ProveQuestion):
                yield question.maximum
        case _:
            assert_never(question)


def counterclaims(question: Question) -> tuple[Sequence[Claim], ...]:
    """Return the claims of each counterexample of `question`: of the one of `prove`, of gained and lost of `diff`."""
    match question:
        case ProveQuestion():
            return (beyond(allowed(question.documents), question.maximum),)
        case ConfineQuestion():
            claims = allowed(question.documents)
            return (beyond(claims, services_maximum(question.services)),)
        case DiffQuestion():
            old, new = alike((question.old, question.new), question.told)
            return sides(old, new, question.told)
        case EvaluateQuestion():
            return ()
    assert_never(question)
