"""Keys compared with keys: what follows when a text must equal the value of another key (`StringEquals` on `${key}`).

`MatchesTemplate(t, (VariableRef(k),))` says that t equals the value of k. Equality is symmetric and transitive, and
equal texts lie in the same languages and fit the same patterns: `equalities` yields these facts for the atoms of a
formula, so that a solver which knows nothing of texts can draw the conclusions. `cancelled` finds such atoms that
follow from others: a text that fits both `a/${k}` and `a/${l}` makes the two values equal.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from verifier.logic.demands import Demands
from verifier.logic.formula import (
    Atom,
    Element,
    Formula,
    MatchesTemplate,
    Member,
    StringTerm,
    all_of,
    any_of,
    atoms,
    is_literal,
    negate,
)
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef

_MOST_TEXTS = 8


def equalities(formula: Formula) -> Iterator[Formula]:
    """Yield what holds of every request because of the equalities among the atoms of `formula`."""
    found = atoms(formula)
    pairs = [pair for pair in map(_compared, found) if pair is not None]
    if not pairs:
        return
    for group in _groups(pairs):
        if len(group) > _MOST_TEXTS:
            continue
        for one, other in itertools.permutations(group, 2):
            equal = _equal(one, other)
            if equal is None:
                continue
            if (back := _equal(other, one)) is not None:
                yield iff(equal, back)
            yield from _alike(equal, one, other, found)
            for third in group:
                first, last = _equal(other, third), _equal(one, third)
                if third not in (one, other) and first is not None and last is not None:
                    yield any_of((negate(equal), negate(first), last))


def _compared(atom: Atom) -> tuple[StringTerm, StringTerm] | None:
    match atom:
        case MatchesTemplate(text, (VariableRef(key),), False):
            return text, Element(key)
        case _:
            return None


def _equal(text: StringTerm, other: StringTerm) -> Formula | None:
    """The atom that `text` equals `other`; only the single value of a key can stand on the right."""
    return MatchesTemplate(text, (VariableRef(other.key),)) if isinstance(other, Element) and other.index == 0 else None


def iff(one: Formula, other: Formula) -> Formula:
    """Return that both formulas hold, or neither does."""
    return all_of((any_of((negate(one), other)), any_of((one, negate(other)))))


def _alike(equal: Formula, one: StringTerm, other: StringTerm, found: dict[Atom, None]) -> Iterator[Formula]:
    for atom in found:
        match atom:
            case Member(text, language) if text in (one, other):
                yield any_of((negate(equal), iff(Member(one, language), Member(other, language))))
            case MatchesTemplate(text, parts, ignores_case) if text in (one, other) and _compared(atom) is None:
                yield any_of(
                    (
                        negate(equal),
                        iff(MatchesTemplate(one, parts, ignores_case), MatchesTemplate(other, parts, ignores_case)),
                    )
                )
            case _:
                pass


def _groups(pairs: list[tuple[StringTerm, StringTerm]]) -> list[list[StringTerm]]:
    """The texts that are compared with each other, directly or through others."""
    groups: list[list[StringTerm]] = []
    for pair in pairs:
        joined = [group for group in groups if any(text in group for text in pair)]
        merged = list(dict.fromkeys([*itertools.chain(*joined), *pair]))
        groups = [group for group in groups if group not in joined] + [merged]
    return groups


def cancelled(demands: Mapping[StringTerm, Demands]) -> Iterator[Formula]:
    """Yield what a value is where a text fits two patterns that differ at this value alone."""
    for asked in demands.values():
        for one, other in itertools.permutations(
            (fits for fits in asked.fits if not (fits.ignores_case or fits.wild)), 2
        ):
            match _differing(one.parts, other.parts):
                case ((VariableRef(key),), rest) if _is_plain(rest) and VariableRef(key) not in rest:
                    yield any_of((negate(one), negate(other), _is_value(key, rest)))
                case _:
                    pass


def _is_value(key: Key, parts: tuple[PatternPart, ...]) -> Formula:
    """The atoms that the value of `key` is what `parts` hold, either way round."""
    match parts:
        case ():
            return is_literal(Element(key), "")
        case (str(text),):
            return is_literal(Element(key), text)
        case (VariableRef(other),):
            return all_of(
                (
                    MatchesTemplate(Element(key), (VariableRef(other),)),
                    MatchesTemplate(Element(other), (VariableRef(key),)),
                )
            )
        case _:
            return MatchesTemplate(Element(key), parts)


def _is_plain(parts: tuple[PatternPart, ...]) -> bool:
    return all(isinstance(part, str) or (isinstance(part, VariableRef) and not part.in_field) for part in parts)


def _differing(
    one: tuple[PatternPart, ...], other: tuple[PatternPart, ...]
) -> tuple[tuple[PatternPart, ...], tuple[PatternPart, ...]]:
    """What is left of two patterns without what both begin with, and what both end with."""
    one, other = _without_common_head(one, other)
    ends = _without_common_head(_reversed(one), _reversed(other))
    return _reversed(ends[0]), _reversed(ends[1])


def _reversed(parts: tuple[PatternPart, ...]) -> tuple[PatternPart, ...]:
    return tuple(part[::-1] if isinstance(part, str) else part for part in parts[::-1])


def _without_common_head(
    one: tuple[PatternPart, ...], other: tuple[PatternPart, ...]
) -> tuple[tuple[PatternPart, ...], tuple[PatternPart, ...]]:
    while one and other:
        first, second = one[0], other[0]
        if isinstance(first, VariableRef) and first == second:
            one, other = one[1:], other[1:]
        elif isinstance(first, str) and isinstance(second, str) and first[0] == second[0]:
            common = sum(
                1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
            )
            one = (first[common:], *one[1:]) if common < len(first) else one[1:]
            other = (second[common:], *other[1:]) if common < len(second) else other[1:]
        else:
            break
    return one, other
