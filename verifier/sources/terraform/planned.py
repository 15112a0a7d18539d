"""A plan or a state as one thing: its resources by address, and the documents that attributes hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.memo import once
from verifier.base.source import Source
from verifier.sources.found import Opening
from verifier.sources.notations import values_within
from verifier.sources.terraform.configuration import AttributeOrigin, Configuration
from verifier.sources.terraform.instances import Instance, check_version, instances
from verifier.sources.terraform.parts import Part
from verifier.sources.terraform.policy_document import policy_document
from verifier.sources.values import AnyValue, ObjectValue, Scalar, TextValue, Unresolved, Value, text_value

DOCUMENT = "aws_iam_policy_document"


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """The document that an attribute holds, whether any of it is sensitive, and what is assumed of it.

    `certain` is False where the plan does not tell whether there is one.
    """

    value: Value
    is_sensitive: bool
    assumes: str = ""
    certain: bool = True


class Planned:
    """The resources of a plan or a state, before or after; read once, when the first is asked for."""

    def __init__(self, value: Value, opening: Opening) -> None:
        """Raises InputError for what is not as Terraform writes it."""
        if not isinstance(value, ObjectValue):
            message = "this is not Terraform's: a plan that is not an object"
            help = "write it with `terraform show -json`"
            raise InputError(message, source=opening.source, span=value.span, help=help)
        check_version(value, opening)
        self.opening = opening
        self.configuration = Configuration(value)
        self._value = value
        self._made: dict[int, HeldDocument | None] = {}

    @cached_property
    def instances(self) -> Sequence[Instance]:
        """Every resource and data source."""
        return tuple(instances(self._value, self.opening))

    @cached_property
    def by_address(self) -> dict[str, Instance]:
        """Every resource and data source by its address."""
        return {each.address: each for each in self.instances}

    @cached_property
    def earlier(self) -> Planned:
        """The same before the change."""
        if self.opening.before:
            return self
        return Planned(self._value, dataclasses.replace(self.opening, before=True))

    @cached_property
    def hidden(self) -> Source:
        """The file; nothing of it is quoted."""
        return dataclasses.replace(self.opening.source, hidden=True)

    def file(self, *, is_sensitive: bool) -> Source:
        """Return the file; the hidden one for what is sensitive."""
        return self.hidden if is_sensitive else self.opening.source

    def origin(self, instance: Instance, *path: str | int) -> AttributeOrigin | None:
        """Return the attribute that is all that an attribute's expression refers to."""
        return self.configuration.origin(instance, path)

    def named(self, instance: Instance, path: Sequence[str | int]) -> Unresolved:
        """Return the unknown value of an attribute, named by its place, with what it is made of."""
        name = attribute_place(instance, path)
        origin = self.configuration.origin(instance, path, once=False)
        return Unresolved(f"{name} ({origin})" if origin else name)

    def text(self, instance: Instance, part: Part, *path: str | int) -> Value:
        """Return a text as far as it is known."""
        if part.is_unknown or (not instance.complete and part.value is None):
            return text_value([self.named(instance, path)], part.value or instance.place)
        return part.value or Scalar("null", instance.place)

    def is_unset(self, instance: Instance, name: str) -> bool:
        """Whether the configuration does not set an attribute, so that it is only what AWS or others make it."""
        return self.configuration.leaves_out(instance, name)

    def document(self, instance: Instance, part: Part, *path: str | int) -> HeldDocument | None:
        """Return the document that the text `part` is; None where there is none."""
        if part.is_unknown or (not instance.complete and part.value is None):
            held = self._by_origin(instance, path)
            place = part.value or instance.place
            return held or HeldDocument(AnyValue(self.named(instance, path), place), part.is_sensitive)
        if part.is_null or not isinstance(part.value, TextValue):
            return None if part.is_null or part.value is None else HeldDocument(part.value, part.is_sensitive)
        if not (part.text or "").strip():
            return None
        return HeldDocument(values_within(part.value) or part.value, part.is_sensitive)

    def data_document(self, data: Instance) -> HeldDocument | None:
        """Return the document that an `aws_iam_policy_document` of the plan makes, made once."""
        if id(data) not in self._made:
            self._made[id(data)] = self._of_data(data)
        return self._made[id(data)]

    def _of_data(self, data: Instance) -> HeldDocument | None:
        written = data.attribute("json")
        if not written.is_unknown and not written.is_null:
            return self.document(data, written, "json")
        made = policy_document(data, lambda path: self.named(data, path)) if data.complete else None
        sensitive = data.attributes.is_sensitive
        return HeldDocument(made or AnyValue(self.named(data, ("json",)), data.place), sensitive)

    def _by_origin(self, instance: Instance, path: Sequence[str | int]) -> HeldDocument | None:
        """Return the document that an expression refers to, if it may be taken for the expression's value."""
        origin = self.origin(instance, *path) if self.opening.plain_references else None
        found = self.by_address.get(origin.address) if origin else None
        if origin is None or found is None:
            return None
        if found.data and found.type == DOCUMENT and origin.attribute in ("json", "minified_json"):
            held = self.data_document(found)
        else:
            part = found.attribute(origin.attribute)
            held = None if part.is_unknown else self.document(found, part, origin.attribute)
        if held is None:
            return None
        assumes = f"`{attribute_place(instance, path)}` is `{origin}` as it stands"
        return HeldDocument(held.value, held.is_sensitive, assumes)


def plan_in(value: Value, opening: Opening) -> Planned:
    """Return the plan that an opened file is, whose values are `value`: the same one for whoever asks."""
    known = _opened(opening)
    if id(value) not in known:
        known[id(value)] = Planned(value, opening)
    return known[id(value)]


@once
def _opened(_opening: Opening) -> dict[int, Planned]:
    return {}


def attribute_place(instance: Instance, path: Sequence[str | int]) -> str:
    """Return the name of an attribute: the address of its resource, and the way to it."""
    return instance.address + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
