"""The English of the pages: phrases that an engineer has to read twice are refused.

Only prose is read. Exceptions are code, which is not English: blocks between fences, the indented blocks of
`docs/interface.md`, and what stands between backticks, so a page can quote a phrase that is refused; and the pages of
`docs/reference/`, whose words are those of docstrings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "action.yml", ".pre-commit-hooks.yaml")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
    *sorted(ROOT.glob("notebooks/*.ipynb")),
    *(ROOT / folder / "README.md" for folder in ("benchmarks", "tests", "tests/cases")),
]
REFUSED = {  # the phrase, and what to write instead
    r"(?<!there )\b(is|are|was|were) no (?!longer\b)": "is not a",
    r"\b(what|which) (is|are) none\b": "say what it is",
    r"\bnone of\b": "no",
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


def texts(value: object) -> Iterator[str]:
    """Every `name` and `description` in what a YAML file holds."""
    if isinstance(value, dict):
        yield from (str(value[key]) for key in ("name", "description") if key in value)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)


def prose(page: Path) -> str:
    """The text that people read in a page, without code and on one line."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        text = "\n\n".join("".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "markdown")
    elif page.suffix in {".yml", ".yaml"}:
        text = "\n\n".join(texts(yaml.safe_load(text)))
    return plain(text)


def plain(text: str) -> str:
    """A text of Markdown without its code, its white space as single spaces."""
    return " ".join(_CODE.sub("CODE", _INDENTED.sub("", _FENCE.sub("", text))).split())


def found(text: str) -> list[str]:
    """The refused phrases in `text`, each with some words around it and what to write instead."""
    return [
        f"...{text[max(0, hit.start() - 40) : hit.end() + 30]}...: {instead}"
        for pattern, instead in REFUSED.items()
        for hit in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_has_no_phrase_that_has_to_be_read_twice(page: Path) -> None:
    assert found(prose(page)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`x` is no ARN",
        "those are\nno actions",
        "documents, of which two are wrong",
        "say what is none",
        "it stands beside a boundary",
        "the proof speaks of every action",
        "how to mend it",
        "the answer hangs on a reading",
        "a misspelt name is told of",
    ],
)
def test_a_planted_phrase_is_noticed(text: str) -> None:
    assert len(found(plain(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "there is no request, and it is no longer allowed",
        "an error says `mend:`",
        "```console\n$ verifier prove\nthe key is no ARN\n```\n",
        'as in\n\n    {"reason": "it is no ARN"}\n\nand so on',
    ],
)
def test_code_and_plain_words_are_left_alone(text: str) -> None:
    assert found(plain(text)) == []


def test_every_kind_of_page_is_read() -> None:
    for name, words in {
        "action.yml": "The revision that the change is compared with",
        ".pre-commit-hooks.yaml": "Checks all rules of the configuration",
        "notebooks/01_first_proof.ipynb": "This is a proof.",
        "docs/index.md": "It answers one question",
    }.items():
        assert words in prose(ROOT / name)
        assert ROOT / name in PAGES
