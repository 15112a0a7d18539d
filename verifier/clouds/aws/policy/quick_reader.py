"""The tree of a document by Python's own JSON scanner, many times faster than by Lark; None where anything is in doubt.

`grammar/policy.lark` stays the definition of the language and the judge of every doubt. What is read here, Lark reads
too, with the same tree (`tests/policy/test_quick_reader.py`); what is not is read by Lark, and so every error is
Lark's. In doubt are: a backslash anywhere (Lark knows the names of elements by how they are spelled), a name or a value
that the grammar does not have in its place, and whatever Python's scanner refuses.

Where the tokens stand is not known here, only their number in the text (`base/source.py`): a span is found when
somebody asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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


class _Doubt(Exception):
    """Lark has to read the text."""


class _Object(list[tuple[str, Any]]):
    """The members of an object, in their order."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


_Json: TypeAlias = "_Object | list[_Json] | str | bool | None"

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
_VERSIONS = {"2012-10-17": "VERSION_2012", "2008-10-17": "VERSION_2008"}
_EFFECTS = {"Allow": "ALLOW", "Deny": "DENY"}
_PRINCIPALS = {"AWS": "AWS", "Service": "SERVICE", "Federated": "FEDERATED", "CanonicalUser": "CANONICAL_USER"}


def _refuse(_: str) -> NoReturn:
    raise _Doubt


# Not `json.loads` with these arguments: it would make a decoder for each text.
_SCANNER = json.JSONDecoder(object_pairs_hook=_Object, parse_float=_Number, parse_int=_Number, parse_constant=_refuse)


def quick_document(source: Source) -> DocumentTree | None:
    """Return the tree of the document that `source` holds; None where Lark has to judge."""
    try:
        return _Walk(source).document(_scanned(source))
    except _Doubt:
        return None


def quick_level(source: Source) -> LevelTree | None:
    """Return the tree of the level that `source` holds; None where Lark has to judge."""
    try:
        return _Walk(source).level(_scanned(source))
    except _Doubt:
        return None


def _scanned(source: Source) -> _Json:
    if "\\" in source.text:
        raise _Doubt
    try:
        found: _Json = _SCANNER.decode(source.text)
    except (ValueError, RecursionError):
        raise _Doubt from None
    return found


class _Walk:
    """Goes through what was scanned, in the order of the text, and counts its tokens."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._number = 0

    def _word(self, kind: str, text: str) -> Word:
        number = self._number
        self._number = number + 1
        return Word(kind, text, self._source, number)

    def level(self, value: _Json) -> LevelTree:
        if type(value) is _Object:
            document = self.document(value)
            return LevelTree(document.first, [document])
        first = self._word("LIST_START", "[")
        return LevelTree(first, [self.document(each) for each in _list(value)])

    def document(self, value: _Json) -> DocumentTree:
        first = self._word("OBJECT_START", "{")
        elements: list[TextMember | StatementsMember] = []
        for name, held in _object(value):
            word = self._word(_known(_DOCUMENT, name), name)
            if word.type == "STATEMENT":
                elements.append(StatementsMember(word, self._statements(held)))
            elif word.type == "VERSION":
                elements.append(TextMember(word, self._word(_known(_VERSIONS, held), _text(held))))
            else:
                elements.append(TextMember(word, self._word("STRING", _text(held))))
        return DocumentTree(first, elements, self._word("OBJECT_END", "}"))

    def _statements(self, value: _Json) -> list[StatementTree]:
        if type(value) is _Object:
            return [self._statement(value)]
        self._number += 1
        found = [self._statement(each) for each in _list(value)]
        self._number += 1
        return found

    def _statement(self, value: _Json) -> StatementTree:
        first = self._word("OBJECT_START", "{")
        elements = [self._element(name, held) for name, held in _object(value)]
        return StatementTree(first, elements, self._word("OBJECT_END", "}"))

    def _element(self, name: str, value: _Json) -> StatementElement:
        word = self._word(_known(_STATEMENT, name), name)
        match word.type:
            case "SID":
                return TextMember(word, self._word("STRING", _text(value)))
            case "EFFECT":
                return TextMember(word, self._word(_known(_EFFECTS, value), _text(value)))
            case "PRINCIPAL" | "NOT_PRINCIPAL":
                return self._principal(word, value)
            case "CONDITION":
                return self._condition(word, value)
            case _:
                return TextsMember(word, self._texts(value))

    def _principal(self, name: Word, value: _Json) -> PrincipalMember:
        if value == "*":
            everyone = self._word("EVERYONE", "*")
            return PrincipalMember(name, everyone, [], everyone)
        self._number += 1
        entries = [
            TextsMember(self._word(_known(_PRINCIPALS, kind), kind), self._texts(held)) for kind, held in _object(value)
        ]
        return PrincipalMember(name, None, entries, self._word("OBJECT_END", "}"))

    def _condition(self, name: Word, value: _Json) -> ConditionMember:
        self._number += 1
        blocks = [ConditionBlock(self._word("STRING", each), self._keys(held)) for each, held in _object(value)]
        self._number += 1
        return ConditionMember(name, blocks)

    def _keys(self, value: _Json) -> list[TextsMember]:
        self._number += 1
        found = [TextsMember(self._word("STRING", key), self._values(held)) for key, held in _object(value)]
        self._number += 1
        return found

    def _texts(self, value: _Json) -> Texts:
        if type(value) is str:
            only = self._word("STRING", value)
            return Texts([only], only, only)
        first = self._word("LIST_START", "[")
        source, texts = self._source, _list(value)
        tokens = [Word("STRING", _text(text), source, number) for number, text in enumerate(texts, self._number)]
        self._number += len(tokens)
        return Texts(tokens, first, self._word("LIST_END", "]"))

    def _values(self, value: _Json) -> Texts:
        if type(value) is not list:
            only = self._value(value)
            return Texts([only], only, only)
        first = self._word("LIST_START", "[")
        tokens = [self._value(each) for each in _list(value)]
        return Texts(tokens, first, self._word("LIST_END", "]"))

    def _value(self, value: _Json) -> Word:
        match value:
            case _Number():
                return self._word("NUMBER", str(value))
            case str():
                return self._word("STRING", value)
            case True:
                return self._word("TRUE", "true")
            case False:
                return self._word("FALSE", "false")
            case _:
                raise _Doubt


def _object(value: _Json) -> _Object:
    if type(value) is not _Object:
        raise _Doubt
    return value


def _list(value: _Json) -> list[Any]:
    if type(value) is not list:
        raise _Doubt
    return value


def _text(value: _Json) -> str:
    if type(value) is not str:
        raise _Doubt
    return value


def _known(names: Mapping[str, str], value: _Json) -> str:
    found = names.get(value) if type(value) is str else None
    if found is None:
        raise _Doubt
    return found
