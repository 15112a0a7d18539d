"""No account that is proved has a chain among the moves that are tried in it, and every chain replays."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.delegation.accounts import replayable
from tests.delegation.exhaustive_accounts import draw_account, edited_account, some_chain_in
from tests.delegation.replay import replay
from tests.delegation.test_accounts import asked_of
from verifier.clouds.aws.delegation.account_delegation import delegate_account
from verifier.delegations.answer import DelegationProved
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer


def campaign_of_accounts(count: int, seed: int, most: int) -> tuple[Counter[str], list[str]]:
    """Ask about `count` accounts; the verdicts, and what is wrong with them."""
    random, verdicts, wrong = Random(seed), Counter[str](), []  # noqa: S311 - accounts, not secrets
    for _ in range(count):
        case = draw_account(random)
        with tempfile.TemporaryDirectory() as folder:
            answer = delegate_answer(delegate_account(asked_of(case, Path(folder)), Ask(seconds=60), most)).as_json()
        verdicts[answer["verdict"]] += 1
        if answer["verdict"] == "refuted":
            wrong += [f"{each}: {json.dumps(case)}" for each in replay(answer, replayable(case))]
            continue
        chain = some_chain_in(case, most)
        if chain is not None:
            wrong.append(f"{answer['verdict']}, but {', '.join(chain)}: {json.dumps(case)}")
    return verdicts, wrong


@pytest.mark.parametrize("seed", range(2))
def test_what_is_not_refuted_has_no_chain_and_what_is_refuted_has_one(seed: int):
    verdicts, wrong = campaign_of_accounts(10, seed, 2)
    assert wrong == []
    assert verdicts["refuted"] > 0


def campaign_of_proofs(count: int, seed: int, most: int) -> tuple[Counter[str], list[str]]:
    """Ask whether `count` accounts are proved, a quarter of them one edit away from one with a chain; no chain is
    looked for but here. Returns how many have one, how many are proved, and what is wrong.
    """
    random, counted, wrong = Random(seed), Counter[str](), []  # noqa: S311 - accounts, not secrets
    broken: list[dict[str, Any]] = []
    while sum(counted.values()) < count:
        edits = bool(broken) and sum(counted.values()) % 4 == 3
        case = edited_account(random, random.choice(broken[-20:])) if edits else draw_account(random)
        chain = some_chain_in(case, most)
        with tempfile.TemporaryDirectory() as folder:
            proved = isinstance(delegate_account(asked_of(case, Path(folder)), Ask(seconds=60), 0), DelegationProved)
        if chain is not None and proved:
            wrong.append(f"proved, but {', '.join(chain)}: {json.dumps(case)}")
        if chain is not None:
            broken.append(case)
        counted["proved" if proved else "not proved" if chain is None else "with a chain"] += 1
    return counted, wrong


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_many_accounts(seed: int):
    counted, wrong = campaign_of_proofs(100, seed, 3)
    assert wrong == []
    assert min(counted["proved"], counted["with a chain"]) > 10
