"""A working directory that wants to run code in whoever works there.

    planted = plant_modules(folder)                     one file for each name that anybody might import
    planted.ran()                                       the names of those that were imported, by whatever process
    hostile = hostile_repository(folder)                a pull request that tries all that we know of, modules too
    hostile.ran()                                       what ran of it

Each planted file leaves a trace when it is imported, and then ends the import with an error, so that an answer that
still comes has not used it. `tests/test_isolation.py` shows that the traces are there where a process is not protected.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.repositories import Built, build

# Not in the list of the standard library, but looked for at each start.
_CUSTOM = {"sitecustomize", "usercustomize"}
_MODULE = """\
open({trace!r}, "a").write({name!r} + "\\n")
raise ImportError("planted: " + {name!r})
"""
# What packages look for among the installed distributions: pydantic its plugins, pytest too.
_ENTRY_POINTS = "[pydantic]\nplanted = planted_plugin\n[pytest11]\nplanted = planted_plugin\n"


@dataclass(frozen=True)
class Planted:
    """A folder with planted modules; `trace` is the file in which each names itself when it is imported."""

    folder: Path
    trace: Path

    def ran(self) -> set[str]:
        """Return the names of the planted modules that were imported so far."""
        return set(self.trace.read_text(encoding="utf-8").split()) if self.trace.exists() else set()


def plant_modules(folder: Path, *, but: Collection[str] = ()) -> Planted:
    """Put a module of every name that could be imported into `folder`, but for the names in `but`.

    These are the names of the standard library, of all that is installed, and `verifier`. A file that is there already
    stays as it is. The trace lies beside the folder, not in it.
    """
    planted = Planted(folder, folder.parent / f"{folder.name}.imported")
    for name in sorted(importable() - set(but)):
        path = folder / f"{name}.py"
        if not path.exists():
            path.write_text(_MODULE.format(trace=str(planted.trace), name=name), encoding="utf-8")
    distribution = folder / "planted-1.0.dist-info"
    distribution.mkdir(exist_ok=True)
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n", encoding="utf-8")
    (distribution / "entry_points.txt").write_text(_ENTRY_POINTS, encoding="utf-8")
    return planted


def importable() -> set[str]:
    """Return the top-level names that a process of ours, or of the libraries that it uses, could ask for."""
    installed = {name for name in importlib.metadata.packages_distributions() if name.isidentifier()}
    return set(sys.stdlib_module_names) | installed | _CUSTOM | {"verifier", "planted_plugin"}


@dataclass(frozen=True)
class Hostile:
    """A checkout of a pull request: `base` is the commit that it starts from, `secret` the word that it is after."""

    built: Built
    planted: Planted
    base: str
    secret: str = "secret-word"  # noqa: S105 - what the tests look for in all that is said

    @property
    def root(self) -> Path:
        """The folder of the checkout."""
        return self.built.root

    def ran(self) -> set[str]:
        """Return the marks of all that ran: planted modules, and programs that a repository or a name calls."""
        return self.planted.ran() | {path.name for path in self.root.parent.rglob("RAN*")}


_ALL = {"write": {"policies/admin.json": ["*"], "policies/ADMIN.JSON": ["iam:*"]}}
_RULES = ["[[rule]]", 'name = "teams"', 'policies = ["policies"]', 'boundary = "boundary.json"', 'maximum = "max.json"']
# What an option would have to say to let an administrator's policy pass.
_NOTHING = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
_PROGRAM = "touch {root}/RAN-%s; git-upload-pack"


def hostile_repository(folder: Path) -> Hostile:
    """Make a checkout in `folder` in which everything that somebody could plant is planted."""
    names = ("--boundary=deny.json", "--maximum=open.json", "--fail-on=different.json", "-o.json", "--base=HEAD.json")
    odd = ("$(touch RAN-name).json", "`touch RAN-tick`.json", "a b\n::error::x.json", ";touch RAN-line;.json")
    steps: list[dict[str, Any]] = [
        {"write": {"policies/ok.json": ["s3:Get*"], "boundary.json": ["*"], "max.json": ["s3:*"], "readme": "x"}},
        {"toml": {"verifier.toml": _RULES}, "commit": "base"},
        _ALL,
        {"write": {f"policies/{name}": ["iam:PassRole"] for name in (*names, *odd)}},
        {"write": {"deny.json": _NOTHING, "open.json": ["*"], **dict.fromkeys(names, _NOTHING)}},
        {"write": {"../secret": "machine secret-word", "readme": "y"}},
        {"link": {"policies/secret.json": "../../secret", "policies/git.json": "../.git/config"}},
        {"link": {"verifier.sarif": "../secret", "policies/gone.json": "nothing", "policies/round.json": "round.json"}},
        {"git": ["clone", "-q", "--bare", ".", "evil"]},
        *({"git": ["-C", "evil", "config", *words]} for words in _configured("embedded")),
        {"write": {"evil/p.json": ["iam:*"], "evil/replace.json": ["iam:*"]}},
        {"git": ["-C", "evil", "replace", "{base}:policies/ok.json", "{base}:boundary.json"]},
        {"commit": "pull request"},
        {"git": ["replace", "{base}", "{pull request}"]},
        *({"git": ["config", *words]} for words in _configured("own")),
    ]
    built = build(folder, steps)
    hook = folder / ".git" / "hooks" / "post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {folder}/RAN-hook\n")
    hook.chmod(0o755)
    return Hostile(built, plant_modules(folder, but={"readme"}), built.ids["base"])


def _configured(mark: str) -> list[list[str]]:
    """Return what makes git run a program as soon as it looks."""
    program = _PROGRAM % mark
    return [
        ["remote.origin.url", "."],
        ["remote.origin.promisor", "true"],
        ["remote.origin.uploadpack", program],
        ["core.sshCommand", program],
        ["core.pager", program],
        ["diff.external", program],
        ["core.fsmonitor", program],
    ]
