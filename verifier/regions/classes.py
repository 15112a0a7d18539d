"""Which actions differ alike: every action that a question tells apart, gathered by the formula that it leads to.

`logic/action_classes.py` yields actions that stand for others. Here every pattern of the documents cuts by itself, not
only every rule, so that no cell is ever half within a pattern. Patterns of one service that are more than a literal run
and a `*`, and stand in the same statements, cut together: apart they could cut the actions into too many cells. A cell
is a number, and a set of cells the bits of an integer. A literal action is a cell of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from verifier.base.budget import Budget
from verifier.base.dataclass import dataclass
from verifier.logic.action_classes import representatives
from verifier.logic.actions import ActionPattern, ActionSet, Effect
from verifier.logic.formula import FALSE, TRUE, Formula
from verifier.logic.propagate import unit_propagate
from verifier.logic.rules import Rule, Ruleset
from verifier.questions.claims import ActionCase, Claim, cases, reach
from verifier.strings.pattern import Pattern, Wild

# Patterns that are or-ed.
Patterns: TypeAlias = tuple[ActionPattern, ...]


@dataclass(frozen=True)
class Classes:
    """The cells of the actions within reach of a question.

    `wild` are the cuts, patterns with a wildcard, each with its cells, `roots` those of them that make up the reach;
    `words` are the literal actions, by cell. `formulas` are what the claims become, each with the cells where they do.
    Patterns are written as some document spells them.
    """

    wild: dict[Patterns, int]
    roots: tuple[Patterns, ...]
    words: dict[int, ActionPattern]
    formulas: dict[Formula, int]


def classes(claims: Sequence[Claim], budget: Budget) -> Classes:
    """Return the cells of the actions that can make `claims` true. Raises LimitReached."""
    levels = tuple(dict.fromkeys(claim.level for claim in claims))
    rulesets = [ruleset for level in levels for ruleset in level.rulesets]
    within = reach(claims)
    spelled = _spelled(rulesets)
    wild = cuts(rulesets, within)
    each = cutting(wild)
    simplified: dict[ActionCase, Formula] = {}
    seen: set[object] = set()
    cells = dict.fromkeys(wild, 0)
    words: dict[int, ActionPattern] = {}
    formulas: dict[Formula, int] = {}
    for action, case in cases(claims, representatives(within, [*rulesets, each], budget), budget):
        met, word = each.at(action), spelled.get(action)
        cell = action if word else met
        if cell in seen:
            continue
        budget.check()
        bit = 1 << len(seen)
        if word:
            words[len(seen)] = word
        seen.add(cell)
        for number in met:
            cells[wild[number]] |= bit
        if case not in simplified:
            simplified[case] = unit_propagate(case.formula, budget)
        formula = simplified[case]
        if formula != FALSE:
            formulas[formula] = formulas.get(formula, 0) | bit
    as_written = {patterns: tuple(_as_written(pattern, spelled) for pattern in patterns) for patterns in wild}
    reached = set(within)
    roots = tuple(as_written[patterns] for patterns in wild if patterns[0] in reached)
    return Classes({as_written[patterns]: mask for patterns, mask in cells.items()}, roots, words, formulas)


def cutting(found: Iterable[Patterns]) -> Ruleset:
    """Return rules that tell apart just what `found` do."""
    return Ruleset(tuple(Rule.of(Effect.ALLOW, ActionSet(patterns), TRUE) for patterns in found))


def cuts(rulesets: Sequence[Ruleset], within: Sequence[ActionPattern]) -> list[Patterns]:
    """Return the patterns with a wildcard, as they cut: alone, or together those that make no difference apart."""
    standing: dict[ActionPattern, list[tuple[int, int, int]]] = {pattern: [] for pattern in within}
    for place, ruleset in enumerate(rulesets):
        for number, rule in enumerate(ruleset.rules):
            for part, patterns in enumerate(rule.actions.cuts):
                for pattern in patterns:
                    standing.setdefault(pattern, []).append((place, number, part))
    groups: dict[object, list[ActionPattern]] = {}
    for pattern, stands in standing.items():
        if not is_word(pattern):
            alone = pattern.name.head is not None or pattern.service.text is None
            groups.setdefault(pattern if alone else (pattern.service, *stands), []).append(pattern)
    return list(map(tuple, groups.values()))


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set in `mask`."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def is_word(pattern: ActionPattern) -> bool:
    """Whether the pattern is one literal action."""
    return pattern.service.text is not None and pattern.name.text is not None


def _spelled(rulesets: Sequence[Ruleset]) -> dict[str, ActionPattern]:
    """The literal actions of all rules, which a cloud may have put in, and the entries of all documents, by their lower
    case; entries with the name in the case in which it is written.
    """
    parts = (part for ruleset in rulesets for rule in ruleset.rules for part in rule.actions.cuts)
    literal = {_key(pattern): pattern for part in parts for pattern in part if is_word(pattern)}
    words = (text.partition(":") for ruleset in rulesets for text in ruleset.spelled.values())
    patterns = (ActionPattern(_pattern(service.lower()), _pattern(name)) for service, colon, name in words if colon)
    return literal | {_key(pattern): pattern for pattern in patterns}


def _as_written(pattern: ActionPattern, spelled: dict[str, ActionPattern]) -> ActionPattern:
    return spelled.get(_key(pattern), pattern)


def _key(pattern: ActionPattern) -> str:
    return f"{pattern.service}:{pattern.name}".lower()


def _pattern(text: str) -> Pattern:
    wild = {"*": Wild.TEXT, "?": Wild.CHAR}
    return Pattern.of(wild.get(char, char) for char in text)
