"""Scripts of single formulas: Z3's theory of strings, in this process, finds what they say and refutes the rest.

A model that it finds makes the formula true, by the formulas' own reading (`logic/holds.py`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from ipaddress import ip_address
from typing import Any

import pytest
import z3

from tests.smt.test_encode import FAMILIES, by_theory, signed
from tests.strings.test_variables import ONE, TWO
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached, Unsupported
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.request import Request
from verifier.logic.formula import (
    ACTION,
    FALSE,
    RESOURCE,
    TRUE,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Present,
    Reads,
    Some,
    StringTerm,
    all_of,
    any_of,
)
from verifier.logic.holds import holds
from verifier.logic.theory import Model
from verifier.smt import smtlib, strings
from verifier.smt.process import SolverReply
from verifier.smt.smtlib import SmtConstant, export
from verifier.smt.solve import Sat, Unknown, Unsat
from verifier.smt.strings import solve_strings
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.typed import IS_ADDRESS, IS_INSTANT, IS_NUMBER, Host, Instant, Number
from verifier.strings.values import Comparison, Key, read_network
from verifier.strings.variables import VariableRef

KEY = Key.of("acme:k")
TEXT, OTHER = Element(KEY), Element(Key.of("acme:other"))
HERE = Present(KEY)
TIME, SOURCE = Key.of("aws:CurrentTime"), Key.of("aws:SourceIp")
WILD = VariableRef(KEY, wild=True)
FITS = MatchesTemplate(RESOURCE, ("arn:aws:s3:::", WILD, Wildcard.TEXT))
NARROWER = MatchesTemplate(RESOURCE, ("arn:aws:s3:::", WILD))
POINTS = [Reads(point) for point in (Point.WILD_VALUE, Point.STAR_CROSSES)]


def begins(text: StringTerm, head: str) -> Member:
    return Member(text, Glob((head, Wildcard.TEXT)))


def is_text(text: StringTerm, value: str) -> Member:
    return Member(text, Glob.literal(value))


def budget() -> Budget:
    return Budget.of(600)


def by_strings(script: str, constants: Iterable[str], _: Budget | None = None) -> SolverReply:
    """What the process would reply, within a count of steps that is enough here."""
    solver = z3.Solver(ctx=z3.Context())
    solver.set("rlimit", 5_000_000)
    solver.from_string(script.removesuffix("(check-sat)\n"))
    answer = solver.check()
    model = solver.model() if answer == z3.sat else ()
    found: dict[str, Any] = {one.name(): model[one] for one in model}
    return SolverReply(str(answer), "planted", {name: read(found[name]) for name in constants if name in found})


def read(value: Any) -> bool | str:
    if z3.is_bool(value):
        return z3.is_true(value)
    return re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), value.as_string())


@pytest.mark.parametrize("family", FAMILIES)
def test_values_of_one_type_are_told_apart(family: str) -> None:
    """As by the theory of texts, which has a text for each."""
    whole, *some = FAMILIES[family]
    is_one = Member(TEXT, whole)
    for one, other in itertools.combinations_with_replacement(some[::2], 2):
        for literals in itertools.product(signed(Member(TEXT, one)), signed(Member(TEXT, other))):
            script = export(all_of((HERE, is_one, *literals)), domains, budget())
            assert by_strings(script.text, ()).answer == ("sat" if by_theory(is_one, *literals) else "unsat"), literals


SATISFIED: dict[str, Formula] = {
    "true": TRUE,
    "an action": is_text(ACTION, "s3:getobject"),
    "a resource": begins(RESOURCE, "arn:aws:s3:::b"),
    "every resource": Not(begins(RESOURCE, "arn:")),
    "a text": all_of((HERE, is_text(TEXT, 'a"\\\U0010ffff'))),
    "no key": Not(HERE),
    "one of two": any_of((all_of((HERE, is_text(TEXT, "a"))), FALSE)),
    "two keys": all_of((HERE, Present(OTHER.key), is_text(TEXT, "a"), is_text(OTHER, "b"))),
    "a list": all_of((HERE, Many(KEY), *(Some(KEY, is_text(TEXT, text)) for text in "ab"))),
    "no list": all_of((HERE, Not(Many(KEY)), Some(KEY, is_text(TEXT, "a")))),
    "a number": all_of((HERE, Member(TEXT, Number(Comparison.LESS, Decimal(-5))))),
    "a small number": all_of(
        (
            HERE,
            Member(TEXT, Number(Comparison.GREATER, Decimal("1E-9"))),
            Member(TEXT, Number(Comparison.LESS, Decimal("2E-9"))),
        )
    ),
    "two numbers of two keys": all_of(
        (
            HERE,
            Present(OTHER.key),
            Member(TEXT, Number(Comparison.EQUALS, Decimal(1))),
            Member(OTHER, Number(Comparison.EQUALS, Decimal(2))),
        )
    ),
    "an instant": all_of((HERE, Member(TEXT, Instant(Comparison.GREATER, Decimal(5))))),
    "an address": all_of((HERE, Member(TEXT, IS_ADDRESS))),
    "an old address": all_of((HERE, Member(TEXT, Host(read_network("10.0.0.0/8"))))),
    "a new address": all_of((HERE, Member(TEXT, Host(read_network("2001:db8::/32"))))),
    "a wild variable": all_of(
        (HERE, is_text(TEXT, "*"), is_text(RESOURCE, "arn:aws:s3:::xyz"), NARROWER),
    ),
    "a wild variable in the wider pattern alone": all_of(
        (HERE, is_text(TEXT, "a"), is_text(RESOURCE, "arn:aws:s3:::ab"), FITS, Not(NARROWER)),
    ),
    "a variable": all_of(
        (
            Present(ONE),
            Not(Many(ONE)),
            MatchesTemplate(RESOURCE, ("arn:aws:s3:::", VariableRef(ONE))),
            begins(Element(ONE), "b"),
        )
    ),
}
REFUTED: dict[str, Formula] = {
    "false": FALSE,
    "two texts": all_of((HERE, is_text(TEXT, "a"), is_text(TEXT, "b"))),
    "a resource that is none": begins(RESOURCE, "x"),
    "an action that is none": is_text(ACTION, "x"),
    "a number with a letter": all_of((HERE, Member(TEXT, IS_NUMBER), begins(TEXT, "x"))),
    "a number with a letter beside an address": all_of(
        (
            HERE,
            Present(OTHER.key),
            Member(OTHER, Host(read_network("10.0.0.0/8"))),
            Member(TEXT, IS_NUMBER),
            begins(TEXT, "x"),
        )
    ),
    "an instant with a letter": all_of((HERE, Member(TEXT, IS_INSTANT), begins(TEXT, "x"))),
    "an address with a letter": all_of((HERE, Member(TEXT, IS_ADDRESS), begins(TEXT, "x"))),
    "no number, by its form": all_of((HERE, Not(Member(TEXT, IS_NUMBER)), is_text(TEXT, "-1.5"))),
    "a time that is none": all_of((Present(TIME), Not(Member(Element(TIME), IS_INSTANT)))),
    "a source that is none": all_of((Present(SOURCE), Not(Member(Element(SOURCE), IS_ADDRESS)))),
    "a list of a key that is absent": all_of((Not(HERE), Many(KEY))),
    "an element of a list of one": all_of((HERE, Not(Many(KEY)), *(Some(KEY, is_text(TEXT, text)) for text in "ab"))),
    "a variable of another text": all_of(
        (
            *(Present(key) for key in (ONE, TWO)),
            MatchesTemplate(RESOURCE, ("arn:aws:s3:::", VariableRef(ONE), VariableRef(TWO))),
            is_text(Element(ONE), "a"),
            is_text(Element(TWO), "b"),
            Not(is_text(RESOURCE, "arn:aws:s3:::ab")),
        )
    ),
    "a wild variable that fits literally": all_of(
        (HERE, is_text(TEXT, "b"), is_text(RESOURCE, "arn:aws:s3:::bc"), Not(FITS))
    ),
    "a wild variable and another form": all_of((HERE, FITS, begins(RESOURCE, "arn:aws:sqs"))),
    "a wild variable within another": all_of((HERE, NARROWER, Not(FITS))),
    "the same, met in the other order": all_of((HERE, Not(FITS), NARROWER)),
    "a wild variable, both ways": all_of(
        (HERE, any_of((FITS, POINTS[0])), any_of((Not(FITS), POINTS[0])), Not(POINTS[0])),
    ),
    "one point, read both ways": all_of((POINTS[0], any_of((Not(POINTS[0]), FALSE)))),
}


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [(RESOURCE, "x", "*"), (RESOURCE, "arn:aws:s3:::a", "arn:aws:s3:::a"), (TEXT, "x", "x")],
)
def test_what_a_text_cannot_be_is_replaced_by_what_it_can_be(text: StringTerm, value: str, held: str) -> None:
    assert strings._held(text, value, domains, budget()) == held


def test_a_formula_that_is_not_about_single_elements_is_refused() -> None:
    """`export` makes it one about elements first."""
    with pytest.raises(Unsupported, match=r"^it holds `some\(acme:k: "):
        smtlib._Writer(Some(KEY, is_text(TEXT, "a")), domains, "").script()


@pytest.mark.parametrize("name", REFUTED)
def test_what_no_request_does_is_refuted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "solve_script", by_strings)
    assert solve_strings(REFUTED[name], domains, budget()) == Unsat()


@pytest.mark.parametrize("name", SATISFIED)
def test_a_model_makes_the_formula_true(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "solve_script", by_strings)
    found = solve_strings(SATISFIED[name], domains, budget())
    assert isinstance(found, Sat)
    assert holds(SATISFIED[name], request(found.model)), found


def request(model: Model) -> Request:
    """The request of a model; what the model does not name may be any."""
    context: dict[str, Any] = {}
    for text, value in model.texts.items():
        if isinstance(text, Element):
            context.setdefault(text.key.name, []).append(value)
    for key in [key for key in context if Key.of(key) not in model.lists]:
        (context[key],) = context[key]
    return Request.of(model.texts.get(ACTION, "s3:getobject"), model.texts.get(RESOURCE, "*"), context)


def test_points_are_read_as_the_model_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "solve_script", by_strings)
    found = solve_strings(all_of((POINTS[0], Not(POINTS[1]))), domains, budget())
    assert isinstance(found, Sat)
    assert found.model.reading == {Point.WILD_VALUE}


def test_each_constant_is_declared_once_and_asked_for() -> None:
    formula = all_of(
        (any_of((SATISFIED["a list"], REFUTED["the same, met in the other order"], *POINTS)), begins(RESOURCE, "*"))
    )
    script = export(formula, domains, budget())
    declared = re.findall(r"^\(declare-const (\w+) ", script.text, re.MULTILINE)
    assert len(declared) == len(set(declared))
    assert set(declared) == set(script.constants)
    assert len(set(script.constants.values())) == len(declared)
    assert all(not isinstance(what, str) for what in script.constants.values())


def test_a_constant_is_named_after_what_it_stands_for() -> None:
    lists = [Some(text.key, is_text(text, value)) for text in (TEXT, OTHER) for value in "ab"]
    script = export(all_of((*lists, Reads(Point.BOOL_VARIABLE))), domains, budget())
    names = {what: name for name, what in script.constants.items()}
    assert names[Reads(Point.BOOL_VARIABLE)] == "rule_25_bool_the_other_way"
    assert names[Exists(Element(KEY, 1))] == "key0_value1_exists"
    assert names[Exists(Element(OTHER.key, 1))] == "key1_value1_exists"


def test_the_script_says_what_its_names_stand_for() -> None:
    formula = all_of((HERE, is_text(TEXT, "\U0010ffff"), Present(Key.of("acme:é~ \x7f"))))
    lines = export(formula, domains, budget(), "one\ntwo").text.splitlines()
    logic = lines.index("(set-logic ALL)")
    assert lines[:logic] == [
        "; one",
        "; two",
        "; key0 is acme:k",
        "; key1 is acme:?~ ?",
        "; U+2FFFF stands for U+10FFFF",
    ]
    assert lines[-1] == "(check-sat)"
    assert all(re.match(r"\((declare-const|assert) ", line) for line in lines[logic + 1 : -1])
    assert export(formula, domains, budget()).text.splitlines() == lines[2:]


@pytest.mark.parametrize(
    ("bound", "written"),
    [("5", "5.0"), ("-5", "(- 5.0)"), ("0", "0.0"), ("0.5", "0.5"), ("-0.5", "(- 0.5)"), ("1E-9", "0.000000001")],
)
def test_a_number_is_a_decimal(bound: str, written: str) -> None:
    """SMT-LIB has neither a sign nor an exponent in a number, and a real one has a point."""
    script = export(Member(TEXT, Number(Comparison.LESS, Decimal(bound))), domains, budget())
    assert f"_number {written})" in script.text


LONG = "0." + "0" * 30 + "1"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"is_number": True, "number": "-1/8"}, "-0.125"),
        ({"number": "3"}, "3"),
        ({"is_number": True, "number": f"1/1{'0' * 31}"}, LONG),
        ({"is_number": False, "number": "3"}, "example"),
        ({"is_instant": True, "instant": "0"}, "0"),
        ({"is_instant": False, "instant": "0"}, "example"),
        ({"is_number": False, "number": "3", "is_instant": True, "instant": "0"}, "0"),
        ({"is_address": True, "is_old": True, "old": "7"}, "0.0.0.7"),
        ({"is_address": True, "is_old": True}, str(ip_address(0))),
        ({"is_address": True, "is_old": False, "old": "7", "new": "9"}, "::9"),
        ({"is_address": True, "old": "7"}, "::"),
        ({"is_address": False, "new": "9"}, "example"),
        ({}, "example"),
    ],
)
def test_a_typed_value_is_written_as_a_text(
    values: Mapping[str, bool | str], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = (Member(TEXT, one) for one in (IS_NUMBER, IS_INSTANT, IS_ADDRESS))
    compared = (Member(TEXT, one[1]) for one in FAMILIES.values())
    networks = (Member(TEXT, Host(read_network(network))) for network in ("10.0.0.0/8", "2001:db8::/32"))
    formula = all_of((HERE, any_of((*typed, *compared, *networks))))
    planted = {HERE: True, **{(kind, TEXT): value for kind, value in values.items()}}
    assert _model(formula, planted, monkeypatch).texts == {TEXT: text}


def _model(formula: Formula, planted: Mapping[Any, bool | str], monkeypatch: pytest.MonkeyPatch) -> Model:
    names: dict[SmtConstant, str] = {what: name for name, what in export(formula, domains, budget()).constants.items()}
    reply = SolverReply("sat", "", {names[what]: value for what, value in planted.items()})
    monkeypatch.setattr(strings, "solve_script", lambda *_: reply)
    found = solve_strings(formula, domains, budget())
    assert isinstance(found, Sat)
    return found.model


@pytest.mark.parametrize(
    ("planted", "texts", "lists"),
    [
        ({HERE: False, Many(KEY): True, Exists(Element(KEY, 1)): True}, {}, set()),
        ({HERE: True}, {TEXT: "example"}, set()),
        ({HERE: True, Many(KEY): False, Exists(Element(KEY, 1)): True}, {TEXT: "example"}, set()),
        ({HERE: True, Many(KEY): True, Exists(Element(KEY, 1)): False}, {TEXT: "example"}, {KEY}),
        (
            {HERE: True, Many(KEY): True, Exists(Element(KEY, 1)): True, TEXT: "a", Element(KEY, 1): "b"},
            {TEXT: "a", Element(KEY, 1): "b"},
            {KEY},
        ),
        ({HERE: False, TEXT: "a"}, {}, set()),
    ],
)
def test_a_list_has_the_elements_that_the_model_says(
    planted: Mapping[Any, bool | str], texts: Mapping[Element, str], lists: set[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is absent has none, and one that is no list has one."""
    model = _model(SATISFIED["a list"], planted, monkeypatch)
    assert (model.texts, model.lists) == (texts, lists)


def test_a_text_that_its_key_cannot_hold_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script does not tell all that a type asks; one that the key can hold stays as it is."""
    where = Element(SOURCE)
    formula = all_of((Present(SOURCE), any_of((begins(where, "1"), begins(where, "x")))))
    there = {Present(SOURCE): True}
    assert _model(formula, {**there, where: "10.0.0.1"}, monkeypatch).texts == {where: "10.0.0.1"}
    changed = _model(formula, {**there, where: "1."}, monkeypatch).texts[where]
    assert all(area.matches(changed) for area in domains(where).areas)
    assert _model(SATISFIED["a text"], {HERE: True, TEXT: "1."}, monkeypatch).texts == {TEXT: "1."}


def test_what_is_not_found_out_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "solve_script", lambda *_: SolverReply("unknown", "planted", {}))
    assert solve_strings(TRUE, domains, budget()) == Unknown("Z3's string theory answered unknown: planted")

    def reached(*_: object) -> None:
        raise LimitReached("planted")

    monkeypatch.setattr(strings, "solve_script", reached)
    assert solve_strings(TRUE, domains, budget()) == Unknown("planted")
