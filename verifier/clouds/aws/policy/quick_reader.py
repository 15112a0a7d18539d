"""The tree of a document by Python's own JSON scanner, many times faster than by Lark; None where anything is in doubt.

`grammar/policy.lark` stays the definition of the language and the judge of every doubt. What is read here, Lark reads
too, with the same tree (`tests/policy/test_quick_reader.py`); what is not is read by Lark, and so every error is
Lark's. In doubt are: a backslash anywhere (Lark knows the names of elements by how they are spelled, and only a text
that was written anew spells them plainly), a name or a value that the grammar does not have in its place, and whatever
Python's scanner refuses.

Where the tokens stand is not known here, only their number in the text (`base/source.py`): a span is found when
somebody asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeAlias

from verifier.base.grammar import Word
from verifier.base.parse_tree import (
    ConditionBlock,
    ConditionMember,
    DocumentTree,
    LevelTree,
    PrincipalMember,
    StatementElement,
    StatementsMember,
    StatementTree,
    TextMember,
    Texts,
    TextsMember,
)
from verifier.base.source import Source


class Doubt(Exception):
    """Lark has to read the text."""


class Object(list[tuple[str, Any]]):
    """The members of an object, in their order; `repr` tells it from a list, also where both are empty."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{{{super().__repr__()}}}"


