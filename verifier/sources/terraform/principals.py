"""The roles, users and groups of a plan or a state: what each may do, as far as the file says it.

    planned_principals(planned)    every one, with its boundary, policies and groups

A policy is named by its ARN. Where that is known, and a policy of the file has it, the link is certain. Where it is
known after apply only, the file says what the expression refers to: `policy_arn = aws_iam_policy.a.arn`, or something
made of that. Such a link is not `certain`.

What a role says of its own policies is mostly what the provider once read, those of other resources among it. Where a
plan takes one of these away, the role still names it in the plan. So what other resources give, or gave before the
change, counts as theirs alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from verifier.base.dataclass import dataclass
from verifier.sources.found import FoundDocument
from verifier.sources.terraform.documents import instance_documents
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.terraform.planned import Planned
from verifier.sources.values import Value, text_of

_KINDS = {"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group"}
_SHARED = "aws_iam_policy_attachment"  # takes a policy away from everybody else
# What else ties policies and groups to principals: whose name stands in which attribute.
_INLINE = {f"aws_iam_{kind}_policy": kind for kind in _KINDS.values()}
_ATTACHED = {
    **{f"aws_iam_{kind}_policy_attachment": ((kind, kind),) for kind in _KINDS.values()},
    _SHARED: tuple((kind, f"{kind}s") for kind in _KINDS.values()),
}
_EXCLUSIVE = {
    f"aws_iam_{kind}_{only}_exclusive": (kind, only)
    for kind in _KINDS.values()
    for only in ("policies", "policy_attachments")
}
_MEMBERS = {"aws_iam_group_membership": ("users", "group"), "aws_iam_user_group_membership": ("user", "groups")}
_NAMES = ("name", "id", "user", "role", "group")


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """A managed policy, or a group, that a principal is tied to.

    `named` is the ARN or the name, as far as it is known. `address` is that of the policy or the group in the file,
    empty for none. `certain`: it follows from known values. `by` is the address of the resource that ties them.
    """

    named: Value
    address: str
    certain: bool
    by: str


@dataclass(frozen=True, slots=True)
class PlannedPrincipal:
    """A role, user or group.

    `address` is empty for one that is not in the file, but that a resource of the file gives policies. `name`, `path`
    and `arn` are None where nothing says them. `tags` is None where there are none, an object, or unknown. `trust` and
    `inline` are documents, `only_inline` and `only_attached` say that the file takes away all other inline and attached
    policies. `kept` are inline policies that it leaves, and does not hold, by their names.
    """

    kind: str
    address: str
    name: Value | None
    path: Value | None
    arn: Value | None
    tags: Value | None
    trust: FoundDocument | None
    boundary: PlannedLink | None
    attached: Sequence[PlannedLink]
    inline: Sequence[FoundDocument]
    groups: Sequence[PlannedLink]
    only_inline: bool
    only_attached: bool
    kept: Sequence[Value] = ()


def planned_principals(planned: Planned) -> Sequence[PlannedPrincipal]:
    """Return every principal, in the order of the file; then those that are not in the file."""
    return _Principals(planned).all()


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom a resource is about: a principal of the file by its address, or another one by its name."""

    kind: str
    address: str
    name: str


