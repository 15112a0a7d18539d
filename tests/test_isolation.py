"""Nothing is imported from the working directory, by any command and by no process that it starts (`hostile.py`)."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import BIN, PATIENCE, python_path
from tests.hostile import Planted, plant_modules

COMMAND = [str(BIN / "verifier")]
SAFE = [sys.executable, "-P", "-m", "verifier"]
# Without any protection: here the working directory is the first place to look in, and in the children too.
UNSAFE = [sys.executable, "-c", "from verifier.cli import main; main()"]
_CHILD = "import runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
_COMMAND = f"""
from verifier.base import processes
from verifier.cli import main
processes.command = lambda: [{sys.executable!r}, "-c", {_CHILD!r}]
main()
"""
UNSAFE_CHILDREN = [sys.executable, "-P", "-c", _COMMAND]

PROVE = "prove --policy wide.json --boundary boundary.json --maximum maximum.json"
SOLVED = "sweep policies/1.json maximum.json --maximum maximum.json --jobs 2 --encoding strings"
CALLS = [
    PROVE,
    *(f"{PROVE} --format {form}" for form in ("json", "html", "sarif", "junit", "markdown")),
    f"{PROVE} --all --explain",
    f"{PROVE} --encoding strings",
    f"{PROVE} --world aws",
    "prove --policy broken.json --maximum maximum.json",
    "diff boundary.json maximum.json --explain",
    "confine boundary.json --to s3",
    "evaluate --policy wide.json --request request.json",
    SOLVED,
    "sweep policies wide.json --maximum maximum.json --jobs 2 --format html",
    "sweep policies --maximum maximum.json --jobs 2 --cache ../answers.sqlite",
    "changes boundary.json --since HEAD",
    "review boundary.json maximum.json -o sarif=../review.sarif",
    "check",
    "check --base HEAD -o sarif=../check.sarif",
    "simplify boundary.json",
    "repair --policy wide.json --boundary wide.json --maximum maximum.json",
    "batch",
    "batch --jobs 2 --cache ../lines.sqlite",
    "--version",
    "--json-schema",
    "prove --help",
]


def document(*actions: str, **others: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | others
    return {"Version": "2012-10-17", "Statement": [statement]}


DOCUMENTS: dict[str, Any] = {
    **{f"policies/{number}.json": document(f"s3:Get{number}*", "s3:Put*") for number in range(20)},
    "wide.json": document("*"),
    "boundary.json": document("s3:*", "iam:Get*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    "maximum.json": document("s3:*"),
    "broken.json": document("s3 Get"),
    "request.json": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {}},
}
RULE = """
[[rule]]
name = "policies"
policies = ["policies/*.json"]
maximum = "maximum.json"

[[rule]]
name = "boundary"
compare = ["boundary.json"]
"""
LINES = [
    {"id": 1, "ask": "prove", "policies": [document("*")], "maximum": document("s3:*")},
    {"id": 2, "ask": "confine", "document": document("s3:*"), "services": ["s3"]},
]
STDIN = "\n".join(map(json.dumps, LINES))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with nothing but documents."""
    folder = tmp_path_factory.mktemp("clean") / "checkout"
    (folder / "policies").mkdir(parents=True)
    for name, content in DOCUMENTS.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    (folder / "verifier.toml").write_text(RULE, encoding="utf-8")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def planted(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The same, with a module of every name."""
    folder = tmp_path_factory.mktemp("hostile") / "checkout"
    shutil.copytree(clean, folder)
    return plant_modules(folder)


@pytest.fixture
def planted_apart(planted: Planted, tmp_path: Path) -> Planted:
    """The same again, for what leaves traces."""
    folder = tmp_path / "checkout"
    shutil.copytree(planted.folder, folder, ignore=shutil.ignore_patterns("*.py"))
    return plant_modules(folder)


def run(folder: Path, command: list[str], call: str) -> tuple[int, str, str]:
    """Return the exit code and both streams of a call in `folder`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*command, *call.split()],
        cwd=folder,
        env=environment | {"PYTHONPATH": python_path(), "NO_COLOR": "1", "COLUMNS": "120"},
        input=STDIN,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("call", CALLS)
def test_the_command_imports_nothing_from_here(clean: Path, planted: Planted, call: str) -> None:
    found = run(planted.folder, COMMAND, call)
    assert planted.ran() == set()
    assert found == run(clean, COMMAND, call)
    assert found[0] in (0, 1, 2)
    assert "Traceback" not in found[2]


# Writes down which libraries and files of the working directory this process and its children load or open.
_WATCH = """
import os, sys
def watch(event, words, here=os.getcwd(), said=open(os.environ["SAID"], "a", buffering=1)):
    if event in ("ctypes.dlopen", "open") and isinstance(words[0], str):
        path = os.path.abspath(words[0])
        if path.startswith(here + os.sep):
            said.write(os.path.relpath(path, here) + os.linesep)
sys.addaudithook(watch)
"""
_WATCHED = f"""
from verifier.base import processes
from verifier.cli import main
processes.command = lambda: [{sys.executable!r}, "-P", "-c", {_WATCH + _CHILD!r}]
main()
"""
OPENED = [
    PROVE,
    f"{PROVE} --encoding strings --timeout 5",
    "check --base HEAD",
    "changes boundary.json --since HEAD",
    f"{PROVE} --format html",
]


@pytest.fixture
def libraries(planted: Planted, tmp_path: Path) -> Path:
    """A checkout with modules, and with the library of Z3 by each name that its package looks for."""
    folder = tmp_path / "checkout"
    shutil.copytree(planted.folder, folder)
    spec = importlib.util.find_spec("z3")
    assert spec is not None
    assert spec.origin is not None
    theirs = sorted((Path(spec.origin).parent / "lib").glob("libz3*"))
    assert theirs
    for library in theirs:
        (folder / library.name).symlink_to(library)
    return folder


def opened(folder: Path, tmp_path: Path, script: str, call: str = "") -> set[str]:
    """Return the files of `folder` that a script and its children opened or loaded there."""
    said = tmp_path / "said"
    said.touch()
    subprocess.run(
        [sys.executable, "-P", "-c", _WATCH + script, *call.split()],
        cwd=folder,
        env={**os.environ, "SAID": str(said)},
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    return {path for path in said.read_text().splitlines() if not path.startswith(".git")}


@pytest.mark.parametrize("call", OPENED)
def test_nothing_is_opened_but_documents(libraries: Path, tmp_path: Path, call: str) -> None:
    found = opened(libraries, tmp_path, _WATCHED, call)
    assert found
    assert found <= {*DOCUMENTS, "verifier.toml"}


def test_a_library_is_loaded_from_here_without_protection(libraries: Path, tmp_path: Path) -> None:
    assert any(name.startswith("libz3") for name in opened(libraries, tmp_path, "import z3"))


@pytest.mark.parametrize("call", [PROVE, SOLVED])
def test_the_module_imports_nothing_from_here_where_it_is_told(clean: Path, planted: Planted, call: str) -> None:
    assert run(planted.folder, SAFE, call) == run(clean, COMMAND, call)
    assert planted.ran() == set()


def test_a_process_without_protection_is_caught(planted_apart: Planted) -> None:
    run(planted_apart.folder, UNSAFE, PROVE)
    assert planted_apart.ran() != set()


def test_children_without_protection_are_caught(planted_apart: Planted) -> None:
    run(planted_apart.folder, UNSAFE_CHILDREN, "sweep policies --maximum maximum.json --jobs 2")
    assert planted_apart.ran() != set()
