"""The document of an `aws_iam_policy_document` data source that is read only as the plan is applied.

    policy_document(data, named)    the document as the provider will write it; None where that is not certain

Terraform reads such a data source late when it depends on what does not exist yet. The plan then has its arguments, as
far as they are known, and the provider makes the document out of nothing else. So it is made here in the same way, with
unknown parts where arguments are unknown.
Source: `policy_document_data_source.go` and `policy_model.go` of hashicorp/terraform-provider-aws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from verifier.base.source import HasSpan
from verifier.sources.notations import values_within
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    TextValue,
    Unresolved,
    Value,
    each_of,
    list_value,
    object_value,
    text_of,
    text_value,
)

_Name: TypeAlias = Callable[[Sequence[str | int]], Unresolved]
_ENTRIES = (("Action", "actions"), ("NotAction", "not_actions"), ("Resource", "resources"))
_ALL_ENTRIES = (*_ENTRIES, ("NotResource", "not_resources"))
_PRINCIPALS = (("Principal", "principals"), ("NotPrincipal", "not_principals"))
_EITHER = (("actions", "not_actions"), ("resources", "not_resources"), ("principals", "not_principals"))
_DOCUMENT = {"Version", "Id", "Statement"}
_STATEMENT = {"Sid", "Effect", "Condition", *(name for name, _ in (*_ALL_ENTRIES, *_PRINCIPALS))}
_VERSION = "2012-10-17"


class _Uncertain(Exception):
    """It is not certain what the provider will write."""


def policy_document(data: Instance, named: _Name) -> Value | None:
    """Return the document; `named` makes an unknown part out of the path of an argument."""
    try:
        return _Builder(data, named).document()
    except _Uncertain:
        return None


class _Builder:
    def __init__(self, data: Instance, named: _Name) -> None:
        self.data = data
        self.named = named
        self.place: HasSpan = data.place

    def document(self) -> Value:
        version, id = self.data.attribute("version"), self.data.attribute("policy_id")
        if version.is_unknown or any(not self.data.attribute(old).is_null for old in ("source_json", "override_json")):
            raise _Uncertain
        sources, overrides = self._others("source_policy_documents"), self._others("override_policy_documents")
        written = version.text or _VERSION
        if any((_text(each, "Version") or written) > written for each in sources) or any(
            (_text(each, "Version") or written) != written for each in overrides
        ):
            raise _Uncertain  # old versions of the provider take the last one, newer ones the greatest
        pairs = [(self._key("Version"), self._said(written))]
        if not id.is_null:
            pairs.append((self._key("Id"), self._text(id, ("policy_id",))))
        elif any("Id" in each.named for each in sources + overrides):
            raise _Uncertain
        statements = self._statements()
        if statements is None:
            if sources or overrides:
                raise _Uncertain
            return object_value([*pairs, (self._key("Statement"), self._any(("statement",)))], self.place)
        merged = _merged([*map(_statements, sources), statements, *map(_statements, overrides)])
        place = self.data.attribute("statement").value or self.data.place
        return object_value([*pairs, (self._key("Statement"), list_value(merged, place))], self.place)

    def _others(self, name: str) -> list[ObjectValue]:
        """Return the documents that are put before or over this one."""
        others = self.data.attribute(name).each()
        if others is None:
            raise _Uncertain
        return [_plain_document(each) for each in others if not each.is_null]

    def _statements(self) -> list[Value] | None:
        parts = self.data.attribute("statement").each()
        return None if parts is None else [self._statement(each, number) for number, each in enumerate(parts)]

    def _statement(self, part: Part, number: int) -> Value:
        path = ("statement", number)
        self.place = part.value or self.data.place
        if part.is_unknown or any(_is_open(part, one) and _is_open(part, other) for one, other in _EITHER):
            return self._any(path)
        pairs: list[tuple[TextValue, Value]] = []
        if not part.member("sid").is_null and part.member("sid").text != "":
            pairs.append((self._key("Sid"), self._text(part.member("sid"), (*path, "sid"))))
        effect = part.member("effect")
        allow = self._said("Allow")
        pairs.append((self._key("Effect"), allow if effect.is_null else self._text(effect, (*path, "effect"))))
        for key, name in _ALL_ENTRIES:
            if not _is_empty(part.member(name)):
                variables = key in ("Resource", "NotResource")
                pairs.append((self._key(key), self._entries(part.member(name), (*path, name), variables=variables)))
        for key, name in _PRINCIPALS:
            if not _is_empty(part.member(name)):
                pairs.append((self._key(key), self._principals(part.member(name), (*path, name))))
        if not _is_empty(part.member("condition")):
            pairs.append((self._key("Condition"), self._conditions(part.member("condition"), (*path, "condition"))))
        return object_value(pairs, self.place)

    def _entries(self, part: Part, path: tuple[str | int, ...], *, variables: bool) -> Value:
        """Return the entries of a list; one alone stands for itself."""
        entries = part.each()
        if entries is None:
            return self._any(path)
        texts = [self._text(each, (*path, number), variables=variables) for number, each in enumerate(entries)]
        return texts[0] if len(texts) == 1 else list_value(texts, part.value or self.place)

    def _principals(self, part: Part, path: tuple[str | int, ...]) -> Value:
        blocks = part.each()
        if blocks is None or any(each.is_unknown or each.member("type").is_unknown for each in blocks):
            return self._any(path)
        by_type: dict[str, list[Value]] = {}
        for number, each in enumerate(blocks):
            kind, inner = each.member("type").text, (*path, number, "identifiers")
            if kind is None:
                raise _Uncertain
            by_type.setdefault(kind, []).append(self._entries(each.member("identifiers"), inner, variables=True))
        if [(kind, [text_of(value) for value in held]) for kind, held in by_type.items()] == [("*", ["*"])]:
            return self._said("*")
        return object_value(
            [(self._key(kind), self._joined(held, path)) for kind, held in by_type.items()], part.value or self.place
        )

    def _conditions(self, part: Part, path: tuple[str | int, ...]) -> Value:
        blocks = part.each()
        names = ("test", "variable")
        if blocks is None or any(each.is_unknown or any(each.member(n).is_unknown for n in names) for each in blocks):
            return self._any(path)
        by_test: dict[str, dict[str, list[Value]]] = {}
        for number, each in enumerate(blocks):
            test, variable = (each.member(name).text for name in names)
            if test is None or variable is None:
                raise _Uncertain
            values = self._entries(each.member("values"), (*path, number, "values"), variables=True)
            by_test.setdefault(test, {}).setdefault(variable, []).append(values)
        place = part.value or self.place
        return object_value(
            [
                (
                    self._key(test),
                    object_value([(self._key(key), self._joined(held, path)) for key, held in keys.items()], place),
                )
                for test, keys in by_test.items()
            ],
            place,
        )

    def _joined(self, values: Sequence[Value], path: tuple[str | int, ...]) -> Value:
        """Return the entries of all blocks with one name as one list."""
        if len(values) == 1:
            return values[0]
        if any(isinstance(each, AnyValue) for each in values):
            return self._any(path)
        joined: list[Value] = []
        for each in values:
            joined.extend(each.values if isinstance(each, ListValue) else [each])
        return list_value(joined, self.place)

    def _text(self, part: Part, path: tuple[str | int, ...], *, variables: bool = False) -> Value:
        if part.is_unknown:
            return text_value([self.named(path)], part.value or self.place)
        if part.text is None:
            raise _Uncertain
        text = part.text.replace("&{", "${") if variables else part.text
        return text_value([text], part.value or self.place)

    def _any(self, path: Sequence[str | int]) -> AnyValue:
        return AnyValue(self.named(path), self.place)

    def _key(self, name: str) -> TextValue:
        return TextValue((name,), self.place)

    def _said(self, text: str) -> Value:
        return TextValue((text,), self.place)


def _is_open(part: Part, name: str) -> bool:
    """Whether there may be entries."""
    return not _is_empty(part.member(name))


def _is_empty(part: Part) -> bool:
    return part.is_null or (not part.is_unknown and isinstance(part.value, ListValue) and not part.value.values)


def _plain_document(part: Part) -> ObjectValue:
    """Return a document that another is made from, as long as the provider reads it as it stands."""
    if part.is_unknown or not isinstance(part.value, TextValue):
        raise _Uncertain
    found = values_within(part.value)
    if not isinstance(found, ObjectValue) or not found.named.keys() <= _DOCUMENT:
        raise _Uncertain
    for each in _statements(found):
        if not isinstance(each, ObjectValue) or not each.named.keys() <= _STATEMENT:
            raise _Uncertain
        if len(each.pairs) != len(each.named):
            raise _Uncertain
        if any(text_of(each.member(name)) not in (None, "*") for name, _ in _PRINCIPALS):
            raise _Uncertain  # the provider takes any text for `*`
    return found


def _statements(document: ObjectValue) -> list[Value]:
    statements = document.member("Statement")
    if statements is not None and not isinstance(statements, ListValue):
        raise _Uncertain
    return list(each_of(statements))


def _text(document: ObjectValue, name: str) -> str | None:
    return text_of(document.member(name))


def _merged(documents: Sequence[Sequence[Value]]) -> list[Value]:
    """Return the statements of all documents; one replaces an earlier one with its `Sid`."""
    merged: list[Value] = []
    if sum(map(bool, documents)) > 1 and any(_sid(each) is None for document in documents for each in document):
        raise _Uncertain
    for each in (each for document in documents for each in document):
        sid = _sid(each)
        same = next((number for number, old in enumerate(merged) if sid and _sid(old) == sid), None)
        if same is None:
            merged.append(each)
        else:
            merged[same] = each
    return merged


def _sid(statement: Value) -> str | None:
    """Return the `Sid` of a statement, "" where it has none, None where it is not known."""
    if not isinstance(statement, ObjectValue):
        return None
    sid = statement.member("Sid")
    return "" if sid is None else text_of(sid)
