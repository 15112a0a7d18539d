"""The commands: exit codes, both formats, standard input, files written."""

from __future__ import annotations

import json
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from tests.cli.conftest import DOCUMENTS, Call
from verifier.cli.app import COMMANDS
from verifier.cli.commands import ExitCode
from verifier.cli.options import FailOn
from verifier.cli.output import exit_code
from verifier.questions.verdict import Contained, Difference, Relation, Undecided

PROVE = "prove --policy policy.json --maximum maximum.json"

# A call, its exit code, the first word of its text, and a part of its JSON.
CALLS = [
    (PROVE, 0, "CONTAINED", {"verdict": "contained", "vacuous": False}),
    ("prove --policy wide.json --maximum maximum.json", 1, "ESCAPES", {"verdict": "escapes", "vacuous": False}),
    ("prove --policy wide.json --boundary boundary.json --maximum maximum.json", 0, "CONTAINED", {"vacuous": False}),
    ("prove --policy wide.json --session boundary.json --maximum maximum.json", 0, "CONTAINED", {}),
    ("prove --policy wide.json --scp root.json --scp boundary.json --maximum maximum.json", 0, "CONTAINED", {}),
    ("prove --policy other.json --scp account.json --maximum maximum.json", 1, "ESCAPES", {}),
    ("prove --policy policy.json --policy other.json --maximum maximum.json", 1, "ESCAPES", {}),
    ("prove --policy deny.json --maximum maximum.json", 0, "CONTAINED", {"verdict": "contained", "vacuous": True}),
    ("prove --policy deny.json --maximum maximum.json --fail-on vacuous", 1, "CONTAINED", {"vacuous": True}),
    (f"{PROVE} --fail-on vacuous --timeout 20 --max-size 4096", 0, "CONTAINED", {}),
    (f"{PROVE} --encoding strings", 0, "CONTAINED", {"verdict": "contained"}),
    ("diff old.json new.json", 0, "EQUIVALENT", {"verdict": "equivalent", "denies": "same"}),
    ("diff old.json wide.json", 1, "WIDER", {"verdict": "wider"}),
    ("diff wide.json old.json", 1, "NARROWER", {"verdict": "narrower"}),
    ("diff old.json other.json", 1, "INCOMPARABLE", {"verdict": "incomparable"}),
    ("diff deny.json deny.json", 0, "EQUIVALENT", {}),
    ("confine boundary.json --to s3 --to dynamodb", 0, "CONFINED", {"verdict": "contained"}),
    ("confine boundary.json --to dynamodb", 1, "ESCAPES", {"verdict": "escapes"}),
    ("confine deny.json --to s3 --fail-on vacuous", 1, "CONFINED", {"vacuous": True}),
    ("evaluate --policy policy.json --request request.json", 0, "ALLOWED", {"decision": "allowed"}),
    ("evaluate --policy other.json --request request.json", 1, "IMPLICIT", {"decision": "implicit-deny"}),
    ("evaluate --policy policy.json --boundary deny.json --request request.json", 1, "EXPLICIT", {}),
    ("simplify boundary.json", 0, "IRREDUNDANT", {"verdict": "irredundant", "removed": []}),
    ("simplify new.json", 1, "REDUNDANT", {"verdict": "redundant", "proved": True}),
    ("repair --policy policy.json --boundary boundary.json --maximum maximum.json", 0, "CONTAINED", {}),
    ("repair --policy wide.json --boundary wide.json --maximum maximum.json", 0, "REPAIRED", {"verdict": "repaired"}),
    ("repair --policy wide.json --maximum maximum.json", 0, "REPAIRED", {"verdict": "repaired", "proved": True}),
]


@pytest.mark.parametrize(("line", "code", "word", "answer"), CALLS, ids=[line for line, *_ in CALLS])
def test_a_call_is_answered_in_both_formats(
    call: Call, line: str, code: int, word: str, answer: dict[str, object]
) -> None:
    text = call(*shlex.split(line))
    assert (text.code, text.err) == (code, "")
    assert text.out.split()[0] == word
    assert "\x1b" not in text.out
    assert ("VACUOUS" in text.out) is (answer.get("vacuous") is True)

    data = call(*shlex.split(line), "--format", "json")
    assert (data.code, data.err) == (code, "")
    assert answer.items() <= data.json.items()
    assert None not in data.json.values()


def test_requests_stand_where_the_interface_says(call: Call) -> None:
    escapes = call("prove", "--policy", "other.json", "--maximum", "maximum.json", "--format", "json").json
    assert escapes["request"]["action"].startswith("dynamodb:")
    assert set(escapes) == {"verdict", "vacuous", "request", "realistic", "assumes"}
    found = call("diff", "old.json", "other.json", "--format", "json").json
    assert found["gained"]["request"]["action"].startswith("dynamodb:")
    assert found["lost"]["request"]["action"].lower().startswith("s3:get")


PROVE_WIDE = "prove --policy wide.json --maximum maximum.json"
PROVE_HELD = "prove --policy wide.json --boundary boundary.json --maximum maximum.json"

# A call without `--explain`, a line of its text that explains it, and of its text with `--explain`.
EXPLAINED = [
    (PROVE_WIDE, "maximum does not allow it: ", "maximum does not allow it: "),
    (PROVE_HELD, "", "  is held within the maximum by what boundary does not allow"),
    ("confine boundary.json --to dynamodb", "services do not allow it: ", "services do not allow it: "),
    ("confine boundary.json --to s3", "", "  stays within the maximum by itself"),
    ("diff old.json other.json", "old does not allow it: ", "old does not allow it: "),
    ("diff old.json new.json", "", ""),
]


