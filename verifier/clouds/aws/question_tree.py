"""The bare tree of a batch line, as `grammar/question.lark` sees it: elements, with the trees of documents within.

`QuestionActions` is called by the parser: a method for each rule, with the list of the rule's children.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias, cast

from verifier.base.errors import UsageError, quote
from verifier.base.grammar import AnyToken, Token, Word, span_of
from verifier.base.parse_tree import DocumentActions, DocumentTree, LevelTree, Texts, text_of
from verifier.clouds.aws.read_request import RequestActions, RequestTree
from verifier.questions.read_id import MAX_DEPTH, JsonValue

_LONGEST_NUMBER = 1_000


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


MemberValue: TypeAlias = Token | Word | Nested | DocumentTree | DocumentTrees | LevelTrees | Texts | RequestTree


class Member(NamedTuple):
    """An element of a question."""

    name: AnyToken
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
            raise UsageError("a name appears twice in the object", span=span_of(first), help="remove one")
        return _nested({name: item.value for name, item in found.items()}, list(found.values()), first)

    def member(self, children: list[Token | Nested]) -> tuple[str, Nested]:
        name, value = children
        return text_of(name), value  # type: ignore[arg-type, return-value]  # by the rule


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
            number = number_of(token)
            if number is None:
                message = f"the number {quote(token)} is too large"
                raise UsageError(message, span=span_of(token), help="write it as a string")
            return number
        case _:
            return {"true": True, "false": False, "null": None}[token]


def number_of(text: str) -> int | float | None:
    """Return the number that `text` writes; None where it is too large."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if not any(char in text for char in ".eE"):
        return int(text)
    return number if math.isfinite(number := float(text)) else None
