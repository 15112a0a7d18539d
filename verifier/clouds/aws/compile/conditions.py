"""What a condition means on every request (rules 14 to 28), as a formula.

A condition is a test of one value, set into what the quantifier and an absent key make of it (rules 17 to 19). Rule 24
is why the test of a negated operator is "is of the type, and none matches". `Element(key)` is the value in question.

With `readings` the formula is that of every reading of the points that AWS's guide leaves open: `Reads(point)` chooses.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import TypeAlias, assert_never

from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.domains import domain, may_be_list, member_of_domain
from verifier.clouds.aws.compile.touched import is_bare_v6, may_hold_wildcards
from verifier.clouds.aws.policy.operators import Family, Operator, Quantifier
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Condition, ConditionValue, ParsedValue
from verifier.logic.formula import (
    FALSE,
    TRUE,
    Element,
    Formula,
    Many,
    MatchesTemplate,
    Present,
    Reads,
    Some,
    StringTerm,
    all_of,
    any_of,
    is_literal,
    member,
    negate,
)
from verifier.logic.hinges import read_either_way
from verifier.strings.languages import IS_ARN, NONEMPTY, Glob, Wildcard
from verifier.strings.pattern import ArnTemplate, Pattern, Template, Variable
from verifier.strings.typed import (
    CANONICAL_ADDRESS,
    FALSE_TEXT,
    IS_ADDRESS,
    IS_INSTANT,
    IS_NUMBER,
    TRUE_TEXT,
    Host,
    Instant,
    Number,
)
from verifier.strings.values import Comparison, Key, Network
from verifier.strings.variables import USUALLY, HowRead, PatternPart, VariableRef, arn_parts, fill, template_parts

# The relations that have a formula, by the type of the values. `_matches` sees values only, and would take another
# relation for one of these.
_ORDER = (
    Comparison.EQUALS,
    Comparison.LESS,
    Comparison.LESS_EQUALS,
    Comparison.GREATER,
    Comparison.GREATER_EQUALS,
)
_RELATIONS = {
    Family.STRING: (Comparison.EQUALS, Comparison.LIKE),
    Family.NUMERIC: _ORDER,
    Family.DATE: _ORDER,
    Family.BOOL: (Comparison.EQUALS,),
    Family.BINARY: (Comparison.EQUALS,),
    Family.ADDRESS: (Comparison.WITHIN,),
    Family.ARN: (Comparison.LIKE,),
    Family.NULL: (Comparison.ABSENT,),
}
_MOST_DEFAULTS = 6
_MOST_PIECES = 8
# A text with so many variables or fewer is not refused: pieces are variables, and texts around them.
MOST_ACCEPTED = min(_MOST_DEFAULTS, (_MOST_PIECES - 1) // 2)
# What makes holed parts of a template where it is known which keys are present; None where a variable has no value.
_Parts: TypeAlias = Callable[[Mapping[Key, bool]], tuple[PatternPart, ...] | None]


def compile_condition(condition: Condition, *, readings: bool = False) -> Formula:
    """Return the formula that holds iff the request passes `condition`, as AWS reads it where `readings`."""
    compiled = _compiled(condition, readings)
    operator = condition.test.operator
    if readings and operator.negated and not condition.values:
        affirmed = replace(condition, test=replace(condition.test, operator=replace(operator, negated=False)))
        return read_either_way(Point.EMPTY_LIST, usual=compiled, other=_compiled(affirmed, readings))
    return compiled


def _compiled(condition: Condition, readings: bool) -> Formula:
    key, test = condition.key, condition.test
    if test.operator.relation not in _RELATIONS.get(test.operator.family, ()):
        raise Unsupported(f"`{test.operator.name}` has no formula")
    if test.operator.family is Family.NULL:
        return _null(key, [value.value for value in condition.values], readings)
    passes = _value_test(test.operator, Element(key), condition.values, readings)
    match test.quantifier:
        case Quantifier.NONE:
            met = all_of((single(key), passes))
            if readings and test.operator.negated and may_be_list(key):
                met = any_of((met, all_of((Reads(Point.LIST_UNDER_PLAIN), Present(key), Many(key)))))
        case Quantifier.ALL:
            return negate(some(key, negate(passes)))
        case Quantifier.ANY:
            met = some(key, passes)
        case _:
            assert_never(test.quantifier)
    if not test.holds_on_absent_key:
        return met
    usual = any_of((negate(Present(key)), met))
    if readings and test.quantifier is Quantifier.ANY:
        return read_either_way(Point.ABSENT_UNDER_ANY, usual=usual, other=met)
    return usual


def single(key: Key) -> Formula:
    """Return the formula that the key is present with one value."""
    return all_of((Present(key), negate(Many(key)))) if may_be_list(key) else Present(key)


def some(key: Key, test: Formula) -> Formula:
    """Return the formula that some non-empty value of the key passes `test`, which is about `Element(key)` (rule
    18).
    """
    if test == FALSE:
        return FALSE
    if may_be_list(key):
        return Some(key, test)
    return all_of((Present(key), member_of_domain(Element(key), NONEMPTY), test))


def _null(key: Key, wanted: list[ParsedValue], readings: bool) -> Formula:
    """Rule 17: absent, or without a value that is not empty."""
    if may_be_list(key):
        empty = negate(Some(key, TRUE))
    else:
        empty = any_of((negate(Present(key)), member_of_domain(Element(key), Glob.literal(""))))
    if readings:
        empty = read_either_way(Point.NULL_OF_NOTHING, usual=empty, other=negate(Present(key)))
    return any_of(empty if value else negate(empty) for value in wanted)


def _value_test(operator: Operator, text: Element, values: Iterable[ConditionValue], readings: bool) -> Formula:
    """Return the test of one value: of the operator's type, and some value matches, or none where negated."""
    matched = any_of(
        _read(operator, text, value) if readings else _matches(operator, text, value.value)
        for value in values
        if readings or value.unknown is None
    )
    typed = _is_of_type(operator.family, text)
    usual = all_of((typed, negate(matched) if operator.negated else matched))
    if readings and operator.negated:
        point = Point.NOT_ARN if operator.family is Family.ARN else Point.ILL_TYPED
        return any_of((usual, all_of((negate(typed), Reads(point)))))
    return usual


