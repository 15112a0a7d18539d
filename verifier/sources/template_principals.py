"""The principals of a template, and what its policies of organizations are attached to, as `file_principals` has them.

    template_principals(opened)    every one

What a principal has is known where no condition decides it, or the one that decides whether the principal is there.
Otherwise the principal is `open`: it may have a policy in one case and not in another, so that one more policy gains
what the first one seems to allow already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.principals import (
    TemplateAttachment,
    TemplatePrincipal,
    attachments_of,
    managed_arns,
    principals_of,
)
from verifier.sources.file_principals import (
    FilePrincipal,
    PolicyLink,
    given_by,
    named_link,
    other_policies,
    shown_value,
    tags_of,
)
from verifier.sources.found import FoundDocument
from verifier.sources.open import OpenedFile
from verifier.sources.values import AnyValue, TextValue, Value

_Key: TypeAlias = tuple[object, ...]
_KINDS_OF_PRINCIPALS = ("user", "role", "group")
_OPEN_TARGET = "conditions of the template decide what is attached to it; give `--parameter`"
_OPEN = "conditions of the template decide what it has; give `--parameter`"


def template_principals(opened: OpenedFile) -> Iterator[FilePrincipal]:
    """Yield every principal. Raises UsageError for a template that is broken."""
    yield from _TemplatePrincipals(opened).all()


@dataclass(frozen=True)
class _Tied:
    """A policy that a principal has, and what decides that it does: `always` is False for one of several variants."""

    link: PolicyLink
    given: tuple[str, ...]
    always: bool = True


class _TemplatePrincipals:
    def __init__(self, opened: OpenedFile) -> None:
        value, opening = opened.value, opened.opening
        self.arns = {_key(arn): selector for selector, arn in managed_arns(value, opening)}
        self.principals = list(principals_of(value, opening))
        self.documents: dict[str, list[FoundDocument]] = {}
        for document in opened.documents:
            self.documents.setdefault(document.selector.partition("?")[0], []).append(document)
        self.inline: dict[str, list[FoundDocument]] = {}
        for document in opened.documents:
            if document.type is PolicyType.IDENTITY and document.owner:
                self.inline.setdefault(document.owner, []).append(document)
        self.naming: dict[_Key, list[TemplateAttachment]] = {}
        for attachment in attachments_of(value, opening):
            self.naming.setdefault((attachment.kind, *_key(attachment.principal)), []).append(attachment)
        self.groups: dict[_Key, list[TemplatePrincipal]] = {}
        for each in self.principals:
            if each.kind == "group":
                self.groups.setdefault(_key(each.name), []).append(each)

    def all(self) -> Iterator[FilePrincipal]:
        yield from self._targets()
        for each in self.principals:
            tied = [*self._own(each), *self._of_groups(each)]
            boundary = None if each.boundary is None else self._held(each.boundary)
            asked = [*tied, *([boundary] if boundary is not None else [])]
            known = not each.when and all(one.always and {*one.given} <= {"", each.given} for one in asked)
            yield FilePrincipal(
                each.selector + each.when,
                each.kind,
                tuple(dict.fromkeys(one.link for one in tied)),
                boundary.link if boundary is not None else None,
                open="" if known else _OPEN,
                given=frozenset({each.given, *(given for one in asked for given in one.given)} - {""}),
                tags=tags_of(each.tags),
                called=tags_of(((each.path, each.name),)),
            )
        yield from self._others()

    def _others(self) -> Iterator[FilePrincipal]:
        """Yield the principals that the template gives policies, or puts into groups, and does not make."""
        made = {(each.kind, *_key(each.name)) for each in self.principals}
        found: dict[_Key, tuple[str, Value]] = {}
        for (tie, *name), attachments in self.naming.items():
            kind = "user" if tie == "membership" else str(tie)
            if kind in _KINDS_OF_PRINCIPALS and (kind, *name) not in made:
                found[kind, *name] = kind, attachments[0].principal
        for kind, value in found.values():
            other = TemplatePrincipal("", "", "", kind, value, value, value, None, (), (), ())
            tied = [*self._own(other), *self._of_groups(other)]
            yield FilePrincipal(
                f"{kind} {shown_value(value)}",
                kind,
                tuple(dict.fromkeys(one.link for one in tied)),
                None,
                open="" if all(one.always and not any(one.given) for one in tied) else _OPEN,
                given=frozenset({given_by(value), *(given for one in tied for given in one.given)} - {""}),
                others=other_policies(kind, value),
            )

    def _targets(self) -> Iterator[FilePrincipal]:
        """Yield roots, units and accounts with the SCPs, and with the RCPs, that name them."""
        for (kind, *_), attachments in self.naming.items():
            name = attachments[0].principal
            types = {one.policy: self._types(one.policy) for one in attachments} if kind == "target" else {}
            for type_ in (PolicyType.SCP, PolicyType.RCP):
                chosen = [one for one in attachments if type_ in types.get(one.policy, ())]
                if not chosen:
                    continue
                tied = [self._at(one.policy, name, one.given, one.when) for one in chosen]
                given = {given_by(name), *(given for one in tied for given in one.given)} - {""}
                unclear = next((one.policy for one in chosen if len(types[one.policy]) > 1), None)
                known = all(one.always and not any(one.given) for one in tied)
                yield FilePrincipal(
                    f"{type_.name}s {shown_value(name)}",
                    "target",
                    tuple(dict.fromkeys(one.link for one in tied)),
                    None,
                    open=f"{unclear} may be an SCP or an RCP" if unclear else "" if known else _OPEN_TARGET,
                    given=frozenset(given),
                    attached=type_,
                )

    def _types(self, policy: str) -> Sequence[PolicyType]:
        """Return what a policy of an organization may be."""
        types = {document.type for document in self.documents.get(policy, ())}
        return [one for one in (PolicyType.SCP, PolicyType.RCP) if {None, one} & types]

    def _own(self, principal: TemplatePrincipal) -> Iterator[_Tied]:
        """Yield what a principal has itself: inline policies, attached ones, and those that name it."""
        for one in self.inline.get(principal.selector, ()):
            yield _Tied(PolicyLink(one.selector, one.selector), (one.given,), "?" not in one.selector)
        for each in self.naming.get((principal.kind, *_key(principal.name)), ()):
            yield self._at(each.policy, TextValue((each.policy,), each.principal), each.given, each.when)
        yield from map(self._held, principal.attached)

    def _of_groups(self, principal: TemplatePrincipal) -> Iterator[_Tied]:
        added = self.naming.get(("membership", *_key(principal.name)), ())
        memberships = [(each, "", "") for each in principal.groups]
        memberships += [(one.arn, one.given, one.when) for one in added if one.arn is not None]
        for name, given, when in memberships:
            inside = self.groups.get(_key(name), ())
            if not inside:
                link = PolicyLink("", f"the group {shown_value(name)}", given_by(name))
                yield _Tied(link, (given,), not when)
            for group in inside:
                for tied in self._own(group):
                    always = tied.always and not when and not group.when
                    yield _Tied(tied.link, (*tied.given, given, group.given), always)

    def _held(self, arn: Value) -> _Tied:
        return self._at(self.arns.get(_key(arn), ""), arn)

    def _at(self, selector: str, name: Value, given: str = "", when: str = "") -> _Tied:
        """Return the policy of the file with a selector; one that is not there by its name."""
        documents: Sequence[FoundDocument] = self.documents.get(selector, ())
        if not selector or not documents:
            return _Tied(PolicyLink("", selector or shown_value(name), "" if selector else given_by(name)), (given,))
        always = not when and all("?" not in one.selector for one in documents)
        return _Tied(named_link(selector, name), (given, *(one.given for one in documents)), always)


def _key(value: Value | None) -> _Key:
    match value:
        case TextValue():
            return value.parts
        case AnyValue():
            return ("any value", value.unknown.name)
        case _:
            return (id(value),)
