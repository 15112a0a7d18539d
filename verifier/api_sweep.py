"""`sweep` as the package offers it: plain arguments in, an answer for each document out (`bulk/sweep.py`)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
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
from verifier.base.errors import InputError, UsageError
from verifier.base.files import MAX_SIZE
from verifier.bulk.documents import read_documents
from verifier.bulk.items import Item
from verifier.bulk.scheduler import Means, answer_items
from verifier.bulk.sweep import Sweep, Swept
from verifier.clouds.aws.documents import LEVELED
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.policy.write import text_as_spelled
from verifier.questions.question import Standard
from verifier.sources.named import document_at, every_document


def sweep(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    documents: Iterable[Policy | PathName | Sequence[Policy]] | PathName,
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
    folder, a glob or JSON Lines (`bulk/documents.py`), or a name as `Policy.load` takes it. Several policies act as
    one, a level of the type `type`, and so does a file with a list of SCPs or RCPs. `timeout` is in seconds, for each
    document; `max_size` in bytes; `world` and `reading` are those of `prove`. With `validate`, the warnings are those
    of `verifier.validate`.

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
    return answer_items(_items(several, max_size, standard, told), common, means)


def _items(
    documents: Iterable[Policy | PathName | Sequence[Policy]],
    max_size: int,
    standard: Standard,
    told: PolicyType | None,
) -> Iterator[Item]:
    levels = told is not None and told.has_levels
    for document in documents:
        if isinstance(document, Policy):
            yield _item((document,), standard)
        elif not isinstance(document, str | os.PathLike):
            yield _item(tuple(document), standard)
        else:
            at = partial(document_at, max_size=max_size, level=told in LEVELED)
            names = at if isinstance(document, str) else (lambda _: None)
            opened = partial(every_document, told=told)
            yield from read_documents([os.fspath(document)], max_size, names, opened, levels=levels)


def _item(level: tuple[Policy, ...], standard: Standard) -> Item:
    """Policies travel as texts; they are checked here, where their own lines are known."""
    if not level:
        raise UsageError("a level has no documents", help="give each level one document at least")
    first, *rest = map(_sent, level)
    name = ",".join(dict.fromkeys(one.name for one in (first, *rest)))
    try:
        standard.question(*level)
    except InputError as error:
        return replace(first, name=name, text="", error=error)
    return replace(first, name=name, rest=tuple(rest))


def _sent(policy: Policy) -> Item:
    name = policy.source.name
    if policy.source.within is not None:
        return Item(name, policy.source.text, name, file=policy.source.file, within=policy.source.within)
    return Item(name, text_as_spelled(policy), name, file=policy.source.file, origin=policy.source.origin)
