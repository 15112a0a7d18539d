"""JSON inside a string of a file, as AWS's commands and Terraform print it: plain, URL-encoded or escaped once more.

    values_within(text)    the values; None where the string holds no JSON

Places are those in the file, character by character, through every escape and however many strings lie one within the
other. Where a string of YAML is folded or escaped in a way that JSON does not have, all its places are the string's.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable
from urllib.parse import unquote

from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source, TokenRange, lone_surrogate
from verifier.sources.json_tokens import JsonPlace, JsonText, JsonToken, TooDeepError
from verifier.sources.json_values import SCANNER
from verifier.sources.values import TextValue, Value
from verifier.sources.yaml_place import YamlPlace

# One character of a string in JSON, and of a text that is URL-encoded.
_JSON_CHARACTER = regex(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
_URL_CHARACTER = regex(
    r"%[0-7][0-9a-fA-F]|%[cCdD][0-9a-fA-F]%[0-9a-fA-F]{2}|%[eE][0-9a-fA-F](?:%[0-9a-fA-F]{2}){2}"
    r"|%[fF][0-9a-fA-F](?:%[0-9a-fA-F]{2}){3}|.",
    re.DOTALL,
)
_STARTS = ("{", "[")
_ENCODED_STARTS = ("%7B", "%5B")
_ESCAPED_START = regex(r'\s*[{\[]\s*\\"')


def values_within(text: TextValue) -> Value | None:
    """Return the JSON value that a string holds as text; None where it holds none, or is not known."""
    inner = text.known
    if inner is None:
        return None
    begin = inner.lstrip()[:3]
    encoded = begin.upper() in _ENCODED_STARTS
    if encoded:
        inner = unquote(inner, errors="strict") if _is_utf8(inner) else ""
    elif begin[:1] not in _STARTS:
        return None
    elif escaped := _escaped(inner):
        return _values(text, escaped, _JSON_CHARACTER)
    return _values(text, inner, _URL_CHARACTER if encoded else None)


def _is_utf8(encoded: str) -> bool:
    try:
        unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _escaped(inner: str) -> str | None:
    r"""Return what is meant by `{\"Version\": ...}`, as API Gateway prints it; None for any other text."""
    if not _ESCAPED_START.match(inner):
        return None
    try:
        return str(json.loads(f'"{inner}"'))
    except (ValueError, RecursionError):
        return None


def _values(text: TextValue, inner: str, character: re.Pattern[str] | None) -> Value | None:
    if lone_surrogate(inner):
        return None
    held, place = text.known or "", text.place
    file = _file(place)

    def letters() -> array[int] | None:
        outer = _letters(place, held)
        if outer is None or character is None:
            return outer
        ends = _ends(character, held)
        return array("Q", (outer[end] for end in ends)) if len(ends) == len(inner) + 1 else None

    try:
        return JsonText(Source("", inner), file or Source("", ""), place, letters).values(SCANNER.decode(inner))
    except (ValueError, RecursionError, TooDeepError):
        return None


def _ends(character: re.Pattern[str], raw: str) -> array[int]:
    """Return where each character that `raw` writes begins, and where the last one ends."""
    return array("Q", (0, *(found.end() for found in character.finditer(raw))))


def _file(place: HasSpan) -> Source | None:
    match place:
        case JsonToken():
            return place.counted.text.file
        case TokenRange():
            return place.source
        case JsonPlace():
            return place.within.file
        case YamlPlace():
            return place.source
        case _:
            return None


def _letters(place: HasSpan, text: str) -> array[int] | None:
    """Return the offsets in the file of each character of the string at `place`, and of its end."""
    match place:
        case JsonToken():
            return _letters(place.place, text)
        case TokenRange():
            begin, end = place.source.offsets_of_tokens(place.first, place.last)
            return _in_json(place.source.text, begin, end, None, text)
        case JsonPlace():
            outer = place.within.letters
            if outer is None:
                return None
            begin, end = place.within.text.offsets_of_tokens(place.first, place.last)
            return _in_json(place.within.text.text, begin, end, outer, text)
        case YamlPlace():
            return _checked(place.letters(text), text)
        case _:
            return None


def _in_json(raw: str, begin: int, end: int, outer: array[int] | None, text: str) -> array[int] | None:
    ends = _ends(_JSON_CHARACTER, raw[begin + 1 : max(end - 1, begin + 1)])
    offsets: Iterable[int] = (begin + 1 + each for each in ends)
    return _checked(array("Q", offsets if outer is None else (outer[each] for each in offsets)), text)


def _checked(letters: array[int] | None, text: str) -> array[int] | None:
    return letters if letters is not None and len(letters) == len(text) + 1 else None
