"""Phrases that an engineer has to read twice, and what to write instead: one table for the code and the pages."""

from __future__ import annotations

import re

REFUSED = {
    r"(?<!there )\b(is|are|was|were) no (?!longer\b|later\b|value\b)": "is not a",
    r"\b(what|which) (is|are) none\b": "say what it is",
    r"(?<!match )(?<!matches )\bnone of (?!CODE\b|`)": "no",
    r"\bof (which|whom)\b": "begin a new sentence",
    r"\bbeside\b": "together with, next to",
    r"\b(speaks?|speaking|spoke) (of|against)\b": "is about, covers, contradicts",
    r"\bmend(s|ed|ing)?\b": "fix, repair",
    r"\b(tell|tells|told|warned) of\b": "names, warns about",
    r"\bsuch a one\b": "name it",
    r"\bfor ever\b": "say when it ends",
    r"\bhangs? on\b": "depends on",
    r"\bshall\b": "must",
    r"\bheld (to|against)\b": "compared with, checked with",
    r"\bas ever\b": "as usual",
    r"\bbut for\b": "except",
}
_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2`*$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4,}.*\n+)+", re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


def refused(text: str) -> list[str]:
    """The refused phrases in `text`, each with some words around it and what to write instead."""
    return [
        f"...{text[max(0, hit.start() - 40) : hit.end() + 30]}...: {instead}"
        for pattern, instead in REFUSED.items()
        for hit in re.finditer(pattern, text, re.IGNORECASE)
    ]


def without_code(text: str) -> str:
    """A text of Markdown without its blocks of code and what stands in backticks, its white space as single spaces."""
    return " ".join(_CODE.sub("CODE", _INDENTED.sub("", _FENCE.sub("", text))).split())
