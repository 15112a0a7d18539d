"""From two names to the two sides of a change, or from one plan, which has both.

    read_sides(before, after, how)    both sides

Of two folders, the files are paired by their paths. Files with the same bytes are not read, as nothing changed there,
unless tags or aliases change in others: conditions of documents in them may read those.
"""

from __future__ import annotations

import filecmp
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, UsageError, quote
from verifier.base.files import MAX_SIZE, read_source
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.bulk.documents import files_in
from verifier.bulk.items import Item
from verifier.clouds.aws.policy.types import PolicyType
from verifier.review.accounts import account_sides, holds_account
from verifier.review.grants import may_be_read
from verifier.review.side import FileDocument, ReviewSide, SideDocument, side_in, side_of, together
from verifier.sources.found import Opening
from verifier.sources.named import document_at
from verifier.sources.open import open_file
from verifier.sources.terraform.plan import TerraformPlan

_BEFORE, _AFTER = "before", "after"
_WORD = regex(rb"tag|alias", re.IGNORECASE)
# A template may give permissions, and have tags, without a document.
_OF_TEMPLATES = regex(rb"""Statement|(?:^|[{,])\s*["']?Resources["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True)
class HowToRead:
    """What reading depends on: `told` is what documents are that do not say it, `parameters` are those of templates."""

    told: PolicyType | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    max_size: int = MAX_SIZE

    def opening(self, source: Source, *, before: bool = False) -> Opening:
        """Return how a file is opened: an expression of a plan that refers to one attribute is taken to be that."""
        return Opening(source, self.parameters, before, plain_references=True)


def read_sides(before: str, after: str | None, how: HowToRead) -> tuple[ReviewSide, ReviewSide]:
    """Return both sides of a change. Raises InputError where there is nothing to compare.

    A file of a folder that cannot be read is in `ReviewSide.errors`.
    """
    if after is None:
        return _plan(before, how)
    if holds_account(before) and holds_account(after):
        return account_sides(before, after)
    folders = [os.path.isdir(path) for path in (before, after)]  # noqa: PTH112 - where `Path` raises for a long path
    if all(folders):
        return _folders(before, after, how)
    if any(folders):
        message = f"one of {quote(before)} and {quote(after)} is a folder, the other is not"
        raise UsageError(message, help="name two files, or two folders")
    return _file(before, how, _BEFORE), _file(after, how, _AFTER)


def _plan(path: str, how: HowToRead) -> tuple[ReviewSide, ReviewSide]:
    source = read_source(path, how.max_size)
    old = open_file(how.opening(source, before=True))
    if not isinstance(old.kind, TerraformPlan):
        help = "name both sides, as in `verifier review BEFORE AFTER`; only a Terraform plan has both"
        raise UsageError(f"{quote(path)} is one side of a change", help=help)
    new = open_file(how.opening(source), old.value)
    before, after = (side_in(opened, "", how.told, time) for opened, time in ((old, _BEFORE), (new, _AFTER)))
    return before, replace(after, moved={})  # what is before has the names that it has after


def _file(path: str, how: HowToRead, time: str) -> ReviewSide:
    named = document_at(path, how.max_size, how.parameters)
    if named is not None:
        return ReviewSide({"": SideDocument("", how.told, "", FileDocument(named))})
    return _whole(side_of("", how.told, how.opening(read_source(path, how.max_size)), time))


def _whole(side: ReviewSide) -> ReviewSide:
    """Return `side`, which is one file. Raises InputError where that cannot be read."""
    for error in side.errors.values():
        raise error
    return side


def _folders(before: str, after: str, how: HowToRead) -> tuple[ReviewSide, ReviewSide]:
    old, new = (dict(_listed(folder)) for folder in (before, after))
    changed = [name for name in sorted({*old, *new}) if not _same(old.get(name), new.get(name))]
    was = together(_in_folder(old[name], name, how, _BEFORE) for name in changed if name in old)
    now = together(_in_folder(new[name], name, how, _AFTER) for name in changed if name in new)
    if not may_be_read(was, now):
        return was, now
    same = together(_unchanged(old[name], name, how) for name in sorted({*old} - {*changed}))
    return together((was, same)), together((now, same))


def _unchanged(found: str | Item, name: str, how: HowToRead) -> ReviewSide:
    """Return what a file holds that did not change; of one that cannot be read nothing, if it has no word of tags and
    aliases.
    """
    side = _in_folder(found, name, how, _BEFORE)
    if isinstance(found, str) and side.errors and not _WORD.search(Path(found).read_bytes()):
        return ReviewSide()
    return side


def _listed(folder: str) -> Iterator[tuple[str, str | Item]]:
    for found in files_in(folder, _OF_TEMPLATES):
        path = found if isinstance(found, str) else found.name
        yield Path(os.path.relpath(path, folder)).as_posix(), found


def _same(one: str | Item | None, other: str | Item | None) -> bool:
    """Whether both are files with the same bytes."""
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False  # the reader says what is wrong


def _in_folder(found: str | Item, name: str, how: HowToRead, time: str) -> ReviewSide:
    if isinstance(found, Item):
        return ReviewSide(errors={name: found.error} if found.error else {})
    try:
        return side_of(name, how.told, how.opening(read_source(found, how.max_size)), time)
    except InputError as error:
        return ReviewSide(errors={name: error})
