"""The English of the pages: phrases that an engineer has to read twice are refused (`english.py`).

Only prose is read. Exceptions are code, which is not English: blocks between fences, the indented blocks of
`docs/interface.md`, and what stands between backticks, so a page can quote a phrase that is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands import ROOT
from tests.english import refused, without_code

PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "action.yml", ".pre-commit-hooks.yaml")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
    *sorted(ROOT.glob("notebooks/*.ipynb")),
    *(ROOT / folder / "README.md" for folder in ("benchmarks", "tests", "tests/cases")),
]


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
    return without_code(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_has_no_phrase_that_has_to_be_read_twice(page: Path) -> None:
    assert refused(prose(page)) == []


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
    assert len(refused(without_code(text))) == 1


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
    assert refused(without_code(text)) == []


def test_every_kind_of_page_is_read() -> None:
    for name, words in {
        "action.yml": "The revision that the change is compared with",
        ".pre-commit-hooks.yaml": "Checks all rules of the configuration",
        "notebooks/01_first_proof.ipynb": "This is a proof.",
        "docs/index.md": "It answers one question",
    }.items():
        assert words in prose(ROOT / name)
        assert ROOT / name in PAGES
