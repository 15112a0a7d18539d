"""Laws of audits: what is put together from answers about single documents is what is answered about all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import Json, documents, parsed, varied, worlds
from verifier.clouds.aws.audit.statements import statement_faults, unneeded
from verifier.clouds.aws.audit.subject import Subject, merged_policy
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows
from verifier.logic.readings import USUAL
from verifier.questions.ask import Ask
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes

ASK = Ask(seconds=0.5)


@st.composite
def subjects(draw: st.DrawFn) -> tuple[list[Json], Json | None, Json | None, Json]:
    """Identity policies, perhaps a boundary and an SCP, and a maximum, all near each other."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    several = [first, *(draw(varied(world, first)) for _ in range(draw(st.integers(0, 2))))]
    limits = [draw(st.none() | varied(world, first)) for _ in range(2)]
    return several, limits[0], limits[1], draw(varied(world, first))


def subject_of(drawn: tuple[list[Json], Json | None, Json | None, Json]) -> Subject:
    """The documents of a principal."""
    several, boundary, scp, _ = drawn
    bounded = parsed(boundary) if boundary else None
    level = parsed(scp) if scp else None
    limits = tuple(limit for limit in (bounded, level) if limit is not None)
    scps = ((level,),) if level else ()
    whole = Documents(tuple(map(parsed, several)), bounded, None, scps)
    if whole.open_levels():  # AWS's full access stands next to it, so it is no limit by itself
        limits = tuple(limit for limit in (bounded,) if limit is not None)
    return Subject(whole.policies, bounded, scps, limits=limits)


@given(subjects())
def test_what_is_asked_document_by_document_is_what_is_asked_of_all(drawn: Any) -> None:
    subject, maximum = subject_of(drawn), parsed(drawn[3])
    whole = prove(ProveQuestion(subject.documents, maximum), ASK)
    parts = subject.within(maximum, ASK)
    if isinstance(parts, Contained):
        assert not isinstance(whole, Escapes)
    if isinstance(parts, Escapes):
        assert not isinstance(whole, Contained)
        assert subject.allows(parts.request)
        assert not allows((maximum,), parts.request, USUAL)
    if isinstance(parts, Contained | Escapes) and isinstance(whole, Contained | Escapes):
        assert type(parts) is type(whole)


@given(subjects())
def test_statements_that_are_found_to_do_nothing_can_go(drawn: Any) -> None:
    """Without a dead or a repeated Allow, and without a Deny of nothing, the same is allowed."""
    subject = subject_of(drawn)
    for fault in statement_faults(subject, frozenset({"A18", "A19", "A20"}), None, ASK):
        if fault.undecided:
            continue
        policies = list(subject.identity)
        kept = [one.index for one in policies[fault.place].statements if one is not fault.statement]
        policies[fault.place] = policies[fault.place].only(kept)
        less = subject.with_identity(tuple(policies))
        for one, other in ((subject.documents, less), (less, subject.documents)):
            assert not differs(one, other), fault


def differs(one: Documents, other: Documents) -> bool:
    """Whether a request of `one` is found that the identity policies of `other` do not allow; limits are the same."""
    maximum = merged_policy([statement for policy in other.policies for statement in policy.statements], "together")
    return isinstance(prove(ProveQuestion(one, maximum), ASK), Escapes)


@given(subjects())
def test_a_boundary_without_what_is_not_needed_allows_the_same(drawn: Any) -> None:
    subject = subject_of(drawn)
    for index in unneeded(subject, ASK) or ():
        boundary = subject.boundary
        assert boundary is not None
        rest = boundary.only([one.index for one in boundary.statements if one.index != index])
        assert not isinstance(prove(ProveQuestion(subject.documents, rest), ASK), Escapes)
