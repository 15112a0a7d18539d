"""SARIF: where findings are laid to, what stays the same across runs, what is cut, and that it is made in one pass."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.output import reading
from tests.report.results import results
from verifier import InputError
from verifier.base.errors import PolicyWarning
from verifier.base.grammar import source_of
from verifier.base.safe import json_text
from verifier.base.source import Source, Span
from verifier.clouds.aws.policy.parse import parse_source
from verifier.questions.verdict import Contained, Undecided
from verifier.report.results import Form, Result, render
from verifier.report.rules import FindingRule
from verifier.report.sarif import MOST_CHARACTERS, MOST_RESULTS, sarif

BROKEN = '{"Statement": [{"Efect": "Allow"}]}'


def run_of(*several: Result, root: Path | None = None) -> dict[str, Any]:
    log = sarif(several, "1.0", root)
    assert not list(reading.sarif(json_text(log, indent=2)))
    run: dict[str, Any] = log["runs"][0]
    return run


def broken(name: str, text: str = BROKEN) -> Result:
    try:
        parse_source(source_of(text, name, file=True))
    except InputError as error:
        return Result(name, "within the maximum", error)
    raise AssertionError("the document is not broken")


def address(result: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = result["locations"][0]["physicalLocation"]["artifactLocation"]
    return found


def test_all_kinds_of_results_are_as_code_scanning_wants_them() -> None:
    run = run_of(*results())
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in FindingRule]


@pytest.mark.parametrize("form", Form)
def test_a_report_of_nothing_is_whole(form: Form) -> None:
    said = render([], form, "check")
    read = {Form.SARIF: reading.sarif, Form.HTML: reading.page, Form.MARKDOWN: reading.markdown}
    assert not list(reading.junit(said.encode()) if form is Form.JUNIT else read[form](said))
    if form is Form.SARIF:
        assert json.loads(said)["runs"][0]["results"] == []


def test_addresses_are_relative_to_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "repo"
    (root / "sub" / "deep").mkdir(parents=True)
    for name in ("sub/a b.json", "sub/<text>", "sub/-", "sub/a:b.json", "sub/é#?%41.json"):
        (root / name).write_text(BROKEN)
    (root / "sub" / "link.json").symlink_to("a b.json")
    (root / "sub" / "out.json").symlink_to(tmp_path / "other.json")
    (tmp_path / "other.json").write_text(BROKEN)
    odd = os.fsdecode(b"sub/caf\xe9.json")
    (root / odd).write_text(BROKEN)
    monkeypatch.chdir(root / "sub")
    wanted = {
        "a b.json": "sub/a%20b.json",
        "./deep/../a b.json": "sub/a%20b.json",
        str(root / "sub" / "a b.json"): "sub/a%20b.json",
        "<text>": "sub/%3Ctext%3E",
        "./-": "sub/-",
        "a:b.json": "sub/a%3Ab.json",
        "é#?%41.json": "sub/%C3%A9%23%3F%2541.json",
        os.fsdecode(b"caf\xe9.json"): "sub/caf%E9.json",
        "link.json": "sub/a%20b.json",  # GitHub shows nothing at a link
        "out.json": "sub/out.json",
        "not there.json": "sub/not%20there.json",
    }
    for name, uri in wanted.items():
        (one,) = run_of(broken(name), root=root)["results"]
        assert address(one) == {"uri": uri, "uriBaseId": "%SRCROOT%"}, name
    (one,) = run_of(broken("../../other.json"), root=root)["results"]
    assert address(one) == {"uri": (tmp_path / "other.json").as_uri()}
    (here,) = run_of(broken("a b.json"))["results"]
    assert address(here)["uri"] == "a%20b.json"
    assert unquote(address(here)["uri"]) == "a b.json"


def test_what_is_not_a_file_is_named() -> None:
    for name in ("-", "<text>"):
        result = Result(name, "within the maximum", Undecided("of the time"))
        (one,) = run_of(result)["results"]
        assert "logicalLocations" in one["locations"][0]
    (one,) = run_of(Result("web-server", "within", Undecided("of the time"), file="policies.jsonl"))["results"]
    assert address(one)["uri"] == "policies.jsonl"


def test_fingerprints_stay_when_lines_move_and_when_the_folder_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marks(name: str, text: str) -> list[str]:
        found = run_of(broken(name, text), root=tmp_path)["results"]
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in found]

    monkeypatch.chdir(tmp_path)
    first = marks("a.json", BROKEN)
    assert first == marks("a.json", f"\n\n  {BROKEN}")
    assert first != marks("b.json", BROKEN)
    assert first != marks("a.json", BROKEN.replace("Efect", "Effekt"))
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert first == marks("../a.json", BROKEN)


def test_a_rule_a_level_and_an_accepted_finding_are_told() -> None:
    escapes = results()[0]
    configured = dataclasses.replace(escapes, rule="teams", level="note", suppressed="until the move; see @octo")
    (one,) = run_of(configured)["results"]
    assert one["level"] == "note"
    assert one["message"]["text"].startswith("teams: ")
    assert one["suppressions"][0]["justification"] == "until the move; see \\x40octo"
    assert configured.good
    for form, read in ((Form.HTML, reading.page), (Form.MARKDOWN, reading.markdown)):
        said = render([configured], form, "check")
        assert not list(read(said))
        assert "accepted" in said.lower()
    assert "<skipped " in render([configured], Form.JUNIT, "check")


def doubtful(count: int, of: str = "odd") -> Result:
    """As many warnings as `count`, each on a line of its own."""
    source = source_of("\n".join(f'"{number}"' for number in range(count)), "many.json", file=True)
    warnings = tuple((source, PolicyWarning(of, Span(number, 1, number, 4))) for number in range(1, count + 1))
    return Result("many.json", "within", Contained(False, ()), warnings=warnings, file="many.json")


def test_the_gravest_are_kept_where_there_are_too_many() -> None:
    run = run_of(doubtful(60_000), broken("a.json"))
    levels = [one["level"] for one in run["results"]]
    assert len(levels) == MOST_RESULTS
    assert levels.count("error") == 1
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "55,001" in note["message"]["text"]


def test_long_messages_are_cut_and_the_upload_stays_small() -> None:
    run = run_of(doubtful(6_000, "x" * 50_000))
    assert max(len(one["message"]["text"]) for one in run["results"]) < 1_100
    assert len(json.dumps(run, indent=2)) < MOST_CHARACTERS * 2


class Counting(str):
    """A text that counts how many of its characters somebody goes through."""

    __slots__ = ()
    work = 0

    def __getitem__(self, place: Any) -> str:
        found = super().__getitem__(place)
        Counting.work += len(found)
        return found

    def find(self, what: str, start: int = 0, end: int | None = None) -> int:
        found = super().find(what, start, len(self) if end is None else end)
        Counting.work += (found if found >= 0 else len(self)) - start
        return found

    def count(self, what: str, start: int = 0, end: int | None = None) -> int:
        Counting.work += (len(self) if end is None else end) - start
        return super().count(what, start, len(self) if end is None else end)


@pytest.mark.parametrize("form", Form)
def test_the_work_grows_as_the_warnings_do(form: Form) -> None:
    """Work is counted, not time: looking for the line of each warning from the top is quadratic."""
    made: list[int] = []
    for count in (300, 3_000):
        result = doubtful(count)
        (source,) = {source for source, _ in result.warnings}
        counted = Source(source.name, Counting(source.text), file=True)
        result = dataclasses.replace(result, warnings=tuple((counted, warning) for _, warning in result.warnings))
        Counting.work = 0
        render([result], form, "prove")
        made.append(Counting.work)
    assert made[1] <= 15 * made[0]


def test_the_counter_notices_a_search_from_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: how lines were looked for once."""

    def offset(self: Source, number: int) -> int:
        start = 0
        for _ in range(number - 1):
            start = self.text.find("\n", start) + 1
        return start

    monkeypatch.setattr(Source, "_offset", offset)
    with pytest.raises(AssertionError):
        test_the_work_grows_as_the_warnings_do(Form.SARIF)


def test_lines_are_found_where_they_are() -> None:
    text = "a\nbc\r\n\n  d"
    source = Source("x", text)
    assert [source.line(number) for number in range(7)] == ["", "a", "bc", "", "  d", "", ""]
    assert source.cut(Span(2, 1, 4, 4)) == "bc\r\n\n  d"
    assert source.cut(Span(9, 1, 9, 2)) == ""
