"""The documentation as a whole: no page is orphaned, every link leads somewhere, the reference is what the code says.

`make docs` builds the site; these tests need none. An anchor counts if GitHub and the site both make it of a heading.
"""

from __future__ import annotations

import ast
import importlib
import io
import itertools
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import ROOT
from tools.make_reference import FOLDER, NAMES, pages
from verifier.version import VERSION

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
OTHERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *ROOT.glob("*/**/README.md")]
HIDDEN = {".venv", ".git", "build", "mutants", "node_modules", ".pytest_cache"}
README_LINES = 171
CODE = ("verifier", "tests", "tools", "benchmarks")
MODULES = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
# Files of others that comments are about.
FOREIGN = {"json.py", "quacky.py", "z3core.py", "refs/", "refs/heads/", "refs/remotes/", "refs/tags/"}
ROOMS = {*CODE, "docs", "examples", "grammar", "notebooks", ".ci"}
FILES = {"toml", "sarif", "xml", "html"}  # what comes after the dot in `verifier.toml`, which is not a module
NAMING = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "tests/README.md")] + [
    *ROOT.glob("examples/*/README.md"),
    *ROOT.glob("notebooks/*.ipynb"),
    ROOT / "benchmarks" / "README.md",
    ROOT / "tests" / "cases" / "README.md",
]

_FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2`*$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[str]:
    """Every link of a page that leads to a file or a place of this checkout."""
    text = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)(?!\])", "", prose(page))
    yield from (link for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link))


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page that are the same on GitHub and on the site."""
    found: set[str] = set()
    for heading in _HEADING.findall(prose(page)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        github = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        site = re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_text).strip())
        found |= {github} & {site}
    return found


def in_nav(part: Any) -> Iterator[str]:
    """Every page that the nav names."""
    if isinstance(part, str):
        yield part
    else:
        for each in part.values() if isinstance(part, dict) else part:
            yield from in_nav(each)


def nav() -> list[str]:
    return list(in_nav(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]))


def test_every_page_is_in_the_nav_once() -> None:
    assert sorted(nav()) == sorted(page.relative_to(DOCS).as_posix() for page in PAGES)


@pytest.mark.parametrize(
    "page",
    [*PAGES, *(page for page in OTHERS if not HIDDEN & set(page.relative_to(ROOT).parts))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert ROOT in target.parents, link
        assert not anchor or anchor in anchors(target), link
        if DOCS in page.parents:  # the site holds docs/ and nothing else
            assert DOCS in target.parents, link
            assert target.suffix == ".md", link


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_picture_is_there_and_says_what_it_shows(page: Path) -> None:
    for says, path in _PICTURE.findall(prose(page)):
        assert (page.parent / path).is_file(), path
        assert says, path


def test_no_page_is_orphaned() -> None:
    """From the README, and from the start of the site, links lead to every page."""
    for start in (ROOT / "README.md", DOCS / "index.md"):
        reached, waiting = {start}, [start]
        while waiting:
            page = waiting.pop()
            for link in links(page):
                target = (page.parent / link.partition("#")[0]).resolve() if not link.startswith("#") else page
                if target.suffix == ".md" and target not in reached and DOCS in target.parents:
                    reached.add(target)
                    waiting.append(target)
        assert set(PAGES) <= reached | {DOCS / "index.md"}, start


def missing(text: str) -> list[str]:
    """The files, folders and modules that `text` names between backticks and that are not there.

    A path may begin in the package's folder or in that of the tests, and a Python file may be named without its folder.
    """
    named = set(re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.py)`", text)) | set(re.findall(r"\b\w+/[\w/-]*\w\.py\b", text))
    paths = {name for name in named if name.endswith(".py") or name.split("/")[0] in ROOMS}
    modules = set(re.findall(r"(?:-m |`)((?:verifier|tests)(?:\.\w+)+)", text))
    absent = {name for name in paths if not is_there(name)}
    return sorted(absent | {name for name in modules if not is_module(name)})


