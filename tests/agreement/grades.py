"""Two policies of one resource before `diff`, the smaller one of `simplify`, and `oracle.py`.

    drawn_pair(chance)           two policies and their type; the second is the first changed a little, or drawn too
    compare_pair(pair, tally)    `diff` of them, and `simplify` of the first, against the oracle on requests near them

The oracle says of one request how strongly a policy allows it, and whether it denies it. Who asks may have a boundary,
and a federated user may have been federated by anybody: every such situation is tried. So `diff` must find whatever
differs in one of them, and must not call what it finds a difference where it is none.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.agreement.oracle import Json, LeftOpen, asker_of, said
from tests.agreement.principals import (
    JANE,
    JOHN,
    NAMED,
    OTHER,
    OWN,
    RESOURCES,
    TARGET,
    near_requests,
    targets,
    with_principals,
)
from tests.agreement.questions import Tally
from verifier import Policy, simplify
from verifier.cli.batch_lines import batch

_TRIED = 100
_BOB = f"arn:aws:iam::{OTHER}:user/bob"
_STRANGER = f"arn:aws:iam::{OWN}:user/nobody-names-me"


@dataclass(frozen=True)
class DrawnPair:
    """Two documents of a type, and a resource that they may belong to."""

    old: Json
    new: Json
    type: str
    target: str

    @property
    def only_denies(self) -> bool:
        """Whether neither has an Allow, so that what they deny is compared."""
        return all(one["Effect"] == "Deny" for policy in (self.old, self.new) for one in policy["Statement"])


def drawn_pair(chance: random.Random) -> DrawnPair:
    """Draw two documents that say who may do something."""
    target = chance.choice([one for one in targets(RESOURCES) if "aws-service-role" not in one])
    trust = target == TARGET.format(OWN) or ":role/" in target
    old = with_principals(chance, (target,), NAMED, trust=trust)
    new = _changed(chance, old, target, trust=trust)
    if chance.random() < 0.5:
        old, new = new, old
    types = ("trust",) if trust else ("resource", "resource", "resource", "endpoint")
    return DrawnPair(old, new, chance.choice(types), target)


def _changed(chance: random.Random, policy: Json, target: str, *, trust: bool) -> Json:
    """Return the policy with a little changed, which may change nothing."""
    found = copy.deepcopy(policy)
    other = with_principals(chance, (target,), NAMED, trust=trust)
    statements = found["Statement"]
    one = chance.choice(statements)
    match chance.randrange(8):
        case 0:
            return other
        case 1:
            statements += other["Statement"]
        case 2:
            statements.append(copy.deepcopy(one))
        case 3 if len(statements) > 1:
            statements.remove(one)
        case 4 if "Condition" in one:
            del one["Condition"]
        case 5 if "Action" in one:
            one["Action"] = [one["Action"], other["Statement"][0].get("Action", "*")][chance.randrange(2)]
        case _:
            _change_principals(chance, one)
    return found


def _change_principals(chance: random.Random, statement: Json) -> None:
    name = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    named = statement[name]
    entries = [] if named == "*" else named["AWS"] if isinstance(named["AWS"], list) else [named["AWS"]]
    changed = [*entries, chance.choice(NAMED)] if chance.random() < 0.6 or len(entries) < 2 else entries[1:]
    account = {OWN: f"arn:aws:iam::{OWN}:root"}
    if entries and chance.random() < 0.2:
        changed = [account.get(entry, entry) for entry in entries]  # says the same
    statement[name] = ({} if named == "*" else named) | {"AWS": changed}


def _requests(pair: DrawnPair, chance: random.Random) -> list[Json]:
    near = [
        one
        for one in near_requests({})
        if one["resource"].startswith(pair.target) and ":role/aws-" not in one["principal"]
    ]
    if pair.type == "endpoint":
        near = [one for one in near if "aws:SourceVpce" in one["context"]]
    if pair.type == "trust":
        near = [one for one in near if one["action"] == "sts:AssumeRole"]
    return chance.sample(near, min(_TRIED, len(near)))


def _situations(request: Json) -> Iterator[Json]:
    """Yield what may be so of who asks: lines as `oracle.said` reads them."""
    kind = asker_of(request["principal"]).kind
    federating = (JANE, JOHN, _BOB, _STRANGER) if kind == "federated" else (None,)
    bounded = (False, True) if kind in ("user", "session") else (False,)
    for by, has in itertools.product(federating, bounded):
        yield (
            {"principal": request["principal"]}
            | ({"federated_by": by} if by else {})
            | ({"boundary": {}} if has else {})
        )


def _differences(pair: DrawnPair, request: Json) -> Iterator[str]:
    """Yield what differs in some situation: `gained`, `lost`, `denies`."""
    for line in _situations(request):
        (old, denied), (new, denies) = (said(policy, line, request) for policy in (pair.old, pair.new))
        if pair.type == "endpoint":
            old, new = min(old, 1), min(new, 1)
        if denied is not denies:
            yield "denies"
            if pair.only_denies:
                yield "lost" if denies else "gained"
        if old != new and not (pair.type != "endpoint" and _nobody_limits(line, request, old, new)):
            yield "gained" if new > old else "lost"


def _nobody_limits(line: Json, request: Json, old: int, new: int) -> bool:
    """Whether only a boundary could make the difference, of one who has none: a user has no session policy."""
    return {old, new} == {2, 3} and "boundary" not in line and asker_of(request["principal"]).kind == "user"


def compare_pair(pair: DrawnPair, chance: random.Random, tally: Tally) -> None:
    """Compare the documents in every way, and note in `tally` what came out and what contradicts what."""
    tally.counts["questions"] += 1
    question = {"ask": "diff", "old": pair.old, "new": pair.new, "type": pair.type, "reading": "usual"}
    (answer,) = batch([json.dumps(question)])
    verdict = answer.get("verdict", "error")
    tally.counts[f"{pair.type} {verdict}"] += 1
    if verdict == "error":
        tally.contradictions.append(f"an error: {answer} {_short(pair)}")
        return
    if verdict == "undecided":
        tally.undecided.append(f"{answer.get('reason')}: {_short(pair)}")
    near = _requests(pair, chance)
    for side in ("gained", "lost"):
        if side in answer:
            _check_found(pair, side, answer[side]["request"], tally)
        elif verdict not in ("undecided", "different"):
            _check_absent(pair, side, near, tally)
    if answer.get("denies") == "same":
        _check_absent(pair, "denies", near, tally)
    if verdict == "equivalent":
        tally.counts["equivalent, tried by force"] += 1
    _compare_simplified(pair, near, tally)


def _check_found(pair: DrawnPair, side: str, request: Json, tally: Tally) -> None:
    try:
        found = side in set(_differences(pair, request))
    except LeftOpen:
        tally.counts["left open"] += 1
        return
    except ValueError as wrong:  # an account may be any text
        tally.counts[str(wrong).partition(":")[0]] += 1
        return
    tally.counts[f"{side}, confirmed"] += found
    if not found:
        tally.contradictions.append(f"{side}, but not by the oracle: {request!a} {_short(pair)}")


def _check_absent(pair: DrawnPair, side: str, near: list[Json], tally: Tally) -> None:
    for request in near:
        try:
            found = side in set(_differences(pair, request))
        except LeftOpen:
            continue
        if found:
            tally.contradictions.append(f"nothing {side}, says diff, but: {request!a} {_short(pair)}")
            return


def _compare_simplified(pair: DrawnPair, near: list[Json], tally: Tally) -> None:
    found = simplify(Policy.parse(json.dumps(pair.old)), type=pair.type, reading="usual")
    tally.counts[f"simplify {found.redundancy.value}"] += 1
    same = DrawnPair(pair.old, json.loads(found.text), pair.type, pair.target)
    for side in ("gained", "lost", "denies"):
        _check_absent(same, side, near, tally)


def _short(pair: DrawnPair) -> str:
    return f"{pair.type} {json.dumps(pair.old)} {json.dumps(pair.new)}"
