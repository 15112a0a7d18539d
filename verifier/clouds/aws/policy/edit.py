"""The change of a policy in its JSON text, which leaves the rest of the text as it stands.

    rewrite(policy, changed, added)         the text of a policy with other statements in the place of some, and more
    amend(text, name, changed, added)       the text, with items of its member `name` changed, dropped and added
    scan(text)                              the tree of places of a text that is known to be JSON

White space, the order of members and of list items, one item written bare or as a list, and the way in which a string
is escaped stay as they are wherever the value stays. What is new is written as its neighbours are: over lines and
indented like them, or on one line. Numbers and Booleans are the same value as their text (rule 7 of semantics.md).
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.write import as_json, write_policy

EditableValue: TypeAlias = str | Sequence["EditableValue"] | Mapping[str, "EditableValue"]
# A statement as JSON.
Written: TypeAlias = Mapping[str, Any]

_SPACE = regex(r"[ \t\r\n]*")
_SCALAR = regex(r'"(?:[^"\\]++|\\.)*+"|[^\s,\]}:]+', re.DOTALL)
_INDENTED = regex(r"\n([ \t]+)\S")
_COLON = regex(r'"Statement"([ ]*:[ ]*)')
_DEFAULT_STEP = "  "


def rewrite(policy: Policy, changed: Mapping[int, Sequence[Written]], added: Sequence[Written] = ()) -> str:
    """Return the text of `policy` with other statements, as JSON, in the place of some, by their index, and some added.

    The text of a policy that was not read from a JSON text of its own is written anew first.
    """
    return amend(policy_text(policy), "Statement", changed, added)


def policy_text(policy: Policy) -> str:
    """Return the text that `policy` was read from where that is the document alone, else one that says the same."""
    return policy.source.text if _is_own(policy) else write_policy(policy)


def _is_own(policy: Policy) -> bool:
    """Whether the source is a JSON file with the statements of `policy`, as far as their Effects and Sids tell."""
    if policy.source.within is not None:
        return False
    try:
        found = json.loads(policy.source.text)
    except ValueError:
        return False
    body = found.get("Statement", []) if isinstance(found, dict) else []
    listed = body if isinstance(body, list) else [body]
    told = [(one.get("Effect"), one.get("Sid")) for one in listed if isinstance(one, dict)]
    return told == [(one.effect.value, one.sid) for one in policy.statements]


def statement_json(policy: Policy, statement: Statement) -> dict[str, Any]:
    """Return `statement` of `policy` as JSON."""
    found: Any = as_json(replace(policy, statements=(statement,)))["Statement"]
    return dict(found[0])


@dataclass(frozen=True, slots=True)
class JsonNode:
    """A value at text[start:end], `opens` being its bracket. A member of an object has a name; it begins at `first`."""

    start: int
    end: int
    opens: str
    items: tuple[JsonNode, ...]
    first: int
    name: str


def scan(text: str) -> JsonNode:
    """Return the tree of `text`, which must be valid JSON; this is not checked."""
    start = _skip(text, 0)
    return _node(text, start, start, "")


def amend(
    text: str, name: str, changed: Mapping[int, Sequence[EditableValue]], added: Sequence[EditableValue] = ()
) -> str:
    """Return `text`, a JSON object, with items of its member `name` changed, and with `added` after them.

    `changed` gives, by the number of an item, what stands in its place: nothing, one, or several. The member holds a
    list, or one item written bare.
    """
    writer = _Writer(text)
    member = next(item for item in scan(text).items if item.name == name)
    items = member.items if member.opens == "[" else (member,)
    over_lines = "\n" in text[items[-1].start : items[-1].end]
    written: list[_Placed] = []
    for number, item in enumerate(items):
        values = changed.get(number)
        if values is None:
            written.append((item, text[item.start : item.end]))
            continue
        written += [(item, writer.amended(item, value)) for value in values[:1]]
        written += [(None, writer.fresh(value, item, over_lines)) for value in values[1:]]
    written += [(None, writer.fresh(value, items[-1], over_lines)) for value in added]
    if member.opens == "[":
        whole = writer.joined(member, written)
    else:
        whole = written[0][1] if len(written) == 1 else f"[{f',{writer.blank}'.join(one for _, one in written)}]"
    return text[: member.start] + whole + text[member.end :]


def _node(text: str, start: int, first: int, name: str) -> JsonNode:
    opens = text[start]
    if opens not in "[{":
        scalar = _SCALAR.match(text, start)
        assert scalar
        return JsonNode(start, scalar.end(), "", (), first, name)
    items: list[JsonNode] = []
    place = _skip(text, start + 1)
    while text[place] not in "]}":
        items.append(_member(text, place) if opens == "{" else _node(text, place, place, ""))
        place = _skip(text, items[-1].end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    return JsonNode(start, place + 1, opens, tuple(items), first, name)


def _member(text: str, place: int) -> JsonNode:
    name = _SCALAR.match(text, place)
    assert name
    return _node(text, _skip(text, _skip(text, name.end()) + 1), place, json.loads(name[0]))


def _skip(text: str, place: int) -> int:
    space = _SPACE.match(text, place)
    assert space
    return space.end()


# An item as it is written, and the one that it was, if it was there.
_Placed: TypeAlias = tuple[JsonNode | None, str]


@dataclass(frozen=True)
class _Writer:
    """Writes values among those of one text."""

    text: str

    def amended(self, node: JsonNode, value: EditableValue) -> str:
        """Return the text of `node`, changed to say `value`."""
        if self._says(node, value):
            return self.text[node.start : node.end]
        if node.opens == "{" and isinstance(value, Mapping):
            return self._object(node, value)
        if node.opens == "[":
            return self._list(node, _listed(value))
        return self.fresh(value, node, over_lines=False)

    def _says(self, node: JsonNode, value: EditableValue) -> bool:
        """Whether the text of `node` says `value` already."""
        if node.opens == "[" or not isinstance(value, str | Mapping):
            items = node.items if node.opens == "[" else (node,)
            values = _listed(value)
            return len(items) == len(values) and all(map(self._says, items, values))
        if node.opens == "{" and isinstance(value, Mapping):
            names = _names(node, value)
            whole = len(names) == len(value) and all(item.first in names or _hollow(item) for item in node.items)
            return whole and all(
                self._says(item, value[names[item.first]]) for item in node.items if item.first in names
            )
        return node.opens == "" and self._scalar(node) == value

    def _scalar(self, node: JsonNode) -> object:
        text = self.text[node.start : node.end]
        return json.loads(text) if text.startswith('"') else text

    def _object(self, node: JsonNode, value: Mapping[str, EditableValue]) -> str:
        names = _names(node, value)
        kept = [item for item in node.items if item.first in names or _hollow(item)]
        written = [
            self.text[item.first : item.start]
            + (self.amended(item, value[names[item.first]]) if item.first in names else self._cut(item))
            for item in kept
        ]
        over_lines = "\n" in self._cut(node)
        new: list[_Placed] = [
            (None, f"{_quoted(name)}{self._colon}{self.fresh(one, (node.items or (node,))[-1], over_lines)}")
            for name, one in value.items()
            if name not in names.values()
        ]
        return self.joined(node, [*zip(kept, written, strict=True), *new])

    def _list(self, node: JsonNode, values: Sequence[EditableValue]) -> str:
        """Return the list of `values`: those that it says already as they stand, the new ones among them."""
        written: list[_Placed] = [
            (item, self._cut(item)) if item else (None, self.fresh(value, node, over_lines=False))
            for value, item in zip(values, self._kept(node, values), strict=True)
        ]
        return self.joined(node, written)

    def _kept(self, node: JsonNode, values: Sequence[EditableValue]) -> Iterator[JsonNode | None]:
        """Yield, for each of `values`, the item that says it already and stands after those before, if there is one."""
        texts: dict[object, deque[JsonNode]] = {}
        for item in node.items:
            if not item.opens:
                texts.setdefault(self._scalar(item), deque()).append(item)
        end = node.start
        for value in values:
            if isinstance(value, str):
                same = texts.get(value, deque())
                while same and same[0].start < end:
                    same.popleft()
                found = same[0] if same else None
            else:
                found = next((item for item in node.items if item.start >= end and self._says(item, value)), None)
            yield found
            end = found.end if found else end

    def _cut(self, node: JsonNode) -> str:
        return self.text[node.start : node.end]

    def joined(self, node: JsonNode, written: Sequence[_Placed]) -> str:
        """Return the list or object of `written`, each with the item that it was, spaced as it was before."""
        closing = self.text[node.items[-1].end if node.items else node.start + 1 : node.end]
        return self.text[node.start] + "".join(self._spaced(node, written)) + closing

    def _spaced(self, node: JsonNode, written: Sequence[_Placed]) -> Iterator[str]:
        """Yield the items with the gap that stood before each; before a new one stands the last gap there was."""
        ends = [node.start + 1, *(item.end for item in node.items)]
        gaps = [self.text[end : item.first] for end, item in zip(ends, node.items, strict=False)]
        first = gaps[0] if gaps else ""
        usual = gaps[-1] if len(gaps) > 1 else "," + (first if "\n" in first else self.blank)
        places = {item.first: number for number, item in enumerate(node.items)}
        for number, (item, text) in enumerate(written):
            old = places[item.first] if item else 0
            yield (first if number == 0 else gaps[old] if old else usual) + text

    def fresh(self, value: EditableValue, beside: JsonNode, over_lines: bool) -> str:
        """Return `value` as it would be written next to a node, over several lines or on one."""
        if not over_lines:
            return json.dumps(value, ensure_ascii=False, separators=(f",{self.blank}", self._colon))
        text = json.dumps(value, ensure_ascii=False, indent=self._step, separators=(",", self._colon))
        line = self.text.rfind("\n", 0, beside.first) + 1
        margin = self.text[line : _skip(self.text, line)]
        return text.replace("\n", ("\r\n" if "\r\n" in self.text else "\n") + margin)

    @cached_property
    def _step(self) -> str:
        """One step of the indentation: that of the first member of the whole."""
        found = _INDENTED.search(self.text)
        return found[1] if found else _DEFAULT_STEP

    @cached_property
    def _colon(self) -> str:
        found = _COLON.search(self.text)
        return found[1] if found else ": "

    @cached_property
    def blank(self) -> str:
        """What stands after a comma within a line: a blank where one stands after a colon."""
        return " " if self._colon.endswith(" ") else ""


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _listed(value: EditableValue) -> Sequence[EditableValue]:
    return [value] if isinstance(value, str | Mapping) else value


def _names(node: JsonNode, value: Mapping[str, EditableValue]) -> dict[int, str]:
    """Return, for the members of `node` that `value` has too, the name that it has there; case may differ."""
    folded = {name.lower(): name for name in value}
    found = {item.first: item.name if item.name in value else folded.get(item.name.lower()) for item in node.items}
    return {first: name for first, name in found.items() if name is not None}


def _hollow(node: JsonNode) -> bool:
    """Whether it is an object that holds nothing at all, such as an empty Condition."""
    return node.opens == "{" and all(map(_hollow, node.items))
