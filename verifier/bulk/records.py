"""What a cache knows a question by, and what it keeps of the answer.

    meaning(posed)             the key: a digest of all that an answer depends on
    record_of(found)           what is kept of an answer; None if nothing is
    recalled(posed, record)    the answer again, its counterexamples replayed
    installed()                which verifier this is, a part of the key

Documents count as they were understood: layout, Sid and Id do not matter; order and spelling do, because they can
change which counterexample is shown. Assumptions are not kept but computed anew. `Undecided` is never kept, nor is an
answer with a part that was not found out; answers of `evaluate` are cheaper to make than to keep.

An answer of another installation is not used, neither from a cache nor from a worker elsewhere. The version alone is
not enough, because a checkout that is worked on keeps its version for long.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.grammar import grammar_folder
from verifier.base.memo import once
from verifier.clouds.cloud import Document
from verifier.clouds.evaluation import Evaluation
from verifier.known_clouds import clouds
from verifier.logic.readings import some_unknown
from verifier.logic.request import Request
from verifier.questions.answer import counterclaims, documents_of
from verifier.questions.ask import World
from verifier.questions.claims import cloud_of, replays
from verifier.questions.diff import assumed, compares_denials, where_it_matters
from verifier.questions.needs import assumed_of_needs, stopping
from verifier.questions.prove import assumptions_of
from verifier.questions.question import (
    ConfineQuestion,
    DiffQuestion,
    EvaluateQuestion,
    NeedsQuestion,
    Posed,
    ProveQuestion,
)
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Fit,
    Granted,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.questions.ways import Way
from verifier.version import VERSION, version_of

_RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.WIDER,
    (False, True): Relation.NARROWER,
    (True, True): Relation.INCOMPARABLE,
}
_DENIES: dict[str, bool] = {"same": True, "different": False}


def question_key(posed: Posed) -> bytes | None:
    """Return the key of a question, None for one that is not worth remembering."""
    question, ask = posed.question, posed.ask
    if isinstance(question, EvaluateQuestion):
        return None
    if any(some_unknown(document.cloud.touched(document)) for document in _as_given(question)):
        return None  # what leans on parts without a value is asked again
    if isinstance(question, ProveQuestion | NeedsQuestion) and question.documents.tells_who:
        return None  # the key says what documents say, not who asks
    how = [ask.seconds, ask.encoding.value, ask.world.value, ask.readings.value]
    parts = [installed(), *how, _roles(question)]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def _as_given(question: ProveQuestion | NeedsQuestion | DiffQuestion | ConfineQuestion) -> Iterable[Document]:
    """Return the documents of a question, whatever is wrong with them."""
    match question:
        case DiffQuestion():
            return tuple(policy for level in question.given for policy in level)
        case ConfineQuestion():
            return (question.document,)
        case ProveQuestion() | NeedsQuestion():
            return question.policies()
    assert_never(question)


def record_of(found: Verdict | NeedsVerdict | Difference | Evaluation | InputError) -> str | None:
    """Return what a cache may keep of `found`, None where it is to be asked again."""
    match found:
        case Contained(vacuous=bool(vacuous)):
            return json.dumps({"verdict": "contained", "vacuous": vacuous})
        case Escapes(request=request, fit=fit):
            return json.dumps({"verdict": "escapes", "request": _side(request, fit)})
        case Granted(vacuous=bool(vacuous)):
            return json.dumps({"verdict": "granted", "vacuous": vacuous})
        case Missing(request=request, fit=fit):
            return json.dumps({"verdict": "missing", "request": _side(request, fit)})
        case Difference(reason=None, denies_same=bool(same), vacuous=bool(vacuous)) if (
            found.relation is not Relation.UNDECIDED
        ):
            sides = [_side(found.gained, found.gained_fit), _side(found.lost, found.lost_fit)]
            return json.dumps({"denies": "same" if same else "different", "vacuous": vacuous, "sides": sides})
        case Contained() | Granted() | Undecided() | Difference() | Evaluation() | InputError():
            return None
    assert_never(found)


def recalled(posed: Posed, record: str) -> Verdict | NeedsVerdict | Difference:
    """Return the answer that `record` keeps. Raises ValueError for a record that cannot be the answer."""
    question, ask = posed.question, posed.ask
    try:
        found = json.loads(record)
        together = question.documents if isinstance(question, ProveQuestion | ConfineQuestion) else None
        policies = tuple(documents_of(question))
        assumes: Callable[..., tuple[str, ...]]
        if isinstance(question, DiffQuestion):
            assumes = partial(assumed, question, ask)
        elif isinstance(question, NeedsQuestion):
            assumes = partial(assumed_of_needs, question, ask)
        else:
            every = isinstance(question, ConfineQuestion)
            assumes = partial(assumptions_of, policies, ask, together, every_service=every)
        about = _About(counterclaims(question), assumes, ask.world)
        if isinstance(question, DiffQuestion):
            return _difference(found, about, question)
        if isinstance(question, NeedsQuestion):
            return _needs_verdict(found, about, question)
        return _verdict(found, about)
    except (InputError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise ValueError(f"a record is not an answer ({wrong})") from None


@dataclass(frozen=True, slots=True)
class _About:
    """What an answer is about besides its own words: the ways of each counterexample, assumptions, and the world."""

    ways: Sequence[Sequence[Way]]
    assumes: Callable[..., tuple[str, ...]]
    world: World


def _verdict(found: dict[str, Any], about: _About) -> Verdict:
    match found:
        case {"verdict": "contained", "vacuous": bool(vacuous), **rest} if not rest:
            return Contained(vacuous, about.assumes(proved=True), about.world)
        case {"verdict": "escapes", "request": side, **rest} if not rest:
            return Escapes(_replayed(side, *about.ways), about.assumes(), _fit(side), about.world)
    raise ValueError("a record is not a verdict")


def _needs_verdict(found: dict[str, Any], about: _About, question: NeedsQuestion) -> NeedsVerdict:
    match found:
        case {"verdict": "granted", "vacuous": bool(vacuous), **rest} if not rest:
            return Granted(vacuous, about.assumes(proved=True), about.world)
        case {"verdict": "missing", "request": side, **rest} if not rest:
            request = _replayed(side, *about.ways)
            stopped = stopping(question.documents, request)
            return Missing(request, stopped, about.assumes(), _fit(side), about.world)
    raise ValueError("a record is not a verdict about needs")


def _difference(found: dict[str, Any], about: _About, question: DiffQuestion) -> Difference:
    gained, lost = (
        None if side is None else _replayed(side, ways) for side, ways in zip(found["sides"], about.ways, strict=True)
    )
    gained_fit, lost_fit = (Fit() if side is None else _fit(side) for side in found["sides"])
    if gained is not None:
        gained_fit = replace(gained_fit, where=where_it_matters(question, gained, gained=True))
    if lost is not None:
        lost_fit = replace(lost_fit, where=where_it_matters(question, lost, gained=False))
    relation = _RELATIONS[gained is not None, lost is not None]
    return Difference(
        relation,
        gained,
        lost,
        _DENIES[found["denies"]],
        None,
        about.assumes(proved=relation is Relation.EQUIVALENT),
        gained_fit,
        lost_fit,
        about.world,
        found["vacuous"] is True and relation is Relation.EQUIVALENT,
        only_deny=compares_denials(question),
    )


def _side(request: Request | None, fit: Fit) -> dict[str, object] | None:
    if request is None:
        return None
    return (
        request.as_json() if fit.realistic else request.as_json() | {"breaks": fit.breaks, "none_fits": fit.none_fits}
    )


def _fit(found: dict[str, Any]) -> Fit:
    """Return how a kept counterexample fits. Raises ValueError where that is not told."""
    match found.get("breaks", []), found.get("none_fits", False):
        case list(breaks), bool(none_fits) if all(isinstance(each, str) for each in breaks):
            return Fit(tuple(breaks), none_fits)
    raise ValueError("a record does not tell how its counterexample fits")


def _replayed(found: dict[str, Any], ways: Sequence[Way]) -> Request:
    """Return the request that is kept: it makes all claims of one of `ways` true. Raises ValueError."""
    request = cloud_of(ways[0]).request(found["action"], found["resource"], found["context"], found.get("principal"))
    if not any(replays(claims, request) for claims in ways):
        raise ValueError("a counterexample does not replay")
    return request


def _roles(question: ProveQuestion | NeedsQuestion | DiffQuestion | ConfineQuestion) -> list[object]:
    """The documents of a question, each in its place, in their order."""
    match question:
        case DiffQuestion():
            return ["diff", *([_document(policy) for policy in level] for level in question.given), _told(question)]
        case ConfineQuestion():
            return ["confine", _document(question.document), list(question.services), _told(question)]
        case ProveQuestion() | NeedsQuestion():
            given = question.documents.beside()
            compared = question.maximum if isinstance(question, ProveQuestion) else question.needs
            return [
                "prove" if isinstance(question, ProveQuestion) else "needs",
                [_document(policy) for policy in question.documents.policies],
                _document(compared),
                [[type_.value, [list(map(_document, level)) for level in levels]] for type_, levels in given.items()],
            ]
    assert_never(question)


def _told(question: DiffQuestion | ConfineQuestion) -> str | None:
    return question.told.value if question.told else None


@once
def _document(policy: Document) -> str:
    """Return a digest of what `policy` says, without the names in it, worked out once."""
    return hashlib.sha256(json.dumps(policy.cloud.said(policy)).encode()).hexdigest()


_ROOT = Path(__file__).parent.parent
_GRAMMAR = "grammar"


@cache
def installed() -> str:
    """Return the versions of verifier, Z3, catalogue and Python, and a digest of the code, as one text."""
    parts = (
        f"verifier {VERSION}",
        f"z3 {version_of('z3-solver')}",
        *(str(cloud.origin) for cloud in clouds()),
        f"python {sys.version_info.major}.{sys.version_info.minor}",
        f"code {_digest()}",
    )
    return "; ".join(parts)


def _digest() -> str:
    """A digest of all that decides answers, the same for a checkout and a wheel made of it."""
    files = [path for kind in ("*.py", "*.tsv") for path in _ROOT.rglob(kind)]
    named = [(path.relative_to(_ROOT).as_posix(), path) for path in files]
    grammar = grammar_folder()
    files = [path for kind in ("*.lark", "tables/*.json") for path in grammar.glob(kind)]
    named += [(f"{_GRAMMAR}/{path.relative_to(grammar).as_posix()}", path) for path in files]
    digest = hashlib.sha256()
    for name, path in sorted(named):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]
