"""What a question makes of the outcome of its search, which is planted, and what the cloud is told that is asked."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from verifier import Policy
from verifier.base.budget import Budget
from verifier.base.errors import Unsupported
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.request import Request
from verifier.clouds.cloud import AllowingWay
from verifier.clouds.split import Respect
from verifier.questions import diff as comparing
from verifier.questions import needs as needing
from verifier.questions import prove as proving
from verifier.questions import ways as searching
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.needs import prove_needs, stopping
from verifier.questions.prove import all_empty, prove
from verifier.questions.question import AloneQuestion, DiffQuestion, NeedsQuestion, ProveQuestion, Standard
from verifier.questions.search import NOT_CONFIRMED
from verifier.questions.verdict import Absent, Fit, Found, Granted, Hinges, Missing, SearchResult, Undecided
from verifier.questions.ways import ways_not_allowed
from verifier.questions.worlds import as_found, show
from verifier.smt.solve import Unknown


def policy(**more: Any) -> Policy:
    """A document of one statement."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **more}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


ONE, OTHER = policy(), policy(Action="s3:GetObject")
REQUEST = Request.of("s3:GetObject", "*")
READING = frozenset((Point.WILD_SERVICE,))
FIT = Fit(("no such key",))
HINGING = Hinges(REQUEST, (Point.WILD_SERVICE,), FIT)
ASK = Ask(world=World.ALL), Ask(world=World.AWS)
WHY = "if AWS reads rule 9 the other way"


def refuse(*_: object, **__: object) -> NoReturn:
    raise Unsupported("planted")


