"""Which revisions a command compares: those that are named, or those that pre-commit hands to its hooks.

pre-commit tells a hook of two revisions by the environment where it was given them (`--from-ref`, `--to-ref`, before a
push). Without them it is about what is staged, which is compared with HEAD; where nothing is staged, as with
`--all-files` in CI, every file would be compared with itself, so that is an error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from verifier.errors import UsageError, quote
from verifier.sources.git import Repository
from verifier.sources.tree import Snapshot, Tree, WorkingTree

_SHORT = 12
_FROM, _TO = "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"


@dataclass(frozen=True)
class Compare:
    """Two trees of one repository, the earlier and the later."""

    repository: Repository
    old: Snapshot
    new: Tree


def compared_trees(repository: Repository, since: str | None, *, hook: bool) -> Compare:
    """Return the trees of a call that names `since`, or leaves it to pre-commit if `hook`. Raises UsageError."""
    old, new = _named(os.environ) if hook else (None, None)
    if since is not None and old is not None:
        mend = "leave the option out: pre-commit says what to compare with"
        raise UsageError(f"two revisions to compare with, {quote(since)} and {quote(old)}", mend=mend)
    earlier = snapshot(repository, since if since is not None else old if old is not None else "HEAD")
    if hook and since is None and old is None:
        _refuse_nothing_staged(repository, earlier)
    return Compare(repository, earlier, WorkingTree(repository.root) if new is None else snapshot(repository, new))


def snapshot(repository: Repository, revision: str) -> Snapshot:
    """Return the files at `revision`. Raises UsageError where there is no such revision."""
    commit = repository.commit(revision)
    return Snapshot(repository, commit, revision[:_SHORT] if revision == commit else revision)


def inside(root: Path, path: str) -> str:
    """Return the path of a file, given from the working directory, from `root`. Raises UsageError outside of it."""
    if not path or "\0" in path:
        raise UsageError(f"{quote(path)} is not a path", mend="name a file")
    absolute = Path(os.path.normpath(Path.cwd() / path))
    for place in (absolute, absolute.parent.resolve() / absolute.name):
        if place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    message = f"{quote(path)} is not in the repository {quote(str(root))}"
    raise UsageError(message, mend="name files of the repository that you are in")


def _named(environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    return environment.get(_FROM), environment.get(_TO)


def _refuse_nothing_staged(repository: Repository, head: Snapshot) -> None:
    from verifier.sources.staged import anything_staged, merging

    if not merging(repository) and not anything_staged(repository, head):
        message = "nothing is staged, so each file would be compared with itself"
        mend = "name revisions (`pre-commit run --from-ref origin/main --to-ref HEAD`), or use `verifier check --base`"
        raise UsageError(message, mend=mend)
