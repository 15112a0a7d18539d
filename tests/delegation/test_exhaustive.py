"""No design that is proved has a chain in a small account in which everything is tried, and every chain replays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.delegation.designs_drawn import BOUNDARY, LEVERS, draw, with_fault
from tests.delegation.exhaustive import some_chain
from tests.delegation.replay import account_of_design, replay
from verifier import Policy
from verifier.clouds.aws.delegation import proof
from verifier.clouds.aws.delegation.delegate import delegate
from verifier.clouds.aws.delegation.invariant import Design, candidates
from verifier.clouds.aws.delegation.moves import MOVES, Spared, granting_moves
from verifier.clouds.aws.delegation.service_ways import TAKING_OVER
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

MOST_MOVES = 3
SAMPLED = 40


def design_of(design: dict[str, Any]) -> Design:
    """What `delegate` is given."""
    names = ("policy", "own", "boundary", "maximum", "own_boundary")
    policy = {name: Policy.parse(json.dumps(design[name])) for name in names if name in design}
    own_boundary = (design["own_boundary_arn"], policy["own_boundary"]) if "own_boundary" in policy else None
    return Design(
        (policy["policy"],), BOUNDARY, policy["boundary"], policy["maximum"], None, own_boundary, policy["own"]
    )


def asked(design: dict[str, Any]) -> dict[str, Any]:
    """The answer of `delegate`, as JSON."""
    return delegate_answer(delegate(design_of(design), Ask(seconds=60), MOST_MOVES)).as_json()


def is_proved(design: dict[str, Any]) -> bool:
    """Whether an invariant of the design is kept by every move, and implies the maximum."""
    given, ask = design_of(design), Ask(seconds=60)
    return any(proof.attempt(given, invariant, ask).proved for invariant in candidates(given))


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


def chained(count: int, seed: int) -> tuple[int, int, list[str]]:
    """Draw `count` designs and ask about those that have a chain: how many, how many of those are proved, and which."""
    random, found, wrong = Random(seed), 0, list[str]()  # noqa: S311 - designs, not secrets
    for _ in range(count):
        design = draw(random)
        chain = some_chain(design, MOST_MOVES)
        found += chain is not None
        if chain is not None and is_proved(design):
            wrong.append(f"proved, but {', '.join(chain)}: {json.dumps(design)}")
    return found, len(wrong), wrong


@pytest.mark.parametrize("seed", range(2))
def test_what_is_proved_has_no_chain_and_what_is_refuted_has_one(seed: int):
    random, verdicts = Random(seed), Counter[str]()  # noqa: S311 - designs, not secrets
    for _ in range(16):
        verdict, wrong = disagreement(draw(random))
        verdicts[verdict] += 1
        assert wrong == []
    assert min(verdicts["proved"], verdicts["refuted"]) > 0


@pytest.mark.long
def test_no_design_with_a_chain_is_proved():
    """A proof cannot be wrong about a design without a chain, so only the others are asked about."""
    found, proved, wrong = chained(5_000, 1)
    assert (proved, wrong) == (0, [])
    assert found > 1_000


def faults() -> Iterator[Any]:
    """The actions without which the table would be wrong: the first of each reason now, the others take long."""
    seen = set[str]()
    for move in (*MOVES, *granting_moves()):
        # What a role from a template may do nobody can replay.
        if move.spared is Spared.EVERY or move.actions[0].startswith(("s3:", "iam:AcquireRole")):
            continue
        for action in move.actions:
            known = next((lever for lever in sorted(LEVERS) if "*" in action and named(lever, (action,))), action)
            yield known if move.why not in seen else pytest.param(known, marks=pytest.mark.long)
            seen.add(move.why)
    for number, action in enumerate(dict.fromkeys(way.actions[0] for way in TAKING_OVER)):
        yield action if number % SAMPLED == 0 else pytest.param(action, marks=pytest.mark.long)


def named(action: str, actions: tuple[str, ...]) -> bool:
    """Whether one of `actions` names `action`."""
    return any(each == action or each == f"{action.partition(':')[0]}:*" for each in actions)


@pytest.mark.parametrize("action", list(faults()))
def test_a_move_that_the_table_forgets_is_noticed(action: str, monkeypatch: pytest.MonkeyPatch):
    design = with_fault(action)
    forgotten = [replace(move, spared=Spared.EVERY) if named(action, move.actions) else move for move in MOVES]
    grants = [move for move in granting_moves() if not named(action, move.actions)]
    monkeypatch.setattr(proof, "MOVES", tuple(forgotten))
    monkeypatch.setattr(proof, "granting_moves", lambda: tuple(grants))
    monkeypatch.setattr(proof, "TAKING_OVER", tuple(way for way in TAKING_OVER if way.actions[0] != action))
    assert is_proved(design)
    assert some_chain(design, MOST_MOVES) is not None
