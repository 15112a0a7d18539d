"""`browse()` in JupyterLab, by clicks in a real browser: what a person does, and what that person then sees.

JupyterLab may be of any environment on the path, with ipywidgets; the kernel is the Python of these tests.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.chromium import CHROMIUM, Tab, browser
from tests.commands import PATIENCE, ROOT

JUPYTER = shutil.which("jupyter-lab")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(JUPYTER is None, reason="there is no JupyterLab on the path"),
]
EXAMPLE = ROOT / "examples" / "john-and-jane"
CELL = f"""from verifier import Policy, explore
policy = Policy.load({str(EXAMPLE / "any-policy.json")!r})
boundary = Policy.load({str(EXAMPLE / "john-boundary-loose.json")!r})
explore([policy], Policy.load({str(EXAMPLE / "john-maximum.json")!r}), boundary).browse()"""
# While it works, its buttons are off, and a click on them is lost.
SHOWN, BUTTON, CHIP = ".jp-OutputArea", "button:enabled", "button.verifier-chip:enabled"


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab that has one notebook, `browse.ipynb`."""
    kernel = folder / "share" / "kernels" / "tested"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "tested", "language": "python"}))
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "outputs": [], "execution_count": None, "source": CELL}
    spec = {"kernelspec": {"name": "tested", "display_name": "tested", "language": "python"}}
    notebook = {"cells": [cell], "metadata": spec, "nbformat": 4, "nbformat_minor": 5}
    (folder / "root").mkdir()
    (folder / "root" / "browse.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **own, "JUPYTER_PATH": str(folder / "share"), "IPYTHONDIR": str(folder / "ipython")}
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder / 'root'}"]
    command = [JUPYTER or "", *options, f"--port={port}", "--ServerApp.port_retries=0"]
    log = (folder / "log").open("w")
    server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        _until_it_answers(f"{address}/api/status", server)
        yield f"{address}/lab/tree/browse.ipynb?reset"
    finally:
        server.terminate()
        server.wait(PATIENCE)
        log.close()


def _until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")


def pin(tab: Tab, box: str, text: str, button: str) -> None:
    """Type `text` into the box that hints at `box`, and click on a button."""
    tab.click("input", box)
    tab.type(text)
    tab.click(BUTTON, button)


def chips(tab: Tab) -> list[str]:
    found: list[str] = tab.says(f"[...document.querySelectorAll('{CHIP}')].map((one) => one.innerText)")
    return found


def test_six_steps(tmp_path: Path) -> None:
    with jupyter_lab(tmp_path) as address, browser(tmp_path) as tab:
        tab.go(address)
        tab.wait("#jp-bottom-panel", "tested | Idle")
        tab.click("[data-command='notebook:run-cell-and-select-next']")
        tab.wait(SHOWN, "counterexample 1")
        tab.wait(SHOWN, "john-boundary-loose.json")
        assert chips(tab) == []

        pin(tab, "all services", "ec2", "Only these")
        tab.wait(CHIP, "where service ec2")
        tab.wait(SHOWN, "counterexample 1, where service ec2")
        tab.wait(".verifier .request code, .jp-OutputArea dd code", "ec2:")

        pin(tab, "a condition key", "aws:SourceVcp", "Not these")
        tab.wait(SHOWN, "did you mean aws:SourceVpc?")
        assert len(chips(tab)) == 1

        pin(tab, "a condition key", "aws:SourceVpc", "Not these")
        tab.wait(CHIP, "without aws:SourceVpc present")
        tab.click(BUTTON, "What is left")
        tab.wait(SHOWN, "nothing else escapes: proved")

        tab.click(CHIP, "where service ec2")
        tab.wait(SHOWN, "counterexample 1, without aws:SourceVpc present")
        assert chips(tab) == ["without aws:SourceVpc present ✕"]
        tab.click(BUTTON, "Next")
        tab.wait(SHOWN, "counterexample 2, without")
        tab.click(BUTTON, "Back")
        tab.wait(SHOWN, "counterexample 1, without")
        assert "`" not in tab.says("document.querySelector('.jp-OutputArea').innerText")
