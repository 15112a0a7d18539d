"""The step before the search says the same as the search, and nothing that the evaluator does not confirm."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import Json, arguments, as_documents, documents, parsed, placed, varied, worlds
from verifier import Contained, Escapes, Policy, PolicyError, Undecided, evaluate, prove
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world.facts import broken
from verifier.questions import prove as proving
from verifier.questions import refute, search
from verifier.questions.answer import counterclaims
from verifier.questions.ask import Ask, Encoding, Readings, World
from verifier.questions.claims import replays
from verifier.questions.question import ProveQuestion
from verifier.questions.refute import refuted_by_memory, tried
from verifier.questions.verdict import Verdict
from verifier.questions.worlds import as_found, judged, show

ASK = Ask(seconds=2)


def allow(*actions: str, **more: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}
    return parsed({"Version": "2012-10-17", "Statement": [statement]})


def asked(policy: Policy, maximum: Policy) -> ProveQuestion:
    return ProveQuestion(Documents((policy,)), maximum)


def searched(question: ProveQuestion) -> Verdict:
    """The verdict of the search alone."""
    return proving.contained(question.documents, question.maximum, ASK, judged)


@st.composite
def several(draw: st.DrawFn) -> list[Json]:
    """Documents near each other."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    return [first, draw(varied(world, first))]


@share(0.67)
@given(several())
def test_every_pair_has_the_verdict_of_the_search(drawn: list[Json]):
    remembering, fresh = [list(map(parsed, drawn)) for _ in range(2)]
    for _ in range(2):
        for place, policy in enumerate(remembering):
            for other, maximum in enumerate(remembering):
                question = asked(policy, maximum)
                found, plain = proving.prove(question, ASK, judged), searched(asked(fresh[place], fresh[other]))
                if not isinstance(found, Undecided) and not isinstance(plain, Undecided):
                    assert (type(found), found.assumes, found.world) == (type(plain), plain.assumes, plain.world)
                    assert not isinstance(found, Contained) or found.vacuous == plain.vacuous  # type: ignore[union-attr]  # the same class
                if isinstance(found, Escapes):
                    assert replays(counterclaims(question)[0][0], found.request)


@st.composite
def with_others(draw: st.DrawFn) -> tuple[dict[str, Any], Json]:
    """Documents with their places, and a maximum."""
    world = draw(worlds(most_keys=2))
    return draw(placed(world)), draw(documents(world, most=2))


@share(0.67)
@given(with_others())
def test_documents_that_limit_each_other_have_the_verdict_of_the_search(drawn: tuple[dict[str, Any], Json]):
    found, maximum = as_documents(arguments(drawn[0])), parsed(drawn[1])
    question = ProveQuestion(found, maximum)
    first, again, plain = (*(proving.prove(question, ASK, judged) for _ in range(2)), searched(question))
    for one in (first, again):
        if not isinstance(one, Undecided) and not isinstance(plain, Undecided):
            assert type(one) is type(plain)
        if isinstance(one, Escapes):
            assert replays(counterclaims(question)[0][0], one.request)


def test_what_is_remembered_needs_no_search(monkeypatch: pytest.MonkeyPatch):
    policy, maximum, other = allow("s3:*", "ec2:*"), allow("s3:*"), allow("ec2:*")
    assert refuted_by_memory(asked(policy, maximum), ASK, judged) is None
    first = proving.prove(asked(policy, maximum), ASK, judged)
    proving.prove(asked(other, other), ASK, judged)
    monkeypatch.setattr(proving, "contained", None)
    assert proving.prove(asked(policy, maximum), ASK, judged) == first
    second = proving.prove(asked(policy, other), ASK, judged)
    assert isinstance(second, Escapes)
    assert second.request.words[0] == "s3"
    assert second.fit.breaks == broken(second.request)


def test_a_request_that_people_are_shown_does_not_hang_on_what_was_asked_before():
    policy, maximum = allow("s3:Get*"), allow("s3:GetObject")
    first = prove([policy], maximum)
    for _ in range(2):
        prove([policy], maximum, chosen=False)
    assert prove([policy], maximum) == first == prove([allow("s3:Get*")], allow("s3:GetObject"))


@pytest.mark.parametrize(
    "ask",
    [Ask(world=World.AWS), Ask(encoding=Encoding.STRINGS), Ask(readings=Readings.USUAL)],
    ids=["world", "encoding", "readings"],
)
def test_another_question_goes_to_the_search(ask: Ask):
    question = asked(allow("s3:*"), allow("ec2:*"))
    assert tried(question, Ask(), judged, Budget.of(1)) is not None
    assert refuted_by_memory(question, Ask(), judged) is not None
    assert refuted_by_memory(question, ask, judged) is None
    assert tried(question, ask, judged, Budget.of(1)) is None


@pytest.mark.parametrize("role", ["boundary", "session", "scps", "rcps", "policies"])
def test_a_document_that_something_limits_goes_to_the_search(role: str):
    policy, limit, maximum = allow("s3:*"), allow("s3:*"), allow("ec2:*")
    assert tried(asked(policy, maximum), Ask(), judged, Budget.of(1)) is not None
    beside: dict[str, Any] = {
        "boundary": {"boundary": limit},
        "session": {"session": limit},
        "scps": {"scps": ((limit,),)},
        "rcps": {"rcps": (limit,)},
        "policies": {},
    }[role]
    policies = (policy, limit) if role == "policies" else (policy,)
    question = ProveQuestion(Documents(policies, **beside), maximum)
    assert refuted_by_memory(question, Ask(), judged) is None
    assert tried(question, Ask(), judged, Budget.of(1)) is None


