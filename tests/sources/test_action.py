"""The GitHub Action and the pre-commit hooks: what can be tried of them without the network."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repositories import document
from tests.sources.test_changes import repository  # noqa: F401  # a fixture

ROOT = Path(__file__).parents[2]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def act(folder: Path, **inputs: str) -> tuple[int, str, str, dict[str, Any] | None]:
    """Run the action's script as its step would; return code, log, summary and SARIF."""
    names = {"POLICIES": ".", "SINCE": "HEAD", "MAXIMUM": "", "BOUNDARY": "", "FAIL_ON": "gained", "SARIF": "v.sarif"}
    summary = folder.parent / "summary.md"
    environment = names | inputs | {"PATH": PATH, "GITHUB_STEP_SUMMARY": str(summary)}
    command = ["bash", str(ROOT / "tools" / "action.sh")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    sarif = folder / "v.sarif"
    log = json.loads(sarif.read_text()) if sarif.exists() else None
    return done.returncode, done.stdout + done.stderr, summary.read_text() if summary.exists() else "", log


@pytest.fixture
def pull_request(repository: Path) -> Path:  # noqa: F811
    """The repository with what changed known to git, as a checkout of a pull request has it."""
    subprocess.run(["git", "add", "--intent-to-add", "."], check=True, cwd=repository)
    return repository


def test_the_action_fails_where_something_is_gained(pull_request: Path) -> None:
    code, log, summary, sarif = act(pull_request)
    assert (code, "3 policies changed" in log) == (1, True)
    assert "same.json" not in summary
    assert re.search(r"wider\.json.*\*\*wider\*\*", summary)
    assert sarif
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} == {"gained", "lost"}


def test_the_action_proves(pull_request: Path) -> None:
    (pull_request.parent / "maximum.json").write_text(document("s3:*"))
    code, log, summary, sarif = act(pull_request, MAXIMUM="../maximum.json", FAIL_ON="never")
    assert code == 1
    assert re.search(r"ESCAPES +new\.json +sqs:", log)
    assert "verifier sweep" in summary
    assert "verifier changes" in summary
    assert sarif
    assert [one["ruleId"] for one in sarif["runs"][0]["results"]] == ["escapes"]
    (pull_request.parent / "maximum.json").write_text(document("*"))
    assert act(pull_request, MAXIMUM="../maximum.json", FAIL_ON="never")[0] == 0


def test_the_action_where_nothing_changed(pull_request: Path) -> None:
    subprocess.run(["git", "checkout", "-q", "."], check=True, cwd=pull_request)
    assert act(pull_request, POLICIES="same.json")[:2] == (0, "verifier: no policy changed\n")


def test_a_broken_policy_fails_the_action(pull_request: Path) -> None:
    (pull_request / "same.json").write_text("{")
    assert act(pull_request, POLICIES="same.json")[0] == 2


def test_the_action_hands_on_every_input() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    assert {value.split("inputs.")[1].rstrip(" }") for value in step["env"].values()} == set(action["inputs"])
    script = (ROOT / "tools" / "action.sh").read_text()
    assert all(name in script for name in step["env"])


def test_the_hooks_are_commands(pull_request: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    subprocess.run(["git", "add", "."], check=True, cwd=pull_request)
    arguments = {"verifier-prove": ["--maximum", "same.json"], "verifier-diff": []}
    assert {hook["id"] for hook in hooks} == set(arguments)
    for hook in hooks:
        command = [*shlex.split(hook["entry"]), *arguments[hook["id"]], "narrower.json"]
        done = subprocess.run(command, cwd=pull_request, env={"PATH": PATH}, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        command[-1] = "wider.json"
        assert (
            subprocess.run(command, cwd=pull_request, env={"PATH": PATH}, capture_output=True, check=False).returncode
            == 1
        )
