"""What an answer tells beside its word: what it assumes, its world, its reason, and the points that it hangs on."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

import pytest

from verifier import Policy
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached, PolicyError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.request import Request
from verifier.questions import diff as comparing
from verifier.questions import needs as needing
from verifier.questions import prove as proving
from verifier.questions import search as searching
from verifier.questions import ways as searching_ways
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.diff import alone, diff, not_compared
from verifier.questions.needs import assumed_of_needs, prove_needs
from verifier.questions.prove import prove
from verifier.questions.question import AloneQuestion, DiffQuestion, NeedsQuestion, ProveQuestion
from verifier.questions.read_id import MAX_DEPTH, read_id
from verifier.questions.search import Absent, Found, SearchResult, empty, search
from verifier.questions.verdict import Contained, Difference, Escapes, Granted, Hinges, Missing, Relation, Undecided
from verifier.questions.worlds import every_reading, judged, open_reason, show, smallest
from verifier.smt.solve import Unknown, Unsat


def policy(*statements: dict[str, Any]) -> Policy:
    """A document of statements about every resource."""
    whole = [{"Effect": "Allow", "Resource": "*", **one} for one in statements]
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))


GET, ALL, DELETE = policy({"Action": "s3:GetObject"}), policy({"Action": "s3:*"}), policy({"Action": "s3:DeleteObject"})
UNREAL = policy({"Action": "s3:GetTheMoon"})
# Rule 9 is read in one way or the other, and no answer about these hangs on it.
EITHER_WAY = policy({"Action": ["s?:GetObject"]})
EITHER_WAY_AND_MORE = policy({"Action": ["s?:GetObject", "ec2:*"]})
MINIMAL = Budget(math.inf, 60)


def assumptions(
    policies: Sequence[Any], ask: Ask, together: Documents | None = None, *, proved: bool = False, **more: bool
) -> tuple[str, ...]:
    """What the cloud says that an answer assumes, which is not about every service."""
    narrowed = ask.world is not World.ALL
    how = {"narrowed": narrowed, "as_usual": False, "proved": proved, "every_service": False, **more}
    return tuple(policies[0].cloud.assumptions(policies, together, **how))


@pytest.mark.parametrize(
    ("old", "new", "relation"),
    [
        (EITHER_WAY, EITHER_WAY, Relation.EQUIVALENT),
        (EITHER_WAY, EITHER_WAY_AND_MORE, Relation.WIDER),
        (EITHER_WAY_AND_MORE, EITHER_WAY, Relation.NARROWER),
    ],
)
def test_a_comparison_assumes_both_readings_only_where_it_is_a_proof(
    old: Policy, new: Policy, relation: Relation
) -> None:
    found = diff(DiffQuestion(old, new), Ask())
    told = [assumptions((old, new), Ask(), proved=proved) for proved in (False, True)]
    assert told[0] != told[1]
    assert (found.relation, found.assumes) == (relation, told[relation is Relation.EQUIVALENT])
    assert found.vacuous is False
    assert comparing.assumed(DiffQuestion(old, new), Ask()) == told[0]


@pytest.mark.parametrize(("needs", "proved"), [(EITHER_WAY, True), (EITHER_WAY_AND_MORE, False)])
def test_what_is_needed_assumes_both_readings_only_where_it_is_a_proof(needs: Policy, proved: bool) -> None:
    question = NeedsQuestion(Documents((EITHER_WAY,)), needs)
    found = prove_needs(question, Ask())
    told = assumptions(question.policies(), Ask(), question.documents, proved=proved, granting=True)
    assert isinstance(found, Granted if proved else Missing)
    assert found.assumes == told
    assert (assumed_of_needs(question, Ask()) == told) is not proved


@pytest.mark.parametrize("document", [EITHER_WAY, policy({"Action": "s?:*", "Condition": {"Bool": {"a:b": []}}})])
def test_a_document_alone_assumes_both_readings_only_where_it_is_a_proof(document: Policy) -> None:
    found = alone(AloneQuestion(document, appeared=True), Ask())
    assert found.assumes == assumptions((document,), Ask(), proved=found.relation is Relation.EQUIVALENT)


@pytest.mark.parametrize("world", World)
def test_an_answer_tells_its_world(world: World) -> None:
    ask = Ask(world=world)
    answers = [
        prove(ProveQuestion(Documents((ALL,)), GET), ask),
        prove(ProveQuestion(Documents((GET,)), ALL), ask),
        prove(ProveQuestion(Documents((GET,)), EITHER_WAY), ask),
        diff(DiffQuestion(GET, ALL), ask),
        alone(AloneQuestion(GET, appeared=False), ask),
        prove_needs(NeedsQuestion(Documents((ALL,)), GET), ask),
        prove_needs(NeedsQuestion(Documents((GET,)), ALL), ask),
        prove_needs(NeedsQuestion(Documents((EITHER_WAY,)), GET), ask),
    ]
    kinds = [Escapes, Contained, Undecided, Difference, Difference, Granted, Missing, Undecided]
    assert [type(one) for one in answers] == kinds
    assert [one.world for one in answers] == [world] * len(answers)
    (narrowed,) = {assumptions((ALL,), ask)}
    assert all(set(narrowed) <= set(one.assumes) for one in answers[:2])
    assert (assumptions((ALL,), Ask(world=World.ALL)) == narrowed) == (world is World.ALL)


def test_a_request_is_looked_for_in_the_world_that_is_asked_about() -> None:
    question = ProveQuestion(Documents((UNREAL,)), GET)
    assert isinstance(prove(question, Ask(world=World.ALL)), Escapes)
    assert isinstance(prove(question, Ask(world=World.AWS)), Contained)


@pytest.mark.parametrize("world", World)
def test_a_request_is_chosen_in_the_world_that_is_asked_about(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Sequence[Claim], Found]] = []
    for name in ("polish", "choose"):

        def record(_: object, claims: Sequence[Claim], found: Found, *__: object, name: str = name) -> Found:
            asked.append((name, claims, found))
            return found

        monkeypatch.setattr(type(GET.cloud), name, record)
    claims, found = (Claim(Level((GET,)), Says.ALLOWS),), Found(Request.of("s3:GetObject", "*"))
    assert show(claims, found, MINIMAL, Ask(world=world)) == found
    assert asked == [("polish" if world is World.AWS else "choose", claims, found)]


def test_that_the_time_is_over_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_: object, **__: object) -> NoReturn:
        raise LimitReached("planted")

    monkeypatch.setattr(comparing, "_diff", reached)
    monkeypatch.setattr(comparing, "_searched", reached)
    monkeypatch.setattr(proving, "_contained", reached)
    monkeypatch.setattr(needing, "_proved", reached)
    ask = Ask(world=World.AWS)
    assert prove(ProveQuestion(Documents((GET,)), ALL), ask) == Undecided("planted", world=World.AWS)
    assert prove_needs(NeedsQuestion(Documents((GET,)), ALL), ask) == Undecided("planted", world=World.AWS)
    expected = Difference(Relation.UNDECIDED, reason="planted", world=World.AWS, vacuous=None)
    assert not_compared("planted", ask) == expected
    assert diff(DiffQuestion(GET, ALL), ask) == expected
    assert alone(AloneQuestion(GET, appeared=True), ask) == expected


def test_documents_are_compared_as_what_they_are_told_to_be() -> None:
    with_principal = Policy.parse(
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}'
    )
    for told, document in ((PolicyType.RCP, GET), (PolicyType.SCP, with_principal)):
        for ask_about in (
            lambda document=document, told=told: diff(DiffQuestion(document, document, told), Ask()),
            lambda document=document, told=told: alone(AloneQuestion(document, True, told), Ask()),
        ):
            with pytest.raises(PolicyError):
                ask_about()
        with pytest.raises(PolicyError):
            DiffQuestion(document, document, told).levels()


def test_a_question_needs_an_identity_policy() -> None:
    with pytest.raises(ValueError, match=r"^at least one identity policy is needed$"):
        prove(ProveQuestion(Documents(()), GET))


# --- reasons ---------------------------------------------------------------------------------------------------------

HINGING = Hinges(Request.of("s3:GetObject", "*"), (Point.WILD_SERVICE,))


def test_a_reason_is_that_of_the_first_side_that_is_open() -> None:
    sides: list[tuple[SearchResult, str]] = [(Absent(), "a"), (HINGING, "gained"), (Unknown("late"), "lost")]
    assert open_reason(sides) == "a request is gained if AWS reads rule 9 the other way"
    assert open_reason(sides[2:]) == "late"
    assert open_reason(sides[:1]) is None


@pytest.mark.parametrize(("place", "what"), [(0, "gained"), (1, "lost"), (2, "denied by one document")])
def test_a_comparison_says_what_happens_to_the_request_it_hangs_on(
    place: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = itertools.count()
    monkeypatch.setattr(searching_ways, "search", lambda *_: HINGING if next(count) == place else Absent())
    found = diff(DiffQuestion(GET, ALL), Ask())
    assert found.reason == f"a request is {what} if AWS reads rule 9 the other way"
    assert (found.gained_hinges, found.lost_hinges) == tuple(HINGING if place == side else None for side in (0, 1))


@pytest.mark.parametrize(("place", "what"), [(0, "lost"), (1, "denied")])
def test_a_document_alone_says_what_happens_to_the_request_it_hangs_on(
    place: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = itertools.count()
    monkeypatch.setattr(searching_ways, "search", lambda *_: HINGING if next(count) == place else Absent())
    found = alone(AloneQuestion(GET, appeared=False), Ask())
    assert found.reason == f"a request is {what} if AWS reads rule 9 the other way"
    assert (found.gained_hinges, found.lost_hinges) == (None, HINGING if place == 0 else None)


# --- the search ------------------------------------------------------------------------------------------------------

BOTH = (Claim(Level((ALL,)), Says.ALLOWS), Claim(Level((policy({"Action": "s3:Get*"}),)), Says.ALLOWS, holds=False))


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Unknown("first"), Unknown("second")], Unknown("first")),
        ([Unknown("first"), Unsat()], Unknown("first")),
        ([Unsat(), Unknown("second")], Unknown("second")),
        ([Unsat(), Unsat()], Absent()),
    ],
)
def test_a_search_is_a_proof_only_where_every_case_is(
    outcomes: list[Any], expected: SearchResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [(f"s3:{name}", case) for name, (_, case) in zip("ab", _two_cases(), strict=True)]
    monkeypatch.setattr(searching, "_cases", lambda *_: iter(cases))
    monkeypatch.setattr(searching, "speaker", lambda *_: None)
    monkeypatch.setattr(searching, "solve", lambda *_: outcomes.pop(0))
    assert search(BOTH, MINIMAL, Ask()) == expected
    assert not outcomes


def _two_cases() -> list[Any]:
    return list(searching.cases(BOTH, ["s3:putobject", "s3:getobject"], MINIMAL))


def test_a_request_that_is_not_confirmed_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "replays", lambda *_: False)
    assert search(BOTH, MINIMAL, Ask()) == Unknown("a counterexample was found that the evaluator does not confirm")
    assert empty(BOTH, MINIMAL, Ask()) is None


def test_what_is_found_is_found_although_another_case_stayed_open(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, calls = searching.solve, itertools.count()
    monkeypatch.setattr(searching, "solve", lambda *how: Unknown("open") if next(calls) == 0 else honest(*how))
    wide = (
        Claim(Level((policy({"Action": "s3:Get*"}, {"Action": "ec2:*", "Resource": "arn:aws:ec2:::x"}),)), Says.ALLOWS),
    )
    monkeypatch.setattr(searching, "standing_for", lambda *_: iter(["s3:getobject", "ec2:a"]))
    assert isinstance(search(wide, MINIMAL, Ask()), Found)


# --- points ----------------------------------------------------------------------------------------------------------

TWO_POINTS = policy({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a*b"}, {"Effect": "Deny", "Action": "s?:*"})


def test_an_answer_hangs_on_the_points_that_are_needed_and_no_other() -> None:
    """Rule 9 lets the request through; rule 10 has no say in it, and together with it the resource is out of reach."""
    claims = every_reading((Claim(Level((TWO_POINTS,)), Says.ALLOWS),))
    request = Request.of("s3:GetObject", "arn:aws:s3:::axb")
    assert smallest(claims, request, frozenset((Point.WILD_SERVICE, Point.STAR_CROSSES))) == {Point.WILD_SERVICE}
    assert smallest(claims, request, frozenset((Point.WILD_SERVICE,))) == {Point.WILD_SERVICE}
    crossing = (*claims, *every_reading((Claim(Level((star("a*b"),)), Says.ALLOWS, holds=False),)))
    colon = Request.of("s3:GetObject", "arn:aws:s3:::a:b")
    plain = (Claim(Level((policy({"Action": "s3:GetObject"}, {"Effect": "Deny", "Action": "s?:*"}),)), Says.ALLOWS),)
    both = (*every_reading(plain), crossing[1])
    every = frozenset((Point.WILD_SERVICE, Point.STAR_CROSSES, Point.EMPTY_LIST))
    assert smallest(both, colon, every) == {Point.WILD_SERVICE, Point.STAR_CROSSES}


def star(name: str) -> Policy:
    """A document about the objects of a pattern."""
    return policy({"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}"})


def test_what_speaks_against_a_request_is_told_of_one_under_another_reading_too() -> None:
    itself = {"StringLike": {"acme:k": "${acme:k}?"}}
    document = policy({"Action": "s3:GetTheMoon", "Condition": itself})
    found = alone(AloneQuestion(document, appeared=True), Ask(), judged)
    assert found.gained_hinges is not None
    assert found.gained_hinges.fit.breaks
    assert found.gained_hinges.points == (Point.WILD_VALUE,)


# --- the id of a line ------------------------------------------------------------------------------------------------


def nested(depth: int, kind: str) -> Any:
    """Lists or objects, one in the other."""
    value: Any = [] if kind == "lists" else {}
    for _ in range(depth - 1):
        value = [value] if kind == "lists" else {"a": value}
    return value


@pytest.mark.parametrize("kind", ["lists", "objects"])
def test_an_id_is_read_to_a_depth(kind: str) -> None:
    deepest = nested(MAX_DEPTH, kind)
    assert read_id(json.dumps({"id": deepest})) == deepest
    assert read_id(json.dumps({"id": nested(MAX_DEPTH + 1, kind)})) is None


@pytest.mark.parametrize("line", [": 5", "x: 5", "", '{"name": 5}', '{"a": {"id": 5}}'])
def test_a_line_without_an_id_has_none(line: str) -> None:
    assert read_id(line) is None
