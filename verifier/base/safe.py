r"""Texts that others wrote, made safe to be shown: documents, file names, revisions, messages of the system.

Whoever opens a pull request chooses what stands in a document and how it is called, and our answers are read in places
that obey what they read: a terminal obeys control characters, the log of a CI obeys `::error::` and `##[...]`, a page
obeys HTML, a comment obeys Markdown, mentions and addresses. So all that is not ours goes through here, once for each
format, and what somebody would obey is shown as an escape:

    printable        a line of text, for a terminal, a log, a page or XML; never longer than `MOST_SHOWN`
    spaced           a line of a source, as long as it was
    plain_or_quoted  the same as a word: bare where it is plain, else quoted as JSON
    prose            also for readers that make links of what looks like one: messages of SARIF
    code             in Markdown, what a document says
    markdown_words   in Markdown, what a sentence says
    html_code        in HTML that stands in Markdown
    json_text        JSON, whose strings stay what they are
    file_name        the name of a file in a patch, as git quotes it

Escapes are written as Python and JSON write them: `\x1b`, `\u202e`. This module imports nothing of the package.
"""

from __future__ import annotations

import json
import re
from typing import Any

from verifier.base.regex import regex

MOST_SHOWN = 10_000
_MOST_CODE = 600

# Not seen, though they count as printable: fillers, joiners and selectors (Unicode's Default_Ignorable_Code_Point).
_UNSEEN = regex("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_NAMES = (
    "error|warning|notice|debug|group|endgroup|add-mask|add-matcher|remove-matcher|add-path|set-output|set-env|"
    "save-state|echo|stop-commands"
)
# What the logs of GitHub, Azure and TeamCity take for a command. The two colons of an ARN stand behind a letter, a
# digit or a colon, and no command follows them. Each way begins with a character, for which a long text is searched
# quickly; so what must not stand before it is looked at behind it.
_COMMAND = regex(
    rf"##(?=\w*\[)|::(?=(?:{_NAMES})(?:::| [^:]*::))|:(?<!::):(?=(?:{_NAMES})(?![\w-]))|:(?<![\w:]:):(?=\w)",
    re.IGNORECASE | re.ASCII,
)
# What turns into a link, a mention, a picture or HTML where text is read as Markdown.
_LINKED = r"(?i:[@<\[\]]|(?<=www)\.|:(?=//)|#(?=\d)|(?<=GH)-(?=\d))"
# Words that Markdown shows as they are: no mention, address, number of an issue, commit or emphasis is made of them.
_PLAIN = r"[A-Za-z0-9 ,.;:()'\"’“”…/%+=?!-]*"
_NOT_PLAIN = r"(?i:www\.|://|GH-\d|\b[0-9a-f]{7,}\b|:[\w+-]+:|^\s*(?:[-+]|\d+[.)])\s|^\s{4}|^\s*[=-]+\s*$)"
_LONE = r"\\ud[89ab]..\\ud[c-f]..|\\u(d[89a-f]..)|\\."


def short(text: str, most: int = MOST_SHOWN) -> str:
    """Return `text`, without its middle where it is longer than `most` characters, and then with its length."""
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}…({len(text):,} characters)…{text[len(text) - most // 4 :]}"


def printable(text: str, most: int = MOST_SHOWN) -> str:
    """Return `text` as one line that shows every character, and that no terminal and no CI takes for a command."""
    return _without_commands(visible(short(text, most)))


def visible(text: str) -> str:
    """Return `text` with an escape in place of each character that is not seen, or that steers what is."""
    if text.isascii() and text.isprintable():
        return text
    seen = text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)
    return _UNSEEN.sub(lambda found: _escape(found[0]), seen)


def spaced(line: str) -> str:
    """Return a line of a source with a blank within what a CI takes for a command: each column stays its own."""
    return _COMMAND.sub(lambda found: f"{found[0][0]} ", line)


def plain_or_quoted(text: str) -> str:
    """Return `text` bare where it is plain, and as a JSON string where it is empty, quoted, padded or not printable."""
    text = short(text)
    plain = text.strip() == text and text[:1] not in ('"', "[") and printable(text) == text
    return text if plain and text else quoted(text)


def quoted(text: str) -> str:
    """Return `text` as a JSON string of printable characters."""
    text = short(text)
    return _COMMAND.sub(_json_escape, _paired(json.dumps(text, ensure_ascii=visible(text) != text)))


def prose(text: str, most: int = MOST_SHOWN) -> str:
    """Return `text` as a line that nobody turns into a link, a mention, an embedded picture or HTML."""
    return re.sub(_LINKED, lambda found: _escape(found[0]), printable(text, most))


def code(text: str) -> str:
    """Return `text` as a code span of Markdown, in which nothing has a meaning; also within a table."""
    inside = printable(text, _MOST_CODE).replace("|", _escape("|")) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", inside)), default=0))
    padded = f" {inside} " if inside[0] in "` " or inside[-1] in "` " else inside
    return f"{fence}{padded}{fence}"


def markdown_words(text: str) -> str:
    """Return a sentence for Markdown: what stands in backticks as code, and so whatever is not plain words."""
    parts = short(text, _MOST_CODE * 4).split("`")
    if len(parts) % 2 == 0:
        return code(text)
    spelled = [part if place % 2 == 0 and _is_plain(part) else code(part) for place, part in enumerate(parts) if part]
    return re.sub("`(?=\0`)", "` ", "\0".join(spelled)).replace("\0", "")


def html_code(text: str) -> str:
    """Return `text` as code in a line of HTML within Markdown, which reads no Markdown in it."""
    import html  # noqa: PLC0415 - a small proof prints no Markdown

    return f"<code>{html.escape(printable(text, _MOST_CODE))}</code>"


def json_text(value: Any, indent: int | None = None) -> str:
    """Return `value` as JSON in ASCII; read again it is the same, except lone surrogates: those are escapes."""
    return _COMMAND.sub(_json_escape, _paired(json.dumps(value, indent=indent)))


def file_name(name: str) -> str:
    r"""Return `name` as git writes it in a patch: bare where it is plain, else in quotes, its bytes as escapes."""
    if re.fullmatch(r"[A-Za-z0-9._/+=,@%~-]+", name):
        return name
    plain = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._/+=,@%~-()'!&$")
    raw = name.encode("utf-8", "surrogateescape")
    return '"' + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in raw) + '"'


def _without_commands(text: str) -> str:
    return _COMMAND.sub(lambda found: f"{found[0][0]}{_escape(found[0][1])}", text)


def _json_escape(found: re.Match[str]) -> str:
    return f"{found[0][0]}\\u{ord(found[0][1]):04x}"


def _escape(char: str) -> str:
    """The escape of one character; of a byte of a file name that is not UTF-8, that of the byte."""
    code_point = ord(char)
    if 0xDC80 <= code_point <= 0xDCFF:
        return f"\\x{code_point - 0xDC00:02x}"
    return f"\\x{code_point:02x}" if char.isprintable() and char.isascii() else char.encode("unicode_escape").decode()


def _paired(text: str) -> str:
    """Return the JSON `text` with escapes of lone surrogates, which not every reader takes, as plain characters."""
    return re.sub(_LONE, _lone, text) if "\\ud" in text else text


def _lone(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else "\\" + _escape(chr(int(found[1], 16)))


def _is_plain(text: str) -> bool:
    return bool(re.fullmatch(_PLAIN, text)) and not re.search(_NOT_PLAIN, text) and not _COMMAND.search(text)
