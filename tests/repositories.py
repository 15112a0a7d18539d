"""Git repositories made from steps, which are data: `tests/sources/*.json` and `tests/checks/*.json` hold some.

    {"write": {"a.json": ["s3:Get*"]}}      a file: text, or a list of actions that a policy allows
    {"toml": {"x.toml": ["[[rule]]"]}}      a file of lines
    {"link": {"b.json": "a.json"}}          a link, in the place of whatever is there
    {"move": {"a.json": "c.json"}}          a file under another name
    {"remove": ["a.json"]}                  files and folders
    {"commit": "words"}                     everything that is there, with fixed dates
    {"git": ["tag", "v1"]}                  any other command of git
    {"clone": "shallow", "arguments": [...]}   a clone beside the repository, in which all that follows happens
    {"enter": "policies"}                   the folder in which commands run, from the root

Only the tests run git; it sees no configuration of the machine. `{root}` in a text stands for the repository's folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Jane",
    "GIT_AUTHOR_EMAIL": "jane@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Jane",
    "GIT_COMMITTER_EMAIL": "jane@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_PROTOCOL_FROM_USER": "1",
    "GIT_ALLOW_PROTOCOL": "file",
}


def document(*actions: str, **more: Any) -> str:
    """Return a policy that allows `actions` on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder`, and return what it says."""
    done = subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.strip()


@dataclass
class Built:
    """A repository that was made; commands run in `folder`."""

    root: Path
    within: str = "."
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder in which commands run."""
        return self.root / self.within

    def told(self, text: str) -> str:
        """Return `text` with the folder, and the ids of commits by their words, put in."""
        for name, id in self.ids.items():
            text = text.replace(f"{{{name}}}", id)
        return text.replace("{root}", str(self.root))


def build(root: Path, steps: Iterable[dict[str, Any]]) -> Built:
    """Return the repository that `steps` make in the new folder `root`."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "--initial-branch=main")
    built = Built(root)
    for step in steps:
        _take(built, step)
    return built


def _take(built: Built, step: dict[str, Any]) -> None:
    root = built.root
    for path, content in step.get("write", {}).items():
        file = root / path
        _clear(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = document(*content) if isinstance(content, list) else content
        file.write_text(built.told(text) if isinstance(content, str) else text, encoding="utf-8")
    for path, lines in step.get("toml", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path, target in step.get("link", {}).items():
        _clear(root / path)
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(built.told(target))
    for path, target in step.get("move", {}).items():
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / path).rename(root / target)
    for path in step.get("remove", []):
        _clear(root / path)
    if "commit" in step:
        git(root, "add", "--all")
        git(root, "commit", "-q", "--allow-empty", "-m", step["commit"])
        built.ids[step["commit"]] = git(root, "rev-parse", "HEAD")
    if "git" in step:
        git(root, *map(built.told, step["git"]))
    if "clone" in step:
        target = root.parent / step["clone"]
        git(root.parent, "clone", "-q", *step.get("arguments", []), root.as_uri(), str(target))
        built.root = target
    if "enter" in step:
        built.within = step["enter"]


def _clear(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
