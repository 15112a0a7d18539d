"""YAML to values with places, by PyYAML's composer, which knows the place of every node and makes no objects.

A tag of CloudFormation is written as the object that it abbreviates: `!Sub x` as `{"Fn::Sub": "x"}`, `!Ref x` as
`{"Ref": "x"}`, `!GetAtt a.b` as `{"Fn::GetAtt": "a.b"}`. Any other tag is an error. Merge keys (`<<`) are put in.

YAML 1.1, which PyYAML and AWS's tools read, takes `no` for false, `012` for ten and `2012-10-17` for a date. A plain
`true` or `false` is a Boolean; a number as JSON writes it is a number; a date is the text that it is, as in
`Version: 2012-10-17`. What else YAML would turn into another text (`no`, `012`, `1_000`, `0x1f`, `12:30`) is an error
that asks for quotes, because tools disagree on it.

An alias is the node that it names, again. Nothing is copied, but whoever walks the values would walk it once for each
alias, so the values that a text stands for are counted first, and a bomb is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import yaml

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source, Span
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value

MOST_VALUES = 1_000_000
_MOST_DEEP = 100
_CORE = "tag:yaml.org,2002:"
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_BOOLEANS = {"true": "true", "True": "true", "TRUE": "true", "false": "false", "False": "false", "FALSE": "false"}
_NULLS = {"", "~", "null", "Null", "NULL"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_values(source: Source) -> Value:
    """Return the document that `source` holds. Raises UsageError for what is not YAML, and for several documents."""
    try:
        nodes = [node for node in yaml.compose_all(source.text, Loader=_LOADER) if node is not None]
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else None
        message = f"the text is not YAML: {wrong.problem or wrong.context or 'it cannot be read'}"
        raise UsageError(message, source=source, span=place, help="correct it") from None
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        reason = "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong).splitlines()[0]
        raise UsageError(f"the text is not YAML: {reason}", source=source, help="correct it") from None
    if len(nodes) != 1:
        what = "is empty" if not nodes else f"holds {len(nodes)} YAML documents"
        raise UsageError(f"the text {what}", source=source, span=Span(1, 1, 1, 2), help="write one document")
    _Counter(source).check(nodes[0])
    return _Reader(source).value(nodes[0])


class _Counter:
    """Counts what a node stands for, its aliases written out."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def check(self, root: Any) -> None:
        if self._size(root, 0) > MOST_VALUES:
            message = f"the text stands for more than {MOST_VALUES:,} values, with its aliases written out"
            raise UsageError(message, source=self._source, span=_span(root), help="write fewer aliases")

    def _size(self, node: Any, depth: int) -> int:
        known = self._sizes.get(id(node))
        if known is not None:
            return known
        if depth > _MOST_DEEP or id(node) in self._open:
            what = "an alias stands within what it names" if id(node) in self._open else "the text is nested too deeply"
            raise UsageError(what, source=self._source, span=_span(node), help="write it out")
        self._open.add(id(node))
        size = 1 + sum(self._size(each, depth + 1) for each in _children(node))
        self._open.discard(id(node))
        self._sizes[id(node)] = size
        return size


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _span(node: Any) -> Span:
    begin, end = node.start_mark, node.end_mark
    return Span(begin.line + 1, begin.column + 1, end.line + 1, end.column + 1)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def value(self, node: Any) -> Value:
        place = _span(node)
        tag = str(node.tag)
        if tag.startswith("!") and len(tag) > 1:
            return self._short_form(node, tag[1:], place)
        return self._plain(node, place)

    def _plain(self, node: Any, place: Span) -> Value:
        match node:
            case yaml.MappingNode():
                return ObjectValue(place, partial(self._members, node))
            case yaml.SequenceNode():
                return ListValue(place, lambda: [self.value(each) for each in node.value])
            case _:
                return self._scalar(node, place)

    def _short_form(self, node: Any, name: str, place: Span) -> Value:
        if not name.replace("::", "").isalnum():
            raise self._error(f"{quote('!' + name)} is not a tag of CloudFormation", node, "remove it")
        full = name if name in ("Ref", "Condition") else f"Fn::{name}"
        held = TextValue((node.value,), place) if isinstance(node, yaml.ScalarNode) else self._plain(node, place)
        return ObjectValue(place, lambda: [(TextValue((full,), place), held)])

    def _members(self, node: Any) -> list[tuple[TextValue, Value]]:
        own: list[tuple[TextValue, Value]] = []
        merged: list[tuple[TextValue, Value]] = []
        for key, held in node.value:
            if key.tag == f"{_CORE}merge":
                for each in held.value if isinstance(held, yaml.SequenceNode) else [held]:
                    if not isinstance(each, yaml.MappingNode):
                        raise self._error("`<<` takes an object, or a list of objects", each, "write it out")
                    merged += self._members(each)
            elif isinstance(key, yaml.ScalarNode):
                own.append((TextValue((key.value,), _span(key)), self.value(held)))
            else:
                raise self._error("a name must be a text", key, "write a text")
        names = {name.known for name, _ in own}
        seen: set[str | None] = set()
        for name, held in merged:  # what is nearer counts
            if name.known not in names and name.known not in seen:
                seen.add(name.known)
                own.append((name, held))
        return own

    def _scalar(self, node: Any, place: Span) -> Value:
        text, kind = str(node.value), str(node.tag).removeprefix(_CORE)
        if node.style is not None or kind in ("str", "timestamp", "value", "merge"):
            return TextValue((text,), place)
        if kind == "bool" and text in _BOOLEANS:
            return Scalar(_BOOLEANS[text], place)
        if kind == "null" and text in _NULLS:
            return Scalar("null", place)
        if kind in ("int", "float") and _JSON_NUMBER.fullmatch(text):
            return Scalar(text, place)
        raise self._error(f"YAML reads {quote(text)} as something else than this text", node, "put it into quotes")

    def _error(self, message: str, node: Any, help: str) -> UsageError:
        return UsageError(message, source=self.source, span=_span(node), help=help)
