"""A formula about resource and keys in words, in the language of IAM: `aws:SourceIp is in 203.0.113.0/24`.

All that a conjunction or a disjunction says of one key is said together: `aws:PrincipalTag/team is absent or not "a*"`
(with backticks). What goes without saying is not said: if a value of a key is given, the key is present and holds one
value. Patterns stand in backticks, written as documents write them: `${aws:username}` is a variable, `${*}` a star.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias, assert_never

from verifier.base.regex import regex
from verifier.logic.formula import (
    ActionText,
    And,
    Constant,
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
    ResourceText,
    Some,
    StringTerm,
    all_of,
    atoms,
    negate,
)
from verifier.regions.region import key_there, pattern_text
from verifier.strings.languages import IS_ARN, NONEMPTY, Glob, Language
from verifier.strings.typed import FALSE_TEXT, TRUE_TEXT, Host, Instant, Number
from verifier.strings.values import Comparison, Key

# What a phrase is about: the action, the resource, or a key.
_Subject: TypeAlias = ActionText | ResourceText | Key
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = {
    Comparison.LESS: "below ",
    Comparison.LESS_EQUALS: "at most ",
    Comparison.GREATER: "above ",
    Comparison.GREATER_EQUALS: "at least ",
}
_DATES = {
    Comparison.LESS: "before ",
    Comparison.LESS_EQUALS: "no later than ",
    Comparison.GREATER: "after ",
    Comparison.GREATER_EQUALS: "no earlier than ",
}
_QUOTED = regex("`[^`]*`")
_ENCLOSED = regex(r"\([^()]*\)")
_EMPTY = Glob.literal("")


def formula_words(formula: Formula) -> str:
    """Return `formula` in words; none where it is always true."""
    match formula:
        case Constant(value):
            return "" if value else "never"
        case And(parts):
            return " and ".join(_clauses(parts, And))
        case Or(parts):
            return " or ".join(_clauses(parts, Or))
        case Some(key, Constant(True)):
            return f"{key} has a value that is not empty"
        case Not(Some(key, Constant(True))):
            return f"{key} is absent or empty"
        case Some(key, test):
            return f"some value of {key} is {_predicate(test, key)}"
        case Not(Some(key, test)):
            if _negations(negate(test)) < _negations(test):
                return f"every value of {key} is {_predicate(negate(test), key)}"
            return f"no value of {key} is {_predicate(test, key)}"
        case _:
            subject = _subject(formula)
            assert subject is not None, "a literal has a subject"
            return _sentence(subject, formula)


def _clauses(parts: Sequence[Formula], kind: type[And | Or]) -> list[str]:
    """The parts, those about one subject together, and those of the other connective in parentheses."""
    about: dict[_Subject, list[Formula]] = {}
    others: list[str] = []
    for part in _said(parts) if kind is And else parts:
        subject = _subject(part)
        if subject is None:
            others.append(
                f"({formula_words(part)})" if isinstance(part, And | Or) else _apart(formula_words(part), kind, parts)
            )
        else:
            about.setdefault(subject, []).append(part)
    return [*(_apart(_sentence(subject, *said, kind=kind), kind, parts) for subject, said in about.items()), *others]


def _apart(said: str, kind: type[And | Or], parts: Sequence[Formula]) -> str:
    """A sentence in parentheses, where it holds the other connective and others stand next to it."""
    bare = _ENCLOSED.sub("", _QUOTED.sub("", said))
    return f"({said})" if len(parts) > 1 and (" or " if kind is And else " and ") in bare else said


def _said(parts: Sequence[Formula]) -> list[Formula]:
    """The parts of a conjunction without what goes without saying, for the values that others put into patterns."""
    filled = {key for part in parts if isinstance(part, MatchesTemplate) for key in part.keys}
    return [part for part in parts if key_there(part) not in filled]


def _sentence(subject: _Subject, *said: Formula, kind: type[And | Or] = And) -> str:
    """`subject is ...`, where all that is `said` is about it."""
    return f"{_name(subject)} is {_together(said, kind, subject)}"


def _name(subject: _Subject) -> str:
    match subject:
        case ActionText():
            return "the action"
        case ResourceText():
            return "the resource"
        case Key():
            return subject.name
        case other:
            assert_never(other)


def _predicate(formula: Formula, subject: _Subject) -> str:  # noqa: C901, PLR0912 - a case for each kind of formula
    """What is said of the subject, without it."""
    match formula:
        case And(parts):
            return _together(parts, And, subject)
        case Or(parts):
            return _together(parts, Or, subject)
        case Present():
            return "present"
        case Many():
            return "a list"
        case Member(_, language):
            return _language(language)
        case MatchesTemplate(_, parts, ignores_case):
            return f"`{pattern_text(parts)}`{' in any case' if ignores_case else ''}"
        case Not(Present()):
            return "absent"
        case Not(Many()):
            return "no list"
        case Not(Member(_, language)) if language == NONEMPTY:
            return "empty"
        case Not(part):
            return f"not {_predicate(part, subject)}"
        case Exists(element):
            return f"a list of {element.index + 1} or more"
        case Constant(value):
            return "anything" if value else "nothing"
        case Some():
            return f"such that {formula_words(formula)}"
        case Reads(point):
            return f"read by rule {point.rule} the other way"
        case other:
            assert_never(other)


def _together(parts: Sequence[Formula], kind: type[And | Or], subject: _Subject) -> str:
    """The predicates of `parts`, which are all about the subject: lists of values as `one of ...` and `none of ...`."""
    parts = _plain(parts) if kind is And else _otherwise(parts)
    values = [part for part in parts if _is_listed(part, kind)]
    others = [part for part in parts if not _is_listed(part, kind)] if len(values) > 1 else list(parts)
    found = [_other(part, subject, alone=len(parts) == 1) for part in others]
    if len(values) > 1:
        members = ", ".join(_predicate(part.part if isinstance(part, Not) else part, subject) for part in values)
        found.append(f"{'one' if kind is Or else 'none'} of {members}")
    if kind is And or len(found) < 3:
        return (" and " if kind is And else " or ").join(found)
    return f"{', '.join(found[:-1])} or {found[-1]}"


def _other(part: Formula, subject: _Subject, *, alone: bool) -> str:
    said = _predicate(part, subject)
    if alone or not isinstance(part, And | Or) or said.startswith(("one of ", "none of ")):
        return said
    return f"({said})"


def _plain(parts: Sequence[Formula]) -> list[Formula]:
    """The parts of a conjunction without what goes without saying: where a value is told, there is one."""
    if any(_tells(part) for part in parts):
        return [part for part in parts if key_there(part) is None] or list(parts)
    return list(parts)


def _otherwise(parts: Sequence[Formula]) -> list[Formula]:
    """The parts of a disjunction without what goes without saying: where the key is not absent, it is present."""
    absent = {part.part.key for part in parts if isinstance(part, Not) and isinstance(part.part, Present)}
    return [
        all_of(one for one in part.parts if key_there(one) not in absent) if isinstance(part, And) else part
        for part in parts
    ]


def _tells(part: Formula) -> bool:
    """Whether the part can only hold where the key has a value, and reads so."""
    match part:
        case Member() | MatchesTemplate():
            return True
        case Or(parts):
            return all(map(_tells, parts))
        case And(parts):
            return any(map(_tells, parts))
        case _:
            return False


def _is_listed(part: Formula, kind: type[And | Or]) -> bool:
    """Whether it can stand in a list: of values that are allowed in an `Or`, of values that are not in an `And`."""
    return _is_value(part) if kind is Or else isinstance(part, Not) and _is_value(part.part)


def _is_value(part: Formula) -> bool:
    """Whether it names one value or pattern."""
    return isinstance(part, Member) and isinstance(part.language, Glob) and part.language not in (NONEMPTY, _EMPTY)


def _language(language: Language) -> str:
    if language == NONEMPTY:
        return "not empty"
    if language == _EMPTY:
        return "empty"
    if language == IS_ARN:
        return "an ARN"
    if language in (TRUE_TEXT, FALSE_TEXT):
        return "true" if language == TRUE_TEXT else "false"
    match language:
        case Glob(parts, ignores_case):
            return f"`{pattern_text(parts)}`{' in any case' if ignores_case else ''}"
        case Host(network) if network is not None:
            return str(network.network_address) if network.num_addresses == 1 else f"in {network}"
        case Number(relation, bound) if relation is not None:
            return f"{_NUMBERS.get(relation, '')}{bound}"
        case Instant(relation, bound) if relation is not None:
            return f"{_DATES.get(relation, '')}{_instant(bound)}"
        case _:
            return str(language)


def _instant(seconds: Decimal) -> str:
    """The instant as ISO 8601 writes it, and as it is where a calendar of four digits cannot."""
    whole = int(seconds)
    try:
        text = (_EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
    except OverflowError:
        return f"{seconds} s"
    return text.rjust(19, "0") + "Z" if whole == seconds else f"{seconds} s"


def _subject(formula: Formula) -> _Subject | None:
    """The one thing that all of the formula is about; None where there are several, or values of a list one by one."""
    found = {_subject_of(atom) for atom in atoms(formula)}
    return next(iter(found)) if len(found) == 1 else None


def _subject_of(atom: Formula) -> _Subject | None:
    match atom:
        case Present(key) | Many(key):
            return key
        case Exists(element):
            return element.key
        case Member(text) | MatchesTemplate(text):
            return _of_text(text)
        case _:
            return None


def _of_text(text: StringTerm) -> _Subject:
    return text.key if isinstance(text, Element) else text


def _negations(formula: Formula) -> int:
    match formula:
        case Not():
            return 1
        case And(parts) | Or(parts):
            return sum(map(_negations, parts))
        case _:
            return 0
