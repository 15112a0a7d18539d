"""Patterns with variables, keys compared with keys, sets by witnesses, and the lemmas of the theory of texts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.interpreter import Interpreter, keys_of, matches
from tests.profiles import share
from tests.strategies import documents, fits_key, globs, mentioned, parsed, pool, requests, texts_over, worlds
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.compile.domains import domains, may_be_list
from verifier.clouds.aws.request import Request
from verifier.logic.equalities import equalities
from verifier.logic.formula import (
    RESOURCE,
    And,
    Element,
    Exists,
    Formula,
    Literal,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Present,
    StringTerm,
    atoms,
    negate,
)
from verifier.logic.theory import Lemmas, Model, check_theory
from verifier.logic.witnesses import _demand, expand, list_axioms
from verifier.questions.claims import Claim, Level, Says
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import Template, Variable, Wild
from verifier.strings.values import Key, lower
from verifier.strings.variables import (
    PatternPart,
    VariableRef,
    bindings,
    merge,
    stand_ins,
    template_parts,
    with_fresh_constants,
)

ONE, TWO, THREE = Key.of("acme:one"), Key.of("acme:two"), Key.of("acme:three")
TEXTS = tuple(texts_over("aB:", 4))
VALUES = tuple(texts_over("aB:", 2))


@st.composite
def fits(draw: st.DrawFn) -> MatchesTemplate:
    """A pattern with variables for two keys; variables in the fields of an ARN come before others, as in templates."""
    plain = st.sampled_from(("a", "B", ":", Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_TEXT))
    field = st.sampled_from((VariableRef(ONE, in_field=True), VariableRef(TWO, in_field=True)))
    free = st.sampled_from((VariableRef(ONE), VariableRef(TWO), VariableRef(ONE)))
    head = draw(st.lists(st.one_of(plain, field), max_size=2))
    tail = draw(st.lists(st.one_of(plain, free), max_size=3))
    parts: list[PatternPart] = [*head, *tail] if draw(st.booleans()) else tail
    return MatchesTemplate(RESOURCE, merge(parts), draw(st.integers(0, 3)) == 0)


def filled(atom: MatchesTemplate, values: dict[Key, str]) -> Interpreter:
    """Return an interpreter of a context with these values."""
    return Interpreter(Request("a:a", "*", {key: value for key, value in values.items() if value}))


@given(fits(), st.sampled_from(TEXTS))
def test_project_finds_every_choice_of_values(atom: MatchesTemplate, text: str):
    found = bindings(atom.parts, text, ignores_case=atom.ignores_case)
    for values in itertools.product(VALUES, repeat=len(atom.keys)):
        chosen = dict(zip(atom.keys, values, strict=True))
        says = matches(atom.filled(chosen), text)
        key_values = {key: lower(value) if atom.ignores_case else value for key, value in chosen.items()}
        assert says == (key_values in found)


@given(fits(), st.sampled_from(TEXTS), st.data())
def test_filled_and_loose(atom: MatchesTemplate, text: str, data: st.DataObject):
    values = {key: data.draw(st.sampled_from(VALUES)) for key in (ONE, TWO)}
    says = Interpreter(Request("a:a", text, values)).holds(atom)
    assert says == matches(atom.filled(values), text)
    assert atom.filled(values).matches(text) == says
    assert not says or atom.loose().matches(text)


@given(fits(), fits(), st.sampled_from(TEXTS), st.data())
def test_what_is_shown_of_stand_ins_holds_of_all_values(
    one: MatchesTemplate, other: MatchesTemplate, text: str, data: st.DataObject
):
    """`with_fresh_constants` puts stand-ins in; where one pattern then covers another, it does so under all values."""
    if one.ignores_case or other.ignores_case:
        return
    letters = stand_ins((VariableRef(ONE), VariableRef(TWO)))
    if with_fresh_constants(other.parts, letters).covers(with_fresh_constants(one.parts, letters)):
        in_field = {part.key for part in one.parts if isinstance(part, VariableRef) and part.in_field}
        if {part.key for part in other.parts if isinstance(part, VariableRef) and part.in_field} <= in_field:
            values = {key: data.draw(st.sampled_from(VALUES)) for key in (ONE, TWO)}
            assert not one.filled(values).matches(text) or other.filled(values).matches(text)


# --- formulas of documents -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """The formula of a document, for an action, and requests near the document."""

    formula: Formula
    requests: tuple[Request, ...]


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """A formula with requests near it."""
    world = draw(worlds())
    document = draw(documents(world, most=2))
    near = mentioned([document], world)
    claim = Claim(Level((parsed(document),)), Says.ALLOWS)
    formula = draw(st.sampled_from((claim.whole, negate(claim.whole))))
    return Drawn(formula, tuple(draw(requests(world, near)) for _ in range(4)))


def missing(text: StringTerm) -> str:
    """A value of the type of the key, for an element that a request does not have."""
    if isinstance(text, Element):
        return next(value for value in pool(text.key.name) if fits_key(text.key.name, value))
    return ""


@given(drawn())
def test_equalities_hold_of_every_request(found: Drawn):
    spelled = expand(found.formula, domains, Budget.of(60))
    for lemma in (*equalities(spelled), *list_axioms(spelled)):
        for request in found.requests:
            assert Interpreter(request, missing).holds(lemma), lemma


@given(st.lists(fits(), min_size=1, max_size=3), st.data())
def test_equalities_of_bare_comparisons(atoms_: list[MatchesTemplate], data: st.DataObject):
    compared: list[Formula] = [
        MatchesTemplate(text, (VariableRef(key),))
        for text in (RESOURCE, Element(ONE), Element(TWO))
        for key in (ONE, TWO)
    ]
    formula = _all(
        [*compared, *atoms_, Member(RESOURCE, Glob(("a", Wildcard.TEXT))), Member(Element(ONE), Glob(("a",)))]
    )
    request = Request(
        "a:a", data.draw(st.sampled_from(VALUES)), {key: data.draw(st.sampled_from(VALUES)) for key in (ONE, TWO)}
    )
    for lemma in equalities(formula):
        assert Interpreter(request).holds(lemma), lemma


def _all(parts: list[Formula]) -> Formula:
    return And(tuple(parts))


@given(drawn())
def test_as_many_witnesses_as_are_asked_for_are_enough(found: Drawn):
    """What holds of a list holds, spelled out, of the list cut down; what so holds of a short list holds of it."""
    spelled, count = expand(found.formula, domains, Budget.of(60)), _demand(found.formula)
    for request in found.requests:
        if Interpreter(request).holds(found.formula):
            cut = map(Interpreter, _cut(request, count))
            assert any(one.holds(found.formula) and one.holds(spelled) for one in cut)
        for smaller in _cut(request, count):
            assert Interpreter(smaller).holds(spelled) <= Interpreter(smaller).holds(found.formula)


def _cut(request: Request, count: Mapping[Key, int]) -> Iterator[Request]:
    """The request with each list cut down to as many values as its key needs; a value alone is repeated."""
    lists = {key: request.values(key) for key in request.context if len(request.values(key)) > 1}
    choices = [_parts_of(values, max(1, count[key])) for key, values in lists.items()]
    for chosen in itertools.product(*choices):
        smaller = {key: some if len(some) > 1 else some * 2 for key, some in zip(lists, chosen, strict=True)}
        yield Request(request.action, request.resource, {**request.context, **smaller})


def _parts_of(values: tuple[str, ...], most: int) -> list[tuple[str, ...]]:
    sizes = range(1, min(len(values), most) + 1)
    return [some for size in sizes for some in itertools.combinations(values, size)]


# --- lemmas ----------------------------------------------------------------------------------------------------------


@st.composite
def literals(draw: st.DrawFn) -> tuple[tuple[Literal, ...], tuple[Request, ...]]:
    """Literals about the texts of a document, and requests near it."""
    found = draw(drawn())
    spelled = list(atoms(expand(found.formula, domains, Budget.of(60))))
    if not spelled:
        return (), found.requests
    chosen: list[Literal] = []
    for atom in draw(st.lists(st.sampled_from(spelled), min_size=1, max_size=7, unique=True)):
        plain = isinstance(atom, Present | Many | Exists)
        chosen.append(atom if plain or draw(st.booleans()) else Not(atom))  # type: ignore[arg-type]
    keys = {key for literal in chosen for key in keys_of(literal)}
    return (*chosen, *(Present(key) for key in sorted(keys))), found.requests


@share(2.5)
@given(literals())
def test_lemmas_hold_of_every_request(drawn_: tuple[tuple[Literal, ...], tuple[Request, ...]]):
    asked, near = drawn_
    try:
        found = check_theory(asked, domains, Budget.of(0.1))
    except LimitReached:
        return
    if isinstance(found, Lemmas):
        for lemma, request in itertools.product(found.formulas, near):
            assert Interpreter(request, missing).holds(lemma), lemma
            assert found.splitting or not _could_all_hold(asked, request), (asked, request)
    else:
        _check_model(asked, found)


@share(4.2)
@given(st.lists(st.tuples(fits(), st.booleans()), min_size=1, max_size=3), st.data())
def test_lemmas_about_patterns_with_variables_hold_of_every_request(
    drawn_: list[tuple[MatchesTemplate, bool]], data: st.DataObject
):
    about = data.draw(st.sampled_from((RESOURCE, Element(THREE))))
    patterns = [(MatchesTemplate(about, atom.parts, atom.ignores_case), holds) for atom, holds in drawn_]
    asked: list[Literal] = [atom if holds else Not(atom) for atom, holds in patterns]
    for text in data.draw(st.lists(st.sampled_from((Element(ONE), Element(TWO), about, about)), max_size=2)):
        member: Literal = Member(text, data.draw(globs()))
        asked.append(member if data.draw(st.booleans()) else Not(member))
    equal = data.draw(
        st.sampled_from(
            (
                None,
                MatchesTemplate(Element(ONE), (VariableRef(TWO),)),
                MatchesTemplate(Element(TWO), (VariableRef(ONE), "a")),
            )
        )
    )
    if equal is not None:
        asked.append(equal if data.draw(st.booleans()) else Not(equal))
    keys = {key for literal in asked for key in keys_of(literal)}
    try:
        found = check_theory((*asked, *(Present(key) for key in sorted(keys))), domains, Budget.of(0.1))
    except LimitReached:
        return
    if isinstance(found, Model):
        _check_model(tuple(asked), found)
        return
    resources = ("*", "arn:a:aB:::B", "arn:aB::a::a:B", "arn:a:B:a:B:aB", "arn:::::a")
    texts = resources if about == RESOURCE else TEXTS[:40]
    for lemma, text, one, two in itertools.product(found.formulas, texts, VALUES, ("", "a", ":", "a:")):
        resource, third = (text, "a") if about == RESOURCE else ("*", text)
        assert Interpreter(Request("a:a", resource, {ONE: one, TWO: two, THREE: third})).holds(lemma), lemma


@pytest.mark.parametrize("text", ["arn:a:B:::a", "arn:a::::a"])
def test_a_value_with_a_colon_leaves_its_field(text: str):
    """`StringLike` lets such a value in where `ArnLike` does not, so one is not within the other."""
    parts: tuple[PatternPart, ...] = ("arn:", VariableRef(ONE), Wildcard.TEXT)
    in_field: tuple[PatternPart, ...] = ("arn:", VariableRef(ONE, in_field=True), Wildcard.TEXT)
    asked = (MatchesTemplate(RESOURCE, parts), Not(MatchesTemplate(RESOURCE, in_field)), Present(ONE))
    found = check_theory(asked, domains, Budget.of(0.1))
    if isinstance(found, Lemmas):
        for lemma, value in itertools.product(found.formulas, VALUES):
            assert Interpreter(Request("a:a", text, {ONE: value})).holds(lemma), lemma


def _could_all_hold(asked: tuple[Literal, ...], request: Request) -> bool:
    return all(Interpreter(request).holds(literal) for literal in asked)


def _check_model(asked: tuple[Literal, ...], model: Model) -> None:
    """The texts of a model make the literals true that speak of texts which exist."""
    values: dict[Key, list[str]] = {}
    for text in sorted((text for text in model.texts if isinstance(text, Element)), key=lambda text: text.index):
        values.setdefault(text.key, []).append(model.texts[text])
    for literal in asked:
        atom = literal.part if isinstance(literal, Not) else literal
        if not isinstance(atom, Member | MatchesTemplate) or atom.text not in model.texts:
            continue
        text = model.texts[atom.text]
        language = atom.language if isinstance(atom, Member) else _language(atom, model)
        if language is not None:
            assert matches(language, text) != isinstance(literal, Not), (literal, text)
    assert all(may_be_list(key) for key, some in values.items() if len(some) > 1)


def _language(atom: MatchesTemplate, model: Model) -> Glob | None:
    if not all(Element(key) in model.texts for key in atom.keys):
        return None
    return atom.filled({key: model.texts[Element(key)] for key in atom.keys})  # type: ignore[return-value]


def test_a_pattern_with_variables_is_read_as_its_normal_form() -> None:
    key = Key.of("aws:username")
    written = Template(("a", Variable(key, None), Wild.TEXT, Wild.CHAR))
    assert written.normal != written
    for present in ({key: True}, {key: False}):
        assert template_parts(written, present) == template_parts(written.normal, present)
