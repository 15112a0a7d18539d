"""No account that is proved has a chain among the moves that are tried in it, and every chain replays."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.delegation.accounts import replayable
from tests.delegation.exhaustive_accounts import draw_account, some_chain_in
from tests.delegation.replay import replay
from tests.delegation.test_accounts import asked_of
from verifier.clouds.aws.delegation.account_delegation import delegate_account
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


@pytest.mark.long
def test_many_accounts():
    verdicts, wrong = campaign_of_accounts(2_500, 7, 3)
    assert wrong == []
    assert min(verdicts["proved"], verdicts["refuted"]) > 250
