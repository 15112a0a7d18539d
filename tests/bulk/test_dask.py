"""A Dask cluster on this machine: a scheduler and two workers, one of which is killed while it works."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bulk.conftest import BOUNDARY, MAXIMUM, some
from tests.commands import PATIENCE, ROOT, python_path
from verifier import InputError, Swept, WorkersError, batch, sweep
from verifier.bulk.cluster import cluster

# It is not imported to be looked for: that takes each process that collects tests seconds.
pytestmark = [
    pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed: pip install '.[dask]'"),
    pytest.mark.filterwarnings("ignore"),  # Dask's own are not ours
]

_ENVIRONMENT = {**os.environ, "PYTHONPATH": python_path(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


@dataclass
class Running:
    """A cluster: the address of its scheduler, and its processes, the scheduler first."""

    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, program: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *options]
        nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.processes.append(subprocess.Popen(command, env=_ENVIRONMENT, cwd=ROOT, **nowhere))  # type: ignore[call-overload]  # streams by name

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    port = free_port()
    found = Running(f"tcp://127.0.0.1:{port}")
    try:
        found.start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port))
        for _ in range(2):
            found.start(
                "dask_worker", found.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path)
            )
        await_workers(found.address, 2)
        yield found
    finally:
        found.end()


def await_workers(address: str, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with cluster(address) as (_, workers):
                if workers == count:
                    return
        except WorkersError:
            pass
        time.sleep(0.2)
    raise AssertionError("the cluster does not start")


def facts(found: Swept) -> tuple[str, object]:
    return found.document, str(found.answer) if isinstance(found.answer, InputError) else found.answer


def test_a_cluster_answers_each_once_though_a_worker_dies(running: Running, tmp_path: Path) -> None:
    lines = tmp_path / "documents.jsonl"
    lines.write_text("\n".join(some(200)), encoding="utf-8")
    wanted = [facts(one) for one in sweep(lines, MAXIMUM, BOUNDARY)]

    with cluster(running.address) as (executor, workers):
        answers = sweep(lines, MAXIMUM, BOUNDARY, executor=executor, workers=workers, cache=tmp_path / "cache")
        found = [facts(next(answers)) for _ in range(20)]
        running.processes[1].send_signal(signal.SIGKILL)
        found += map(facts, answers)
        assert found == wanted

        texts = [
            json.dumps({"id": n, "ask": "confine", "document": json.loads(text), "services": ["s3"]})
            for n, text in enumerate(some(40))
            if text.startswith("{")
        ]
        assert list(batch(texts, executor=executor, workers=1)) == list(batch(texts))

    (tmp_path / "maximum.json").write_text(MAXIMUM.source.text)
    command = [sys.executable, "-m", "verifier", "sweep", str(lines), "--maximum", str(tmp_path / "maximum.json")]
    done = subprocess.run(
        [*command, "--dask", running.address, "--format", "json"],
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    here = subprocess.run(
        [*command, "--jobs", "1", "--format", "json"], env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, here.stdout, here.stderr)


def test_a_cluster_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.bulk.cluster._SECONDS", 1)
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense:"):
        with pytest.raises(WorkersError, match=f"there is no Dask scheduler at `{address}`"), cluster(address):
            pass
