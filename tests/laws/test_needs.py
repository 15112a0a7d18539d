"""Laws of `prove --needs`: it agrees with the evaluator on every request that was drawn, and with `prove`."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import (
    Json,
    arguments,
    as_documents,
    crossed,
    documents,
    mentioned,
    parsed,
    placed,
    requests,
    varied,
    worlds,
)
from verifier import Decision
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, decide
from verifier.clouds.aws.request import Request
from verifier.logic.readings import USUAL as USUAL_READING
from verifier.questions.ask import Ask, Readings
from verifier.questions.needs import prove_needs, stopping
from verifier.questions.prove import prove
from verifier.questions.question import NeedsQuestion, ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Granted, Missing
from verifier.regions.regions import regions_of

ASK = Ask(seconds=0.5)
USUAL = Ask(seconds=0.5, readings=Readings.USUAL)


@st.composite
def needed(draw: st.DrawFn) -> tuple[dict[str, Any], Json, list[Request]]:
    """Documents, what is needed of them, and requests near both."""
    world = draw(worlds(most_keys=2))
    found = draw(placed(world, most=2))
    needs = draw(st.one_of(documents(world, most=2), varied(world, found["policies"][0])))
    whole = [*found["policies"], needs, *(found[role] for role in ("boundary", "session") if role in found)]
    near = mentioned(whole, world)
    drawn = [draw(requests(world, near)) for _ in range(4)]
    return found, needs, crossed(drawn, 16, draw(st.integers(0, 2**32 - 1)))


@given(needed())
def test_the_evaluator_agrees(drawn: tuple[dict[str, Any], Json, list[Request]]):
    """What is granted is allowed, request by request; what is missing is needed, and stopped by what is named."""
    found, needs, near = drawn
    question = NeedsQuestion(as_documents(arguments(found)), parsed(needs))
    decided = [(request, decide(question.documents, request, USUAL_READING) is Decision.ALLOWED) for request in near]
    match prove_needs(question, USUAL):
        case Granted():
            assert [request for request, allowed in decided if allows((question.needs,), request) and not allowed] == []
        case Missing(request, stopped):
            assert allows((question.needs,), request)
            assert decide(question.documents, request, USUAL_READING) is not Decision.ALLOWED
            assert stopped == stopping(question.documents, request)
            assert stopped
        case _:
            pass


@share(0.5)
@given(needed())
def test_one_document_is_the_question_turned_around(drawn: tuple[dict[str, Any], Json, list[Request]]):
    """All that the needs allow is allowed by the one policy iff the needs lie within it as a maximum."""
    found, needs, _ = drawn
    policy, wanted = parsed(found["policies"][0]), parsed(needs)
    there = prove_needs(NeedsQuestion(Documents((policy,)), wanted), ASK)
    back = prove(ProveQuestion(Documents((wanted,)), policy), ASK)
    assert not (isinstance(there, Granted) and isinstance(back, Escapes))
    assert not (isinstance(there, Missing) and isinstance(back, Contained))


@share(0.25)
@given(needed())
def test_nothing_is_missing_iff_there_is_no_region(drawn: tuple[dict[str, Any], Json, list[Request]]):
    found, needs, near = drawn
    question = NeedsQuestion(as_documents(arguments(found)), parsed(needs))
    verdict, regions = prove_needs(question, USUAL), regions_of(question, Ask(seconds=2))
    if isinstance(verdict, Granted):
        assert regions.regions == ()
    if isinstance(verdict, Missing) and regions.complete:
        assert regions.regions
    if regions.complete and not regions.regions:
        missing = [one for one in near if allows((question.needs,), one) and stopping(question.documents, one)]
        assert missing == []
