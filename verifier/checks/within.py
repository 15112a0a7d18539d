"""Files of a tree that are not one document: templates, plans and dumps, whose documents are asked about one by one.

    documents_within(tree, path)     the policies of principals in a file, each with its selector
    compare_file(old, new, path)     every document of a file with the one of its selector, as `compare` compares files

A file that is a document, or a list of them, is what `compare` takes; nothing is different for it.
"""

from __future__ import annotations

import os
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from verifier.base.budget import deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, UsageError, quote
from verifier.base.files import MAX_SIZE
from verifier.base.source import Source
from verifier.checks.compare import Compared, PathChange, case_of, compare, compare_documents
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Ask
from verifier.questions.diff import not_compared
from verifier.sources.comparable import OTHER_CONDITIONS, unknown_scope
from verifier.sources.document import document_source
from verifier.sources.found import Opening
from verifier.sources.named import every_document, is_plain
from verifier.sources.open import open_file
from verifier.sources.tree import Snapshot, Tree, text


def documents_within(tree: Tree, path: str) -> Sequence[tuple[str, Source]]:
    """Return the policies of principals in a file, each with its selector: "" of a file that is one document.

    Raises InputError for a file that cannot be read, or holds no document.
    """
    return every_document(text(tree, path))


@dataclass(frozen=True)
class _Held:
    """A document within a file; `given` is what decides whether it is there, where conditions of a template do."""

    type: PolicyType | None
    source: Source
    given: str


def compare_file(
    old: Snapshot,
    new: Tree,
    path: str,
    within: Container[str] | None = None,
    *,
    told: PolicyType | None = None,
    ask: Ask = Ask(),
    max_size: int = MAX_SIZE,
) -> Sequence[Compared]:
    """Return what came of each document of the file at `path`; the arguments are those of `compare`."""
    shown = os.path.relpath(new.root / path)
    whole = PathChange.CHANGED
    try:
        with deadline(ask.seconds):
            whole, moved_from = case_of(old, new, path, within)
            was = None if whole is PathChange.NEW else text(old, moved_from or path, max_size)
            now = None if whole is PathChange.GONE else text(new, path, max_size)
            if all(source is None or is_plain(source.text) for source in (was, now)):
                return (compare(old, new, path, within, told=told, ask=ask, max_size=max_size),)
            before = {} if was is None else _documents(was, told, "before")
            after = {} if now is None else _documents(now, told, "after")
    except LimitReached as limit:
        return (Compared(shown, old.name, whole, not_compared(str(limit), ask)),)
    except InputError as error:
        return (Compared(shown, old.name, whole, error),)
    blank = Compared(shown, old.name, whole, not_compared("", ask), moved_from=moved_from)
    names = dict.fromkeys((*after, *before))
    return tuple(_compared(_named(blank, name), before.get(name), after.get(name), told, ask) for name in names)


def _named(blank: Compared, selector: str) -> Compared:
    return replace(blank, path=f"{blank.path}#{selector}", selector=selector) if selector else blank


def _documents(source: Source, told: PolicyType | None, time: str) -> Mapping[str, _Held]:
    opened = open_file(Opening(source, {}, plain_references=True))
    scope = unknown_scope(opened, time)
    found = {
        each.selector: _Held(each.type, document_source(each.value, each.file, scope), each.given)
        for each in opened.documents
        if each.acts and (told is None or each.type in (None, told))
    }
    if not found:
        raise UsageError(f"{quote(source.name)} holds no policy document", help="name another file")
    return found


def _compared(begun: Compared, old: _Held | None, new: _Held | None, told: PolicyType | None, ask: Ask) -> Compared:
    case = PathChange.NEW if old is None else PathChange.GONE if new is None else begun.case
    type_ = told or next((one.type for one in (new, old) if one is not None and one.type is not None), None)
    begun = replace(begun, case=case, type=type_)
    try:
        with deadline(ask.seconds):
            before, after = (None if one is None else parse_source(one.source) for one in (old, new))
            begun = replace(begun, old=before, new=after, warnings=tuple(lint(after)) if after else ())
            if old and new and old.given != new.given:
                return replace(begun, answer=not_compared(OTHER_CONDITIONS, ask))
            answer, why = compare_documents(before, after, type_, ask)
    except LimitReached as limit:
        return replace(begun, answer=not_compared(str(limit), ask))
    except InputError as error:
        return replace(begun, answer=error)
    return replace(begun, answer=answer, why=why)
