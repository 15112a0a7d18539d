"""A list of documents in one file, as a level of SCPs is, each with its number from 1; and a document as one text."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.sources.found import FoundDocument, Opening
from verifier.sources.placeholders import filled
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value
from verifier.sources.wrappers import document_of, opened


class DocumentList:
    """See Kind."""

    name = "a list of documents"

    def fits(self, value: Value) -> bool:
        """See Kind."""
        return isinstance(value, ListValue) and bool(value.values) and all(map(_is_document, value.values))

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        assert isinstance(value, ListValue)
        for number, each in enumerate(value.values, 1):
            document = document_of(each)
            if document is not None:
                yield FoundDocument(str(number), None, filled(document, opening.source), opening.source)


def _is_document(value: Value) -> bool:
    found = opened(value) if isinstance(value, TextValue) else value
    return isinstance(found, ObjectValue) and "Statement" in found.named


class OneText:
    """See Kind."""

    name = "a document as a text, or URL-encoded"

    def fits(self, value: Value) -> bool:
        """See Kind."""
        return isinstance(value, TextValue) and opened(value) is not value

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        document = document_of(value)
        if document is not None:
            yield FoundDocument("", None, document, opening.source)