class JsonNumber(str):
    """A number as it is written; `repr` tells it from a string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"#{self}"


Json: TypeAlias = "Object | list[Json] | str | bool | None"

_DOCUMENT = {"Version": "VERSION", "Id": "ID", "Statement": "STATEMENT"}
_STATEMENT = {
    "Sid": "SID",
    "Effect": "EFFECT",
    "Principal": "PRINCIPAL",
    "NotPrincipal": "NOT_PRINCIPAL",
    "Action": "ACTION",
    "NotAction": "NOT_ACTION",
    "Resource": "RESOURCE",
    "NotResource": "NOT_RESOURCE",
    "Condition": "CONDITION",
}
# `Word` without a call of its own `__new__`: there is one for each token.
_word: Callable[[tuple[str, str, Source, int]], Word] = partial(tuple.__new__, Word)
_VERSIONS = {"2012-10-17": "VERSION_2012", "2008-10-17": "VERSION_2008"}
_EFFECTS = {"Allow": "ALLOW", "Deny": "DENY"}
_PRINCIPALS = {"AWS": "AWS", "Service": "SERVICE", "Federated": "FEDERATED", "CanonicalUser": "CANONICAL_USER"}


def _refuse(_: str) -> NoReturn:
    raise Doubt


# Not `json.loads` with these arguments: it would make a decoder for each text.
_SCANNER = json.JSONDecoder(
    object_pairs_hook=Object, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_refuse
)


def quick_document(source: Source) -> DocumentTree | None:
    """Return the tree of the document that `source` holds; None where Lark has to judge."""
    try:
        return Walk(source).document(scanned(source))
    except Doubt:
        return None


def quick_level(source: Source) -> LevelTree | None:
    """Return the tree of the level that `source` holds; None where Lark has to judge."""
    try:
        return Walk(source).level(scanned(source))
    except Doubt:
        return None


def scanned(source: Source) -> Json:
    """Return the JSON value that `source` holds. Raises Doubt."""
    if "\\" in source.text and source.within is None:
        raise Doubt
    try:
        found: Json = _SCANNER.decode(source.text)
    except (ValueError, RecursionError):
        raise Doubt from None
    return found


class Walk:
    """Goes through what was scanned, in the order of the text, and counts its tokens. Every method raises Doubt."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.number = 0

    def word(self, kind: str, text: str) -> Word:
        number = self.number
        self.number = number + 1
        return _word((kind, text, self.source, number))

    def level(self, value: Json) -> LevelTree:
        if type(value) is Object:
            document = self.document(value)
            return LevelTree(document.first, [document])
        first = self.word("LIST_START", "[")
        documents = [self.document(each) for each in items_of(value)]
        self.number += 1
        return LevelTree(first, documents)

    def document(self, value: Json) -> DocumentTree:
        first = self.word("OBJECT_START", "{")
        elements: list[TextMember | StatementsMember] = []
        for name, held in members_of(value):
            word = self.word(member_of(_DOCUMENT, name), name)
            if word.type == "STATEMENT":
                elements.append(StatementsMember(word, self._statements(held)))
            elif word.type == "VERSION":
                elements.append(TextMember(word, self.word(member_of(_VERSIONS, held), string_of(held))))
            else:
                elements.append(TextMember(word, self.word("STRING", string_of(held))))
        return DocumentTree(first, elements, self.word("OBJECT_END", "}"))

    def _statements(self, value: Json) -> list[StatementTree]:
        if type(value) is Object:
            return [self._statement(value)]
        self.number += 1
        found = [self._statement(each) for each in items_of(value)]
        self.number += 1
        return found

    def _statement(self, value: Json) -> StatementTree:
        first = self.word("OBJECT_START", "{")
        elements = [self._element(name, held) for name, held in members_of(value)]
        return StatementTree(first, elements, self.word("OBJECT_END", "}"))

    def _element(self, name: str, value: Json) -> StatementElement:
        word = self.word(member_of(_STATEMENT, name), name)
        match word.type:
            case "SID":
                return TextMember(word, self.word("STRING", string_of(value)))
            case "EFFECT":
                return TextMember(word, self.word(member_of(_EFFECTS, value), string_of(value)))
            case "PRINCIPAL" | "NOT_PRINCIPAL":
                return self._principal(word, value)
            case "CONDITION":
                return self._condition(word, value)
            case _:
                return TextsMember(word, self.texts(value))

    def _principal(self, name: Word, value: Json) -> PrincipalMember:
        if value == "*":
            everyone = self.word("EVERYONE", "*")
            return PrincipalMember(name, everyone, [], everyone)
        self.number += 1
        entries = [
            TextsMember(self.word(member_of(_PRINCIPALS, kind), kind), self.texts(held))
            for kind, held in members_of(value)
        ]
        return PrincipalMember(name, None, entries, self.word("OBJECT_END", "}"))

    def _condition(self, name: Word, value: Json) -> ConditionMember:
        self.number += 1
        blocks = [ConditionBlock(self.word("STRING", each), self.keys(held)) for each, held in members_of(value)]
        self.number += 1
        return ConditionMember(name, blocks)

    def keys(self, value: Json) -> list[TextsMember]:
        self.number += 1
        found = [TextsMember(self.word("STRING", key), self.values(held)) for key, held in members_of(value)]
        self.number += 1
        return found

    def texts(self, value: Json) -> Texts:
        if type(value) is str:
            only = self.word("STRING", value)
            return Texts([only], only, only)
        first = self.word("LIST_START", "[")
        source, texts = self.source, items_of(value)
        tokens = [_word(("STRING", string_of(text), source, number)) for number, text in enumerate(texts, self.number)]
        self.number += len(tokens)
        return Texts(tokens, first, self.word("LIST_END", "]"))

    def values(self, value: Json) -> Texts:
        if type(value) is not list:
            only = self.value(value)
            return Texts([only], only, only)
        first = self.word("LIST_START", "[")
        tokens = [self.value(each) for each in items_of(value)]
        return Texts(tokens, first, self.word("LIST_END", "]"))

    def value(self, value: Json) -> Word:
        match value:
            case JsonNumber():
                return self.word("NUMBER", str(value))
            case str():
                return self.word("STRING", value)
            case True:
                return self.word("TRUE", "true")
            case False:
                return self.word("FALSE", "false")
            case _:
                raise Doubt


def members_of(value: Json) -> Object:
    if type(value) is not Object:
        raise Doubt
    return value


def items_of(value: Json) -> list[Any]:
    if type(value) is not list:
        raise Doubt
    return value


def string_of(value: Json) -> str:
    if type(value) is not str:
        raise Doubt
    return value


def member_of(names: Mapping[str, str], value: Json) -> str:
    found = names.get(value) if type(value) is str else None
    if found is None:
        raise Doubt
    return found
