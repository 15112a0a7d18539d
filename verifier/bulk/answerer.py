"""Answering items: what a sweep and a batch have in common, in whichever process it happens.

    Common           what all items share, as plain values that travel; `asker()` makes an Asker of it, once a process
    Asker            answers one item after the other

`question_asker.py` is the one whose items are questions each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from verifier.bulk.items import Answered, Item
from verifier.questions.ask import Ask

if TYPE_CHECKING:
    from verifier.bulk.cache import Cache

_Shown = TypeVar("_Shown")


class Common(ABC, Generic[_Shown]):
    """What all items of one call share: picklable, its documents as texts; `ask` is how each item is asked."""

    ask: Ask

    @abstractmethod
    def asker(self, cache: Cache | None) -> Asker[_Shown]:
        """Return what answers the items. Raises InputError for a document that is wrong."""

    @abstractmethod
    def lost(self, item: Item, reason: str) -> _Shown:
        """Return what is shown of an item for which no process could find an answer."""


class Asker(ABC, Generic[_Shown]):
    """Answers items, each as `ask` says; `cache` is for those who can remember their answers."""

    def __init__(self, ask: Ask, cache: Cache | None) -> None:
        self.ask = ask
        self.cache = cache

    @abstractmethod
    def answer(self, item: Item) -> Answered[_Shown]:
        """Return the answer to `item`. Raises CacheError, and nothing for an item."""

    def recall(self, item: Item) -> tuple[Answered[_Shown] | None, Item]:
        """Return the answer if it takes no proof, and the item as it is to be answered elsewhere otherwise."""
        return None, item

    def checked(self, item: Item, answered: Answered[_Shown]) -> Answered[_Shown]:
        """Return the answer to `item` where `answered` came from elsewhere: one that cannot be right is made anew."""
        shown: object = getattr(answered, "shown", None)  # whatever a worker sends
        return answered if self.can_be(item, shown) else self.answer(item)

    def can_be(self, _item: Item, _shown: object) -> bool:
        """Whether `shown` may be the answer to `item`: every request in it is replayed. A proof cannot be checked."""
        return False
