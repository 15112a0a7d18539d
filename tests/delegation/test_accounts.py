"""`delegate` of accounts: cases as data, each chain replayed on the evaluator alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.delegation.accounts import account_of_case, arn_of, document, replayable
from tests.delegation.replay import replay
from verifier import Policy
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegate_account
from verifier.questions.ask import Ask
from verifier.report.delegate_answers import delegate_answer

CASES = json.loads((Path(__file__).parent / "accounts.json").read_text(encoding="utf-8"))


def asked_of(case: dict[str, Any], folder: Path) -> AccountDelegation:
    """What a case asks."""
    own = Policy.parse(json.dumps(document(case["own"]))) if "own" in case else None
    maximum = Policy.parse(json.dumps(document(case["maximum"])))
    return AccountDelegation(account_of_case(case, folder), arn_of(case["admin"]), maximum, own, case.get("at", ""))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_answer(case: dict[str, Any], tmp_path: Path):
    found = delegate_account(asked_of(case, tmp_path), Ask(seconds=60), case.get("moves_within", 4))
    answer = delegate_answer(found).as_json()
    assert answer["verdict"] == case["verdict"], json.dumps(answer, indent=1)
    assert set(case.get("assumes", [])) <= set(answer["assumes"])
    if case["verdict"] == "refuted":
        assert [step["move"] for step in answer["chain"][:-1]] == case["moves"]
        assert list(replay(answer, replayable(case))) == []
    elif case["verdict"] == "proved":
        assert all(move["proved"] for move in answer["kept_by"])
        assert [move["move"] for move in answer["widened"]] == case.get("widened", [])
    else:
        assert case["because"] in answer["reason"]


def test_a_chain_says_where_nothing_is_known_to_run(tmp_path: Path):
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    case = {
        "admin": "user/jack",
        "maximum": [{"Effect": "Allow", "Action": ["s3:*", "lambda:*"], "Resource": "*"}],
        "users": {"user/jack": {"policies": [[{**everything, "Action": "lambda:UpdateFunctionCode"}]]}},
        "roles": {"role/ops": {"policies": [[everything]], "trust": ["lambda.amazonaws.com"]}},
    }
    function = {"arn:aws:lambda:us-east-1:111122223333:function:f": "role/ops"}
    effect = "he can act as arn:aws:iam::111122223333:role/ops"
    for name, more, says in (("a", {}, "; something is taken to run as it"), ("b", {"services": function}, "")):
        (tmp_path / name).mkdir()
        answer = delegate_answer(delegate_account(asked_of({**case, **more}, tmp_path / name), Ask(seconds=60), 2))
        assert answer.as_json()["chain"][0]["effect"] == effect + says
