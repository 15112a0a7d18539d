"""Which values an operator compares: those that are read in its family, in its relation; others are a defect."""

from __future__ import annotations

import itertools
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from verifier.clouds.aws.evaluate.match_value import Arn, match_value, read_as, substitute
from verifier.clouds.aws.policy.operators import Family, Operator
from verifier.clouds.aws.request import Request
from verifier.strings.pattern import ArnTemplate, Pattern, Template, Variable, parse_pattern
from verifier.strings.values import Comparison, Key

REQUEST = Request.of("s3:GetObject", "*")
A = Template(("a",))
ARN = Arn("a:a:a:a:a:a", ("a",) * 6)
FOUND: list[Any] = ["a", ARN, Decimal(1), True, b"a", ip_address("10.0.0.1")]
VALUES: list[Any] = [A, ArnTemplate((A,) * 6), parse_pattern("*"), Decimal(1), True, b"a", ip_network("10.0.0.0/8")]
ORDERED = {
    Comparison.EQUALS,
    Comparison.LESS,
    Comparison.LESS_EQUALS,
    Comparison.GREATER,
    Comparison.GREATER_EQUALS,
}
# For each family the relations, the type of a request's value, and those of a policy's value.
DEFINED: dict[Family, tuple[set[Comparison], Any, Any]] = {
    Family.STRING: ({Comparison.EQUALS, Comparison.LIKE}, str, Template),
    Family.ARN: ({Comparison.LIKE}, Arn, ArnTemplate | Pattern),
    Family.NUMERIC: (ORDERED, Decimal, Decimal),
    Family.DATE: (ORDERED, Decimal, Decimal),
    Family.BOOL: ({Comparison.EQUALS}, bool, bool | Template),
    Family.BINARY: ({Comparison.EQUALS}, bytes, bytes),
    Family.ADDRESS: ({Comparison.WITHIN}, type(FOUND[-1]), type(VALUES[-1])),
    Family.NULL: (set(), (), ()),
}


@pytest.mark.parametrize(("family", "relation"), [*itertools.product(Family, Comparison)])
def test_what_is_not_of_the_type_of_an_operator_is_a_defect(family: Family, relation: Comparison) -> None:
    """Never an answer: the parser lets no such value through."""
    relations, asked, given = DEFINED[family]
    operator = Operator("planted", family, relation)
    for found, value in itertools.product(FOUND, VALUES):
        typed = isinstance(found, asked) and isinstance(value, given)
        if typed and relation in relations:
            assert isinstance(match_value(operator, value, found, REQUEST), bool)
        elif typed and family in (Family.NUMERIC, Family.DATE):
            with pytest.raises(ValueError, match=f"^`{relation.value}` does not compare numbers$"):
                match_value(operator, value, found, REQUEST)
        else:
            with pytest.raises(TypeError, match=r"^`planted` is not defined for the value "):
                match_value(operator, value, found, REQUEST)


def test_null_reads_no_value() -> None:
    """It looks at the key alone (rule 17)."""
    with pytest.raises(ValueError, match=r"^`Null` looks at the key, not at its values$"):
        read_as(Family.NULL, "true")


def test_a_value_is_put_in_literally_unless_told_otherwise() -> None:
    """Rule 27."""
    template, request = Template((Variable(Key.of("k:k")),)), Request.of("s3:GetObject", "*", {"k:k": "*"})
    literal, wild = substitute(template, request), substitute(template, request, wild=True)
    assert literal == Pattern.literal("*")
    assert wild == parse_pattern("*")
