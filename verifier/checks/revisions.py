"""Which revisions a command compares: those that are named, or those that pre-commit hands to its hooks.

pre-commit tells a hook of two revisions by the environment where it was given them (`--from-ref`, `--to-ref`, before a
push). Without them it is about what is staged, which is compared with HEAD. Where nothing is staged, as with
`--all-files` in CI, every file would be compared with itself and nothing found, so there is nothing to compare with.
"""

from __future__ import annotations

import os
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.sources.git import Repository
from verifier.sources.staged import anything_staged, merging
from verifier.sources.tree import Snapshot, Tree, WorkingTree

HEAD = "HEAD"
_SHORT = 12
_FROM, _TO = "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"


@dataclass(frozen=True)
class Compare:
    """Two trees of one repository, the earlier and the later."""

    repository: Repository
    old: Snapshot
    new: Tree

    @staticmethod
    def of(repository: Repository, old: str, new: str | None = None) -> Compare:
        """Return the trees at two revisions, or at one and on the disk. Raises UsageError where one does not exist."""
        later = WorkingTree(repository.root) if new is None else snapshot(repository, new)
        return Compare(repository, snapshot(repository, old), later)


def compared_trees(repository: Repository, since: str | None, *, hook: bool) -> Compare:
    """Return the trees of a call that names `since`, or leaves it to pre-commit if `hook`. Raises UsageError."""
    found = hook_trees(repository, since) if hook else Compare.of(repository, HEAD if since is None else since)
    if found is None:
        message = "nothing is staged, so each file would be compared with itself"
        help = "name revisions (`pre-commit run --from-ref origin/main --to-ref HEAD`), or use `verifier check --base`"
        raise UsageError(message, help=help)
    return found


def hook_trees(repository: Repository, since: str | None) -> Compare | None:
    """Return the trees that pre-commit hands to a hook; None where it names none and nothing is staged.

    Raises UsageError where `since` is given as well, or there is no such revision.
    """
    old, new = os.environ.get(_FROM), os.environ.get(_TO)
    if since is not None:
        help = f"leave {quote(since)} out"
        raise UsageError(f"two revisions to compare with: {quote(since)} and the one that pre-commit gives", help=help)
    if old is not None:
        return Compare.of(repository, old, new)
    found = Compare.of(repository, HEAD)
    return found if merging(repository) or anything_staged(repository, found.old) else None


def snapshot(repository: Repository, revision: str) -> Snapshot:
    """Return the files at `revision`. Raises UsageError where there is no such revision."""
    commit = repository.commit(revision)
    return Snapshot(repository, commit, revision[:_SHORT] if revision == commit else revision)


def inside(root: Path, path: str) -> str:
    """Return the path of a file, given from the working directory, from `root`. Raises UsageError outside of it."""
    if not path or "\0" in path:
        raise UsageError(f"{quote(path)} is not a path", help="name a file")
    absolute = Path(os.path.normpath(Path.cwd() / path))
    for place in (absolute, absolute.parent.resolve() / absolute.name):
        if place.is_relative_to(root):
            return place.relative_to(root).as_posix()
    message = f"{quote(path)} is not in the repository {quote(str(root))}"
    raise UsageError(message, help="name files of the repository that you are in")
