"""`--format sarif|html|junit|markdown` of the commands that have it, and of those that have not."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import typer

from tests.cli.conftest import DOCUMENTS, Call
from verifier.cli.commands import ExitCode
from verifier.cli.options import Format
from verifier.cli.output import print_undecided
from verifier.report.results import Form

ASKED = [
    ("prove --policy policy.json --maximum maximum.json", 0, []),
    ("prove --policy wide.json --maximum maximum.json", 1, ["escapes"]),
    ("prove --policy wide.json --maximum maximum.json --timeout 0.000001", 3, ["undecided"]),
    ("confine boundary.json --to dynamodb", 1, ["escapes"]),
    ("diff policy.json other.json", 1, ["gained", "lost"]),
    ("sweep policy.json wide.json bad.json deny.json odd.json --maximum maximum.json", 1, ["escapes", "broken"]),
]


@pytest.mark.parametrize(("line", "code", "rules"), ASKED, ids=[line for line, *_ in ASKED])
def test_every_form_of_every_answer(call: Call, line: str, code: int, rules: list[str]) -> None:
    made = {form: call(*shlex.split(line), "--format", form.value) for form in Form}
    assert [done.code for done in made.values()] == [code] * len(Form)
    assert made[Form.HTML].out.startswith("<!DOCTYPE html>")
    assert made[Form.MARKDOWN].out.startswith(f"### verifier {line.split(maxsplit=1)[0]}")
    results = json.loads(made[Form.SARIF].out)["runs"][0]["results"]
    assert [one["ruleId"] for one in results if one["ruleId"] not in ("vacuous", "doubtful")] == rules
    suite = ET.fromstring(made[Form.JUNIT].out)[0]  # noqa: S314  # our own text
    assert (suite.attrib["failures"] == "0") is ("escapes" not in rules and "gained" not in rules)


@pytest.mark.parametrize(("line", "code", "rules"), ASKED, ids=[line for line, *_ in ASKED])
def test_every_form_is_written_beside_what_is_printed(
    call: Call, folder: Path, line: str, code: int, rules: list[str]
) -> None:
    """`-o FORMAT=FILE` writes what `--format FORMAT` prints, in text what `-v` does."""
    arguments = shlex.split(line)
    forms = ["text", "json", *(form.value for form in Form)]
    plain = call(*arguments)
    beside = call(*arguments, *(word for form in forms for word in ("-o", f"{form}={form}.out")))
    assert (beside.code, beside.out) == (code, plain.out)
    for form in forms:
        printed = call(*arguments, *(["-v"] if form == "text" else ["--format", form])).out
        written = (folder / f"{form}.out").read_text(encoding="utf-8")
        assert _without_what_differs(written) == _without_what_differs(printed), form
    assert all(rule in (folder / "sarif.out").read_text(encoding="utf-8") for rule in rules)


def test_a_report_that_cannot_be_written_is_an_error_before_anything_is_asked(call: Call, folder: Path) -> None:
    (folder / "link.html").symlink_to(folder / "policy.json")
    for wanted, said in [("html", "does not name a report"), ("htm=a.htm", "sarif"), ("html=link.html", "is a link")]:
        done = call(*shlex.split(ASKED[0][0]), "-o", wanted)
        assert (done.code, done.out) == (2, "")
        assert said in done.err


def test_a_command_with_other_reports_is_undecided_without_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"form": Format.TEXT, "output": ["html=delegate.html", "smtlib=scripts"]}
    with pytest.raises(typer.Exit) as ended:
        print_undecided("delegate", options, "the time limit was reached")
    assert ended.value.exit_code == ExitCode.UNDECIDED
    assert "the time limit was reached" in capsys.readouterr().out
    assert not (folder / "delegate.html").exists()


def test_groups_are_written_where_the_printed_form_has_none(call: Call, folder: Path) -> None:
    done = call(*shlex.split(ASKED[1][0]), "--all", "--format", "junit", "-o", "html=a.html")
    assert done.code == 1
    assert "nothing else escapes" in (folder / "a.html").read_text(encoding="utf-8")


def _without_what_differs(text: str) -> str:
    return re.sub(r"<dt>(made|by)</dt><dd>.*?</dd>", "", text)


def test_a_page_tells_the_call_and_the_files_with_their_hashes(call: Call, folder: Path) -> None:
    named = "prove --policy wide.json --maximum maximum.json --format html --parameter Secret=hunter2"
    page = html.unescape(call(*shlex.split(named)).out)
    assert f"<code>verifier {named.replace('hunter2', '...')}</code>" in page
    assert "hunter2" not in page
    for name in ("wide.json", "maximum.json"):
        assert f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" in page
    swept = call(*shlex.split(ASKED[5][0]), "-o", "html=sweep.html")
    assert swept.code == 1
    page = (folder / "sweep.html").read_text(encoding="utf-8")
    for name in ASKED[5][0].split()[1:6]:
        assert f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" in page


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_pages_show_regions(call: Call, form: str) -> None:
    assert "nothing else escapes" in call(*shlex.split(ASKED[1][0]), "--all", "--format", form).out
    assert "nothing else differs" in call(*shlex.split(ASKED[4][0]), "--format", form).out


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        ("evaluate --policy policy.json --request request.json --format sarif", "'sarif' is for `prove`"),
        ("simplify policy.json --format html", "'html' is for `prove`"),
        (
            "prove --policy wide.json --maximum maximum.json --all --format junit",
            "`--format junit` does not show groups of requests",
        ),
    ],
)
def test_where_there_is_no_such_form(call: Call, line: str, piece: str) -> None:
    done = call(*shlex.split(line))
    assert (done.code, done.out) == (2, "")
    assert piece in done.err


def test_a_line_of_json_lines_is_found_again(call: Call, folder: Path) -> None:
    lines = [json.dumps(DOCUMENTS[name]) for name in ("policy.json", "wide.json")]
    named = json.dumps({"name": "team", "document": DOCUMENTS["wide.json"]})
    (folder / "many.jsonl").write_text("\n".join([*lines, named, named]), encoding="utf-8")
    done = call("sweep", "many.jsonl", "--maximum", "maximum.json", "--format", "sarif")
    found = [one["locations"][0]["physicalLocation"] for one in json.loads(done.out)["runs"][0]["results"]]
    assert [place["artifactLocation"]["uri"] for place in found] == ["many.jsonl"] * 3
    texts = (folder / "many.jsonl").read_text(encoding="utf-8").splitlines()
    for place, number in zip(found, (2, 3, 4), strict=True):
        region = place["region"]
        assert (region["startLine"], region["endLine"]) == (number, number)
        assert texts[number - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == '"*"'
