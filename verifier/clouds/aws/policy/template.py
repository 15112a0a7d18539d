"""Text to patterns and templates: wildcards, policy variables, ARNs (rules 10, 20, 21, 25 and 26).

`grammar/pattern.lark` is the grammar. A text without `${`, as nearly all are, is split at its wildcards, which reads
the same (a test compares) and spares most runs the making of a parser. Whether a text may hold variables depends on
the document's version and on the element, so the caller says it; `has_variables` tells whether it matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from verifier.base.errors import PolicyError, quote
from verifier.base.grammar import Reader, Token
from verifier.base.source import Source
from verifier.strings.key import Key
from verifier.strings.pattern import (
    ARN_PARTS,
    LONGEST_CACHED,
    ArnTemplate,
    Part,
    Pattern,
    Template,
    Variable,
    Wild,
    parse_pattern,
    split_arn,
    split_wildcards,
)


class TemplateError(ValueError):
    """A text is no template; the message says why, and `help` what to do. The caller knows where the text stands."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def has_variables(text: str) -> bool:
    """Whether `text` holds the start of a policy variable or of a special character, `${`."""
    return "${" in text


def parse_template(text: str, *, wildcards: bool = True, variables: bool = True) -> Template:
    """Return the template that `text` is.

    Without `wildcards`, `*` and `?` are literal (StringEquals); without `variables`, so is `${` (rule 8).
    Raises TemplateError for a malformed variable (rules 25 and 26).
    """
    if len(text) > LONGEST_CACHED:
        return _read_template(text, wildcards=wildcards, variables=variables)
    return _cached_template(text, wildcards=wildcards, variables=variables)


def parse_arn(text: str, *, variables: bool = True) -> ArnTemplate | Pattern:
    """Return what a value of an Arn operator is (rule 21): six templates, one variable compared whole, or `*`.

    Raises TemplateError for a malformed variable and for a value with fewer than six parts.
    """
    if text == "*":
        return parse_pattern(text)
    parts = _parts(text, variables=variables)
    if len(parts) == 1 and isinstance(parts[0], Variable):
        return ArnTemplate((), whole=parts[0])
    fields = split_arn(parts)
    if len(fields) < ARN_PARTS:
        found = f"{quote(text)} has {len(fields)} of the six parts of an ARN"
        help = "write `arn:partition:service:region:account:rest`, or `*` for every ARN"
        raise TemplateError(found, "write `*`" if text and not text.strip("*") else help)
    return ArnTemplate(tuple(Template(_normal(field)) for field in fields))


def _read_template(text: str, *, wildcards: bool, variables: bool) -> Template:
    if not (variables and has_variables(text)):
        if not wildcards:
            return Template(Pattern.literal(text).parts)
        return Template(parse_pattern(text).parts)
    parts = _parts(text, variables=variables)
    if not wildcards:
        parts = tuple(part.value if isinstance(part, Wild) else part for part in parts)
    return Template(_normal(parts))


_cached_template = lru_cache(maxsize=16_384)(_read_template)


def _parts(text: str, *, variables: bool) -> tuple[Part, ...]:
    if not text:
        return ()
    if not (variables and has_variables(text)):
        return split_wildcards(text)
    try:
        found: tuple[Part, ...] = _READER.read(Source("", text), "template")
    except PolicyError:
        help = "write `${key}` or `${key, 'default'}`; for a plain `$` before `{`, write `${$}`"
        raise TemplateError(f"{quote(text)} contains a malformed policy variable", help) from None
    return found


def _normal(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Bring each stretch between variables to the normal form of `Pattern`."""
    normal: list[Part] = []
    stretch: list[str | Wild] = []
    for part in parts:
        if isinstance(part, Variable):
            normal += [*Pattern.of(stretch).parts, part]
            stretch = []
        else:
            stretch.append(part)
    return (*normal, *Pattern.of(stretch).parts)


class _Actions:
    """What the parser does at each rule and terminal of `pattern.lark`."""

    def template(self, children: list[Part]) -> tuple[Part, ...]:
        return tuple(children)

    def variable(self, children: list[Token]) -> Variable:
        key, *default = (token for token in children if token.type in ("KEY", "DEFAULT"))
        return Variable(Key.of(str(key)), str(default[0][1:-1]) if default else None)

    def TEXT(self, _: Token) -> Wild:  # noqa: N802  # named as the terminal
        return Wild.TEXT

    def CHAR(self, _: Token) -> Wild:  # noqa: N802  # named as the terminal
        return Wild.CHAR

    def SPECIAL(self, token: Token) -> str:  # noqa: N802  # named as the terminal
        return token[2]

    def LITERAL(self, token: Token) -> str:  # noqa: N802  # named as the terminal
        return str(token)


_READER = Reader("pattern", ("template",), _Actions(), PolicyError)
