"""One question, decided four ways: fast, in Z3's string theory, by cvc5 from the export, and by trying requests."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from hypothesis import strategies as st

from tests.agreement.solvers import Solvers
from tests.interpreter import keys_of
from tests.strategies import (
    Json,
    Mentioned,
    World,
    all_but,
    arguments,
    as_documents,
    documents,
    fits_key,
    mentioned,
    parsed,
    placed,
    pool,
    varied,
    worlds,
)
from verifier.base.budget import Budget
from verifier.base.errors import Unsupported
from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.evaluate.evaluate import allows, evaluate
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.logic.formula import Formula
from verifier.logic.readings import USUAL, in_order
from verifier.questions.answer import export_question
from verifier.questions.ask import Ask, Encoding
from verifier.questions.claims import Claim, replays
from verifier.questions.diff import sides
from verifier.questions.prove import beyond
from verifier.questions.question import DiffQuestion, ProveQuestion
from verifier.questions.search import search, whole
from verifier.questions.verdict import Found, Hinges, SearchResult
from verifier.questions.ways import allowed
from verifier.smt.solve import Unknown
from verifier.strings.pattern import arn_fields

FAST = Ask(seconds=1)
STRINGS = Ask(seconds=3, encoding=Encoding.STRINGS)
_TYPED = re.compile(r"\(declare-const \S+_(is_\w+|number|instant|old|new) ")


@dataclass(frozen=True)
class Question:
    """`documents` within `maximum`? Or, where `documents` is one policy alone, how do the two differ?"""

    documents: dict[str, Any]
    maximum: Json
    world: World
    ask: str = "prove"

    def texts(self) -> list[Json]:
        """All documents."""
        alone = [self.documents[role] for role in ("boundary", "session") if role in self.documents]
        levels = itertools.chain(*self.documents.get("scps", ()))
        return [*self.documents["policies"], *alone, *levels, *self.documents.get("rcps", ()), self.maximum]


@st.composite
def questions(draw: st.DrawFn, *, most: int = 2, keys: int = 2) -> Question:
    """A question about small documents; the maximum is often near a policy."""
    world = draw(worlds(most_keys=keys))
    asked = draw(placed(world, most=most))
    match draw(st.integers(0, 5)):
        case 0:
            maximum = draw(documents(world, most=most))
        case 1 | 2:
            maximum = draw(all_but(world))
        case _:
            maximum = draw(varied(world, asked["policies"][0]))
    if draw(st.integers(0, 3)) == 0:
        return Question({"policies": asked["policies"][:1]}, maximum, world, "diff")
    return Question(asked, maximum, world)


@dataclass
class Tally:
    """How often each verdict came, and every contradiction."""

    counts: Counter[str] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def merge(self, other: Tally) -> None:
        """Add what another tally holds."""
        self.counts += other.counts
        self.contradictions += other.contradictions
        self.undecided += other.undecided


def compare(question: Question, solvers: Solvers | None, tally: Tally, *, brute: bool = False) -> None:
    """Decide a question in every way, and note in `tally` what came out and what contradicts what."""
    asked, maximum = arguments(question.documents), parsed(question.maximum)
    tally.counts["questions"] += 1
    for claims, script in _parts(question, asked, maximum):
        fast = search(claims, Budget.of(FAST.seconds), FAST)
        tally.counts[f"fast {_name(fast)}"] += 1
        said = {"fast": _name(fast)}
        if isinstance(fast, Unknown):
            tally.undecided.append(f"{fast.reason}: {_short(question)}")
        _check_found(fast, claims, tally, question)
        if solvers is not None:
            with mock.patch("verifier.smt.strings.solve_script", solvers.decide):
                slow = search(claims, Budget.of(STRINGS.seconds), STRINGS)
            _check_found(slow, claims, tally, question)
            said["strings"] = _name(slow)
            exact = strings_only(whole(claims)) and not any(
                Point.WILD_VALUE in touched(policy) for claim in claims for policy in claim.level.policies
            )
            said["cvc5"] = cvc5_says(script, solvers, exact=exact)
            tally.counts.update(f"{name} {said[name]}" for name in ("strings", "cvc5"))
        if brute and not isinstance(fast, Found):
            tally.counts["tried by force"] += 1
            forced = _forced(claims, question)
            if forced is not None:
                said["force"] = forced
                tally.counts[f"fast {_name(fast)}, {forced} by force"] += 1
        if _contradict(said):
            tally.contradictions.append(f"{said} {_short(question)}")
    _check_documents(question, asked, maximum, tally)


def _parts(question: Question, asked: dict[str, Any], maximum: Policy) -> Iterator[tuple[Sequence[Claim], Any]]:
    if question.ask == "prove":
        prove = ProveQuestion(as_documents(asked), maximum)
        yield beyond(allowed(prove.documents), maximum), lambda: export_question(prove, FAST)[0]
        return
    old = asked["policies"][0]
    diff = DiffQuestion(old, maximum)
    for number, (claims,) in enumerate(sides(diff)):
        yield claims, lambda number=number: export_question(diff, FAST)[number]


def _forced(claims: Sequence[Claim], question: Question) -> str | None:
    """Return `found` where some request near the question makes all claims true as usual, `hinges` where one does under
    another reading: of all points, or of one.
    """
    points = frozenset(point for claim in claims for policy in claim.level.policies for point in touched(policy))
    readings = [USUAL, points, *map(frozenset, zip(in_order(points)))] if points else [USUAL]
    for reading in readings:
        if any(replays(claims, request, reading) for request in near_requests(question)):
            return "hinges" if reading else "found"
    return None


def _contradict(said: dict[str, str]) -> bool:
    """Whether two judges contradict each other; cvc5 is asked about every reading at once, so its `found` may hinge."""
    words = {word for name, word in said.items() if name != "cvc5"}
    if "absent" in words and words & {"found", "hinges"}:
        return True
    if {"fast", "strings"} <= {name for name, word in said.items() if word in ("found", "hinges")}:
        return said["fast"] != said["strings"]
    if said.get("fast") == "hinges" and said.get("force") == "found":
        return True
    return (said.get("cvc5") == "found" and "absent" in words) or (
        said.get("cvc5") == "absent" and bool(words & {"found", "hinges"})
    )


def _name(outcome: SearchResult) -> str:
    return type(outcome).__name__.lower()


def strings_only(formula: Formula) -> bool:
    """Whether an export says all there is to say of its keys: of dates and such it leaves the form loose."""
    facts = (documented_facts(key.name) for key in keys_of(formula))
    return all(found is None or found.type in (KeyType.STRING, KeyType.ARN, KeyType.BOOL) for found in facts)


def cvc5_says(script: Callable[[], str], solvers: Solvers, *, exact: bool) -> str:
    """What cvc5 says of a script; its `sat` counts only where the script says all there is to say."""
    try:
        text = script()
    except Unsupported:
        return "unsupported"
    answer = {"sat": "found", "unsat": "absent"}.get(solvers.check(text), "unknown")
    return "sat, with typed values" if answer == "found" and (not exact or _TYPED.search(text)) else answer


def _check_found(outcome: SearchResult, claims: Sequence[Claim], tally: Tally, question: Question) -> None:
    """A counterexample replays, under the points on which it hangs, and is a request that exists (rules 1 to 3)."""
    if not isinstance(outcome, Found | Hinges):
        return
    reading = frozenset(outcome.points) if isinstance(outcome, Hinges) else USUAL
    if not replays(claims, outcome.request, reading) or (reading and replays(claims, outcome.request)):
        tally.contradictions.append(f"no replay: {outcome.request} {_short(question)}")
    if not exists(outcome.request):
        tally.contradictions.append(f"no such request: {outcome.request} {_short(question)}")


def exists(request: Request) -> bool:
    """Whether every value is of its key's type, and lists stand only where the key may be one (rule 3)."""
    for key in request.context:
        values, facts = request.values(key), documented_facts(key.name)
        if facts is not None and (
            (len(values) > 1 and not facts.multivalued) or not all(fits_key(key.name, v) for v in values)
        ):
            return False
    return True


