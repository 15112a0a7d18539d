"""Readings of one (document, request) pair: the evaluator, the formula itself, and the solver with the request fixed.

The formula about one action goes to `solve`, which may need no solver; the one about all actions to Z3 itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.interpreter import Interpreter, pinned
from tests.strategies import Json, World, crossed, documents, mentioned, parsed, requests, worlds
from verifier.errors import LimitReached
from verifier.logic.budget import Budget
from verifier.logic.claims import Claim, Level, Says
from verifier.logic.expand import expand
from verifier.logic.formula import FALSE, Formula
from verifier.policy.syntax import Policy
from verifier.semantics.evaluate import allows, denies
from verifier.semantics.request import Request
from verifier.smt.solve import Outcome, Unknown, Unsat, _by_rounds, solve

_ODD = ("", "\u0001odd:\u0002")  # what a text that the request does not have may be


@dataclass(frozen=True)
class Example:
    """A document, as JSON and parsed, with requests near it."""

    document: Json
    policy: Policy
    requests: tuple[Request, ...]


@st.composite
def examples(draw: st.DrawFn, *, requests_each: int = 4, pairs_each: int = 8, most: int = 3) -> Example:
    """A document and some requests near it, some of them drawn, the rest made of their parts."""
    world: World = draw(worlds())
    document = draw(documents(world, most=most))
    near = mentioned([document], world)
    drawn = [draw(requests(world, near)) for _ in range(requests_each)]
    return Example(document, parsed(document), tuple(crossed(drawn, pairs_each, draw(st.integers(0, 2**32 - 1)))))


def disagreements(
    example: Example, *, solver: bool = True, every: int = 1, unknown: list[str] | None = None
) -> Iterator[str]:
    """Yield how the readings of one example contradict each other; note in `unknown` where the solver gave no answer.

    The solver is asked about all requests, and Z3 itself about one in `every`.
    """
    level = Level((example.policy,))
    for number, request in enumerate(example.requests):
        for says, judge in ((Says.ALLOWS, allows), (Says.DENIES, denies)):
            truth = judge(level.policies, request)
            for name, formula in _formulas(Claim(level, says), request):
                if any(_read(formula, request, odd) != truth for odd in _ODD):
                    yield f"{says.value} {name}: evaluator {truth}, formula not, of {request}"
            for name, formula in _formulas(Claim(level, says, holds=False), request):
                if _read(formula, request, "") == truth:
                    yield f"not {says.value} {name}: evaluator {truth}, formula too, of {request}"
        if solver:
            yield from _solver_disagrees(level, request, number % every == 0, unknown)


def _formulas(claim: Claim, request: Request) -> tuple[tuple[str, Formula], ...]:
    """The formula about all actions, and the one about the request's."""
    return ("whole", claim.whole), ("at", claim.at(claim.level.met(request.action.lower())))


def _read(formula: Formula, request: Request, odd: str) -> bool:
    return Interpreter(request, lambda _: odd).holds(formula)


def _solver_disagrees(level: Level, request: Request, by_z3: bool, unknown: list[str] | None) -> Iterator[str]:
    truth = allows(level.policies, request)
    for name, formula in _formulas(Claim(level, Says.ALLOWS), request):
        if name == "at" or by_z3:
            found = _solved(pinned(request, formula), outright=name == "at")
            if isinstance(found, str):
                if unknown is not None:
                    unknown.append(found)
            elif found != truth:
                yield f"{name}: evaluator {truth}, solver {found}, of {request}"


def _solved(formula: Formula, *, outright: bool) -> bool | str:
    """Whether the solver finds the formula true of some request; the reason where it does not find out."""
    outcome = solve(formula, Budget.of(10)) if outright else _by_z3(expand(formula, Budget.of(60)))
    return outcome.reason if isinstance(outcome, Unknown) else not isinstance(outcome, Unsat)


def _by_z3(formula: Formula) -> Outcome:
    try:
        return Unsat() if formula == FALSE else _by_rounds(formula, Budget.of(10))
    except LimitReached as limit:
        return Unknown(str(limit))
