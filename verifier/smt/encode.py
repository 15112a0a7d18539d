"""A formula as Z3 sees it: a Boolean for each atom, numbers and dates as exact arithmetic, addresses as bit vectors.

A text is not a string here. `t in language` is a Boolean; where the language is a number's, a date's or an address's,
that Boolean is tied to the value it speaks of, so Z3 knows what follows from what. The literal texts of one text
variable exclude each other through one integer. Beyond that only pairwise facts about patterns are told; what is
missing is learnt from `logic/realise.py`, lemma by lemma. Fewer facts mean more rounds, never a wrong answer.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

import z3

from verifier.logic.formula import And, Atom, Constant, Formula, Member, Not, Or, Text
from verifier.logic.languages import Glob
from verifier.logic.relate import apart, within
from verifier.logic.typed import Host, Instant, Number
from verifier.policy.operators import Relation
from verifier.policy.values import Network

_Bool: TypeAlias = z3.BoolRef
_MOST_PAIRS = 3_000


class Encoding:
    """The Z3 terms of the atoms met so far, in one Z3 context."""

    def __init__(self, context: z3.Context) -> None:
        """Begin without any atom."""
        self._context = context
        self._atoms: dict[Atom, _Bool] = {}
        self._texts: dict[Text, int] = {}
        self._literals: dict[Text, dict[str, int]] = defaultdict(dict)
        self._globs: dict[Text, list[Glob]] = defaultdict(list)
        self._facts: list[_Bool] = []

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
        facts, self._facts = self._facts, []
        return facts

    def atom(self, atom: Atom) -> _Bool:
        """Return the Z3 term of an atom."""
        term = self._atoms.get(atom)
        if term is None:
            term = self._atoms[atom] = self._new_atom(atom)
        return term

    def _new_atom(self, atom: Atom) -> _Bool:
        match atom:
            case Member(text, Glob() as glob) if glob.text is not None:
                return self._literal(text, glob.text)
            case Member(text, Number(relation, bound)):
                return self._compared("number", text, relation, bound)
            case Member(text, Instant(relation, bound)):
                return self._compared("instant", text, relation, bound)
            case Member(text, Host(network)):
                return self._within(text, network)
            case Member(text, Glob() as glob):
                term = self._bool(f"{self._name(text)} in {len(self._atoms)}")
                self._relate(text, glob, term)
                return term
            case _:
                return self._bool(f"atom {len(self._atoms)}")

    def _name(self, text: Text) -> str:
        return f"text {self._texts.setdefault(text, len(self._texts))}"

    def _bool(self, name: str) -> _Bool:
        return z3.Bool(name, self._context)

    def _literal(self, text: Text, value: str) -> _Bool:
        known = self._literals[text]
        number = known.setdefault(value, len(known))
        term = z3.Int(f"which {self._name(text)}", self._context) == number
        if len(self._globs[text]) <= _MOST_PAIRS // 10:
            for glob in self._globs[text]:
                other = self._atoms[Member(text, glob)]
                self._facts.append(z3.Implies(term, other if glob.matches(value) else z3.Not(other)))
        return term

    def _relate(self, text: Text, glob: Glob, term: _Bool) -> None:
        """Tell how a pattern stands to the literals and patterns of the same text, as long as they are not too many."""
        others = self._globs[text]
        if len(others) * len(others) < _MOST_PAIRS:
            for other in others:
                self._facts += _pair(glob, term, other, self._atoms[Member(text, other)])
        for value in itertools.islice(self._literals[text], _MOST_PAIRS // 10):
            literal = self._atoms[Member(text, Glob.literal(value))]
            self._facts.append(z3.Implies(literal, term if glob.matches(value) else z3.Not(term)))
        others.append(glob)

    def _compared(self, kind: str, text: Text, relation: Relation | None, bound: Decimal) -> _Bool:
        is_one = self._bool(f"{kind} {self._name(text)}")
        value = z3.Real(f"value of {kind} {self._name(text)}", self._context)
        limit = z3.RealVal(format(bound, "f"), self._context)
        match relation:
            case None:
                return is_one
            case Relation.EQUALS:
                compared = value == limit
            case Relation.LESS:
                compared = value < limit
            case Relation.LESS_EQUALS:
                compared = value <= limit
            case Relation.GREATER:
                compared = value > limit
            case _:
                compared = value >= limit
        return z3.And(is_one, compared)

    def _within(self, text: Text, network: Network | None) -> _Bool:
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


def _pair(one: Glob, one_term: _Bool, other: Glob, other_term: _Bool) -> Iterator[_Bool]:
    """Yield what is plain to see of two patterns."""
    if apart(one, other):
        yield z3.Not(z3.And(one_term, other_term))
    elif within(one, other):
        yield z3.Implies(one_term, other_term)
    elif within(other, one):
        yield z3.Implies(other_term, one_term)
