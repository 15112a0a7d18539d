"""The values of a template, with its functions applied under one choice of its conditions.

    Resolver(...).resolve(value)    the value, all of it; None where it is `AWS::NoValue`
    Resolver(...).shallow(value)    the same, but what stands within it is left as it is

What is not known becomes an `Unresolved` part or an `AnyValue`, with a name that no other value has. That a function is
given what it does not take makes its value unknown, too: the deployment fails, or does something that is not written
down. A condition that is not chosen raises `Undetermined`, so that whoever asks can try both; a resolver that is
`blind` takes what depends on it as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.sources.cloudformation.conditions import Conditions
from verifier.sources.cloudformation.functions import applied
from verifier.sources.cloudformation.loops import LOOP, MACRO, loop_of, member_name, substituted, unknown_members
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.shapes import called, known_text, parts_of, shortened, text_at
from verifier.sources.cloudformation.template import EXTENSIONS, ReadTemplate, check_names, macro
from verifier.sources.cloudformation.texts import pieces_of_sub
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    TextValue,
    Unresolved,
    Value,
    list_value,
    object_value,
    text_of,
)

NO_VALUE = "AWS::NoValue"
_FUNCTION = regex(r"Fn::[A-Za-z0-9]+")
_PLAIN_NAME = regex(r"[A-Za-z0-9.:_-]{1,200}")


class Undetermined(Exception):
    """The condition `name` decides, and no choice is made for it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Resolver:
    """Resolves values of `template` under `choices`."""

    def __init__(
        self,
        template: ReadTemplate,
        conditions: Conditions,
        references: References,
        choices: Mapping[str, bool],
        *,
        blind: bool = False,
    ) -> None:
        self.template = template
        self.conditions = conditions
        self.references = references
        self.choices = dict(choices)
        self.blind = blind
        self.known = conditions.implied(choices)
        self._depth = 0
        self._followed: set[tuple[str, str]] = set()
        self._values: dict[tuple[str, str], TextValue | AnyValue] = {}

    def holds(self, condition: str) -> bool | None:
        """Whether `condition` holds; None where a blind resolver does not know. Raises Undetermined."""
        if condition in self.choices:
            return self.choices[condition]
        if condition not in self.conditions:
            return None
        possible = [each for each in (False, True) if self.conditions.can_be({**self.choices, condition: each})]
        if len(possible) == 1:  # what is chosen decides it
            self.choices[condition] = possible[0]
            return possible[0]
        if self.blind:
            return None
        raise Undetermined(condition)

    def resolve(self, value: Value) -> Value | None:
        """Return `value` with everything in it resolved, None for `AWS::NoValue`."""
        self.template.budget.spend(1, None)
        self._depth += 1
        self.template.budget.check_depth(self._depth, value.span) if self._depth > _DEEP else None
        try:
            return self._all_of(self._head(value))
        finally:
            self._depth -= 1

    def shallow(self, value: Value | None) -> Value | None:
        """Return `value` resolved as far as what kind of value it is."""
        if value is None:
            return None
        self._depth += 1
        self.template.budget.check_depth(self._depth, value.span) if self._depth > _DEEP else None
        try:
            return self._head(value)
        finally:
            self._depth -= 1

    def member(self, value: Value | None, *path: str) -> Value | None:
        """Return what stands in `value` under `path`, resolved shallowly; an unknown where an object is unknown."""
        found = self.shallow(value)
        for name in path:
            if isinstance(found, AnyValue):
                return AnyValue(replace(found.unknown, name=shortened(f"{found.unknown.name}.{name}")), found.place)
            found = self.shallow(found.named.get(name)) if isinstance(found, ObjectValue) else None
        return found

    def unknown(self, name: str, place: HasSpan) -> AnyValue:
        """Return an unknown value called `name`."""
        return AnyValue(Unresolved(shortened(name)), place)

    def _all_of(self, value: Value | None) -> Value | None:
        match value:
            case ListValue():
                items = [self.resolve(each) for each in value.values]
                return list_value([each for each in items if each is not None], value.place)
            case ObjectValue():
                pairs: list[tuple[TextValue, Value]] = []
                for name, held in value.pairs:
                    found = self.resolve(held)
                    if found is not None:
                        pairs.append((name, found))
                return object_value(pairs, value.place)
            case _:
                return value

    def _head(self, value: Value) -> Value | None:
        match value:
            case TextValue():
                known = value.known
                return text_at(value.parts, value.place) if known is not None and "{{" in known else value
            case ObjectValue():
                return self._object(value)
            case _:
                return value

    def _object(self, value: ObjectValue) -> Value | None:
        pairs = value.pairs
        if len(pairs) == 1:
            name, argument = pairs[0]
            if name.known == "Ref" or (name.known is not None and _FUNCTION.fullmatch(name.known)):
                return self._function(name.known, argument, value)
        check_names(value, self.template.source)
        if MACRO in value.named:
            return macro(value.named[MACRO], value)
        if any(name.known is not None and name.known.startswith(LOOP) for name, _ in pairs):
            return self.written_out(value)
        return value

    def written_out(self, value: ObjectValue) -> Value:
        """Return `value` with its loops written out."""
        found: list[tuple[TextValue, Value]] = []
        for name, held in value.pairs:
            if name.known is None or not name.known.startswith(LOOP):
                found.append((name, held))
                continue
            rounds = self._rounds(held)
            if rounds is None:
                return unknown_members(held)
            found += rounds
        written = object_value(found, value.place)
        return self.written_out(written) if any(_is_loop(name) for name, _ in found) else written

    def _rounds(self, value: Value) -> list[tuple[TextValue, Value]] | None:
        """Return the members that a loop makes, None where that is not known."""
        loop = loop_of(value)
        if loop is None or EXTENSIONS not in self.template.transforms:
            return None
        over = self.resolve(loop.over)
        texts = [known_text(each) for each in over.values] if isinstance(over, ListValue) else [None]
        if any(text is None or "${" in text for text in texts):
            return None
        self.template.budget.spend(1 + len(texts) * len(loop.members.pairs) * _FOR_A_MEMBER, value.span)
        for text in texts:
            self.template.budget.spend_text(len(str(text)))
        return [
            (_renamed(name, loop.name, str(text)), substituted(held, loop.name, str(text)))
            for text in texts
            for name, held in loop.members.pairs
        ]

    def _function(self, name: str, argument: Value, whole: ObjectValue) -> Value | None:
        place = whole.place
        match name:
            case "Ref" if text_of(argument) == NO_VALUE:
                return None
            case "Ref":
                return self._reference(argument, "", place)
            case "Fn::If":
                return self._if(argument, place)
            case "Fn::GetAtt":
                return self._attribute(argument, place)
            case "Fn::Sub":
                return self._sub(argument, place)
            case "Fn::Transform":
                return macro(argument, whole)
        resolved = self.resolve(argument)
        if resolved is None:
            return self._malformed(name, place)
        found = applied(name, resolved, place, self.template)
        return found or self.unknown(f"{name[4:]}({_arguments(resolved)})", place)

    def _malformed(self, name: str, place: HasSpan) -> AnyValue:
        return self.unknown(f"{name} in line {place.span.line}, column {place.span.column}", place)

    def _if(self, argument: Value, place: HasSpan) -> Value | None:
        items = argument.values if isinstance(argument, ListValue) else ()
        condition = text_of(items[0]) if len(items) == 3 else None
        if condition is None:
            return self._malformed("Fn::If", place)
        holds = self.holds(condition)
        if holds is not None:
            return self.shallow(items[1] if holds else items[2])
        one, other = self.resolve(items[1]), self.resolve(items[2])
        texts = ["no value" if each is None else called(each) for each in (one, other)]
        if one is not None and texts[0] == texts[1]:
            return one
        return self.unknown(f"If({condition}, {', '.join(texts)})", place)

    def _reference(self, argument: Value, attribute: str, place: HasSpan) -> Value:
        name = text_of(argument)
        if name is None:
            resolved = self.resolve(argument)
            name = None if resolved is None else known_text(resolved)
        if name is None:
            return self._malformed("Ref", place)
        return self.named_value(name, attribute, place)

    def named_value(self, name: str, attribute: str, place: HasSpan) -> Value:
        """Return the value of a parameter or resource, or of an attribute of a resource."""
        parameter = None if attribute else self.template.parameters.get(name)
        if parameter is not None:
            return parameter.value(place, self.known)
        whole = f"{name}.{attribute}" if attribute else name
        unknown = self.unknown(whole if _PLAIN_NAME.fullmatch(whole) else repr(whole), place)
        key = (name, attribute)
        if key not in self._values:
            if key in self._followed or len(self._followed) > _MOST_FOLLOWED or self.template.changed_by is not None:
                return unknown
            self._followed.add(key)
            try:
                found = self.references.value(self, name, attribute, place)
            finally:
                self._followed.discard(key)
            self._values[key] = unknown if found is None else found
        return value_at(self._values[key], place)

    def _attribute(self, argument: Value, place: HasSpan) -> Value:
        if isinstance(argument, TextValue):
            name, _, attribute = (argument.known or "").partition(".")
        else:
            resolved = self.resolve(argument)
            items = resolved.values if isinstance(resolved, ListValue) else ()
            texts = [known_text(each) for each in items]
            if len(texts) < 2 or None in texts:
                return (
                    self.unknown(f"GetAtt({called(resolved)})", place) if resolved else self._malformed("GetAtt", place)
                )
            name, attribute = str(texts[0]), ".".join(map(str, texts[1:]))
        if not name or not attribute:
            return self._malformed("Fn::GetAtt", place)
        return self.named_value(name, attribute, place)

    def _sub(self, argument: Value, place: HasSpan) -> Value:
        own: ObjectValue | None = None
        if isinstance(argument, ListValue) and len(argument.values) == 2:
            argument, held = argument.values
            own = held if isinstance(held, ObjectValue) else None
            if own is None:
                return self._malformed("Fn::Sub", place)
        template = text_of(argument)
        if template is None:
            return self._malformed("Fn::Sub", place)
        found: list[str | Unresolved] = []
        for piece, is_name in pieces_of_sub(template):
            self.template.budget.spend(1)
            if not is_name:
                found.append(piece)
                continue
            if own is not None and piece in own.named:
                value = self.resolve(own.named[piece])
            else:
                value = self.named_value(*_name_and_attribute(piece), place)
            parts = parts_of(value)
            if parts is None:
                return self._malformed("Fn::Sub", place)
            found += parts
            self.template.budget.spend(len(parts))
            self.template.budget.spend_text(sum(len(part) for part in parts if isinstance(part, str)))
        return text_at(found, argument.place if isinstance(argument, TextValue) else place)


_DEEP = 60
_MOST_FOLLOWED = 20  # references within the names of resources
_FOR_A_MEMBER = 100  # a member that a loop makes costs as much as so many values


def value_at(value: TextValue | AnyValue, place: HasSpan) -> TextValue | AnyValue:
    """Return `value` at another place."""
    return TextValue(value.parts, place) if isinstance(value, TextValue) else AnyValue(value.unknown, place)


def _renamed(name: TextValue, round_: str, text: str) -> TextValue:
    return TextValue((member_name(name.known or "", round_, text),), name.place)


def _is_loop(name: TextValue) -> bool:
    return name.known is not None and name.known.startswith(LOOP)


def _arguments(value: Value) -> str:
    if isinstance(value, ListValue):
        return ", ".join(map(called, value.values))
    return called(value)


def _name_and_attribute(text: str) -> tuple[str, str]:
    name, _, attribute = text.partition(".")
    return name, attribute
