"""What Z3 is told of the patterns that one text is read by: how they stand to its literals and to each other.

The literals of a text are told apart by one integer: a literal is the integer's being its number, and a negative
number, or one yet to be given, stands for all other texts. A pattern is told which of the literals it matches, in one
clause; that it lies within others; and, as long as there are few, that it lies apart from others. Fewer facts mean
more rounds, never a wrong answer.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import z3

from verifier.logic.languages import Glob
from verifier.logic.relate import apart, within
from verifier.logic.shelf import Shelf

_Bool: TypeAlias = z3.BoolRef
_MOST_PAIRS = 3_000


class TextFacts:
    """The literals and patterns of one text; `which` is its integer."""

    def __init__(self, which: z3.ArithRef) -> None:
        """Begin without any."""
        self._which = which
        self._numbers: dict[str, int] = {}
        self._terms: dict[Glob, _Bool] = {}
        self._shelf = Shelf()
        self._told = 0
        self._new: dict[Glob, _Bool] = {}

    def literal(self, value: str) -> _Bool:
        """Return the term that the text is `value`."""
        return self._which == self._numbers.setdefault(value, len(self._numbers))

    def pattern(self, glob: Glob, term: _Bool) -> None:
        """Take in the term of a pattern."""
        self._new[glob] = term

    def facts(self) -> Iterator[_Bool]:
        """Yield, once each, the facts about what came in since the last call."""
        late = list(self._numbers)[self._told :]
        if len(late) * len(self._terms) < _MOST_PAIRS:
            for value in late:
                for glob, term in self._terms.items():
                    yield z3.Implies(self.literal(value), term if glob.matches(value) else z3.Not(term))
        self._told = len(self._numbers)
        for glob in self._new:
            self._shelf.add(glob)
        yield from self._apart()
        self._terms |= self._new
        spelled = sorted(self._numbers)
        for glob, term in self._new.items():
            yield from self._of_literals(glob, term, spelled)
            yield from (z3.Implies(term, self._terms[other]) for other in self._above(glob))
        self._new = {}

    def _of_literals(self, glob: Glob, term: _Bool, spelled: list[str]) -> Iterator[_Bool]:
        if not spelled:
            return
        matched = [self.literal(value) for value in _matched(glob, spelled)]
        yield from (z3.Implies(literal, term) for literal in matched)
        yield z3.Or(z3.Not(term), self._which < 0, self._which >= len(spelled), *matched)

    def _above(self, glob: Glob) -> Iterator[Glob]:
        """The patterns within which `glob` plainly lies."""
        for other in self._shelf.candidates(glob):
            if isinstance(other, Glob) and other != glob and within(glob, other):
                yield other

    def _apart(self) -> Iterator[_Bool]:
        new = list(self._new.items())
        if len(new) * (len(self._terms) + len(new)) > _MOST_PAIRS:
            return
        for place, (glob, term) in enumerate(new):
            for other, other_term in (*self._terms.items(), *new[:place]):
                if apart(glob, other):
                    yield z3.Not(z3.And(term, other_term))


def _matched(glob: Glob, spelled: list[str]) -> Iterable[str]:
    """The texts of a sorted list that `glob` matches; those that begin otherwise are passed over."""
    if glob.ignores_case:
        return filter(glob.matches, spelled)
    begins = itertools.islice(spelled, bisect_left(spelled, glob.head), None)
    return filter(glob.matches, itertools.takewhile(lambda value: value.startswith(glob.head), begins))
