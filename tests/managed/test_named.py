"""What a text means where a document is expected: `names.json`, each with what it is, or what is said about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier import Policy, UsageError, sweep
from verifier.cli.app import run_command_line

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "names.json").read_text(encoding="utf-8"))
WIDE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
# Every place of the command line that takes a document, with a name for it.
PLACES = [
    "prove --policy {} --maximum wide.json",
    "prove --policy wide.json --maximum {}",
    "prove --policy wide.json --boundary {} --maximum wide.json",
    "prove --policy wide.json --session {} --maximum wide.json",
    "prove --policy wide.json --scp {} --maximum wide.json",
    "prove --any-policy --boundary {} --at-most s3",
    "repair --policy wide.json --boundary {} --maximum wide.json",
    "evaluate --policy {} --action s3:GetObject --resource *",
    "diff {} wide.json",
    "diff wide.json {}",
    "confine {} --to s3",
    "simplify {} --timeout 2",
    "sweep {} --maximum wide.json --jobs 1",
    "sweep wide.json --maximum {} --jobs 1",
    "sweep wide.json --boundary {} --maximum wide.json --jobs 2",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "wide.json").write_text(WIDE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["name"]))
def test_a_name_is_a_document_or_one_clear_error(case: dict[str, Any]) -> None:
    if "is" in case:
        found = Policy.load(case["name"])
        assert found.source.name == case["is"]
        assert found.source.origin.startswith(f"{case['is']} is ")
        assert not found.source.file
        return
    with pytest.raises(UsageError) as wrong:
        Policy.load(case["name"])
    assert str(wrong.value).isprintable()
    for words in case["says"]:
        assert words in str(wrong.value)
    for words in case.get("not", ()):
        assert words not in str(wrong.value)


@pytest.mark.parametrize("line", PLACES)
def test_a_name_stands_wherever_a_document_does(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word.format("aws:AmazonS3ReadOnlyAccess") for word in line.split()]
    code = run_command_line([*words, "--format", "json"])
    said = capsys.readouterr()
    assert code in (0, 1), said
    answer = json.loads(said.out)
    assert [one for one in answer["assumes"] if one.startswith("aws:AmazonS3ReadOnlyAccess is AWS's version v")]
    assert "warnings" not in answer
    assert run_command_line([word.format("aws:nothing") for word in line.split()]) == 2
    assert "no AWS managed policy `nothing`" in "".join(capsys.readouterr())


@pytest.mark.parametrize("name", ["aws:ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess", "preset:no-secrets"])
def test_a_file_of_that_name_makes_it_an_error(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever can make a file, as in a pull request, neither takes the place of a name nor is passed over."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(WIDE, encoding="utf-8")
    for line in (f"prove --policy wide.json --maximum {name}", f"sweep {name} --maximum wide.json --jobs 1"):
        assert run_command_line(line.split()) == 2
        assert "names a document that is shipped, and a file too" in "".join(capsys.readouterr())
    assert Policy.load(f"./{name}").source.text == WIDE
    assert Policy.load(Path(name)).source.text == WIDE
    (folder / name).unlink()
    (folder / name).symlink_to("nowhere")
    with pytest.raises(UsageError, match="and a file too"):
        Policy.load(name)


def test_a_request_has_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["evaluate", "--any-policy", "--request", "aws:ReadOnlyAccess"]) == 2
    assert "there is no file `aws:ReadOnlyAccess`" in capsys.readouterr().err


def test_a_report_quotes_the_lines_that_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["managed", "show", "ViewOnlyAccess"]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("note: aws:ViewOnlyAccess is AWS's version v")
    assert run_command_line(["prove", "--policy", "aws:ViewOnlyAccess", "--at-most", "s3"]) == 1
    said = capsys.readouterr().out
    place = next(word for line in said.splitlines() for word in line.split() if word.startswith("aws:ViewOnlyAccess:"))
    number = int(place.split(":")[2])
    quoted = [line.partition("|") for line in said.splitlines() if line.lstrip()[:1].isdigit() and "|" in line]
    assert quoted
    for head, _, text in quoted:
        assert shown.out.splitlines()[int(head) - 1] == text[1:]
        assert int(head) >= number


def test_code_scanning_is_told_the_line_of_a_document_that_is_not_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    run_command_line(["prove", "--policy", "aws:ViewOnlyAccess", "--maximum", "preset:no-secrets", "--format", "sarif"])
    found = capsys.readouterr().out
    (result,) = json.loads(found)["runs"][0]["results"]
    (place,) = result["locations"]
    name, _, rest = place["logicalLocations"][0]["name"].rpartition("Access:")
    assert (name, rest.replace(":", "").isdigit()) == ("aws:ViewOnly", True)
    assert [one["logicalLocations"][0]["name"].split(":")[1] for one in result["relatedLocations"]] == ["no-secrets"]


def test_a_sweep_tells_a_named_document_from_a_file_that_says_the_same(folder: Path) -> None:
    named = Policy.load("aws:AmazonS3ReadOnlyAccess")
    (folder / "same.json").write_text(named.source.text, encoding="utf-8")
    order = ["aws:AmazonS3ReadOnlyAccess", "same.json", "aws:AmazonS3ReadOnlyAccess", Path("same.json"), named]
    found = list(sweep(order, maximum=Policy.parse(WIDE)))
    told = [any(one.startswith("aws:") for one in each.answer.assumes) for each in found]  # type: ignore[union-attr]
    assert told == [True, False, True, False, True]


def test_warnings_about_shipped_documents_are_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody here can change them; the same text in a file has its warnings."""
    (folder / "same.json").write_text(Policy.load("aws:SecurityAudit").source.text, encoding="utf-8")
    run_command_line(["prove", "--policy", "same.json", "--maximum", "aws:SecurityAudit"])
    assert "note: same.json" in capsys.readouterr().err
    assert (
        run_command_line(["prove", "--policy", "aws:SecurityAudit", "--maximum", "aws:SecurityAudit", "--strict"]) == 0
    )
    assert capsys.readouterr().err == ""
