"""Where the documents of a sweep come from: files, folders, globs and JSON Lines, one after the other, in order.

    FILE          a document, or all documents within it (a template, a plan, a dump)
    FOLDER        every `*.json` in it and in the folders below, whatever the case; and every `*.yaml`, `*.yml`,
                  `*.jsonc` and `*.template` that may hold a document, by a word in it: mostly `Statement`
    GLOB          whatever it matches, `**` included, if there is no file of that name
    FILE.jsonl    one document per line, bare or `{"name": ..., "document": {...}}`
    -             the same, from standard input
    ONE,OTHER     documents that act as one, a level, where that is asked for
    a name        a document that stands in no file, where whoever asks knows the name (`Names`)

A document that cannot be read is an item with its error, so nothing is left out in silence. Each line is read within a
bound, so no input can fill the memory. The text of a document stays as it is written, so its own reader finds every
mistake in it, at its place.
"""

from __future__ import annotations

import glob
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, UsageError, quote, reason_of
from verifier.base.files import is_hidden, read_source
from verifier.base.regex import regex
from verifier.base.source import Source, Span
from verifier.bulk.items import Item

_LINES = ".jsonl"
_MAGIC = frozenset("*?[")
_BLOCK = 1024 * 1024
_Place: TypeAlias = tuple[int, int]
# The document that a text names; None where it is a path. Raises UsageError.
Names: TypeAlias = Callable[[str], Source | None]


# The documents within the text of a file, each with its selector. Raises InputError.
Opened: TypeAlias = Callable[[Source], Sequence[tuple[str, Source]]]
_ALWAYS = (".json",)
_SOMETIMES = (".yaml", ".yml", ".jsonc", ".template")
# What a document in such a file is made of; the permission of a function, and what SAM has, are statements without it.
_OF_DOCUMENTS = regex(rb"Statement|AWS::Serverless|AWS::Lambda::\w*Permission")


def _no_names(_: str) -> None:
    return None


def _as_it_is(source: Source) -> Sequence[tuple[str, Source]]:
    return (("", source),)


def read_documents(
    places: Iterable[str],
    max_size: int,
    names: Names = _no_names,
    opened: Opened = _as_it_is,
    *,
    levels: bool = False,
) -> Iterator[Item]:
    """Yield the documents at `places`, each file of at most `max_size` bytes, as they are needed. Raises nothing.

    With `levels`, names with commas between them are one item.
    """
    for place in places:
        if levels and "," in place and not os.path.lexists(place):
            parts = place.split(",")
            yield _level(place, (_some(part, read_documents((part,), max_size, names, opened)) for part in parts))
            continue
        for path in _files((place,), names):
            if isinstance(path, Item):
                yield path
            elif path == "-" or path.endswith(_LINES):
                yield from _lines(path, max_size)
            else:
                yield from _file(path, max_size, opened)


def _some(place: str, found: Iterable[Item]) -> list[Item]:
    """Return the documents at a place of a level, where there is one at least."""
    help = "name a file with a document"
    return list(found) or [_unread(place, UsageError(f"there is no document in {quote(place)}", help=help))]


def _level(place: str, parts: Iterable[Iterable[Item]]) -> Item:
    first, *rest = itertools.chain.from_iterable(parts)
    error = next((one.error for one in (first, *rest) if one.error is not None), None)
    return replace(first, name=place, error=error, rest=tuple(rest))


def count_documents(places: Iterable[str]) -> int | None:
    """Return how many documents there are at `places`, None where that cannot be told beforehand."""
    count = 0
    for path in _files(places):
        if path == "-":
            return None
        count += _count_lines(path) if isinstance(path, str) and path.endswith(_LINES) else 1
    return count


def _files(places: Iterable[str], names: Names = _no_names) -> Iterator[str | Item]:
    for place in places:
        try:
            source = names(place)
        except UsageError as error:
            yield Item(place, "", place, error=error)
            continue
        if source is not None:
            yield Item(place if source.within else source.name, source.text, source.name).of(source)
            continue
        if place != "-" and not os.path.lexists(place) and _MAGIC & set(place):
            found = sorted(glob.iglob(place, recursive=True))  # noqa: PTH207 - a path may be absolute, or begin with `..`
            if not found:
                yield _unread(place, UsageError(f"nothing matches {quote(place)}", help="check the pattern"))
        else:
            found = [place]
        for path in found:
            if path != "-" and os.path.isdir(path):  # noqa: PTH112 - where `Path` raises for a path that is too long
                inside = files_in(path)
                first = next(inside, None)
                if first is None:
                    help = "name a folder with documents, as `*.json`"
                    yield _unread(path, UsageError(f"there is no document in {quote(path)}", help=help))
                else:
                    yield from itertools.chain((first,), inside)
            else:
                yield path


def files_in(folder: str, word: re.Pattern[bytes] = _OF_DOCUMENTS) -> Iterator[str | Item]:
    """Yield the files in `folder` and below that may hold documents, by name; what cannot be read as an item with its
    error. Links are followed, but not in a circle. `word` stands in those that are not always documents.
    """
    open_: list[tuple[_Place, Iterator[os.DirEntry[str]]]] = []  # from the outermost to the one that is being read

    def enter(path: str) -> Iterator[Item]:
        try:
            status = Path(path).stat()
            here = (status.st_dev, status.st_ino)
            if all(here != above for above, _ in open_):
                open_.append((here, iter(sorted(os.scandir(path), key=lambda entry: entry.name))))
        except OSError as error:
            yield _unread(path, _not_entered(path, error))

    yield from enter(folder)
    while open_:
        entry = next(open_[-1][1], None)
        if entry is None:
            open_.pop()
            continue
        try:
            inside = entry.is_dir()
        except OSError as error:  # a link that may lead to a folder
            yield _unread(entry.path, _not_entered(entry.path, error))
            continue
        if inside:
            yield from enter(entry.path)
        elif _may_hold_documents(entry, word):
            yield entry.path


