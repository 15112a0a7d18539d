"""From the name of a document to the document: its file, the kind of the file, and what is selected in it.

    open_document(source, selector, ...)     the one document
    open_documents(source, ...)              all documents of a file, for commands that take them all
    split_selector(name)                     `template.yaml#TeamBoundary` to the file and the selector

A plain JSON document goes the way it always went, to the parser, and no other module of this room is loaded. Whatever
else there is, is read as values (`notations.py`), its kind is found (`KINDS`), and the document that is selected is
written anew for the parser, with the places that it has in the file (`document.py`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.policy.quick_reader import quick_document
from verifier.sources.document import document_source
from verifier.sources.found import FoundDocument, Kind, Opening
from verifier.sources.kinds import KINDS, what_it_is
from verifier.sources.notations import read_values
from verifier.sources.values import AnyValue, ObjectValue, Value

_MOST_LISTED = 20


def split_selector(name: str) -> tuple[str, str]:
    """Return the file and the selector of `name`; what is the name of a file has no selector."""
    if "#" not in name or os.path.exists(name):  # noqa: PTH110 - a name may hold what no path may
        return name, ""
    path, _, selector = name.partition("#")
    return path, selector


def open_document(source: Source, selector: str = "", parameters: Mapping[str, str] | None = None) -> Source:
    """Return the source of the document `selector` of the file, or of its only one.

    Raises UsageError where there is none, several, or one that is not known before deployment.
    """
    if not selector and quick_document(source) is not None:
        return source
    value = _values(source)
    if value is None or (is_document(value) and not selector):
        return source if value is None or _is_json(source) else document_source(value, source)
    found = open_documents(source, parameters, value=value)
    return _written(_selected(found, selector, source))


def open_documents(
    source: Source, parameters: Mapping[str, str] | None = None, *, before: bool = False, value: Value | None = None
) -> Sequence[FoundDocument]:
    """Return every document of the file. Raises UsageError for a file of no kind that holds documents."""
    value = read_values(source) if value is None else value
    if is_document(value):
        return (FoundDocument("", None, value, source),)
    return tuple(_kind(value, source).documents(value, Opening(source, parameters or {}, before)))


def is_document(value: Value) -> bool:
    """Whether `value` is, or was meant as, a policy document."""
    return isinstance(value, ObjectValue) and "Statement" in value.named


def _values(source: Source) -> Value | None:
    """Return the values of the file; None for a broken JSON document, which the parser explains better."""
    try:
        return read_values(source)
    except UsageError:
        if _is_json(source) and '"Statement"' in source.text:
            return None
        raise


def _is_json(source: Source) -> bool:
    from verifier.sources.notations import without_comments  # noqa: PLC0415 - its own module

    return source.text.lstrip()[:1] == "{" and without_comments(source.text) == source.text


def _kind(value: Value, source: Source) -> Kind:
    for kind in KINDS:
        if kind.fits(value):
            return kind
    what, help = what_it_is(value, source)
    raise UsageError(f"{quote(source.name)} is {what}, which holds no policy document", source=source, help=help)


def _selected(found: Sequence[FoundDocument], selector: str, source: Source) -> FoundDocument:
    chosen = [each for each in found if each.selector == selector] if selector else list(found)
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(f"`{source.name}#{each.selector}`" for each in found[:_MOST_LISTED])
    more = f", and {len(found) - _MOST_LISTED:,} more" if len(found) > _MOST_LISTED else ""
    if not found:
        raise UsageError(f"{quote(source.name)} holds no policy document", source=source, help="name another file")
    if selector:
        raise UsageError(f"{quote(source.name)} has no document {quote(selector)}", help=f"it has {names}{more}")
    raise UsageError(f"{quote(source.name)} holds {len(found)} documents", help=f"name one of {names}{more}")


def _written(found: FoundDocument) -> Source:
    if isinstance(found.value, AnyValue):
        message = f"{quote(found.selector)} is not known before deployment ({found.value.unknown.name})"
        raise UsageError(message, source=found.file, span=found.value.span, help="name a document that is known")
    return document_source(found.value, found.file)
