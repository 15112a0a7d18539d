"""Revisions as people and CI write them, to the id of a commit.

    HEAD  @  main  v1.2  origin/main  refs/heads/main  3f2a9c1  FETCH_HEAD     and behind any of them:  ~2  ^  ^2

A name is looked for where git looks (gitrevisions): as it stands, then in `refs/`, `refs/tags/`, `refs/heads/`,
`refs/remotes/`. Where git would warn that it is ambiguous and take the first, here it is an error: a tag that somebody
pushed could stand for the branch that is meant. Ranges, reflogs, searches and paths are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.sources.git import COMMIT, TAG

if TYPE_CHECKING:
    from verifier.sources.git import Repository

_WRITTEN = regex(r"(?P<name>@|[^\x00-\x20\x7f~^:?*\[\\]+)(?P<steps>(?:[~^][0-9]{0,9})*)\Z")
_STEP = regex(r"([~^])([0-9]*)")
_WHOLE = regex(r"[0-9a-f]{40}\Z")
_SHORT = regex(r"[0-9a-f]{4,39}\Z")
_HEAD = regex(r"[A-Z_]*HEAD\Z")
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_ID = regex(r"(?:tree|parent|object) ([0-9a-f]{40})\Z")
_MOST_TAGS = 16
_NAME_ONE = "name a commit, a branch or a tag, as `origin/main`"


def resolve(repository: Repository, revision: str) -> str:
    """Return the id of the commit that `revision` names. Raises UsageError where it names none, or several."""
    if not revision:
        raise UsageError("the revision is empty", help=_NAME_ONE)
    if re.fullmatch("0{40}|0{64}", revision):
        message = "the revision is all zeros: a branch that was pushed for the first time has no earlier commit"
        raise UsageError(message, help="name the branch that it will be merged into, as `origin/main`")
    written = _WRITTEN.match(revision)
    if not written or revision.startswith("-") or ".." in revision or "@{" in revision:
        raise UsageError(f"{quote(revision)} is not a revision that can be read", help=_NAME_ONE)
    id = _peeled(repository, _named(repository, revision, written["name"]), revision)
    for sign, number in _STEP.findall(written["steps"]):
        id = _ancestor(repository, id, sign, int(number or 1), revision)
    return id


def tree_of(repository: Repository, commit: str) -> str:
    """Return the id of the tree of a commit."""
    return next(_headers(repository, commit, "tree"))


def _named(repository: Repository, revision: str, name: str) -> str:
    if _WHOLE.match(name):
        return name
    found = dict.fromkeys(_references(repository, name))
    if len(found) > 1:
        help = f"write it in full, as {quote(f'refs/heads/{name}')}, or name the commit"
        raise UsageError(
            f"{quote(name)} is ambiguous: it names several references, such as a tag and a branch", help=help
        )
    if not found and _SHORT.match(name):
        found = {id: None for id in repository.ids(name) if repository.read(id, id)[0] in (COMMIT, TAG)}
        if len(found) > 1:
            raise UsageError(
                f"{quote(name)} is ambiguous: {len(found)} commits begin with it", help="write more digits"
            )
    if not found:
        if (repository.common / "shallow").exists():
            raise repository.missing(f"the revision {quote(revision)}")
        raise UsageError(f"there is no revision {quote(revision)}", help=f"fetch it, or {_NAME_ONE}")
    (id,) = found
    if not _WHOLE.match(id):
        raise UsageError(
            f"{quote(name)} is not a SHA-1 object id", help="only repositories with SHA-1 ids are supported"
        )
    return id


def _references(repository: Repository, name: str) -> Iterator[str]:
    if name in ("HEAD", "@"):
        places: tuple[str, ...] = ("HEAD",)
    elif _HEAD.match(name):
        yield from _left_behind(repository, name)
        return
    else:
        places = (name,) if name.startswith("refs/") else tuple(place.format(name) for place in _PLACES)
    for place in places:
        if (id := repository.reference(place)) is not None:
            yield id


def _left_behind(repository: Repository, name: str) -> Iterator[str]:
    """Yield what an operation left in a file of its own, as FETCH_HEAD."""
    try:
        yield (repository.git / name).read_text(encoding="ascii", errors="replace")[:40]
    except OSError:
        return


def _peeled(repository: Repository, id: str, revision: str) -> str:
    """Return the commit that an id stands for: itself, or what its tag names."""
    for _ in range(_MOST_TAGS):
        kind, data = repository.read(id, f"the commit of {quote(revision)}")
        if kind == COMMIT:
            return id
        if kind != TAG:
            break
        id = next(_ids_in(data, "object"), "")
    raise UsageError(f"{quote(revision)} does not name a commit", help=_NAME_ONE)


def _ancestor(repository: Repository, id: str, sign: str, number: int, revision: str) -> str:
    """Return the commit one step away: `~N` goes to the first parent N times, `^N` to the Nth parent once."""
    for _ in range(number if sign == "~" else min(number, 1)):
        parents = list(_headers(repository, id, "parent"))
        place = 0 if sign == "~" else number - 1
        if place >= len(parents):
            message = f"there is no revision {quote(revision)}: {id[:12]} has {len(parents) or 'no'} parents"
            raise UsageError(message, help=_NAME_ONE)
        id = parents[place]
        repository.read(id, f"the commit of {quote(revision)}")
    return id


def _headers(repository: Repository, commit: str, word: str) -> Iterator[str]:
    _, data = repository.read(commit, f"the commit {commit[:12]}")
    return _ids_in(data, word)


def _ids_in(data: bytes, word: str) -> Iterator[str]:
    for line in data.split(b"\n\n", 1)[0].decode(errors="replace").split("\n"):
        if line.startswith(f"{word} ") and (found := _ID.match(line)):
            yield found[1]
