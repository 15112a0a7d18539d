"""The bare tree of a document, as `grammar/policy.lark` sees it: tokens and little more.

What an entry or a value means depends on the document's version, which may stand after its statements; so the parser
makes this tree, and `policy/parse.py` makes the syntax tree from it once the document is whole. `DocumentActions` is
called by the parser: a method for each rule, with the list of the rule's children.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from verifier.base.errors import InputError, quote
from verifier.base.grammar import AnyToken, Token, Word, span_of
from verifier.base.source import lone_surrogate


class Texts(NamedTuple):
    """One value or a list of values; `first` and `last` are the brackets of a list, or the value itself."""

    tokens: Sequence[AnyToken]
    first: AnyToken
    last: AnyToken


class TextMember(NamedTuple):
    """A name with one string: Version, Id, Sid, Effect."""

    name: AnyToken
    text: AnyToken


class TextsMember(NamedTuple):
    """A name with strings: Action, Resource, their negations; a type of principals; a condition key."""

    name: AnyToken
    texts: Texts


class PrincipalMember(NamedTuple):
    """Principal or NotPrincipal: with `"*"`, or with a map."""

    name: AnyToken
    everyone: AnyToken | None
    entries: list[TextsMember]
    last: AnyToken


class ConditionBlock(NamedTuple):
    """A condition operator with its keys."""

    name: AnyToken
    keys: list[TextsMember]


class ConditionMember(NamedTuple):
    """The element Condition."""

    name: AnyToken
    blocks: list[ConditionBlock]


StatementElement: TypeAlias = TextMember | TextsMember | PrincipalMember | ConditionMember


class StatementTree(NamedTuple):
    """A statement between its brackets."""

    first: AnyToken
    elements: list[StatementElement]
    last: AnyToken


class StatementsMember(NamedTuple):
    """The element Statement, with one statement or a list."""

    name: AnyToken
    statements: list[StatementTree]


class DocumentTree(NamedTuple):
    """A document between its brackets."""

    first: AnyToken
    elements: list[TextMember | StatementsMember]
    last: AnyToken


class LevelTree(NamedTuple):
    """A level: one document or a list; `first` is the level's first bracket."""

    first: AnyToken
    documents: list[DocumentTree]


class DocumentActions:
    """What the parser does at each rule of `policy.lark`."""

    def level(self, children: list[Token | DocumentTree]) -> LevelTree:
        documents = [child for child in children if isinstance(child, DocumentTree)]
        first = children[0]
        return LevelTree(first.first if isinstance(first, DocumentTree) else first, documents)

    def document(self, children: list[Token | TextMember | StatementsMember]) -> DocumentTree:
        return DocumentTree(children[0], children[1:-1], children[-1])  # type: ignore[arg-type]  # brackets around

    def version(self, children: list[Token]) -> TextMember:
        return TextMember(*children)

    id = sid = effect = version

    def statements(self, children: list[Token | StatementTree | list[StatementTree]]) -> StatementsMember:
        name, value = children
        found = value if type(value) is list else [value]
        return StatementsMember(name, found)  # type: ignore[arg-type]  # by the rule

    def statement_list(self, children: list[Token | StatementTree]) -> list[StatementTree]:
        return children[1:-1]  # type: ignore[return-value]  # brackets around

    def statement(self, children: list[Token | StatementElement]) -> StatementTree:
        return StatementTree(children[0], children[1:-1], children[-1])  # type: ignore[arg-type]  # brackets around

    def principal(self, children: list[Token | tuple[list[TextsMember], Token]]) -> PrincipalMember:
        name, value = children
        if isinstance(value, str):
            return PrincipalMember(name, value, [], value)  # type: ignore[arg-type]  # by the rule
        return PrincipalMember(name, None, *value)  # type: ignore[arg-type]  # by the rule

    def principal_map(self, children: list[Token | TextsMember]) -> tuple[list[TextsMember], Token]:
        return children[1:-1], children[-1]  # type: ignore[return-value]  # brackets around

    def action(self, children: list[Token | Texts]) -> TextsMember:
        return TextsMember(*children)  # type: ignore[arg-type]  # by the rule

    resource = principal_entry = condition_key = action

    def condition(self, children: list[Token | list[ConditionBlock]]) -> ConditionMember:
        return ConditionMember(*children)  # type: ignore[arg-type]  # by the rule

    def condition_map(self, children: list[Token | ConditionBlock]) -> list[ConditionBlock]:
        return children[1:-1]  # type: ignore[return-value]  # brackets around

    def condition_block(self, children: list[Token | list[TextsMember]]) -> ConditionBlock:
        return ConditionBlock(*children)  # type: ignore[arg-type]  # by the rule

    def condition_keys(self, children: list[Token | TextsMember]) -> list[TextsMember]:
        return children[1:-1]  # type: ignore[return-value]  # brackets around

    def strings(self, children: list[Token]) -> Texts:
        if len(children) == 1:
            return Texts(children, children[0], children[0])
        return Texts(children[1:-1], children[0], children[-1])

    condition_values = strings


def text_of_token(token: AnyToken) -> str:
    """Return the text that a JSON string, number or Boolean stands for (rule 7).

    Raises InputError where the escapes of a string make a lone surrogate (rule 2).
    """
    if isinstance(token, Word):
        return token.text
    if token[0] != '"':
        return str(token)
    if "\\" not in token:
        return token[1:-1]
    text: str = json.loads(token)
    if found := lone_surrogate(text):
        message = f"{quote(token)} contains the lone surrogate U+{ord(found[0]):04X}"
        raise InputError(message, span=span_of(token), help="write surrogates in pairs, or the character itself")
    return text
