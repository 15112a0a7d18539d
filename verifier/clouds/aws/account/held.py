"""The documents that an account holds: each content once, however many principals carry it.

    AccountDocument   one document: its policy, or what is wrong with it
    DocumentShelf     the documents of an account, by their content

A document is read when somebody asks for it, and then kept. One that is broken stays, with its error: whoever it is
attached to is undecided, and nobody takes it for a document that says nothing. The places of a shared document are
those of its first occurrence.
"""

from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING

from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.clouds.aws.policy.check import check_policy
from verifier.clouds.aws.policy.parse import Readable, parse_source
from verifier.sources.document import document_source
from verifier.sources.json_tokens import JsonToken
from verifier.sources.wrappers import document_of

if TYPE_CHECKING:
    from verifier.clouds.aws.policy.syntax import Policy
    from verifier.clouds.aws.policy.types import PolicyType
    from verifier.sources.values import Value

# The version of `marshal` that writes equal values alike, whichever of their parts are the same objects.
_PLAIN = 0


class AccountDocument(Readable):
    """A document of an account; `type` is what it is there, `place` where it stood first."""

    def __init__(self, type_: PolicyType, value: Value | None, file: Source) -> None:
        """Keep it unread; without a `value` the whole `file` is the document."""
        self.type = type_
        self.file = file
        self._value = value

    @cached_property
    def key(self) -> str:
        """What tells it apart from documents of another content."""
        return hashlib.sha256(f"{self.type.value}\0{self.text}".encode(errors="surrogatepass")).hexdigest()[:32]

    @property
    def text(self) -> str:
        """The document as JSON, whatever it was written as; empty of one that is broken."""
        return self.policy.source.text if self.policy else ""

    def source(self) -> Source:
        """Return the document as a source whose places are those of the file. Raises InputError."""
        if self._value is None:
            return self.file
        document = document_of(self._value)
        if document is None:
            raise InputError(
                "the document is empty", source=self.file, span=self._value.span, help="fetch the account again"
            )
        return document_source(document, self.file)

    def parsed(self) -> Policy:
        """See Readable; as a document of its type."""
        try:
            policy = parse_source(self.source())
            check_policy(policy, self.type)
        except InputError as wrong:
            wrong.source = wrong.source or self.file
            raise wrong.as_shown() from None
        return policy


class DocumentShelf:
    """The documents that were met so far."""

    def __init__(self) -> None:
        self._known: dict[tuple[PolicyType, bytes], AccountDocument] = {}

    def document(self, type_: PolicyType, value: Value, file: Source) -> AccountDocument:
        """Return the document that `value` is, or holds as text: the same object for the same content."""
        content = _content(value)
        if content is None:
            return AccountDocument(type_, value, file)
        found = self._known.get((type_, content))
        if found is None:
            found = self._known[type_, content] = AccountDocument(type_, value, file)
        return found


def _content(value: Value) -> bytes | None:
    """Return what equal documents have in common; None where that takes as long as reading them."""
    place = getattr(value, "place", None)
    if not isinstance(place, JsonToken):
        return None
    try:
        written = marshal.dumps(place.found, _PLAIN)
    except ValueError:  # numbers, and names that stand twice, are of types of our own
        written = repr(place.found).encode(errors="surrogatepass")
    return hashlib.blake2b(written, digest_size=20).digest()
