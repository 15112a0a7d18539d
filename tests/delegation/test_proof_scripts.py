"""The proof of a delegation as SMT-LIB: other solvers find every script unsatisfiable, and a broken one not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agreement.solvers import cvc5_answer, z3_answer
from tests.delegation.test_accounts import CASES as ACCOUNTS
from tests.delegation.test_accounts import asked_of
from tests.delegation.test_delegate import CASES, design_of
from verifier.clouds.aws.delegation import account_scripts
from verifier.clouds.aws.delegation import proof_scripts as scripts
from verifier.clouds.aws.delegation.account_attempt import AccountAttempt
from verifier.clouds.aws.delegation.account_delegation import proof_of_account
from verifier.clouds.aws.delegation.account_invariant import AccountInvariant
from verifier.clouds.aws.delegation.account_scripts import account_proof_scripts
from verifier.clouds.aws.delegation.moves import MOVES, Spared
from verifier.clouds.aws.delegation.proof_scripts import proof_scripts
from verifier.questions.ask import Ask

ASK = Ask(seconds=120)
CASE = {case["name"]: case for case in CASES}
ACCOUNT = {case["name"]: case for case in ACCOUNTS}
# One file of so many, as each is read by two solvers.
EVERY = 7


def said(script: str) -> set[str]:
    """What Z3 and cvc5 say."""
    return {z3_answer((script, [], 1024), 60).answer, cvc5_answer(script, 60)}


def test_both_solvers_confirm_the_proof():
    found = proof_scripts(design_of(CASE["roles with the boundary"]), ASK)
    assert found is not None
    names = sorted(name for name in found if name.endswith(".smt2"))
    always = ["maximum.smt2", "CreateRole.smt2", "PassRole.smt2", "PutRolePolicy.smt2", "UpdateAssumeRolePolicy.smt2"]
    for name in [*always, *names[::EVERY]]:
        assert said(found[name]) == {"unsat"}, name


def test_every_move_is_listed():
    found = proof_scripts(design_of(CASE["a Deny of groups"]), ASK)
    assert found is not None
    lines = found["moves.txt"].splitlines()
    for move in MOVES:
        assert any(f" {move.name}: " in line for line in lines), move.name
    without = [line for line in lines if line.startswith("- ")]
    assert len(without) == sum(move.spared is Spared.EVERY for move in MOVES)
    assert {line.split()[0] for line in lines} - {"-"} == set(found) - {"moves.txt"}


def test_what_is_not_proved_has_no_scripts():
    assert proof_scripts(design_of(CASE["users without a boundary"]), ASK) is None


def test_a_script_of_a_move_that_is_not_kept_is_satisfiable(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = design_of(CASE["roles with the boundary"]), design_of(CASE["roles without a boundary"])
    proof = scripts.find_proof(good, ASK)
    monkeypatch.setattr(scripts, "find_proof", lambda *_: proof)
    monkeypatch.setattr(scripts, "MOVES", tuple(move for move in MOVES if move.name in ("CreateRole", "PassRole")))
    monkeypatch.setattr(scripts, "granting_moves", lambda: ())
    monkeypatch.setattr(scripts, "PASSING", ())
    monkeypatch.setattr(scripts, "TAKING_OVER", ())
    found = proof_scripts(bad, ASK)
    assert found is not None
    assert said(found["CreateRole.smt2"]) == {"sat"}
    assert said(found["PassRole.smt2"]) == {"unsat"}


@pytest.mark.parametrize("name", ["users and roles with a boundary, by path", "a function that runs as another role"])
def test_both_solvers_confirm_the_proof_about_an_account(name: str, tmp_path: Path) -> None:
    found = account_proof_scripts(asked_of(ACCOUNT[name], tmp_path), ASK)
    assert found is not None
    listed = found["moves.txt"].splitlines()
    names = [line.split()[0] for line in listed if not line.startswith("-")]
    assert set(names) == set(found) - {"moves.txt"}
    assert all(any(f" {move.name}: " in line for line in listed) for move in MOVES)
    asked = {"maximum.smt2", "lambda-UpdateFunctionCode.smt2", "what-a-move-needs-besides.smt2", "PassRole.smt2"}
    assert len(asked.intersection(names)) > 1
    for script in [*sorted(asked.intersection(names)), *names[:: 3 * EVERY]]:
        assert said(found[script]) == {"unsat"}, script


def test_a_script_about_an_account_that_is_not_proved_is_satisfiable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = asked_of(ACCOUNT["access keys of an administrator"], tmp_path)
    assert account_proof_scripts(asked, ASK) is None
    facts, proof = proof_of_account(asked, ASK)
    claimed = AccountAttempt(AccountInvariant.of(facts.start.acting), (), {}, asked=True, reached={})
    monkeypatch.setattr(proof, "attempt", lambda _: claimed)
    monkeypatch.setattr(account_scripts, "proof_of_account", lambda *_: (facts, proof))
    found = account_proof_scripts(asked, ASK)
    assert found is not None
    assert said(found["CreateAccessKey.smt2"]) == {"sat"}
    assert said(found["CreateLoginProfile.smt2"]) == {"unsat"}


def test_where_a_value_is_read_as_a_pattern_the_list_says_so(tmp_path: Path) -> None:
    found = account_proof_scripts(asked_of(ACCOUNT["keys of himself"], tmp_path), ASK)
    assert found is not None
    (line,) = [line for line in found["moves.txt"].splitlines() if " CreateAccessKey: " in line]
    assert line.endswith("only `unsat` says something")
