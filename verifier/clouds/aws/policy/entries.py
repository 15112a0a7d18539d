"""The entries of a document: texts to actions, resources, principals, patterns and templates.

    action_entry, resource_entry, principal_entry    an entry of a statement (rules 6, 9, 10, 25 and 33)
    parse_template, parse_arn                        a text with wildcards and policy variables (rules 20, 21, 25, 26)
    Setting                                          what readers need to know about the document of an entry

`grammar/pattern.lark` is the grammar of templates. A text without `${`, as nearly all are, is split at its wildcards,
and one whose every variable is a plain key at those too. That reads the same (a test compares) and saves most runs a
parser. Whether a text may hold variables depends on the
document's version and on the element, so the caller says it; `has_variables` tells whether it matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import lru_cache

from verifier.base.dataclass import dataclass
from verifier.base.errors import PolicyError, PolicyWarning, quote
from verifier.base.grammar import AnyToken, GrammarReader, Token, Word, place_of
from verifier.base.parse_tree import text_of_token
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source
from verifier.clouds.aws.policy.syntax import ActionEntry, PrincipalEntry, ResourceEntry, Version
from verifier.clouds.aws.policy.unknown import MayMatch, has_unknown, known_parts, shown_as, unknown_of, with_wildcards
from verifier.logic.actions import ActionPattern
from verifier.strings.pattern import (
    ANYTHING,
    ARN_PARTS,
    LONGEST_CACHED,
    ArnTemplate,
    Pattern,
    Template,
    TemplatePart,
    Variable,
    Wild,
    parse_pattern,
    split_arn,
    split_wildcards,
)
from verifier.strings.values import Key

_ACTION = regex(r"([A-Za-z0-9*?-]+):([A-Za-z0-9_*?-]+)")
_WILDCARDS = regex(r"[*?]+")
_SPACE_OR_COMMA = regex(r"[\s,]")
_LONGEST_CACHED_ACTION = 256
_MOST_ACTIONS, _MOST_SERVICES = 32_768, 1_024
_PLAIN_VARIABLE = regex(r"\$\{([A-Za-z0-9][A-Za-z0-9:/._@-]*+|[*?$])\}")
_SPECIAL = ("*", "?", "$")


@dataclass
class Setting:
    """The document that an entry stands in: its source, its version, and what was gathered so far.

    That are the warnings, and of the statement that is read the conditions that are not known.
    """

    source: Source
    version: Version
    warnings: list[PolicyWarning] = field(default_factory=list)
    unknowns: list[MayMatch] = field(default_factory=list)

    @property
    def variables(self) -> bool:
        """Whether `${...}` is a policy variable here (rule 8)."""
        return self.version is Version.V2012

    def use(self, where: str) -> str:
        """Return what an unknown entry is used for: `where`, and how the variables are read that it may hold."""
        return where if self.variables else f"{where} ({self.version.value})"

    def warn(self, message: str, place: HasSpan, *, is_dead: bool = False) -> None:
        """Note something that is allowed but hardly meant; `is_dead` as in PolicyWarning."""
        self.warnings.append(PolicyWarning(message, place.span, is_dead=is_dead))

    def error(self, message: str, place: HasSpan, help: str = "") -> PolicyError:
        """Return the error to raise for what stands at `place`."""
        return PolicyError(message, source=self.source, span=place.span, help=help)

    def forbid_variables(self, text: str, place: HasSpan, element: str) -> None:
        """Raise PolicyError where `text` contains a policy variable, which is not allowed in `element` (rule 25)."""
        if has_variables(text) and self.variables:
            help = "policy variables are allowed in Resource, NotResource, and values of String, Arn and Bool operators"
            raise self.error(
                f"{quote(text)} contains a policy variable, which is not allowed in {element}", place, help
            )


def action_entry(token: AnyToken, setting: Setting) -> ActionEntry:
    """Return the entry of Action or NotAction that `token` is; with a warning where it matches nothing (rule 9)."""
    text, place = (token.text, token) if isinstance(token, Word) else (text_of_token(token), place_of(token))
    if setting.source.within is not None and has_unknown(text, setting.source):
        return _unknown_action(text, place, setting.source)
    pattern, warning = _action(text) if len(text) <= _LONGEST_CACHED_ACTION else _read_action(text)
    if warning:
        setting.forbid_variables(text, place, "an action")
        if len(text) > 1 and _WILDCARDS.fullmatch(text):
            raise setting.error(f"the action {quote(text)} consists of wildcards only", place, "write `*`")
        setting.warn(f"the action {quote(text)} {warning}", place, is_dead=pattern is None)
    return ActionEntry(text, pattern, place)


def resource_entry(token: AnyToken, setting: Setting) -> ResourceEntry:
    """Return the entry of Resource or NotResource that `token` is (rules 10 and 25)."""
    text, place = text_of_token(token), place_of(token)
    if has_unknown(text, setting.source):
        return _unknown_resource(text, place, setting)
    if has_variables(text):
        return ResourceEntry(text, _resource_with_variables(text, place, setting), place)
    template = _as_written(text, variables=False)
    _warn_if_not_arn(text, template, place, setting)
    return ResourceEntry(text, template, place)


def _unknown_action(text: str, place: HasSpan, source: Source) -> ActionEntry:
    """Return an entry with an unknown part, with the widest pattern; the part may hold the colon too."""
    pattern = _read_action(with_wildcards(text))[0]
    if pattern is None and ":" not in text:
        pattern = ActionPattern(ANYTHING, ANYTHING)
    return ActionEntry(shown_as(text, source), pattern, place, unknown_of(text, source, "Action"))


def _unknown_resource(text: str, place: HasSpan, setting: Setting) -> ResourceEntry:
    unknown = unknown_of(text, setting.source, setting.use("Resource"))
    return ResourceEntry(unknown.text, widest_template(text, variables=setting.variables), place, unknown)


def widest_template(text: str, *, wildcards: bool = True, variables: bool) -> Template:
    """Return the widest template that a text with an unknown part could be, whatever its variables hold."""
    try:
        parts = [part for known in known_parts(text) for part in (*_read_known(known, wildcards, variables), Wild.TEXT)]
    except TemplateError:  # the unknown part stands within a variable
        return Template((Wild.TEXT,))
    return Template(tuple(Wild.TEXT if isinstance(part, Variable) else part for part in parts[:-1])).normal


def _read_known(text: str, wildcards: bool, variables: bool) -> tuple[TemplatePart, ...]:
    return parse_template(text, wildcards=wildcards, variables=variables).parts


def principal_entry(kind: str | None, token: AnyToken, setting: Setting) -> PrincipalEntry:
    """Return the entry of type `kind` that `token` is; None is the bare `"*"` (rules 6 and 33)."""
    text, place = text_of_token(token), place_of(token)
    if has_unknown(text, setting.source):
        unknown = unknown_of(text, setting.source, f"Principal {kind or ''}".strip())
        return PrincipalEntry(kind, unknown.text, place, unknown)
    setting.forbid_variables(text, place, "a principal")
    if text != "*" and ("*" in text or "?" in text):
        help = 'write `"*"` and a condition on `aws:PrincipalArn`, or name the principal in full'
        raise setting.error(f"the principal {quote(text)} contains a wildcard", place, help)
    if not text:
        raise setting.error("the principal is empty", place, "name a principal")
    return PrincipalEntry(kind, text, place)


def _read_action(text: str) -> tuple[ActionPattern | None, str]:
    """Return the pattern of an action entry, or None where it matches nothing; and a warning, or ""."""
    if text == "*":
        return ActionPattern(ANYTHING, ANYTHING), ""
    found = _ACTION.fullmatch(text)
    if found is None:
        return None, f"matches nothing: {why_no_action(text)}"
    pattern = _action_pattern(found[1].lower(), found[2].lower())
    return pattern, "has a wildcard in its service" if pattern.service.text is None else ""


@lru_cache(maxsize=_MOST_ACTIONS)
def _action_pattern(service: str, name: str) -> ActionPattern:
    """Return the pattern of an action in lower case: one object, however its letters are written (`distinct`)."""
    return ActionPattern(_service_pattern(service), parse_pattern(name))


_service_pattern = lru_cache(maxsize=_MOST_SERVICES)(parse_pattern)
_action = lru_cache(maxsize=_MOST_ACTIONS)(_read_action)


def why_no_action(text: str) -> str:
    """Return why an action entry matches nothing (rule 9)."""
    if _SPACE_OR_COMMA.search(text):
        return "it contains white space or a comma"
    if text.count(":") > 1:
        return "it contains more than one colon"
    service, colon, name = text.partition(":")
    if not colon or not service:
        return "it has no service; write `service:Name`"
    if not name:
        return "it has no name; write `service:Name`"
    return "it contains a character that is not allowed in an action"


def _resource_with_variables(text: str, place: HasSpan, setting: Setting) -> Template:
    if not setting.variables:
        setting.warn(f"`${{` in {quote(text)} is plain text, because the version of the policy is 2008-10-17", place)
        return _as_written(text, variables=False)
    try:
        template = _as_written(text, variables=True)
    except TemplateError as wrong:
        raise setting.error(wrong.message, place, wrong.help) from None
    fields = split_arn(template.parts)
    if any(isinstance(part, Variable) for field in fields[:5] for part in field):
        setting.warn(f"the resource {quote(text)} has a variable before its fifth colon", place)
    else:
        _warn_if_not_arn(text, template, place, setting)
    return template


def _as_written(text: str, *, variables: bool) -> Template:
    """Return the template of a resource, in which `*?` stays as it is: by the other reading of rule 10 it is not `?*`.

    Raises TemplateError.
    """
    if "*?" not in text:
        return parse_template(text, variables=variables)
    written: list[TemplatePart] = []
    for part in _parts(text, variables=variables):
        last = written[-1] if written else None
        if isinstance(part, str) and isinstance(last, str):
            written[-1] = last + part
        elif part != "" and not (part is last is Wild.TEXT):
            written.append(part)
    return Template(tuple(written))


def _warn_if_not_arn(text: str, template: Template, place: HasSpan, setting: Setting) -> None:
    if not may_be_arn(template):
        setting.warn(f"{quote(text)} is not an ARN, so this entry matches nothing", place, is_dead=True)


def may_be_arn(template: Template) -> bool:
    """Whether some resource of rule 2 could match the entry: a rough check, for a warning only."""
    if template.parts == (Wild.TEXT,):
        return True
    first = template.parts[0] if template.parts else ""
    if isinstance(first, str) and not first.startswith("arn:"[: len(first)]):
        return False
    for part in template.parts:
        if not isinstance(part, str) and part is not Wild.CHAR:
            return True
    return len(split_arn(template.parts)) == 6


class TemplateError(ValueError):
    """A text is not a template; the message says why, and `help` what to do. The caller knows where the text stands."""

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
    return ArnTemplate(tuple(Template(tuple(field)).normal for field in fields))


def _read_template(text: str, *, wildcards: bool, variables: bool) -> Template:
    if not (variables and has_variables(text)):
        if not wildcards:
            return Template(Pattern.literal(text).parts)
        return Template(parse_pattern(text).parts)
    parts = _parts(text, variables=variables)
    if not wildcards:
        parts = tuple(part.value if isinstance(part, Wild) else part for part in parts)
    return Template(parts).normal


_cached_template = lru_cache(maxsize=16_384)(_read_template)


def _parts(text: str, *, variables: bool) -> tuple[TemplatePart, ...]:
    if not text:
        return ()
    if not (variables and has_variables(text)):
        return split_wildcards(text)
    pieces = _PLAIN_VARIABLE.split(text)
    if not any(map(has_variables, pieces[::2])):
        return tuple(_quick_parts(pieces))
    try:
        found: tuple[TemplatePart, ...] = _READER.read(Source("", text), "template")
    except PolicyError:
        help = "write `${key}` or `${key, 'default'}`; for a plain `$` before `{`, write `${$}`"
        raise TemplateError(f"{quote(text)} contains a malformed policy variable", help) from None
    return found


def _quick_parts(pieces: Sequence[str]) -> Iterator[TemplatePart]:
    """Yield the parts of a text whose every second piece is the key of a variable, or a special character."""
    for number, piece in enumerate(pieces):
        if number % 2:
            yield piece if piece in _SPECIAL else Variable(Key.of(piece))
        elif piece:
            yield from split_wildcards(piece)


class _Actions:
    """What the parser does at each rule and terminal of `pattern.lark`."""

    def template(self, children: list[TemplatePart]) -> tuple[TemplatePart, ...]:
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


_READER = GrammarReader("pattern", ("template",), _Actions(), PolicyError)
