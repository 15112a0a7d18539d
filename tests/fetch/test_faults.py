"""AWS throttles, drops connections, refuses and breaks in the middle: the folder is whole in the end, or tells."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands import PATIENCE
from tests.fetch.aws import AwsServer, Fault
from tests.fetch.seeding import fetched, seeded
from verifier.clouds.aws.account.load import load_account

REGION = ("--region", "us-east-1")


def manifest(folder: Path) -> dict[str, Any]:
    """Return `fetched.json`."""
    return json.loads((folder / "fetched.json").read_text(encoding="utf-8"))


def published(folder: Path) -> set[str]:
    """Return the names of the files that readers read."""
    return {path.name for path in folder.glob("*.json")}


def of_service(name: str, fault: Fault) -> Callable[[int, str], Fault | None]:
    """A fault at each call of a service."""
    return lambda number, service: fault if service == name else None


def test_a_fault_now_and_then_changes_nothing(fetch, seeded_aws: AwsServer, tmp_path: Path):
    """A third of the calls fail, each in turn throttled, cut off, and answered with an error of the server."""
    turns = (Fault.THROTTLED, Fault.DROPPED, Fault.BROKEN)
    seeded_aws.faults = lambda number, service: turns[number // 3 % 3] if number % 3 == 0 else None
    done = fetch()
    assert (done.code, done.err) == (0, "")
    assert fetched(tmp_path / "account") == seeded()


def test_what_is_refused_is_told_and_asked_again(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = of_service("kms", Fault.REFUSED)
    done = fetch()
    assert done.code == 3
    assert "not read: 123456789012: kms:ListKeys in us-east-1: AccessDenied\n" in done.err
    assert [(one["file"], one["call"]) for one in manifest(tmp_path / "account")["not_read"]] == [
        ("resource-policies.json", "kms:ListKeys")
    ] * 2
    missing = [row for row in seeded()["resource-policies.json"] if ":kms:" not in row["resource"]]
    assert fetched(tmp_path / "account") == {**seeded(), "resource-policies.json": missing}
    seeded_aws.listen_anew()
    assert fetch().code == 0
    assert {service for _, service in seeded_aws.asked} == {"sts", "kms"}
    assert fetched(tmp_path / "account") == seeded()
    assert manifest(tmp_path / "account")["not_read"] == []


def test_an_audit_says_what_could_not_be_read(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = lambda number, service: Fault.REFUSED if service in ("kms", "organizations") else None
    assert fetch().code == 3
    told = load_account(tmp_path / "account").unread
    kms = "`kms:ListKeys` was not answered (AccessDenied) in eu-west-1, us-east-1"
    assert f"`resource-policies.json` is not complete: {kms}" in told
    assert any(
        each.startswith("there is no `organization.json`: organizations:DescribeOrganization is refused")
        for each in told
    )


def test_one_resource_that_is_refused_leaves_the_others(fetch, seeded_aws: AwsServer, tmp_path: Path):
    calls = itertools.count()
    seeded_aws.faults = lambda number, service: Fault.REFUSED if service == "sqs" and next(calls) == 1 else None
    assert fetch("--region", "eu-west-1").code == 3
    [refused] = manifest(tmp_path / "account")["not_read"]
    assert refused["call"] == "sqs:GetQueueAttributes"
    assert "jobs" in refused["resource"]


def test_what_runs_as_which_role_is_whole_or_not_there(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = of_service("ecs", Fault.REFUSED)
    done = fetch()
    assert done.code == 3
    assert "services.json is left out: " in done.err
    assert "services.json" not in published(tmp_path / "account")
    assert "services.json" in manifest(tmp_path / "account")["left_out"]


def test_not_all_regions_do_not_tell_what_runs_where(fetch, seeded_aws: AwsServer, tmp_path: Path):
    done = fetch(*REGION)
    assert done.code == 0
    assert (
        "note: 123456789012: services.json is left out: not all enabled regions were asked, eu-west-1 was not\n"
        in done.err
    )
    assert "services.json" not in published(tmp_path / "account")
    fetch("--region", "eu-west-1")
    assert fetched(tmp_path / "account") == seeded(), "two halves are the whole"


def test_what_one_region_lacks_is_not_forgotten_where_another_is_asked(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = of_service("kms", Fault.REFUSED)
    assert fetch(*REGION).code == 3
    seeded_aws.listen_anew()
    done = fetch("--region", "eu-west-1")
    assert done.code == 3
    assert [(one["call"], one["region"]) for one in manifest(tmp_path / "account")["not_read"]] == [
        ("kms:ListKeys", "us-east-1")
    ]
    assert manifest(tmp_path / "account")["regions"] == ["eu-west-1", "us-east-1"]


def test_a_region_that_was_asked_in_part_is_not_told_to_be_known(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = lambda at, service: Fault.EXPIRED if at >= 50 else None
    assert fetch(*REGION).code == 2
    seeded_aws.listen_anew()
    assert fetch("--region", "eu-west-1").code == 0
    assert manifest(tmp_path / "account")["regions"] == ["eu-west-1"]


def test_an_organization_that_may_not_be_asked_is_never_no_limit(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = of_service("organizations", Fault.REFUSED)
    done = fetch(*REGION)
    assert done.code == 3
    assert "organization.json is left out: organizations:DescribeOrganization is refused (AccessDenied)" in done.err
    assert "SCPs and RCPs are not known" in manifest(tmp_path / "account")["left_out"]["organization.json"]
    assert "organization.json" not in published(tmp_path / "account")


def test_without_the_dump_there_is_no_account(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = of_service("iam", Fault.REFUSED)
    done = fetch(*REGION)
    assert (done.code, done.out) == (2, "")
    assert "AWS refuses `iam:GetAccountAuthorizationDetails`" in done.err
    assert published(tmp_path / "account") == set()


@pytest.mark.parametrize("number", [2, 60])
def test_a_run_that_ends_early_goes_on(fetch, seeded_aws: AwsServer, tmp_path: Path, number: int):
    seeded_aws.faults = lambda at, service: Fault.EXPIRED if at >= number else None
    done = fetch()
    assert done.code == 2
    assert "the credentials have expired" in done.err
    assert published(tmp_path / "account") == set(), "nothing half-written"
    known = len(list((tmp_path / "account" / ".fetch").glob("*.json")))
    seeded_aws.listen_anew()
    assert fetch().code == 0
    assert fetched(tmp_path / "account") == seeded()
    assert known > 1 or number < 5, "what was answered is kept"


# What a process runs in place of `verifier`: names under `localhost` lead to this machine.
LOCAL = """
import socket
resolve = socket.getaddrinfo
here = lambda host: "127.0.0.1" if host.endswith("localhost") else host
socket.getaddrinfo = lambda host, *rest, **more: resolve(here(host), *rest, **more)
from verifier.cli.app import main
main()
"""


def test_a_process_that_is_killed_leaves_whole_files(fetch, seeded_aws: AwsServer, tmp_path: Path):
    processes: list[subprocess.Popen[bytes]] = []

    def killed(at: int, service: str) -> None:
        if at == 60:
            processes[0].kill()

    seeded_aws.faults = killed
    command = [sys.executable, "-c", LOCAL, "fetch-account", str(tmp_path / "account")]
    processes.append(subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE))
    processes[0].communicate(timeout=PATIENCE)
    assert processes[0].returncode == -signal.SIGKILL
    assert published(tmp_path / "account") == set()
    for part in (tmp_path / "account" / ".fetch").glob("*.json"):
        json.loads(part.read_text(encoding="utf-8"))
    seeded_aws.listen_anew()
    assert fetch().code == 0
    assert fetched(tmp_path / "account") == seeded()
    assert not list((tmp_path / "account" / ".fetch").glob("*.new"))


def test_ctrl_c_ends_a_process_without_a_word(fetch, seeded_aws: AwsServer, tmp_path: Path):
    processes: list[subprocess.Popen[bytes]] = []

    def interrupted(at: int, service: str) -> None:
        if at == 60:
            processes[0].send_signal(signal.SIGINT)

    seeded_aws.faults = interrupted
    command = [sys.executable, "-c", LOCAL, "fetch-account", str(tmp_path / "account")]
    processes.append(subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    assert processes[0].communicate(timeout=PATIENCE) == (b"", b"")
    assert processes[0].returncode == 130
    assert published(tmp_path / "account") == set()


def test_what_is_whole_is_not_asked_again(fetch, seeded_aws: AwsServer, tmp_path: Path):
    fetch(*REGION)
    seeded_aws.listen_anew()
    assert fetch(*REGION).code == 0
    assert [service for _, service in seeded_aws.asked] == ["sts"]
    seeded_aws.listen_anew()
    assert fetch(*REGION, "--fresh").code == 0
    assert len({service for _, service in seeded_aws.asked}) > 8


def test_no_network_is_told_at_once(fetch, seeded_aws: AwsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:1")
    done = fetch()
    assert done.code == 2
    assert "AWS cannot be reached" in done.err


def test_a_network_that_goes_away_ends_the_run(fetch, seeded_aws: AwsServer, tmp_path: Path):
    seeded_aws.faults = lambda number, service: Fault.DROPPED if number > 10 else None
    done = fetch()
    assert done.code == 2
    assert "run the same command again: it goes on where it stopped" in done.err
