"""What the demands on keys mean for the texts that hold them: lemmas that join a pattern with variables and its keys.

Every variable of a pattern that a text must fit ranges over what is demanded of its key (`strings/ranging.py`), and
over what is demanded of the keys that equal it (`StringEquals` on `${key}`), which are one key here. Where no text is
left, the literals that were used cannot hold together, whatever the request: their negation is the lemma, with as few
of them as suffice.

`lies_within`, with `letters_for` and `comparable`, compares two such patterns by stand-ins. Where a variable brings the
wildcards of its value along (rule 27, the other reading), its stand-in is a text that the value matches. So what it
shows holds only where the variable stands once in the pattern that is to lie within the other: a value may match
several texts, one in each place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.base.memo import cached_property
from verifier.logic.demands import Demands, demands_of, word
from verifier.logic.formula import (
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
    any_of,
    negate,
)
from verifier.logic.request import Domains
from verifier.strings.languages import Language, united
from verifier.strings.machine import STAND_INS
from verifier.strings.ranging import Range, Ranging, Shunned
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef, alike, stand_ins, with_fresh_constants


class Ranged:
    """Literals, and what they leave of each text once every variable ranges over what is demanded of its key."""

    def __init__(self, literals: Iterable[Literal], domains: Domains, budget: Budget) -> None:
        """Take in the literals."""
        self._literals = tuple(literals)
        self._domains = domains
        self._budget = budget

    @cached_property
    def _demands(self) -> Mapping[StringTerm, Demands]:
        return demands_of(self._literals)

    def found(self, text: StringTerm) -> str | None:
        """Return a text that is left; None where there is none. Raises LimitReached."""
        asked = self._demands.get(text, Demands())
        inside = [*asked.inside, *(fits.loose() for fits in asked.fits)]
        ranging = [self._ranging(fits, asked, frozenset((text,))) for fits in asked.fits]
        found = word(text, [*inside, *ranging], asked.outside, self._domains, self._budget)
        return found if isinstance(found, str) else None

    def alike(self, key: Key) -> tuple[Key, ...]:
        """The keys whose values must equal that of `key`, itself among them; always in the same order."""
        return self._classes.get(key, (key,))

    @cached_property
    def _classes(self) -> dict[Key, tuple[Key, ...]]:
        found: dict[Key, tuple[Key, ...]] = {}
        for literal in self._literals:
            pair = _equal(literal)
            if pair and all(Element(key) in self._demands for key in pair):
                one, other = (found.get(key, (key,)) for key in pair)
                if one != other:
                    joined = tuple(sorted({*one, *other}))
                    found |= dict.fromkeys(joined, joined)
        return found

    def _ranging(self, fits: MatchesTemplate, asked: Demands, above: frozenset[StringTerm]) -> Ranging:
        parts = self._merged(fits.parts)
        variables = dict.fromkeys(alike(part) for part in parts if isinstance(part, VariableRef))
        ranges = {variable: self._range(variable, above) for variable in variables}
        misfits = [(misfit, self._merged(misfit.parts)) for misfit in asked.misfits]
        misfits = [(misfit, holed) for misfit, holed in misfits if _stays_in_fields(holed, parts)]
        letters = stand_ins([*parts, *(part for _, holed in misfits for part in holed)])
        if len(letters) == len(STAND_INS):
            return Ranging(parts, fits.ignores_case, ranges)
        shunned = tuple(
            Shunned(
                with_fresh_constants(holed, letters, misfit.ignores_case),
                sure=misfit.ignores_case or not fits.ignores_case,
            )
            for misfit, holed in misfits
        )
        return Ranging(parts, fits.ignores_case, ranges, shunned, letters)

    def _merged(self, parts: Iterable[PatternPart]) -> tuple[PatternPart, ...]:
        """The parts with one key in the place of all that equal it."""
        return tuple(
            replace(part, key=self.alike(part.key)[0]) if isinstance(part, VariableRef) else part for part in parts
        )

    def _range(self, variable: VariableRef, above: frozenset[StringTerm]) -> Range:
        inside: list[Language] = []
        outside: list[Language] = []
        for one in self.alike(variable.key):
            text = Element(one)
            asked = self._demands.get(text, Demands())
            areas = united(self._domains(text).areas)
            inside += [*asked.inside, *(areas if len(areas) == 1 else ())]
            outside += asked.outside
            if text not in above:
                deeper = above | {Element(twin) for twin in self.alike(variable.key)}
                inside += [self._ranging(fits, asked, deeper) for fits in asked.fits if _equal(fits) is None]
        values = Range.of(inside, outside)
        return values.matched() if variable.wild else values

    def guess(self, text: StringTerm) -> str | None:
        """Return a text that is left, None also where the search for one is too long. Raises LimitReached."""
        try:
            return self.found(text)
        except LimitReached:
            self._budget.check()
            return None

    def impossible(self, text: StringTerm) -> Formula | None:
        """Return that some of the literals do not hold together, as they leave nothing of `text`; None where that is
        not seen. Raises LimitReached.
        """
        about = self._about(text)
        if not self._is_empty(text, about):
            return None
        plain = [literal for literal in about if isinstance(literal, Present | Many | Exists)]
        others = [literal for literal in about if not isinstance(literal, Present | Many | Exists)]
        return any_of(map(negate, self._least(text, plain, others)))

    def _about(self, text: StringTerm) -> tuple[Literal, ...]:
        """The literals that have a say in what is left of `text`, those about it first."""
        cone: dict[StringTerm, None] = {text: None}
        waiting = [text]
        while waiting:
            asked = self._demands.get(waiting.pop(), Demands())
            for fits in (*asked.fits, *asked.misfits):
                for key in fits.keys:
                    new = [Element(one) for one in self.alike(key) if Element(one) not in cone]
                    cone |= dict.fromkeys(new)
                    waiting += new
        return tuple(literal for literal in self._literals if _speaks_of(literal, cone))

    def _is_empty(self, text: StringTerm, literals: Iterable[Literal]) -> bool:
        try:
            return Ranged(literals, self._domains, self._budget).found(text) is None
        except LimitReached:
            self._budget.check()
            return False

    def _least(self, text: StringTerm, kept: Sequence[Literal], others: Sequence[Literal]) -> tuple[Literal, ...]:
        """Return a part of `others` that suffices together with `kept`; no literal of it can be left out."""
        if self._is_empty(text, kept):
            return ()
        if len(others) == 1:
            return tuple(others)
        half = len(others) // 2
        later = self._least(text, (*kept, *others[:half]), others[half:])
        return (*self._least(text, (*kept, *later), others[:half]), *later)


def _equal(literal: Literal) -> tuple[Key, Key] | None:
    match literal:
        case MatchesTemplate(Element(one, 0), (VariableRef(other) as variable,), False) if not variable.wild:
            return one, other
        case _:
            return None


def _speaks_of(literal: Literal, texts: Mapping[StringTerm, None]) -> bool:
    match literal:
        case Member(text) | Not(Member(text)) | MatchesTemplate(text) | Not(MatchesTemplate(text)):
            return text in texts
        case Present(key) | Many(key):
            return Element(key) in texts
        case Exists(element):
            return element in texts
        case _:
            return False


def _stays_in_fields(misfit: Iterable[PatternPart], parts: Iterable[PatternPart]) -> bool:
    """Whether what fills the variables of `parts` can fill those of `misfit` that are in fields of an ARN.

    With a colon in a value nothing fits such a variable, which a stand-in does not show.
    """
    variables = [part for part in parts if isinstance(part, VariableRef)]
    in_fields = [part for part in misfit if isinstance(part, VariableRef) and part.in_field]
    return all(
        any(variable.in_field for variable in variables if variable.key == part.key)
        and all(variable.in_field or not variable.wild for variable in variables if variable.key == part.key)
        for part in in_fields
    )


def letters_for(fits: MatchesTemplate, others: Iterable[MatchesTemplate]) -> Mapping[VariableRef, str] | None:
    """Return stand-ins under which `fits` may be compared with `others`; None where they would show nothing."""
    wild = [part.key for part in fits.parts if isinstance(part, VariableRef) and part.wild]
    letters = stand_ins(part for atom in (fits, *others) for part in atom.parts)
    if fits.ignores_case or len(set(wild)) < len(wild) or len(letters) == len(STAND_INS):
        return None
    return letters


def comparable(other: MatchesTemplate, fits: MatchesTemplate) -> bool:
    """Whether what stand-ins show of `fits` lying within `other` holds of all values.

    With a colon in the value of a key in a field of an ARN nothing fits, which a stand-in does not show.
    """
    return not other.ignores_case and _in_fields(other) <= _in_fields(fits)


def lies_within(one: MatchesTemplate, other: MatchesTemplate) -> bool:
    """Whether it is plain that every text that fits `one` fits `other`, whatever the values."""
    letters = letters_for(one, (other,))
    if letters is None or one.text != other.text or not comparable(other, one):
        return False
    return with_fresh_constants(other.parts, letters).covers(with_fresh_constants(one.parts, letters))


def _in_fields(atom: MatchesTemplate) -> set[tuple[Key, bool]]:
    return {(part.key, part.wild) for part in atom.parts if isinstance(part, VariableRef) and part.in_field}
