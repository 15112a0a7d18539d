"""Revisions and files out of repositories: as git resolves them where it does, an error that says why where not.

Revisions stand in `revisions.json`, repositories that are not what they seem in `repositories.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Built, build, document, git
from verifier import UsageError
from verifier.checks.compare import case_of, moved
from verifier.sources.git import Repository
from verifier.sources.tree import Snapshot, WorkingTree, text

HERE = Path(__file__).parent
REVISIONS: dict[str, Any] = json.loads((HERE / "revisions.json").read_text(encoding="utf-8"))
REPOSITORIES: list[dict[str, Any]] = json.loads((HERE / "repositories.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("history") / "work", REVISIONS["steps"])


@pytest.mark.parametrize("revision", REVISIONS["resolved"])
def test_a_revision_is_what_git_says(history: Built, revision: str) -> None:
    revision = history.told(revision)
    expected = git(history.root, "rev-parse", "--verify", f"{revision}^{{commit}}")
    assert Repository.around(history.root).commit(revision) == expected
    if len(revision) == 40:
        assert Repository.around(history.root).commit(revision[:9]) == expected


@pytest.mark.parametrize(("revision", "said"), REVISIONS["refused"].items())
def test_a_revision_that_is_none(history: Built, revision: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Repository.around(history.root).commit(revision)
    assert said in caught.value.message
    assert caught.value.help
    assert "\n" not in str(caught.value)


def test_the_files_of_a_commit_are_those_that_git_lists(history: Built) -> None:
    repository = Repository.around(history.root)
    for name in ("HEAD", "v1", "side"):
        listed = git(history.root, "ls-tree", "-r", "--name-only", name).split("\n")
        tree = Snapshot(repository, repository.commit(name), name)
        assert sorted(_files(tree)) == sorted(listed)
        for path in listed:
            assert text(tree, path).text == git(history.root, "show", f"{name}:{path}") + "\n"


def _files(tree: Snapshot, folder: str = "") -> list[str]:
    found = []
    for name in tree.inside(folder):
        path = f"{folder}/{name}" if folder else name
        found += _files(tree, path) if not path.endswith(".json") else [path]
    return found


@pytest.mark.parametrize("case", REPOSITORIES, ids=lambda case: case["name"])
def test_a_repository_that_is_not_what_it_seems(tmp_path: Path, case: dict[str, Any]) -> None:
    """A case has steps, a revision and a path, and what is found there: actions, or the words of an error."""
    built = build(tmp_path / "work", case["steps"])
    for path, content in case.get("raw", {}).items():
        (built.root / path).parent.mkdir(parents=True, exist_ok=True)
        (built.root / path).write_text(built.told(content))
    if "swap" in case:  # the content of one object in the file of another
        one, other = (_object(built, revision) for revision in case["swap"])
        one.chmod(0o600)
        one.write_bytes(other.read_bytes())
    try:
        repository = Repository.around(built.folder)
        tree = Snapshot(repository, repository.commit(case["revision"]), case["revision"])
        found = text(tree, case["path"]).text
    except UsageError as error:
        found = f"error: {error}"
    assert case["error"] in found if "error" in case else found == document(*case["found"])
    assert not list(tmp_path.rglob("RAN*"))


def _object(built: Built, revision: str) -> Path:
    id = git(built.root, "rev-parse", revision)
    return built.root / ".git" / "objects" / id[:2] / id[2:]


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not in a git repository"):
        Repository.around(tmp_path)


def test_a_worktree_and_a_submodule_are_read_from_where_they_point(tmp_path: Path) -> None:
    built = build(tmp_path / "work", [{"write": {"a.json": ["s3:*"]}, "commit": "one"}])
    git(built.root, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "other")
    (tmp_path / "tree" / "a.json").write_text(document("sqs:*"))
    git(tmp_path / "tree", "commit", "-qam", "two")
    found = Repository.around(tmp_path / "tree")
    assert found.root == tmp_path / "tree"
    assert found.commit("HEAD") == git(tmp_path / "tree", "rev-parse", "HEAD")
    assert found.commit("main") == built.ids["one"]


def test_nothing_is_imported_where_no_revision_is_named() -> None:
    script = "import sys, verifier.sources.git, verifier.sources.tree; print('dulwich' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


def test_links_are_followed_in_either_tree(tmp_path: Path) -> None:
    steps = [
        {"write": {"real/a.json": ["s3:*"]}},
        {
            "link": {
                "a.json": "real/a.json",
                "folder": "real",
                "up": "folder/../real/a.json",
                "out": "../x",
                "abs": "/etc",
            }
        },
        {"link": {"round": "round", "gone": "nothing", "one": "two", "two": "one", "file": "a.json/x"}},
        {"commit": "one"},
    ]
    built = build(tmp_path / "work", steps)
    repository = Repository.around(built.root)
    for tree in (WorkingTree(built.root), Snapshot(repository, built.ids["one"], "HEAD")):
        for path in ("a.json", "folder/a.json", "up", "./folder/../a.json"):
            assert text(tree, path).text == document("s3:*")
        errors = {
            "out": "leads out of the repository",
            "abs": "out of the repository",
            "round": "in a circle",
            "one": "in a circle",
            "gone": "link to nothing",
            "file": "link to nothing",
            "nosuch": "does not exist",
            "real/a.json/b": "does not exist",
            "../x": "leads out of the repository",
            "folder": "is a folder",
        }
        for path, said in errors.items():
            with pytest.raises(UsageError, match=said):
                text(tree, path)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(UsageError, match="is not a regular file"):
        text(WorkingTree(tmp_path), "pipe.json")


def test_a_type_that_changed_and_a_path_in_neither_tree(tmp_path: Path) -> None:
    steps = [{"write": {"a.json": ["s3:*"], "b.json": ["s3:*"]}, "link": {"l.json": "b.json"}, "commit": "one"}]
    steps += [{"link": {"a.json": "b.json"}}, {"write": {"l.json": ["s3:*"]}}]
    built = build(tmp_path / "work", steps)
    repository = Repository.around(built.root)
    old, new = Snapshot(repository, built.ids["one"], "HEAD"), WorkingTree(built.root)
    for path, said in {
        "a.json": "is a link and was a file",
        "l.json": "is a file and was a link",
        "c": "there is no file",
    }.items():
        with pytest.raises(UsageError, match=said):
            case_of(old, new, path)


def test_blank_lines_among_the_submodules_cost_no_more_than_they_are_long(tmp_path: Path) -> None:
    """The square of it would not end."""
    text = "\n" * 500_000 + '[submodule "a"]\n\tpath = sub/a\n  path=b \n\tpath =\n\turl = x\n'
    (tmp_path / ".gitmodules").write_text(text, encoding="utf-8")
    assert WorkingTree(tmp_path).submodules == {"sub/a", "b"}


def test_a_moved_file_is_one_with_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one with the same id: two texts with one SHA-1 can be made."""
    built = build(tmp_path / "work", [{"write": {"old.json": "before"}}, {"commit": "one"}])
    old, new = Snapshot(Repository.around(built.root), built.ids["one"], "HEAD"), WorkingTree(built.root)
    (built.root / "old.json").rename(built.root / "new.json")
    assert moved(old, new, "new.json") == "old.json"
    monkeypatch.setattr(Snapshot, "id", lambda tree, path: hashlib.sha1(b"blob 5\0after").hexdigest())  # noqa: S324 - git's
    (built.root / "new.json").write_text("after", encoding="utf-8")
    assert moved(old, new, "new.json") is None
