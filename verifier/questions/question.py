"""The questions, each one value. How one is asked is another value (`ask.py`); `answer.py` answers any of them.

    ProveQuestion      is what the documents allow together within the maximum?
    NeedsQuestion      do the documents allow together all that is needed?
    DiffQuestion       do the two documents allow the same requests?
    AloneQuestion      the same, if one of the two versions does not exist
    ConfineQuestion    does the document block every service but these?
    EvaluateQuestion   what happens to this one request?
    SimplifyQuestion   which parts of the document change nothing?

    Posed              a question with its `Ask`
    Standard           what many documents are compared with, each in a `ProveQuestion` of its own

`told` is what a document is, if it does not say it itself. Whether documents suit their places is checked when a
question is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.source import Excerpts
from verifier.clouds.cloud import Document, Documents, DocumentType
from verifier.clouds.split import Respect
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.read_id import JsonValue


@dataclass(frozen=True)
class ProveQuestion:
    """`prove`, and `repair` of its boundary: is what the documents allow together within the maximum?"""

    documents: Documents
    maximum: Document

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires, ValueError without an identity policy
        where it is not told who asks.
        """
        if not (self.documents.policies or self.documents.tells_who):
            raise ValueError("at least one identity policy is needed")
        self.documents.check()
        self.maximum.cloud.check_maximum(self.maximum, self.documents)

    def policies(self) -> tuple[Document, ...]:
        """Return every document, the maximum last."""
        return (*(policy for _, policy in self.documents.placed()), self.maximum)


@dataclass(frozen=True)
class NeedsQuestion:
    """`prove --needs`: do the documents allow together all that `needs` allows?"""

    documents: Documents
    needs: Document

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires, ValueError without an identity policy."""
        ProveQuestion(self.documents, self.needs).check()

    def policies(self) -> tuple[Document, ...]:
        """Return every document, that of the needs last."""
        return (*(policy for _, policy in self.documents.placed()), self.needs)


@dataclass(frozen=True)
class DiffQuestion:
    """`diff`: do the two documents allow the same requests?

    Or two levels: the documents of `old_rest` act with `old` as one, those of `new_rest` with `new`.
    """

    old: Document
    new: Document
    told: DocumentType | None = None
    old_rest: tuple[Document, ...] = ()
    new_rest: tuple[Document, ...] = ()

    @staticmethod
    def of_levels(old: Sequence[Document], new: Sequence[Document], told: DocumentType | None = None) -> DiffQuestion:
        """Return the question about two levels, each of one document at least."""
        return DiffQuestion(old[0], new[0], told, tuple(old[1:]), tuple(new[1:]))

    @property
    def given(self) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
        """Both levels, whatever is wrong with them."""
        return (self.old, *self.old_rest), (self.new, *self.new_rest)

    def levels(self) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
        """Return both as what they are. Raises PolicyError for one that is not, or several of different types."""
        old, new = self.given
        found = tuple(self.old.cloud.alike((*old, *new), self.told))
        return found[: len(old)], found[len(old) :]

    def respects(self) -> Sequence[Respect]:
        """Return the respects in which they are compared. Raises as `levels`, and Unsupported."""
        old, new = self.levels()
        return self.old.cloud.respects((*old, *new), self.told)


@dataclass(frozen=True)
class AloneQuestion:
    """`diff` of a document that has `appeared`, or else vanished: there is no other version."""

    document: Document
    appeared: bool
    told: DocumentType | None = None


@dataclass(frozen=True)
class ConfineQuestion:
    """`confine`: does the document block every service but these?"""

    document: Document
    services: tuple[str, ...]
    told: DocumentType | None = None

    @property
    def documents(self) -> Documents:
        """The document in its place. Raises PolicyError where it does not suit that, UsageError as `by_itself`."""
        return self.document.cloud.by_itself(self.document, self.told)


@dataclass(frozen=True)
class EvaluateQuestion:
    """`evaluate`: what happens to this one request?"""

    documents: Documents
    request: Request


@dataclass(frozen=True)
class SimplifyQuestion:
    """`simplify`: which parts of the document change nothing?"""

    document: Document
    told: DocumentType | None = None


Question: TypeAlias = ProveQuestion | NeedsQuestion | DiffQuestion | ConfineQuestion | EvaluateQuestion


@dataclass(frozen=True)
class Posed:
    """A question with how it is to be asked; `id` is what the line of a batch gives its answer to carry.

    `excerpts` says where documents that were read before stand in this line.
    """

    question: Question
    ask: Ask
    id: JsonValue = None
    excerpts: Excerpts | None = None


@dataclass(frozen=True)
class Standard:
    """What each of many documents is compared with: the `documents` that act together with it, and the maximum.

    `told` is what each of them is; None leaves that to them: those that do not say it are identity policies.
    """

    documents: Documents
    maximum: Document
    told: DocumentType | None

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires."""
        self.documents.check()
        self.maximum.cloud.check_common_maximum(self.maximum, self.told)

    def question(self, *level: Document) -> ProveQuestion:
        """Return the question about a document, or about several that act as one.

        Raises InputError where one is something else than it is told.
        """
        return ProveQuestion(self.maximum.cloud.among(level, self.told, self.documents), self.maximum)

    def policies(self) -> tuple[Document, ...]:
        """Return every document as it is written, the maximum last."""
        given = self.documents.beside().values()
        return (*(policy for levels in given for level in levels for policy in level), self.maximum)