def _check_documents(question: Question, asked: dict[str, Any], maximum: Policy, tally: Tally) -> None:
    """The claims of a question are what the evaluator says of all documents together."""
    if question.ask != "prove":
        return
    claims, whole = allowed(as_documents(asked)), as_documents(asked)
    for request in itertools.islice(near_requests(question), 0, 60, 7):
        said = evaluate(whole, request).decision is Decision.ALLOWED
        if said != replays(claims, request):
            tally.contradictions.append(f"the claims and the evaluator disagree: {request} {_short(question)}")
        if said and not allows([maximum], request) and not replays(beyond(claims, maximum), request):
            tally.contradictions.append(f"an escape that is none: {request} {_short(question)}")


def _short(question: Question) -> str:
    return ascii({"ask": question.ask, **question.documents, "maximum": question.maximum})


# --- all requests over small pools -----------------------------------------------------------------------------------

_WILD = re.compile(r"[*?]")
_HELD = re.compile(r"\$\{[^}]*\}")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_-]+")
_MOST = 7


def near_requests(question: Question) -> Iterator[Request]:
    """Yield all requests over small pools of the texts that the documents of a question mention."""
    near = mentioned(question.texts(), question.world)
    actions = [*[text for text in _filled(near.actions) if _ACTION.fullmatch(text)][:4], "zz:z"]
    resources = ["*", *[text for text in _filled(near.resources) if arn_fields(text)][:_MOST]]
    keys = tuple(near.values)
    for context in itertools.product(*(_values(key, near) for key in keys)):
        chosen = {key: value for key, value in zip(keys, context, strict=True) if value is not None}
        for action, resource in itertools.product(actions, resources):
            yield Request.of(action, resource, chosen)


def _filled(patterns: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for filling in ("a", "", "jane", "b:c"):
        for pattern in patterns:
            found[
                _WILD.sub(lambda wild, filling=filling: filling if wild[0] == "*" else "a", _HELD.sub(filling, pattern))
            ] = None
    return list(found)


def _values(key: str, near: Mentioned) -> list[str | list[str] | None]:
    facts = documented_facts(key)
    texts = [text.partition("/24")[0] for text in _filled(near.values[key])]
    known = [text for text in dict.fromkeys((*texts, *pool(key))) if fits_key(key, text)][:_MOST]
    lists = [known[:2], known[2:4], ["", known[0]]] if facts is None or facts.multivalued else []
    return [None, *known, *(some for some in lists if len(some) == 2)]
