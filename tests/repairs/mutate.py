"""Seeded mutations that widen a boundary: what an editor does by mistake, and a repair has to undo.

an action added, a wildcard widened, a condition dropped, a Deny dropped
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import texts
from verifier.clouds.aws.policy.syntax import Policy

ROOT = Path(__file__).parent.parent.parent
Json = dict[str, Any]

_ACTIONS = ("iam:PassRole", "s3:DeleteBucket", "sts:AssumeRole", "kms:Decrypt", "ec2:RunInstances", "lambda:*")


@dataclass(frozen=True)
class Mutated:
    """A boundary, what was done to it, and what it was before, which is the maximum unless another one is asked for."""

    name: str
    kind: str
    policy: Policy
    boundary: Policy
    maximum: Policy


def mutations(count: int, seed: int) -> list[Mutated]:
    """Return `count` mutations of the examples and of AWS's managed policies, the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311  # a sample is no secret
    examples = _examples()
    managed = texts()
    names = sorted(managed)
    found: list[Mutated] = []
    while len(found) < count:
        name, text = draw.choice(sorted(examples.items())) if draw.random() < 0.4 else _drawn(draw, names, managed)
        document = json.loads(text)
        if not isinstance(document["Statement"], list):
            document["Statement"] = [document["Statement"]]
        kind, widen = draw.choice(sorted(MUTATIONS.items()))
        mutated = copy.deepcopy(document)
        if not widen(mutated["Statement"], draw):
            continue
        maximum = managed[draw.choice(_MAXIMA)] if draw.random() < 0.25 else text
        policy = managed[draw.choice(names)] if draw.random() < 0.3 else _ANY
        boundary = Policy.parse(json.dumps(mutated, indent=2), name)
        found.append(Mutated(name, kind, Policy.parse(policy), boundary, Policy.parse(maximum)))
    return found


_ANY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_MAXIMA = ("PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess", "AmazonS3ReadOnlyAccess")


def _examples() -> dict[str, str]:
    paths = sorted((ROOT / "examples").glob("*/*.json"))
    found = {f"{path.parent.name}/{path.name}": path.read_text(encoding="utf-8") for path in paths}
    return {name: text for name, text in found.items() if '"Statement"' in text and "any-policy" not in name}


def _drawn(draw: random.Random, names: list[str], managed: dict[str, str]) -> tuple[str, str]:
    name = draw.choice(names)
    return name, managed[name]


def _add_action(statements: list[Json], draw: random.Random) -> bool:
    some = [one for one in statements if one["Effect"] == "Allow" and "Action" in one]
    if not some:
        return False
    one = draw.choice(some)
    one["Action"] = [*_listed(one["Action"]), draw.choice(_ACTIONS)]
    return True


def _widen(statements: list[Json], draw: random.Random) -> bool:
    some = [
        (one, name, place)
        for one in statements
        if one["Effect"] == "Allow"
        for name in ("Action", "Resource")
        for place, text in enumerate(_listed(one.get(name, [])))
        if len(text) > 8 and text != "*"
    ]
    if not some:
        return False
    one, name, place = draw.choice(some)
    texts_ = list(_listed(one[name]))
    text = texts_[place]
    start = text.index(":") + 1 if name == "Action" else len(text) // 2
    texts_[place] = text[: draw.randint(start, max(start, len(text) - 2))] + "*"
    one[name] = texts_
    return True


def _drop_condition(statements: list[Json], draw: random.Random) -> bool:
    some = [one for one in statements if one["Effect"] == "Allow" and one.get("Condition")]
    if not some:
        return False
    del draw.choice(some)["Condition"]
    return True


def _drop_deny(statements: list[Json], draw: random.Random) -> bool:
    some = [one for one in statements if one["Effect"] == "Deny"]
    if not some:
        return False
    statements.remove(draw.choice(some))
    return bool(statements)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


MUTATIONS: dict[str, Callable[[list[Json], random.Random], bool]] = {
    "an action added": _add_action,
    "a wildcard widened": _widen,
    "a condition dropped": _drop_condition,
    "a Deny dropped": _drop_deny,
}
