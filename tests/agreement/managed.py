"""Questions about real policies: AWS managed policies and their mutations, drawn by a seed.

    draw(chance)  ->  ManagedQuestion: a line of `verifier batch`, with how it came about

A question takes a policy of moto's corpus, mutates it once or twice, and asks what the two are to each other (is either
within the other, how do they differ), whether the mutation stays within another policy beside a boundary, a session
policy or an SCP, or which services it is confined to.

String solvers seldom decide whole policies, so most questions are about slices: one to four statements of a policy,
with their conditions as they stand and a few of their entries. Operators and effects that are rare in the corpus are
drawn as often as the common ones.
"""

from __future__ import annotations

import copy
import json
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

from tests.agreement.mutations import Json, Mutation, mutate, parsed
from verifier.clouds.aws.policy.syntax import Policy

_LIMITS = ("PowerUserAccess", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit")
_WHOLE = 12  # one question in so many is about whole policies
_LARGE = 24_000  # characters; whole policies beyond it take long to write, and ask nothing new


@dataclass(frozen=True)
class ManagedQuestion:
    """A question: `line` as `verifier batch` reads it, the same documents parsed, and how it came about."""

    line: Json
    documents: dict[str, Any]
    origin: str
    edits: tuple[str, ...]
    whole: bool

    def texts(self) -> list[Json]:
        """All documents as JSON."""
        return [document for _, document in _documents(self.line)]


def draw(chance: random.Random) -> ManagedQuestion:
    """Return a question."""
    whole = chance.randrange(_WHOLE) == 0
    while True:
        name, index = _policy(chance, whole)
        document = _body(corpus()[name]) if whole else _slice(chance, name, index)
        edits = [mutate(chance, document, _donor(chance))]
        if chance.randrange(3) == 0:
            edits.append(mutate(chance, edits[-1].document, _donor(chance)))
        line = _line(chance, document, edits[-1], whole)
        documents = _parsed(line)
        if documents is not None:
            return ManagedQuestion(line, documents, name, tuple(edit.name for edit in edits), whole)


def _line(chance: random.Random, document: Json, edit: Mutation, whole: bool) -> Json:
    changed = edit.document
    match chance.randrange(20):
        case 0 | 1 | 2 | 3 | 4 | 5:
            return {"ask": "prove", "policies": [changed], "maximum": document}
        case 6 | 7 | 8:
            return {"ask": "prove", "policies": [document], "maximum": changed}
        case 9 | 10 | 11 | 12:
            return {"ask": "diff", "old": document, "new": changed}
        case 13 | 14:
            return {"ask": "confine", "document": changed, "services": _services(chance, changed)}
        case _:
            return _beside(chance, document, changed, whole)


def _beside(chance: random.Random, document: Json, changed: Json, whole: bool) -> Json:
    """The mutation beside a limiting document, within a maximum."""
    limit, other = _limit(chance, changed, whole), _limit(chance, changed, whole)
    maximum = chance.choice((document, document, other))
    line: Json = {"ask": "prove", "policies": [changed], "maximum": maximum}
    match chance.randrange(6):
        case 0:
            line["session"] = limit
        case 1:
            line["scps"] = [[limit]]
        case 2:
            line["policies"].append(other)
            line["boundary"] = document
        case _:
            line["boundary"] = limit
    return line


def _services(chance: random.Random, document: Json) -> list[str]:
    """Services that the document names: all, or all but one."""
    found = _named(document)
    if len(found) > 1 and chance.randrange(2):
        found.remove(chance.choice(found))
    return found or ["s3"]


def _named(document: Json) -> list[str]:
    """The services that the entries of a document spell."""
    entries = [entry for statement in document["Statement"] for entry in statement.get("Action", ())]
    return sorted({service for entry in entries if (service := entry.partition(":")[0].lower()).isalnum()})


# --- the corpus, whole and in slices ---------------------------------------------------------------------------------


@cache
def corpus() -> dict[str, tuple[Json, ...]]:
    """The statements of every managed policy, by its name."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {name: tuple(map(_normal, _listed(found[name]["Document"]["Statement"]))) for name in sorted(found)}


def _normal(statement: Json) -> Json:
    """The statement with a list wherever one may stand, and without its Sid."""
    found: Json = {"Effect": statement["Effect"]}
    found |= {name: _listed(value) for name, value in statement.items() if name not in ("Sid", "Effect", "Condition")}
    if "Condition" in statement:
        found["Condition"] = {
            operator: {key: _listed(values) for key, values in members.items()}
            for operator, members in statement["Condition"].items()
        }
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def _by_trait() -> dict[str, list[tuple[str, int]]]:
    """The statements that have a trait: an operator, a Deny, a negated element, a policy variable."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, body in corpus().items():
        for index, statement in enumerate(body):
            traits = [*statement.get("Condition", ()), *({"NotAction", "NotResource"} & statement.keys())]
            traits += ["Deny"] if statement["Effect"] == "Deny" else []
            traits += ["${"] if "${" in json.dumps(statement) else []
            for trait in traits:
                found.setdefault(trait, []).append((name, index))
    return {trait: found[trait] for trait in sorted(found)}


@cache
def _small() -> tuple[str, ...]:
    return tuple(name for name, body in corpus().items() if len(json.dumps(body)) < _LARGE)


def _policy(chance: random.Random, whole: bool) -> tuple[str, int]:
    """The name of a policy, and one of its statements."""
    if not whole:
        match chance.randrange(4):
            case 0:
                return chance.choice(_by_trait()["Deny"])
            case 1:
                return chance.choice(_by_trait()[chance.choice(list(_by_trait()))])
    name = chance.choice(_small() if whole else list(corpus()))
    return name, chance.randrange(len(corpus()[name]))


def _body(statements: tuple[Json, ...] | list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": copy.deepcopy(list(statements))}


def _slice(chance: random.Random, name: str, index: int) -> Json:
    """A document of statement `index` of a policy and up to two others, with a few entries each."""
    body = corpus()[name]
    others = [other for other in range(len(body)) if other != index]
    chosen = sorted([index, *chance.sample(others, min(len(others), chance.choice((0, 1, 1, 2, 2, 3))))])
    found = _body([_thinned(chance, body[place]) for place in chosen])
    if chance.randrange(2) and not _allows_something(found):
        found["Statement"].insert(0, copy.deepcopy(corpus()["AdministratorAccess"][0]))
    return found


def _thinned(chance: random.Random, statement: Json) -> Json:
    found = dict(statement)
    for element, most in (("Action", 6), ("NotAction", 6), ("Resource", 4), ("NotResource", 4)):
        if element in found:
            count = min(len(found[element]), chance.randint(1, most))
            found[element] = [found[element][at] for at in sorted(chance.sample(range(len(found[element])), count))]
    return found


def _donor(chance: random.Random) -> Json:
    """A statement of any policy, thinned."""
    name, index = _policy(chance, False)
    return _thinned(chance, corpus()[name][index])


@cache
def _boundaries() -> tuple[str, ...]:
    return tuple(name for name in corpus() if "Boundary" in name)


def _limit(chance: random.Random, document: Json, whole: bool) -> Json:
    """A document to limit `document` by, as boundaries are written: all but a few services, the actions of the same
    services in another policy, or another edit of the document itself.
    """
    match chance.randrange(4):
        case 0:
            return _body(corpus()["PowerUserAccess"])
        case 1:
            return mutate(chance, document, _donor(chance)).document
    name = chance.choice(_LIMITS + _boundaries())
    if whole:
        return _body(corpus()[name])
    services = set(_named(document))
    index = max(range(len(corpus()[name])), key=lambda at: (len(_of(corpus()[name][at], services)), chance.random()))
    limit = _slice(chance, name, index)
    for entry in _of(corpus()[name][index], services)[:3]:
        limit["Statement"].append({**_thinned(chance, corpus()[name][index]), "Action": [entry]})
    return limit


def _of(statement: Json, services: set[str]) -> list[str]:
    """The actions of a statement that are of some services."""
    return [entry for entry in statement.get("Action", ()) if entry.partition(":")[0].lower() in services]


# --- parsed ----------------------------------------------------------------------------------------------------------


def _documents(line: Json) -> list[tuple[str, Json]]:
    alone = ("old", "new", "document", "boundary", "session", "maximum")
    found: list[tuple[str, Json]] = [(role, line[role]) for role in alone if role in line]
    found += [("policies", document) for document in line.get("policies", ())]
    return found + [("scps", document) for level in line.get("scps", ()) for document in level]


def _parsed(line: Json) -> dict[str, Any] | None:
    """The documents of a line as policies, by the names that `prove`, `diff` and `confine` give them."""
    found: dict[str, Any] = {}
    for role, document in _documents(line):
        policy: Policy | None = parsed(document)
        if policy is None or (role == "scps" and not _allows_something(document)):
            return None
        match role:
            case "policies":
                found.setdefault(role, []).append(policy)
            case "scps":
                found.setdefault(role, []).append([policy])
            case _:
                found[role] = policy
    return found


def _allows_something(document: Json) -> bool:
    """A level of SCPs without an Allow is an error (rule 30)."""
    return any(statement["Effect"] == "Allow" for statement in document["Statement"])