@pytest.mark.parametrize(("line", "plain", "wanted"), EXPLAINED, ids=[line for line, *_ in EXPLAINED])
def test_counterexamples_are_explained_and_containments_on_demand(
    call: Call, line: str, plain: str, wanted: str
) -> None:
    first, second = call(*shlex.split(line)), call(*shlex.split(line), "--explain")
    assert first.code == second.code
    for text, part in ((first.out, plain), (second.out, wanted)):
        assert any(row.startswith(part) for row in text.splitlines()) if part else " allow it" not in text
    assert "held within" not in first.out


def test_json_holds_explanations_on_demand(call: Call) -> None:
    for line, *_ in EXPLAINED:
        assert "explanation" not in call(*shlex.split(line), "--format", "json").out
    escapes, held, confined, _, different, same = (
        call(*shlex.split(line), "--explain", "--format", "json").json for line, *_ in EXPLAINED
    )
    assert [part["document"] for part in escapes["explanation"]["documents"]] == ["policy", "maximum"]
    assert [part["document"] for part in confined["explanation"]["documents"]] == ["document", "services"]
    assert [grant["held"] for grant in held["explanation"]["grants"]] == ["by-limits"]
    assert held["explanation"]["needed"] == [{"document": "boundary"}]
    for side in ("gained", "lost"):
        assert [part["decides"] for part in different[side]["explanation"]["documents"]] == ["allowed", "implicit-deny"]
    assert "explanation" not in json.dumps(same)


def test_a_service_that_aws_does_not_have_is_warned_of(call: Call) -> None:
    done = call("confine", "boundary.json", "--to", "s3", "--to", "dynamo-db")
    assert done.code == 0
    assert "no service `dynamo-db`; did you mean `dynamodb`?" in done.err
    assert not call("confine", "boundary.json", "--to", "s3").err


def test_a_document_may_come_from_standard_input(call: Call) -> None:
    wide = json.dumps(DOCUMENTS["wide.json"])
    assert call("prove", "--policy", "-", "--maximum", "maximum.json", stdin=wide).code == 1
    request = json.dumps(DOCUMENTS["request.json"])
    assert call("evaluate", "--policy", "policy.json", "--request", "-", stdin=request).code == 0
    twice = call("diff", "-", "-", stdin=wide)
    assert (twice.code, twice.out) == (2, "")
    assert "standard input can be read only once" in twice.err


@pytest.mark.parametrize(
    ("line", "files"),
    [
        (PROVE, ["q.smt2"]),
        ("prove --policy policy.json --boundary boundary.json --needs needs.json", ["q.smt2"]),
        ("confine boundary.json --to s3", ["q.smt2"]),
        ("diff old.json new.json", ["q.smt2", "q.smt2.lost"]),
    ],
)
def test_a_question_is_written_as_smtlib(call: Call, folder: Path, line: str, files: list[str]) -> None:
    assert call(*shlex.split(line), "--smtlib", "q.smt2").code == 0
    assert sorted(path.name for path in folder.glob("q.*")) == files
    assert all("(check-sat)" in (folder / name).read_text(encoding="utf-8") for name in files)
    assert call(*shlex.split(line), "--smtlib", "no/q.smt2").code == 2


# Commands whose examples need a repository, or AWS.
ELSEWHERE = ("changes", "check", "fetch-account")


@pytest.mark.parametrize("command", ["", *(name for name in COMMANDS if name not in ELSEWHERE)])
def test_the_examples_of_the_help_are_true(call: Call, folder: Path, tmp_path: Path, command: str) -> None:
    home = tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    shown = call(*command.split(), "--help")
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    lines = re.findall(r"^ +(verifier .*)$", shown.out.replace("\\\n", ""), re.MULTILINE)
    assert lines
    for line in lines:
        words = shlex.split(line.replace("COMMAND", "prove").replace("~", str(home)))[1:]
        stdin = b""
        words = words[: words.index(">")] if ">" in words else words
        if "<" in words:
            place = words.index("<")
            stdin, words = (folder / words[place + 1]).read_bytes(), words[:place]
        ran = call(*words, stdin=stdin)
        assert ran.code == 0, (line, ran)
        assert ran.out


def test_every_command_has_examples() -> None:
    assert all(import_module(f"verifier.cli.{name.replace('-', '_')}").EXAMPLES for name in COMMANDS)


def test_versions_and_schema(call: Call) -> None:
    versions = call("--version")
    assert versions.code == 0
    assert re.fullmatch(r"iam-verifier \S.*\nz3 [0-9.]+\ncatalogue \d{4}-\d\d-\d\d\n", versions.out)
    schema = call("--json-schema")
    assert schema.code == 0
    assert {"VerdictAnswer", "DifferenceAnswer", "EvaluationAnswer", "ErrorAnswer"} <= set(schema.json["$defs"])


def test_what_is_not_known_is_undecided() -> None:
    assert exit_code(Undecided("time")) == ExitCode.UNDECIDED
    assert exit_code(Contained(None)) == ExitCode.YES
    assert exit_code(Contained(None), FailOn.VACUOUS) == ExitCode.UNDECIDED
    assert exit_code(Difference(Relation.UNDECIDED)) == ExitCode.UNDECIDED
    assert exit_code(Difference(Relation.WIDER, reason="time")) == ExitCode.NO
