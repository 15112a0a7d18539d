"""Answering items: what a sweep and a batch have in common, in whichever process it happens.

    Common   what all items share, as plain values that travel; `asker()` makes the other of it, once a process
    Asker    answers one item after the other, and asks a cache first where it has one

`sweep.py` and `verifier/lines.py` say how an item becomes a question and what is shown of its answer.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import Generic, TypeAlias, TypeVar

from verifier.bulk.cache import Cache
from verifier.bulk.item import Answered, Item
from verifier.bulk.memory import meaning, recalled, record_of
from verifier.errors import CacheError, InputError, UndecidedError
from verifier.questions.ask import ask
from verifier.questions.limits import Limits
from verifier.questions.question import Question
from verifier.questions.verdict import Difference, Undecided, Verdict
from verifier.semantics.evaluate import Evaluation

Found: TypeAlias = Verdict | Difference | Evaluation | InputError
Shown = TypeVar("Shown")


class Common(ABC, Generic[Shown]):
    """What all items of one call share. Must be picklable and small, but for the documents, which are texts."""

    @abstractmethod
    def asker(self, cache: Cache | None) -> Asker[Shown]:
        """Return what answers the items. Raises InputError for a document that is wrong."""

    @abstractmethod
    def lost(self, item: Item, reason: str) -> Shown:
        """Return what is shown of an item for which no process could find an answer."""


class Asker(ABC, Generic[Shown]):
    """Answers items, within `limits` each; `cache` is asked first, and told afterwards."""

    def __init__(self, limits: Limits, cache: Cache | None) -> None:
        self.limits = limits
        self.cache = cache

    @abstractmethod
    def read(self, item: Item) -> Question:
        """Return the question that `item` asks. Raises InputError."""

    @abstractmethod
    def show(self, item: Item, question: Question | None, found: Found, *, remembered: bool) -> Shown:
        """Return what is shown of `found`; `question` is None where the item is none."""

    def answer(self, item: Item) -> Answered[Shown]:
        """Return the answer to `item`. Raises CacheError, and nothing for an item."""
        return self._answer(item, recall_only=False)[0] or self._nothing(item)

    def recall(self, item: Item) -> tuple[Answered[Shown] | None, Item]:
        """Return the answer if it takes no proof, and the item with its key, to go elsewhere. Raises CacheError."""
        return self._answer(item, recall_only=True)

    def _answer(self, item: Item, *, recall_only: bool) -> tuple[Answered[Shown] | None, Item]:
        question: Question | None = None
        record, remembered = None, False
        found: Found
        try:
            question = self.read(item)
            key = meaning(question, self.limits) if self.cache else None
            before = self._recalled(question, key)
            if before is None and recall_only:
                return None, dataclasses.replace(item, key=key)
            found, remembered = (ask(question, self.limits), False) if before is None else (before, True)
            record = None if remembered else record_of(found)
            if self.cache and key and record:
                self.cache.put(key, record)
        except CacheError:
            raise
        except InputError as error:
            found = error
        except UndecidedError as why:
            found = Undecided(str(why))
        except Exception as error:  # noqa: BLE001 - one bad item must not end the others
            found = _internal(error)
        return Answered(self.show(item, question, found, remembered=remembered), record), item

    def _recalled(self, question: Question, key: bytes | None) -> Verdict | Difference | None:
        record = self.cache.get(key) if self.cache and key else None
        if self.cache is None or record is None:
            return None
        try:
            return recalled(question, record)
        except ValueError as wrong:
            raise self.cache.damaged(str(wrong)) from None

    def _nothing(self, item: Item) -> Answered[Shown]:
        raise AssertionError(f"no answer to {item.name}")


def _internal(error: Exception) -> InputError:
    what = f"internal error: {type(error).__name__}: {error}"
    return InputError(what, mend="please report it with this document or line")
