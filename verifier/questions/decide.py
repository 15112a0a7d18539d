"""Deciding a formula, once for each document that says it alone.

Of most actions all documents but one have nothing to say: those whose Allow is without a condition, and a maximum
that does not allow the action at all. What is left is the formula of one document, the same in every question about
it, so its outcome is remembered with that document. That is exact: the outcome depends on the formula alone, and what
was not found out is not remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from verifier.base.budget import Budget
from verifier.clouds.cloud import Document
from verifier.logic.domains import Domains
from verifier.logic.formula import TRUE, Formula
from verifier.logic.rules import MOST_REMEMBERED
from verifier.questions.claims import Claim
from verifier.smt.solve import Satisfiability, Unknown, solve

_DECIDED: WeakKeyDictionary[Document, dict[Formula, Satisfiability]] = WeakKeyDictionary()


def speaker(claims: Sequence[Claim], said: Sequence[Formula]) -> Document | None:
    """Return the document that alone says something, None where several do; `said` are the formulas of `claims`."""
    speaking = [claim.level.policies for claim, formula in zip(claims, said, strict=True) if formula != TRUE]
    return speaking[0][0] if len(speaking) == 1 and len(speaking[0]) == 1 else None


def decide(formula: Formula, said_by: Document | None, domains: Domains, budget: Budget) -> Satisfiability:
    """Return what `solve` returns; of a formula that `said_by` says alone, without solving it again."""
    if said_by is None:
        return solve(formula, domains, budget)
    known = _DECIDED.setdefault(said_by, {})
    outcome = known.get(formula)
    if outcome is None:
        outcome = solve(formula, domains, budget)
        if not isinstance(outcome, Unknown) and len(known) < MOST_REMEMBERED:
            known[formula] = outcome
    return outcome
