"""Requests out of events of CloudTrail and messages of AWS, as data: `requests.json` names files under `requests/`.

Each case has the request that the file yields, with how its notes begin, or its error.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Ran, run
from verifier import InputError, Request
from verifier.base.errors import RequestError, Severity
from verifier.base.files import read_source
from verifier.base.source import Source
from verifier.clouds.aws.catalogue.actions import find_action
from verifier.clouds.aws.request import read_request_source
from verifier.sources.event_table import MORE_ACTIONS, action_of
from verifier.sources.events import open_request

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "requests.json").read_text(encoding="utf-8"))


def source_of(case: dict[str, Any]) -> Source:
    return Source(case["file"], read_source(HERE / "requests" / case["file"]).text, file=True)


def test_every_file_has_a_case():
    assert {case["file"] for case in CASES} == {path.name for path in (HERE / "requests").iterdir()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"] + case.get("selector", ""))
def test_request(case: dict[str, Any]):
    source = source_of(case)
    if "error" in case:
        with pytest.raises(RequestError) as told:
            read_request_source(open_request(source, case.get("selector", "")).source)
        assert case["error"] in str(told.value)
        assert told.value.help
        return
    opened = open_request(source, case.get("selector", ""))
    request = read_request_source(opened.source)
    context = {key.name: list(value) if isinstance(value, tuple) else value for key, value in request.context.items()}
    assert {"action": request.action, "resource": request.resource, "principal": request.principal} == case["request"]
    assert context == case["context"]
    assert [note.message for note in opened.notes] == case["notes"]
    assert all(note.severity is Severity.NOTE for note in opened.notes)
    assert request.spans is not None
    for span in (request.spans.action, request.spans.resource, *request.spans.keys.values()):
        assert source.cut(span).strip()
    for note in opened.notes:
        assert source.cut(note.span).strip()


def test_a_place_in_an_event_is_where_the_event_says_it():
    source = source_of({"file": "s3-get-object.json"})
    request = read_request_source(open_request(source).source)
    assert request.spans is not None
    assert source.cut(request.spans.resource) == '"arn:aws:s3:::reports/2026/a.csv"'
    assert source.cut(next(span for key, span in request.spans.keys.items() if key.folded == "aws:sourceip")) == (
        '"203.0.113.7"'
    )


@pytest.mark.parametrize("key", MORE_ACTIONS, ids=":".join)
def test_calls_that_need_more_have_an_action(key: tuple[str, str]):
    assert action_of(*key) is not None


def test_the_table_of_exceptions_names_actions_that_the_catalogue_has():
    from verifier.sources import event_table  # noqa: PLC0415 - its tables

    for (service, event), name in event_table._ACTIONS.items():
        assert find_action(name) is not None, name
        assert find_action(f"{service}:{event}") is None, f"{event} is an action of its own"
    for name, versioned in event_table._WITH_VERSION.items():
        assert find_action(name) is not None
        assert find_action(versioned) is not None


def test_python_has_what_the_command_has():
    log = HERE / "requests" / "log.json"
    assert Request.load(f"{log}#0b1c2d3e-0000-4000-8000-000000000002").action == "s3:ListAllMyBuckets"
    assert Request.load(HERE / "requests" / "request.json").resource == "arn:aws:s3:::reports/a"
    message = (HERE / "requests" / "denied-cli.txt").read_text(encoding="utf-8")
    assert Request.parse(message).principal == "arn:aws:iam::111122223333:user/jane"
    assert Request.parse('{"action": "s3:GetObject", "resource": "*"}').resource == "*"
    for wrong, says in ((log, "holds 2 events"), (HERE / "none.json", "there is no file")):
        with pytest.raises(InputError, match=says):
            Request.load(wrong)
    with pytest.raises(RequestError, match="<text>"):
        Request.parse("nothing")


def test_evaluate_takes_an_event(tmp_path: Path):
    (tmp_path / "policy.json").write_text(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}'
    )

    def evaluated(name: str) -> Ran:
        file = shlex.quote(str(HERE / "requests" / name))
        return run(f"verifier evaluate --strict --policy policy.json --request {file}", tmp_path)

    done = evaluated("s3-get-object.json")
    assert done.code == 0, done.err
    assert "an event does not tell tags" in done.err
    assert evaluated("log.json#0b1c2d3e-0000-4000-8000-000000000001").code == 0
    several = evaluated("log.json")
    assert several.code == 2
    assert "holds 2 events" in several.err
    denied = evaluated("denied-cli.txt")
    assert denied.code == 1
    assert "the message does not tell the context" in denied.err
