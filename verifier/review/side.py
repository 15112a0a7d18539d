"""What stands on one side of a change: documents by name, and the principals that have them.

    ReviewSide      one side
    SideDocument    one document, which is parsed when somebody asks, or the error that it is
    side_of(...)    the side that one file is; `side_in` of one that is open

A document is named by its file, where there are several, and its selector in it. Which unknown parts are the same on
both sides is told by `sources/comparable.py`, and answers say so. Most documents of a change are what they were, which
their texts tell: those are not parsed, and nothing is said about them, not even where they are broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import Readable, parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.comparable import unknown_scope
from verifier.sources.document import document_source
from verifier.sources.file_principals import UNKNOWN, FilePrincipal, PolicyLink, file_principals
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.open import OpenedFile, open_file
from verifier.sources.other_grants import OtherGrant, OtherGrantKind, other_grants
from verifier.sources.terraform.plan import TerraformPlan

# A text, and the values that stand for what is not known in it: documents with the same ones say the same.
TextAndUnknowns: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class FileDocument(Readable):
    """A document of a file: its `source`, or why it has none."""

    source: Source | InputError

    @property
    def text(self) -> str:
        """See Readable."""
        return self.source.text if isinstance(self.source, Source) else ""

    def parsed(self) -> Policy:
        """See Readable."""
        if isinstance(self.source, InputError):
            raise self.source
        return parse_source(self.source)


@dataclass(frozen=True)
class SideDocument:
    """A document: `policy`, or the `error` that it is. `owner` is the principal or resource that it belongs to.

    `given` is what decides whether it is there, of a document that conditions of a template change. `on` tells the
    resource that it is for apart from others, `resource` is the type of what holds it, or its ARN, if that is known.
    """

    name: str
    type: PolicyType | None
    owner: str
    held: Readable
    assumes: str = ""
    given: str = ""
    on: str = ""
    resource: str = ""

    @property
    def policy(self) -> Policy | None:
        """The document as read; None where it is broken."""
        return self.held.policy

    @property
    def error(self) -> InputError | None:
        """What is wrong with it."""
        return self.held.error

    @property
    def written(self) -> TextAndUnknowns | None:
        """What decides what it says; None where there is no text."""
        text = self.held.text
        return (text, self.unknowns) if text else None

    @property
    def unknowns(self) -> tuple[tuple[str, str], ...]:
        """What is not known of it before deployment."""
        source = self.held.source if isinstance(self.held, FileDocument) else None
        return source.within.unknowns if isinstance(source, Source) and source.within else ()


@dataclass(frozen=True)
class ReviewSide:
    """One side of a change. `moved` gives the name that a document or principal had before, by its name now.

    `grants` are resources that give permissions without a document (`sources/other_grants.py`). `errors` are of files
    that could not be read, by their names. `of_aws` are documents that nobody here can change: only what principals
    have of them matters.
    """

    documents: Mapping[str, SideDocument] = field(default_factory=dict)
    principals: Mapping[str, FilePrincipal] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, InputError] = field(default_factory=dict)
    of_aws: Mapping[str, SideDocument] = field(default_factory=dict)
    grants: Mapping[tuple[str, OtherGrantKind], OtherGrant] = field(default_factory=dict)

    def document(self, name: str) -> SideDocument | None:
        """Return the document of this name."""
        return self.documents.get(name) or self.of_aws.get(name)

    def previous(self, name: str) -> str:
        """Return the name that a document or principal had before its resource was moved; `name` if it was not."""
        moved = ((now, was) for now, was in self.moved.items() if name == now or name.startswith(f"{now}."))
        return next((was + name.removeprefix(now) for now, was in moved), name)


def together(sides: Iterable[ReviewSide]) -> ReviewSide:
    """Return what all of `sides` hold, files of one folder."""
    documents: dict[str, SideDocument] = {}
    principals: dict[str, FilePrincipal] = {}
    moved: dict[str, str] = {}
    errors: dict[str, InputError] = {}
    of_aws: dict[str, SideDocument] = {}
    grants: dict[tuple[str, OtherGrantKind], OtherGrant] = {}
    for side in sides:
        documents |= side.documents
        principals |= side.principals
        moved |= side.moved
        errors |= side.errors
        of_aws |= side.of_aws
        grants |= side.grants
    return ReviewSide(documents, principals, moved, errors, of_aws, grants)


def side_of(file: str, told: PolicyType | None, opening: Opening, time: str) -> ReviewSide:
    """Return what a file holds, whose documents are called `file#selector`, or by the selector alone.

    `told` is what documents are that do not say it themselves, `time` is the side. A file that cannot be read is in
    `errors`.
    """
    try:
        return side_in(open_file(opening), file, told, time)
    except InputError as error:
        error.source = error.source or opening.source
        return ReviewSide(errors={file or opening.source.name: error})


def side_in(opened: OpenedFile, file: str, told: PolicyType | None, time: str) -> ReviewSide:
    """Return what a file holds that has been opened. Raises InputError where its principals are broken."""
    principals = file_principals(opened)
    scope = unknown_scope(opened, time)
    documents = [_document(found, file, told, scope) for found in opened.documents if found.acts]
    named = [_of_file(each, file, scope) for each in principals]
    moved = {_name(file, now): _name(file, before) for now, before in _moved(opened)}
    grants = {(each.name, each.kind): each for each in map(partial(_in_file, file), other_grants(opened, scope))}
    by_name = {each.name: each for each in documents}
    return ReviewSide(by_name, {each.name: each for each in named}, moved, grants=grants)


def _document(found: FoundDocument, file: str, told: PolicyType | None, scope: Callable[[str], str]) -> SideDocument:
    name = _name(file, found.selector)
    owner = _name(file, found.owner) if found.owner else ""
    source: Source | InputError
    try:
        source = document_source(found.value, found.file, scope)
    except InputError as error:
        source = error
    type_, told_by = found.type or told, FileDocument(source)
    return SideDocument(name, type_, owner, told_by, found.assumes, found.given, found.on, found.resource)


def _in_file(file: str, grant: OtherGrant) -> OtherGrant:
    roles = None if grant.roles is None else frozenset(_name(file, role) for role in grant.roles)
    return replace(grant, name=_name(file, grant.name), roles=roles)


def _name(file: str, selector: str) -> str:
    return f"{file}#{selector}" if file and selector else file or selector


def _of_file(principal: FilePrincipal, file: str, scope: Callable[[str], str]) -> FilePrincipal:
    def scoped(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple((name, text if name else f"{text}, {scope(text)}") for name, text in pairs)

    def link(one: PolicyLink) -> PolicyLink:
        selector = _name(file, one.selector) if one.selector else ""
        return replace(one, selector=selector, given=scope(one.name) if one.given == UNKNOWN else one.given)

    return replace(
        principal,
        name=_name(file, principal.name),
        policies=tuple(map(link, principal.policies)),
        boundary=link(principal.boundary) if principal.boundary else None,
        given=frozenset(scope(principal.name) if one == UNKNOWN else one for one in principal.given),
        others=link(principal.others) if principal.others else None,
        tags=scoped(principal.tags),
        called=scoped(principal.called),
        own=frozenset(map(link, principal.own)),
    )


def _moved(opened: OpenedFile) -> Iterable[tuple[str, str]]:
    """Yield the addresses that resources of a plan have now, each with the one that it had before."""
    if not isinstance(opened.kind, TerraformPlan):
        return
    from verifier.sources.terraform.planned import plan_in  # noqa: PLC0415 - loaded for a plan only

    for instance in plan_in(opened.value, opened.opening).instances:
        if instance.previous:
            yield instance.address, instance.previous
