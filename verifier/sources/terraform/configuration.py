"""What a plan says of the expressions behind its values: constants, and what each one refers to.

    Configuration(plan).origin(resource, path)    the one attribute that an expression refers to, if it is one

A plan does not have the expressions themselves. `policy = data.aws_iam_policy_document.a.json` and
`policy = replace(data.aws_iam_policy_document.a.json, "a", "b")` look the same in it. So an origin is what an
expression is made of, and whoever takes it for its value assumes that nothing was done to it.
Source: https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.values import ListValue, ObjectValue, Value, each_of, text_of, under

_INDEX = r'(?:\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?'
_STEP = regex(rf"module\.([^.\[\]]+)({_INDEX})(?:\.|$)")
_ATTRIBUTE = regex(rf"((?:data\.)?([^.\[\]]+)\.([^.\[\]]+))({_INDEX})\.([A-Za-z0-9_.\[\]]+)")
_NO_RESOURCE = ("var", "local", "module", "each", "count", "path", "terraform", "self")
_KEY = regex(r'\["(?:[^"\\]|\\.)*"\]$')
_REPEATED = ("count_expression", "for_each_expression")
_IN_ORDER = ("statement",)  # blocks that are a list; other blocks are a set, which has an order of its own
_MOST_STEPS = 64
_Blocks: TypeAlias = tuple[Instance, Sequence[Part], Sequence[int | None]]


@dataclass(frozen=True, slots=True)
class AttributeOrigin:
    """The attribute of a resource or data source: the absolute address of that, and what follows it."""

    address: str
    attribute: str

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}"


class Configuration:
    """The configuration of a plan; the resources of a module are sorted when one of them is asked for."""

    def __init__(self, plan: Value | None) -> None:
        self._root = under(plan, "configuration", "root_module")
        self._providers = under(plan, "configuration", "provider_config")
        self._blocks: dict[tuple[int, tuple[str | int, ...]], _Blocks] = {}
        self._resources: dict[tuple[str, ...], dict[tuple[bool, str, str], Value]] = {}

    def expressions(self, of: Instance) -> Value | None:
        """Return the expressions of a resource, by the names of its attributes; without those of dynamic blocks."""
        return under(self._resource(of.module, of.data, of.type, of.name), "expressions")

    def _matched(
        self, of: Instance, path: Sequence[str | int], part: Part, written: ListValue
    ) -> tuple[Sequence[Part], Sequence[int | None]]:
        """Return the blocks of a resource, each with the number of the written one that makes it; found once."""
        key = (id(of), tuple(path))
        if key not in self._blocks:
            blocks = part.each() or ()
            in_order = bool(path) and path[-1] in _IN_ORDER
            self._blocks[key] = (of, blocks, _same_blocks(blocks, written.values, in_order=in_order))
        return self._blocks[key][1:]

    def leaves_out(self, of: Instance, name: str) -> bool:
        """Whether a resource is there, and does not set the attribute `name`."""
        resource = self._resource(of.module, of.data, of.type, of.name)
        return resource is not None and under(resource, "expressions", name) is None

    def expression(self, of: Instance, path: Sequence[str | int]) -> Value | None:
        """Return the expression of the attribute `path`, which leads through blocks by number; None if not certain."""
        expression, part = self.expressions(of), of.attributes
        for place, step in enumerate(path):
            if isinstance(step, str):
                expression, part = under(expression, step), part.member(step)
                continue
            if not isinstance(expression, ListValue):
                return expression  # that of the whole list
            blocks, numbers = self._matched(of, path[:place], part, expression)
            number = numbers[step] if step < len(numbers) else None
            if number is None:
                return None
            expression, part = expression.values[number], blocks[step]
        return expression

    def provider(self, of: Instance) -> str:
        """Return the name of the provider's configuration that manages a resource, which tells accounts apart.

        A resource that is no longer written had one of those that are: Terraform does not let them go before.
        """
        resource = self._resource(of.module, of.data, of.type, of.name)
        if resource is None:
            return self._only_provider
        return text_of(under(resource, "provider_config_key")) or ""

    @cached_property
    def _only_provider(self) -> str:
        """Return the configuration of the provider for AWS, empty where there are several."""
        every = self._providers.pairs if isinstance(self._providers, ObjectValue) else ()
        keys = [text_of(key) for key, held in every if text_of(under(held, "name")) == "aws"]
        return "aws" if keys == ["aws"] else ""

    def origin(self, of: Instance, path: Sequence[str | int], *, once: bool = True) -> AttributeOrigin | None:
        """Return the attribute that is all that an attribute's expression refers to, through variables and outputs.

        It refers to it `once`, or perhaps several times.
        """
        module, expression = of.module, self.expression(of, path)
        repeated = under(self._resource(of.module, of.data, of.type, of.name), "for_each_expression")
        for step in range(_MOST_STEPS):
            reference = only_reference(expression, once=once)
            if reference is None:
                return None
            first, _, rest = reference.partition(".")
            if first == "each" and rest.partition(".")[0] == "value" and repeated is not None:
                if rest != "value":
                    return self._of_each(module, repeated, of, rest.partition(".")[2]) if step == 0 else None
                expression, repeated = repeated, None
            elif first == "var":
                module, call = _outside(module)
                called = under(self._module(module), "module_calls", call) if call else None
                expression, repeated = under(called, "expressions", rest), under(called, "for_each_expression")
            elif first == "module":
                inside = self._inside(module, reference)
                if inside is None:
                    return None
                module, expression, repeated = *inside, None
            elif first in _NO_RESOURCE:
                return None
            else:
                return self._attribute(module, reference)
        return None

    def _of_each(self, module: str, repeated: Value, of: Instance, attribute: str) -> AttributeOrigin | None:
        """Return what `each.value.ATTRIBUTE` is, where `for_each` goes over the instances of another resource."""
        whole, key = only_reference(repeated, once=True), _KEY.search(of.address)
        return self._attribute(module, f"{whole}{key[0]}.{attribute}") if whole and key else None

    def _inside(self, module: str, reference: str) -> tuple[str, Value | None] | None:
        """Return the module whose output a reference names, and the expression of that."""
        found = _STEP.match(reference)
        if found is None:
            return None
        call = under(self._module(module), "module_calls", found[1])
        if not found[2] and _is_repeated(call):
            return None
        expression = under(call, "module", "outputs", reference[found.end() :], "expression")
        return f"{_inside(module)}module.{found[1]}{found[2]}", expression

    def _attribute(self, module: str, reference: str) -> AttributeOrigin | None:
        found = _ATTRIBUTE.fullmatch(reference)
        if found is None:
            return None
        resource = self._resource(module, found[1].startswith("data."), found[2], found[3])
        if resource is None or (not found[4] and _is_repeated(resource)):
            return None
        return AttributeOrigin(f"{_inside(module)}{found[1]}{found[4]}", found[5])

    def _module(self, module: str) -> Value | None:
        value = self._root
        for name in _names(module):
            value = under(value, "module_calls", name, "module")
        return value

    def _resource(self, module: str, data: bool, kind: str, name: str) -> Value | None:
        path = tuple(_names(module))
        if path not in self._resources:
            self._resources[path] = {
                (text_of(each.member("mode")) == "data", text_of(kind) or "", text_of(called) or ""): each
                for each in each_of(under(self._module(module), "resources"))
                if isinstance(each, ObjectValue)
                for kind, called in [(each.member("type"), each.member("name"))]
            }
        return self._resources[path].get((data, kind, name))


def only_reference(expression: Value | None, *, once: bool) -> str | None:
    """Return what an expression refers to, if that is one thing: behind it stand its own beginnings."""
    whole: list[str] = []
    for each in each_of(under(expression, "references")):
        reference = text_of(each)
        if reference is None:
            return None
        if not whole or not whole[-1].startswith((f"{reference}.", f"{reference}[")):
            whole.append(reference)
    return whole[0] if len(whole if once else set(whole)) == 1 else None


def _same_blocks(blocks: Sequence[Part], written: Sequence[Value], *, in_order: bool) -> Sequence[int | None]:
    """Return which of the blocks that are `written` makes each block of a plan; None where that is not certain."""
    names = [each.member("name").text for each in blocks]
    planned = Counter(names)
    named: dict[str | None, list[int]] = {}
    for number, block in enumerate(written):
        named.setdefault(text_of(under(block, "name", "constant_value")), []).append(number)
    in_line = len(written) == len(blocks) and (in_order or len(blocks) == 1)
    found: list[int | None] = []
    for number, name in enumerate(names):
        same = named.get(name, [])
        if name is None:
            found.append(number if in_line else None)
        else:
            found.append(same[0] if planned[name] == 1 and len(same) == 1 else None)
    return found


def _is_repeated(value: Value | None) -> bool:
    return isinstance(value, ObjectValue) and not value.named.keys().isdisjoint(_REPEATED)


def _names(module: str) -> list[str]:
    return [found[1] for found in _STEP.finditer(module)]


def _inside(module: str) -> str:
    return f"{module}." if module else ""


def _outside(module: str) -> tuple[str, str]:
    """Return the address of the module that calls `module`, and the name of the call; "" for that at the root."""
    steps = list(_STEP.finditer(module))
    return (module[: steps[-1].start()].removesuffix("."), steps[-1][1]) if steps else ("", "")