def test_a_document_that_is_none_is_refused_each_time():
    wrong = allow("s3:*", Principal="*")
    right, other = allow("s3:*"), allow("ec2:*")
    assert isinstance(prove([right], other, chosen=False), Escapes)
    for _ in range(2):
        with pytest.raises(PolicyError, match="not allowed in an identity policy"):
            prove([wrong], other, chosen=False)
        with pytest.raises(PolicyError, match="not allowed in a maximum"):
            prove([right], wrong, chosen=False)


WRONG = Request.of("iam:PassRole", "*")


def test_a_request_that_the_document_does_not_allow_is_not_remembered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(refute, "decode", lambda *_: WRONG)
    question = asked(allow("s3:*"), allow("s3:*"))
    assert isinstance(proving.prove(question, ASK, judged), Contained)
    assert isinstance(proving.prove(question, ASK, judged), Contained)
    other = asked(question.documents.policies[0], allow("ec2:*"))
    found = proving.prove(other, ASK, judged)
    assert isinstance(found, Escapes)
    assert found.request != WRONG


def test_a_request_that_the_maximum_allows_is_no_counterexample():
    policy = allow("s3:GetObject", "s3:PutObject")
    question = asked(policy, allow("s3:GetObject"))
    found = tried(question, ASK, judged, Budget.of(1))
    assert found is not None
    assert found.request.action == "s3:PutObject"
    assert tried(asked(policy, allow("s3:*")), ASK, judged, Budget.of(1)) is None


def test_a_comparison_without_a_deadline_is_small():
    question = asked(allow("s3:*"), allow("ec2:*"))
    assert tried(question, ASK, judged, Budget.of(1)) is not None
    assert refuted_by_memory(question, ASK, judged) is not None
    assert refuted_by_memory(question, ASK, judged, most=20) is None


def test_what_takes_long_to_find_is_left_to_the_search(monkeypatch: pytest.MonkeyPatch):
    def slow(*_: object) -> Iterator[str]:
        yield "s3:a"
        raise LimitReached("too long")

    monkeypatch.setattr(refute, "standing_for", slow)
    policy = allow("s3:*", "ec2:*")
    assert isinstance(proving.prove(asked(policy, allow("s3:*")), ASK, judged), Escapes)
    assert isinstance(proving.prove(asked(policy, policy), ASK, judged), Contained)
    found = refuted_by_memory(asked(policy, allow("ec2:*")), ASK, judged)
    assert found is None  # the maximum has not been asked about yet
    assert isinstance(tried(asked(policy, allow("ec2:*")), ASK, judged, Budget.of(1)), Escapes)
    with pytest.raises(LimitReached):
        tried(asked(allow("s3:*"), policy), ASK, judged, Budget(-math.inf, 1))


def test_few_requests_are_remembered(monkeypatch: pytest.MonkeyPatch):
    asked_about = []
    decide = refute.solve_memoised
    monkeypatch.setattr(refute, "solve_memoised", lambda *how: (asked_about.append(how), decide(*how))[1])
    policy = allow(*(f"s3:Get{number}" for number in range(1_000)))
    assert tried(asked(policy, policy), ASK, as_found, Budget.of(10)) is None
    assert len(asked_about) == 8


# Under the usual reading of rule 9 the Deny covers the Allow; under the other one it matches nothing.
NOWHERE = (("Allow", "s3:*"), ("Deny", "s?:*"))
NOTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


def test_a_document_that_allows_nothing_is_looked_at_once(monkeypatch: pytest.MonkeyPatch):
    nothing = Policy.parse(NOTHING)
    first = prove([nothing], allow("s3:*"))
    assert first == Contained(vacuous=True, assumes=first.assumes)
    monkeypatch.setattr(search, "_asked", None)
    assert prove([nothing], allow("ec2:*")) == first
    assert prove([nothing], allow("ec2:*"), chosen=False) == first


def test_nothing_under_the_usual_reading_is_not_nothing_under_all():
    """What is remembered of a document does not hide a counterexample under another reading of rule 9."""
    statements = [{"Effect": effect, "Action": action, "Resource": "*"} for effect, action in NOWHERE]
    policy = parsed({"Version": "2012-10-17", "Statement": statements})
    verdicts = [prove([policy], allow(action), chosen=False) for action in ("ec2:*", "iam:*")]
    assert [type(verdict) for verdict in verdicts] == [Undecided, Undecided]
    usual = [prove([policy], allow(action), reading="usual") for action in ("ec2:*", "iam:*")]
    assert [isinstance(verdict, Contained) and verdict.vacuous for verdict in usual] == [True, True]
    assert [type(prove([policy], allow(action))) for action in ("ec2:*", "iam:*")] == [Undecided, Undecided]


def test_another_encoding_asks_again_what_is_remembered(monkeypatch: pytest.MonkeyPatch):
    nothing = Policy.parse(NOTHING)
    prove([nothing], allow("s3:*"))
    monkeypatch.setattr(search, "_asked", lambda *_: search.Unknown("asked"))
    assert prove([nothing], allow("s3:*"), encoding="strings").reason == "asked"  # type: ignore[union-attr]  # undecided


def test_both_shows_have_what_they_show():
    question = asked(allow("acme:*"), allow("s3:*"))
    for _ in range(2):
        assert proving.prove(question, ASK, judged) == searched(question)
        assert proving.prove(question, ASK, as_found).fit.breaks == ()  # type: ignore[union-attr]  # escapes
    assert isinstance(proving.prove(question, ASK, show), Escapes)
    assert evaluate([allow("acme:*")], proving.prove(question, ASK).request).decision.value == "allowed"  # type: ignore[union-attr]  # escapes
