"""The command: wrong calls, what it prints, and what hostile answers can do to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.fetch.aws import AwsServer, Fault
from tests.fetch.seeding import seed_organization
from verifier.cli.app import run_command_line
from verifier.fetch.permissions import permissions

CALLS = json.loads((Path(__file__).parent / "calls.json").read_text(encoding="utf-8"))
REGION = ("--region", "us-east-1")


@pytest.mark.parametrize("case", CALLS, ids=lambda case: case["name"])
def test_a_wrong_call(
    case: dict[str, Any], aws: AwsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.chdir(tmp_path)
    seed_organization()
    assert run_command_line(["fetch-account", *case["arguments"]]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(text in err for text in case["says"]), err
    assert not list(tmp_path.rglob("*.json"))


def test_the_permissions_are_printed_without_aws(monkeypatch: pytest.MonkeyPatch, capsys: Any):
    for name in ("boto3", "verifier.fetch.aws_session", "verifier.fetch.accounts"):
        monkeypatch.setitem(sys.modules, name, None)
    assert run_command_line(["fetch-account", "--permissions"]) == 0
    assert json.loads(capsys.readouterr().out) == permissions()


@pytest.mark.parametrize("name", ["boto3", "botocore.config", "jmespath"])
def test_boto3_is_missing(name: str, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    for module in ("verifier.fetch.aws_session", "verifier.fetch.accounts", "verifier.fetch.fetch"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, name, None)
    assert run_command_line(["fetch-account", "account"]) == 2
    assert (
        capsys.readouterr().err
        == "error: boto3 is not installed\n  help: in a checkout of verifier: pip install '.[aws]'\n"
    )


def test_no_credentials(fetch, aws: AwsServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    done = fetch()
    assert done.code == 2
    assert "Unable to locate credentials" in done.err
    assert "sign in, or name another profile" in done.err


def test_credentials_that_aws_does_not_take(fetch, aws: AwsServer):
    aws.faults = lambda number, service: Fault.REFUSED
    done = fetch()
    assert done.code == 2
    assert "AWS does not take the credentials: AccessDenied: told by the test" in done.err


def test_what_answers_say_steers_no_terminal_and_no_log(fetch, aws: AwsServer, tmp_path: Path):
    """The message of the fault has a control character and a command of a log; so has a name in the account."""
    boto3.client("iam").create_user(UserName="jane")
    boto3.client("logs").put_resource_policy(policyName="p", policyDocument='{"x": "\x1b[31m\n::error::"}')
    aws.faults = lambda number, service: Fault.REFUSED if service == "kms" else None
    done = fetch(*REGION, "--format", "json")
    assert done.code == 3
    written = [path.read_text(encoding="utf-8") for path in (tmp_path / "account").rglob("*.json")]
    assert written
    for text in (done.out, done.err, *written):
        assert "\x1b" not in text
        assert "\n::error::" not in text
        assert "##[" not in text
    [refused] = done.answer["accounts"][0]["not_read"]
    assert "told by the test" in refused["message"]
    assert "\x1b" in refused["message"], "read again, it is what AWS said"


def test_names_of_files_never_come_from_answers(fetch, aws: AwsServer, tmp_path: Path):
    aws.regions = ("us-east-1", "../../out")
    done = fetch()
    assert done.code == 2
    assert "`../../out` is not a region" in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"account"}


def test_a_folder_that_cannot_be_written(fetch, aws: AwsServer, tmp_path: Path):
    (tmp_path / "account").write_text("a file", encoding="utf-8")
    done = fetch()
    assert done.code == 2
    assert "cannot write" in done.err
