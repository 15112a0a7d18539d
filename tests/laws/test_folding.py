"""Folding never changes what a formula says: folded or raw, simplified or negated twice."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.interpreter import Interpreter
from tests.strategies import documents, mentioned, parsed, requests, worlds
from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.request import Request
from verifier.logic.formula import FALSE, TRUE, And, Constant, Formula, Not, Or, all_of, any_of, atoms, negate
from verifier.logic.propagate import Folding, unit_propagate
from verifier.logic.witnesses import expand
from verifier.questions.claims import Claim, Level, Says


@dataclass(frozen=True)
class Drawn:
    """A formula twice, raw and folded, the formula of a document, and requests near it."""

    raw: Formula
    folded: Formula
    compiled: Formula
    requests: tuple[Request, ...]


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Formulas over the atoms of a document."""
    world = draw(worlds())
    document = draw(documents(world, most=2))
    near = mentioned([document], world)
    compiled = Claim(Level((parsed(document),)), Says.ALLOWS).whole
    leaves = list(atoms(compiled)) or [TRUE]
    raw, folded = draw(_pairs(leaves, depth=3))
    return Drawn(raw, folded, compiled, tuple(draw(requests(world, near)) for _ in range(3)))


@st.composite
def _pairs(draw: st.DrawFn, leaves: list[Formula], depth: int) -> tuple[Formula, Formula]:
    kind = draw(st.integers(0, 5)) if depth else 0
    if kind <= 1:
        leaf = draw(st.sampled_from([*leaves, TRUE, FALSE]))
        if draw(st.booleans()):
            return (Constant(not leaf.value) if isinstance(leaf, Constant) else Not(leaf)), negate(leaf)
        return leaf, leaf
    parts = [draw(_pairs(leaves, depth - 1)) for _ in range(draw(st.integers(0, 3)))]
    raw, folded = tuple(one for one, _ in parts), [other for _, other in parts]
    if kind <= 3:
        return And(raw), all_of(folded)
    return Or(raw), any_of(folded)


@given(drawn())
def test_folded_formulas_say_the_same(found: Drawn):
    for request in found.requests:
        says = Interpreter(request).holds
        assert says(found.folded) == says(found.raw)
        assert says(negate(found.folded)) != says(found.raw)
        assert says(negate(negate(found.raw))) == says(found.raw)


@given(drawn())
def test_simplified_formulas_say_the_same(found: Drawn):
    for request in found.requests:
        says = Interpreter(request).holds
        for formula in (found.folded, found.compiled, negate(found.compiled)):
            assert says(unit_propagate(formula, Budget.of(60))) == says(formula)
            spelled = expand(formula, domains, Budget.of(60))
            assert says(unit_propagate(spelled, Budget.of(60))) == says(spelled)


@given(drawn())
def test_formulas_folded_at_every_depth_say_the_same(found: Drawn):
    folding = Folding(Budget.of(60))
    for request in found.requests:
        says = Interpreter(request).holds
        for formula in (found.folded, negate(found.folded), found.compiled, negate(found.compiled)):
            assert says(folding.of(formula)) == says(formula)