def _read(operator: Operator, text: Element, value: ConditionValue) -> Formula:
    """Return that `text` matches one value, as AWS reads it (rules 21, 23, 25 and 27)."""
    usual = _matches(operator, text, value.value)
    if value.unknown is not None:
        return all_of((Reads(value.unknown), usual))
    match value.value:
        case Template() if operator.family is Family.BOOL:
            return all_of((negate(Reads(Point.BOOL_VARIABLE)), usual))
        case Template() | ArnTemplate() as template if operator.relation is Comparison.LIKE:
            if may_hold_wildcards(template):
                wild = _matches(operator, text, template, HowRead(wild=True))
                return read_either_way(Point.WILD_VALUE, usual=usual, other=wild)
            return usual
        case Pattern():
            return all_of((negate(Reads(Point.ARN_STAR)), usual))
        case _ if is_bare_v6(value):
            return all_of((negate(Reads(Point.BARE_V6)), usual))
    return usual


def _is_of_type(family: Family, text: Element) -> Formula:
    match family:
        case Family.STRING | Family.NULL | Family.BINARY:
            return TRUE  # of the binary operators there is no negated one, and what matches is of the type
        case Family.NUMERIC:
            return member_of_domain(text, IS_NUMBER)
        case Family.DATE:
            return member_of_domain(text, IS_INSTANT)
        case Family.ADDRESS:
            return TRUE if domain(text) == (CANONICAL_ADDRESS,) else member_of_domain(text, IS_ADDRESS)
        case Family.ARN:
            return member_of_domain(text, IS_ARN)
        case Family.BOOL:
            both = domain(text) == (TRUE_TEXT, FALSE_TEXT)
            return TRUE if both else any_of((member(text, TRUE_TEXT), member(text, FALSE_TEXT)))
        case _:
            assert_never(family)


def _matches(operator: Operator, text: Element, value: ParsedValue, how: HowRead = USUALLY) -> Formula:
    match value:
        case Template() if operator.family is Family.BOOL:
            return any_of(
                all_of((member(text, truth), fills_to(value, word)))
                for word, truth in (("true", TRUE_TEXT), ("false", FALSE_TEXT))
            )
        case Template():
            return fits(text, value, operator.ignores_case, how)
        case ArnTemplate():
            return _fits_parts(text, value.variables, partial(arn_parts, value, how=how), ignores_case=False)
        case Pattern():
            return member_of_domain(text, Glob.of(value))
        case bool():
            return member(text, TRUE_TEXT if value else FALSE_TEXT)
        case Decimal() if operator.family is Family.DATE:
            return member(text, Instant(operator.relation, value))
        case Decimal():
            return member(text, Number(operator.relation, value))
        case bytes():
            return _is_bytes(text, value)
        case _:
            return _in_network(text, value)


def _in_network(text: StringTerm, network: Network) -> Formula:
    return member(text, Host(network))


