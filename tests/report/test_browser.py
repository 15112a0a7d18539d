"""The page in a real browser, headless Chromium: nothing is wider than a phone, and light and dark can both be read."""

from __future__ import annotations

import html
import itertools
import json
import re
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import CHROMIUM, FLAGS, browser
from tests.commands import PATIENCE
from tests.report.results import hostile, proved, results
from tests.report.test_audit_page import MILD, PROVENANCE, WORST, finding
from tests.report.test_audit_page import page as page_of_audit
from tests.report.test_delegation_page import PROVED, REFUTED
from tests.report.test_delegation_page import page as page_of_delegation
from verifier import Contained, Escapes, Request
from verifier.report.html import fragment, page
from verifier.report.many_page import many_page
from verifier.report.results import Result

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
ONCE = [*FLAGS, "--virtual-time-budget=4000", "--dump-dom"]
# Loads each page in a frame of a width, opens what is folded, and says what a person would notice of it.
HARNESS = Path(__file__).parent / "data" / "harness.html"


def an_audit() -> str:
    names = [f"arn:aws:iam::111122223333:role/application-{'x' * 40}-{number}" for number in range(50)]
    return page_of_audit(*(finding(MILD, name) for name in names), finding(WORST, names[0]))


def in_notebook(paper: str, light: str) -> str:
    """What JupyterLab shows of all answers, in one of its themes."""
    shown = "".join(map(fragment, results()))
    style = f"body {{ background: {paper}; margin: 0; font-family: sans-serif }}"
    return f'<!DOCTYPE html><style>{style}</style><body data-jp-theme-light="{light}">{shown}</body>'


# The longest word of a document that a page shows outside of its source.
LONG = proved(hostile("s3:*", Sid="Allow" * 16), hostile("s3:Get*"))
PAGES = {
    # The theme of a notebook may be another than the system's.
    "a light notebook": partial(in_notebook, "white", "true"),
    "a dark notebook": partial(in_notebook, "#111", "false"),
    "answers": partial(page, [*results(), LONG], PROVENANCE),
    "audit": an_audit,
    "many": partial(many_page, [*results(), *results()] * 5, PROVENANCE, "sweep"),
    "a chain": partial(page_of_delegation, REFUTED),
    "a proof": partial(page_of_delegation, PROVED),
}


def seen(folder: Path, flags: Sequence[str], frames: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """What a person would notice of pages in frames of a width: one browser shows them all."""
    shown = (
        f'<iframe width="{width}" height="900" srcdoc="{html.escape(PAGES[name]())}"></iframe>'
        for name, width in frames
    )
    noticed: list[dict[str, Any]] = said_by(
        HARNESS.read_text(encoding="utf-8").replace("FRAMES", "\n".join(shown)), folder, flags
    )
    return noticed


def said_by(harness: str, folder: Path, flags: Sequence[str] = ()) -> Any:
    """Return what the script of a page wrote, in a browser."""
    file = folder / "harness.html"
    file.write_text(harness, encoding="utf-8")
    command = [CHROMIUM or "", *ONCE, *flags, f"--user-data-dir={folder / 'profile'}", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize("flags", [(), ("--blink-settings=preferredColorScheme=0",)], ids=["light", "dark"])
def test_every_page_can_be_read(tmp_path: Path, flags: tuple[str, ...]) -> None:
    frames = list(itertools.product(PAGES, [390, 1280]))
    for (name, width), found in zip(frames, seen(tmp_path, flags, frames), strict=True):
        assert found["words"] > 50, (name, width)
        assert found["wide"] <= found["room"] <= width, (name, width)
        assert found["contrast"] >= 4.5, (name, width)  # WCAG AA
        assert found["small"] >= 12, (name, width)
        assert found["loaded"] == 0, (name, width)


CLICKS = Path(__file__).parent / "data" / "clicks.html"
ESCAPING = [f"p{number}.json" for number in range(12)]
HOLDING = [f"q{number}.json" for number in range(3)]


def test_the_table_filters_sorts_and_opens_answers(tmp_path: Path) -> None:
    asked = "within maximum.json"
    escapes = [
        Result(name, asked, Escapes(Request.of(f"iam:{chr(ord('Z') - number)}a", "*", {})))
        for number, name in enumerate(ESCAPING)
    ]
    holds = [Result(name, asked, Contained(vacuous=False)) for name in HOLDING]
    page = many_page([*holds, *escapes], PROVENANCE, "sweep")
    found = said_by(CLICKS.read_text(encoding="utf-8").replace("PAGE", html.escape(page)), tmp_path)
    rows = {step["name"]: step["rows"] for step in found["steps"]}
    assert rows["opened"] == [*ESCAPING, *HOLDING]  # what is to be looked at comes first
    assert rows["column 0 up"] == sorted([*ESCAPING, *HOLDING])
    assert rows["column 0 down"] == sorted([*ESCAPING, *HOLDING], reverse=True)
    assert set(rows["column 1 up"][:3]) == set(HOLDING)
    assert set(rows["column 1 down"][-3:]) == set(HOLDING)
    assert rows["column 2 down"][:12] == ESCAPING
    assert set(rows["typed"]) == {"p1.json", "p10.json", "p11.json"}
    assert set(rows["chosen"]) == set(HOLDING)
    counts = {step["name"]: step["count"] for step in found["steps"]}
    assert (counts["opened"], counts["typed"], counts["chosen"]) == ("15 of 15", "3 of 15", "3 of 15")
    opened = found["opened"]
    assert (opened["before"], opened["answers"], opened["answer"]) == (False, True, True)
    assert -1 <= opened["top"] < 900


def test_of_many_rows_some_are_shown_until_somebody_asks_for_all(tmp_path: Path) -> None:
    seen = "[...document.querySelectorAll('#table tbody tr')].filter((row) => row.offsetParent).length"
    names = [f"p{number:03}.json" for number in range(600)]
    page = many_page([Result(name, "within", Contained(vacuous=False)) for name in names], PROVENANCE, "sweep")
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    with browser(tmp_path) as tab:
        tab.go((tmp_path / "page.html").as_uri())
        tab.wait("#count", "600 of 600, the first 500 shown")
        assert tab.says(seen) == 500
        tab.click("#table th button", "document")
        tab.click("#table th button", "document")
        assert tab.says("document.querySelector('#table tbody tr').innerText").startswith("p599.json")
        assert tab.says(seen) == 500
        tab.click("#all", "show all")
        assert tab.says(seen) == 600
        assert tab.says("document.getElementById('count').innerText") == "600 of 600"
        assert tab.says("document.getElementById('all').offsetParent") is None
