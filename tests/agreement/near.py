"""Requests near documents: a judge of proofs that never runs out of time.

    near_requests(chance, documents, count)  ->  requests, for the evaluator to say what each document makes of them

Each request starts from one statement of one document: an action and a resource of its entries with the wildcards
filled, and a context that mostly meets its conditions; keys that other statements speak of are absent, or hold one of
their values. Then, often, one thing is changed: that is where a proof would be wrong if it were.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from tests.strategies import fits_key, pool
from verifier.clouds.aws.catalogue.keys import documented_facts
from verifier.clouds.aws.request import Request
from verifier.strings.pattern import arn_fields

Json: TypeAlias = dict[str, Any]
Context: TypeAlias = dict[str, str | list[str]]

_WILD = re.compile(r"[*?]")
_HELD = re.compile(r"\$\{([^},]*)(?:, *'([^']*)')?\}")
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_-]+")
_ACTION_FILLINGS = ("", "x", "Get", "role")
_FILLINGS = ("", "x", "a/b", "111122223333", "us-east-1", "a:b")
_NEGATED = re.compile("Not(?!hing)", re.IGNORECASE)


def near_requests(chance: random.Random, documents: Sequence[Json], count: int) -> Iterator[Request]:
    """Yield `count` requests near `documents`, whose entries and values are lists."""
    near = _Near(documents)
    for _ in range(count):
        yield near.request(chance)


class _Near:
    """What the documents mention."""

    def __init__(self, documents: Sequence[Json]) -> None:
        self._body = [statement for document in documents for statement in document["Statement"]]
        self._actions = [entry for statement in self._body for entry in _entries(statement, "Action")]
        self._resources = [entry for statement in self._body for entry in _entries(statement, "Resource")]
        self._values: dict[str, list[str]] = {}
        self._spelled: dict[str, str] = {}
        for statement in self._body:
            for _, key, values in _conditions(statement):
                self._note(key, values)
            texts = [*_entries(statement, "Resource"), *(str(v) for _, _, vs in _conditions(statement) for v in vs)]
            for text in texts:
                for held in _HELD.finditer(text):
                    if held[1] not in ("*", "?", "$"):
                        self._note(held[1], [held[2]] if held[2] else [])

    def _note(self, key: str, values: Sequence[Any]) -> None:
        self._spelled.setdefault(key.lower(), key)
        self._values.setdefault(key.lower(), []).extend(str(v) for v in values if not isinstance(v, bool))

    def request(self, chance: random.Random) -> Request:
        """One request near one statement."""
        statement = chance.choice(self._body)
        met = {key.lower(): (operator, values) for operator, key, values in _conditions(statement)}
        context: Context = {}
        for key in self._values:
            value = self._value(chance, key, met.get(key), context)
            if value is not None:
                context[key] = value
        action = self._action(chance, statement)
        resource = self._resource(chance, statement, context)
        match chance.randrange(10):
            case 0:
                action = chance.choice((f"{action}x", action[:-1], action.swapcase(), "zz:Zz"))
            case 1:
                resource = chance.choice((f"{resource}x", resource[:-1], "*", resource.swapcase()))
            case 2 if context:
                del context[chance.choice(list(context))]
        spelled = {self._spelled[key]: value for key, value in context.items()}
        return Request.of(
            action if _ACTION.fullmatch(action) else "zz:Zz", resource if arn_fields(resource) else "*", spelled
        )

    def _action(self, chance: random.Random, statement: Json) -> str:
        entries = statement.get("Action") if chance.randrange(8) else None
        return _fill(chance, chance.choice(entries or self._actions), _ACTION_FILLINGS)

    def _resource(self, chance: random.Random, statement: Json, context: Context) -> str:
        entries = statement.get("Resource") if chance.randrange(8) else None
        entry = chance.choice(entries or self._resources)
        if entry == "*" and chance.randrange(3):
            entry = chance.choice(self._resources)
        return _fill(chance, entry, _FILLINGS, context)

    def _value(
        self, chance: random.Random, key: str, asked: tuple[str, list[Any]] | None, context: Context
    ) -> str | list[str] | None:
        """A value of a key, None to leave it absent; one that does for what is `asked` of it, mostly."""
        if asked is None or chance.randrange(6) == 0:
            if chance.randrange(2):
                return None
            return self._one_or_more(chance, key, self._values[key], context)
        operator, values = asked
        if operator == "Null":
            wanted = str(values[0]).lower() == "true"
            return None if wanted else self._one_or_more(chance, key, self._values[key], context)
        if _NEGATED.search(operator):
            return None if chance.randrange(3) == 0 else self._one_or_more(chance, key, ["other"], context)
        return self._one_or_more(chance, key, [str(value) for value in values], context)

    def _one_or_more(
        self, chance: random.Random, key: str, texts: Sequence[str], context: Context
    ) -> str | list[str] | None:
        facts = documented_facts(key)
        count = 1 if facts is not None and not facts.multivalued else chance.choice((1, 1, 1, 2, 2, 3))
        values = [self._one(chance, key, texts, context) for _ in range(count)]
        return values[0] if count == 1 else values

    def _one(self, chance: random.Random, key: str, texts: Sequence[str], context: Context) -> str:
        text = _fill(chance, chance.choice(texts or ("jane",)), _FILLINGS, context)
        match chance.randrange(12):
            case 0:
                text = chance.choice((f"{text}x", ""))
            case 1:
                text = text.swapcase()
            case 2 | 3 if self._values[key]:
                text = _fill(chance, chance.choice(self._values[key]), _FILLINGS, context)
        text = text.partition("/")[0] if key == "aws:sourceip" else text
        return text if fits_key(key, text) else chance.choice([one for one in pool(key) if fits_key(key, one)])


def _entries(statement: Json, element: str) -> list[str]:
    found: list[str] = statement[element] if element in statement else statement[f"Not{element}"]
    return found


def _conditions(statement: Json) -> Iterator[tuple[str, str, list[Any]]]:
    for operator, members in statement.get("Condition", {}).items():
        for key, values in members.items():
            yield operator, key, values


def _fill(chance: random.Random, pattern: str, fillings: Sequence[str], context: Context | None = None) -> str:
    """A text that the pattern matches, more or less, with the context's values for its variables."""

    def held(found: re.Match[str]) -> str:
        if found[1] in "*?$":
            return found[1]
        value = (context or {}).get(found[1].lower(), found[2] or "jane")
        return value if isinstance(value, str) else value[0]

    pieces = _HELD.split(pattern)  # text, key, default, text, key, default, ..., text
    found, keys = [], list(_HELD.finditer(pattern))
    for place in range(0, len(pieces), 3):
        found.append(_WILD.sub(lambda wild: chance.choice(fillings) if wild[0] == "*" else "x", pieces[place]))
        if place // 3 < len(keys):
            found.append(held(keys[place // 3]))
    return "".join(found)