def _is_bytes(text: StringTerm, value: bytes) -> Formula:
    return is_literal(text, base64.b64encode(value).decode())


def fits(text: StringTerm, template: Template, ignores_case: bool = False, how: HowRead = USUALLY) -> Formula:
    """Return that `text` matches `template` with the values of its variables put in (rules 25 to 28)."""
    if template.pattern is not None and not how.within:
        return _plain(text, template.pattern, ignores_case)
    return _fits_parts(text, template.variables, partial(template_parts, template, how=how), ignores_case)


@lru_cache(maxsize=4_096)
def _plain(text: StringTerm, pattern: Pattern, ignores_case: bool) -> Formula:
    """Return that `text` matches `pattern`; a policy says the same of its resources again and again."""
    return member_of_domain(text, Glob.of(pattern, ignores_case))


def _fits_parts(text: StringTerm, variables: tuple[Variable, ...], parts_of: _Parts, ignores_case: bool) -> Formula:
    """Distinguish which of the keys are present: absent ones leave their default, or nothing that matches."""
    keys = tuple(dict.fromkeys(variable.key for variable in variables))
    return any_of(
        all_of((*_presence(present), _fits_variables(text, parts_of(present), ignores_case)))
        for present in _cases(keys, variables)
    )


def _cases(keys: tuple[Key, ...], variables: tuple[Variable, ...]) -> Iterator[dict[Key, bool]]:
    """Each choice of present keys under which every variable may have a value."""
    must = {variable.key for variable in variables if variable.default is None}
    if len(keys) - len(must) > _MOST_DEFAULTS:
        raise Unsupported(f"one value has more than {_MOST_DEFAULTS} variables with defaults")
    for choice in itertools.product(*((True,) if key in must else (True, False) for key in keys)):
        yield dict(zip(keys, choice, strict=True))


def _presence(present: Mapping[Key, bool]) -> Iterator[Formula]:
    for key, there in present.items():
        yield single(key) if there else negate(Present(key))


def _fits_variables(text: StringTerm, parts: tuple[PatternPart, ...] | None, ignores_case: bool) -> Formula:
    if parts is None:
        return FALSE
    if isinstance(text, Element) and any(isinstance(part, VariableRef) and part.key == text.key for part in parts):
        fitting = _fits_itself(text, parts)
        wild = any(isinstance(part, VariableRef) and part.wild for part in parts)
        return MatchesTemplate(text, parts, ignores_case) if wild and fitting != TRUE else fitting
    if any(isinstance(part, VariableRef) for part in parts):
        return MatchesTemplate(text, parts, ignores_case)
    return member_of_domain(text, fill(parts, {}, ignores_case))


def _fits_itself(text: Element, parts: tuple[PatternPart, ...]) -> Formula:
    """A value compared with a pattern that holds the value itself: no text is longer than itself, so all else is
    empty.
    """
    if any(isinstance(part, str) or part in (Wildcard.CHAR, Wildcard.FIELD_CHAR) for part in parts):
        return FALSE
    keys = [part.key for part in parts if isinstance(part, VariableRef)]
    empty = [key for key in dict.fromkeys(keys) if key != text.key or keys.count(key) > 1]
    return all_of(member_of_domain(Element(key), Glob.literal("")) for key in empty)


def fills_to(template: Template, word: str) -> Formula:
    """Return that `template`, filled in, is `word` up to case: some way of cutting `word` gives each variable its
    piece.
    """
    keys = tuple(dict.fromkeys(variable.key for variable in template.variables))
    if len(template.parts) > _MOST_PIECES:
        raise Unsupported(f"a Bool value with variables has more than {_MOST_PIECES} parts")
    return any_of(
        all_of((*_presence(present), _pieces(template_parts(template, present), word)))
        for present in _cases(keys, template.variables)
    )


def _pieces(parts: tuple[PatternPart, ...] | None, word: str) -> Formula:
    if parts is None:
        return FALSE
    if not parts:
        return FALSE if word else TRUE
    first, rest = parts[0], parts[1:]
    match first:
        case str():
            return _pieces(rest, word[len(first) :]) if word.startswith(first.lower()) and first.isascii() else FALSE
        case VariableRef(key):
            return any_of(
                all_of(
                    (
                        member(Element(key), Glob((word[:end],) if end else (), ignores_case=True)),
                        _pieces(rest, word[end:]),
                    )
                )
                for end in range(len(word) + 1)
            )
        case _:
            return any_of(_pieces(rest, word[end:]) for end in range(len(word) + 1))
