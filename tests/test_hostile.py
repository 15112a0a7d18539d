"""A stranger's pull request through the Action, the hooks and the commands: nothing of it runs, and nothing passes.

`tests/hostile.py` builds it. It brings an administrator's policy, files whose names are options or commands, links to
secrets, modules of every name that could be imported, and repositories that make git run programs.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import BIN, PATIENCE, python_path
from tests.hostile import Hostile, hostile_repository
from tests.repositories import ENVIRONMENT

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ADMIN = "policies/admin.json"
COMMANDS = [
    ["check"],
    ["check", "--base", "{base}"],
    ["check", "--base", "HEAD~1"],
    ["changes", ADMIN, "--since", "{base}", "--fail-on", "gained"],
    ["changes", "policies/ok.json", "evil/p.json", "--since", "{base}", "--fail-on", "gained"],
    ["changes", "policies/secret.json", "--since", "{base}"],
    ["changes", "policies/git.json", "--since", "{base}"],
    ["sweep", "policies", "--maximum", "max.json"],
    ["sweep", "policies", "--maximum", "max.json", "--jobs", "2"],
    ["sweep", "--maximum", "max.json", "--", "--boundary=deny.json", ADMIN],
    ["prove", "--policy", ADMIN, "--maximum", "max.json"],
    ["prove", "--policy", "policies/secret.json", "--maximum", "max.json"],
    ["prove", "--policy", "policies/git.json", "--maximum", "max.json"],
    ["diff", "max.json", ADMIN],
    ["confine", ADMIN, "--to", "s3"],
    ["evaluate", "--policy", "policies/secret.json", "--request", "policies/secret.json"],
    ["simplify", "policies/secret.json"],
    ["repair", "--policy", "policies/secret.json", "--maximum", "max.json"],
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return hostile_repository(tmp_path_factory.mktemp("stranger") / "work")


def ran(hostile: Hostile, *command: str, folder: Path | None = None, **environment: str) -> tuple[int, str]:
    """Run a command in the checkout as CI does, and return its code and what it says; nothing of the checkout ran."""
    done = subprocess.run(
        command,
        cwd=folder or hostile.root,
        env={
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": python_path(),
            "HOME": str(hostile.root),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert hostile.ran() == set()
    said = done.stdout + done.stderr
    assert hostile.secret not in said
    assert "repositoryformatversion" not in said
    assert "Traceback" not in said
    return done.returncode, said


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command(hostile: Hostile, command: list[str]) -> None:
    words = [word.replace("{base}", hostile.base) for word in command]
    code, said = ran(hostile, "verifier", *words)
    assert code in (1, 2), said


def test_it_is_hostile(tmp_path: Path) -> None:
    """What is planted does run where somebody is careless."""
    careless = hostile_repository(tmp_path / "work")
    subprocess.run([sys.executable, "-c", "import tomllib"], cwd=careless.root, check=False, capture_output=True)
    assert "tomllib" in careless.ran()
    subprocess.run(["git", "status"], cwd=careless.root, env=ENVIRONMENT, check=False, capture_output=True)
    assert "RAN-own" in careless.ran()
    subprocess.run(["git", "status"], cwd=careless.root / "evil", env=ENVIRONMENT, check=False, capture_output=True)
    show = ["git", "show", f"{'1' * 40}"]
    subprocess.run(show, cwd=careless.root / "evil", env=ENVIRONMENT, check=False, capture_output=True)
    assert "RAN-embedded" in careless.ran()


def step(name: str) -> dict[str, Any]:
    return next(one for one in ACTION["runs"]["steps"] if one.get("name") == name)


def act(hostile: Hostile, runner: Path, **inputs: str) -> tuple[int, str]:
    """Run the step that checks, as a runner does."""
    runner.mkdir()
    (runner / "verifier").symlink_to(BIN.parent)
    (runner / "summary").touch()
    names = {"BASE": hostile.base, "CONFIG": "", "BASELINE": "", "SARIF": str(runner / "v.sarif")} | inputs
    assert set(names) == set(step("Check")["env"])
    script = runner / "script.sh"
    script.write_text(step("Check")["run"])
    command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script))
    given = {"RUNNER_TEMP": str(runner), "GITHUB_STEP_SUMMARY": str(runner / "summary")}
    return ran(hostile, *command, **given, **names)


def place_of(result: dict[str, Any]) -> str:
    """The file that a result of SARIF is about."""
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_the_action(hostile: Hostile, tmp_path: Path) -> None:
    code, said = act(hostile, tmp_path / "runner")
    assert code == 1
    assert "policies/admin.json" in said
    assert "ESCAPES     policies/ADMIN.JSON" in said
    log = json.loads((tmp_path / "runner" / "v.sarif").read_text())
    found = {(one["ruleId"], place_of(one)) for one in log["runs"][0]["results"]}
    assert found >= {("escapes", "policies/admin.json"), ("escapes", "policies/ADMIN.JSON")}
    assert "broken" in {rule for rule, _ in found}
    assert "policies/admin.json" in (tmp_path / "runner" / "summary").read_text()


@pytest.mark.parametrize("base", ["", "0" * 40, "1" * 40, "nosuch", "--output=x", "$(touch RAN-base)", "main\n--list"])
def test_the_action_where_there_is_no_base(hostile: Hostile, tmp_path: Path, base: str) -> None:
    code, said = act(hostile, tmp_path / "runner", BASE=base)
    assert code == 2, said
    assert json.loads((tmp_path / "runner" / "v.sarif").read_text())["runs"][0]["results"]


def test_the_action_writes_through_no_link(hostile: Hostile, tmp_path: Path) -> None:
    code, said = act(hostile, tmp_path / "runner", SARIF="verifier.sarif")
    assert code == 2
    assert "is a link, so no report is written there" in said
    assert (hostile.root.parent / "secret").read_text() == "machine secret-word"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook(hostile: Hostile, hook: dict[str, Any]) -> None:
    """pre-commit puts the arguments of a configuration behind the entry, and the names of files behind them."""
    files = [] if hook.get("pass_filenames") is False else ["--fail-on=different.json", "--boundary=deny.json", ADMIN]
    refs = {"PRE_COMMIT": "1", "PRE_COMMIT_FROM_REF": hostile.base, "PRE_COMMIT_TO_REF": "HEAD"}
    code, said = ran(hostile, *shlex.split(hook["entry"]), *files, **refs)
    assert code == 1, said
    assert ADMIN in said


def test_no_python_of_the_action_looks_into_the_checkout() -> None:
    """Each Python is isolated, everything has a hash, and no input or event reaches a script but by the environment."""
    scripts = [one["run"] for one in ACTION["runs"]["steps"] if "run" in one]
    for script in scripts:
        assert "${{" not in script
        for line in script.splitlines():
            words = shlex.split(line)
            assert words[0].endswith("python"), line
            assert words[1:3] == ["-I", "-m"]
            if "install" in words:
                assert "--require-hashes" in words or {"--no-index", "--no-deps", "--no-build-isolation"} <= set(words)
    assert step("Install verifier")["working-directory"] == "${{ runner.temp }}"
    for one in ACTION["runs"]["steps"]:
        if "uses" in one:
            _, _, pinned = one["uses"].partition("@")
            assert len(pinned) == 40
            assert set(pinned) <= set("0123456789abcdef")
    assert {value.split("inputs.")[1].rstrip(" }") for value in step("Check")["env"].values()} == (
        set(ACTION["inputs"]) - {"working-directory"}
    )


def test_what_the_action_installs_with_makes_no_import_in_the_checkout(hostile: Hostile, tmp_path: Path) -> None:
    python = os.path.realpath(sys.executable)
    made = tmp_path / "verifier"
    assert ran(hostile, python, "-I", "-m", "venv", str(made), TMPDIR=str(tmp_path))[0] == 0
    code, said = ran(hostile, str(made / "bin" / "python"), "-I", "-m", "pip", "--isolated", "--version")
    assert (code, said[:4]) == (0, "pip ")


def test_what_builds_the_package_is_locked() -> None:
    wanted = "hatchling==1.33.0"
    assert wanted in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lock = (ROOT / "requirements-build.lock").read_text(encoding="utf-8")
    assert f"{wanted} \\\n    --hash=sha256:" in lock
