"""Documents that are shaped like real ones: statements of AWS managed policies, in accounts and on resources of others.

    drawn(400, "seed")             a document of so many statements, the same in every run
    drawn(400, "seed", keep=1.0)   the same, with each `*` of Resource as AWS wrote it
    changed(document)              with one statement changed, the last that can be: it is on another account

Statements are drawn from the corpus (`corpus.py`), none again before all were, actions and conditions as they are. An
ARN gets an account of a few, in place of none or a `*`, and names of its own in the place of wildcards behind the
account. A `*` as the only resource becomes `arn:aws:<service>:*:<account>:*`, or stays with the likelihood `keep`:
where it always stays, most actions of a large document are allowed everywhere, which is quickly said.
"""

from __future__ import annotations

import itertools
import json
import random
from functools import cache
from typing import Any

import corpus

Document = dict[str, Any]
Statement = dict[str, Any]
KEEP = 0.1
_ACCOUNTS = 8
_NAMES = ("app", "data", "logs", "prod", "staging", "team", "web", "queue")


def drawn(size: int, seed: str, keep: float = KEEP) -> Document:
    """Return a document of `size` statements."""
    chance = random.Random(f"{seed} {size} {keep}")  # noqa: S311 - a sample is no secret
    accounts = [str(chance.randrange(10**11, 10**12)) for _ in range(_ACCOUNTS)]
    once = itertools.chain.from_iterable(chance.sample(statements(), len(statements())) for _ in itertools.count())
    found = [_moved(one, chance, chance.choice(accounts), keep) for one in itertools.islice(once, size)]
    return {"Version": "2012-10-17", "Statement": found}


def changed(document: Document, resource: str = "arn:aws:{service}:*:000000000000:other/*") -> Document:
    """Return `document` with its last Allow on ARNs put on `resource`, if not said of an account that no other has."""
    found = list(document["Statement"])
    place = max(place for place, one in enumerate(found) if _is_narrow(one))
    found[place] = found[place] | {"Resource": resource.format(service=_service(found[place]))}
    return document | {"Statement": found}


@cache
def statements() -> tuple[Statement, ...]:
    """Return the statements of the corpus that name their services, in its order, without their Sid."""
    found: list[Statement] = []
    for text in corpus.texts().values():
        several = json.loads(text)["Statement"]
        found += several if isinstance(several, list) else [several]
    kept = (one for one in found if "Action" in one and "*" not in _listed(one["Action"]))
    return tuple({name: value for name, value in one.items() if name != "Sid"} for one in kept)


def _is_narrow(statement: Statement) -> bool:
    return statement["Effect"] == "Allow" and "*" not in _listed(statement.get("Resource", "*"))


def _moved(statement: Statement, chance: random.Random, account: str, keep: float) -> Statement:
    element = "Resource" if "Resource" in statement else "NotResource"
    entries = _listed(statement[element])
    if entries == ["*"] and chance.random() >= keep:
        entries = [f"arn:aws:{_service(statement)}:*:{account}:*"]
    name = f"{chance.choice(_NAMES)}-{chance.randrange(100)}"
    return statement | {element: [_elsewhere(entry, account, name) for entry in entries]}


def _elsewhere(entry: str, account: str, name: str) -> str:
    """Return the ARN in `account`, with the first wildcard of its last part within `name`; buckets have no account."""
    parts = entry.split(":", 5)
    if len(parts) < 6 or "${" in entry:
        return entry
    if parts[2] != "s3" and parts[4] != "aws":
        parts[4] = account
    if parts[5] != "*":
        parts[5] = parts[5].replace("*", f"{name}*", 1)
    return ":".join(parts)


def _service(statement: Statement) -> str:
    return str(_listed(statement["Action"])[0]).partition(":")[0].replace("*", "s3")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
