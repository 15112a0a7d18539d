"""Answers with and without the generated catalogue: what a question takes for granted must not come from it (rule 3).

    python -m tests.agreement.without_catalogue [--empty] < QUESTIONS

answers every case of `tests/cases/` and the lines of `verifier batch` on standard input, and prints the answers as one
JSON object. With `--empty` the generated tables (actions, resource types, keys) have no rows, from before anything is
imported that reads them; the hand-kept list of what pages of AWS say stays.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from unittest import mock

from verifier.clouds.aws.catalogue import tables
from verifier.clouds.aws.catalogue.actions import services

GENERATED = ("actions.tsv", "keys.tsv", "resources.tsv")
_whole = tables._whole


def main() -> None:
    """Answer, and print the answers."""
    lines = [json.loads(line) for line in sys.stdin]
    emptied = "--empty" in sys.argv
    with mock.patch.object(tables, "_whole", _emptied if emptied else _whole):
        assert bool(services()) is not emptied
        print(json.dumps(answers(lines)))  # noqa: T201  # what it is run for


def _emptied(table: str) -> bytes:
    return b"" if table in GENERATED else _whole(table)


def answers(lines: list[dict[str, Any]]) -> dict[str, str]:
    """Return the answer to every case and every line, but for the request that shows it."""
    from tests import test_cases as cases  # noqa: PLC0415  # after the tables are emptied
    from verifier.base.errors import InputError  # noqa: PLC0415  # as above

    found = {}
    plain = [(case["name"], case) for case in cases.CASES if not cases.is_line(case)]
    for case in filter(cases.is_line, cases.CASES):  # those that tell who asks, whose tables have many rows
        for number, (_, answer) in enumerate(cases.answers(case)):
            found[f"{case['name']} {number}"] = json.dumps(
                {key: answer.get(key) for key in ("verdict", "decision", "by")}
            )
    for name, line in [*plain, *((str(n), line) for n, line in enumerate(lines))]:
        try:
            answer = cases.ASK[line["ask"]](cases.Asked(line))
        except InputError as wrong:
            found[name] = str(wrong)
        else:
            found[name] = json.dumps({key: value for key, value in answer.items() if key != "statements"})
    return found


if __name__ == "__main__":
    main()
