"""`sweep`: `prove` for each of many documents on its own, together with the same boundary, SCPs and maximum.

    for swept in sweep(["policies/"], boundary=boundary, maximum=maximum, jobs=8): ...

The questions are those of `questions/prove.py`. How they are spread over processes is `scheduler.py`, what is
remembered is `records.py`, and where documents come from is `documents.py`.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning, told_elsewhere
from verifier.base.source import FoundWithin, Source, Span
from verifier.bulk.answerer import Common
from verifier.bulk.items import Answered, Item
from verifier.bulk.question_asker import ItemAnswer, QuestionAsker
from verifier.clouds.cloud import Cloud, Document, DocumentType
from verifier.questions.ask import Ask
from verifier.questions.question import Posed, ProveQuestion, Standard
from verifier.questions.verdict import Contained, Escapes, Undecided, Verdict

if TYPE_CHECKING:
    from verifier.bulk.cache import Cache

_Warnings: TypeAlias = Callable[[Document], Sequence[PolicyWarning]]

_MOST_RECENT = 16_384


@dataclass(frozen=True)
class Swept:
    """The answer to one document: a verdict, or the error of one that is broken.

    `document` is its path, `path:line` in JSON Lines, or the name that it was given; `remembered` tells whether the
    answer comes from a cache. Warnings are about the document, with the lines of its file.
    """

    document: str
    answer: Verdict | InputError
    warnings: tuple[PolicyWarning, ...] = ()
    remembered: bool = False


class SentText(NamedTuple):
    """A document as a text that can travel, with the `origin` of its source, and the file that it stands within."""

    text: str
    origin: str
    within: FoundWithin | None = None


@dataclass(frozen=True)
class Sweep(Common[Swept]):
    """What the documents of a sweep have in common, as texts, so that it can travel."""

    cloud: Cloud
    maximum: SentText
    beside: Mapping[DocumentType, tuple[tuple[SentText, ...], ...]]
    ask: Ask
    validate: bool = False
    notes: bool = True
    told: DocumentType | None = None

    @staticmethod
    def of(standard: Standard, ask: Ask, *, validate: bool, notes: bool = True) -> Sweep:
        """Return the sweep of documents that are compared with `standard`; `validate` looks for what was hardly meant,
        without `notes` only for what is more than a note.

        Raises PolicyError for a document of it that does not suit its place.
        """
        standard.check()
        beside, cloud = standard.documents.beside(), standard.maximum.cloud
        texts = {type_: tuple(tuple(map(_sent, level)) for level in levels) for type_, levels in beside.items()}
        return Sweep(cloud, _sent(standard.maximum), texts, ask, validate, notes, standard.told)

    @property
    def standard(self) -> Standard:
        """What the documents are compared with."""
        beside = {
            type_: tuple(tuple(self._read(sent, type_.value) for sent in level) for level in levels)
            for type_, levels in self.beside.items()
        }
        return Standard(self.cloud.documents((), beside), self._read(self.maximum, "maximum"), self.told)

    def _read(self, sent: SentText, name: str) -> Document:
        return self.cloud.parse(Source(f"<{name}>", sent.text, origin=sent.origin, within=sent.within))

    def asker(self, cache: Cache | None) -> Sweeper:
        return Sweeper(self, cache)

    def lost(self, item: Item, reason: str) -> Swept:
        return Swept(item.name, Undecided(reason))


class Sweeper(QuestionAsker[Swept]):
    """Answers one document after the other; the documents that act together with them are read and compiled once.

    Accounts hold the same document many times over: one whose text is among the last `_MOST_RECENT` has their answer.
    """

    def __init__(self, common: Sweep, cache: Cache | None) -> None:
        super().__init__(common.ask, cache)
        looked_for = partial(common.cloud.warnings, notes=common.notes)
        warnings: _Warnings = looked_for if common.validate else _written
        self._warnings = warnings
        self._recent: OrderedDict[bytes, tuple[int, Answered[Swept]]] = OrderedDict()
        self._cloud = common.cloud
        self._standard = common.standard

    def answer(self, item: Item) -> Answered[Swept]:
        if item.error is not None or item.within is not None or item.rest:  # whose places are not those of its text
            return super().answer(item)
        text = hashlib.sha256(_bytes(item.text) + b"\0" + item.origin.encode()).digest()
        line, answered = self._recent.pop(text, (item.line, None))
        if answered is None:
            answered = super().answer(item)
        else:
            answered = Answered(_elsewhere(answered.shown, item.name, item.line - line), answered.record)
        if isinstance(answered.shown.answer, Contained | Escapes):
            self._recent[text] = item.line, answered
        if len(self._recent) > _MOST_RECENT:
            self._recent.popitem(last=False)
        return answered

    def claims_nothing(self, shown: object) -> bool:
        return isinstance(shown, Swept) and isinstance(shown.answer, Undecided | InputError)

    def read(self, item: Item) -> Posed:
        if item.error is not None:
            raise item.error
        return Posed(self._standard.question(*read_level(self._cloud, item, self._standard.told)), self.ask)

    def show(self, item: Item, posed: Posed | None, found: ItemAnswer, *, remembered: bool) -> Swept:
        assert isinstance(found, Contained | Escapes | Undecided | InputError)
        if isinstance(found, InputError):
            return Swept(item.name, _placed(found, item))
        policies = self._asked_about(posed.question) if posed and isinstance(posed.question, ProveQuestion) else ()
        return Swept(item.name, found, tuple(self._warned(policies, item)), remembered)

    def _warned(self, policies: Iterable[Document], item: Item) -> Iterator[PolicyWarning]:
        """Yield the warnings of `policies`; one about another file of a level names the place there."""
        for policy in policies:
            for warning in self._warnings(policy):
                if policy.source.name == item.source:
                    yield _moved(warning, item.line - 1)
                else:
                    yield told_elsewhere(warning, policy.source)

    def _asked_about(self, question: ProveQuestion) -> Iterator[Document]:
        """Yield what is asked about: the documents of the question that are neither AWS's nor common to all."""
        yield from (policy for policy in question.documents.policies if not policy.source.is_given)
        common = self._standard.documents.beside()
        for type_, levels in question.documents.beside().items():
            own = (policy for level in levels[len(common.get(type_, ())) :] for policy in level)
            yield from (policy for policy in own if not policy.source.is_given)


