"""JSON to values with places, with comments and trailing commas or without.

    json_values(source)       the value that a file holds
    without_comments(text)    the text with blanks where JSON has nothing

Python's scanner reads the text; what it has read becomes values in `json_tokens.py`. Comments and trailing commas are
blanked out if there are any, and placeholders that stand where a value is due become strings (`placeholders.py`), so
that all places stay as they are.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from verifier.base.errors import UsageError
from verifier.base.grammar import span_at
from verifier.base.regex import regex
from verifier.base.source import Source, lone_surrogate
from verifier.sources.json_tokens import DEEPEST_JSON, JsonPairs, JsonText, TooDeepError, WrittenNumber
from verifier.sources.values import BARE, Value

# Every alternative takes what it begins: no text is looked at twice. A string or a comment may lack its end.
_PIECE = regex(
    r'(?P<string>"(?:[^"\\\n]++|\\.)*+"?+)|(?P<line>//[^\n]*+)|(?P<block>/\*(?:[^*]++|\*(?!/))*+(?P<end>\*/)?+)'
    r'|(?P<comma>,)|(?P<close>[\]}])|\s++|[^\s"/,\]}]++|/',
    re.DOTALL,
)
_MAY_NEED_BLANKS = regex(r"//|/\*|,\s*+[}\]]")
_DEPTH = regex(r'"(?:[^"\\]++|\\.)*+"?+|[{\[]|[}\]]', re.DOTALL)
_NO_NUMBER = regex(r'"(?:[^"\\]++|\\.)*+"?+|(?P<name>-?Infinity|NaN)', re.DOTALL)
# Landing Zone Accelerator writes `[${ACCEL_LOOKUP::VPC_ID}]` for a list that it fills in when it deploys the policy.
_BARE = regex(r'(?P<string>"(?:[^"\\]++|\\.)*+"?+)|\$\{(?P<name>[A-Z][A-Z0-9_]*+::[^{}"\\\s]{1,200})\}', re.DOTALL)
_NOT_NEW_LINE = regex(r"[^\n]")
# What Python says, with what to do; the rest of its messages end in "correct it".
_REASONS = {
    "Extra data": ("more text follows where the value has ended", "keep one value, or write a list of them"),
    "Expecting value": ("a value is missing", "write a text in double quotes, an object or a list"),
    "Expecting property name enclosed in double quotes": (
        "a name is missing, or has no double quotes",
        "write a name in double quotes",
    ),
    "Expecting ',' delimiter": ("a comma or a closing bracket is missing", "add it"),
    "Expecting ':' delimiter": ("a colon is missing after the name", "add it"),
    "Invalid control character at": ("a text contains a control character", r"write a line end as `\n`, a tab as `\t`"),
    "Unterminated string starting at": ("a text has no end", "add the closing double quote"),
}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is not a number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | JsonPairs:
    """Return the members of an object by name; in a row where a name stands there twice."""
    by_name = dict(pairs)
    return by_name if len(by_name) == len(pairs) else JsonPairs(pairs)


SCANNER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=WrittenNumber, parse_int=WrittenNumber, parse_constant=_no_constant
)


def json_values(source: Source) -> Value:
    """Return the JSON value that `source` holds, with comments and trailing commas or without. Raises UsageError."""
    if (simple := _simple(source)) is not None:
        return simple
    plain = _with_quotes(without_comments(source))
    if found := lone_surrogate(plain):
        raise _error(f"it contains the lone surrogate U+{ord(found[0]):04X}", source, found.start(), "remove it")
    try:
        scanned = SCANNER.decode(plain)
    except json.JSONDecodeError as wrong:
        unknown = wrong.msg[:1].lower() + wrong.msg[1:].removesuffix(" at")
        raise _error(*_reason(wrong.msg, unknown, source, min(wrong.pos, len(plain)))) from None
    except RecursionError:
        raise _too_deep(source, plain) from None
    except ValueError as wrong:
        place = next((found.start() for found in _NO_NUMBER.finditer(plain) if found["name"]), 0)
        raise _error(str(wrong), source, place, "write a number, or a text in double quotes") from None
    try:
        return JsonText(source if plain == source.text else Source(source.name, plain), source).values(scanned)
    except TooDeepError:
        raise _too_deep(source, plain) from None


def _with_quotes(text: str) -> str:
    """Return `text` with a string of the same length for each placeholder that stands outside of one."""
    return text if "${" not in text else _BARE.sub(lambda found: found["string"] or f'"{BARE}{found["name"]}"', text)


def _simple(source: Source) -> Value | None:
    """Return the value of a text without comments, trailing commas or anything wrong; None for any other text."""
    try:
        scanned = SCANNER.decode(source.text)
        return None if lone_surrogate(source.text) else JsonText(source, source).values(scanned)
    except (ValueError, RecursionError, TooDeepError):
        return None


def _reason(message: str, unknown: str, source: Source, place: int) -> tuple[str, Source, int, str]:
    reason, help = _REASONS.get(message, (unknown, "correct it"))
    return reason, source, place, help


def _error(reason: str, source: Source, place: int, help: str) -> UsageError:
    span = span_at(source.text, place)
    return UsageError(f"the text is not JSON: {reason}", source=source, span=span, help=help)


def _too_deep(source: Source, plain: str) -> UsageError:
    depth = 0
    for found in _DEPTH.finditer(plain):
        depth += 1 if found[0] in ("{", "[") else -1 if found[0] in ("}", "]") else 0
        if depth > DEEPEST_JSON:
            reason = f"it is nested more than {DEEPEST_JSON} deep"
            return _error(reason, source, found.start(), "name a policy document")
    return _error("it is nested too deeply", source, 0, "name a policy document")


def without_comments(source: Source) -> str:
    """Return the text of `source` with blanks for its comments and for commas before a closing bracket.

    Raises UsageError for a comment without an end. A text in which nothing is blanked out is returned as it is.
    """
    text = source.text
    if not _MAY_NEED_BLANKS.search(text):
        return text
    blanks: list[tuple[int, int]] = []
    comma = -1
    for found in _PIECE.finditer(text):
        kind = found.lastgroup if found.lastgroup != "end" else "block"
        if kind in ("line", "block"):
            if kind == "block" and not found["end"]:
                raise _error("a comment has no end", source, found.start(), "add `*/`")
            blanks.append(found.span())
        elif kind == "close" and comma >= 0:
            blanks.append((comma, comma + 1))
        if kind == "comma":
            comma = found.start()
        elif kind in ("string", "close") or (kind is None and not found[0].isspace()):
            comma = -1
    return _blanked(text, sorted(blanks))


def _blanked(text: str, blanks: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for begin, end in blanks:
        pieces += (text[done:begin], _NOT_NEW_LINE.sub(" ", text[begin:end]))
        done = end
    return "".join((*pieces, text[done:]))
