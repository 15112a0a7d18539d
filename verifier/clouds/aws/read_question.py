"""One line of `verifier batch` to a question and how to ask it; `grammar/question.lark` has the shape of the line."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias, TypeVar, cast

from verifier.base.errors import UsageError, quote
from verifier.base.grammar import Reader, Token, check_size, source_of, span_of
from verifier.base.parse_tree import DocumentActions, DocumentTree, LevelTree, Texts, text_of
from verifier.base.source import Source
from verifier.clouds.aws.documents import Documents, Levels
from verifier.clouds.aws.policy.parse import level_of, policy_of
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import BESIDE, Many, PolicyType
from verifier.clouds.aws.read_request import RequestActions, RequestTree, request_of
from verifier.logic.request import Request
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    Posed,
    ProveQuestion,
    Question,
)
from verifier.questions.read_id import MAX_DEPTH, JsonValue

_LONGEST_NUMBER = 1_000

# What each question needs, and what it may have besides (`id` and `ask` always).
_BESIDE = tuple(type_.facts.field for type_ in BESIDE)
_HOW = ("world", "reading")
_ALONE = (*_HOW, "type")
_TAKES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "prove": (("policies", "maximum"), (*_BESIDE, *_HOW)),
    "diff": (("old", "new"), _ALONE),
    "confine": (("document", "services"), _ALONE),
    "evaluate": (("policies", "request"), _BESIDE),
}


class Nested(NamedTuple):
    """A JSON value, and how many lists and objects stand one in the other within it."""

    value: JsonValue
    depth: int


class DocumentTrees(NamedTuple):
    """The documents of a list."""

    trees: list[DocumentTree]


class LevelTrees(NamedTuple):
    """The levels of a list."""

    trees: list[LevelTree]


MemberValue: TypeAlias = Token | Nested | DocumentTree | DocumentTrees | LevelTrees | Texts | RequestTree
T = TypeVar("T", Token, Nested, DocumentTree, DocumentTrees, LevelTrees, Texts, RequestTree)


class Member(NamedTuple):
    """An element of a question."""

    name: Token
    value: MemberValue


class QuestionActions(DocumentActions, RequestActions):
    """What the parser does at each rule of `question.lark`."""

    def question(self, children: list[Token | Member]) -> tuple[Token, list[Member]]:
        return children[0], children[1:-1]  # type: ignore[return-value]  # brackets around

    def question_id(self, children: list[Token | Nested]) -> Member:
        return Member(*children)  # type: ignore[arg-type]  # by the rule

    ask = one_document = documents = levels = services = question_request = world = reading = told = question_id

    def document_list(self, children: list[Token | DocumentTree]) -> DocumentTrees:
        return DocumentTrees(children[1:-1])  # type: ignore[arg-type]  # brackets around

    def level_list(self, children: list[Token | LevelTree]) -> LevelTrees:
        return LevelTrees(children[1:-1])  # type: ignore[arg-type]  # brackets around

    def value(self, children: list[Token | Nested]) -> Nested:
        (child,) = children
        return child if isinstance(child, Nested) else Nested(_scalar(child), 0)

    def array(self, children: list[Token | Nested]) -> Nested:
        first = cast("Token", children[0])
        found = [item for item in children if isinstance(item, Nested)]
        return _nested([item.value for item in found], found, first)

    def object(self, children: list[Token | tuple[str, Nested]]) -> Nested:
        first, members = cast("Token", children[0]), children[1:-1]
        found = dict(member for member in members if not isinstance(member, Token))
        if len(found) < len(members):
            raise UsageError("a name stands twice in the object", span=span_of(first), help="remove one")
        return _nested({name: item.value for name, item in found.items()}, list(found.values()), first)

    def member(self, children: list[Token | Nested]) -> tuple[str, Nested]:
        name, value = children
        return text_of(name), value  # type: ignore[arg-type, return-value]  # by the rule


_READER = Reader("question", ("question",), QuestionActions(), UsageError)


def read_question(line: str, ask: Ask = Ask(), name: str = "<line>") -> Posed:
    """Return the question of `line`, to be asked as the line says, and otherwise as `ask`; messages call it `name`.

    Raises UsageError for a line that is no question, PolicyError and RequestError for what stands in it; each knows its
    line and column. Whether the documents suit their places is checked when the question is answered.
    """
    source = source_of(line, name)
    check_size(source, UsageError)
    first, members = _READER.read(source, "question")
    return _Elements(source, first, members).posed(ask)


class _Elements:
    """The elements of one question. Every method raises InputError for what is missing or wrong."""

    def __init__(self, source: Source, first: Token, members: list[Member]) -> None:
        self._source = source
        self._first = first
        self._members: dict[str, Member] = {}
        for member in members:
            name = text_of(member.name)
            if name in self._members:
                raise self._error(f"{quote(name)} stands twice", member.name, "remove one of them")
            self._members[name] = member

    def posed(self, ask: Ask) -> Posed:
        kind = text_of(self._needed("ask", Token))
        self._check_names(kind)
        identity = self._value("id", Nested)
        name = identity.value if identity else None
        return Posed(self._question(kind), self._how(ask), name)

    def _question(self, kind: str) -> Question:
        match kind:
            case "prove":
                policies, maximum = self._policies(), self._policy("maximum")
                return ProveQuestion(self._documents(policies), maximum)
            case "diff":
                return DiffQuestion(self._policy("old"), self._policy("new"), self._told())
            case "confine":
                return ConfineQuestion(self._policy("document"), self._services(), self._told())
            case _:
                policies, request = self._policies(), self._request()
                return EvaluateQuestion(self._documents(policies), request)

    def _check_names(self, kind: str) -> None:
        needed, beside = _TAKES[kind]
        for name, member in self._members.items():
            if name not in ("id", "ask", *needed, *beside):
                takes = ", ".join(f"`{word}`" for word in (*needed, *beside))
                raise self._error(f"the question `{kind}` takes no {quote(name)}", member.name, f"use {takes}")

    def _documents(self, policies: tuple[Policy, ...]) -> Documents:
        return Documents.of(policies, {type_: self._levels(type_) for type_ in BESIDE})

    def _levels(self, type_: PolicyType) -> Levels:
        name = type_.facts.field
        match type_.facts.many:
            case Many.ONE:
                one = self._optional(name)
                return ((one,),) if one else ()
            case Many.SEVERAL:
                several = self._value(name, DocumentTrees)
                return tuple((policy,) for policy in self._all(several)) if several else ()
            case Many.LEVELS:
                levels = self._value(name, LevelTrees)
                return tuple(level_of(tree, self._source) for tree in levels.trees) if levels else ()

    def _how(self, ask: Ask) -> Ask:
        world, reading = self._value("world", Token), self._value("reading", Token)
        return ask.but(World(text_of(world)) if world else None, Readings(text_of(reading)) if reading else None)

    def _told(self) -> PolicyType | None:
        found = self._value("type", Token)
        return PolicyType(text_of(found)) if found else None

    def _policies(self) -> tuple[Policy, ...]:
        documents = self._needed("policies", DocumentTrees)
        if not documents.trees:
            raise self._error("`policies` holds no document", self._members["policies"].name, "add a document")
        return self._all(documents)

    def _all(self, documents: DocumentTrees) -> tuple[Policy, ...]:
        return tuple(policy_of(tree, self._source) for tree in documents.trees)

    def _policy(self, name: str) -> Policy:
        return policy_of(self._needed(name, DocumentTree), self._source)

    def _optional(self, name: str) -> Policy | None:
        tree = self._value(name, DocumentTree)
        return policy_of(tree, self._source) if tree else None

    def _services(self) -> tuple[str, ...]:
        return tuple(text_of(token) for token in self._needed("services", Texts).tokens)

    def _request(self) -> Request:
        return request_of(self._needed("request", RequestTree), self._source)

    def _needed(self, name: str, kind: type[T]) -> T:
        found = self._value(name, kind)
        if found is None:
            at = self._members[name].name if name in self._members else self._first
            raise self._error(f"the question has no `{name}`", at, f'add `"{name}"`')
        return found

    def _value(self, name: str, kind: type[T]) -> T | None:
        """Return the value of the element `name`, or None where it is absent or null."""
        member = self._members.get(name)
        return member.value if member is not None and isinstance(member.value, kind) else None

    def _error(self, message: str, token: Token, help: str) -> UsageError:
        return UsageError(message, source=self._source, span=span_of(token), help=help)


def _nested(value: JsonValue, parts: list[Nested], first: Token) -> Nested:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise UsageError(f"the value is nested more than {MAX_DEPTH} deep", span=span_of(first), help="flatten it")
    return Nested(value, depth)


def _scalar(token: Token) -> JsonValue:
    match token.type:
        case "STRING":
            return text_of(token)
        case "NUMBER":
            return _number(token)
        case _:
            return {"true": True, "false": False, "null": None}[token]


def _number(token: Token) -> int | float:
    if len(token) <= _LONGEST_NUMBER:
        if not any(char in token for char in ".eE"):
            return int(token)
        if math.isfinite(number := float(token)):
            return number
    raise UsageError(f"the number {quote(token)} is too large", span=span_of(token), help="write it as a string")
