"""The element Condition to syntax: operators, keys, and values by the family of their operator (rules 14 to 28)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import assert_never

from verifier.base.errors import quote
from verifier.base.grammar import AnyToken, place_of
from verifier.base.parse_tree import ConditionBlock, ConditionMember, TextsMember, text_of_token
from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.clouds.aws.policy.entries import (
    Setting,
    TemplateError,
    has_variables,
    parse_arn,
    parse_template,
    widest_template,
)
from verifier.clouds.aws.policy.operators import Family, Quantifier, Test, find_test, nearest_test
from verifier.clouds.aws.policy.suggestions import nearest_value
from verifier.clouds.aws.policy.syntax import Condition, ConditionValue, ParsedValue
from verifier.clouds.aws.policy.unknown import MayMatch, has_unknown, shown_as, unknown_of
from verifier.strings.pattern import ANYTHING
from verifier.strings.values import Comparison, Key, read_bool, read_bytes, read_instant, read_network, read_number

_LONGEST_OPERATOR = 64
_NULL_WITH_MORE = regex(r"(forallvalues:|foranyvalue:)?null(ifexists)?", re.IGNORECASE | re.ASCII)
_EXPECTED = {
    Family.NUMERIC: ("a number", "write digits, as in `10` or `-2.5`"),
    Family.DATE: ("a date", "write `YYYY-MM-DDThh:mm:ssZ` or seconds since 1970"),
    Family.BOOL: ("a Boolean", "write `true` or `false`"),
    Family.NULL: ("a Boolean", "write `true` or `false`"),
    Family.BINARY: ("base64", "write padded base64, as in `QmluYXJ5`"),
    Family.ADDRESS: ("an IP address or CIDR block", "write one as in `203.0.113.0/24` or `2001:db8::/32`"),
}


def conditions(member: ConditionMember, setting: Setting) -> tuple[Condition, ...]:
    """Return the conditions of a statement in the order of the document.

    Raises PolicyError for an operator that does not exist or appears twice, a key that appears twice (rules 5 and 15),
    and a value that its operator cannot read (rules 22 to 26).
    """
    if not member.blocks:
        setting.warn("the Condition is empty, so it always matches", place_of(member.name))
    seen: set[Test] = set()
    found: list[Condition] = []
    for block in member.blocks:
        if has_unknown(text_of_token(block.name), setting.source):
            setting.unknowns.append(unknown_of(text_of_token(block.name), setting.source, setting.use("Condition")))
            continue
        test = _test(block, setting)
        if test in seen:
            help = "put the keys of both into one block"
            raise setting.error(f"the operator {quote(str(test))} appears twice", place_of(block.name), help)
        seen.add(test)
        found += _block(block, test, setting)
    return tuple(found)


def _test(block: ConditionBlock, setting: Setting) -> Test:
    text = text_of_token(block.name)
    test = find_test(text) if len(text) <= _LONGEST_OPERATOR else None  # what is longer is not worth remembering
    if test is None:
        near = nearest_test(text)
        help = f"did you mean `{near}`?" if near else "use an operator such as `StringEquals`"
        if _NULL_WITH_MORE.fullmatch(text):
            help = "`Null` takes neither a prefix nor `IfExists`"
        raise setting.error(f"{quote(text)} is not a condition operator", place_of(block.name), help)
    return test


def _block(block: ConditionBlock, test: Test, setting: Setting) -> list[Condition]:
    if not block.keys:
        setting.warn(f"the operator {quote(str(test))} has no keys, so it always matches", place_of(block.name))
    seen: set[Key] = set()
    found: list[Condition] = []
    for member in block.keys:
        if _is_open(member, test, setting):
            setting.unknowns.append(_open_condition(member, test, setting))
            continue
        condition = _condition(block.name, test, member, setting)
        if condition.key in seen:
            message = f"the key {quote(condition.key.name)} appears twice under {quote(str(test))}"
            raise setting.error(message, condition.key_place, "keep one; write several values of a key as a list")
        seen.add(condition.key)
        found.append(condition)
    return found


def _is_open(member: TextsMember, test: Test, setting: Setting) -> bool:
    """Whether nothing is known of a condition: its key is unknown, or a value of an operator that tests no text."""
    if setting.source.within is None:
        return False
    values = member.texts.tokens if test.operator.family in (Family.NULL, Family.BINARY) else ()
    return any(has_unknown(text_of_token(token), setting.source) for token in (member.name, *values))


def _open_condition(member: TextsMember, test: Test, setting: Setting) -> MayMatch:
    key, *values = (text_of_token(token) for token in (member.name, *member.texts.tokens))
    return unknown_of(key, setting.source, setting.use(f"Condition {test}"), values)


def _condition(operator: AnyToken, test: Test, member: TextsMember, setting: Setting) -> Condition:
    name, key_place = text_of_token(member.name), place_of(member.name)
    setting.forbid_variables(name, key_place, "a condition key")
    if not name:
        raise setting.error("the condition key is empty", key_place, "write a key, as in `aws:SourceIp`")
    tokens = member.texts.tokens
    if not tokens:
        then = "everything" if test.operator.negated else "nothing"
        setting.warn(f"the list of values of {quote(name)} is empty, so it matches {then}", key_place)
    values = [
        _value(token, test, setting)
        if not has_unknown(text_of_token(token), setting.source)
        else _unknown_value(token, name, test, tokens, setting)
        for token in tokens
    ]
    return Condition(test, Key.of(name), tuple(values), place_of(operator), key_place, text_of_token(operator))


def _unknown_value(
    token: AnyToken, key: str, test: Test, tokens: Sequence[AnyToken], setting: Setting
) -> ConditionValue:
    """Return a value with an unknown part, read as the widest that it could be: any value of the operator's type."""
    text, operator = text_of_token(token), test.operator
    which = test.quantifier is (Quantifier.ANY if operator.negated else Quantifier.ALL)
    shared = [text_of_token(each) for each in tokens if each is not token] if which else []
    use = f"{test if which else operator.name.replace('Not', '')} {key.lower()}"
    unknown = unknown_of(text, setting.source, setting.use(use), shared)
    value: ParsedValue = ANYTHING
    if operator.family is Family.STRING:
        likes = operator.relation is Comparison.LIKE
        value = widest_template(text, wildcards=likes, variables=setting.variables)
    return ConditionValue(shown_as(text, setting.source), value, place_of(token), unknown)


