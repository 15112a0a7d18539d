"""Whether anything is staged: whether the next commit would differ from HEAD.

A hook that compares with HEAD is of use only where something is about to be committed. Run over all files of a clean
checkout, as CI does, it would compare each file with itself and find that nothing is gained.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.base.errors import UsageError
from verifier.sources.git import Repository
from verifier.sources.tree import PathKind, Snapshot


def anything_staged(repository: Repository, head: Snapshot) -> bool:
    """Return whether the index holds other files than `head`. Raises UsageError where it cannot be read."""
    staged = dict(_entries(_index(repository)))
    committed = dict(_files(head, ""))
    return staged != committed


def merging(repository: Repository) -> bool:
    """Return whether a merge is under way, whose commit may be just what HEAD holds."""
    return (repository.git / "MERGE_HEAD").exists()


def _index(repository: Repository) -> Any:
    from dulwich.index import Index  # noqa: PLC0415 - only in a hook

    named = os.environ.get("GIT_INDEX_FILE")  # git names another while it commits some files of many
    own = repository.git / "index"
    path = Path(named).absolute() if named else own
    path = path if path.is_relative_to(repository.git) else own
    try:
        return Index(str(path))
    except Exception as error:  # noqa: BLE001 - a damaged file fails in as many ways as there are bytes
        raise UsageError(f"the index of git cannot be read: {error}", help="run `git fsck`") from None


def _entries(index: Any) -> Iterator[tuple[str, str]]:
    for path, entry in index.items():
        yield os.fsdecode(path), getattr(entry, "sha", b"in conflict").decode()


def _files(tree: Snapshot, folder: str) -> Iterator[tuple[str, str | None]]:
    for name in tree.inside(folder):
        path = f"{folder}/{name}" if folder else name
        if tree.kind(path) is PathKind.FOLDER:
            yield from _files(tree, path)
        else:
            yield path, tree.id(path)
