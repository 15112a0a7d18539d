"""The situations of `situations.json`: documents as they are written, what is asked of them, and what is explained.

Each has `documents` (name: lines of text), the arguments of `ask` by these names, the `request` of a counterexample or
the sides of a difference, and `shows`, the explanation at 80 columns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.explanations.explain import Explained
from verifier.questions.answer import answer
from verifier.questions.ask import Ask
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.questions.verdict import Difference, Escapes, Relation, Verdict

SITUATIONS: list[dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))


def question_of(situation: dict[str, Any]) -> Explained:
    """Return what is asked."""
    parsed = {name: Policy.parse("\n".join(lines), name) for name, lines in situation["documents"].items()}
    asked = situation["ask"]
    match asked:
        case {"old": old, "new": new}:
            return DiffQuestion(parsed[old], parsed[new])
        case {"document": document, "services": services}:
            return ConfineQuestion(parsed[document], tuple(services))
    documents = Documents(
        tuple(parsed[name] for name in asked["policies"]),
        parsed.get(asked.get("boundary", "")),
        parsed.get(asked.get("session", "")),
        tuple(tuple(parsed[name] for name in level) for level in asked.get("scps", ())),
        tuple(parsed[name] for name in asked.get("rcps", ())),
    )
    return ProveQuestion(documents, parsed[asked["maximum"]])


def answer_of(situation: dict[str, Any], question: Explained) -> Verdict | Difference:
    """Return the answer: the one with the requests that are given, or what is found."""
    sides = [_request(situation.get(name)) for name in ("request", "gained", "lost")]
    if sides[0]:
        return Escapes(sides[0])
    if sides[1] or sides[2]:
        return Difference(Relation.INCOMPARABLE, sides[1], sides[2])
    found = answer(question, Ask(seconds=30))
    assert isinstance(found, Verdict | Difference)
    return found


def _request(written: dict[str, Any] | None) -> Request | None:
    return Request.of(written["action"], written["resource"], written.get("context", {})) if written else None
