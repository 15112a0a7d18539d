"""The campaigns: many pairs and questions, drawn anew, with the seed and the counts printed.

    python -m tests.agreement.campaign pairs --count 200000 --seed 1
    python -m tests.agreement.campaign questions --count 20000 --seed 1
    python -m tests.agreement.campaign force --count 20000 --seed 1
    python -m tests.agreement.campaign managed --count 50000 --seed 1 --processes 2
    python -m tests.agreement.campaign unknowns --count 20000 --seed 1
    python -m tests.agreement.campaign principals --count 20000 --seed 1
    python -m tests.agreement.campaign accounts --count 12500 --seed 1
    python -m tests.agreement.campaign grades --count 5000 --seed 1
    python -m tests.agreement.campaign needs --count 5000 --seed 1

`pairs`: (document, request), evaluator against formula against Z3 with the request fixed. `questions`: fast encoding
against Z3's string theory against cvc5 on the exported script. `force`: verdicts against all requests over small pools.
`managed`: AWS managed policies and their mutations, before all judges (`judge.py`). `unknowns`: documents with holes,
against the same documents with values put in (`unknowns.py`). `principals`: questions with someone who asks, evaluator
and prover against a second decision (`principals.py`, `oracle.py`). `accounts`: `who` and audits of whole accounts, 16
requests each, against the evaluator (`accounts.py`). `grades`: pairs of policies of resources, roles
and endpoints, `diff` and `simplify` against the same oracle (`grades.py`). `needs`: what somebody must be able to do,
against the same oracle (`needed.py`).

A chunk has a seed of its own, and what it draws hangs on that seed alone: a campaign that was broken off after the
seeds 1 to 40 goes on with `--seed 41` and what is left of the count.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.agreement.accounts import compare_account, drawn_account
from tests.agreement.grades import compare_pair, drawn_pair
from tests.agreement.judge import economical, judge
from tests.agreement.managed import draw
from tests.agreement.needed import compare_needs, drawn_needs
from tests.agreement.pairs import Example, disagreements, examples
from tests.agreement.principals import compare as compare_asked
from tests.agreement.principals import drawn
from tests.agreement.questions import Question, Tally, compare, questions
from tests.agreement.solvers import Solvers
from tests.agreement.unknowns import Holed, holed_pairs
from tests.agreement.unknowns import compare as compare_holed
from verifier.clouds.aws.evaluate.evaluate import allows

_PAIRS_EACH = 20
_CHUNK = {
    "pairs": 2_000,
    "questions": 200,
    "force": 400,
    "managed": 500,
    "unknowns": 500,
    "principals": 500,
    "accounts": 100,
    "grades": 100,
    "needs": 500,
}
_EVERY_Z3 = 4
_SECONDS = 0.15
_EVERY = 2  # chunks between two lines of progress


def pairs_chunk(number: int, count: int) -> Tally:
    """Try `count` pairs, drawn with the seed `number`."""
    tally = Tally()

    @seed(number)
    @_settings(-(-count // _PAIRS_EACH))
    @given(examples(pairs_each=_PAIRS_EACH))
    def run(example: Example) -> None:
        unknown: list[str] = []
        found = list(disagreements(example, every=_EVERY_Z3, unknown=unknown))
        tally.counts["pairs"] += len(example.requests)
        tally.counts["by Z3 itself"] += len(example.requests[::_EVERY_Z3])
        tally.counts["undecided"] += len(unknown)
        tally.counts["allowed"] += sum(allows((example.policy,), request) for request in example.requests)
        tally.contradictions += [f"{one} by {example.document!a}" for one in found]

    run()
    return tally


def questions_chunk(number: int, count: int) -> Tally:
    """Decide `count` small questions in three ways, drawn with the seed `number`."""
    tally, solvers = Tally(), Solvers(_SECONDS)

    @seed(number)
    @_settings(count)
    @given(questions(most=1, keys=1))
    def run(question: Question) -> None:
        compare(question, solvers, tally)

    try:
        run()
    finally:
        solvers.end()
    return tally


def force_chunk(number: int, count: int) -> Tally:
    """Decide `count` questions and try all requests near them, drawn with the seed `number`."""
    tally = Tally()

    @seed(number)
    @_settings(count)
    @given(questions(most=2, keys=2))
    def run(question: Question) -> None:
        compare(question, None, tally, brute=True)

    run()
    return tally


def managed_chunk(number: int, count: int) -> Tally:
    """Put `count` questions about managed policies before all judges, drawn with the seed `number`."""
    tally, solvers = Tally(), economical()
    try:
        for place in range(count):
            chance = random.Random(f"{number}.{place}")  # noqa: S311  # no secret
            judge(draw(chance), solvers, chance, tally)
    finally:
        solvers.end()
    return tally


def unknowns_chunk(number: int, count: int) -> Tally:
    """Ask `count` questions about documents with holes, drawn with the seed `number`, and again with values in them."""
    tally = Tally()

    @seed(number)
    @_settings(count)
    @given(holed_pairs())
    def run(holed: Holed) -> None:
        compare_holed(holed, tally)

    run()
    return tally


def chance_chunk(kind: str, number: int, count: int) -> Tally:
    """Ask `count` times what `_BY_CHANCE` has for `kind`, each time with a chance of its own, of the seed `number`."""
    tally = Tally()
    for place in range(count):
        _BY_CHANCE[kind](random.Random(f"{number}.{place}"), tally)  # noqa: S311  # no secret
    return tally


_BY_CHANCE: dict[str, Callable[[random.Random, Tally], object]] = {
    "principals": lambda chance, tally: compare_asked(drawn(chance), chance, tally),
    "accounts": lambda chance, tally: compare_account(drawn_account(chance), chance, tally),
    "grades": lambda chance, tally: compare_pair(drawn_pair(chance), chance, tally),
    "needs": lambda chance, tally: compare_needs(drawn_needs(chance), chance, tally),
}


def _settings(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


_CHUNKS = {
    "pairs": pairs_chunk,
    "questions": questions_chunk,
    "force": force_chunk,
    "managed": managed_chunk,
    "unknowns": unknowns_chunk,
    **{kind: partial(chance_chunk, kind) for kind in _BY_CHANCE},
}


def campaign(kind: str, count: int, first_seed: int, processes: int, say: Callable[[str], object]) -> Tally:
    """Run the campaign in chunks, each with a seed of its own from `first_seed` on, and say what came out."""
    begun, whole, size = time.monotonic(), Tally(), _CHUNK[kind]
    unit = "pairs" if kind == "pairs" else "questions"
    chunks = range(-(-count // size))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        tallies = pool.map(partial(_CHUNKS[kind], count=size), [first_seed + number for number in chunks])
        for number, tally in enumerate(tallies, start=1):
            whole.merge(tally)
            for text in tally.contradictions[:3]:
                say(f"DISAGREEMENT {text}")
            if number % _EVERY == 0:
                seeds = f"seeds {first_seed} to {first_seed + number - 1}"
                say(f"... {unit} {whole.counts[unit]}, disagreements {len(whole.contradictions)}, {seeds}")
    say(
        f"{unit} {whole.counts[unit]}, disagreements {len(whole.contradictions)}, seed {first_seed}"
        f" (to {first_seed + len(chunks) - 1}), {time.monotonic() - begun:.0f} s, {_shown(whole.counts)}"
    )
    return whole


def _shown(counts: Counter[str]) -> str:
    return "; ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def main() -> int:
    """Run one campaign from the command line; 1 where something disagreed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(_CHUNKS))
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    whole = campaign(asked.kind, asked.count, asked.seed, asked.processes, partial(print, flush=True))
    for reason, number in Counter(text.partition(": {")[0] for text in whole.undecided).most_common(5):
        print(f"undecided {number} times: {reason}")  # noqa: T201  # a campaign prints its figures
    return 1 if whole.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
