"""The same questions under several hash seeds: answers must be the same byte for byte.

    python -m tests.agreement.seeds --count 3000 --seed 1

Python hashes texts with a number that it draws when it starts (PYTHONHASHSEED), and sets are iterated in the order of
hashes. An answer that depends on it is another one each time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

from hypothesis import given, seed

from tests.agreement import campaign
from tests.agreement.questions import Question, questions
from tests.commands import BIN

HASH_SEEDS = ("0", "1", "2", "3")
COMMAND = (str(BIN / "verifier"), "batch", "--timeout", "5")
# What tells that time ran out, for the question or for the choice of a request that AWS can make.
_CUT_OFF = ('"undecided"', '"different"', '"none_fits": false')


def lines(count: int, number: int) -> list[str]:
    """Draw `count` questions with the seed `number`, each as a line of a batch."""
    found: list[str] = []

    @seed(number)
    @campaign._settings(count)
    @given(questions(most=3, keys=3))
    def draw(question: Question) -> None:
        found.append(json.dumps({"id": len(found)} | _asked(question)))

    draw()
    return found


def _asked(question: Question) -> dict[str, Any]:
    if question.ask == "diff":
        return {"ask": "diff", "old": question.documents["policies"][0], "new": question.maximum}
    return {"ask": "prove", "maximum": question.maximum} | question.documents


def answers(asked: Sequence[str], hash_seed: str, command: Sequence[str] = COMMAND) -> list[str]:
    """Answer `asked` by `command`, in a process with this hash seed."""
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def differing(
    asked: Sequence[str], hash_seeds: Sequence[str] = HASH_SEEDS, command: Sequence[str] = COMMAND
) -> list[tuple[str, set[str]]]:
    """Return the questions that are not answered alike under all hash seeds, with their answers.

    Where time ran out under one of them, which depends on the machine, nothing is compared.
    """
    found = zip(asked, *(answers(asked, hash_seed, command) for hash_seed in hash_seeds), strict=True)
    return [
        (question, set(each))
        for question, *each in found
        if len(set(each)) > 1 and not any(mark in answer for answer in each for mark in _CUT_OFF)
    ]


def main() -> int:
    """Run the campaign that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    asked = lines(chosen.count, chosen.seed)
    found = differing(asked)
    for question, each in found:
        print(question, *each, sep="\n", end="\n\n")  # noqa: T201  # a campaign prints what it found
    print(f"questions {len(asked)}, hash seeds {len(HASH_SEEDS)}, answers that differ {len(found)}")  # noqa: T201  # as above
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