def _not_entered(path: str, error: OSError) -> UsageError:
    return UsageError(f"cannot read the folder {quote(path)}: {reason_of(error)}", help="check it")


def _may_hold_documents(entry: os.DirEntry[str], word: re.Pattern[bytes]) -> bool:
    name = entry.name.lower()
    if name.endswith(_ALWAYS):
        return True
    try:
        return name.endswith(_SOMETIMES) and word.search(Path(entry.path).read_bytes()) is not None
    except OSError:
        return True  # the reader says what is wrong with it


def _file(path: str, max_size: int, opened: Opened) -> Iterator[Item]:
    try:
        found = opened(read_source(path, max_size))
    except InputError as error:
        yield _unread(path, error)
        return
    for selector, source in found:
        name = f"{path}#{selector}" if selector else path
        yield Item(name, source.text, path, file=True, hidden=source.hidden, within=source.within)


def _lines(path: str, max_size: int) -> Iterator[Item]:
    try:
        if path == "-":
            yield from _lines_of(sys.stdin.buffer, Source(path, ""), max_size)
            return
        with Path(path).open("rb") as file:
            yield from _lines_of(file, Source(path, "", file=True, hidden=is_hidden(path)), max_size)
    except (OSError, ValueError) as error:
        yield _unread(path, UsageError(f"cannot read {quote(path)}: {reason_of(error)}", help="check the path"))


def _lines_of(file: BinaryIO, source: Source, max_size: int) -> Iterator[Item]:
    path = source.name
    for number, line in read_lines(file, max_size):
        name = f"{path}:{number}"
        try:
            if line is None:
                raise UsageError(f"the line is larger than {max_size:,} bytes", help="raise --max-size")
            named = read_named(_text(line))
            yield Item(name if named.name is None else named.name, named.text, path, number).of(source)
        except InputError as error:
            error.source = source
            yield Item(name, "", path, number, error.as_shown()).of(source)


def _text(line: bytes) -> str:
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode()) + 1
        message = f"byte {error.start} (0x{line[error.start]:02x}) is not UTF-8"
        raise UsageError(message, span=Span(1, column, 1, column + 1), help="write the line as UTF-8") from None


def _count_lines(path: str) -> int:
    try:
        with Path(path).open("rb") as file:
            return sum(1 for _ in read_lines(file, _BLOCK))
    except (OSError, ValueError):
        return 1


def _unread(path: str, error: InputError) -> Item:
    error.source = error.source or (Source(path, "", file=True) if error.span else None)
    return Item(path, "", path, error=error, file=True)


def read_lines(file: BinaryIO, max_size: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not blank, numbered from 1; None stands for one of more than `max_size` bytes."""
    number = 0
    while line := file.readline(max_size + 1):
        number += 1
        large = len(line) > max_size and not line.endswith(b"\n")
        while large and (rest := file.readline(_BLOCK)) and not rest.endswith(b"\n"):
            pass
        if large:
            yield number, None
        elif not line.isspace():
            yield number, line


_SPACE = regex(r"[ \t\r\n]*")
_NAMED = regex(r'[ \t\r\n]*\{[ \t\r\n]*"(?:name|document)"')
_HELP = 'write a policy document, or `{"name": "...", "document": {...}}`'
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Named:
    """The text of a document, with blanks in place of what stands before it; `name` is None for one without."""

    name: str | None
    text: str


def read_named(line: str) -> Named:
    """Return the document in `line`. Raises UsageError, with the column, for an object that is not as above."""
    if not _NAMED.match(line):
        return Named(None, line)
    try:
        return _members(line)
    except json.JSONDecodeError as error:
        raise _wrong(
            f"the line is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}",
            error.pos,
            "check brackets, commas and quotes",
        ) from None
    except RecursionError:
        raise _wrong("the line is nested too deep", 0, _HELP) from None


def _members(line: str) -> Named:
    name: str | None = None
    text: str | None = None
    place = line.index("{") + 1
    seen: set[str] = set()
    while True:
        start = _skip(line, place)
        key, place = _value(line, start)
        place = _after(line, place, ":")
        begin = _skip(line, place)
        value, place = _value(line, begin)
        if key not in ("name", "document"):
            raise _wrong(f"{quote(str(key))} is not allowed in a named document", start, _HELP)
        if key in seen:
            raise _wrong(f"{quote(key)} appears twice", start, "remove one")
        seen.add(key)
        if key == "document":
            text = " " * begin + line[begin:place]
        elif isinstance(value, str):
            name = value
        else:
            raise _wrong("the name is not a string", begin, _HELP)
        place = _skip(line, place)
        if line[place : place + 1] != ",":
            break
        place += 1
    place = _after(line, place, "}")
    if (place := _skip(line, place)) != len(line):
        raise _wrong("the line goes on after the object", place, "write one document a line")
    if text is None:
        raise _wrong("the object has no `document`", 0, _HELP)
    return Named(name, text)


def _value(line: str, place: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(line, place)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError("a number is too long", line, place) from None


def _skip(line: str, place: int) -> int:
    found = _SPACE.match(line, place)
    return found.end() if found else place


def _after(line: str, place: int, mark: str) -> int:
    place = _skip(line, place)
    if line[place : place + 1] != mark:
        raise json.JSONDecodeError(f"`{mark}` is missing", line, place)
    return place + 1


def _wrong(message: str, place: int, help: str) -> UsageError:
    return UsageError(message, span=Span(1, place + 1, 1, place + 2), help=help)
