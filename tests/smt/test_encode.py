"""What Z3 alone says of two typed literals, beside what the theory of texts says.

The theory finds a text or proves that there is none; Z3 knows numbers, dates and addresses as values. Where the theory
has a text Z3 must have a model (else a proof would be false); where both literals are of one type, or one says that the
text is of the type, Z3 must see as well that there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest
import z3

from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import domains
from verifier.logic.formula import FALSE, TRUE, Element, Literal, Member, Not, Present
from verifier.logic.theory import Model, check_theory
from verifier.smt.encode import Encoder
from verifier.smt.facts import TextFacts
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.typed import IS_ADDRESS, IS_INSTANT, IS_NUMBER, Host, Instant, Number
from verifier.strings.values import Comparison, Key, read_network

KEY = Key.of("acme:k")
TEXT = Element(KEY)
RELATIONS = [
    Comparison.EQUALS,
    Comparison.LESS,
    Comparison.LESS_EQUALS,
    Comparison.GREATER,
    Comparison.GREATER_EQUALS,
]
BOUNDS = [Decimal(0), Decimal("1.5")]  # a question holds two
NETWORKS = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/9",
    "10.128.0.0/9",
    "10.0.0.1/32",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1/128",
    "a00::/8",  # begins with the bits of 10.0.0.0/8
]
NUMBERS = [IS_NUMBER, *(Number(relation, bound) for relation in RELATIONS for bound in BOUNDS)]
INSTANTS = [IS_INSTANT, *(Instant(relation, bound) for relation in RELATIONS for bound in BOUNDS)]
ADDRESSES = [IS_ADDRESS, *(Host(read_network(network)) for network in NETWORKS)]
FAMILIES = {"number": NUMBERS, "instant": INSTANTS, "address": ADDRESSES}


def signed(atom: Member) -> Iterator[Literal]:
    yield atom
    yield Not(atom)


CONTEXT = z3.Context()  # one for all: to make one takes longer than most questions


def by_z3(*literals: Literal) -> bool:
    encoding, solver = Encoder(CONTEXT), z3.SimpleSolver(ctx=CONTEXT)
    solver.add([encoding.term(literal) for literal in literals])
    solver.add(encoding.facts())
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


def by_theory(*literals: Literal) -> bool:
    return isinstance(check_theory((Present(KEY), *literals), domains, Budget.of(600)), Model)


@pytest.mark.parametrize("family", FAMILIES)
def test_pairs_of_one_type(family: str) -> None:
    """A text of the type is asked for, so that a negation is one within the type."""
    whole, *_ = FAMILIES[family]
    is_one = Member(TEXT, whole)
    for one, other in itertools.combinations_with_replacement(FAMILIES[family], 2):
        for literals in itertools.product(signed(Member(TEXT, one)), signed(Member(TEXT, other))):
            assert by_z3(is_one, *literals) == by_theory(is_one, *literals), literals
            assert by_z3(*literals) == by_theory(*literals), literals


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(FAMILIES, 2)])
def test_pairs_of_two_types(one: str, other: str) -> None:
    """Z3 does not know that `5` is a number and a date: it may see a model too many, never one too few."""
    for left, right in itertools.product(FAMILIES[one], FAMILIES[other]):
        for literals in itertools.product(signed(Member(TEXT, left)), signed(Member(TEXT, right))):
            assert by_z3(*literals) or not by_theory(*literals), literals


APART = [
    (Number(Comparison.EQUALS, Decimal(0)), Number(Comparison.EQUALS, Decimal(1))),
    (Number(Comparison.EQUALS, Decimal("0.0000001")), Number(Comparison.LESS_EQUALS, Decimal(0))),
    (Instant(Comparison.EQUALS, Decimal(0)), Instant(Comparison.EQUALS, Decimal(1))),
    (Host(read_network("10.0.0.0/8")), Host(read_network("11.0.0.0/8"))),
    (Host(read_network("2001:db8::/32")), Host(read_network("2001:db9::/32"))),
    (Host(read_network("10.0.0.0/8")), Host(read_network("2001:db9::/32"))),
    (Host(read_network("0.0.0.0/0")), Host(read_network("::/0"))),
    (Glob(("a",)), Glob(("b",))),
    (Glob(("a",)), Glob((Wildcard.TEXT, "b"))),
    (Glob(("a", Wildcard.TEXT)), Glob(("b", Wildcard.TEXT))),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_texts_are_not_one(one: Language, other: Language) -> None:
    """What no text is, two texts may be: each has values of its own."""
    assert not by_z3(Member(TEXT, one), Member(TEXT, other))
    assert by_z3(Member(TEXT, one), Member(Element(Key.of("acme:other")), other))
    assert by_z3(Member(TEXT, one), Not(Member(Element(Key.of("acme:other")), one)))


def test_what_z3_is_told_of_the_patterns_and_literals_of_a_text() -> None:
    """It sees what lies within what; a literal of one text says nothing of another, and has one value."""
    begins, more, other = Glob(("a", Wildcard.TEXT)), Glob(("ab", Wildcard.TEXT)), Element(Key.of("acme:other"))
    assert not by_z3(Member(TEXT, more), Not(Member(TEXT, begins)))
    assert by_z3(Member(TEXT, begins), Not(Member(TEXT, more)))
    assert by_z3(Member(TEXT, Glob.literal("x")), Member(other, begins), Not(Member(other, Glob.literal("ax"))))
    assert by_z3(Member(TEXT, Glob.literal("1")), Member(TEXT, Glob(("1",), True)))
    facts = TextFacts(z3.Const("text", z3.DeclareSort("Value")))
    assert facts.literal("a") is facts.literal("a")


def test_constants_are_what_they_are() -> None:
    context = z3.Context()
    for constant, answer in ((TRUE, z3.sat), (FALSE, z3.unsat)):
        solver = z3.SimpleSolver(ctx=context)
        solver.add(Encoder(context).term(constant))
        assert solver.check() == answer


def test_an_atom_without_facts_is_true_or_false() -> None:
    here = Present(KEY)
    assert by_z3(here)
    assert by_z3(Not(here))
    assert not by_z3(here, Not(here))


@pytest.mark.parametrize("relation", [Comparison.LIKE, Comparison.WITHIN, Comparison.ABSENT])
def test_no_number_stands_in_the_relation_of_a_text(relation: Comparison) -> None:
    with pytest.raises(ValueError, match=f"^`{relation.value}` does not compare numbers$"):
        Encoder(z3.Context()).term(Member(TEXT, Number(relation, Decimal(1))))
