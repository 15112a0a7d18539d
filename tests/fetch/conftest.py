"""A server that answers as AWS does, one for each process of the tests; each test finds it empty."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import botocore.loaders
import botocore.session
import pytest

from tests.fetch.aws import AwsServer, answering, pointing_at
from tests.fetch.seeding import seed_everything
from verifier.cli.app import run_command_line
from verifier.fetch.fetch import THREAD_NAME

# Botocore's models take a second to read; here they are read once for all sessions.
LOADER = botocore.loaders.create_loader()


@pytest.fixture(scope="session")
def _server() -> Iterator[AwsServer]:
    with answering() as server:
        yield server


@pytest.fixture
def asking(_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets boto3 ask the server: every name under `localhost` leads to it, and nothing waits before it asks again.

    What a command that ended early still has under way is over before the next test: boto3 draws random numbers, and
    Hypothesis wants nobody else to.
    """
    for name in set(os.environ) - set(pointing_at(_server.url)):
        monkeypatch.delenv(name)
    for name, value in pointing_at(_server.url).items():
        monkeypatch.setenv(name, value)
    resolve = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith("localhost") else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", local)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    share = lambda session: session.register_component("data_loader", LOADER)  # noqa: E731 - a method
    monkeypatch.setattr(botocore.session.Session, "_register_data_loader", share)
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
    yield
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


@pytest.fixture
def aws(_server: AwsServer, asking: None) -> AwsServer:
    """The server, empty."""
    _server.reset()
    return _server


@pytest.fixture
def seeded_aws(_server: AwsServer, asking: None) -> AwsServer:
    """The server with the account of `seed/`; tests that ask for it write nothing."""
    if not _server.seeded:
        _server.reset()
        seed_everything()
        _server.seeded = True
    _server.listen_anew()
    return _server


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@pytest.fixture
def fetch(asking: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs `verifier fetch-account` on the folder `account` of the test's own folder."""

    def run(*arguments: str, folder: str = "account") -> Done:
        code = run_command_line(["fetch-account", str(tmp_path / folder), *arguments])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run
