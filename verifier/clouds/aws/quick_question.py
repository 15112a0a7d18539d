"""The tree of a batch line by Python's own JSON scanner; None where Lark has to judge (`policy/quick_reader.py`)."""

from __future__ import annotations

from verifier.base.grammar import Word
from verifier.base.parse_tree import TextMember
from verifier.base.source import Source
from verifier.clouds.aws.policy.quick_reader import (
    Doubt,
    Json,
    Number,
    Object,
    Walk,
    items_of,
    members_of,
    scanned,
    string_of,
    type_of,
)
from verifier.clouds.aws.policy.types import BESIDE, Many, PolicyType
from verifier.clouds.aws.question_tree import (
    DocumentTrees,
    LevelTrees,
    Member,
    MemberValue,
    Nested,
    number_of,
)
from verifier.clouds.aws.read_request import ContextMember, RequestElement, RequestTree
from verifier.questions.ask import Readings, World
from verifier.questions.read_id import MAX_DEPTH, JsonValue

_MANY = {type_.facts.field: type_.facts.many for type_ in BESIDE} | {
    "policies": Many.SEVERAL,
    **dict.fromkeys(("maximum", "old", "new", "document"), Many.ONE),
}
_WORDS = {
    "ask": ("prove", "diff", "confine", "evaluate"),
    "world": tuple(world.value for world in World),
    "reading": tuple(readings.value for readings in Readings),
    "type": tuple(type_.value for type_ in PolicyType),
}
_REQUEST = {
    "principal": "REQUEST_PRINCIPAL",
    "action": "REQUEST_ACTION",
    "resource": "REQUEST_RESOURCE",
    "context": "CONTEXT",
}


def quick_question(source: Source) -> tuple[Word, list[Member]] | None:
    """Return the first bracket and the elements of the line that `source` holds; None where Lark has to judge."""
    try:
        return _QuestionWalk(source).question(scanned(source))
    except (Doubt, RecursionError):
        return None


class _QuestionWalk(Walk):
    """Goes through a line."""

    def question(self, value: Json) -> tuple[Word, list[Member]]:
        first = self.word("OBJECT_START", "{")
        members = [Member(self.word("NAME", name), self._member(name, held)) for name, held in members_of(value)]
        self.number += 1
        return first, members

    def _member(self, name: str, value: Json) -> MemberValue:
        if name in _MANY:
            return self.word("NULL", "null") if value is None else self._documents(_MANY[name], value)
        if name in _WORDS:
            if value not in _WORDS[name]:
                raise Doubt
            return self.word("WORD", string_of(value))
        match name:
            case "id":
                return self._nested(value)
            case "services":
                return self.texts(value)
            case "request":
                return self._request(value)
            case _:
                raise Doubt

    def _documents(self, many: Many, value: Json) -> MemberValue:
        if many is Many.ONE:
            return self.document(value)
        self.number += 1
        found: MemberValue = (
            LevelTrees([self.level(each) for each in items_of(value)])
            if many is Many.LEVELS
            else DocumentTrees([self.document(each) for each in items_of(value)])
        )
        self.number += 1
        return found

    def _request(self, value: Json) -> RequestTree:
        first = self.word("OBJECT_START", "{")
        elements = [self._request_element(name, held) for name, held in members_of(value)]
        return RequestTree(first, elements, self.word("OBJECT_END", "}"))

    def _request_element(self, name: str, value: Json) -> RequestElement:
        word = self.word(type_of(_REQUEST, name), name)
        if word.type == "CONTEXT":
            return ContextMember(word, self.keys(value))
        return TextMember(word, self.word("STRING", string_of(value)))

    def _nested(self, value: Json) -> Nested:
        """Return any JSON value, as plain data."""
        self.number += 1
        if not isinstance(value, list):
            return Nested(_plain(value), 0)
        if isinstance(value, Object):
            self.number += len(value)
            named = {name: self._nested(held) for name, held in value}
            if len(named) < len(value):
                raise Doubt
            found: JsonValue = {name: item.value for name, item in named.items()}
            items = list(named.values())
        else:
            items = [self._nested(each) for each in value]
            found = [item.value for item in items]
        self.number += 1
        depth = 1 + max((item.depth for item in items), default=0)
        if depth > MAX_DEPTH:
            raise Doubt
        return Nested(found, depth)


def _plain(value: Json) -> JsonValue:
    if not isinstance(value, Number):
        return value
    number = number_of(value)
    if number is None:
        raise Doubt
    return number