def is_there(name: str) -> bool:
    """Whether a file or folder of this name is in the checkout; a bare name may be in any folder of code."""
    if "/" not in name and any(path.name == name for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        return True
    return any((folder / name).exists() for folder in (ROOT, ROOT / "verifier", ROOT / "tests"))


def is_module(name: str) -> bool:
    """Whether `name` is a module, a name in one, or a file such as `verifier.toml`."""
    if name.rpartition(".")[2] in FILES:
        return True
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:size])
        if path.is_dir() or path.with_suffix(".py").is_file():
            if size == len(parts):
                return True
            return size + 1 == len(parts) and hasattr(importlib.import_module(".".join(parts[:size])), parts[size])
    return False


@pytest.mark.parametrize("page", [*PAGES, *NAMING], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_and_module_that_is_named_is_there(page: Path) -> None:
    assert missing(page.read_text(encoding="utf-8")) == []


def test_what_has_moved_is_noticed() -> None:
    text = "`logic/formula.py`, `moved.py`, `logic/moved.py`, `verifier/moved/`, `tests/moved.json` and `tests/cases/`"
    assert missing(text) == ["logic/moved.py", "moved.py", "tests/moved.json", "verifier/moved/"]
    text = (
        "python -m tests.moved.campaign, `verifier.smt.moved`, `verifier.smt.encode`, `verifier.prove`, `verifier.toml`"
    )
    assert missing(text) == ["tests.moved.campaign", "verifier.smt.moved"]


def named_by_code(text: str) -> Iterator[str]:
    """The Python files, and the folders between backticks, that the comments and docstrings of a module name."""
    docstrings = {(node.lineno, node.col_offset) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start in docstrings):
            yield from re.findall(r"\b(?:\w+/)*\w+\.py\b", token.string)
            yield from re.findall(r"`((?:\w+/)+)`", token.string)


def absent_in_code(text: str, folder: Path) -> list[str]:
    """What a module in `folder` names and is not there: a bare file name is in that folder, a path begins at a top."""
    tops = (ROOT, ROOT / "verifier", ROOT / "verifier" / "clouds" / "aws", ROOT / "tests")
    return sorted(
        name
        for name in set(named_by_code(text))
        if not any((top / name).exists() for top in ((folder,) if "/" not in name else (folder, *tops)))
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_the_code_names_is_there(path: Path) -> None:
    assert set(absent_in_code(path.read_text(encoding="utf-8"), path.parent)) <= FOREIGN


@pytest.mark.parametrize("path", sorted((ROOT / "grammar").glob("*.lark")), ids=lambda path: path.name)
def test_every_module_that_a_grammar_names_is_there(path: Path) -> None:
    named = re.findall(r"\bverifier/[\w/]+\.py\b", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_the_code_names_and_has_moved_is_noticed() -> None:
    text = '"""See `near.py`, `questions/moved.py` and `why/`."""\n# as moved.py does\nx = "data.py"\n'
    assert absent_in_code(text, ROOT / "verifier") == ["moved.py", "near.py", "questions/moved.py", "why/"]
    assert absent_in_code('"""As `search.py`, `smt/solve.py` and `regions/`."""', ROOT / "verifier" / "questions") == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_list_begins_after_an_empty_line(page: Path) -> None:
    """On GitHub it need not, on the site it must."""
    lines = prose(page).splitlines()
    for before, line in itertools.pairwise(lines):
        if re.match(r"(- |1\. )", line):
            assert not before.strip() or re.match(r"(- |\d+\. | )", before), line


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], "`make reference` renews it"


def test_the_reference_has_every_page() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(NAMES)


def test_the_site_needs_no_network() -> None:
    theme = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["theme"]
    assert theme["font"] is False
    assert not any(
        "```mermaid" in page.read_text(encoding="utf-8") for page in PAGES
    )  # its script comes from elsewhere


def test_the_site_says_which_version_it_is_about() -> None:
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["copyright"] == f"iam-verifier {VERSION}"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_LINES
