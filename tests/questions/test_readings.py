"""Readings of AWS's guide: what a document touches, what hangs on a point, and that no answer hides it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from tests.agreement.pairs import Example, examples
from tests.commands import ROOT
from verifier import Contained, Escapes, Policy, Undecided, batch, diff, prove
from verifier.bulk.records import question_key, record_of
from verifier.clouds.aws.compile.compile import compile_policy, compile_readings
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.lint.lint import lint_question
from verifier.clouds.aws.policy.readings import Point
from verifier.questions import search as searching
from verifier.questions.ask import Ask, Readings
from verifier.questions.question import Posed, ProveQuestion
from verifier.questions.worlds import smallest
from verifier.report.results import Form, Result, render
from verifier.report.style import Style
from verifier.report.text import verdict_text

FOLDER = ROOT / "tests" / "findings" / "foranyvalue-ifexists-absent-key"
OF_GRANTS = {Point.STAR_PAST_BOUNDARY, Point.TRUSTED_USER}  # by their other reading less is allowed: none is asked


def document(name: str) -> Policy:
    return Policy.load(FOLDER / f"{name}.json")


def asked() -> ProveQuestion:
    return ProveQuestion(Documents((document("policy"),), document("boundary")), document("maximum"))


def answer(**how: str) -> Contained | Escapes | Undecided:
    question = asked()
    documents = question.documents
    return prove(documents.policies, question.maximum, documents.boundary, **how)  # type: ignore[arg-type]  # names


@given(examples(requests_each=0, pairs_each=0))
def test_what_hangs_on_a_point_touches_it(example: Example):
    """The formulas mention no point that `touched` does not name; where none is touched, there is one formula."""
    usual, every = compile_policy(example.policy), compile_readings(example.policy)
    assert frozenset[Point]().union(*(rule.hangs_on for rule in every.rules)) <= touched(example.policy)
    assert not any(rule.hangs_on for rule in usual.rules)
    assert touched(example.policy) or every is usual


def test_every_point_has_cases():
    """Each point that documents can touch today is touched by a document of the cases."""
    cases = json.loads((Path(ROOT) / "tests" / "cases" / "readings.json").read_text(encoding="utf-8"))
    documents = [one for case in cases for one in (*case.get("policies", ()), case.get("maximum")) if one]
    found = frozenset[Point]().union(*(touched(Policy.parse(json.dumps(one))) for one in documents))
    assert found == set(Point) - OF_GRANTS


def test_an_undecided_answer_names_its_points():
    found = answer()
    assert isinstance(found, Undecided)
    assert found.hinges is not None
    assert found.hinges.points == (Point.ABSENT_UNDER_ANY,)
    assert found.reason == "escapes if AWS reads rule 18 the other way"
    usual = answer(reading="usual")
    assert isinstance(usual, Contained)
    assert "where AWS's guide is unclear, it is read in the usual way only" in usual.assumes


@pytest.mark.parametrize("form", Form)
def test_every_form_says_on_what_an_answer_hangs(form: Form):
    text = render([Result.of(asked(), answer(), placed=lint_question(asked()))], form, "prove")
    assert "rule 18" in text
    assert "ForAnyValue with IfExists matches an absent key" in text
    assert "s3:" in text


def test_text_says_both_readings():
    found = answer()
    text = verdict_text(found, Style(colour=False, width=None))
    assert "rule 18 as usual" in text
    assert "rule 18 the other way" in text
    assert "--reading usual" in text


def test_a_line_of_a_batch_may_name_the_reading():
    question = asked()
    texts = [
        json.loads(policy.source.text)
        for policy in (*question.documents.policies, question.maximum, document("boundary"))
    ]
    line = {"ask": "prove", "policies": texts[:1], "maximum": texts[1], "boundary": texts[2]}
    said = list(batch([json.dumps(line), json.dumps(line | {"reading": "usual"})]))
    assert [one["verdict"] for one in said] == ["undecided", "contained"]
    assert [point["rule"] for point in said[0]["reading"]] == [18]


def test_a_cache_keeps_readings_apart():
    assert question_key(Posed(asked(), Ask())) != question_key(Posed(asked(), Ask(readings=Readings.USUAL)))
    assert record_of(answer()) is None


def test_a_difference_under_another_reading_is_neither_gained_nor_lost():
    def allow(*resources: str) -> Policy:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": list(resources)}
        return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    found = diff(allow("arn:aws:s3:::a*b", "arn:aws:s3:::c"), allow("arn:aws:s3:::a*b", "arn:aws:s3:::a:b"))
    assert found.relation.value == "different"
    assert found.lost is not None
    assert found.gained is None
    assert found.gained_hinges is not None
    assert found.gained_hinges.points == (Point.STAR_CROSSES,)


def test_what_does_not_replay_under_its_reading_is_not_told(monkeypatch: pytest.MonkeyPatch):
    """A planted fault: the solver's request is not one, says the evaluator."""
    monkeypatch.setattr(searching, "replays", lambda *_: False)
    found = answer()
    assert isinstance(found, Undecided)
    assert found.hinges is None


def test_no_point_is_named_that_is_not_needed(monkeypatch: pytest.MonkeyPatch):
    """Of points that were assigned and do not matter, none is left."""
    question = asked()
    from verifier.questions.answer import counterclaims  # noqa: PLC0415  # beside its use

    ((claims,),) = counterclaims(question)
    found = answer()
    assert isinstance(found, Undecided)
    assert found.hinges
    assert smallest(claims, found.hinges.request, frozenset(Point)) == {Point.ABSENT_UNDER_ANY}
