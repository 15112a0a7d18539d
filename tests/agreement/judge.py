"""A question about managed policies before all judges: the engine, two string solvers, and the evaluator.

The engine answers through `prove`, `diff` and `confine`. The reference encoding of the same claims goes to Z3's string
theory and to cvc5, each with little effort: one of them first, the other where the first does not decide, and
both of every few. The evaluator replays every counterexample and is asked about requests near the documents: one that
makes all claims true contradicts a proof that there is none. All of them read AWS's guide in the usual way: `pairs.py`
and `questions.py` draw readings. What is undecided contradicts nothing, and is counted.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

from tests.agreement.managed import ManagedQuestion
from tests.agreement.near import near_requests
from tests.agreement.questions import Tally, cvc5_says, exists, strings_only
from tests.agreement.solvers import Solvers
from verifier.base.budget import Budget
from verifier.clouds.aws.documents import Documents, services_maximum
from verifier.clouds.aws.evaluate.evaluate import evaluate
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.questions.answer import export_question
from verifier.questions.ask import Ask, Encoding, Readings
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.diff import diff, sides
from verifier.questions.prove import beyond, confine, prove
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.questions.search import search, whole
from verifier.questions.verdict import Contained, Escapes, Found, Undecided, Verdict
from verifier.questions.ways import allowed

FAST = Ask(seconds=5, readings=Readings.USUAL)
STRINGS = Ask(seconds=5, encoding=Encoding.STRINGS, readings=Readings.USUAL)
_NEAR = 40  # requests for each question
_BOTH = 6  # of one search in so many both solvers are asked, whatever the first says
_DECIDED = {"found", "absent"}
_WORDS = {"Found": "found", "Absent": "absent", "Unknown": "unknown"}


@dataclass(frozen=True)
class _Part:
    """One search behind a question: what the engine says of `claims`, and the counterexample where it found one."""

    claims: Sequence[Claim]
    said: str
    request: Request | None
    script: Callable[[], str]


def economical(seconds: float = 2.0) -> Solvers:
    """Return string solvers with little effort each, about 50 ms at most."""
    return Solvers(seconds, z3_units=100_000, cvc5_units=20_000)


def judge(question: ManagedQuestion, solvers: Solvers | None, chance: random.Random, tally: Tally) -> None:
    """Decide a question in every way, and note in `tally` what came out and what contradicts what."""
    parts, proofs, reason = _asked(question)
    requests = list(near_requests(chance, question.texts(), _NEAR))
    tally.counts["questions"] += 1
    tally.counts["questions, whole policies"] += question.whole
    tally.counts.update(f"edit: {edit}" for edit in question.edits)
    if reason is not None:
        tally.undecided.append(f"{reason}: {_shown(question)}")
    tally.counts[f"questions, {question.line['ask']}"] += 1
    decided = [_judged(part, solvers, requests, chance, tally, question) for part in parts]
    tally.counts["questions decided by a string solver"] += all(decided)
    for claims in proofs:
        tally.contradictions += [
            f"not so: {request} {_shown(question)}" for request in requests if replays(claims, request)
        ]
    if question.line["ask"] == "prove":
        escaped = [part.request for part in parts if part.request is not None]
        tally.contradictions += [
            f"not as a whole: {request} {_shown(question)}" for request in _torn(question, [*escaped, *requests[:10]])
        ]


def _judged(
    part: _Part,
    solvers: Solvers | None,
    requests: Sequence[Request],
    chance: random.Random,
    tally: Tally,
    question: ManagedQuestion,
) -> bool:
    """Judge one search; whether a string solver decided it."""
    said = {"engine": part.said}
    if part.request is not None:
        tally.contradictions += [f"{fault}: {part.request} {_shown(question)}" for fault in _faults(part)]
    if any(replays(part.claims, request) for request in requests):
        said["evaluator"] = "found"
    if solvers is not None:
        said |= _references(part, solvers, chance)
    tally.counts["searches"] += 1
    tally.counts.update(f"{name} {what}" for name, what in said.items())
    if part.said == "found":
        tally.counts["engine found, evaluator too"] += "evaluator" in said
    if set(said.values()) >= _DECIDED:
        tally.contradictions.append(f"{said} {_shown(question)}")
    decided = bool(_DECIDED & {said.get("z3"), said.get("cvc5")})
    tally.counts["searches decided by a string solver"] += decided
    return decided


def _faults(part: _Part) -> Iterator[str]:
    """What is wrong with a counterexample."""
    assert part.request is not None
    if not replays(part.claims, part.request):
        yield "no replay"
    if not exists(part.request):
        yield "no such request"


def _torn(question: ManagedQuestion, requests: Iterable[Request]) -> Iterator[Request]:
    """Requests of which the evaluator says something else of all documents together than of each level."""
    documents = _all(question.documents)
    claims = allowed(documents)
    for request in requests:
        if (evaluate(documents, request).decision is Decision.ALLOWED) != replays(claims, request):
            yield request


def _references(part: _Part, solvers: Solvers, chance: random.Random) -> dict[str, str]:
    """What the string solvers say: the second only where the first does not decide, or now and then."""
    judges: list[tuple[str, Callable[[], str]]] = [
        ("z3", lambda: _z3_says(part, solvers)),
        ("cvc5", lambda: _cvc5_says(part, solvers)),
    ]
    if chance.randrange(2):
        judges.reverse()
    said: dict[str, str] = {}
    for name, ask in judges:
        if not _DECIDED & set(said.values()) or chance.randrange(_BOTH) == 0:
            said[name] = ask()
    return said


def _z3_says(part: _Part, solvers: Solvers) -> str:
    with mock.patch("verifier.smt.strings.solve_script", solvers.decide):
        outcome = search(part.claims, Budget.of(STRINGS.seconds), STRINGS)
    if isinstance(outcome, Found) and not replays(part.claims, outcome.request):
        return "no replay"
    return _WORDS[type(outcome).__name__]


def _cvc5_says(part: _Part, solvers: Solvers) -> str:
    return cvc5_says(part.script, solvers, exact=strings_only(whole(part.claims)))


# --- the engine's answer, in parts -----------------------------------------------------------------------------------


def _asked(question: ManagedQuestion) -> tuple[list[_Part], list[Sequence[Claim]], str | None]:
    """The parts of a question, the other claims of which no request may make all true, and why it is undecided."""
    documents = question.documents
    match question.line["ask"]:
        case "diff":
            return _diff(documents["old"], documents["new"])
        case "confine":
            document, services = documents["document"], question.line["services"]
            confined = ConfineQuestion(document, tuple(services))
            claims, maximum = allowed(Documents((document,))), services_maximum(services)
            return _verdict(confine(confined, FAST), claims, maximum, lambda: export_question(confined, FAST)[0])
        case _:
            proved = ProveQuestion(_all(documents), documents["maximum"])
            claims = allowed(proved.documents)
            return _verdict(prove(proved, FAST), claims, proved.maximum, lambda: export_question(proved, FAST)[0])


def _all(documents: dict[str, Any]) -> Documents:
    return Documents(
        tuple(documents["policies"]),
        documents.get("boundary"),
        documents.get("session"),
        tuple(map(tuple, documents.get("scps", ()))),
    )


def _verdict(
    verdict: Verdict, claims: Sequence[Claim], maximum: Policy, script: Callable[[], str]
) -> tuple[list[_Part], list[Sequence[Claim]], str | None]:
    escape = beyond(claims, maximum)
    match verdict:
        case Contained(vacuous):
            return [_Part(escape, "absent", None, script)], [claims] if vacuous else [], None
        case Escapes(request):
            return [_Part(escape, "found", request, script)], [], None
        case Undecided(reason):
            return [_Part(escape, "unknown", None, script)], [], reason


def _diff(old: Policy, new: Policy) -> tuple[list[_Part], list[Sequence[Claim]], str | None]:
    compared = DiffQuestion(old, new)
    found = diff(compared, FAST)
    parts = []
    for number, ((claims,), request) in enumerate(zip(sides(compared), (found.gained, found.lost), strict=True)):
        absent = "unknown" if found.reason else "absent"
        script = partial(lambda number: export_question(compared, FAST)[number], number)
        parts.append(_Part(claims, "found" if request else absent, request, script))
    before, after = (Level((policy,)) for policy in (old, new))
    pairs = ((before, after), (after, before))
    denied = [(Claim(this, Says.DENIES), Claim(other, Says.DENIES, holds=False)) for this, other in pairs]
    return parts, list[Sequence[Claim]](denied) if found.denies_same else [], found.reason


def _shown(question: ManagedQuestion) -> str:
    return json.dumps(question.line)
