"""`sweep`: `prove` for each of many documents on its own, beside the same boundary, SCPs and maximum.

    for swept in sweep(["policies/"], boundary=boundary, maximum=maximum, jobs=8): ...

The questions are those of `questions/prove.py`. How they are spread over processes is `scheduler.py`, what is
remembered is `records.py`, and where documents come from is `documents.py`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from verifier.api import EncodingName, Levels, PathName, ReadingName, TypeName, WorldName, ask_of, beside_of, type_of
from verifier.base.errors import InputError
from verifier.base.files import MAX_SIZE
from verifier.base.source import Span
from verifier.base.warning import PolicyWarning
from verifier.bulk.answerer import Asker, Common, Found
from verifier.bulk.cache import Cache
from verifier.bulk.documents import read_documents
from verifier.bulk.item import Answered, Item
from verifier.bulk.run import Means, run
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.policy.parse import parse, parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.policy.write import as_json
from verifier.questions.ask import Ask
from verifier.questions.question import Posed, ProveQuestion, Standard
from verifier.questions.verdict import Contained, Escapes, Undecided, Verdict

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


def sweep(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    documents: Iterable[Policy | PathName] | PathName,
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    jobs: int | None = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    cache: PathName | None = None,
    max_size: int = MAX_SIZE,
    validate: bool = False,
    type: TypeName | None = None,  # noqa: A002 - as in `diff`
) -> Iterator[Swept]:
    """Yield, for each of `documents`, whether what it allows beside the others lies within what `maximum` allows.

    The answers come in order, as they are asked for, and each once. A document is a `Policy`, or the path of a file, a
    folder, a glob or JSON Lines (`documents.py`). `timeout` is in seconds, for each document; `max_size` in bytes;
    `world` and `reading` are those of `prove`. With `validate`, the warnings are those of `verifier.validate`.

    `type` is what each document is, an identity policy unless given; an RCP says it itself. An RCP, or an SCP that only
    denies, is beside AWS's full access, as in `confine` (rule 30).

    `jobs` processes of this machine answer (1: this one; None: as many as there are cores and work for), or `executor`,
    which is expected to run `workers` calls at once. `cache` is the path of a file that remembers answers.

    Raises PolicyError where a document does not suit its place, UsageError for an impossible option; while the answers
    come, WorkersError where the executor is lost, CacheError where the cache cannot be used or is damaged.
    """
    ask, told = ask_of(timeout, encoding, world, reading), type_of(type)
    standard = Standard(beside_of(boundary, session, scps, rcps), maximum, told)
    common = Sweep.of(standard, ask, validate=validate)
    means = Means.of(jobs=jobs, executor=executor, workers=workers, cache=cache)
    several = [documents] if isinstance(documents, str | os.PathLike) else documents
    return run(_items(several, max_size, standard), common, means)


def _items(documents: Iterable[Policy | PathName], max_size: int, standard: Standard) -> Iterator[Item]:
    for document in documents:
        if isinstance(document, Policy):
            yield _item(document, standard)
        else:
            yield from read_documents([os.fspath(document)], max_size)


def _item(policy: Policy, standard: Standard) -> Item:
    """A policy travels as text; it is checked here, where its own lines are known."""
    name = policy.source.name
    try:
        standard.question(policy)
    except InputError as error:
        return Item(name, "", name, error=error, file=policy.source.file)
    return Item(name, text_of(policy), name, file=policy.source.file)


@dataclass(frozen=True)
class Sweep(Common[Swept]):
    """What the documents of a sweep have in common, as texts, so that it can travel."""

    maximum: str
    beside: Mapping[PolicyType, tuple[tuple[str, ...], ...]]
    ask: Ask
    validate: bool = False
    told: PolicyType | None = None

    @staticmethod
    def of(standard: Standard, ask: Ask, *, validate: bool) -> Sweep:
        """Return the sweep of documents that are held to `standard`.

        Raises PolicyError for a document of it that does not suit its place.
        """
        standard.check()
        beside = standard.documents.beside()
        texts = {type_: tuple(tuple(map(text_of, level)) for level in levels) for type_, levels in beside.items()}
        return Sweep(text_of(standard.maximum), texts, ask, validate, standard.told)

    @property
    def standard(self) -> Standard:
        """What the documents are held to."""
        beside = {
            type_: tuple(tuple(parse(text, f"<{type_.value}>") for text in level) for level in levels)
            for type_, levels in self.beside.items()
        }
        return Standard(Documents.of((), beside), parse(self.maximum, "<maximum>"), self.told)

    def asker(self, cache: Cache | None) -> Sweeper:
        return Sweeper(self, cache)

    def lost(self, item: Item, reason: str) -> Swept:
        return Swept(item.name, Undecided(reason))


class Sweeper(Asker[Swept]):
    """Answers one document after the other; what stands beside them is read and compiled once.

    Accounts hold the same document many times over: one whose text is among the last `_MOST_RECENT` has their answer.
    """

    def __init__(self, common: Sweep, cache: Cache | None) -> None:
        super().__init__(common.ask, cache)
        self._warnings: Callable[[Policy], tuple[PolicyWarning, ...]] = lint if common.validate else _written
        self._recent: OrderedDict[bytes, tuple[int, Answered[Swept]]] = OrderedDict()
        self._standard = common.standard

    def answer(self, item: Item) -> Answered[Swept]:
        if item.error is not None:
            return super().answer(item)
        text = hashlib.sha256(_bytes(item.text)).digest()
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
        assert isinstance(item.text, str)
        return Posed(self._standard.question(parse_source(item.source_of(item.text))), self.ask)

    def show(self, item: Item, posed: Posed | None, found: Found, *, remembered: bool) -> Swept:
        assert isinstance(found, Contained | Escapes | Undecided | InputError)
        if isinstance(found, InputError):
            return Swept(item.name, _placed(found, item))
        policies = self._asked_about(posed.question) if posed and isinstance(posed.question, ProveQuestion) else ()
        down = item.line - 1
        warnings = tuple(_moved(warning, down) for policy in policies for warning in self._warnings(policy))
        return Swept(item.name, found, warnings, remembered)

    def _asked_about(self, question: ProveQuestion) -> Iterator[Policy]:
        """Yield the document that is asked about: that of the question which is neither AWS's nor common to all."""
        yield from (policy for policy in question.documents.policies if not policy.source.stand_in)
        common = self._standard.documents.beside()
        for type_, levels in question.documents.beside().items():
            yield from (policy for level in levels[len(common.get(type_, ())) :] for policy in level)


def _written(policy: Policy) -> tuple[PolicyWarning, ...]:
    return policy.warnings


def text_of(policy: Policy) -> str:
    """Return a text that says what `policy` says, operators spelled as it spells them (rule 15)."""
    document: dict[str, Any] = as_json(policy)
    for statement, written in zip(policy.statements, document["Statement"], strict=True):
        spelled = {str(each.test): each.operator_text or str(each.test) for each in statement.conditions}
        if "Condition" in written:
            written["Condition"] = {spelled[name]: keys for name, keys in written["Condition"].items()}
    return json.dumps(document)


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
