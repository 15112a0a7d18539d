"""Documents in the properties of custom resources, and of types that are not AWS's: found by their shape.

    custom_documents(resource, ...)    each value with a `Statement`, with its place in the properties

What such a resource does with a document is not in the template, so nothing says what it is: it is asked about as one
that a command names by itself is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.base.errors import UsageError
from verifier.base.source import Source
from verifier.sources.cloudformation.template import Resource
from verifier.sources.notations import values_within
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value

_OWN = "AWS::CloudFormation::CustomResource"
_MOST_NESTED = 12


def is_custom(resource: Resource) -> bool:
    """Whether what `resource` does is not AWS's to say."""
    return resource.type == _OWN or ("::" in resource.type and not resource.type.startswith(("AWS::", "Alexa::")))


def custom_documents(resource: Resource, source: Source) -> Sequence[tuple[str, Value]]:
    """Return the documents that stand in the properties of `resource`, each with its selector there.

    Raises UsageError for properties that cannot be read, if a document may be among them.
    """
    if resource.properties is None:
        return ()
    try:
        return tuple(_within(resource.properties, (), 0))
    except UsageError:
        first, _, last, _ = resource.properties.span
        lines = "".join(source.line(number) for number in range(first, last + 1))
        if "Statement" in lines or "*" in lines:  # an alias of YAML may be one
            raise
        return ()


def _within(value: Value, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, Value]]:
    if depth > _MOST_NESTED:
        return
    match value:
        case ObjectValue() if "Statement" in value.named:
            yield ".".join(path), value
        case ObjectValue():
            for name, held in value.pairs:
                yield from _within(held, (*path, name.known or "?"), depth + 1)
        case ListValue():
            for number, each in enumerate(value.values):
                yield from _within(each, (*path, str(number)), depth + 1)
        case TextValue() if "Statement" in (value.known or ""):
            inner = values_within(value)
            if isinstance(inner, ObjectValue) and "Statement" in inner.named:
                yield ".".join(path), value
        case _:
            pass
