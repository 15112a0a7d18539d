"""What Z3 knows of the patterns that one text is read by: how they stand to its literals and to each other.

The literals of a text are told apart as values of a sort without any structure: a literal is the text's being its
value, and the values differ. (As numbers they would be a matter of arithmetic, which costs time that grows as the
square of their number.) A Boolean, `known`, is true of a text that is one of the literals; so a pattern is told in one
clause which of them it matches. It is also told that it lies within others and, as long as there are few, that it lies
apart from others. Fewer facts mean more rounds, never a wrong answer.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import z3

from verifier.base.memo import cached_property
from verifier.strings.languages import Glob
from verifier.strings.subsumption import SubsumptionIndex, disjoint, is_subset
from verifier.strings.values import lower

_Bool: TypeAlias = z3.BoolRef
_MOST_PAIRS = 3_000
_MOST_COMPARED = 300_000


class TextFacts:
    """The literals and patterns of one text; `which` is the value that tells the literals apart."""

    def __init__(self, which: z3.ExprRef) -> None:
        """Begin without any."""
        self._which = which
        self._name = which.decl().name()
        self._values: list[z3.ExprRef] = []
        self._literals: dict[str, _Bool] = {}
        self._known: _Bool | None = None
        self._terms: dict[Glob, _Bool] = {}
        self._index = SubsumptionIndex()
        self._told = 0
        self._new: dict[Glob, _Bool] = {}

    def literal(self, value: str) -> _Bool:
        """Return the term that the text is `value`."""
        term = self._literals.get(value)
        if term is None:
            self._values.append(z3.Const(f"{self._name} {len(self._values)}", self._which.sort()))
            term = self._literals[value] = self._which == self._values[-1]
        return term

    def pattern(self, glob: Glob, term: _Bool) -> None:
        """Take in the term of a pattern."""
        self._new[glob] = term

    def facts(self) -> Iterator[_Bool]:
        """Yield, once each, the facts about what came in since the last call."""
        late = list(self._literals.items())[self._told :]
        yield from self._differ([term for _, term in late])
        if len(late) * len(self._terms) < _MOST_PAIRS:
            for value, literal in late:
                for glob, term in self._terms.items():
                    yield z3.Implies(literal, term if glob.matches(value) else z3.Not(term))
        for glob in self._new:
            self._index.add(glob)
        yield from self._apart()
        self._terms |= self._new
        spelled = _Spelled(self._literals)
        for glob, term in self._new.items():
            yield from self._of_literals(glob, term, spelled)
            yield from (z3.Implies(term, self._terms[other]) for other in self._above(glob))
        self._new = {}

    def _differ(self, late: list[_Bool]) -> Iterator[_Bool]:
        """Yield that the literals that came in exclude each other and the earlier ones; `known` is true of all."""
        if not late:
            return
        before, known = self._known, z3.Bool(f"{self._name} known {len(self._literals)}", self._which.ctx)
        if len(late) > 1:
            yield z3.Distinct(self._values[self._told :])
        yield from (z3.Implies(literal, known) for literal in late)
        if before is not None:
            yield from (z3.Implies(before, z3.Not(literal)) for literal in late)
            yield z3.Implies(before, known)
        self._known, self._told = known, len(self._literals)

    def _of_literals(self, glob: Glob, term: _Bool, spelled: _Spelled) -> Iterator[_Bool]:
        values = spelled.matched(glob) if self._known is not None else None
        if values is None:
            return
        matched = [self._literals[value] for value in values]
        yield from (z3.Implies(literal, term) for literal in matched)
        yield z3.Or(z3.Not(term), z3.Not(self._known), *matched)

    def _above(self, glob: Glob) -> Iterator[Glob]:
        """The patterns within which `glob` plainly lies."""
        for other in self._index.candidates(glob):
            if isinstance(other, Glob) and other != glob and is_subset(glob, other):
                yield other

    def _apart(self) -> Iterator[_Bool]:
        new = list(self._new.items())
        if len(new) * (len(self._terms) + len(new)) > _MOST_PAIRS:
            return
        for place, (glob, term) in enumerate(new):
            for other, other_term in (*self._terms.items(), *new[:place]):
                if disjoint(glob, other):
                    yield z3.Not(z3.And(term, other_term))


class _Spelled:
    """The literals of a text, found by the patterns that match them."""

    def __init__(self, values: Iterable[str]) -> None:
        self._sorted = sorted(values)
        self._left = _MOST_COMPARED

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self._sorted:
            found.setdefault(lower(value), []).append(value)
        return found

    def matched(self, glob: Glob) -> list[str] | None:
        """Return those that `glob` matches; None where too many would have to be looked at."""
        if glob.ignores_case and all(isinstance(part, str) for part in glob.parts):
            return self._folded.get(glob.head, [])
        likely = self._sorted
        if not glob.ignores_case and glob.head:
            first = bisect_left(likely, glob.head)
            likely = list(itertools.takewhile(lambda value: value.startswith(glob.head), likely[first:]))
        self._left -= len(likely)
        return list(filter(glob.matches, likely)) if self._left >= 0 else None
