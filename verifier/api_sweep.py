"""`sweep` as the package offers it: plain arguments in, an answer for each document out (`bulk/sweep.py`)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial

from verifier.api import (
    EncodingName,
    PathName,
    ReadingName,
    TypeName,
    WorldName,
    ask_of,
    type_of,
)
from verifier.api_documents import Levels, beside_of
from verifier.base.errors import InputError
from verifier.base.files import MAX_SIZE
from verifier.bulk.documents import read_documents
from verifier.bulk.items import Item
from verifier.bulk.scheduler import Means, answer_items
from verifier.bulk.sweep import Sweep, Swept
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import text_as_spelled
from verifier.questions.question import Standard
from verifier.sources.named import document_at, every_document


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
    """Yield, for each of `documents`, whether what it allows together with the others lies within what `maximum`
    allows.

    The answers come in order, as they are asked for, and each once. A document is a `Policy`, or the path of a file, a
    folder, a glob or JSON Lines (`bulk/documents.py`), or a name as `Policy.load` takes it. `timeout` is in seconds,
    for each document; `max_size` in bytes; `world` and `reading` are those of `prove`. With `validate`, the warnings
    are those of `verifier.validate`.

    `type` is what each document is, an identity policy unless it is given, or its statements name principals. An RCP,
    or an SCP that only denies, acts together with AWS's full access, as in `confine` (rule 30).

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
    return answer_items(_items(several, max_size, standard), common, means)


def _items(documents: Iterable[Policy | PathName], max_size: int, standard: Standard) -> Iterator[Item]:
    for document in documents:
        if isinstance(document, Policy):
            yield _item(document, standard)
        else:
            names = partial(document_at, max_size=max_size) if isinstance(document, str) else (lambda _: None)
            yield from read_documents([os.fspath(document)], max_size, names, every_document)


def _item(policy: Policy, standard: Standard) -> Item:
    """A policy travels as text; it is checked here, where its own lines are known."""
    name = policy.source.name
    try:
        standard.question(policy)
    except InputError as error:
        return Item(name, "", name, error=error, file=policy.source.file)
    if policy.source.within is not None:
        within = policy.source.within.alone()
        return Item(name, policy.source.text, name, file=policy.source.file, within=within)
    return Item(name, text_as_spelled(policy), name, file=policy.source.file, origin=policy.source.origin)
