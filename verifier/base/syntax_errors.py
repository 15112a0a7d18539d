"""What is wrong with a text that is not grammatical, in words for the person who wrote it.

`explain_mistake` looks only at the text, at the place where the parser stopped, and at what the grammar could have
taken there; it knows nothing of the parser. Messages follow `errors.py`: lower case, the text in backticks, and a help
text.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from verifier.base.errors import quote
from verifier.base.regex import regex


class Mistake(NamedTuple):
    """What is wrong, at which offset and for how many characters, and how to fix it."""

    message: str
    place: int
    help: str = ""
    length: int = 1


# What a set of fixed texts is called, found by one terminal of the set.
_NOUNS = {
    "VERSION": "an element of a document",
    "SID": "an element of a statement",
    "VERSION_2012": "a version",
    "ALLOW": "an effect",
    "AWS": "a type of principal",
    "EVERYONE": "a principal",
    "CONTEXT": "an element of a request",
    "ASK": "an element of a question",
    "PROVE": "a question",
}
_HELPS = {
    "VERSION_2012": "write `2012-10-17`",
    "EVERYONE": 'write `"*"` or `{"AWS": "arn:..."}`',
}
_PHRASES = {
    "STRING": "a string",
    "NUMBER": "a number",
    "TRUE": "`true`",
    "FALSE": "`false`",
    "NULL": "`null`",
    "OBJECT_START": "an object",
    "LIST_START": "a list",
    "$END": "the end of the text",
}

_STRING = regex(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_STRING_START = regex(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_PIECE = regex(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_WORD = regex(r"[^\W\d][\w.-]{0,80}")
_NUMBER_LIKE = regex(r"[-+.\w]{1,80}")
_NUMBER = regex(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_NOT_JSON = {"NaN", "Infinity", "-Infinity", "+Infinity", "-NaN"}
_PYTHON_WORDS = {"true": "true", "false": "false", "none": "null", "null": "null"}
_OTHER_QUOTES = "'`\u2018\u2019\u201c\u201d"
_NEW_LINE = "\n"
_LONGEST_MISSPELT = 64


def explain_mistake(text: str, place: int, expected: Mapping[str, str]) -> Mistake:
    """Return what is wrong at offset `place` of `text`, where `expected` could have stood.

    `expected` maps the names of terminals to their fixed text, or to "" where they have none.
    """
    opened = _opened(text, place)
    expected = _suited(expected, text[opened] if opened is not None else "")
    if place >= len(text):
        return _truncated(text, opened, expected)
    char = text[place]
    if _within_number(text, place):
        return _number(text, _run_start(text, place), expected)
    if set(expected) <= {"$END"}:
        return Mistake("there is more text after the end of the document", place, "remove it")
    match char:
        case '"':
            return _string(text, place, expected)
        case "," | "]" | "}" | ":":
            return _punctuation(text, place, expected)
        case "{" | "[":
            return _opening(text, place, expected)
        case _ if char in _OTHER_QUOTES:
            return Mistake(f"JSON strings use double quotes, not {quote(char)}", place, 'write `"`')
        case "/" | "#":
            return Mistake("JSON has no comments", place, "remove the comment")
    if char in "+-." or char.isdigit():
        return _number(text, place, expected)
    if word := _WORD.match(text, place):
        return _word(text, word[0], place, expected)
    name = f"U+{ord(char):04X}"
    return Mistake(f"the character {quote(char)} ({name}) is not allowed here", place, _help(expected))


def did_you_mean(text: str, choices: Iterable[str]) -> str | None:
    """Return the one of `choices` nearest to the misspelt `text`, without regard to case, or None."""
    by_folded = {choice.lower(): choice for choice in choices}
    if len(text) > _LONGEST_MISSPELT:
        return None
    found = difflib.get_close_matches(text.lower(), by_folded, n=1)
    return by_folded[found[0]] if found else None


def _opened(text: str, place: int) -> int | None:
    """Return the offset of the innermost bracket that is open at `place`, or None."""
    brackets: list[int] = []
    for found in _PIECE.finditer(text, 0, place):
        if found[0] in "[{":
            brackets.append(found.start())
        elif found[0] in "]}" and brackets:
            brackets.pop()
    return brackets[-1] if brackets else None


def _suited(expected: Mapping[str, str], opened: str) -> dict[str, str]:
    """Return `expected` without what the parser would take in another place only: LALR tables merge such places."""
    wrong = {"{": {"LIST_END", "$END"}, "[": {"OBJECT_END", "$END"}, "": {"LIST_END", "OBJECT_END", "COMMA"}}[opened]
    return {key: fixed for key, fixed in expected.items() if key not in wrong}


def _truncated(text: str, opened: int | None, expected: Mapping[str, str]) -> Mistake:
    end = len(text.rstrip(" \t\r\n"))
    if text[end - 1] == ",":
        return Mistake("the text ends after a comma", end - 1, "write the rest, or close all brackets instead")
    place = "" if opened is None else f"; `{text[opened]}` on line {text.count(_NEW_LINE, 0, opened) + 1} is still open"
    return Mistake("the text ends too soon" + place, end, _help(expected))


def _string(text: str, place: int, expected: Mapping[str, str]) -> Mistake:
    whole = _STRING.match(text, place)
    if whole is None:
        return _broken_string(text, place)
    length = len(whole[0])
    written = quote(whole[0][1:-1])
    if expected.keys() == {"COLON"}:
        help = "write `:` between a name and its value"
        return Mistake(f"a colon is missing before {quote(whole[0])}", place, help, length)
    names = {key: fixed[1:-1] for key, fixed in expected.items() if fixed.startswith('"')}
    if not names:
        if "COMMA" in expected:
            return Mistake(f"a comma is missing before {quote(whole[0])}", place, "write `,` between the two", length)
        return Mistake(f"the string {written} is not allowed here", place, _help(expected), length)
    noun = next((noun for key, noun in _NOUNS.items() if key in names), "a name")
    decoded = json.loads(whole[0])
    if decoded in names.values():
        message = f"the name {quote(decoded)} is written as {written}"
        return Mistake(message, place, "write the name without escapes", length)
    near = did_you_mean(decoded, names.values())
    fixed_help = next((help for key, help in _HELPS.items() if key in names), "")
    help = f"did you mean `{near}`?" if near and not fixed_help else fixed_help or f"use {_or(names.values())}"
    return Mistake(f"{written} is not {noun}", place, help, length)


def _broken_string(text: str, place: int) -> Mistake:
    end = _STRING_START.match(text, place).end()  # type: ignore[union-attr]  # a `"` stands at place
    shown = quote(text[place:end])
    if end >= len(text):
        help = 'write the closing `"` and close all brackets'
        return Mistake(f"the text ends within the string {shown}", place, help)
    char = text[end]
    if char in "\r\n":
        help = 'write the closing `"`, or `\\n` for a new line'
        return Mistake(f"the string {shown} is not closed on its line", place, help)
    if char == "\\":
        wrong = text[end : end + (6 if text[end + 1 : end + 2] == "u" else 2)]
        help = "write `\\\\` for a backslash, four hex digits after `\\u`"
        return Mistake(f"{quote(wrong)} is not a valid escape sequence", end, help, len(wrong))
    message = f"a string contains the control character U+{ord(char):04X}"
    return Mistake(message, end, f"write it as `\\u{ord(char):04x}`")


def _punctuation(text: str, place: int, expected: Mapping[str, str]) -> Mistake:
    before = _before(text, place)
    last = text[before] if before >= 0 else ""
    char = text[place]
    if last == ":":
        return Mistake(f"a value is missing before `{char}`", place, _help(expected))
    if last == "," and char in "]}":
        return Mistake(f"there is a comma before `{char}`", before, "remove the trailing comma")
    if char == "," and last in ",[{":
        return Mistake("there is nothing before this comma", place, "remove it, or write what is missing")
    return Mistake(f"`{char}` is not allowed here", place, _help(expected))


def _opening(text: str, place: int, expected: Mapping[str, str]) -> Mistake:
    what = "an object" if text[place] == "{" else "a list"
    if "COMMA" in expected:
        return Mistake(f"a comma is missing before `{text[place]}`", place, "write `,` between the two")
    return Mistake(f"{what} is not allowed here", place, _help(expected))


def _word(text: str, word: str, place: int, expected: Mapping[str, str]) -> Mistake:
    length = len(word)
    if text[place - 1 : place] == '"' and "COMMA" in expected:
        help = 'write `\\"` for a quote within a string, and a quote at the end of each string'
        return Mistake(f"the string before {quote(word)} has already ended", place, help, length)
    if word in _NOT_JSON:
        return Mistake(f"{quote(word)} is not valid JSON", place, "write a number in digits", length)
    if "COMMA" in expected:
        return Mistake(f"{quote(word)} is not allowed here", place, _help(expected), length)
    right = _PYTHON_WORDS.get(word.lower())
    if right and right.upper() in expected:
        return Mistake(f"{quote(word)} is not valid JSON", place, f"write `{right}`", length)
    if right:
        return Mistake(f"{quote(word)} is not allowed here", place, _help(expected), length)
    help = 'write names and strings in double quotes, `"`'
    return Mistake(f"{quote(word)} is not in quotes", place, help, length)


def _number(text: str, place: int, expected: Mapping[str, str]) -> Mistake:
    run = _NUMBER_LIKE.match(text, place)
    number = run[0] if run else text[place]
    if number in _NOT_JSON:
        return Mistake(f"{quote(number)} is not valid JSON", place, "write a number in digits", len(number))
    if not _NUMBER.fullmatch(number):
        help = "write digits, without a leading zero or `+`, with digits on both sides of the point"
        return Mistake(f"{quote(number)} is not a valid number", place, help, len(number))
    if "COMMA" in expected:
        return Mistake(f"a comma is missing before {quote(number)}", place, "write `,` between the two", len(number))
    return Mistake(f"the number {quote(number)} is not allowed here", place, _help(expected), len(number))


def _within_number(text: str, place: int) -> bool:
    """Whether the lexer took the start of a malformed number, such as the `0` of `01`, for a number."""
    return place > 0 and text[place - 1].isdigit() and (text[place] in "+-." or text[place].isalnum())


def _run_start(text: str, place: int) -> int:
    while place > 0 and (text[place - 1] in "+-." or text[place - 1].isalnum()):
        place -= 1
    return place


def _before(text: str, place: int) -> int:
    """Return the offset of the last character before `place` that is not white space, or -1."""
    place -= 1
    while place >= 0 and text[place] in " \t\r\n":
        place -= 1
    return place


def _help(expected: Mapping[str, str]) -> str:
    """Return "write ...": what could have stood there, fixed names last and only a few of them."""
    names = sorted(fixed[1:-1] for fixed in expected.values() if fixed.startswith('"'))
    plain = sorted(_PHRASES.get(key) or f"`{fixed}`" for key, fixed in expected.items() if not fixed.startswith('"'))
    words = plain + [f'`"{name}"`' for name in names]
    return f"write {_join(words)}" if words else ""


def _or(names: Iterable[str]) -> str:
    return _join([f"`{name}`" for name in sorted(names)])


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
