"""Trees of files: the working tree, or that of a commit. Both are asked in the same words, and give the same errors.

    WorkingTree(root)                    what is on the disk
    Snapshot(repository, commit, name)   what was committed
    real_path(tree, path)                the file that a path leads to, links followed
    text(tree, path)                     what it holds, as a source

Paths are relative to the root, with `/` between names. A link is followed within the root and never out of it: what
lies outside, or in `.git`, is not the repository's, and an error about it would quote it. A link that leads nowhere or
in a circle, a folder of a submodule and a pointer of Git LFS are called by their names.
"""

from __future__ import annotations

import enum
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from verifier.base.errors import UsageError, quote, reason_of
from verifier.base.files import MAX_SIZE, decoded
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.sources.git import BLOB, TREE, Repository
from verifier.sources.revision import tree_of

_MOST_LINKS = 40
_LONGEST_LINK = 4096
_MOST_MODULES = 1024 * 1024
_MODULE = regex(r"^[^\S\n]*+path[^\S\n]*+=[^\S\n]*+(.+)$", re.MULTILINE)
_POINTER = b"version https://git-lfs.github.com/spec/"


class PathKind(enum.Enum):
    """What a path is."""

    FILE = "a file"
    LINK = "a link"
    FOLDER = "a folder"
    SUBMODULE = "a submodule"
    OTHER = "not a regular file"


