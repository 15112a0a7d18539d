"""The condition operators, as a table (rule 16). A new operator is a row, if its type and relation have a meaning.

`Operator` is what a name of the guide means; `Test` is an operator as used: with its set quantifier and `IfExists`.
"""

from __future__ import annotations

import difflib
import enum
from functools import cache, lru_cache

from verifier.base.dataclass import dataclass
from verifier.strings.values import Comparison


class Family(enum.Enum):
    """The type in which values are compared; each has its value parser in `strings/values.py`."""

    STRING = "String"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    ADDRESS = "IpAddress"
    ARN = "Arn"
    NULL = "Null"


class Quantifier(enum.Enum):
    """The set prefix of an operator (rule 18)."""

    NONE = ""
    ALL = "ForAllValues:"
    ANY = "ForAnyValue:"


@dataclass(frozen=True, slots=True)
class Operator:
    """A row of the table: `negated` operators hold iff no value of theirs matches (rule 14)."""

    name: str
    family: Family
    relation: Comparison
    negated: bool = False
    ignores_case: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """An operator as a statement uses it."""

    operator: Operator
    quantifier: Quantifier = Quantifier.NONE
    if_exists: bool = False

    @property
    def holds_on_absent_key(self) -> bool:
        """What the test says of an absent key (rules 17 and 18); meaningless for `Null`."""
        match self.quantifier:
            case Quantifier.ALL:
                return True
            case Quantifier.ANY:
                return self.if_exists
            case Quantifier.NONE:
                return self.if_exists or self.operator.negated

    def __str__(self) -> str:
        return f"{self.quantifier.value}{self.operator.name}{'IfExists' if self.if_exists else ''}"


_S, _N, _D, _A = Family.STRING, Family.NUMERIC, Family.DATE, Family.ARN

TABLE: tuple[Operator, ...] = (
    Operator("StringEquals", _S, Comparison.EQUALS),
    Operator("StringNotEquals", _S, Comparison.EQUALS, negated=True),
    Operator("StringEqualsIgnoreCase", _S, Comparison.EQUALS, ignores_case=True),
    Operator("StringNotEqualsIgnoreCase", _S, Comparison.EQUALS, negated=True, ignores_case=True),
    Operator("StringLike", _S, Comparison.LIKE),
    Operator("StringNotLike", _S, Comparison.LIKE, negated=True),
    Operator("NumericEquals", _N, Comparison.EQUALS),
    Operator("NumericNotEquals", _N, Comparison.EQUALS, negated=True),
    Operator("NumericLessThan", _N, Comparison.LESS),
    Operator("NumericLessThanEquals", _N, Comparison.LESS_EQUALS),
    Operator("NumericGreaterThan", _N, Comparison.GREATER),
    Operator("NumericGreaterThanEquals", _N, Comparison.GREATER_EQUALS),
    Operator("DateEquals", _D, Comparison.EQUALS),
    Operator("DateNotEquals", _D, Comparison.EQUALS, negated=True),
    Operator("DateLessThan", _D, Comparison.LESS),
    Operator("DateLessThanEquals", _D, Comparison.LESS_EQUALS),
    Operator("DateGreaterThan", _D, Comparison.GREATER),
    Operator("DateGreaterThanEquals", _D, Comparison.GREATER_EQUALS),
    Operator("Bool", Family.BOOL, Comparison.EQUALS),
    Operator("BinaryEquals", Family.BINARY, Comparison.EQUALS),
    Operator("IpAddress", Family.ADDRESS, Comparison.WITHIN),
    Operator("NotIpAddress", Family.ADDRESS, Comparison.WITHIN, negated=True),
    Operator("ArnEquals", _A, Comparison.LIKE),
    Operator("ArnNotEquals", _A, Comparison.LIKE, negated=True),
    Operator("ArnLike", _A, Comparison.LIKE),
    Operator("ArnNotLike", _A, Comparison.LIKE, negated=True),
    Operator("Null", Family.NULL, Comparison.ABSENT),
)

_BY_NAME = {operator.name.lower(): operator for operator in TABLE}
_PREFIXES = {quantifier.value.lower(): quantifier for quantifier in Quantifier if quantifier.value}
_SUFFIX = "ifexists"
_LONGEST_MISSPELT = 64


@lru_cache(maxsize=1024)
def find_test(text: str) -> Test | None:
    """Return the test that `text` names, without regard to case (rule 15), or None where there is none."""
    name = text.lower() if text.isascii() else ""
    quantifier = next((found for prefix, found in _PREFIXES.items() if name.startswith(prefix)), Quantifier.NONE)
    name = name[len(quantifier.value) :]
    if_exists = name.endswith(_SUFFIX)
    operator = _BY_NAME.get(name[: -len(_SUFFIX)] if if_exists else name)
    if operator is None:
        return None
    if operator.family is Family.NULL and (if_exists or quantifier is not Quantifier.NONE):
        return None
    return Test(operator, quantifier, if_exists)


@cache
def all_tests() -> tuple[Test, ...]:
    """Return every test there is: each operator with each quantifier, with and without `IfExists` (rule 16)."""
    plain = tuple(Test(operator) for operator in TABLE if operator.family is Family.NULL)
    return plain + tuple(
        Test(operator, quantifier, if_exists)
        for operator in TABLE
        if operator.family is not Family.NULL
        for quantifier in Quantifier
        for if_exists in (False, True)
    )


def nearest_test(text: str) -> str | None:
    """Return the written form of the test nearest to the misspelt `text`, or None where none is near."""
    by_name = {str(test).lower(): str(test) for test in all_tests()}
    found = difflib.get_close_matches(text[:_LONGEST_MISSPELT].lower(), by_name, n=1)
    return by_name[found[0]] if found else None
