"""What is remembered of a formula is what solving it again would say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import documents, parsed, worlds
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.formula import FALSE, RESOURCE, TRUE, member
from verifier.questions import search as module
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.search import solve_memoised, speaker
from verifier.smt.solve import Satisfiability, Unknown, Unsat, solve
from verifier.strings.languages import Glob

_FORMULA = member(RESOURCE, Glob.literal("*"))


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Two documents about the same actions."""
    world = draw(worlds(most_keys=1))
    return tuple(parsed(draw(documents(world, most=2))) for _ in range(2))


@given(policies())
def test_what_is_remembered_is_what_is_so(drawn: tuple[Policy, ...]):
    claims = [Claim(Level((policy,)), Says.ALLOWS, holds) for policy, holds in zip(drawn, (True, False), strict=True)]
    for action in ("s3:getobject", "s3:a", "iam:passrole", "x:y"):
        said = [claim.at(claim.level.met(action)) for claim in claims]
        alone = speaker(claims, said)
        others = [formula for formula in said if formula != TRUE]
        assert (alone is not None) == (len(others) == 1)
        if alone is not None:
            again = [solve_memoised(others[0], alone, domains, Budget.of(10)) for _ in range(2)]
            assert again[0] is again[1] or isinstance(again[0], Unknown)
            assert type(again[0]) is type(solve(others[0], domains, Budget.of(10)))


def test_several_documents_have_no_one_speaker():
    allow = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    claims = [Claim(Level((parsed(allow), parsed(allow))), Says.ALLOWS), Claim(Level((parsed(allow),)), Says.ALLOWS)]
    assert speaker(claims, [_FORMULA, TRUE]) is None
    assert speaker(claims, [TRUE, _FORMULA]) is claims[1].level.policies[0]
    assert speaker(claims, [_FORMULA, _FORMULA]) is None
    assert speaker(claims, [TRUE, TRUE]) is None


def test_what_was_not_found_out_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    outcomes: list[Satisfiability] = [Unknown("too long"), Unsat()]
    monkeypatch.setattr(module, "solve", lambda *_: outcomes.pop(0))
    policy = parsed({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    budget = Budget.of(1)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unknown)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unsat)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unsat)
