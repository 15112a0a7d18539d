"""The earlier version of a file, out of the git repository that it lies in."""

from __future__ import annotations

import subprocess
from pathlib import Path

from verifier.errors import UsageError, quote


def earlier(path: str, revision: str) -> str | None:
    """Return the text of the file `path` as it was at `revision` (`HEAD`, `origin/main`, ...); None if there was none.

    Raises UsageError where git is missing, the file lies in no repository, or there is no such revision.
    """
    if revision.startswith("-"):
        raise UsageError(f"{quote(revision)} is no revision", mend="name a commit, a branch or a tag")
    folder, name = Path(path).absolute().parent, Path(path).name
    _git(
        folder,
        "rev-parse",
        "--verify",
        "--quiet",
        f"{revision}^{{commit}}",
        why=f"there is no revision {quote(revision)}",
    )
    if not _git(folder, "ls-tree", "--name-only", revision, "--", name):
        return None
    return _git(folder, "show", f"{revision}:./{name}").decode("utf-8", errors="surrogateescape")


def _git(folder: Path, *arguments: str, why: str | None = None) -> bytes:
    try:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout  # noqa: S603 - git, by name
    except FileNotFoundError:
        raise UsageError(
            "git is not installed", mend="install git, or compare two files with `verifier diff`"
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        if "not a git repository" in said:
            raise UsageError(
                f"{quote(str(folder))} is in no git repository", mend="name files of a repository"
            ) from None
        raise UsageError(
            why or f"git cannot read the file: {said}", mend="fetch it, or name another with `--since`"
        ) from None
