"""Which points that AWS's guide leaves open a document touches: where another reading could make a difference.

`touched` names a point wherever the formula of the document under every reading (`compile.py`) mentions it; a law
compares them. Where nothing is touched, the one formula serves every reading. What a key can hold at all counts
(`domains.py`): a key that is never a list does not touch rule 19.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Network

from verifier.base.memo import once
from verifier.clouds.aws.compile.domains import domain, may_be_list
from verifier.clouds.aws.policy.operators import Family, Quantifier
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import ActionEntry, Condition, ConditionValue, Policy, ResourceEntry, Statement
from verifier.clouds.aws.policy.unknown import MayMatch
from verifier.logic import readings
from verifier.logic.formula import Element
from verifier.logic.readings import Reading
from verifier.strings.languages import IS_ARN, Language
from verifier.strings.pattern import ArnTemplate, Pattern, Template, Variable, Wild, split_arn
from verifier.strings.typed import CANONICAL_ADDRESS, IS_ADDRESS, IS_INSTANT, IS_NUMBER
from verifier.strings.values import Comparison
from verifier.strings.variables import stays_within

_TYPED: dict[Family, tuple[Language, ...]] = {
    Family.NUMERIC: (IS_NUMBER,),
    Family.DATE: (IS_INSTANT,),
    Family.ADDRESS: (IS_ADDRESS, CANONICAL_ADDRESS),
    Family.ARN: (IS_ARN,),
}


@once
def touched(policy: Policy) -> Reading:
    """Return the points that `policy` touches, looked for once."""
    if policy.unknown:
        return frozenset((MayMatch((((policy.source.name, policy.unknown),),), "Policy", policy.unknown),))
    return frozenset(point for each in policy.statements for point in points_of(each))


def points_of(statement: Statement) -> Iterator[readings.Point]:
    """Yield the points that a statement touches."""
    yield from statement.unknowns
    if statement.principals is not None:
        yield from [entry.unknown for entry in statement.principals.entries if entry.unknown is not None]
    if statement.actions is not None:
        yield from [entry.unknown for entry in statement.actions.entries if entry.unknown is not None]
        if any(entry.unknown is None and has_wild_service(entry) for entry in statement.actions.of_any_service):
            yield Point.WILD_SERVICE
    for entry in statement.resources.entries if statement.resources is not None else ():
        yield from _of_resource(entry)
    for condition in statement.conditions:
        yield from _of_condition(condition)


def has_wild_service(entry: ActionEntry) -> bool:
    """Whether the service part holds a wildcard (rule 9); `*` alone has no service part."""
    return entry.text != "*" and entry.pattern is not None and entry.pattern.service.text is None


def has_inner_star(entry: ResourceEntry) -> bool:
    """Whether a `*` does not end a segment (rule 10)."""
    parts = entry.template.parts
    if Wild.TEXT not in parts[:-1]:  # the last part ends its segment
        return False
    return any(part is Wild.TEXT and stays_within(entry.template, place) for place, part in enumerate(parts))


def has_early_variable(entry: ResourceEntry) -> bool:
    """Whether a variable stands before the fifth colon (rule 25)."""
    return any(isinstance(part, Variable) for field in split_arn(entry.template.parts)[:5] for part in field)


def may_hold_wildcards(template: Template | ArnTemplate) -> bool:
    """Whether the value of a variable of `template` can hold a wildcard (rule 27)."""
    return any(map(_may_hold_a_wildcard, template.variables))


def is_bare_v6(value: ConditionValue) -> bool:
    """Whether the value is an IPv6 address without a prefix length (rule 23)."""
    return isinstance(value.value, IPv6Network) and "/" not in value.text


def _may_hold_a_wildcard(variable: Variable) -> bool:
    areas = domain(Element(variable.key))
    default = variable.default or ""
    return "*" in default or "?" in default or not areas or IS_ARN in areas


def _of_resource(entry: ResourceEntry) -> Iterator[readings.Point]:
    if entry.unknown is not None:
        yield entry.unknown
        return
    if has_inner_star(entry):
        yield Point.STAR_CROSSES
    if entry.template.variables:
        if may_hold_wildcards(entry.template):
            yield Point.WILD_VALUE
        if has_early_variable(entry):
            yield Point.EARLY_VARIABLE


def _of_condition(condition: Condition) -> Iterator[readings.Point]:
    test, operator = condition.test, condition.test.operator
    areas = domain(Element(condition.key))
    if operator.family is Family.NULL:
        if not areas or any(area.matches("") for area in areas):
            yield Point.NULL_OF_NOTHING
        return
    if test.quantifier is Quantifier.ANY and test.if_exists:
        yield Point.ABSENT_UNDER_ANY
    if operator.negated:
        if not condition.values:
            yield Point.EMPTY_LIST
        if test.quantifier is Quantifier.NONE and may_be_list(condition.key):
            yield Point.LIST_UNDER_PLAIN
        typed = _TYPED.get(operator.family)
        if typed is not None and not (len(areas) == 1 and areas[0] in typed):
            yield Point.NOT_ARN if operator.family is Family.ARN else Point.ILL_TYPED
    for value in condition.values:
        yield from _of_value(value, operator.family, operator.relation)


def _of_value(value: ConditionValue, family: Family, relation: Comparison) -> Iterator[readings.Point]:
    if value.unknown is not None:
        yield value.unknown
        return
    match value.value:
        case Template() | ArnTemplate() if family is Family.BOOL:
            yield Point.BOOL_VARIABLE
        case Template() | ArnTemplate() as template if relation is Comparison.LIKE and may_hold_wildcards(template):
            yield Point.WILD_VALUE
        case Pattern():
            yield Point.ARN_STAR
        case _ if is_bare_v6(value):
            yield Point.BARE_V6