class _Principals:
    def __init__(self, planned: Planned) -> None:
        self.planned = planned
        self.links: dict[_Whom, list[PlannedLink]] = {}
        self.groups: dict[_Whom, list[PlannedLink]] = {}
        self.inline: dict[_Whom, list[FoundDocument]] = {}
        self.inline_names: dict[_Whom, list[str | None]] = {}
        self.only: set[tuple[str, _Whom]] = set()
        self.kept: dict[_Whom, list[Value]] = {}
        self.shared: set[str | None] = set()
        self.named: dict[_Whom, Value] = {}

        for instance in planned.instances:
            if not instance.data and instance.type.startswith("aws_iam_"):
                self._read(instance)

    def all(self) -> Sequence[PlannedPrincipal]:
        own = [each for each in self.planned.instances if not each.data and each.type in _KINDS]
        whom = {_Whom(_KINDS[each.type], each.address, ""): each for each in own}
        others = [each for each in self.named if each not in whom]
        return [self._principal(who, instance) for who, instance in whom.items()] + [
            self._principal(who, None) for who in others
        ]

    def _read(self, instance: Instance) -> None:
        """Add what a resource gives to principals."""
        kind = _INLINE.get(instance.type)
        for who in self._whom(kind, instance, kind) if kind else ():
            self.inline.setdefault(who, []).extend(instance_documents(instance, self.planned))
            self.inline_names.setdefault(who, []).append(instance.attribute("name").text)
        if instance.type == _SHARED:
            self.shared.add(instance.attribute("policy_arn").text)
        for kind, attribute in _ATTACHED.get(instance.type, ()):
            for who in self._whom(kind, instance, attribute):
                self.links.setdefault(who, []).append(self._link(instance, "policy_arn"))
        kind, only = _EXCLUSIVE.get(instance.type, ("", ""))
        for who in self._whom(kind, instance, f"{kind}_name") if kind else ():
            self.only.add((only, who))
            self.links.setdefault(who, []).extend(self._links(instance, "policy_arns"))
            names = self._entries(instance, "policy_names")
            self.kept.setdefault(who, []).extend(self.planned.text(instance, part, *path) for part, path in names)
        member, group = _MEMBERS.get(instance.type, ("", ""))
        for who in self._whom("user", instance, member) if member else ():
            self.groups.setdefault(who, []).extend(self._links(instance, group, "aws_iam_group"))

    def _principal(self, who: _Whom, instance: Instance | None) -> PlannedPrincipal:
        inline, trust, boundary = list(self.inline.get(who, ())), None, None
        attached = list(self.links.get(who, ()))
        if instance is not None:
            others = self._of_others(who)
            for document in instance_documents(instance, self.planned):
                if document.selector.endswith(".assume_role_policy"):
                    trust = document
                elif document.selector not in others:
                    inline.append(document)
            attached = [*self._own_links(who, instance), *attached]
            bounds = instance.attribute("permissions_boundary")
            if not bounds.is_null and bounds.text != "":
                boundary = self._link(instance, "permissions_boundary")
        return PlannedPrincipal(
            who.kind,
            who.address,
            self._value(instance, "name") if instance else self.named[who],
            self._value(instance, "path"),
            self._value(instance, "arn"),
            self._value(instance, "tags"),
            trust,
            boundary,
            _distinct(attached),
            inline,
            _distinct(self.groups.get(who, ())),
            ("policies", who) in self.only,
            ("policy_attachments", who) in self.only,
            self._kept_elsewhere(who, inline),
        )

    def _own_links(self, who: _Whom, instance: Instance) -> Iterator[PlannedLink]:
        """Yield the policies that a role itself names, but those that other resources attach, attached or take away."""
        links = list(self._links(instance, "managed_policy_arns"))
        earlier = self._earlier.links.get(who, ()) if links else ()
        others = self.shared | {text_of(each.named) for each in earlier}
        if ("policy_attachments", who) in self.only and (before := self.planned.earlier.by_address.get(who.address)):
            others |= {each.text for each in before.attribute("managed_policy_arns").each() or ()}
        yield from (each for each in links if (known := text_of(each.named)) is None or known not in others)

    def _of_others(self, who: _Whom) -> set[str]:
        """Return the selectors of inline policies that a role has in itself, and that other resources make, made or
        take away.
        """
        found = {_inline(who, name) for name in self._earlier.inline_names.get(who, ())}
        before = self.planned.earlier.by_address.get(who.address)
        if ("policies", who) in self.only and before is not None:
            own = {each.member("name").text for each in before.attribute("inline_policy").each() or ()}
            found |= {_inline(who, name) for name in own - set(map(text_of, self.kept[who]))}
        return found

    def _kept_elsewhere(self, who: _Whom, inline: Sequence[FoundDocument]) -> Sequence[Value]:
        """Return the names of inline policies that are kept, and that the file does not hold."""
        made, held = set(self.inline_names.get(who, ())), {each.selector for each in inline}
        names = ((text_of(each), each) for each in self.kept.get(who, ()))
        return [each for name, each in names if name not in made - {None} and _inline(who, name) not in held]

    @cached_property
    def _earlier(self) -> _Principals:
        return self if self.planned.opening.before else _Principals(self.planned.earlier)

    def _value(self, instance: Instance | None, name: str) -> Value | None:
        if instance is None or instance.attribute(name).is_null:
            return None
        return self.planned.text(instance, instance.attribute(name), name)

    def _whom(self, kind: str, instance: Instance, attribute: str) -> Iterator[_Whom]:
        """Yield the principals that an attribute names: one by its name, or several in a list."""
        for part, path in self._entries(instance, attribute):
            address = self._address(instance, part, path, f"aws_iam_{kind}")
            value = self.planned.text(instance, part, *path)
            who = _Whom(kind, address, "" if address else part.text or self.planned.named(instance, path).name)
            self.named.setdefault(who, value)
            yield who

    def _entries(self, instance: Instance, attribute: str) -> Iterator[tuple[Part, tuple[str | int, ...]]]:
        part = instance.attribute(attribute)
        entries = None if part.is_unknown or part.text is not None else part.each()
        if entries is not None:
            yield from ((each, (attribute, number)) for number, each in enumerate(entries))
        elif not (part.is_unknown and self.planned.is_unset(instance, attribute)):
            yield part, (attribute,)

    def _links(self, instance: Instance, attribute: str, kind: str = "aws_iam_policy") -> Iterator[PlannedLink]:
        for part, path in self._entries(instance, attribute):
            yield self._tied(instance, part, path, kind)

    def _link(self, instance: Instance, attribute: str, kind: str = "aws_iam_policy") -> PlannedLink:
        return self._tied(instance, instance.attribute(attribute), (attribute,), kind)

    def _tied(self, instance: Instance, part: Part, path: tuple[str | int, ...], kind: str) -> PlannedLink:
        address = self._address(instance, part, path, kind)
        return PlannedLink(self.planned.text(instance, part, *path), address, part.text is not None, instance.address)

    def _address(self, instance: Instance, part: Part, path: tuple[str | int, ...], kind: str) -> str:
        """Return the address of what an attribute names, by its known value, or by what its expression refers to."""
        if part.text is not None:
            provider = self.planned.configuration.provider(instance)
            found = self._by_name.get((kind, provider, part.text), ())
            return found[0] if len(found) == 1 else ""
        origin = self.planned.origin(instance, *path)
        other = self.planned.by_address.get(origin.address) if origin else None
        wanted = ("arn", "id") if kind == "aws_iam_policy" else _NAMES
        is_it = origin is not None and other is not None and other.type == kind and origin.attribute in wanted
        return other.address if other is not None and is_it else ""

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str, str], Sequence[str]]:
        """Return the addresses of policies by ARN, and of principals by name."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for each in self.planned.instances:
            text = each.attribute("arn" if each.type == "aws_iam_policy" else "name").text
            if text is not None and not each.data and each.type.startswith("aws_iam_"):
                key = (each.type, self.planned.configuration.provider(each), text)
                found.setdefault(key, []).append(each.address)
        return found


def _inline(who: _Whom, name: str | None) -> str:
    """Return the selector of an inline policy that a role has in itself."""
    return f"{who.address}.inline_policy[{json.dumps(name, ensure_ascii=False)}]"


def _distinct(links: Sequence[PlannedLink]) -> Sequence[PlannedLink]:
    """Return each link once, where several resources tie the same."""
    seen: dict[object, PlannedLink] = {}
    for each in links:
        known = getattr(each.named, "known", None)
        seen.setdefault(known or (each.address or each.by, each.certain), each)
    return list(seen.values())
