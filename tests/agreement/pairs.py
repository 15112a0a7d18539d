"""Readings of one (document, request) pair: the evaluator, the formula itself, and the solver with the request fixed.

The formula about one action goes to `solve`, which may need no solver; the one about all actions to Z3 itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.interpreter import Interpreter, pinned
from tests.strategies import Json, World, documents, mentioned, parsed, requests, worlds
from verifier.errors import LimitReached
from verifier.logic.budget import Budget
from verifier.logic.claims import Claim, Level, Says
from verifier.logic.expand import expand
from verifier.logic.formula import FALSE, Formula
from verifier.policy.syntax import Policy
from verifier.semantics.evaluate import allows, denies
from verifier.semantics.request import Request
from verifier.smt.solve import Outcome, Unknown, Unsat, _by_rounds, solve

_ODD = {True: "", False: "\u0001odd:\u0002"}


@dataclass(frozen=True)
class Example:
    """A document, as JSON and parsed, with requests near it."""

    document: Json
    policy: Policy
    requests: tuple[Request, ...]


@st.composite
def examples(draw: st.DrawFn, *, requests_each: int = 3, most: int = 3) -> Example:
    """A document and some requests near it."""
    world: World = draw(worlds())
    document = draw(documents(world, most=most))
    near = mentioned([document], world)
    return Example(document, parsed(document), tuple(draw(requests(world, near)) for _ in range(requests_each)))


def disagreements(example: Example, *, z3: bool = True, unknown: list[str] | None = None) -> Iterator[str]:
    """Yield how the readings of one example contradict each other; note in `unknown` where Z3 gave no answer."""
    level = Level((example.policy,))
    for request in example.requests:
        for says, truth in (
            (Says.ALLOWS, allows(level.policies, request)),
            (Says.DENIES, denies(level.policies, request)),
        ):
            claim = Claim(level, says)
            formulas = {"whole": claim.whole, "at": claim.at(level.met(request.action.lower()))}
            for name, formula in formulas.items():
                for odd in _ODD.values():
                    if Interpreter(request, lambda _, odd=odd: odd).holds(formula) != truth:
                        yield f"{says.value} {name}: evaluator {truth}, formula not, of {request}"
            if z3 and says is Says.ALLOWS:
                for name, formula in formulas.items():
                    found = _solved(pinned(request, formula), outright=name == "at")
                    if isinstance(found, str):
                        if unknown is not None:
                            unknown.append(found)
                    elif found != truth:
                        yield f"{says.value} {name}: evaluator {truth}, Z3 {found}, of {request}"


def _solved(formula: Formula, *, outright: bool) -> bool | str:
    """Whether the solver finds the formula true of some request; the reason where it does not find out."""
    outcome = solve(formula, Budget.of(10)) if outright else _by_z3(expand(formula, Budget.of(60)))
    return outcome.reason if isinstance(outcome, Unknown) else not isinstance(outcome, Unsat)


def _by_z3(formula: Formula) -> Outcome:
    try:
        return Unsat() if formula == FALSE else _by_rounds(formula, Budget.of(10))
    except LimitReached as limit:
        return Unknown(str(limit))