@pytest.mark.parametrize("ask", ASK, ids=lambda ask: ask.world.value)
@pytest.mark.parametrize(
    ("module", "question", "ask_about", "what"),
    [
        (proving, ProveQuestion(Documents((ONE,)), OTHER), prove, "escapes"),
        (needing, NeedsQuestion(Documents((ONE,)), OTHER), prove_needs, "is needed and not allowed"),
    ],
)
def test_what_is_not_found_out_is_undecided(
    module: Any, question: Any, ask_about: Callable[..., Any], what: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for outcome, reason in ((Unknown("late"), "late"), (HINGING, f"{what} {WHY}")):
        monkeypatch.setattr(module, "search_ways", lambda *_, outcome=outcome: outcome)
        found = ask_about(question, ask, show)
        assert isinstance(found, Undecided)
        assert (found.reason, found.world, found.hinges) == (reason, ask.world, HINGING if outcome is HINGING else None)
    for name in ("allowed_ways", "refusals"):
        monkeypatch.setattr(module, name, refuse, raising=False)
    found = ask_about(question, ask, show)
    assert isinstance(found, Undecided)
    assert (found.reason, found.world) == ("planted", ask.world)


@pytest.mark.parametrize("ask", ASK, ids=lambda ask: ask.world.value)
@pytest.mark.parametrize(("contradicts", "leans"), [*itertools.product((False, True), repeat=2)])
def test_a_request_is_confirmed_as_a_whole_where_it_is_told_who_asks(
    contradicts: bool, leans: bool, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it is allowed for `prove`, and that it is not for `prove --needs`; not if it leans on what is unknown."""
    documents = Documents((ONE,), asking=Asking())
    asked: list[object] = []
    fit = Fit(leans=(object(),)) if leans else Fit()  # type: ignore[arg-type]  # any point
    for module in (proving, needing):
        monkeypatch.setattr(module, "search_ways", lambda *_: Found(REQUEST, fit))
    monkeypatch.setattr(needing, "refusals", lambda *_: ())
    monkeypatch.setattr(type(documents.cloud), "contradicts", lambda _, *about: asked.append(about) or contradicts)
    escaped, missing = (
        prove(ProveQuestion(documents, OTHER), ask, show),
        prove_needs(NeedsQuestion(documents, OTHER), ask),
    )
    for found, confirmed in ((escaped, leans or not contradicts), (missing, leans or contradicts)):
        assert isinstance(found, Undecided) is not confirmed
        assert found.world is ask.world
        if isinstance(found, Undecided):
            assert found.reason == NOT_CONFIRMED
    assert asked == ([] if leans else [(documents, REQUEST)] * 2)


def test_what_stops_a_request_is_asked_under_the_reading_of_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(needing, "search_ways", lambda *_: Found(REQUEST, FIT, READING))
    monkeypatch.setattr(needing, "replays", lambda claims, *about: told.append(about) or False)
    found = prove_needs(NeedsQuestion(Documents((ONE,)), OTHER), Ask())
    assert isinstance(found, Missing)
    assert (found.stopped_by, found.fit) == (("policy",), FIT)
    assert told == [(REQUEST, READING)]


@pytest.mark.parametrize("vacuous", [None, False, True])
def test_whether_nothing_is_needed_is_asked(vacuous: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needing, "search_ways", lambda *_: Absent())
    monkeypatch.setattr(needing, "empty", lambda *_: vacuous)
    found = prove_needs(NeedsQuestion(Documents((ONE,)), OTHER), Ask())
    assert isinstance(found, Granted)
    assert found.vacuous is vacuous


@pytest.mark.parametrize(
    ("each", "whole"),
    [([True, True], True), ([False, True], False), ([None, True], None), ([None, False], False), ([None], None)],
)
def test_nothing_is_allowed_where_no_way_allows_anything(
    each: list[bool | None], whole: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter(each)
    monkeypatch.setattr(proving, "empty", lambda *_: next(outcomes))
    assert all_empty([()] * len(each), Budget.of(600), Ask()) is whole


def test_ways_are_told_of_the_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys that it reads are tied to who asks too."""
    told: list[object] = []
    monkeypatch.setattr(proving, "allowed_ways", lambda *documents: told.append(documents) or ())
    documents = Documents((ONE,))
    prove(ProveQuestion(documents, OTHER), Ask(), show)
    assert told == [(documents, OTHER)]


class _Cloud:
    """A cloud of documents that are sets of words: what each says of `REQUEST` under `READING`, and of no other."""

    def allows(self, level: tuple[Any, ...], *about: object) -> bool:
        assert about == (REQUEST, READING)
        return any("allow" in one for one in level)

    def denies(self, level: tuple[Any, ...], *about: object) -> bool:
        assert about == (REQUEST, READING)
        return any("deny" in one for one in level)


@pytest.mark.parametrize(
    ("level", "is_open", "stops"),
    [
        ({"allow"}, False, False),
        ({"allow"}, True, False),
        ({"deny"}, True, True),
        ({"allow", "deny"}, False, True),
        (set[str](), False, True),
        (set[str](), True, False),
    ],
)
def test_what_stops_somebody(level: set[str], is_open: bool, stops: bool) -> None:
    resource_side = [("resource", {"allow"}), ("endpoint", set[str]())]

    def on_the_side(request: Request) -> list[Any]:
        assert request is REQUEST
        return resource_side

    documents: Any = SimpleNamespace(
        tells_who=True,
        cloud=_Cloud(),
        open_levels=lambda: {"level"} if is_open else set(),
        levels=lambda: [("level", (level,))],
        denials=lambda: [("rcp 1", {"deny"}), ("rcp 2", set())],
        resource_side=on_the_side,
    )
    assert stopping(documents, REQUEST, READING) == (*(("level",) if stops else ()), "rcp 1", "endpoint")


NEEDED = (Claim(Level((policy(Action="ec2:*"),)), Says.ALLOWS),)
A, B, C = (policy(Action=f"s3:{name}") for name in "ABC")
WAYS = [
    [AllowingWay(((A,), (B,)), ((C,),))],
    [AllowingWay(((A,),)), AllowingWay(((B,),), (), ((A,),))],
    [AllowingWay(((A,), (B,))), AllowingWay(((A,), (C,))), AllowingWay(((B,),), ((C,),))],
    [AllowingWay(((A,),), ((B,),), ((C,),)), AllowingWay(((C,),), ((B,),)), AllowingWay(((A,), (C,)))],
]


@pytest.mark.parametrize("ways", WAYS)
def test_something_of_each_way_is_not_so_in_exactly_one_way(ways: list[AllowingWay]) -> None:
    """Whatever the documents say of a request."""
    documents: Any = SimpleNamespace(tells_who=True, sure_ways=lambda _: ways)
    found = ways_not_allowed(NEEDED, documents)
    assert all(way[: len(NEEDED)] == NEEDED for way in found)
    said = [(one, says) for one in (A, B, C) for says in Says]
    for truths in itertools.product((False, True), repeat=len(said)):
        true = {((one,), says): truth for (one, says), truth in zip(said, truths, strict=True)}

        def holds(claims: Any, true: Any = true) -> bool:
            return all(true[claim.level.policies, claim.says] is claim.holds for claim in claims)

        allowed = [holds(searching._conditions(way)) for way in ways]
        assert [holds(way[len(NEEDED) :]) for way in found].count(True) == (0 if any(allowed) else 1)


def test_ways_in_which_something_can_be_missing_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    documents: Any = SimpleNamespace(tells_who=True, sure_ways=lambda _: [AllowingWay(((A,), (B,), (C,)))])
    monkeypatch.setattr(searching, "_MOST_REFUSED", 3)
    assert len(ways_not_allowed(NEEDED, documents)) == 3
    monkeypatch.setattr(searching, "_MOST_REFUSED", 2)
    with pytest.raises(Unsupported, match=r"^there are more than 2 ways in which something can be missing$"):
        ways_not_allowed(NEEDED, documents)


# --- comparing -------------------------------------------------------------------------------------------------------

USUAL_WAY, OTHER_WAY = Respect(where="here"), Respect(where="there", points=(Point.STAR_PAST_BOUNDARY,))
SIDE = [(USUAL_WAY, NEEDED), (OTHER_WAY, NEEDED)]
STAR = Point.STAR_PAST_BOUNDARY
SEARCHED: list[tuple[list[SearchResult], Readings, SearchResult]] = [
    ([Found(REQUEST, FIT)], Readings.ALL, Found(REQUEST, Fit(FIT.breaks, where="here"))),
    ([HINGING], Readings.ALL, HINGING),
    ([Unknown("late")], Readings.ALL, Unknown("late")),
    ([Absent()], Readings.USUAL, Absent()),
    ([Absent(), Absent()], Readings.ALL, Absent()),
    ([Absent(), Unknown("late")], Readings.ALL, Unknown("late")),
    ([Absent(), Found(REQUEST, FIT)], Readings.ALL, Hinges(REQUEST, (STAR,), Fit(FIT.breaks, where="there"))),
    (
        [Absent(), HINGING],
        Readings.ALL,
        Hinges(REQUEST, (STAR, Point.WILD_SERVICE), Fit(FIT.breaks, where="there")),
    ),
]


@pytest.mark.parametrize(("outcomes", "readings", "expected"), SEARCHED)
def test_a_respect_under_another_reading_is_asked_about_last(
    outcomes: list[SearchResult], readings: Readings, expected: SearchResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(outcomes)

    def search(ways: list[Any], _: Budget, __: Ask, show: object = None) -> SearchResult:
        assert ways == [NEEDED]
        assert show is as_found
        return left.pop(0)

    monkeypatch.setattr(comparing, "search_ways", search)
    monkeypatch.setattr(comparing, "replays", lambda *_: True)
    assert comparing._search(SIDE, Budget.of(600), Ask(readings=readings), as_found) == expected
    assert not left


def test_where_a_request_differs_is_asked_under_its_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "search_ways", lambda *_: Found(REQUEST, reading=READING))
    monkeypatch.setattr(comparing, "replays", lambda *about: about == (NEEDED, REQUEST, READING))
    found = comparing._search(SIDE[:1], Budget.of(600), Ask(), as_found)
    assert isinstance(found, Found)
    assert found.fit.where == "here"


def test_a_level_of_scps_that_only_deny_lets_through_what_none_of_them_denies() -> None:
    """Together with the full access that AWS attaches (rule 30)."""
    denying = [policy(Effect="Deny", Action=f"s3:{name}") for name in "ABC"]
    claims = comparing._passing(Level(tuple(denying)), PolicyType.SCP)
    assert [(one.level.policies[0].source, one.says, one.holds) for one in claims[-3:]] == [
        (one.source, Says.DENIES, False) for one in denying
    ]


@pytest.mark.parametrize(
    ("told", "document"),
    [(PolicyType.RESOURCE, policy(Principal="*")), (PolicyType.ENDPOINT, policy(Principal="*")), (PolicyType.SCP, ONE)],
)
def test_the_cloud_is_told_what_a_document_is_wherever_it_is_asked(
    told: PolicyType, document: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, object]] = []
    cloud = type(document.cloud)
    names = ("alike", "respects", "only_denies", "attaches", "by_itself", "check_common_maximum")
    honest = {name: getattr(cloud, name) for name in names}
    for name in names:

        def record(self: Any, about: Any, told: Any = None, *, name: str = name) -> Any:
            asked.append((name, told))
            return honest[name](self, about, told)

        monkeypatch.setattr(cloud, name, record)
    question = DiffQuestion(document, document, told)
    answers = [comparing.diff(question, Ask()), comparing.alone(AloneQuestion(document, True, told), Ask())]
    question.respects()
    Standard(Documents(()), ONE, told).check()
    assert {name for name, _ in asked} > {"alike", "respects", "only_denies", "by_itself", "check_common_maximum"}
    assert {one for _, one in asked} == {told}
    how = {"narrowed": False, "as_usual": False, "proved": False, "every_service": False}
    place = document.cloud.by_itself(document, told)
    assert answers[1].assumes == tuple(
        document.cloud.assumptions((document,), place if place.tells_who else None, **how)
    )


def test_that_a_document_alone_cannot_be_told_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(ONE.cloud), "respects", refuse)
    assert comparing.alone(AloneQuestion(ONE, True), Ask()).reason == "planted"
