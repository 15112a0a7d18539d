"""YAML to values with places.

A tag of CloudFormation is written as the object that it abbreviates: `!Sub x` as `{"Fn::Sub": "x"}`, `!Ref x` as
`{"Ref": "x"}`, `!GetAtt a.b` as `{"Fn::GetAtt": "a.b"}`. Any other tag is an error. Merge keys (`<<`) are put in.

YAML 1.1, which PyYAML and AWS's tools read, takes `no` for false, `012` for ten and `2012-10-17` for a date. A plain
`true` or `false` is a Boolean; a number as JSON writes it is a number; a date is the text that it is, as in
`Version: 2012-10-17`. What else YAML would turn into another text (`no`, `012`, `1_000`, `0x1f`, `12:30`) is an error
that asks for quotes, because tools disagree on it.

The nodes and their bounds are those of `yaml_nodes.py`.
"""

from __future__ import annotations

from functools import partial

import yaml

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.sources.json_tokens import check_new
from verifier.sources.values import ListValue, ObjectValue, Scalar, TextValue, Value
from verifier.sources.yaml_nodes import YamlNode, yaml_error, yaml_node
from verifier.sources.yaml_place import YamlPlace

_CORE = "tag:yaml.org,2002:"
_SHORT_FORM = regex(r"[A-Za-z0-9]+(?:::[A-Za-z0-9]+)?")
_JSON_NUMBER = regex(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_BOOLEANS = {"true": "true", "True": "true", "TRUE": "true", "false": "false", "False": "false", "FALSE": "false"}
_NULLS = {"", "~", "null", "Null", "NULL"}
# Tags that say nothing new of a node.
_OWN = {
    yaml.ScalarNode: {"str", "int", "float", "bool", "null", "timestamp", "value", "merge"},
    yaml.SequenceNode: {"", "!", "seq"},
    yaml.MappingNode: {"", "!", "map"},
}


def yaml_values(source: Source) -> Value:
    """Return the document that `source` holds. Raises UsageError for what is not YAML, and for several documents."""
    return _Reader(source).value(yaml_node(source))


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def value(self, node: YamlNode) -> Value:
        place, tag = self._place(node), node.tag
        if tag.startswith("!") and len(tag) > 1:
            return self._short_form(node, tag[1:], place)
        if tag.removeprefix(_CORE) not in _OWN[node.kind]:
            raise self._error(f"the tag {quote(tag.replace(_CORE, '!!'))} is not read", node, "remove it")
        return self._plain(node, place)

    def _plain(self, node: YamlNode, place: YamlPlace) -> Value:
        if node.kind is yaml.MappingNode:
            return ObjectValue(place, partial(self._members, node))
        if node.kind is yaml.SequenceNode:
            return ListValue(place, lambda: [self.value(each) for each in node.children])
        return self._scalar(node, place)

    def _short_form(self, node: YamlNode, name: str, place: YamlPlace) -> Value:
        if not _SHORT_FORM.fullmatch(name):
            raise self._error(f"{quote('!' + name)} is not a tag of CloudFormation", node, "remove it")
        full = name if name in ("Ref", "Condition") else f"Fn::{name}"
        held = TextValue((node.text,), place) if node.kind is yaml.ScalarNode else self._plain(node, place)
        return ObjectValue(place, lambda: [(TextValue((full,), place), held)])

    def _members(self, node: YamlNode) -> list[tuple[TextValue, Value]]:
        own: list[tuple[TextValue, Value]] = []
        merged: list[tuple[TextValue, Value]] = []
        names: set[str] = set()
        for key, held in zip(node.children[::2], node.children[1::2], strict=True):
            if key.tag == f"{_CORE}merge" and key.plain:
                for each in held.children if held.kind is yaml.SequenceNode else [held]:
                    if each.kind is not yaml.MappingNode:
                        raise self._error("`<<` takes an object, or a list of objects", each, "write it out")
                    merged += self._members(each)
            elif key.kind is yaml.ScalarNode and (key.plain or key.tag == f"{_CORE}str"):
                own.append((TextValue((key.text,), self._place(key)), self.value(held)))
                check_new(own[-1][0], names, self.source)
            else:
                raise self._no_name(key)
        for name, held_there in merged:  # what is nearer counts
            if name.known not in names:
                names.add(str(name.known))
                own.append((name, held_there))
        return own

    def _no_name(self, key: YamlNode) -> UsageError:
        if self.source.text[key.begin - 1 : key.begin + 1] == "{{":
            help = "fill it in, as `helm template` does, and name the result"
            return yaml_error(self.source, "`{{` begins a template that is not filled in", key.begin - 1, help)
        return self._error("a name must be a text", key, "write a text")

    def _scalar(self, node: YamlNode, place: YamlPlace) -> Value:
        text, kind = node.text, node.tag.removeprefix(_CORE)
        if not node.plain or kind in ("str", "timestamp", "value", "merge"):
            if kind in ("int", "float", "bool", "null"):
                raise self._error(f"the tag {quote('!!' + kind)} is not read", node, "remove it")
            return TextValue((text,), place)
        if kind == "bool" and text in _BOOLEANS:
            return Scalar(_BOOLEANS[text], place)
        if kind == "null" and text in _NULLS:
            return Scalar("null", place)
        if kind in ("int", "float") and _JSON_NUMBER.fullmatch(text):
            return Scalar(text, place)
        raise self._error(f"YAML reads {quote(text)} as something else than this text", node, "put it into quotes")

    def _place(self, node: YamlNode) -> YamlPlace:
        return YamlPlace(self.source, node.begin, node.end, node.style)

    def _error(self, message: str, node: YamlNode, help: str) -> UsageError:
        return yaml_error(self.source, message, node.begin, help)
