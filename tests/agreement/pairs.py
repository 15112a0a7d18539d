"""Three readings of one (document, request) pair: the evaluator, the formula read directly, and Z3 with the request fixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.interpreter import Interpreter, pinned
from tests.strategies import Json, World, documents, mentioned, parsed, requests, worlds
from verifier.logic.budget import Budget
from verifier.logic.claims import Claim, Level, Says
from verifier.logic.formula import Element, Formula, Text
from verifier.policy.syntax import Policy
from verifier.semantics.evaluate import allows, denies
from verifier.semantics.request import Request
from verifier.smt.solve import Unknown, Unsat, solve

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
        for says, truth in ((Says.ALLOWS, allows(level.policies, request)), (Says.DENIES, denies(level.policies, request))):
            claim = Claim(level, says)
            formulas = {"whole": claim.whole, "at": claim.at(level.met(request.action.lower()))}
            for name, formula in formulas.items():
                for odd in _ODD.values():
                    if Interpreter(request, lambda _, odd=odd: odd).holds(formula) != truth:
                        yield f"{says.value} {name}: evaluator {truth}, formula not, of {request}"
            if z3 and says is Says.ALLOWS:
                for name, formula in formulas.items():
                    found = _z3(request, formula)
                    if isinstance(found, str):
                        if unknown is not None:
                            unknown.append(found)
                    elif found != truth:
                        yield f"{says.value} {name}: evaluator {truth}, Z3 {found}, of {request}"


def _z3(request: Request, formula: Formula) -> bool | str:
    """Whether Z3 finds the formula true of the request; the reason where it does not find out."""
    outcome = solve(pinned(request, formula), Budget.of(10))
    return outcome.reason if isinstance(outcome, Unknown) else not isinstance(outcome, Unsat)


def is_element(text: Text) -> bool:
    """Whether a text is the value of a key."""
    return isinstance(text, Element)
