"""A formula as Z3 sees it: a Boolean for each atom, numbers and dates as exact arithmetic, addresses as bit vectors.

A text is not a string here. `t in language` is a Boolean; where the language is a number's, a date's or an address's,
that Boolean is tied to the value it is about, so Z3 knows what follows from what. Of patterns it is told what is plain
to see (`facts.py`); the rest is learnt from `logic/theory.py`, lemma by lemma.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias, assert_never

import z3

from verifier.logic.formula import And, Atom, Constant, Formula, Member, Not, Or, StringTerm
from verifier.smt.facts import TextFacts
from verifier.strings.languages import Glob
from verifier.strings.typed import Host, Instant, Number
from verifier.strings.values import Comparison, Network

_Bool: TypeAlias = z3.BoolRef


class Encoder:
    """The Z3 terms of the atoms met so far, in one Z3 context."""

    def __init__(self, context: z3.Context) -> None:
        """Begin without any atom."""
        self._context = context
        self._values = z3.DeclareSort("Value", context)
        self._atoms: dict[Atom, _Bool] = {}
        self._texts: dict[StringTerm, int] = {}
        self._facts: dict[StringTerm, TextFacts] = {}

    def term(self, formula: Formula) -> _Bool:
        """Return the Z3 term of `formula`; `facts` may have grown afterwards."""
        match formula:
            case Constant(value):
                return z3.BoolVal(value, self._context)
            case Not(part):
                return z3.Not(self.atom(part))
            case And(parts):
                return z3.And([self.term(part) for part in parts])
            case Or(parts):
                return z3.Or([self.term(part) for part in parts])
            case atom:
                return self.atom(atom)

    def facts(self) -> list[_Bool]:
        """Return, once each, the facts about the atoms met since the last call."""
        return [fact for text in self._facts.values() for fact in text.facts()]

    def atom(self, atom: Atom) -> _Bool:
        """Return the Z3 term of an atom."""
        term = self._atoms.get(atom)
        if term is None:
            term = self._atoms[atom] = self._new_atom(atom)
        return term

    def _new_atom(self, atom: Atom) -> _Bool:
        match atom:
            case Member(text, Glob() as glob) if glob.text is not None:
                return self._facts_of(text).literal(glob.text)
            case Member(text, Number(relation, bound)):
                return self._compared("number", text, relation, bound)
            case Member(text, Instant(relation, bound)):
                return self._compared("instant", text, relation, bound)
            case Member(text, Host(network)):
                return self._within(text, network)
            case Member(text, Glob() as glob):
                term = self._bool(f"{self._name(text)} in {len(self._atoms)}")
                self._facts_of(text).pattern(glob, term)
                return term
            case _:
                return self._bool(f"atom {len(self._atoms)}")

    def _name(self, text: StringTerm) -> str:
        return f"text {self._texts.setdefault(text, len(self._texts))}"

    def _bool(self, name: str) -> _Bool:
        return z3.Bool(name, self._context)

    def _facts_of(self, text: StringTerm) -> TextFacts:
        found = self._facts.get(text)
        if found is None:
            found = self._facts[text] = TextFacts(z3.Const(f"which {self._name(text)}", self._values))
        return found

    def _compared(self, kind: str, text: StringTerm, relation: Comparison | None, bound: Decimal) -> _Bool:
        is_one = self._bool(f"{kind} {self._name(text)}")
        value = z3.Real(f"value of {kind} {self._name(text)}", self._context)
        limit = z3.RealVal(format(bound, "f"), self._context)
        match relation:
            case None:
                return is_one
            case Comparison.EQUALS:
                compared = value == limit
            case Comparison.LESS:
                compared = value < limit
            case Comparison.LESS_EQUALS:
                compared = value <= limit
            case Comparison.GREATER:
                compared = value > limit
            case Comparison.GREATER_EQUALS:
                compared = value >= limit
            case Comparison.LIKE | Comparison.WITHIN | Comparison.ABSENT:
                raise ValueError(f"`{relation.value}` does not compare numbers")
            case _:
                assert_never(relation)
        return z3.And(is_one, compared)

    def _within(self, text: StringTerm, network: Network | None) -> _Bool:
        is_one = self._bool(f"address {self._name(text)}")
        if network is None:
            return is_one
        is_old = self._bool(f"version 4 {self._name(text)}")
        bits = network.max_prefixlen
        value = z3.BitVec(f"version {network.version} of {self._name(text)}", bits, self._context)
        family = is_old if network.version == 4 else z3.Not(is_old)
        if network.prefixlen == 0:
            return z3.And(is_one, family)
        rest = bits - network.prefixlen
        prefix = z3.BitVecVal(int(network.network_address) >> rest, network.prefixlen, self._context)
        return z3.And(is_one, family, z3.Extract(bits - 1, rest, value) == prefix)
