"""Which request of an answer is shown: the search finds one, and whoever shows it says which."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Escapes, Policy, prove
from verifier.base.budget import Budget
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.unknown import MayMatch, unknowns_of
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.world.facts import broken
from verifier.logic.readings import in_order
from verifier.questions import prove as proving
from verifier.questions import worlds
from verifier.questions.answer import counterclaims
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Fit, Found, Hinges, Leaning
from verifier.questions.worlds import as_found, judged, show, with_leaning


def allow(*actions: str) -> Policy:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def conditional(condition: dict[str, dict[str, str]]) -> Policy:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


QUESTION = ProveQuestion(Documents((allow("s3:Get*"),)), allow("s3:GetObject"))


def test_the_request_that_is_shown_is_chosen_and_the_one_found_is_labelled() -> None:
    ((claims,),) = counterclaims(QUESTION)
    found, labelled, chosen = (proving.prove(QUESTION, Ask(), how) for how in (as_found, judged, show))
    for verdict in (found, labelled, chosen):
        assert isinstance(verdict, Escapes)
        assert replays(claims, verdict.request)
    assert isinstance(found, Escapes)
    assert isinstance(labelled, Escapes)
    assert isinstance(chosen, Escapes)
    assert labelled.request == found.request
    assert labelled.breaks == broken(found.request) != ()
    assert chosen.realistic
    assert broken(chosen.request) == ()


def test_a_request_under_another_reading_is_chosen_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable in a Bool value: whether it escapes depends on rule 25, and the request is shown all the same."""
    chosen: list[object] = []
    choose = worlds._chosen

    def counted(*arguments: object) -> object:
        chosen.append(arguments)
        return choose(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worlds, "_chosen", counted)
    secure = {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"acme:k": "true"}}
    documents = Documents((conditional(secure),))
    maximum = conditional({"Bool": {"aws:SecureTransport": "${acme:k}"}})
    assert proving.prove(ProveQuestion(documents, maximum), Ask(), show).word == "undecided"
    assert len(chosen) == 1


ONE, OTHER = in_order(frozenset((Point.WILD_VALUE, Point.ARN_STAR)))

OPEN, REQUEST = MayMatch((), "Resource", "${b}"), Request.of("s3:GetObject", "*")


@pytest.mark.parametrize(
    ("enough", "least"),
    [
        ([{ONE}, {OTHER}, {ONE, OTHER}], {ONE}),
        ([{OTHER}, {ONE, OTHER}], {OTHER}),
        ([{ONE, OTHER}], {ONE, OTHER}),
    ],
)
def test_a_reading_is_made_as_small_as_can_be(
    enough: list[set[Point]], least: set[Point], monkeypatch: pytest.MonkeyPatch
) -> None:
    def enough_for(_: object, __: object, reading: frozenset[Point] = frozenset()) -> bool:
        return set(reading) in enough

    monkeypatch.setattr(worlds, "replays", enough_for)
    assert worlds.smallest((), Request.of("s3:GetObject", "*"), frozenset((ONE, OTHER))) == least


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        ({OPEN}, Found(REQUEST, reading=frozenset((OPEN,)))),
        ({OPEN, ONE}, Hinges(REQUEST, (ONE,), Fit(leans=(Leaning(OPEN, matches=True),)))),
        ({ONE}, Hinges(REQUEST, (ONE,))),
    ],
)
def test_what_hangs_on_unknown_parts_alone_is_found(
    needed: set[Any], expected: Found | Hinges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "smallest", lambda *_: frozenset(needed))
    assert worlds.hinges((), Found(REQUEST, reading=frozenset((OPEN, ONE, OTHER)))) == expected


def test_a_request_leans_on_unknown_parts_alone() -> None:
    """Not on how AWS's guide is read: what is found is found under the usual reading."""
    statement = {"Effect": "Allow", "Action": "s?:Get*", "Resource": "⟦b⟧"}
    policy = with_holes({"Version": "2012-10-17", "Statement": [statement]})
    (point,) = unknowns_of(policy)
    found = with_leaning((Claim(Level((policy,)), Says.ALLOWS),), Found(REQUEST, reading=frozenset((point,))))
    assert isinstance(found, Found)
    assert found.fit.leans == (Leaning(point, matches=True),)


def test_the_package_chooses_unless_it_is_told_not_to() -> None:
    documents, maximum = QUESTION.documents.policies, QUESTION.maximum
    plain, quick = prove(documents, maximum), prove(documents, maximum, chosen=False)
    assert plain == proving.prove(QUESTION, Ask(), show)
    assert quick == proving.prove(QUESTION, Ask(), judged)


def test_what_is_unknown_may_be_otherwise_while_a_request_that_leans_on_it_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And nothing else: the points of AWS's guide stay as usual."""
    seen: list[tuple[bool, bool]] = []

    def chosen(claims: Sequence[Claim], found: Found, *_: object) -> Found:
        seen.extend((one.level.readings, one.level.only_unknown) for one in claims)
        return found

    monkeypatch.setattr(worlds, "_chosen", chosen)
    claims = (Claim(Level((allow("s3:Get*"),)), Says.ALLOWS),)
    for reading in (frozenset[Point](), frozenset((Point.WILD_VALUE,))):
        show(claims, Found(Request.of("s3:GetObject", "*"), reading=reading), Budget.of(600), Ask())
    assert seen == [(False, False), (True, True)]


def test_a_proof_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        pytest.fail("a request was chosen that nobody is shown")

    monkeypatch.setattr(worlds, "_chosen", refused)
    contained = ProveQuestion(Documents((allow("s3:Get*"),)), allow("s3:*"))
    assert proving.prove(contained, Ask(), show).word == "contained"
    assert proving.prove(QUESTION, Ask()).word == "escapes"


def test_a_verdict_is_a_plain_value() -> None:
    verdict = proving.prove(QUESTION, Ask(), show)
    assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301  # what was pickled here
    assert set(vars(verdict)) == {"request", "assumes", "fit", "world"}
