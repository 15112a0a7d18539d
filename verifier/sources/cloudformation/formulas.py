"""The section `Conditions` of a template, read as formulas (`conditions.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.base.errors import UsageError, quote
from verifier.sources.cloudformation.conditions import (
    AllHold,
    ConditionFormula,
    Conditions,
    NamedCondition,
    OneHolds,
    OpenCondition,
    Opposite,
    ParameterIs,
)
from verifier.sources.cloudformation.loops import MACRO
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.shapes import called, known_text, parts_of, spot
from verifier.sources.cloudformation.template import ReadTemplate
from verifier.sources.values import ListValue, ObjectValue, Unresolved, Value, text_of, under

_MOST_NESTED = 60


def read_conditions(template: ReadTemplate) -> Conditions:
    """Return the conditions of `template`. Raises UsageError for one that depends on itself."""
    none = Conditions({}, template.parameters, template.budget, {})
    section = under(template.value, "Conditions")
    if not isinstance(section, ObjectValue):
        return none
    resolver = Resolver(template, none, References({}), {}, blind=True)
    reader = _Reader(resolver)
    written = section if MACRO in section.named else resolver.written_out(section)
    if not isinstance(written, ObjectValue) or MACRO in written.named:  # a macro or a loop may make any of them
        names = [name.known for name, _ in section.pairs if name.known is not None]
        return Conditions(
            {name: OpenCondition(name) for name in names}, template.parameters, template.budget, section.named
        )
    formulas: Mapping[str, ConditionFormula] = {name: reader.formula(held, 0) for name, held in written.named.items()}
    return Conditions(formulas, template.parameters, template.budget, written.named)


class _Reader:
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def formula(self, value: Value, depth: int) -> ConditionFormula:
        """Return `value` as a formula; anything else than a condition may be true or false."""
        if depth > _MOST_NESTED:
            message = f"a condition is nested more than {_MOST_NESTED} deep"
            raise UsageError(message, source=self._resolver.template.source, span=value.span, help="write it flatter")
        self._resolver.template.budget.spend(1)
        if not isinstance(value, ObjectValue) or len(value.pairs) != 1:
            return OpenCondition(f"the condition {spot(value)}")
        name, held = value.pairs[0]
        try:
            items = held.values if isinstance(held, ListValue) else ()
        except UsageError:  # `Yes` in YAML, which tools read in two ways
            return OpenCondition(f"the condition {spot(value)}")
        match name.known:
            case "Condition" if text_of(held) is not None:
                return NamedCondition(str(text_of(held)))
            case "Fn::And":
                return AllHold(tuple(self.formula(each, depth + 1) for each in items))
            case "Fn::Or":
                return OneHolds(tuple(self.formula(each, depth + 1) for each in items))
            case "Fn::Not" if len(items) == 1:
                return Opposite(self.formula(items[0], depth + 1))
            case "Fn::Equals" if len(items) == 2:
                return self._equal(items[0], items[1])
            case _:
                return OpenCondition(f"{quote(str(name.known))} {spot(value)}")

    def _equal(self, one: Value, other: Value) -> ConditionFormula:
        left, right = self._resolver.resolve(one), self._resolver.resolve(other)
        if left is None or right is None:
            return OpenCondition(f"Equals {spot(one)}")
        texts = known_text(left), known_text(right)
        if texts[0] is not None and texts[1] is not None:
            return texts[0] == texts[1]
        if called(left) == called(right):
            return True
        for side, text in ((left, texts[1]), (right, texts[0])):
            parameter = self._parameter(side)
            if parameter is not None and text is not None:
                return ParameterIs(parameter, text)
        return OpenCondition(f"Equals({', '.join(sorted((called(left), called(right))))})")

    def _parameter(self, value: Value) -> str | None:
        """Return the parameter of type text whose value `value` is."""
        parts = parts_of(value)
        if parts is None or len(parts) != 1 or not isinstance(parts[0], Unresolved):
            return None
        template = self._resolver.template
        name = parts[0].name
        parameter = template.parameters.get(name)
        return None if parameter is None or parameter.is_list else name
