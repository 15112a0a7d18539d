"""A request to AWS: one concrete action on one resource in one context (semantics.md, rules 1 to 3, 7 and 15).

    Request.of(action, resource, ...)    the request in its one form
    read_request(text)                   the same from JSON, with line and column for every error

`Request.of` checks rules 1 and 2 and brings the context to its one form: a list of one is a single value, an empty list
is an absent key, and the address of a key that holds addresses, as a page of AWS says, has its canonical text (rules 3
and 23). Values of other types stay as they were written: whether one parses is the operators' business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import NamedTuple, TypeAlias

from verifier.base.errors import InputError, RequestError, quote
from verifier.base.grammar import AnyToken, GrammarReader, Token, check_size, place_of, source_of, span_of
from verifier.base.parse_tree import TextMember, Texts, TextsMember, text_of_token
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source, lone_surrogate
from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts
from verifier.logic import request as any_cloud
from verifier.logic.request import KeyValue, RequestSpans, parts
from verifier.strings.pattern import arn_fields
from verifier.strings.values import Key, read_address, write_address

_ACTION = regex(r"[a-z0-9-]+:[A-Za-z0-9_-]+")


class Request(any_cloud.Request):
    """A request to AWS."""

    @staticmethod
    def of(
        action: str,
        resource: str,
        context: Mapping[str, str | Sequence[str]] | None = None,
        principal: str | None = None,
    ) -> Request:
        """Return the request in its one form. Raises RequestError where rules 1 to 3 or 15 are broken."""
        service, _, name = action.partition(":")
        if not (action.isascii() and _ACTION.fullmatch(f"{service.lower()}:{name}")):
            raise RequestError(f"{quote(action)} is not an action", help="write `service:Name`, as in `s3:GetObject`")
        if resource != "*" and arn_fields(resource) is None:
            raise RequestError(
                f"{quote(resource)} is not a resource", help="write `*` or `arn:partition:service:region:account:rest`"
            )
        keys: dict[Key, KeyValue] = {}
        for key_name, value in (context or {}).items():
            key = Key.of(key_name)
            if key in keys:
                raise RequestError(
                    f"the key {quote(key_name)} appears twice (keys ignore case)", help="keep one of them"
                )
            values = (value,) if isinstance(value, str) else tuple(value)
            if values:
                keys[key] = _canonical(key, values)
        for text in (
            resource,
            principal or "",
            *(key.name for key in keys),
            *(part for value in keys.values() for part in parts(value)),
        ):
            if lone_surrogate(text):
                raise RequestError(
                    f"{quote(text)} contains a lone surrogate", help="replace it with a complete character"
                )
        return Request(action, resource, dict(sorted(keys.items())), principal)

    @staticmethod
    def load(path: str | PathLike[str]) -> Request:
        """Return the request in the file at `path`: JSON, an event of CloudTrail, or a message that access was denied.

        A text may name one of several events, `FILE#EVENT-ID`. What an event or a message does not tell is absent from
        the request. Raises RequestError, or UsageError for what cannot be read.
        """
        from verifier.sources.events import load_request  # noqa: PLC0415 - only for those who have a file

        return load_request(path)

    @staticmethod
    def parse(text: str) -> Request:
        """Return the request that a text holds, in any of the forms that `load` takes. Raises RequestError."""
        from verifier.sources.events import parse_request  # noqa: PLC0415 - as above

        return parse_request(text)


def _canonical(key: Key, values: tuple[str, ...]) -> KeyValue:
    facts = documented_facts(key.folded)
    if facts and facts.type is KeyType.ADDRESS:
        values = tuple(write_address(found) if (found := read_address(text)) else text for text in values)
    return values[0] if len(values) == 1 else values


class ContextMember(NamedTuple):
    """The element `context` with its keys."""

    name: AnyToken
    keys: list[TextsMember]


RequestElement: TypeAlias = TextMember | ContextMember


class RequestTree(NamedTuple):
    """A request between its brackets."""

    first: AnyToken
    elements: list[RequestElement]
    last: AnyToken


class RequestActions:
    """What the parser does at each rule of `request.lark`."""

    def request(self, children: list[Token | RequestElement]) -> RequestTree:
        return RequestTree(children[0], children[1:-1], children[-1])  # type: ignore[arg-type]  # brackets around

    def request_text(self, children: list[Token]) -> TextMember:
        return TextMember(*children)

    def request_context(self, children: list[Token | list[TextsMember]]) -> ContextMember:
        return ContextMember(*children)  # type: ignore[arg-type]  # by the rule

    def context_map(self, children: list[Token | TextsMember]) -> list[TextsMember]:
        return children[1:-1]  # type: ignore[return-value]  # brackets around

    def context_key(self, children: list[Token | Texts]) -> TextsMember:
        return TextsMember(*children)  # type: ignore[arg-type]  # by the rule

    def context_values(self, children: list[Token]) -> Texts:
        if len(children) == 1:
            return Texts(children, children[0], children[0])
        return Texts(children[1:-1], children[0], children[-1])


_READER = GrammarReader("request", ("request",), RequestActions(), RequestError)


def read_request(text: str, name: str = "<text>") -> Request:
    """Return the request that `text` holds; `name` stands for it in messages.

    `context` and `principal` may be left out. JSON Booleans and numbers in the context are their text, as in policies.
    Raises RequestError, with line and column.
    """
    return read_request_source(source_of(text, name))


def read_request_source(source: Source) -> Request:
    """Return the request that `source` holds. Raises RequestError as `read_request` does."""
    try:
        check_size(source, RequestError)
        tree: RequestTree = _READER.read(source, "request")
        return read_request_tree(tree, source)
    except RequestError as wrong:
        raise wrong.as_shown() from None


def read_request_tree(tree: RequestTree, source: Source) -> Request:
    """Return the request that `tree` of `source` is. Raises RequestError."""
    try:
        request = _request(tree)
    except InputError as wrong:
        span = wrong.span and source.outward(wrong.span)
        raise RequestError(wrong.message, source=source, span=span, help=wrong.help) from None
    spans = request.spans
    if source.within is None or spans is None:
        return request
    keys: dict[Key, HasSpan] = {key: source.outward(place.span) for key, place in spans.keys.items()}
    whole, action, resource = (source.outward(place.span) for place in spans[:3])
    return replace(request, spans=RequestSpans(whole, action, resource, keys))


def _request(tree: RequestTree) -> Request:
    elements: dict[str, RequestElement] = {}
    for element in tree.elements:
        name = text_of_token(element.name)
        if name in elements:
            raise _error(f"{quote(name)} appears twice", element.name, "remove one of them")
        elements[name] = element
    action, resource = _needed(elements, "action", tree), _needed(elements, "resource", tree)
    principal, context = elements.get("principal"), elements.get("context")
    action_text, resource_text = text_of_token(action.text), text_of_token(resource.text)
    members = context.keys if isinstance(context, ContextMember) else []
    try:
        request = Request.of(
            action_text,
            resource_text,
            _context(context) if isinstance(context, ContextMember) else {},
            text_of_token(principal.text) if isinstance(principal, TextMember) else None,
        )
    except InputError:
        _at(action.text, lambda: Request.of(action_text, "*"))
        _at(resource.text, lambda: Request.of(action_text, resource_text))
        raise
    keys = {Key.of(text_of_token(member.name)): place_of(member.name) for member in members}
    spans = RequestSpans(place_of(tree.first), place_of(action.text), place_of(resource.text), keys)
    return replace(request, spans=spans)


def _needed(elements: dict[str, RequestElement], name: str, tree: RequestTree) -> TextMember:
    element = elements.get(name)
    if not isinstance(element, TextMember):
        raise _error(f"the request has no `{name}`", tree.first, f'add `"{name}"`')
    return element


def _context(member: ContextMember) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    seen: dict[Key, str] = {}
    for entry in member.keys:
        name = text_of_token(entry.name)
        key = Key.of(name)
        if not name:
            raise _error("a context key is empty", entry.name, "write a key, as in `aws:SourceIp`")
        if key in seen:
            twice = "appears twice" if seen[key] == name else f"differs only in case from {quote(seen[key])}"
            raise _error(f"the key {quote(name)} {twice}", entry.name, "keep one of them")
        seen[key] = name
        found[name] = [text_of_token(token) for token in entry.texts.tokens]
    return found


def _at(token: AnyToken, build: Callable[[], Request]) -> None:
    """Run `build`, and give its error the place of `token`."""
    try:
        build()
    except InputError as wrong:
        wrong.span = span_of(token)
        raise


def _error(message: str, token: AnyToken, help: str) -> RequestError:
    return RequestError(message, span=span_of(token), help=help)
