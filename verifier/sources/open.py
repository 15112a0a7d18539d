"""From the name of a document to the document: its file, the kind of the file, and what is selected in it.

    open_document(source, selector, ...)     the one document
    open_level(source, selector, ...)        all documents that are selected, as one list: a level of SCPs or RCPs
    open_documents(source, ...)              all documents of a file, for commands that take them all
    every_source(source, ...)                the same, each with its selector, as the parser takes them
    open_file(opening)                       the same with the kind of the file and its values, for who asks for more

A plain JSON document goes the way it always went, to the parser, and no other module of this room is loaded. Whatever
else there is, is read as values (`notations.py`), its kind is found (`KINDS`), and the document that is selected is
written anew for the parser, with the places that it has in the file (`document.py`).

Two documents with one selector are told apart by `~1` and `~2` at its end: a name alone never picks one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, UsageError, quote
from verifier.base.grammar import span_at
from verifier.base.regex import regex
from verifier.base.safe import printable
from verifier.base.source import UNCERTAIN, Source, TokenRange
from verifier.clouds.aws.policy.quick_reader import quick_document, quick_level
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.document import document_source
from verifier.sources.found import FoundDocument, Kind, Opening
from verifier.sources.json_tokens import JsonToken
from verifier.sources.notations import json_values, read_values
from verifier.sources.placeholders import PLACEHOLDER, filled
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Value, list_value

_MOST_LISTED = 20
# What begins as a document is one, and the parser explains best what is wrong with it.
_BEGINS_AS_DOCUMENT = regex(r'\s*+\{\s*+"(?:Version"\s*+:\s*+"20|Id"|Statement")')


def open_document(source: Source, selector: str = "", parameters: Mapping[str, str] | None = None) -> Source:
    """Return the source of the document `selector` of the file, or of its only one.

    Raises UsageError where there is none, or several.
    """
    if not selector and quick_document(source) is not None and not PLACEHOLDER.search(source.text):
        return source
    if not selector and _BEGINS_AS_DOCUMENT.match(source.text):
        return _plain(source)
    with _placed(source):
        value = _values(source)
        if is_document(value) and not selector:
            return _document(value, source)
        return _written(_selected(open_documents(source, parameters, value=value), selector, source))


def open_level(source: Source, selector: str = "", parameters: Mapping[str, str] | None = None) -> Source:
    """Return a source that holds a document, or a list of them: all that `selector` names or begins the name of.

    Raises UsageError as `open_document` does, but not for several documents.
    """
    if not selector and quick_level(source) is not None and not PLACEHOLDER.search(source.text):
        return source
    if not selector and _BEGINS_AS_DOCUMENT.match(source.text):
        return _plain(source)
    with _placed(source):
        found = open_documents(source, parameters)
        chosen = [each for each in found if each.selector == selector or each.selector.startswith(f"{selector}/")]
        if not selector:
            chosen = list(found)
        if len(chosen) < 2:
            return _written(_selected(chosen or found, selector, source))
        unknown = next((each for each in chosen if isinstance(each.value, AnyValue)), None)
        if unknown is not None:
            return _written(unknown)
        return document_source(list_value([each.value for each in chosen], chosen[0].value.place), source)


def open_documents(
    source: Source, parameters: Mapping[str, str] | None = None, *, before: bool = False, value: Value | None = None
) -> Sequence[FoundDocument]:
    """Return every document of the file. Raises UsageError for a file of no kind that holds documents."""
    return open_file(Opening(source, parameters or {}, before), value).documents


@dataclass(frozen=True)
class OpenedFile:
    """A file that was read: its kind, None where all of it is one document, its values, and its documents."""

    opening: Opening
    kind: Kind | None
    value: Value
    documents: Sequence[FoundDocument]


def open_file(opening: Opening, value: Value | None = None) -> OpenedFile:
    """Return a file with every document in it; `value` are its values, if they have been read.

    Raises UsageError for a file of no kind that holds documents.
    """
    source = opening.source
    with _placed(source):
        value = _values(source) if value is None else value
        if is_document(value):
            return OpenedFile(opening, None, value, (FoundDocument("", None, filled(value, source), source),))
        kind = _kind(value, source)
        return OpenedFile(opening, kind, value, _told_apart(list(kind.documents(value, opening))))


def every_source(
    source: Source,
    parameters: Mapping[str, str] | None = None,
    types: Container[PolicyType | None] | None = None,
    *,
    levels: bool = False,
    left_out: Counter[str] | None = None,
) -> Sequence[tuple[str, Source]]:
    """Return the documents of the file as sources, each with its selector; with `types` only those of one of them.

    The others are counted in `left_out`, by their types, and what is not certain to be there as `UNCERTAIN`. With
    `levels`, a file that is a list of documents is one source. Raises UsageError as `open_documents`.
    """
    if _BEGINS_AS_DOCUMENT.match(source.text):
        return (("", _plain(source)),)
    with _placed(source):
        from verifier.sources.levels import DocumentList  # noqa: PLC0415 - as the kinds are

        value = _values(source)
        if levels and isinstance(value, ListValue) and isinstance(_kind(value, source), DocumentList):
            return (("", open_level(source, parameters=parameters)),)
        found = open_documents(source, parameters, value=value)
        if not found:
            raise UsageError(f"{quote(source.name)} holds no policy document", help="name another file")
        wanted = [each for each in found if types is None or each.type in types]
        if left_out is not None and types is not None:
            left_out.update(each.type.value for each in found if each.type is not None and each.type not in types)
            left_out.update(UNCERTAIN for each in wanted if not each.certain)
            wanted = [each for each in wanted if each.certain]
        return [(each.selector, document_source(each.value, each.file)) for each in wanted]


def is_document(value: Value) -> bool:
    """Whether `value` is, or was meant as, a policy document."""
    return isinstance(value, ObjectValue) and value.member("Statement") is not None


def _plain(source: Source) -> Source:
    """Return what begins as a JSON document: itself, or, where it has comments, the document without them."""
    try:
        return _document(json_values(source), source)
    except UsageError as wrong:
        _refuse_other_files(source, wrong)
        return source


def _document(value: Value, source: Source) -> Source:
    """Return the document that is the whole file: the file itself where it is JSON alone."""
    place = value.place.place if isinstance(value.place, JsonToken) else value.place
    is_json = isinstance(place, TokenRange) and place.source is source and not PLACEHOLDER.search(source.text)
    return source if is_json else document_source(filled(value, source), source)


@contextmanager
def _placed(source: Source) -> Iterator[None]:
    """Give an error the file, where it has none, and hide what may not be quoted."""
    try:
        yield
    except InputError as wrong:
        wrong.source = wrong.source or source
        shown = wrong.as_shown()
        if isinstance(shown, UsageError):
            raise shown from None
        raise UsageError(shown.message, source=shown.source, span=shown.span, help=shown.help) from None


def _values(source: Source) -> Value:
    """Return the values of the file. Raises UsageError, which says what the file is where it is of a known kind."""
    try:
        return read_values(source)
    except UsageError as wrong:
        _refuse_other_files(source, wrong)
        raise


def _refuse_other_files(source: Source, wrong: UsageError) -> None:
    """Raise UsageError where a text could not be read because it is something else."""
    from verifier.sources.other_files import ESCAPED, what_it_is_by_text  # noqa: PLC0415 - for an error only

    what = what_it_is_by_text(source)
    if what is None:
        return
    begins_as_json = source.text.lstrip()[:1] in ("{", "[") and what[0] not in ("TOML", ESCAPED)
    line = source.line(wrong.span.line) if wrong.span else ""
    if begins_as_json and "{{" not in line and "{%" not in line:
        return  # JSON with a mistake
    raise _no_document(source, *what) from None


def _kind(value: Value, source: Source) -> Kind:
    from verifier.sources.kinds import KINDS  # noqa: PLC0415 - the kinds are loaded for a file that needs them
    from verifier.sources.other_files import what_it_is  # noqa: PLC0415 - as above

    for kind in KINDS:
        if kind.fits(value):
            return kind
    raise _no_document(source, *what_it_is(value, source))


def _no_document(source: Source, what: str, help: str) -> UsageError:
    begin = len(source.text) - len(source.text.lstrip())
    span = span_at(source.text, begin)
    return UsageError(f"the text is {what}, which holds no policy document", source=source, span=span, help=help)


def _told_apart(found: list[FoundDocument]) -> Sequence[FoundDocument]:
    counts = Counter(each.selector for each in found)
    if max(counts.values(), default=0) < 2:
        return found
    numbers: Counter[str] = Counter()
    several: list[FoundDocument] = []
    for each in found:
        numbers[each.selector] += 1
        name = f"{each.selector}~{numbers[each.selector]}" if counts[each.selector] > 1 else each.selector
        several.append(replace(each, selector=name))
    return several


def _selected(found: Sequence[FoundDocument], selector: str, source: Source) -> FoundDocument:
    chosen = [each for each in found if each.selector == selector] if selector else list(found)
    if len(chosen) == 1:
        return chosen[0]
    if not found:
        raise UsageError("the text holds no policy document", source=source, help="name another file")
    beginning = [each for each in found if each.selector.startswith((f"{selector}/", f"{selector}~"))]
    names = _listed(beginning or found, source)
    if selector:
        missing = f"holds {len(beginning)} documents under" if beginning else "has no document"
        raise UsageError(f"the text {missing} {quote(selector)}", source=source, help=f"name one of {names}")
    help = f"name one of {names}; `verifier sweep` takes files with several policies"
    raise UsageError(f"the text holds {len(found)} documents", source=source, help=help)


def _listed(found: Sequence[FoundDocument], source: Source) -> str:
    # Names are whole: people copy them.
    called = [f"{source.name}#{each.selector}" if each.selector else source.name for each in found[:_MOST_LISTED]]
    shown = [printable(each).replace("`", r"\x60") for each in called]
    names = ", ".join(f"`{each}`" for each in shown)
    return names + (f", and {len(found) - _MOST_LISTED:,} more" if len(found) > _MOST_LISTED else "")


def _written(found: FoundDocument) -> Source:
    return document_source(found.value, found.file)
