"""Text to syntax tree: `parse` for a document, `parse_level` for a level of several (rules 5 to 28).

    text -Lark-> DocumentTree (`base/parse_tree.py`) -here-> Policy (`syntax.py`)

What holds for every document is checked here: no element twice, never both of a pair, an Effect, no empty list. What
depends on the type of the document is checked by `check.py`. Every InputError names the place and how to fix it; other
readers (`clouds/aws/read_question.py`) share `policy_of` for the documents within their texts. Those of an account or
a change are `Readable`: many of them are never asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from typing import TypeVar, assert_never

from verifier.base.errors import InputError, PolicyError, quote
from verifier.base.files import read_source
from verifier.base.grammar import AnyToken, GrammarReader, check_size, place_of, source_of
from verifier.base.memo import cached_property
from verifier.base.parse_tree import (
    ConditionMember,
    DocumentActions,
    DocumentTree,
    LevelTree,
    PrincipalMember,
    StatementElement,
    StatementsMember,
    StatementTree,
    TextMember,
    TextsMember,
    text_of_token,
)
from verifier.base.source import Source
from verifier.clouds.aws.policy.check import is_rcp, rcp_warnings
from verifier.clouds.aws.policy.conditions import conditions
from verifier.clouds.aws.policy.entries import Setting, action_entry, principal_entry, resource_entry
from verifier.clouds.aws.policy.quick_reader import quick_document, quick_level
from verifier.clouds.aws.policy.syntax import Actions, Condition, Policy, Principals, Resources, Statement, Version
from verifier.clouds.aws.policy.unknown import unknown_document
from verifier.logic.actions import Effect


class Readable(ABC):
    """A document that is parsed when somebody asks, and then kept, as it is or with its error."""

    @property
    @abstractmethod
    def text(self) -> str:
        """It as JSON; empty where there is none."""

    @abstractmethod
    def parsed(self) -> Policy:
        """Return it as read. Raises InputError."""

    @cached_property
    def _read(self) -> Policy | InputError:
        try:
            return self.parsed()
        except InputError as wrong:
            return wrong

    @property
    def policy(self) -> Policy | None:
        """It as read; None where it is broken."""
        return None if isinstance(self._read, InputError) else self._read

    @property
    def error(self) -> InputError | None:
        """What is wrong with it."""
        return self._read if isinstance(self._read, InputError) else None


_E = TypeVar("_E", TextMember | StatementsMember, StatementElement)

_EFFECTS = {effect.value: effect for effect in Effect}
_TOLD_AGAIN = (InputError,)  # by Lark's tree
_READER = GrammarReader("policy", ("document", "level"), DocumentActions(), PolicyError)


def parse(text: str, name: str = "<text>") -> Policy:
    """Return the policy document that `text` holds; `name` stands for it in messages.

    Raises PolicyError, with line and column, for anything that is not a document by rules 5 to 28.
    """
    return parse_source(source_of(text, name))


def parse_source(source: Source) -> Policy:
    """Return the policy document that `source` holds. Raises PolicyError as `parse` does."""
    try:
        check_size(source, PolicyError)
        if unknown := unknown_document(source):
            return Policy(Version.V2012, None, (), source, unknown=unknown)
        quick = quick_document(source)
        if quick is not None:
            with suppress(*_TOLD_AGAIN if source.within is None else ()):
                return policy_of(quick, source)
        tree: DocumentTree = _READER.read(source, "document")
        return policy_of(tree, source)
    except PolicyError as wrong:
        raise wrong.as_shown() from None


def parse_level(text: str, name: str = "<text>") -> tuple[Policy, ...]:
    """Return the documents of a level: `text` holds one document, or a list of one or more. Raises PolicyError."""
    return parse_level_source(source_of(text, name))


def parse_level_source(source: Source) -> tuple[Policy, ...]:
    """Return the documents of the level that `source` holds. Raises PolicyError as `parse_level` does."""
    try:
        check_size(source, PolicyError)
        if unknown := unknown_document(source):
            return (Policy(Version.V2012, None, (), source, unknown=unknown),)
        quick = quick_level(source)
        if quick is not None:
            with suppress(*_TOLD_AGAIN if source.within is None else ()):
                return level_of(quick, source)
        tree: LevelTree = _READER.read(source, "level")
        return level_of(tree, source)
    except PolicyError as wrong:
        raise wrong.as_shown() from None


def load_level(path: str | PathLike[str]) -> tuple[Policy, ...]:
    """Return the documents of the level in the file at `path`: one, or a list. Raises UsageError or PolicyError."""
    return parse_level_source(read_source(path))


def level_of(tree: LevelTree, source: Source) -> tuple[Policy, ...]:
    """Return the documents of the level `tree` of `source`. Raises PolicyError."""
    if not tree.documents:
        raise PolicyError(
            "the level has no document", source=source, span=place_of(tree.first).span, help="add a document"
        )
    return tuple(policy_of(document, source) for document in tree.documents)


def policy_of(tree: DocumentTree, source: Source) -> Policy:
    """Return the policy that the document `tree` of `source` is. Raises PolicyError."""
    try:
        return _policy(tree, source)
    except PolicyError:
        raise
    except InputError as wrong:
        raise PolicyError(wrong.message, source=source, span=wrong.span, help=wrong.help) from None


def _policy(tree: DocumentTree, source: Source) -> Policy:
    setting = Setting(source, Version.V2008)
    elements: dict[str, TextMember | StatementsMember] = {}
    for element in tree.elements:
        _add(elements, element, setting)
    version, identity, statements = elements.get("VERSION"), elements.get("ID"), elements.get("STATEMENT")
    if isinstance(version, TextMember):
        setting.version = Version(text_of_token(version.text))
    if not isinstance(statements, StatementsMember):
        raise setting.error("the document has no `Statement`", place_of(tree.first), 'add `"Statement": [...]`')
    if not statements.statements:
        raise setting.error("the list of statements is empty", place_of(statements.name), "add a statement")
    found = tuple(_statement(statement, index, setting) for index, statement in enumerate(statements.statements))
    _warn_of_same_sids(found, setting)
    policy = Policy(
        version=setting.version,
        id=text_of_token(identity.text) if isinstance(identity, TextMember) else None,
        statements=found,
        source=source,
        warnings=tuple(setting.warnings),
        version_written=version is not None,
    )
    return replace(policy, warnings=(*policy.warnings, *rcp_warnings(policy))) if is_rcp(policy) else policy


def _add(elements: dict[str, _E], element: _E, setting: Setting) -> None:
    """Enter `element` under its name, a negated one under the name of its pair; raise where one is there already."""
    slot = element.name.type.removeprefix("NOT_")
    if slot in elements:
        first, second = elements[slot].name, element.name
        both = f"{_name(first)} and {_name(second)} cannot be used together"
        message = f"{_name(second)} appears twice" if first.type == second.type else both
        line = place_of(first).span.line
        raise setting.error(message, place_of(second), f"remove one of them; the first is on line {line}")
    elements[slot] = element


def _statement(tree: StatementTree, index: int, setting: Setting) -> Statement:
    elements: dict[str, StatementElement] = {}
    for element in tree.elements:
        _add(elements, element, setting)
    sid: str | None = None
    effect: Effect | None = None
    principals: Principals | None = None
    actions: Actions | None = None
    resources: Resources | None = None
    found: tuple[Condition, ...] = ()
    for slot, element in elements.items():
        match element:
            case TextsMember():
                if slot == "ACTION":
                    actions = _actions(element, setting)
                else:
                    resources = _resources(element, setting)
            case TextMember():
                if slot == "SID":
                    sid = text_of_token(element.text)
                else:
                    effect = _EFFECTS[text_of_token(element.text)]
            case ConditionMember():
                found = conditions(element, setting)
            case PrincipalMember():
                principals = _principals(element, setting)
            case _:
                assert_never(element)
    if effect is None:
        help = 'add `"Effect": "Allow"` or `"Effect": "Deny"`'
        raise setting.error("the statement has no `Effect`", place_of(tree.first), help)
    unknowns = tuple(setting.unknowns)
    setting.unknowns.clear()
    place = place_of(tree.first, tree.last)
    return Statement(index, sid, effect, principals, actions, resources, found, place, unknowns)


def _actions(member: TextsMember, setting: Setting) -> Actions:
    entries = tuple([action_entry(token, setting) for token in _entries(member, setting)])
    return Actions(member.name.type == "NOT_ACTION", entries, place_of(member.name, member.texts.last))


def _resources(member: TextsMember, setting: Setting) -> Resources:
    entries = tuple([resource_entry(token, setting) for token in _entries(member, setting)])
    return Resources(member.name.type == "NOT_RESOURCE", entries, place_of(member.name, member.texts.last))


def _principals(member: PrincipalMember, setting: Setting) -> Principals:
    negated, span = member.name.type == "NOT_PRINCIPAL", place_of(member.name, member.last)
    if member.everyone is not None:
        return Principals(negated, (principal_entry(None, member.everyone, setting),), span)
    if not member.entries:
        raise setting.error(f"{_name(member.name)} is empty", span, 'name a principal, as in `{"AWS": "arn:..."}`')
    seen: set[str] = set()
    for entry in member.entries:
        if text_of_token(entry.name) in seen:
            help = "put the principals of both into one list"
            raise setting.error(f"{_name(entry.name)} appears twice", place_of(entry.name), help)
        seen.add(text_of_token(entry.name))
    entries = tuple(
        principal_entry(text_of_token(entry.name), token, setting)
        for entry in member.entries
        for token in _entries(entry, setting)
    )
    return Principals(negated, entries, span)


def _entries(member: TextsMember, setting: Setting) -> Sequence[AnyToken]:
    if not member.texts.tokens:
        span = place_of(member.texts.first, member.texts.last)
        raise setting.error(f"the list of {_name(member.name)} is empty", span, "add an entry, or remove the statement")
    return member.texts.tokens


def _warn_of_same_sids(statements: tuple[Statement, ...], setting: Setting) -> None:
    seen: set[str] = set()
    for statement in statements:
        if statement.sid in seen:
            setting.warn(f"the Sid {quote(statement.sid)} is used twice", statement.span)
        if statement.sid:
            seen.add(statement.sid)


def _name(token: AnyToken) -> str:
    return quote(text_of_token(token))
