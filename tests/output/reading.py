"""How others read our output, and what a hostile document may not make of it. Each function yields what is wrong.

text        a terminal, and the log of a CI (GitHub, Azure, TeamCity)
as_json     a program
sarif       code scanning, by the schema and by what GitHub documents beyond it
junit       a reader of XML
page        a browser
markdown    GitHub, which makes links, mentions and pictures of what is not code
patch       git
"""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
from markdown_it import MarkdownIt
from markdown_it.token import Token

_SCHEMA = Path(__file__).parents[1] / "report" / "data" / "sarif-2.1.0-rtm.5.json"
_SCRIPT = Path(__file__).parents[2] / "verifier" / "report" / "templates" / "table.js"
_COMMANDS = re.compile(
    r"##\w*\[|^\s*::|::(?:error|warning|notice|debug|group|endgroup|add-mask|add-matcher|add-path|set-output|set-env|"
    r"save-state|stop-commands|echo)(?![\w-])",
    re.IGNORECASE | re.MULTILINE,
)
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_LINKS = re.compile(
    r"@[A-Za-z0-9]|#\d|GH-\d|www\.\w|\w+://|\[[^\]]*\]\s*[(\[]|!\[|<[A-Za-z/!]|mailto:|:[a-z][a-z0-9_]*:|\b[0-9a-f]{7,40}\b"
)
_TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "footer",
        "section",
        "article",
        "details",
        "summary",
        "p",
    }
    | {"h1", "h2", "h3", "h4", "div", "span", "code", "pre", "mark", "strong", "ul", "li", "dl", "dt", "dd", "br"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
_ATTRIBUTES = frozenset({"class", "title", "charset", "name", "content", "http-equiv", "lang", "open"})
# What the table of a whole page is filtered and sorted with, and what its links lead to: a place on the page.
_PAGE_TAGS = frozenset({"a", "b", "script", "input", "select", "option", "button"})
_PAGE_ATTRIBUTES = {
    "id": r"[a-z]+[0-9]*",
    "href": r"#a[0-9]+",
    "type": r"search|button",
    "placeholder": r"a part of the name",
    "aria-label": r"a part of the name|answer",
    "value": r"",
    "data-kinds": r"[a-z ]+",
    "data-most": r"[0-9]+",
    "hidden": r"",
}
_MOST_RESULTS, _MOST_BYTES, _MOST_SUMMARY = 5_000, 10_000_000, 65_536


def text(said: str) -> Iterator[str]:
    """What steers a terminal, hides, or gives an order to a CI."""
    for char in set(said) - {"\n"}:
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or _UNSEEN.match(char):
            yield f"the character U+{ord(char):04X}"
    yield from (f"the command {found!r}" for found in _COMMANDS.findall(said))


def as_json(said: str) -> Iterator[str]:
    """Lines of JSON, or one value over several lines."""
    yield from text(said)
    try:
        _strings(json.loads(said))
    except json.JSONDecodeError:
        for line in said.splitlines():
            try:
                _strings(json.loads(line))
            except ValueError as error:
                yield f"not JSON: {error}"


def _strings(value: Any) -> None:
    """Raise ValueError for a lone surrogate, which strict readers refuse."""
    json.dumps(value, ensure_ascii=False).encode()


def sarif(said: str) -> Iterator[str]:
    """See "SARIF support for code scanning" of GitHub's documentation, and the limits that it names."""
    yield from as_json(said)
    if len(said) > _MOST_BYTES:
        yield "an upload that is too large"
    try:
        log = json.loads(said)
    except json.JSONDecodeError:
        return
    yield from (error.message for error in _validator().iter_errors(log))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        wanted = [rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"], rule["name"]]
        if not all(wanted) or max(map(len, wanted[:2])) > 1024 or len(rule["name"]) > 255:
            yield f"the texts of rule {rule['id']}"
        severity = rule["properties"].get("security-severity")
        if (severity is not None) != ("security" in rule["properties"]["tags"]):
            yield f"the severity of rule {rule['id']}"
        if severity is not None and not 0.0 < float(severity) <= 10.0:
            yield f"the severity of rule {rule['id']}"
        if len(rule["properties"]["tags"]) > 10:
            yield f"the tags of rule {rule['id']}"
    if len(run["results"]) > _MOST_RESULTS:
        yield "more results than are displayed"
    for result in run["results"]:
        yield from _result(result, rules)


def _result(result: dict[str, Any], rules: list[dict[str, Any]]) -> Iterator[str]:
    if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield "a rule that is another's"
    if not result["partialFingerprints"]["primaryLocationLineHash"]:
        yield "no fingerprint"
    if len(result["locations"]) != 1 or len(result.get("relatedLocations", [])) > 100:
        yield "the number of locations"
    for location in result["locations"] + result.get("relatedLocations", []):
        message = location.get("message", {"text": "-"})["text"]
        yield from (f"a link in a message: {found!r}" for found in _linked(message))
        physical = location.get("physicalLocation")
        if physical is None:
            yield from (f"a link in a name: {found!r}" for found in _linked(location["logicalLocations"][0]["name"]))
            continue
        if set(physical["region"]) != {"startLine", "startColumn", "endLine", "endColumn"}:
            yield "a region that is not whole"
        address = physical["artifactLocation"]
        if not re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+", address["uri"].removeprefix("file:///")):
            yield f"the address {address['uri']!r}"
        if (address.get("uriBaseId") == "%SRCROOT%") == address["uri"].startswith("file:"):
            yield f"the base of {address['uri']!r}"
    if not result["message"]["text"]:
        yield "an empty message"
    yield from (f"a link in a message: {found!r}" for found in _linked(result["message"]["text"]))
    for accepted in result.get("suppressions", []):
        yield from (f"a link in a reason: {found!r}" for found in _linked(accepted["justification"]))


def _linked(message: str) -> list[str]:
    return re.findall(r"@[A-Za-z0-9]|#\d|GH-\d|www\.|://|\]\(|\[|<[A-Za-z/!]", message)


@cache
def _validator() -> jsonschema.Draft4Validator:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def junit(said: bytes) -> Iterator[str]:
    """Bytes, as the declared encoding is part of it."""
    yield from text(said.decode())
    try:
        root = ET.fromstring(said)  # noqa: S314 - our own text, without entities: an entity would be an error
    except ET.ParseError as error:
        yield f"not XML: {error}"
        return
    if not said.startswith(b'<?xml version="1.0" encoding="UTF-8"?>') or b"<!DOCTYPE" in said:
        yield "another head"
    suite = root.find("testsuite")
    if suite is None or int(suite.attrib["tests"]) != len(suite):
        yield "the number of cases"
    for element in root.iter():
        for each in (element.text or "", *element.attrib.values()):
            yield from text(each)


def page(said: str) -> Iterator[str]:
    """A whole page, of which one script of ours may run; `fragment` reads a piece of one."""
    yield from _html(said, whole=True)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', said)
    if policy is None or "default-src &#39;none&#39;" not in policy[1] or "unsafe" in policy[1]:
        yield "a page that allows too much"


def fragment(said: str) -> Iterator[str]:
    """HTML of the tags and attributes that we write, all closed, none of which loads or runs anything."""
    yield from _html(said, whole=False)


def _html(said: str, *, whole: bool) -> Iterator[str]:
    yield from text(said)
    reader = _Html(whole=whole)
    reader.feed(said)
    reader.close()
    yield from reader.wrong
    if reader.open:
        yield f"left open: {reader.open}"
    yield from text("".join(reader.texts))


class _Html(HTMLParser):
    def __init__(self, *, whole: bool) -> None:
        super().__init__()
        self.whole = whole
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS and not (self.whole and tag in _PAGE_TAGS):
            self.wrong.append(f"the tag {tag}")
        for name, value in attrs:
            if name in _ATTRIBUTES or (name == "style" and tag in ("th", "td", "p", "div")):
                pass
            elif not (self.whole and re.fullmatch(_PAGE_ATTRIBUTES.get(name, "(?!)"), value or "")):
                self.wrong.append(f"the attribute {name} of {tag}")
            if name == "style" and re.search(r"url|expression|import", value or ""):
                self.wrong.append(f"the style {value}")
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"the end of {tag}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            if data != _SCRIPT.read_text(encoding="utf-8"):
                self.wrong.append("a script that is not ours")
            return
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"the comment {data!r}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"the declaration {data!r}")


def markdown(said: str) -> Iterator[str]:
    """Read by a parser of its own; outside of code nothing may look like what GitHub makes a link of."""
    yield from text(said.replace("⚠️", ""))  # our own sign
    if len(said) > _MOST_SUMMARY:
        yield "too long for a comment"
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    yield from _tokens(parser.parse(said))
    opened = said.count("<details>")
    if not opened == said.count("</details>") == said.count("<summary>") == said.count("</summary>"):
        yield "folds that are not closed"


def _tokens(tokens: list[Token]) -> Iterator[str]:
    allowed = {
        "paragraph",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bullet_list",
        "list_item",
        "strong",
        "heading",
    }
    for token in tokens:
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind == "inline":
            yield from _tokens(token.children or [])
        elif kind == "text":
            yield from (f"a link or a mention: {found!r}" for found in _LINKS.findall(token.content))
        elif kind == "html_block":
            yield from _html_block(token.content)
        elif kind == "heading" and token.tag != "h3":
            yield f"the heading {token.tag}"
        elif kind not in allowed | {"code_inline", "fence", "softbreak"}:
            yield f"Markdown of the kind {token.type}: {token.content!r}"
        if kind == "fence" and token.info not in ("json", "diff"):
            yield f"a fence of {token.info!r}"


def _html_block(content: str) -> Iterator[str]:
    bare = re.sub(r"<code>[^<]*</code>", "", content)
    yield from (
        f"the tag {tag}" for tag in re.findall(r"<[^>]*>", bare) if tag.strip("</>") not in ("details", "summary")
    )
    yield from (
        f"a link or a mention: {found!r}" for found in _LINKS.findall(re.sub(r"</?(?:details|summary)>", "", bare))
    )


def patch(said: str) -> Iterator[str]:
    """A diff of one file, alone or below other text."""
    yield from text(said.replace("\t", "").replace("\r", ""))
    lines = said.split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("--- ") and lines[number + 1][:4] == "+++ "]
    if len(heads) > 1:
        yield "a patch of several files"
