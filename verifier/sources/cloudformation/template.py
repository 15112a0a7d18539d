"""A template as it was read: its parameters, mappings, conditions and resources, nothing resolved yet.

    read_template(value, source, given)    the template that `value` is

What `Transform` names besides AWS's own transforms can change the whole template, so all of it is unknown then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.loops import MACRO
from verifier.sources.cloudformation.parameters import Parameter, parameters_of
from verifier.sources.cloudformation.shapes import digest_of, spot
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    TextValue,
    Unresolved,
    Value,
    text_of,
    under,
)

SERVERLESS = "AWS::Serverless-2016-10-31"
EXTENSIONS = "AWS::LanguageExtensions"
# They add no document to a template and change none.
_HARMLESS = {
    SERVERLESS,
    EXTENSIONS,
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
}
CHANGED = "(changed)"  # the type of a resource that stands for all that a macro may add


@dataclass(frozen=True)
class Resource:
    """A resource: its logical id, its type, what stands in it, and the condition on which it exists, if any.

    A condition with `!` before it must not hold.
    """

    name: str
    type: str
    properties: Value | None
    condition: str
    place: Value


@dataclass(frozen=True)
class ReadTemplate:
    """A template; `changed_by` is the unknown that may change all of it, if there is one."""

    source: Source
    value: ObjectValue
    parameters: Mapping[str, Parameter]
    transforms: frozenset[str]
    changed_by: Unresolved | None
    budget: TemplateBudget


def read_template(value: Value, source: Source, given: Mapping[str, str], budget: TemplateBudget) -> ReadTemplate:
    """Return the template that `value` is. Raises UsageError for one that is broken."""
    assert isinstance(value, ObjectValue)
    check_names(value, source)
    for section in ("Parameters", "Mappings", "Conditions", "Resources"):
        held = value.named.get(section)
        if held is not None and not isinstance(held, ObjectValue):
            raise UsageError(
                f"{quote(section)} is not an object", source=source, span=held.span, help="write an object"
            )
        if held is not None:
            check_names(held, source)
    transforms = tuple(_transforms(value.named.get("Transform")))
    others = [name for name in transforms if name not in _HARMLESS]
    if MACRO in value.named:
        others.append(_macro_name(value.named[MACRO]))
    changed_by = Unresolved(f"Transform {', '.join(others)}", digest=digest_of(value)) if others else None
    parameters = parameters_of(value, given, source)
    return ReadTemplate(source, value, parameters, frozenset(transforms), changed_by, budget)


def check_names(value: ObjectValue, source: Source) -> None:
    """Raise UsageError where `value` has two members of one name."""
    if len(value.named) == len(value.pairs):
        return
    seen: set[str] = set()
    for name, _ in value.pairs:
        if name.known in seen:
            raise UsageError(f"{quote(name.known)} is there twice", source=source, span=name.span, help="remove one")
        if name.known is not None:
            seen.add(name.known)


def macro(value: Value, changed: Value) -> AnyValue:
    """Return what stands for the object `changed`, which the macro with the arguments `value` can change."""
    name = f"{MACRO} {_macro_name(value)} {spot(value)}"
    return AnyValue(Unresolved(name, digest=digest_of(changed)), value.place)


def _transforms(value: Value | None) -> Iterator[str]:
    match value:
        case TextValue():
            yield value.known or "?"
        case ListValue():
            for each in value.values:
                yield from _transforms(each) if not isinstance(each, ListValue) else ("?",)
        case ObjectValue():
            yield _macro_name(value)
        case None:
            pass
        case _:
            yield "?"


def _macro_name(value: Value) -> str:
    return text_of(under(value, "Name")) or "?"