class Tree(Protocol):
    """A tree of files below `root`; `name` says in a message from which time it is, empty for now."""

    name: str
    root: Path

    @property
    def submodules(self) -> frozenset[str]:
        """The folders that should hold another repository's files, where that is told next to the tree."""

    def kind(self, path: str) -> PathKind | None:
        """Return what `path` itself is, without following a last link; None where there is nothing."""

    def inside(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted."""

    def data(self, path: str, most: int) -> bytes:
        """Return the content of a file, or the target of a link, up to `most` bytes and one more."""


class WorkingTree:
    """The files on the disk below `root`."""

    name = ""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def submodules(self) -> frozenset[str]:
        if self.kind(".gitmodules") is not PathKind.FILE:
            return frozenset()
        listed = self.data(".gitmodules", _MOST_MODULES).decode(errors="surrogateescape")
        return frozenset(found[1].strip() for found in _MODULE.finditer(listed))

    def kind(self, path: str) -> PathKind | None:
        try:
            mode = (self.root / path).lstat().st_mode
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(mode):
            return PathKind.LINK
        if stat.S_ISDIR(mode):
            return PathKind.FOLDER
        return PathKind.FILE if stat.S_ISREG(mode) else PathKind.OTHER

    def inside(self, folder: str) -> list[str]:
        try:
            return sorted(os.listdir(self.root / folder))  # noqa: PTH208 - names, not paths
        except OSError as error:
            message = f"cannot read the folder {quote(folder or '.')}: {reason_of(error)}"
            raise UsageError(message, help="check it") from None

    def data(self, path: str, most: int) -> bytes:
        try:
            if self.kind(path) is PathKind.LINK:
                return os.fsencode((self.root / path).readlink())
            with open(self.root / path, "rb", opener=_opened) as file:
                return file.read(most + 1)
        except OSError as error:
            raise UsageError(f"cannot read {quote(path)}: {reason_of(error)}", help="check it") from None


def _opened(path: str, flags: int) -> int:
    """Open a file that is not a link, even if it has just become one, and never wait for a writer."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


class Snapshot:
    """The files of a commit."""

    submodules: frozenset[str] = frozenset()  # they are entries of the tree

    def __init__(self, repository: Repository, commit: str, name: str) -> None:
        self.repository = repository
        self.root = repository.root
        self.commit = commit
        self.name = name
        self._folders: dict[str, dict[str, tuple[PathKind, str]]] = {}

    @cached_property
    def _root(self) -> str:
        return tree_of(self.repository, self.commit)

    def kind(self, path: str) -> PathKind | None:
        if not path:
            return PathKind.FOLDER
        found = self._entry(path)
        return found[0] if found else None

    def inside(self, folder: str) -> list[str]:
        return sorted(self._entries(folder))

    def data(self, path: str, most: int) -> bytes:
        found = self._entry(path)
        assert found is not None
        kind, data = self.repository.read(found[1], f"{quote(path)} at {quote(self.name)}")
        if kind != BLOB:
            raise UsageError(f"{quote(path)} at {quote(self.name)} is damaged", help="run `git fsck`")
        return data[: most + 1]

    def id(self, path: str) -> str | None:
        """Return the id of the content at `path`; None where there is nothing."""
        found = self._entry(path)
        return found[1] if found else None

    def _entry(self, path: str) -> tuple[PathKind, str] | None:
        folder, _, name = path.rpartition("/")
        if folder and self.kind(folder) is not PathKind.FOLDER:
            return None
        return self._entries(folder).get(name)

    def _entries(self, folder: str) -> dict[str, tuple[PathKind, str]]:
        if folder not in self._folders:
            id = self._root if not folder else (self._entry(folder) or (None, ""))[1]
            kind, data = self.repository.read(id, f"the folder {quote(folder or '.')} at {quote(self.name)}")
            if kind != TREE:
                raise UsageError(f"{quote(folder)} at {quote(self.name)} is damaged", help="run `git fsck`")
            self._folders[folder] = dict(_parsed(data))
        return self._folders[folder]


def _parsed(data: bytes) -> Iterator[tuple[str, tuple[PathKind, str]]]:
    """Yield the entries of a tree object; its hash was checked, so it is as git wrote it."""
    place = 0
    while place < len(data):
        head = data.find(b"\0", place)
        mode, _, name = data[place:head].partition(b" ")
        place = head + 21
        if head < 0 or place > len(data):
            raise UsageError("a folder in the repository is damaged", help="run `git fsck`")
        yield os.fsdecode(name), (_kind_of(mode), data[head + 1 : place].hex())


def _kind_of(mode: bytes) -> PathKind:
    start = mode.rjust(6, b"0")[:2]
    return {b"10": PathKind.FILE, b"12": PathKind.LINK, b"04": PathKind.FOLDER, b"16": PathKind.SUBMODULE}.get(
        start, PathKind.OTHER
    )


def real_path(tree: Tree, path: str) -> str:
    """Return the path that `path` leads to when every link in it is followed: of a file or a folder.

    Raises UsageError where it leads nowhere, in a circle, out of the root or into a submodule.
    """
    found = find_path(tree, path)
    if found is None:
        raise UsageError(f"{_told(tree, path)} does not exist", help="check the path")
    return found


def kind_of(tree: Tree, path: str) -> PathKind | None:
    """Return what `path` itself is, with the links to its folder followed; None where there is nothing.

    Raises UsageError as `real_path` does.
    """
    folder, _, name = path.rpartition("/")
    found = find_path(tree, folder)
    return None if found is None else tree.kind(f"{found}/{name}" if found else name)


def find_path(tree: Tree, path: str) -> str | None:
    """Return what `real_path` does, and None where there is nothing and no link leads there."""
    found: list[str] = []
    waiting, links = path.split("/")[::-1], 0
    while waiting:
        name = waiting.pop()
        if name in ("", "."):
            continue
        if name == "..":
            if not found:
                raise UsageError(f"{_told(tree, path)} leads out of the repository", help="name a file in it")
            found.pop()
            continue
        here = "/".join((*found, name))
        kind = tree.kind(here)
        if kind is PathKind.LINK:
            links += 1
            if links > _MOST_LINKS:
                raise UsageError(f"{_told(tree, path)} is a link that leads in a circle", help="remove it")
            target = os.fsdecode(tree.data(here, _LONGEST_LINK))
            if target.startswith("/"):
                raise UsageError(f"{_told(tree, path)} is a link out of the repository", help="put a file there")
            waiting += target.split("/")[::-1]
        elif name.lower() == ".git":
            raise UsageError(f"{_told(tree, path)} leads into `.git`", help="name a file of the working tree")
        elif kind is None or (waiting and kind in (PathKind.FILE, PathKind.OTHER)):
            if links:
                raise UsageError(f"{_told(tree, path)} is a link to nothing", help="remove it, or put a file there")
            return None
        elif kind is PathKind.SUBMODULE:
            message = f"{_told(tree, here)} is a submodule: its files are in another repository"
            raise UsageError(message, help="compare them there, or name other files")
        else:
            found.append(name)
    return "/".join(found)


def text(tree: Tree, path: str, most: int = MAX_SIZE) -> Source:
    """Return what the file at `path` holds, links followed, named by its path and the time.

    Raises UsageError as `real_path` does, and for a folder, a pointer of Git LFS, and a file that is
    too large or not UTF-8.
    """
    real = real_path(tree, path)
    kind = tree.kind(real)
    if kind is not PathKind.FILE:
        raise UsageError(f"{_told(tree, path)} is {kind.value if kind else 'missing'}", help="name a file")
    data = tree.data(real, most)
    if data.startswith(_POINTER):
        message = f"{_told(tree, path)} is a pointer of Git LFS, not the document"
        raise UsageError(message, help="run `git lfs pull`, or keep documents out of Git LFS")
    return decoded(data, label(tree, path), most, file=not tree.name)


def label(tree: Tree, path: str) -> str:
    """Return what messages call `path`: as the working directory sees it, with the time if that is not now."""
    seen = os.path.relpath(tree.root / path)
    return f"{seen} at {tree.name}" if tree.name else seen


def _told(tree: Tree, path: str) -> str:
    seen = quote(os.path.relpath(tree.root / path))
    return f"{seen} at {quote(tree.name)}" if tree.name else seen
