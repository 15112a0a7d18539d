"""What somebody must be able to do, before `prove_needs` and `oracle.py`.

drawn_needs(chance)                 a line of `batch` that asks `needs`: who asks, documents, and what is needed
compare_needs(line, chance, tally)  its answer against the oracle, on the request that is missing, or on many
"""

from __future__ import annotations

import json
import random

from tests.agreement.oracle import Json, LeftOpen, asker_of, decide, outside
from tests.agreement.principals import drawn, near_requests
from tests.agreement.questions import Tally
from verifier.cli.batch_lines import batch

_TRIED = 150


def drawn_needs(chance: random.Random) -> Json:
    """Draw a line about somebody who has an account."""
    while True:
        line = drawn(chance)
        if "principal" not in line or line.pop("explicit", False) or asker_of(line["principal"]).account is None:
            continue
        needs = line.pop("maximum")
        for statement in needs["Statement"]:  # what a maximum leaves out is little, and needs are as little
            for name in ("Action", "Resource"):
                if f"Not{name}" in statement:
                    statement[name] = statement.pop(f"Not{name}")
        return line | {"needs": needs}


def compare_needs(line: Json, chance: random.Random, tally: Tally) -> None:
    """Ask about the line; note in `tally` what came out and what contradicts the oracle."""
    tally.counts["questions"] += 1
    (answer,) = batch([json.dumps(line | {"ask": "needs"})])
    verdict = answer.get("verdict", "error")
    tally.counts[f"needs {verdict}"] += 1
    asked = line | {"maximum": line["needs"]}
    if verdict == "undecided":
        tally.undecided.append(str(answer.get("reason")))
    elif verdict == "error":
        tally.contradictions.append(f"an error: {answer.get('error')} {json.dumps(line)}")
    elif verdict == "missing":
        try:
            if outside(asked, answer["request"]) or decide(line, answer["request"])[0] == "allowed":
                tally.contradictions.append(f"missing, but not by the oracle: {answer['request']} {json.dumps(line)}")
        except (LeftOpen, ValueError):
            tally.counts["left open"] += 1
    else:
        near = list(near_requests(line))
        for request in chance.sample(near, min(_TRIED, len(near))):
            try:
                wrong = not outside(asked, request) and decide(line, request)[0] != "allowed"
            except LeftOpen:
                continue
            if wrong:
                tally.contradictions.append(f"granted, but missing: {request} {json.dumps(line)}")
                return
        tally.counts["granted, tried by force"] += 1