def _value(token: AnyToken, test: Test, setting: Setting) -> ConditionValue:
    text, place = text_of_token(token), place_of(token)
    try:
        return ConditionValue(text, _read(text, place, test, setting), place)
    except TemplateError as wrong:
        raise setting.error(wrong.message, place, wrong.help) from None


def _read(text: str, place: HasSpan, test: Test, setting: Setting) -> ParsedValue:
    operator = test.operator
    if not setting.variables and has_variables(text):
        setting.warn(f"`${{` in {quote(text)} is plain text, because the version of the policy is 2008-10-17", place)
    match operator.family:
        case Family.STRING:
            return parse_template(text, wildcards=operator.relation is Comparison.LIKE, variables=setting.variables)
        case Family.ARN:
            return parse_arn(text, variables=setting.variables)
        case Family.BOOL:
            if setting.variables and has_variables(text):
                return parse_template(text, wildcards=False)
            return _typed(text, place, test, setting, read_bool)
        case Family.NULL:
            return _typed(text, place, test, setting, read_bool)
        case Family.NUMERIC:
            return _typed(text, place, test, setting, read_number)
        case Family.DATE:
            return _typed(text, place, test, setting, read_instant)
        case Family.BINARY:
            return _typed(text, place, test, setting, read_bytes)
        case Family.ADDRESS:
            return _typed(text, place, test, setting, read_network)
        case _:
            assert_never(operator.family)


def _typed(
    text: str, place: HasSpan, test: Test, setting: Setting, read: Callable[[str], ParsedValue | None]
) -> ParsedValue:
    setting.forbid_variables(text, place, f"a value of {quote(str(test))}")
    value = read(text)
    if value is None:
        noun, help = _EXPECTED[test.operator.family]
        near = nearest_value(text, test.operator.family)
        message = f"{quote(text)} is not {noun}, which {quote(str(test))} needs"
        raise setting.error(message, place, f"did you mean `{near}`?" if near else help)
    return value
