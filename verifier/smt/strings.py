"""The reference: the same formula in Z3's string theory, to test the fast encoding against (`--encoding strings`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from decimal import Context, Decimal

from verifier.base.budget import Budget, bounded
from verifier.base.errors import UndecidedError
from verifier.logic.formula import ACTION, RESOURCE, Element, Exists, Formula, Many, Present, Reads, StringTerm
from verifier.logic.request import Domains
from verifier.logic.theory import Model
from verifier.smt.process import solve_script
from verifier.smt.smtlib import Script, SmtConstant, export
from verifier.smt.solve import Sat, Satisfiability, Unknown, Unsat
from verifier.strings.sample_points import write_instant, write_number
from verifier.strings.solve import find_string
from verifier.strings.values import write_address


def solve_strings(formula: Formula, domains: Domains, budget: Budget) -> Satisfiability:
    """Decide whether some request makes `formula` true. A `Sat` may be of texts that do not, and must be replayed."""
    try:
        with bounded():
            script = export(formula, domains, budget)
            reply = solve_script(script.text, script.constants, budget)
            if reply.answer == "unsat":
                return Unsat()
            if reply.answer == "sat":
                model = _decode(script, reply.values)
                texts = {text: _held(text, value, domains, budget) for text, value in model.texts.items()}
                return Sat(Model(texts, model.lists, model.reading))
            return Unknown(f"Z3's string theory answered unknown: {reply.reason}")
    except UndecidedError as limit:
        return Unknown(str(limit))


def _held(text: StringTerm, value: str, domains: Domains, budget: Budget) -> str:
    """Return `value` where `text` can hold it, else some value that it can: the script does not tell all that a type
    asks.
    """
    areas = domains(text).areas
    if not areas or any(area.matches(value) for area in areas):
        return value
    found = find_string(areas[:1], (), budget)
    return found if isinstance(found, str) else value


def _decode(script: Script, values: Mapping[str, bool | str]) -> Model:
    found: dict[SmtConstant, bool | str] = {
        what: values[name] for name, what in script.constants.items() if name in values
    }
    lists = {what.key for what in found if isinstance(what, Many) and found[what] is True}
    texts: dict[StringTerm, str] = {}
    live = {Element(what.key) for what in found if isinstance(what, Present) and found[what] is True}
    live |= {
        what.element
        for what in found
        if isinstance(what, Exists)
        and found[what] is True
        and what.element.key in lists
        and Element(what.element.key) in live
    }
    ordered: list[StringTerm] = [ACTION, RESOURCE, *sorted(live, key=lambda element: (element.key, element.index))]
    for text in ordered:
        value = found.get(text)
        if isinstance(value, str):
            texts[text] = script.renaming.back(value)
        elif isinstance(text, Element):
            texts[text] = _typed(text, found)
    reading = frozenset(what.point for what in found if isinstance(what, Reads) and found[what] is True)
    return Model(texts, frozenset(key for key in lists if Element(key) in live), reading)


def _typed(text: StringTerm, found: Mapping[SmtConstant, bool | str]) -> str:
    """A text for a value that the script knows as a number, a date or an address only."""
    number, instant = found.get(("number", text)), found.get(("instant", text))
    if isinstance(number, str) and found.get(("is_number", text)) is not False:
        return write_number(_decimal(number))
    if isinstance(instant, str) and found.get(("is_instant", text)) is not False:
        return write_instant(_decimal(instant)) or "0"
    if found.get(("is_address", text)):
        if found.get(("is_old", text)) and isinstance(old := found.get(("old", text), "0"), str):
            return write_address(ipaddress.IPv4Address(int(old)))
        new = found.get(("new", text), "0")
        return write_address(ipaddress.IPv6Address(int(new) if isinstance(new, str) else 0))
    return "example"


def _decimal(text: str) -> Decimal:
    """A number as Z3 writes it, `3` or `-1/8`; in Decimals, as integers refuse more than 4,300 digits."""
    above, _, below = text.partition("/")
    return Context(prec=len(text) + 200).divide(Decimal(above), Decimal(below or "1"))
