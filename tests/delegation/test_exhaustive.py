"""No design that is proved has a chain in a small account in which everything is tried, and every chain replays."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.delegation.exhaustive import BOUNDARY, draw, some_chain
from tests.delegation.replay import account_of_design, replay
from verifier import Policy
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

MOST_MOVES = 3


def asked(design: dict[str, Any]) -> dict[str, Any]:
    """The answer of `delegate`, as JSON."""
    policy = {name: Policy.parse(json.dumps(value)) for name, value in design.items() if name != "boundary_arn"}
    given = Design((policy["policy"],), BOUNDARY, policy["boundary"], policy["maximum"], own=policy["own"])
    return delegate_answer(delegate(given, Ask(seconds=60), MOST_MOVES)).as_json()


def disagreement(design: dict[str, Any]) -> tuple[str, list[str]]:
    """The verdict, and what is wrong with it."""
    answer = asked(design)
    if answer["verdict"] == "proved":
        chain = some_chain(design, MOST_MOVES)
        return "proved", [] if chain is None else [f"proved, but {', '.join(chain)}: {json.dumps(design)}"]
    if answer["verdict"] == "refuted":
        return "refuted", [
            f"{each}: {json.dumps(design)}" for each in replay(answer, account_of_design(answer, design))
        ]
    return "undecided", []


def campaign(count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Ask about `count` designs; the verdicts, and what is wrong."""
    random, verdicts, wrong = Random(seed), Counter[str](), []  # noqa: S311 - designs, not secrets
    for _ in range(count):
        verdict, found = disagreement(draw(random))
        verdicts[verdict] += 1
        wrong += found
    return verdicts, wrong


@pytest.mark.parametrize("seed", range(4))
def test_what_is_proved_has_no_chain_and_what_is_refuted_has_one(seed: int):
    verdicts, wrong = campaign(25, seed)
    assert wrong == []
    assert verdicts["refuted"] > 0


@pytest.mark.long
def test_many():
    verdicts, wrong = campaign(5_000, 1)
    assert wrong == []
    assert min(verdicts["proved"], verdicts["refuted"]) > 500
