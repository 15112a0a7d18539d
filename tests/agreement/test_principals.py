"""Where somebody asks, evaluator and prover agree with a second decision by the rules, which itself fits the cases."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.agreement import principals
from tests.agreement.campaign import campaign
from tests.agreement.oracle import Json, LeftOpen, decide
from tests.agreement.principals import compare, drawn
from tests.agreement.questions import Tally
from tests.case_tables import expanded
from tests.test_cases import CASES, is_line
from verifier.cli.batch_lines import batch

EVALUATED = [
    one
    for case in CASES
    if case["ask"] == "evaluate" and is_line(case)
    for one in expanded(case)
    if "error" not in one["expect"]
]


def test_the_oracle_decides_the_cases_as_they_are_written():
    wrong, read = [], 0
    for case in EVALUATED:
        try:
            decision, by = decide(case, case["request"])
        except (LeftOpen, ValueError, KeyError):  # a variable, an operator or a form that it does not read
            continue
        read += 1
        expect = case["expect"]
        if decision != expect["decision"] or ("by" in expect and list(by) != expect["by"]):
            wrong.append(case["name"])
    assert not wrong
    assert read > len(EVALUATED) * 0.95


def _provable() -> list[Json]:
    """The combinations of the tables whose decision hangs on nothing but the documents: no condition, no context."""
    tables = [case for case in CASES if "vary" in case and "Condition" not in json.dumps(case)]
    return [one for case in tables for one in expanded(case) if "context" not in one["request"]]


def _all_but(action: str, resource: str) -> Json:
    but_the_action = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
    but_the_resource = {"Effect": "Allow", "Action": "*", "NotResource": resource}
    return {"Version": "2012-10-17", "Statement": [but_the_action, but_the_resource]}


def _proved_otherwise(cases: list[Json]) -> list[str]:
    """Return the cases of which a proof about their one action and resource says what their decision does not."""
    told = ("name", "rule", "why", "expect", "file", "request")
    lines = []
    for case in cases:
        maximum = _all_but(case["request"]["action"], case["request"]["resource"])
        question = {key: value for key, value in case.items() if key not in told}
        lines.append(json.dumps(question | {"ask": "prove", "maximum": maximum}))
    due = ["escapes" if case["expect"]["decision"] == "allowed" else "contained" for case in cases]
    found = [answer.get("verdict", answer.get("error")) for answer in batch(lines)]
    return [f"{case['name']}: {is_}" for case, is_, is_due in zip(cases, found, due, strict=True) if is_ != is_due]


def test_proofs_say_of_tables_what_their_rows_say():
    cases = random.Random(1).sample(_provable(), 120)  # noqa: S311  # no secret
    assert not _proved_otherwise(cases)


@pytest.mark.long
def test_proofs_say_of_all_tables_what_their_rows_say():
    cases = _provable()
    assert len(cases) > 2_000
    assert not _proved_otherwise(cases)


def _tally(count: int) -> Tally:
    tally = Tally()
    for place in range(count):
        chance = random.Random(place)  # noqa: S311  # no secret
        compare(drawn(chance), chance, tally)
    return tally


def test_evaluator_and_prover_agree_with_the_oracle():
    tally = _tally(60)
    assert not tally.contradictions
    assert tally.counts["evaluate allowed"] > 50
    assert tally.counts["prove escapes"] > 5
    assert tally.counts["contained, tried by force"] > 5


def _everything_allowed(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        asked: Json = json.loads(line)
        yield {"decision": "allowed", "by": ["identity"]} if asked["ask"] == "evaluate" else {"verdict": "contained"}


def test_a_judge_that_allows_everything_is_noticed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(principals, "batch", _everything_allowed)
    found = _tally(20).contradictions
    assert any("the oracle says implicit-deny" in one for one in found)
    assert any(one.startswith("called") for one in found)


@pytest.mark.long
def test_campaign(capsys: pytest.CaptureFixture[str]):
    """At least 20,000 questions."""
    with capsys.disabled():
        whole = campaign("principals", 20_000, 1, 2, print)
    assert not whole.contradictions
    assert whole.counts["questions"] >= 20_000