def _sent(document: Document) -> SentText:
    source = document.source
    if source.within is not None:  # its unknown parts are those of other documents too
        return SentText(source.text, source.origin, source.within)
    return SentText(document.cloud.text(document), source.origin)


def read_level(cloud: Cloud, item: Item, told: DocumentType | None) -> tuple[Document, ...]:
    """Return the document of an item, or all of a level. Raises InputError."""
    found: list[Document] = []
    for one in (item, *item.rest):
        assert isinstance(one.text, str)
        found += cloud.parse_level(one.source_of(one.text), told)
    return tuple(found)


def _written(policy: Document) -> Sequence[PolicyWarning]:
    return policy.warnings


def _placed(error: InputError, item: Item) -> InputError:
    """Return `error` with the line that it has in the file of `item`."""
    if item.line == 1 or error.span is None:
        return error
    error.span = _down(error.span, item.line - 1)
    return error


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="surrogatepass")


def _elsewhere(swept: Swept, name: str, lines: int) -> Swept:
    """Return the answer to the same text in another place, `lines` further down."""
    return dataclasses.replace(
        swept, document=name, warnings=tuple(_moved(warning, lines) for warning in swept.warnings)
    )


def _moved(warning: PolicyWarning, down: int) -> PolicyWarning:
    return dataclasses.replace(warning, span=_down(warning.span, down))


def _down(span: Span, lines: int) -> Span:
    return span._replace(line=span.line + lines, end_line=span.end_line + lines)
