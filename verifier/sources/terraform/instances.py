"""The resources and data sources of a plan or a state: each with its address and its attributes, before or after.

    instances(plan, opening)    every one, in the order of the file

After a plan is what `resource_changes` says, and what the state has of resources that the plan does not name (as with
`-target`). What a plan forgets stays as it is: it only leaves Terraform's hands. A plan without `resource_changes` is
read by its `planned_values`, which leave out what is unknown. Before a plan each resource has the address that it has
after it: one that was `moved` is found under one name. What a failed replacement left behind (`deposed`) is there
before only. What is deferred to a later plan counts as far as it is known; a plan that ended with an error does not.
Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, quote
from verifier.base.regex import regex
from verifier.sources.found import Opening
from verifier.sources.terraform.parts import Part, is_scalar
from verifier.sources.values import ListValue, ObjectValue, Value, each_of, text_of

_SUPPORTED = regex(r"[01](\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource or data source, as it is before or after a plan.

    `address` is Terraform's: `module.a["k"].aws_iam_policy.b[0]`; `module` that of its module, empty at the root.
    `previous` is the address that it had before it was moved, else empty. `attributes` are its values. Where the file
    is not `complete`, an attribute that is missing may be unknown.
    """

    address: str
    module: str
    type: str
    name: str
    data: bool
    attributes: Part
    place: Value
    previous: str = ""
    complete: bool = True

    def attribute(self, *path: str) -> Part:
        """Return what stands under `path`."""
        part = self.attributes
        for name in path:
            part = part.member(name)
        return part


def check_version(plan: ObjectValue, opening: Opening) -> None:
    """Raise InputError for a version of the format that is not known."""
    version = plan.member("format_version")
    text = text_of(version)
    if version is not None and (text is None or not _SUPPORTED.fullmatch(text)):
        message = f"the version {quote(text or 'that is not a text')} of Terraform's JSON format is not supported"
        raise InputError(message, source=opening.source, span=version.span, help="use one of 1.0 and later 1.x")


def instances(plan: ObjectValue, opening: Opening) -> Iterator[Instance]:
    """Yield every resource and data source. Raises InputError for a file that is not as Terraform writes it."""
    reader = _Reader(opening)
    if is_scalar(plan.member("errored"), "true"):
        message = "this plan ended with an error, so it lacks resources"
        raise InputError(message, source=opening.source, help="correct what `terraform plan` says, and plan again")
    if "resource_changes" in plan.named or "prior_state" in plan.named:
        seen: set[str] = set()
        for instance, gone in reader.changes([*reader.changed(plan), *reader.deferred(plan)]):
            seen.update((instance.address, instance.previous))
            if not gone:
                yield instance
        state = reader.object(plan.member("prior_state"), "`prior_state`")
        for instance in reader.state(state and state.member("values"), "`prior_state.values`"):
            if instance.address not in seen:
                yield instance
    elif "planned_values" in plan.named:
        if not opening.before:
            yield from reader.state(plan.named["planned_values"], "`planned_values`", complete=False)
    else:
        yield from reader.state(plan.member("values"), "`values`")


@dataclass(frozen=True, slots=True)
class _Reader:
    opening: Opening

    def changed(self, plan: ObjectValue) -> list[Value]:
        """Return what the plan changes, or leaves."""
        return self.list(plan.member("resource_changes"), "`resource_changes`")

    def deferred(self, plan: ObjectValue) -> Iterator[Value]:
        """Yield what a later plan will change, as far as this one knows it."""
        for each in self.list(plan.member("deferred_changes"), "`deferred_changes`"):
            deferred = self.object(each, "a deferred change")
            change = deferred and deferred.member("resource_change")
            if change is not None:
                yield change

    def changes(self, changes: Sequence[Value]) -> Iterator[tuple[Instance, bool]]:
        """Yield what changes, each with whether it is not there at the time that is asked about."""
        for each in changes:
            resource = self.object(each, "a resource change")
            change = resource and self.object(resource.member("change"), "the `change` of a resource")
            if resource is None or change is None:
                raise self.wrong(each, "a resource change without `change`")
            deposed = text_of(resource.member("deposed")) or ""
            forgotten = [text_of(action) for action in each_of(change.member("actions"))] == ["forget"]
            before = self.opening.before or forgotten
            marks = (None, "before_sensitive") if before else ("after_unknown", "after_sensitive")
            values = change.member("before" if before else "after")
            part = Part(values, *(change.member(name) if name else None for name in marks))
            gone = part.is_null or (bool(deposed) and not self.opening.before)
            yield self.instance(resource, text_of(resource.member("module_address")) or "", part, deposed), gone

    def state(self, values: Value | None, what: str, *, complete: bool = True) -> Iterator[Instance]:
        found = self.object(values, what)
        pending = [found and found.member("root_module")]
        while pending:
            module = self.object(pending.pop(), "a module")
            if module is None:
                continue
            address = text_of(module.member("address")) or ""
            for each in self.list(module.member("resources"), "the `resources` of a module"):
                resource = self.object(each, "a resource")
                if resource is not None:
                    part = Part(resource.member("values"), None, resource.member("sensitive_values"))
                    deposed = text_of(resource.member("deposed_key")) or ""
                    yield self.instance(resource, address, part, deposed, complete=complete)
            pending.extend(reversed(self.list(module.member("child_modules"), "the `child_modules` of a module")))

    def instance(
        self, resource: ObjectValue, module: str, part: Part, deposed: str = "", *, complete: bool = True
    ) -> Instance:
        address, kind, name, mode = (text_of(resource.member(each)) for each in ("address", "type", "name", "mode"))
        if address is None or kind is None or name is None:
            raise self.wrong(resource, "a resource without `address`, `type` or `name`")
        return Instance(
            f"{address} (deposed {deposed})" if deposed else address,
            module,
            kind,
            name,
            mode == "data",
            part,
            resource,
            text_of(resource.member("previous_address")) or "",
            complete,
        )

    def object(self, value: Value | None, what: str) -> ObjectValue | None:
        """Return `value`, an object; None where there is none."""
        if value is None or is_scalar(value, "null"):
            return None
        if not isinstance(value, ObjectValue):
            raise self.wrong(value, f"{what} that is not an object")
        return value

    def list(self, value: Value | None, what: str) -> list[Value]:
        """Return the values of the list `value`."""
        if value is None or is_scalar(value, "null"):
            return []
        if not isinstance(value, ListValue):
            raise self.wrong(value, f"{what} that are not a list")
        return list(value.values)

    def wrong(self, value: Value, what: str) -> InputError:
        help = "write it with `terraform show -json`"
        return InputError(f"this is not Terraform's: {what}", source=self.opening.source, span=value.span, help=help)
