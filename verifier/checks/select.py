"""Which files of a tree the places of a rule stand for: files, folders and globs, relative to the configuration.

    policies/a.json     the file
    policies            every `*.json` in the folder and below
    policies/**/*.json  what matches: `*` and `?` within a name, `[...]` a character, `**` any folders

One matcher serves the working tree and that of a commit, so that both hold the same documents. A glob matches names
that begin with a dot, and whatever the case of their letters (`A.JSON`): more is checked than was perhaps meant, never
less. `exclude` matches the very case only, for the same reason. Links to folders are followed. A place that stands for
nothing is an error, and so is a link to a folder that holds it; any other link that matches is a document with the
reason why it cannot be read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from posixpath import normpath

from verifier.base.errors import UsageError, quote
from verifier.sources.tree import PathKind, Tree, find_path, kind_of, label, real_path

_MAGIC = frozenset("*?[")


def select(
    tree: Tree, folder: str, places: Iterable[str], exclude: Sequence[str] = (), *, some: bool = True
) -> list[str]:
    """Return the paths of the files at `places`, seen from `folder`, without those that `exclude` matches, in order.

    Raises UsageError for a place that leads out of the root, and if there must be `some`, for one that no file is at.
    """
    left_out = [_Glob(from_root(folder, place), exact=True) for place in exclude]
    found: dict[str, None] = {}
    for place in places:
        path = from_root(folder, place)
        inside = (
            [] if not some and kind_of(tree, path) is None and not _MAGIC & set(path) else [*_at(tree, path, left_out)]
        )
        if some and not inside:
            raise UsageError(f"{quote(place)} matches no file", help="check the pattern, and what is excluded")
        found |= dict.fromkeys(inside)
    return sorted(found)


def from_root(folder: str, place: str) -> str:
    """Return the path of a place that is seen from `folder`. Raises UsageError where that leads out of the root."""
    path = normpath(f"{folder}/{place}".lstrip("/"))
    if place.startswith("/") or path == ".." or path.startswith("../") or "\0" in place:
        help = "name files of the repository, relative to the configuration"
        raise UsageError(f"{quote(place)} leads out of the repository", help=help)
    return "" if path == "." else path


def covers(folder: str, place: str, path: str) -> bool:
    """Return whether a file, folder or glob, seen from `folder`, stands for `path`, in the very case."""
    return _Glob(from_root(folder, place), exact=True).excludes(path)


def _at(tree: Tree, place: str, left_out: Sequence[_Glob]) -> Iterator[str]:
    kind = kind_of(tree, place)
    if kind is None and _MAGIC & set(place):
        yield from _matching(tree, _Glob(place), left_out)
    elif kind is None:
        raise UsageError(f"there is no file {quote(label(tree, place))}", help="check the path")
    elif tree.kind(real_path(tree, place)) is PathKind.FOLDER:
        yield from _matching(tree, _Glob(f"{_escaped(place)}/**/*.json".lstrip("/")), left_out)
    elif not any(glob.excludes(place) for glob in left_out):
        yield place


def _matching(tree: Tree, glob: _Glob, left_out: Sequence[_Glob]) -> Iterator[str]:
    found = find_path(tree, glob.fixed)
    if found is not None and tree.kind(found) is PathKind.FOLDER:
        yield from _walk(tree, glob.fixed, glob, left_out, (found,))


def _walk(tree: Tree, folder: str, glob: _Glob, left_out: Sequence[_Glob], above: tuple[str, ...]) -> Iterator[str]:
    """Yield the files in `folder` and below that match; `above` are the real folders that lead there."""
    names = tree.inside(above[-1])
    if not names and above[-1] in tree.submodules:
        message = f"{quote(label(tree, folder))} is a submodule whose files are not here"
        raise UsageError(message, help="fetch them (`submodules: true` of actions/checkout), or exclude the folder")
    for name in names:
        path = f"{folder}/{name}" if folder else name
        if name.lower() == ".git" or any(each.excludes(path) for each in left_out):
            continue
        if not (glob.matches(path) or glob.may_match_below(path)):
            continue
        kind = kind_of(tree, path)
        if kind is PathKind.LINK and not _leads_to_a_folder(tree, path):
            if glob.matches(path):
                yield path  # what it leads to is found out, or is an error, where it is read
            continue
        real = real_path(tree, path)
        if tree.kind(real) is PathKind.FOLDER:
            if real in above:
                raise UsageError(f"{quote(label(tree, path))} is a link to a folder that contains it", help="remove it")
            if glob.may_match_below(path):
                yield from _walk(tree, path, glob, left_out, (*above, real))
        elif glob.matches(path):
            yield path


def _leads_to_a_folder(tree: Tree, path: str) -> bool:
    """Whether a link leads to a folder of the tree, and not to a file, nowhere or out of it."""
    try:
        return tree.kind(real_path(tree, path)) is PathKind.FOLDER
    except UsageError:
        return False


class _Glob:
    """A pattern from the root."""

    def __init__(self, pattern: str, *, exact: bool = False) -> None:
        self._parts = pattern.split("/")
        self._names = [None if part == "**" else _either_case(_name(part), exact=exact) for part in self._parts]
        fixed = self._parts[:-1]
        stop = next((number for number, part in enumerate(fixed) if _MAGIC & set(part)), len(fixed))
        self.fixed = "/".join(fixed[:stop])

    def matches(self, path: str) -> bool:
        """Whether the whole path matches."""
        return len(self._names) in self._reached(path)

    def may_match_below(self, path: str) -> bool:
        """Whether something in the folder `path` or below could match."""
        return any(place < len(self._names) for place in self._reached(path))

    def excludes(self, path: str) -> bool:
        """Whether the path or a folder that leads there matches."""
        parts = path.split("/")
        return any(self.matches("/".join(parts[:end])) for end in range(1, len(parts) + 1))

    def _reached(self, path: str) -> set[int]:
        """Return the places in the pattern that may be reached once `path` is read."""
        places = self._past_folders({0})
        for name in path.split("/"):
            stays = {place for place in places if place < len(self._names) and self._names[place] is None}
            goes = {place + 1 for place in places - stays if self._takes(place, name)}
            places = self._past_folders(stays | goes)
        return places

    def _takes(self, place: int, name: str) -> bool:
        pattern = self._names[place] if place < len(self._names) else None
        return pattern is not None and pattern.fullmatch(name) is not None

    def _past_folders(self, places: set[int]) -> set[int]:
        """Add the places behind each `**`, which may stand for no folder at all."""
        found = set(places)
        for start in places:
            ends = itertools.takewhile(self._is_folders, itertools.count(start))
            found.update(place + 1 for place in ends)
        return found

    def _is_folders(self, place: int) -> bool:
        return place < len(self._names) and self._names[place] is None


def _either_case(pattern: str, *, exact: bool) -> re.Pattern[str]:
    """Return the pattern, and next to it the one for any case: `[!a]` alone would match less if case did not count."""
    return re.compile(pattern if exact else f"{pattern}|(?i:{pattern})", re.DOTALL)


def _escaped(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


def _name(glob: str) -> str:
    """Return the regular expression of one name of a glob."""
    out, place = "", 0
    while place < len(glob):
        char = glob[place]
        end = glob.find("]", place + (3 if glob[place + 1 : place + 2] == "!" else 2)) if char == "[" else -1
        if char == "*":
            out += ".*"
        elif char == "?":
            out += "."
        elif end > 0:
            inside = glob[place + 1 : end].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
            out += f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]"
            place = end
        else:
            out += re.escape(char)
        place += 1
    return out
