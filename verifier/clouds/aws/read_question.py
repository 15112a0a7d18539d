"""One line of `verifier batch` to a question and how to ask it; `grammar/question.lark` has the shape of the line."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TypeVar

from verifier.base.errors import InputError, RequestError, UsageError, quote
from verifier.base.grammar import AnyToken, GrammarReader, Word, check_size, source_of, span_of
from verifier.base.parse_tree import DocumentTree, LevelTree, Texts, text_of_token
from verifier.base.source import Excerpt, Excerpts, Source
from verifier.clouds.aws.documents import Documents, PolicyLevels
from verifier.clouds.aws.interned import Interner
from verifier.clouds.aws.nested_values import Nested
from verifier.clouds.aws.policy.parse import level_of, policy_of
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import BESIDE, Multiplicity, PolicyType
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.question_tree import (
    DocumentTrees,
    KnownDocument,
    LevelOfLine,
    LevelTrees,
    LineDocument,
    QuestionActions,
    QuestionElement,
    ResourcePolicyTree,
    ResourcePolicyTrees,
    quick_question,
)
from verifier.clouds.aws.read_asking import asking_of, evaluate_question
from verifier.clouds.aws.request import RequestTree, read_request_tree
from verifier.logic.request import Request
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    NeedsQuestion,
    Posed,
    ProveQuestion,
    Question,
)

# What each question needs, and what it may have besides (`id` and `ask` always).
_BESIDE = tuple(type_.facts.field for type_ in BESIDE)
_HOW = ("world", "reading")
_ALONE = (*_HOW, "type")
_WHO = ("principal", "federated_by", "resource_policies", "endpoint", "organization")
_TAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "prove": (("policies", "maximum"), (*_BESIDE, *_WHO, "explicit", *_HOW)),
    "needs": (("policies", "needs"), (*_BESIDE, *_WHO, *_HOW)),
    "diff": (("old", "new"), _ALONE),
    "confine": (("document", "services"), _ALONE),
    "evaluate": (("policies", "request"), (*_BESIDE, *_WHO)),
}


_T = TypeVar("_T", Nested, DocumentTrees, LevelTrees, ResourcePolicyTrees, Texts, RequestTree)

_READER = GrammarReader("question", ("question",), QuestionActions(), UsageError)


def read_question(line: str, ask: Ask = Ask(), name: str = "<line>", interner: Interner | None = None) -> Posed:
    """Return the question of `line`, to be asked as the line says, and otherwise as `ask`; messages call it `name`.

    Documents that `interner` has met before are the same objects. Raises UsageError for a line that is not a question,
    PolicyError and RequestError for what is wrong in it; each knows its line and column. Whether the documents suit
    their places is checked when the question is answered.
    """
    source = source_of(line, name)
    check_size(source, UsageError)
    quick = quick_question(source, interner)
    if quick is not None:
        with suppress(InputError):  # told again by Lark's tree
            return _Elements(source, *quick).posed(ask)
    return _Elements(source, *_READER.read(source, "question")).posed(ask)


class _Elements:
    """The elements of one question. Every method raises InputError for what is missing or wrong."""

    def __init__(self, source: Source, first: AnyToken, members: list[QuestionElement]) -> None:
        self._source = source
        self._first = first
        self._known: list[KnownDocument] = []
        self._members: dict[str, QuestionElement] = {}
        for member in members:
            name = text_of_token(member.name)
            if name in self._members:
                raise self._error(f"{quote(name)} appears twice", member.name, "remove one of them")
            self._members[name] = member

    def posed(self, ask: Ask) -> Posed:
        kind = self._word("ask")
        if kind is None:
            raise self._missing("ask")
        self._check_names(kind)
        identity = self._value("id", Nested)
        name = identity.value if identity else None
        question = self._question(kind)
        parts = tuple(
            Excerpt(known.policy.source, known.first, known.last, start)
            for known, start in self._known
            if known.policy.source is not self._source
        )
        return Posed(question, self._how(ask), name, Excerpts(self._source, parts) if parts else None)

    def _question(self, kind: str) -> Question:
        match kind:
            case "prove":
                policies, maximum = self._policies(), self._policy("maximum")
                return ProveQuestion(self._documents(policies), maximum)
            case "needs":
                policies, needs = self._policies(), self._policy("needs")
                return NeedsQuestion(self._documents(policies), needs)
            case "diff":
                return DiffQuestion(self._policy("old"), self._policy("new"), self._told())
            case "confine":
                return ConfineQuestion(self._policy("document"), self._services(), self._told())
            case _:
                policies, request = self._policies(), self._request()
                documents = self._documents(policies, request)
                try:
                    return evaluate_question(documents, request)
                except RequestError as wrong:
                    raise RequestError(wrong.message, source=self._source, span=wrong.span, help=wrong.help) from None

    def _check_names(self, kind: str) -> None:
        needed, beside = _TAKES[kind]
        for name, member in self._members.items():
            if name not in ("id", "ask", *needed, *beside):
                takes = ", ".join(f"`{word}`" for word in (*needed, *beside))
                raise self._error(f"{quote(name)} is not allowed in the question `{kind}`", member.name, f"use {takes}")

    def _documents(self, policies: tuple[Policy, ...], request: Request | None = None) -> Documents:
        beside: dict[PolicyType, PolicyLevels] = {type_: self._levels(type_) for type_ in BESIDE}
        return Documents.of(policies, beside, self._asking(request))

    def _asking(self, request: Request | None) -> Asking | None:
        """Return who asks, which the line or its request tells, and the documents of the resource's side."""
        told = {name: self._word(name) for name in ("principal", "federated_by")}
        shown = self._value("resource_policies", ResourcePolicyTrees)
        organization = self._value("organization", Nested)
        try:
            return asking_of(
                told["principal"],
                request,
                resource_policies=tuple(map(self._resource_policy, shown.trees)) if shown else (),
                endpoint=self._optional("endpoint"),
                organization=organization.value if organization else None,
                federated_by=told["federated_by"],
                explicit=self._word("explicit") == "true",
            )
        except UsageError as wrong:
            names = [name for name in ("principal", "federated_by", "organization", "request") if name in self._members]
            raise self._placed(wrong, names) from None

    def _placed(self, wrong: UsageError, names: Sequence[str]) -> UsageError:
        """Return `wrong` with a place in the line: that of the first of `names` that the line has."""
        if wrong.span is not None or wrong.source is not None:
            return wrong
        at = self._members[names[0]].name if names else self._first
        return self._error(wrong.message, at, wrong.help or "")

    def _resource_policy(self, tree: ResourcePolicyTree) -> tuple[str | None, Policy]:
        return None if tree.arn is None else text_of_token(tree.arn), self._made(tree.document)

    def _levels(self, type_: PolicyType) -> PolicyLevels:
        name = type_.facts.field
        match type_.facts.many:
            case Multiplicity.ONE:
                one = self._optional(name)
                return ((one,),) if one else ()
            case Multiplicity.SEVERAL:
                lists = self._value(name, LevelTrees)
                return tuple((policy,) for level in map(self._level, lists.trees) for policy in level) if lists else ()
            case Multiplicity.LEVELS:
                levels = self._value(name, LevelTrees)
                return tuple(map(self._level, levels.trees)) if levels else ()

    def _level(self, level: LevelOfLine) -> tuple[Policy, ...]:
        if not level.documents:
            return level_of(LevelTree(level.first, []), self._source)  # which raises
        return tuple(map(self._made, level.documents))

    def _made(self, document: LineDocument) -> Policy:
        if isinstance(document, DocumentTree):
            return policy_of(document, self._source)
        self._known.append(document)
        return document.known.policy

    def _how(self, ask: Ask) -> Ask:
        world, reading = self._word("world"), self._word("reading")
        return ask.but(World(world) if world else None, Readings(reading) if reading else None)

    def _told(self) -> PolicyType | None:
        found = self._word("type")
        return PolicyType(found) if found else None

    def _policies(self) -> tuple[Policy, ...]:
        documents = self._value("policies", DocumentTrees)
        if documents is None and self._tells_who():
            return ()
        documents = documents or self._needed("policies", DocumentTrees)
        if not documents.trees and not self._tells_who():
            raise self._error("`policies` is empty", self._members["policies"].name, "add a document")
        return self._all(documents)

    def _tells_who(self) -> bool:
        """Whether there need not be an identity policy: it is told who asks, or what the resource's side is."""
        request = self._value("request", RequestTree)
        asks = request is not None and any(text_of_token(one.name) == "principal" for one in request.elements)
        return asks or "principal" in self._members or "resource_policies" in self._members

    def _all(self, documents: DocumentTrees) -> tuple[Policy, ...]:
        return tuple(map(self._made, documents.trees))

    def _policy(self, name: str) -> Policy:
        found = self._optional(name)
        if found is None:
            raise self._missing(name)
        return found

    def _optional(self, name: str) -> Policy | None:
        member = self._members.get(name)
        document = member.value if member is not None else None
        return self._made(document) if isinstance(document, DocumentTree | KnownDocument) else None

    def _services(self) -> tuple[str, ...]:
        return tuple(text_of_token(token) for token in self._needed("services", Texts).tokens)

    def _request(self) -> Request:
        return read_request_tree(self._needed("request", RequestTree), self._source)

    def _needed(self, name: str, kind: type[_T]) -> _T:
        found = self._value(name, kind)
        if found is None:
            raise self._missing(name)
        return found

    def _missing(self, name: str) -> UsageError:
        at = self._members[name].name if name in self._members else self._first
        return self._error(f"the question has no `{name}`", at, f'add `"{name}"`')

    def _word(self, name: str) -> str | None:
        """Return the text of the element `name`, None where it is absent."""
        member = self._members.get(name)
        return text_of_token(member.value) if member is not None and isinstance(member.value, str | Word) else None

    def _value(self, name: str, kind: type[_T]) -> _T | None:
        """Return the value of the element `name`, or None where it is absent or null."""
        member = self._members.get(name)
        return member.value if member is not None and isinstance(member.value, kind) else None

    def _error(self, message: str, token: AnyToken, help: str) -> UsageError:
        return UsageError(message, source=self._source, span=span_of(token), help=help)
