"""The principals of a plan or a template in one form: what each has of its documents, and what else.

    file_principals(opened)    every one; none for a file of another kind

What a principal has is told by selectors, under which `open_file` has the documents. A policy or a group that the file
does not hold is told by its name only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.kind import Templates
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan
from verifier.sources.values import AnyValue, ObjectValue, TextValue, Value

if TYPE_CHECKING:
    from verifier.sources.terraform.attachments import PolicyAttachment
    from verifier.sources.terraform.instances import Instance
    from verifier.sources.terraform.planned import Planned
    from verifier.sources.terraform.principals import PlannedPrincipal

UNKNOWN = "unknown"
INLINE = "inline_policy"
_NO_DYNAMIC = "no `dynamic` block, which a plan does not show, gives roles inline policies"
_OF_ORGANIZATIONS = (PolicyType.SCP, PolicyType.RCP)


@dataclass(frozen=True)
class PolicyLink:
    """A policy that a principal has: its selector in the file, or its `name` where the file does not hold it.

    `given` is what gives its name a value, where that is not known before deployment: two with one name and one `given`
    are one policy.
    """

    selector: str
    name: str
    given: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the file holds it."""
        return bool(self.selector)


@dataclass(frozen=True)
class FilePrincipal:
    """A user, role or group: `name` is its selector, or its kind and name where the file does not make it.

    `policies` are those that are attached, inline or in its groups; `boundary` is None where it has none. `assumes` is
    what is taken for granted where a plan does not say it for certain. `previous` is the name that it had before it was
    moved. `open` says why it is not known what it has; empty where it is. `scps` are the levels of SCPs that bind it,
    and `tags` its tags; under no name those that are not known before deployment. `called` is what it is called, as a
    path and a name; once more under no path if that is not known. `own` are those of its policies that it names itself
    in a plan or a state, and that no other resource gives it. `attached` is given for a root, unit
    or account of an organization: `policies` are its SCPs, or its RCPs. `given` is what decides who it is, whether it
    is there and what it has, as far as that is not known before deployment. `others` is given for one that the file
    does not make: other policies that it may have. It is there before and after.
    """

    name: str
    kind: str
    policies: tuple[PolicyLink, ...]
    boundary: PolicyLink | None
    assumes: tuple[str, ...] = ()
    previous: str = ""
    open: str = ""
    scps: tuple[tuple[PolicyLink, ...], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    attached: PolicyType | None = None
    given: frozenset[str] = frozenset()
    others: PolicyLink | None = None
    called: tuple[tuple[str, str], ...] = ()
    own: frozenset[PolicyLink] = frozenset()


def file_principals(opened: OpenedFile) -> Sequence[FilePrincipal]:
    """Return every principal of a plan or a template. Raises InputError for a file that is broken."""
    match opened.kind:
        case TerraformPlan():
            return tuple(_of_plan(opened))
        case Templates():
            from verifier.sources.template_principals import template_principals  # noqa: PLC0415 - for a template only

            return tuple(template_principals(opened))
        case _:
            return ()


def shown_value(value: Value) -> str:
    """Return a text as people read it, its unknown parts by their names."""
    match value:
        case TextValue():
            return "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in value.parts)
        case AnyValue():
            return f"${{{value.unknown.name}}}"
        case _:
            return "(not a text)"


def named_link(selector: str, name: Value) -> PolicyLink:
    """Return a policy that the file does not hold, or holds under `selector`, if that is given."""
    return PolicyLink(selector, selector or shown_value(name), "" if selector else given_by(name))


def other_policies(kind: str, name: Value) -> PolicyLink:
    """Return what a principal may have that the file does not make: other policies, which the file does not hold."""
    return PolicyLink("", f"other policies of the {kind} {shown_value(name)}", given_by(name))


def tags_of(pairs: Iterable[tuple[Value, Value]]) -> tuple[tuple[str, str], ...]:
    """Return tags as texts; with a part that is not known, once more under no name."""
    found = set[tuple[str, str]]()
    for pair in pairs:
        name, value = map(shown_value, pair)
        found.add((name, value))
        if any(map(given_by, pair)):
            found.add(("", f"{name} {value}"))
    return tuple(sorted(found))


def given_by(value: Value) -> str:
    """Return that a value is not known before deployment, or nothing."""
    return "" if isinstance(value, TextValue) and value.known is not None else UNKNOWN


def _of_plan(opened: OpenedFile) -> Iterator[FilePrincipal]:
    from verifier.sources.terraform.planned import plan_in  # noqa: PLC0415 - loaded for a plan only
    from verifier.sources.terraform.principals import PlannedLink, planned_principals  # noqa: PLC0415 - the same

    plan = plan_in(opened.value, opened.opening)
    found = planned_principals(plan)
    held = {document.selector for document in opened.documents}
    groups = {each.address: each for each in found if each.kind == "group" and each.address}

    def link(tied: PlannedLink) -> PolicyLink:
        if not tied.address:
            return named_link("", tied.named)
        return PolicyLink(tied.address if tied.address in held else "", tied.address)

    for each in found:
        links = [PolicyLink(document.selector, document.selector) for document in each.inline]
        called = each.address or f"{each.kind} {shown_value(each.name) if each.name else ''}"
        links += [
            PolicyLink("", f"the inline policy {shown_value(one)} of {called}", given_by(one)) for one in each.kept
        ]
        tied = [*each.attached]
        for group in each.groups:
            inside = groups.get(group.address)
            if inside is None:
                links.append(PolicyLink("", f"the group {shown_value(group.named)}", given_by(group.named)))
            else:
                links += [PolicyLink(document.selector, document.selector) for document in inside.inline]
                tied += inside.attached
        certain = [*tied, *([each.boundary] if each.boundary else [])]
        instance = plan.by_address.get(each.address)
        yield FilePrincipal(
            called,
            each.kind,
            tuple(dict.fromkeys([*links, *map(link, tied)])),
            link(each.boundary) if each.boundary else None,
            (
                *(f"`{one.by}` names `{one.address}`" for one in certain if one.address and not one.certain),
                *_taken_for_granted(plan, instance),
            ),
            instance.previous if instance else "",
            given=frozenset(_given(each)),
            others=other_policies(each.kind, each.name) if each.name and not each.address else None,
            tags=_planned_tags(instance) if instance else (),
            called=_called(each),
            own=frozenset([*map(link, (one for one in each.attached if one.by == each.address)), *_inside(each)]),
        )
    yield from _targets(plan, opened)


def _taken_for_granted(plan: Planned, instance: Instance | None) -> Iterator[str]:
    """Yield what is taken for granted of a role whose inline policies are not known and not set."""
    if instance is not None and instance.attribute(INLINE).is_unknown and plan.is_unset(instance, INLINE):
        yield _NO_DYNAMIC


def _inside(principal: PlannedPrincipal) -> Iterator[PolicyLink]:
    """Yield the inline policies that a role has in itself."""
    begun = f"{principal.address}.{INLINE}["
    names = (document.selector for document in principal.inline)
    yield from (PolicyLink(name, name) for name in names if principal.address and name.startswith(begun))


def _called(principal: PlannedPrincipal) -> tuple[tuple[str, str], ...]:
    name = principal.name if principal.address else None
    return tags_of(() if name is None else ((principal.path or name, name),))


def _given(principal: PlannedPrincipal) -> Iterator[str]:
    """Yield what decides who a principal is, and that others of its policies, which the file may not hold, are gone."""
    if principal.name and not principal.address and given_by(principal.name):
        yield UNKNOWN
    if principal.only_inline:
        yield "no other inline policies"
    if principal.only_attached:
        yield "no other attached policies"


def _planned_tags(instance: Instance) -> tuple[tuple[str, str], ...]:
    """Return the tags of a principal, with those that the provider gives to everything."""
    every = instance.attribute("tags_all")
    part = instance.attribute("tags") if every.is_null else every
    pairs = part.value.pairs if isinstance(part.value, ObjectValue) else ()
    return (*tags_of(pairs), *([("", f"{instance.address}.tags")] if part.has_unknown else []))


def _targets(plan: Planned, opened: OpenedFile) -> Iterator[FilePrincipal]:
    """Yield what SCPs, and what RCPs, are attached to: one that the file does not hold may be either."""
    from verifier.sources.terraform.attachments import policy_attachments  # noqa: PLC0415 - loaded for a plan only

    types = {document.selector: document.type for document in opened.documents}
    found: dict[tuple[str, PolicyType], list[PolicyAttachment]] = {}
    for each in policy_attachments(plan):
        type_ = types.get(each.policy)
        for one in _OF_ORGANIZATIONS if not each.policy else (type_,):
            if one in _OF_ORGANIZATIONS:
                found.setdefault((shown_value(each.target), one), []).append(each)
    for (target, type_), several in found.items():
        links = (named_link(one.policy, one.named) for one in several)
        assumes = (f"`{one.by}` names `{one.policy}`" for one in several if one.policy and not one.certain)
        name = f"{type_.name}s {target}"
        attached = tuple(dict.fromkeys(links))
        given = frozenset({given_by(several[0].target)} - {""})
        yield FilePrincipal(name, "target", attached, None, tuple(assumes), attached=type_, given=given)
