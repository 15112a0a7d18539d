"""The parse tables of a grammar: made by Lark once, kept in `grammar/tables/`, and loaded from there.

Making them takes longer than a whole small proof. A file of tables holds the grammar, the start rules and the version
of Lark that it was made of; where these are others, or there is no file, the tables are made in memory. So no change of
a grammar meets old tables, and the files are never needed but for speed. `make tables` renews them, and a test says
when that is due. Their form is JSON, the same for the same grammar whatever the order in which Python walks its sets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

_OPTIONS: dict[str, Any] = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}


def parser_of(grammar: str, starts: tuple[str, ...], actions: object, kept: Path) -> lark.Lark:
    """Return the parser of `grammar` with `actions`, from the tables in the file `kept` where they are its own."""
    try:
        tables = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        tables = {}
    if tables.get("made of") != _made_of(grammar, starts):
        return lark.Lark(grammar, start=list(starts), transformer=actions, **_OPTIONS)
    return _loaded(tables, actions)


def make_tables(grammar: str, starts: tuple[str, ...]) -> dict[str, Any]:
    """Return what `parser_of` wants to find for `grammar`, as JSON gives it."""
    data, memo = lark.Lark(grammar, start=list(starts), **_OPTIONS).memo_serialize([TerminalDef, Rule])
    data["parser"]["parser"] = _numbered(data["parser"]["parser"])
    return {"made of": _made_of(grammar, starts), "data": data, "memo": [memo[number] for number in range(len(memo))]}


def _made_of(grammar: str, starts: tuple[str, ...]) -> dict[str, Any]:
    return {"lark": lark.__version__, "starts": list(starts), "grammar": grammar}


def _numbered(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return Lark's table with its states in the order of a walk from the start rules, each as [token, kind, arg]."""
    names = {number: str(token) for number, token in table["tokens"].items()}
    tokens = sorted(names.values())
    token_numbers = {token: number for number, token in enumerate(tokens)}
    numbers: dict[int, int] = {}
    states: list[list[tuple[int, int, Any]]] = []
    waiting = [table["start_states"][start] for start in sorted(table["start_states"])]
    for state in waiting:  # grows as it is walked
        if state in numbers:
            continue
        numbers[state] = len(numbers)
        states.append(sorted((token_numbers[names[token]], *step) for token, step in table["states"][state].items()))
        waiting += [state for _, kind, state in states[-1] if kind == _SHIFT]
    return {
        "tokens": tokens,
        "states": [
            [[token, kind, numbers[arg] if kind == _SHIFT else arg["@"]] for token, kind, arg in steps]
            for steps in states
        ],
        **{
            ends: {rule: numbers[state] for rule, state in table[ends].items()}
            for ends in ("start_states", "end_states")
        },
    }


_SHIFT = 0  # in Lark's serialized tables; any other step reduces by the rule that its argument names


def _loaded(tables: dict[str, Any], actions: object) -> lark.Lark:
    data, table = tables["data"], tables["data"]["parser"]["parser"]
    table["tokens"] = dict(enumerate(table["tokens"]))
    table["states"] = {
        number: {token: (kind, arg if kind == _SHIFT else {"@": arg}) for token, kind, arg in steps}
        for number, steps in enumerate(table["states"])
    }
    data["options"]["transformer"] = actions
    parser: lark.Lark = lark.Lark.load({"data": data, "memo": dict(enumerate(tables["memo"]))})
    return parser
