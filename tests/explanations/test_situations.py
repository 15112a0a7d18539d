"""Explanations as people see them, at 80 columns: `situations.json` holds each with its documents."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.explanations.situations import SITUATIONS, answer_of, question_of
from verifier.clouds.aws.request import Request
from verifier.explanations.explain import explain
from verifier.explanations.explanation import Explanation, WhyAllowed, WhyContained, WhyDifferent
from verifier.questions.answer import counterclaims
from verifier.questions.claims import replays
from verifier.report.answers import JsonAnswer
from verifier.report.answers import answer_of as json_answer
from verifier.report.explanation_text import why_lines
from verifier.report.style import Style, columns

NAMES = [situation["name"] for situation in SITUATIONS]


def explained(situation: dict[str, Any]) -> Explanation:
    question = question_of(situation)
    found = explain(question, answer_of(situation, question))
    assert found is not None
    return found


@pytest.mark.parametrize("situation", SITUATIONS, ids=NAMES)
def test_what_is_shown(situation: dict[str, Any]) -> None:
    lines = why_lines(explained(situation), Style(width=80))
    assert lines == situation["shows"]
    assert max(map(columns, lines)) <= 90  # only the place in a heading may pass the width
    assert all(char.isprintable() for line in lines for char in line)


@pytest.mark.parametrize("situation", SITUATIONS, ids=NAMES)
def test_the_requests_of_the_situations_are_counterexamples(situation: dict[str, Any]) -> None:
    question = question_of(situation)
    match explained(situation):
        case WhyAllowed(request):
            found: list[Request | None] = [request]
        case WhyDifferent(gained, lost):
            found = [gained and gained.request, lost and lost.request]
        case WhyContained():
            found = []
    for request, (claims,) in zip(found, counterclaims(question), strict=False):
        assert request is None or replays(claims, request)


@pytest.mark.parametrize("situation", SITUATIONS, ids=NAMES)
def test_json_holds_the_texts_with_their_places(situation: dict[str, Any]) -> None:
    question = question_of(situation)
    answer = answer_of(situation, question)
    found = json_answer(answer, why=explain(question, answer)).as_json()
    assert json.loads(json.dumps(found)) == found
    sources = {name: "\n".join(lines) for name, lines in situation["documents"].items()}
    placed = list(_placed(found))
    assert placed
    for one, source in placed:
        lines = sources[source].split("\n")
        inside = lines[one["line"] - 1 : one["end_line"]]
        assert inside[0][one["column"] - 1 :].startswith(one["text"].split("\n")[0])
        assert inside[-1][: one["end_column"] - 1].endswith(one["text"].split("\n")[-1])
    statements = [one for one, _ in placed if "effect" in one]
    assert all(json.loads(one["text"])["Effect"] == one["effect"] for one in statements)


def _placed(value: Any, source: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Everything with a place, and the name of its source."""
    if isinstance(value, dict):
        source = value.get("source", source)
        if "column" in value:
            yield value, source
        for part in value.values():
            yield from _placed(part, source)
    elif isinstance(value, list):
        for part in value:
            yield from _placed(part, source)


def test_colours_are_the_only_difference_on_a_terminal() -> None:
    for situation in SITUATIONS:
        plain, coloured = (why_lines(explained(situation), Style(colour, 80)) for colour in (False, True))
        assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain
        assert any("\x1b" in line for line in coloured)


def test_the_schema_knows_explanations() -> None:
    schema = TypeAdapter[JsonAnswer](JsonAnswer)
    for situation in SITUATIONS:
        question = question_of(situation)
        answer = answer_of(situation, question)
        schema.validate_python(json_answer(answer, why=explain(question, answer)).as_json())
