"""Ask only about what matters: the literals of an assignment that already make a formula true.

The theory of texts is asked about these alone. Of a disjunction one true part is enough: the one that adds least to
what is already needed, where demanding that a key be present, or a list, costs much, so that counterexamples stay
small, and another reading of a point most, so that they hang on few.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.logic.formula import And, Atom, Constant, Exists, Formula, Literal, Many, Not, Or, Present, Reads


def implicant(formula: Formula, holds: Callable[[Atom], bool]) -> dict[Literal, None]:
    """Return literals, true under `holds`, that make `formula` true. `formula` must be true under `holds`."""
    needed: dict[Literal, None] = {}
    truth: dict[Formula, bool] = {}
    _need(formula, holds, truth, needed)
    return needed


def _true(formula: Formula, holds: Callable[[Atom], bool], truth: dict[Formula, bool]) -> bool:
    known = truth.get(formula)
    if known is None:
        match formula:
            case Constant(value):
                known = value
            case Not(part):
                known = not holds(part)
            case And(parts):
                known = all(_true(part, holds, truth) for part in parts)
            case Or(parts):
                known = any(_true(part, holds, truth) for part in parts)
            case atom:
                known = holds(atom)
        truth[formula] = known
    return known


def _need(
    formula: Formula, holds: Callable[[Atom], bool], truth: dict[Formula, bool], needed: dict[Literal, None]
) -> None:
    match formula:
        case Constant():
            pass
        case And(parts):
            for part in sorted(parts, key=lambda part: isinstance(part, And | Or)):
                _need(part, holds, truth, needed)
        case Or(parts):
            true = [part for part in parts if _true(part, holds, truth)]
            _need(min(true, key=lambda part: _cost(part, needed)), holds, truth, needed)
        case literal:
            needed[literal] = None


def _cost(formula: Formula, needed: dict[Literal, None]) -> int:
    match formula:
        case Constant():
            return 0
        case And(parts):
            return sum(_cost(part, needed) for part in parts)
        case Or(parts):
            return min(_cost(part, needed) for part in parts)
        case literal if literal in needed:
            return 0
        case Reads():
            return 100
        case Present() | Many() | Exists():
            return 20
        case Not(Present() | Many() | Exists() | Reads()):
            return 1
        case _:
            return 2
