"""A formula as a standard SMT-LIB 2.6 script, with texts as strings: the reference encoding, for any solver.

Actions, resources and values of keys are strings here, patterns regular expressions; numbers and dates are reals,
addresses bit vectors, each tied to its text by the form such texts have. That tie is loose: a text that reads as a
number is not told which one. So `unsat` is a proof, while `sat` counts only once its request has been replayed.

SMT-LIB's characters end at U+2FFFF: code points above it are renamed, one to one, to some that the formula does not
use.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias, cast

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.logic.formula import (
    And,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Not,
    Or,
    Present,
    Reads,
    StringTerm,
    atoms,
)
from verifier.logic.formula import (
    Constant as Truth,
)
from verifier.logic.ranged import lies_within
from verifier.logic.request import Domains
from verifier.logic.witnesses import expand, list_axioms
from verifier.smt.regular import Renaming, fits_term, member_term, shape_term
from verifier.strings.languages import Language
from verifier.strings.typed import CANONICAL_ADDRESS, IS_INSTANT, IS_NUMBER, Host, Instant, Number, Shaped
from verifier.strings.values import Comparison, Key

_SORTS = {"number": "Real", "instant": "Real", "old": "(_ BitVec 32)", "new": "(_ BitVec 128)"}


# What a constant of a script stands for: a text, a fact about a key, or a typed view of a text, by its kind.
SmtConstant: TypeAlias = StringTerm | Present | Many | Exists | Reads | tuple[str, StringTerm]


@dataclass(frozen=True)
class Script:
    """An SMT-LIB script up to `(check-sat)`, the constants to ask for, and what they stand for."""

    text: str
    constants: Mapping[str, SmtConstant]
    renaming: Renaming


def export(formula: Formula, domains: Domains, budget: Budget, heading: str = "") -> Script:
    """Return the script that is unsatisfiable iff no request makes `formula` true, as far as it goes (see above).

    Raises Unsupported for what SMT-LIB cannot say: a policy variable under an operator that ignores case; LimitReached.
    """
    return _Writer(expand(formula, domains, budget), domains, heading).script()


class _Writer:
    """Gathers the constants that a formula needs while its terms are written."""

    def __init__(self, formula: Formula, domains: Domains, heading: str) -> None:
        self._formula = formula
        self._domains = domains
        self._heading = heading
        self._names: dict[object, str] = {}
        self._keys: dict[Key, int] = {}
        self._sorts: dict[str, str] = {}
        self._typed: dict[tuple[str, StringTerm], None] = {}
        self._strings: dict[StringTerm, None] = {}
        self._told: list[str] = []
        self._wild_ones: list[MatchesTemplate] = []
        self._renaming = Renaming.of(atoms(formula))

    def script(self) -> Script:
        """Return the whole script."""
        asserted = [self._term(self._formula), *map(self._term, list_axioms(self._formula))]
        asserted += [*self._told, *self._ties()]
        asserted += [term for text in self._strings if (term := self._domain(text))]
        declared = [f"(declare-const {name} {sort})" for name, sort in self._sorts.items()]
        comments = [f"; {line}" for line in self._heading.splitlines()]
        comments += [f"; key{number} is {_ascii(key.name)}" for key, number in self._keys.items()]
        comments += [f"; U+{new:04X} stands for U+{old:X}" for old, new in self._renaming.there.items()]
        lines = [*comments, "(set-logic ALL)", *declared, *(f"(assert {term})" for term in asserted), "(check-sat)"]
        constants = {name: what for what, name in self._names.items()}
        return Script("\n".join(lines) + "\n", cast("dict[str, SmtConstant]", constants), self._renaming)

    def _term(self, formula: Formula) -> str:
        match formula:
            case Truth(value):
                return "true" if value else "false"
            case Not(part):
                return f"(not {self._term(part)})"
            case And(parts):
                return f"(and {' '.join(map(self._term, parts))})"
            case Or(parts):
                return f"(or {' '.join(map(self._term, parts))})"
            case Present() | Many() | Exists() | Reads():
                return self._constant(formula, "Bool")
            case MatchesTemplate() as fits if fits.wild:
                return self._wild(fits)
            case Member(text, Number(relation, bound)):
                return self._compared("number", text, relation, bound)
            case Member(text, Instant(relation, bound)):
                return self._compared("instant", text, relation, bound)
            case Member(text, Host() as host):
                return self._within(text, host)
            case Member(text, language):
                return member_term(self._string(text), language, self._renaming)
            case MatchesTemplate() as fits:
                variables = {key: self._string(Element(key)) for key in fits.keys}
                return fits_term(self._string(fits.text), fits, variables, self._renaming)
            case _:
                raise Unsupported(f"it holds `{formula}`")

    def _wild(self, fits: MatchesTemplate) -> str:
        """Return a constant that the text fits: SMT-LIB cannot read a string as a pattern, so it is told what is sure.

        That is little, as more takes Z3 longer than it tells: what fits literally fits, and then so does what lies
        within; and what fits has the form that the pattern has for some value.
        """
        known = fits in self._names
        term = self._constant(fits, "Bool")
        if not known:
            variables = {key: self._string(Element(key)) for key in fits.keys}
            text = self._string(fits.text)
            literal = fits_term(text, fits.literally, variables, self._renaming)
            self._told.append(f"(=> {literal} {term})")
            self._told.append(f"(=> {term} {member_term(text, fits.loose(), self._renaming)})")
            for one, other in itertools.permutations((*self._wild_ones, fits), 2):
                if fits in (one, other) and lies_within(one, other):
                    self._told.append(f"(=> {self._names[one]} {self._names[other]})")
            self._wild_ones.append(fits)
        return term

    def _string(self, text: StringTerm) -> str:
        self._strings[text] = None
        return self._constant(text, "String")

    def _constant(self, what: object, sort: str) -> str:
        name = self._names.get(what)
        if name is None:
            name = self._names[what] = self._name(what)
            self._sorts[name] = sort
        return name

    def _name(self, what: object) -> str:
        match what:
            case Element(key, index):
                return f"{self._key(key)}_value{index}"
            case Present(key):
                return f"{self._key(key)}_present"
            case Many(key):
                return f"{self._key(key)}_many"
            case Exists(element):
                return f"{self._name(element)}_exists"
            case Reads(point) if point.is_unknown:
                return f"unknown{len(self._names)}_matches"
            case Reads(point):
                return f"rule_{point.value.replace('-', '_')}_the_other_way"
            case (str(kind), text):
                return f"{self._name(text)}_{kind}"
            case MatchesTemplate():
                return f"fits{len(self._names)}"
            case _:
                return str(what)

    def _key(self, key: Key) -> str:
        return f"key{self._keys.setdefault(key, len(self._keys))}"

    def _typed_constant(self, kind: str, text: StringTerm) -> str:
        self._typed[kind, text] = None
        return self._constant((kind, text), _SORTS.get(kind, "Bool"))

    def _compared(self, kind: str, text: StringTerm, relation: Comparison | None, bound: Decimal) -> str:
        is_one = self._typed_constant(f"is_{kind}", text)
        if relation is None:
            return is_one
        compared = f"({relation.value} {self._typed_constant(kind, text)} {_real(bound)})"
        return f"(and {is_one} {compared})"

    def _within(self, text: StringTerm, host: Host) -> str:
        is_one, is_old = self._typed_constant("is_address", text), self._typed_constant("is_old", text)
        if host.network is None:
            return is_one
        version, length = host.network.version, host.network.prefixlen
        bits = host.network.max_prefixlen
        value = self._typed_constant("old" if version == 4 else "new", text)
        family = is_old if version == 4 else f"(not {is_old})"
        if length == 0:
            return f"(and {is_one} {family})"
        prefix = int(host.network.network_address) >> (bits - length)
        return f"(and {is_one} {family} (= ((_ extract {bits - 1} {bits - length}) {value}) (_ bv{prefix} {length})))"

    def _ties(self) -> Iterator[str]:
        """Yield how typed views hang together with each other and with the strings."""
        for kind, text in tuple(self._typed):
            if not kind.startswith("is_") or kind == "is_old":
                continue
            is_one = self._typed_constant(kind, text)
            if _OF_KIND[kind] in self._domains(text).areas:
                yield is_one
            if text in self._strings:
                yield shape_term(kind, is_one, self._string(text))

    def _domain(self, text: StringTerm) -> str | None:
        areas = [
            member_term(self._string(text), area, self._renaming)
            for area in self._domains(text).areas
            if not isinstance(area, Number | Instant | Host | Shaped)  # what such texts look like, no pattern says
        ]
        return f"(or {' '.join(areas)})" if areas else None


# The domain in which every text is of the kind.
_OF_KIND: Mapping[str, Language] = {
    "is_number": IS_NUMBER,
    "is_instant": IS_INSTANT,
    "is_address": CANONICAL_ADDRESS,
}


def _real(value: Decimal) -> str:
    text = format(value.copy_abs(), "f")
    text = text if "." in text else f"{text}.0"
    return f"(- {text})" if value < 0 else text


def _ascii(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text)
