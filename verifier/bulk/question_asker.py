"""Answering items that are questions each, in whichever process it happens.

    QuestionAsker    asks a cache first, and checks what another process says

`sweep.py` and `verifier/cli/batch_lines.py` say how an item becomes a question and what is shown of its answer. An
audit and `who` ask in their own ways, and load nothing of this.
"""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from verifier.base.budget import deadline
from verifier.base.errors import InputError, LimitReached, UndecidedError, WorkersError
from verifier.bulk.answerer import Asker
from verifier.bulk.items import Answered, Item
from verifier.bulk.records import question_key, recalled, record_of
from verifier.clouds.evaluation import Evaluation
from verifier.questions.answer import answer
from verifier.questions.question import Posed
from verifier.questions.verdict import Difference, NeedsVerdict, Undecided, Verdict
from verifier.questions.worlds import show

ItemAnswer: TypeAlias = Verdict | NeedsVerdict | Difference | Evaluation | InputError
_Shown = TypeVar("_Shown")
_T = TypeVar("_T")


class QuestionAsker(Asker[_Shown]):
    """Answers items that are questions; `cache` is asked first, and told afterwards."""

    @abstractmethod
    def read(self, item: Item) -> Posed:
        """Return the question of `item`, and how to ask it. Raises InputError."""

    @abstractmethod
    def show(self, item: Item, posed: Posed | None, found: ItemAnswer, *, remembered: bool) -> _Shown:
        """Return what is shown of `found`; `posed` is None where the item is not a question."""

    @abstractmethod
    def claims_nothing(self, shown: object) -> bool:
        """Tell whether `shown` says that no answer was found."""

    def answer(self, item: Item) -> Answered[_Shown]:
        """Return the answer to `item`. Raises CacheError, and nothing for an item."""
        try:
            with deadline(self.ask.seconds):
                posed, key, answered = self._look_up(item)
                if posed is None or answered is not None:
                    return answered or self._answered(
                        item, None, InputError("internal error: neither question nor error")
                    )
                found = _caught(lambda: answer(posed.question, posed.ask, show))
                answered = self._answered(item, posed, found)
        except LimitReached as limit:
            return self._answered(item, None, Undecided(str(limit)))
        if self.cache is not None and key is not None and answered.record is not None:
            forgotten = self.cache.put(key, answered.record)
            answered = dataclasses.replace(answered, forgotten=forgotten)
        return answered

    def recall(self, item: Item) -> tuple[Answered[_Shown] | None, Item]:
        """Return the answer if it takes no proof, and the item with its key, to be answered elsewhere otherwise.

        Raises CacheError.
        """
        try:
            with deadline(self.ask.seconds):
                _, key, answered = self._look_up(item)
        except LimitReached as limit:
            return self._answered(item, None, Undecided(str(limit))), item
        return answered, dataclasses.replace(item, key=key)

    def checked(self, item: Item, answered: Answered[_Shown]) -> Answered[_Shown]:
        """Return the answer to `item`, made anew from `answered`, which came from elsewhere.

        Counterexamples are replayed; that something is contained cannot be checked. What a cache would not keep is
        asked here. Raises WorkersError for what cannot be the answer.
        """
        if not isinstance(answered, Answered):
            raise WorkersError("a worker sent what is not an answer", help="use workers that you can trust")
        try:
            with deadline(self.ask.seconds):
                return self._checked(item, answered)
        except LimitReached as limit:
            return self._answered(item, None, Undecided(str(limit)))

    def _checked(self, item: Item, answered: Answered[_Shown]) -> Answered[_Shown]:
        posed = _caught(lambda: self.read(item))
        if isinstance(posed, InputError | Undecided):
            return self._answered(item, None, posed)
        if answered.record is None:
            return answered if self.claims_nothing(answered.shown) else self.answer(item)
        try:
            return self._answered(item, posed, recalled(posed, answered.record))
        except ValueError as wrong:
            message = f"a worker sent an answer that cannot be right: {wrong}"
            raise WorkersError(message, help="use workers that you can trust") from None

    def _look_up(self, item: Item) -> tuple[Posed | None, bytes | None, Answered[_Shown] | None]:
        """Return the question of `item` and its key, and the answer where it is known already, or is an error."""
        posed = _caught(lambda: self.read(item))
        if isinstance(posed, InputError | Undecided):
            return None, None, self._answered(item, None, posed)
        if self.cache is None:
            return posed, None, None
        key = question_key(posed)
        record = self.cache.get(key) if key is not None else None
        if record is None:
            return posed, key, None
        try:
            found = recalled(posed, record)
        except ValueError as wrong:
            raise self.cache.damaged(str(wrong)) from None
        return posed, key, Answered(self.show(item, posed, found, remembered=True))

    def _answered(self, item: Item, posed: Posed | None, found: ItemAnswer) -> Answered[_Shown]:
        return Answered(self.show(item, posed, found, remembered=False), record_of(found))


def _caught(step: Callable[[], _T]) -> _T | InputError | Undecided:
    """Return what `step` returns, or why it does not: one bad item must not end the others."""
    try:
        return step()
    except InputError as error:
        return error
    except UndecidedError as why:
        return Undecided(str(why))
    except Exception as error:  # noqa: BLE001 - a defect, which is this item's answer
        what = f"internal error: {type(error).__name__}: {error}"
        return InputError(what, help="please report it with this document or line")
