"""What literals ask of each text, and a word that does it within the domain of the text."""

from __future__ import annotations

import pytest

from verifier.base.budget import Budget
from verifier.logic.demands import Demands, demands_of, word
from verifier.logic.formula import (
    ACTION,
    RESOURCE,
    Element,
    Exists,
    Literal,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Present,
    StringTerm,
)
from verifier.logic.request import Domain
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.solve import Conflict
from verifier.strings.values import Key
from verifier.strings.variables import VariableRef

ONE, TWO = Key.of("acme:one"), Key.of("acme:two")
FIRST, LATER = Element(ONE), Element(ONE, 2)
A, B, ENDS = Glob(("a", Wildcard.TEXT)), Glob(("b", Wildcard.TEXT)), Glob((Wildcard.TEXT, "z"))
FITS, OTHER = MatchesTemplate(RESOURCE, ("a", VariableRef(ONE))), MatchesTemplate(FIRST, (VariableRef(TWO),))


@pytest.mark.parametrize(
    ("literals", "demands"),
    [
        ([], {}),
        ([Member(RESOURCE, A), Not(Member(RESOURCE, B))], {RESOURCE: Demands([A], [B])}),
        ([Member(ACTION, A), Member(ACTION, ENDS)], {ACTION: Demands([A, ENDS])}),
        ([FITS, Not(FITS)], {RESOURCE: Demands(fits=[FITS], misfits=[FITS])}),
        ([Member(FIRST, A)], {}),
        ([Not(Present(ONE)), Member(FIRST, A)], {}),
        ([Member(FIRST, A), Present(ONE)], {FIRST: Demands([A])}),
        ([Many(ONE), Not(Member(FIRST, A))], {FIRST: Demands([], [A])}),
        ([Exists(LATER), Member(LATER, A), OTHER], {FIRST: Demands(fits=[OTHER]), LATER: Demands([A])}),
        (
            [Exists(LATER), Exists(Element(TWO, 1))],
            {FIRST: Demands(), LATER: Demands(), **dict.fromkeys((Element(TWO), Element(TWO, 1)), Demands())},
        ),
        ([Present(ONE), Member(LATER, A)], {FIRST: Demands()}),
        ([Not(Exists(LATER)), Not(Many(ONE)), Not(Member(LATER, A))], {}),
        ([Present(TWO), Member(FIRST, A)], {Element(TWO): Demands()}),
    ],
)
def test_what_is_asked_of_each_text(literals: list[Literal], demands: dict[StringTerm, Demands]) -> None:
    assert demands_of(literals) == demands
    assert demands_of(reversed(literals)) == demands or len(literals) == 2


@pytest.mark.parametrize(
    ("domain", "inside", "outside", "found"),
    [
        (Domain(), [A], [Glob.literal("a")], "ax"),
        (Domain(), [], [], ""),
        (Domain(begin=("hello",)), [], [A], "hello"),
        (Domain(begin=("hello",)), [A], [], "a"),
        (Domain((A,), ("ab",)), [], [], "ab"),
        (Domain((A,), ("ab",)), [ENDS], [], "az"),
        (Domain((A, B), ("ab", "bb")), [B], [], "bb"),
        (Domain((A, B), ("ab", "bb")), [], [A], "bb"),
        (Domain((A, B), ("ab", "bb")), [], [], "ab"),
        (Domain(spare="q"), [A], [Glob.literal("a")], "aq"),
        (Domain(spare="q", closed=True), [Glob((Wildcard.CHAR,))], [], "q"),
        (
            Domain(spare="q", closed=True),
            [Glob((Wildcard.CHAR,))],
            [Glob.literal("q")],
            Conflict((Glob((Wildcard.CHAR,)),), (Glob.literal("q"),)),
        ),
        (Domain((A,), ("ab",)), [B], [], Conflict((B,), ())),
        (Domain((A, B), ("ab", "bb")), [ENDS], [A, B], Conflict((), (A, B))),
        (Domain((A, B), ("ab", "bb")), [Glob.literal("z")], [], Conflict((Glob.literal("z"),), ())),
    ],
)
def test_a_word_within_its_domain(
    domain: Domain, inside: list[Language], outside: list[Language], found: str | Conflict
) -> None:
    assert word(RESOURCE, inside, outside, lambda _: domain, Budget.of(60)) == found
