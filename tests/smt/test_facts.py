"""What Z3 is told of the patterns of a text is true of every text, and tells its literals apart."""

from __future__ import annotations

import itertools

import z3
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import globs, texts_over
from verifier.smt.facts import TextFacts
from verifier.strings.languages import Glob, Wildcard

SHORT = tuple(texts_over("abA:k", 3))
LITERALS = st.lists(st.sampled_from(SHORT), max_size=4, unique=True)


@example([(["a", "A", "ab", "ba"], [Glob(("a", Wildcard.TEXT), True), Glob(("a",), True), Glob(("a", Wildcard.TEXT))])])
@example([(["a"], [Glob(("a", Wildcard.TEXT))]), (["ab", "b"], []), (["A"], [Glob((Wildcard.TEXT, "b"))])])
@given(st.lists(st.tuples(LITERALS, st.lists(globs(), max_size=3, unique=True)), min_size=1, max_size=3))
def test_facts_are_true_of_every_text(rounds: list[tuple[list[str], list[Glob]]]):
    facts, solver = TextFacts(z3.Const("text", z3.DeclareSort("Value"))), z3.SimpleSolver()
    literals: dict[str, z3.BoolRef] = {}
    patterns: dict[Glob, z3.BoolRef] = {}
    for values, globs_ in rounds:
        literals |= {value: facts.literal(value) for value in values}
        for glob in set(globs_) - set(patterns):
            patterns[glob] = z3.Bool(f"pattern {len(patterns)}")
            facts.pattern(glob, patterns[glob])
        solver.add(*facts.facts())
    for text in SHORT:
        truths = [term == (text == value) for value, term in literals.items()]
        truths += [term == glob.matches(text) for glob, term in patterns.items()]
        assert solver.check(*truths) == z3.sat, text
    for one, other in itertools.combinations(literals.values(), 2):
        assert solver.check(one, other) == z3.unsat
    for (value, literal), (glob, term) in itertools.product(literals.items(), patterns.items()):
        assert solver.check(literal, term != glob.matches(value)) == z3.unsat
