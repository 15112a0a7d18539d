"""What a formula says where its atoms are given: the reading that lemmas and folding are held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verifier.logic.formula import And, Atom, Constant, Element, Formula, MatchesTemplate, Member, Not, Or, StringTerm
from verifier.strings.values import Key

Truth = Callable[[Atom], bool]


def holds(formula: Formula, truth: Truth) -> bool:
    """What a formula says where its atoms say `truth`."""
    match formula:
        case Constant(value):
            return value
        case Not(part):
            return not holds(part, truth)
        case And(parts):
            return all(holds(part, truth) for part in parts)
        case Or(parts):
            return any(holds(part, truth) for part in parts)
        case _:
            return truth(formula)


def texts_say(texts: Mapping[StringTerm, str], more: Mapping[Key, str]) -> Truth:
    """What atoms say of texts, where the values of `more` keys fill patterns too."""
    values = {text.key: value for text, value in texts.items() if isinstance(text, Element)} | dict(more)

    def truth(atom: Atom) -> bool:
        match atom:
            case Member(text, language):
                return language.matches(texts[text])
            case MatchesTemplate(text):
                return atom.filled(values).matches(texts[text])
            case _:
                raise AssertionError(atom)

    return truth
