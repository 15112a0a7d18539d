"""Tokens of a JSON text and the ends of its values are the same however far it was read before, and in any order."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any

import pytest

from verifier.base import json_index
from verifier.base.json_index import JsonIndex


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_index, "_FIRST_STRETCH", 3)


def flat(value: Any, tokens: list[str], lasts: list[int]) -> None:
    """The tokens of a value in order, and the last token of the value that begins with each."""
    place = len(tokens)
    match value:
        case dict():
            tokens.append("{")
            lasts.append(-1)
            for name, held in value.items():
                flat(name, tokens, lasts)
                flat(held, tokens, lasts)
            tokens.append("}")
        case list():
            tokens.append("[")
            lasts.append(-1)
            for held in value:
                flat(held, tokens, lasts)
            tokens.append("]")
        case _:
            tokens.append(json.dumps(value))
    if len(tokens) > len(lasts):
        lasts.append(len(tokens) - 1)
    lasts[place] = len(tokens) - 1


def drawn(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randint(0, 5 if depth < 4 else 3)
    if kind < 4:
        return ["a", 'b"}[', 1.5, None][kind]
    several = [drawn(chance, depth + 1) for _ in range(chance.randint(0, 5))]
    return several if kind == 4 else {f"{{{number}": held for number, held in enumerate(several)}


@pytest.mark.parametrize("seed", range(40))
def test_places_are_those_of_the_text(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    value = [drawn(chance) for _ in range(6)]
    text = json.dumps(value, indent=chance.choice([None, 1]))
    tokens, lasts = list[str](), list[int]()
    flat(value, tokens, lasts)
    index = JsonIndex(text)
    order = chance.sample(range(len(tokens)), len(tokens))
    for number in order[: len(order) // 2 + 1]:
        assert index.end(number) == lasts[number]
        begin, end = index.offsets(number, number)
        assert text[begin:end] == tokens[number]
    travelled = pickle.loads(pickle.dumps(index))  # noqa: S301 - made here
    assert [travelled.end(number) for number in order] == [lasts[number] for number in order]
    assert len(travelled.bounds) == 2 * len(tokens)
    with pytest.raises(IndexError):
        index.end(len(tokens))


def test_no_more_is_read_than_is_asked_for() -> None:
    index = JsonIndex(json.dumps([[number] for number in range(1_000)]))
    assert index.end(1) == 3
    assert len(index._known.lasts) < 20
    assert index.end(0) == 3_001


def test_a_text_that_is_not_json_has_tokens_too() -> None:
    assert JsonIndex("]] {").offsets(2, 2) == (3, 4)
    assert JsonIndex("]] {").end(2) == 2
