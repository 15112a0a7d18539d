"""A git repository, read without running anything: which one it is, and its objects.

    Repository.around(folder)      the repository whose working tree holds `folder`
    repository.commit("main~1")    the id of a commit (`revision.py`)
    Snapshot(repository, id)       the files of that commit (`tree.py`)

The repository may be a stranger's, and git runs programs that a repository names: file monitors, hooks, credential
helpers, the `uploadpack` of a promisor remote, which a missing object is enough to start. So git itself is not called.
Its objects and references are read by two classes of dulwich, which are given paths and see no configuration at all:

|                        | dulwich 1.2                             | pygit2 1.21 (libgit2)                   |
|------------------------|-----------------------------------------|-----------------------------------------|
| the configuration      | not read by these two classes           | always read; a partial clone is refused |
| `core.worktree`        | not read                                | honoured: another folder is the tree    |
| `safe.directory`       | not needed, as nothing is run           | refuses what containers check out       |
| promisor, hooks, ...   | in parts that are not imported          | none                                    |
| alternates             | followed, so they are refused here      | followed                                |
| replaced objects       | not by the object store                 | none                                    |
| grafts                 | not by the object store                 | honoured: `HEAD~1` is another commit    |
| wheels                 | a pure one, and faster ones for Linux,  | Linux, macOS and Windows, x86-64 and    |
|                        | macOS and Windows, x86-64 and arm64     | arm64; no pure one                      |
| installed              | 9 MB, and urllib3 with 1 MB             | 16 MB, and cffi with 1 MB               |
| time for one file      | 0.1 s, most of it the import            | 0.05 s                                  |

It is a dependency and not an extra: comparing with a revision is what CI does, and must not fail for want of a package.
It is imported only where a revision is named.

Guarantees: the repository is the one that contains the working directory, found upwards by its `.git`; a bare
repository that lies in a folder is a folder with files, and the environment (`GIT_DIR`, ...) does not count. Every
object that is used has the hash that it is asked for by. One that is missing is an error, and nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property

COMMIT, TREE, BLOB, TAG = 1, 2, 3, 4
_WORDS = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}
_FETCH = (
    "fetch the whole history: `fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab, `git fetch --unshallow`"
)
_MOST_BYTES = 64 * 1024


def inside_one(folder: Path) -> bool:
    """Return whether `folder` lies in the working tree of some repository."""
    here = folder.resolve()
    return any((place / ".git").exists() for place in (here, *here.parents))


class Repository:
    """The repository of the working tree at `root`; `git` is its own folder, and `common` that of all its worktrees."""

    def __init__(self, root: Path, git: Path) -> None:
        self.root = root
        self.git = git
        self.common = _common(git)

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """Return the repository whose working tree holds `folder`. Raises UsageError where there is none."""
        here = folder.resolve()
        for place in (here, *here.parents):
            if (place / ".git").is_dir():
                return cls(place, place / ".git")
            if (place / ".git").is_file():
                return cls(place, _elsewhere(place / ".git"))
        raise UsageError(f"{quote(str(here))} is not in a git repository", help="run the command in a checkout")

    def commit(self, revision: str) -> str:
        """Return the id of the commit that `revision` names. Raises UsageError where there is none."""
        from verifier.sources.revision import resolve  # noqa: PLC0415 - they need each other

        return resolve(self, revision)

    def read(self, id: str, what: str) -> tuple[int, bytes]:
        """Return the type and the content of the object `id`, which messages call `what`.

        Raises UsageError where it is missing, or its content is not what the id says.
        """
        try:
            kind, data = self._store.get_raw(id.encode())
        except KeyError:
            raise self.missing(what) from None
        except Exception as error:  # noqa: BLE001 - a damaged object fails in as many ways as there are bytes
            raise UsageError(f"{what} cannot be read: {_reason(error)}", help="run `git fsck`") from None
        data = bytes(data)
        found = hashlib.sha1(b"%s %d\0" % (_WORDS.get(kind, b"?"), len(data)) + data, usedforsecurity=False)
        if found.hexdigest() != id:
            raise UsageError(f"{what} is damaged: its content does not match {id[:12]}", help="run `git fsck`")
        return kind, data

    def ids(self, start: str) -> Iterator[str]:
        """Yield the ids of all objects that begin with `start`."""
        for id in self._store.iter_prefix(start.encode()):
            yield id.decode()

    def reference(self, name: str) -> str | None:
        """Return the id that the reference `name` leads to, None where there is none."""
        try:
            _, found = self._references.follow(name.encode(errors="surrogateescape"))
        except Exception as error:  # noqa: BLE001 - as above: what stands in the files may be anything
            raise UsageError(f"{quote(name)} cannot be read: {_reason(error)}", help="run `git fsck`") from None
        return None if found is None else found.decode(errors="replace")

    def missing(self, what: str) -> UsageError:
        """Return the error about an object that is not here."""
        if (self.common / "shallow").exists():
            return UsageError(f"{what} is missing: the clone is shallow", help=_FETCH)
        return UsageError(f"{what} is missing from the clone", help=f"if the clone is partial or shallow, {_FETCH}")

    @cached_property
    def _store(self) -> Any:
        from dulwich.object_store import DiskObjectStore  # noqa: PLC0415 - only where a revision is named

        self._check_format()
        self._check_alternates()
        store = DiskObjectStore(str(self.common / "objects"))
        weakref.finalize(self, store.close)
        return store

    @cached_property
    def _references(self) -> Any:
        from dulwich.refs import DiskRefsContainer  # noqa: PLC0415 - as above

        self._check_format()
        return DiskRefsContainer(str(self.common), worktree_path=str(self.git))

    def _check_format(self) -> None:
        if (self.common / "reftable").exists():
            help = "run `git refs migrate --ref-format=files`"
            raise UsageError("the references of the repository are in the format `reftable`", help=help)

    def _check_alternates(self) -> None:
        listed = self.common / "objects" / "info" / "alternates"
        if not listed.exists():
            return
        for line in _head(listed).splitlines():
            place = (self.common / "objects" / line).resolve()
            if line.strip() and not line.startswith("#") and not place.is_relative_to(self.common):
                help = "run `git repack -a -d`, and remove `objects/info/alternates`"
                raise UsageError(f"the repository borrows objects from another, {quote(str(place))}", help=help)


def _elsewhere(file: Path) -> Path:
    """Return the folder that the `.git` file of a worktree or a submodule names."""
    text = _head(file)
    if not text.startswith("gitdir: "):
        raise UsageError(f"{quote(str(file))} does not name a repository", help="clone it again")
    found = (file.parent / text.removeprefix("gitdir: ").rstrip("\n")).resolve()
    if not found.is_dir():
        raise UsageError(f"the repository that {quote(str(file))} names is missing", help="clone it again")
    return found


def _common(git: Path) -> Path:
    """Return the folder that holds objects and references: that of the repository whose worktree this is."""
    named = git / "commondir"
    return (git / _head(named).rstrip("\n")).resolve() if named.is_file() else git.resolve()


def _head(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return os.fsdecode(opened.read(_MOST_BYTES))
    except OSError as error:
        raise UsageError(f"cannot read {quote(str(file))}: {_reason(error)}", help="check it") from None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
