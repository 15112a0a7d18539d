"""Judgements of one (document, request) pair: the evaluator, the formula itself, and the solver with the request fixed.

Each request comes with a reading of the points that the document touches, or of others too: the formula for every
reading must say under it what the evaluator does.

The formula about one action goes to `solve`, which may need no solver; the one about all actions to Z3 itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.interpreter import Interpreter, pinned
from tests.strategies import Json, World, crossed, documents, mentioned, parsed, requests, worlds
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.evaluate.evaluate import allows, denies
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.logic.formula import FALSE, Formula, Not, Reads, all_of
from verifier.logic.hinges import hangs_on
from verifier.logic.readings import USUAL, Reading, in_order
from verifier.logic.witnesses import expand
from verifier.questions.claims import Claim, Level, Says
from verifier.smt.solve import Satisfiability, Unknown, Unsat, _by_lazy_loop, solve

_ODD = ("", "\u0001odd:\u0002")  # what a text that the request does not have may be


@dataclass(frozen=True)
class Example:
    """A document, as JSON and parsed, with requests near it, each with a reading."""

    document: Json
    policy: Policy
    requests: tuple[Request, ...]
    readings: tuple[Reading, ...]


@st.composite
def examples(draw: st.DrawFn, *, requests_each: int = 4, pairs_each: int = 8, most: int = 3) -> Example:
    """A document and some requests near it, some of them drawn, the rest made of their parts."""
    world: World = draw(worlds())
    document = draw(documents(world, most=most))
    near = mentioned([document], world)
    drawn = [draw(requests(world, near)) for _ in range(requests_each)]
    policy, number = parsed(document), draw(st.integers(0, 2**32 - 1))
    near_document = tuple(crossed(drawn, pairs_each, number))
    return Example(document, policy, near_document, _readings(policy, len(near_document), random.Random(number)))  # noqa: S311  # no secret


def _readings(policy: Policy, count: int, chance: random.Random) -> tuple[Reading, ...]:
    """Readings: the usual one, all points the other way, one of those touched, some of them, some of all."""
    near = in_order(touched(policy))
    draws: list[Callable[[], Iterable[Point]]] = [
        lambda: (),
        lambda: Point,
        lambda: chance.sample(near, min(1, len(near))),
        lambda: chance.sample(near, chance.randint(0, len(near))),
        lambda: chance.sample(list(Point), chance.randint(0, len(Point))),
    ]
    return tuple(frozenset(chance.choice(draws[2:] if near else draws)()) for _ in range(count))


def disagreements(
    example: Example, *, solver: bool = True, every: int = 1, unknown: list[str] | None = None
) -> Iterator[str]:
    """Yield how the readings of one example contradict each other; note in `unknown` where the solver gave no answer.

    The solver is asked about all requests, and Z3 itself about one in `every`.
    """
    usual, every_reading = Level((example.policy,)), Level((example.policy,), readings=True)
    for number, (request, drawn) in enumerate(zip(example.requests, example.readings, strict=True)):
        for level, reading in ((usual, USUAL), (every_reading, USUAL), (every_reading, drawn)):
            for says, judge in ((Says.ALLOWS, allows), (Says.DENIES, denies)):
                truth = judge(level.policies, request, reading)
                for name, formula in _formulas(Claim(level, says), request):
                    if any(_read(formula, request, reading, odd) != truth for odd in _ODD):
                        yield f"{says.value} {name}: evaluator {truth}, formula not, of {request} {reading}"
                for name, formula in _formulas(Claim(level, says, holds=False), request):
                    if _read(formula, request, reading, "") == truth:
                        yield f"not {says.value} {name}: evaluator {truth}, formula too, of {request} {reading}"
        if solver:
            yield from _solver_disagrees(usual, request, USUAL, number % every == 0, unknown)
            if touched(example.policy):
                yield from _solver_disagrees(every_reading, request, drawn, number % every == 0, unknown)


def _formulas(claim: Claim, request: Request) -> tuple[tuple[str, Formula], ...]:
    """The formula about all actions, and the one about the request's."""
    return ("whole", claim.whole), ("at", claim.at(claim.level.met(request.action.lower())))


def _read(formula: Formula, request: Request, reading: Reading, odd: str) -> bool:
    return Interpreter(request, lambda _: odd, reading).holds(formula)


def _solver_disagrees(
    level: Level, request: Request, reading: Reading, by_z3: bool, unknown: list[str] | None
) -> Iterator[str]:
    truth = allows(level.policies, request, reading)
    for name, formula in _formulas(Claim(level, Says.ALLOWS), request):
        if name == "at" or by_z3:
            pins = [Reads(point) if point in reading else Not(Reads(point)) for point in hangs_on(formula)]
            found = _solved(all_of((pinned(request, formula), *pins)), outright=name == "at")
            if isinstance(found, str):
                if unknown is not None:
                    unknown.append(found)
            elif found != truth:
                yield f"{name}: evaluator {truth}, solver {found}, of {request} {reading}"


def _solved(formula: Formula, *, outright: bool) -> bool | str:
    """Whether the solver finds the formula true of some request; the reason where it does not find out."""
    outcome = solve(formula, domains, Budget.of(10)) if outright else _by_z3(expand(formula, domains, Budget.of(60)))
    return outcome.reason if isinstance(outcome, Unknown) else not isinstance(outcome, Unsat)


def _by_z3(formula: Formula) -> Satisfiability:
    try:
        return Unsat() if formula == FALSE else _by_lazy_loop(formula, domains, Budget.of(10))
    except LimitReached as limit:
        return Unknown(str(limit))
