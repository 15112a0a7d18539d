"""The reports for other programs: SARIF by its schema, JUnit as XML, Markdown and HTML that no document can write."""

from __future__ import annotations

import html as escaping
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

import verifier.report.html
from tests.output import reading
from tests.report.results import HOSTILE, hostile, results
from tests.report.test_audit_page import PROVENANCE
from verifier import evaluate
from verifier.base.source import Span
from verifier.questions.verdict import Difference, Escapes
from verifier.report.excerpt import excerpt
from verifier.report.findings import findings
from verifier.report.html import fragment, page
from verifier.report.html import html_shown as html_of
from verifier.report.junit import junit
from verifier.report.markdown import markdown
from verifier.report.rules import FindingRule
from verifier.report.sarif import sarif
from verifier.shown import Shown

DATA = Path(__file__).parent / "data"
VOID = {"meta", "br", "hr", "link", "input"}


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    made: dict[str, Any] = sarif(results(), "1.2.3")
    return made


def test_a_notebook_has_the_colours_of_its_theme_whatever_the_system_has() -> None:
    style = (Path(verifier.report.html.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    rules = dict(re.findall(r"^ *([^@{}/\n][^{}\n]*?) \{\n((?: +--[^\n]*\n)+)", style, re.MULTILINE))
    light, dark = (
        [name for name in rules if f'data-jp-theme-light="{is_light}"' in name] for is_light in ("true", "false")
    )
    system = {name: text.split() for name, text in rules.items()}
    assert system[light[0]] != system[dark[0]] == system[".verifier"]


def test_sarif_is_valid_by_the_official_schema(log: dict[str, Any]) -> None:
    schema = json.loads((DATA / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(json.loads(json.dumps(log)))


def test_sarif_lists_every_finding(log: dict[str, Any]) -> None:
    found = log["runs"][0]["results"]
    wanted = [finding for result in results() for finding in findings(result)]
    assert [one["ruleId"] for one in found] == [finding.rule.id for finding in wanted]
    assert {one["ruleId"] for one in found} == {rule.id for rule in FindingRule} - {FindingRule.LOOSENED.id}
    marks = [one["partialFingerprints"]["verifier/v2"] for one in found]
    assert len(set(marks)) == len(marks)


def test_sarif_places_point_into_the_sources(log: dict[str, Any]) -> None:
    wanted = [finding for result in results() for finding in findings(result)]
    seen = 0
    for one, finding in zip(log["runs"][0]["results"], wanted, strict=True):
        said = one["locations"] + one.get("relatedLocations", [])
        for location, place in zip(said, [finding.place, *finding.others], strict=True):
            physical = location.get("physicalLocation")
            if place is None or physical is None:
                continue
            region = physical["region"]
            span = Span(*(region[name] for name in ("startLine", "startColumn", "endLine", "endColumn")))
            uri = unquote(physical["artifactLocation"]["uri"])
            assert Path(uri).absolute() == Path(place.source.name).absolute()
            assert place.source.cut(span) == place.source.cut(place.span) != ""
            seen += 1
    assert seen > 10


def test_sarif_names_what_is_no_file_without_a_path(log: dict[str, Any]) -> None:
    (one,) = [one for one in log["runs"][0]["results"] if one["locations"][0].get("logicalLocations")]
    assert one["locations"][0]["logicalLocations"] == [{"name": "-"}]


def test_junit_counts_its_cases() -> None:
    root = ET.fromstring(junit(results(), "prove"))  # noqa: S314  # our own text
    (suite,) = root
    words = [result.word for result in results()]
    kinds = ["".join(child.tag for child in case) for case in suite]
    assert len(suite) == int(suite.attrib["tests"]) == len(words)
    assert dict(zip(words, kinds, strict=True)) == {
        "escapes": "failure",
        "contained": "",
        "vacuous": "system-out",
        "granted": "",
        "missing": "failure",
        "narrower": "failure",
        "equivalent": "",
        "incomparable": "failure",
        "undecided": "error",
        "error": "error",
    }
    assert (int(suite.attrib["failures"]), int(suite.attrib["errors"])) == (
        kinds.count("failure"),
        kinds.count("error"),
    )


class Reader(HTMLParser):
    """Reads HTML strictly: every element is closed, none is unknown; keeps text and what loads something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def test_the_page_is_whole_and_loads_nothing() -> None:
    reader = read(page(results(), PROVENANCE))
    assert not reader.loads
    assert "script" not in reader.tags
    assert "url(" not in page(results(), PROVENANCE)
    text = "".join(reader.texts)
    for result in results():
        if isinstance(result.answer, Escapes):
            assert result.answer.request.action in text
    assert "alert(1)" in text


def test_a_page_of_nothing_and_of_good_answers() -> None:
    read(page([], PROVENANCE))
    good = [result for result in results() if result.good]
    assert "nothing to look at" in page(good, PROVENANCE)


@pytest.mark.parametrize("number", range(len(results())))
def test_fragments_are_whole(number: int) -> None:
    assert "alert(1)</" not in fragment(results()[number])
    read(fragment(results()[number]))


def test_answers_show_themselves_in_notebooks() -> None:
    shown = [one for result in results() for one in (result.answer, result.why, result.regions)]
    requests = [result.answer.request for result in results() if isinstance(result.answer, Escapes)]
    evaluated = [evaluate([hostile("s3:*")], request) for request in requests]
    for one in (*shown, *requests, *evaluated):
        if isinstance(one, Shown):
            assert "alert(1)</" not in one._repr_html_()
            read(one._repr_html_())
    assert sum(isinstance(one, Shown) for one in shown) > 10
    with pytest.raises(TypeError):
        html_of(object())


def test_no_document_writes_the_markdown() -> None:
    text = markdown(results())
    assert not list(reading.markdown(text))
    assert text.count("<details>") == sum(not result.good for result in results())


def test_markdown_is_cut() -> None:
    many = [results()[0]] * 300
    assert len(markdown(many)) < 65_536  # the most that a comment on GitHub may hold
    assert "200 more" in markdown(many)


def test_excerpts_mark_what_the_pieces_cover() -> None:
    for result in results():
        for part in getattr(result.why, "parts", ()):
            for cited in part.statements:
                rows = excerpt(cited)
                marked = "".join(fragment.text for row in rows for fragment in row.fragments if fragment.piece)
                assert bool(marked) == bool(cited.pieces)
                assert all(row.number is None or row.text.strip("…") in cited.source.line(row.number) for row in rows)


def test_a_difference_has_a_finding_for_each_side() -> None:
    for result in results():
        if isinstance(result.answer, Difference):
            sides = [
                rule
                for rule, side in ((FindingRule.GAINED, result.answer.gained), (FindingRule.LOST, result.answer.lost))
                if side
            ]
            assert [finding.rule for finding in findings(result)] == sides


def test_good_answers_have_no_findings() -> None:
    for result in results():
        if result.good and not result.warnings:
            assert not list(findings(result))


def test_hostile_texts_are_in_the_page_as_text() -> None:
    assert escaping.escape(HOSTILE[:20]) in page(results(), PROVENANCE)


@pytest.mark.parametrize("name", ["parts.html.j2", "delegation_parts.html.j2"])
def test_tables_of_answers_stand_to_the_left_where_a_notebook_takes_their_style_away(name: str) -> None:
    template = (Path(verifier.report.html.__file__).parent / "templates" / name).read_text(encoding="utf-8")
    cells = re.findall(r"<t[hd]\b[^>]*>", template)
    assert cells
    assert all('style="text-align:left"' in cell for cell in cells)
