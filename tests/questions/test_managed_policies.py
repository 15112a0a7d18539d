"""Real input: every AWS managed policy that moto ships parses, is contained in itself, and is decided within its
limit.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from functools import cache

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from verifier import Contained, Escapes, Policy, Undecided, Verdict, prove
from verifier.clouds.aws.evaluate.evaluate import allows

_SEED = 2026
_SAMPLE = 60


@cache
def corpus() -> dict[str, Policy]:
    """Every managed policy, by name."""
    found = json.loads(aws_managed_policies_data)
    return {name: Policy.parse(json.dumps(one["Document"]), name) for name, one in found.items()}


def some() -> list[str]:
    """A seeded sample, the same in every run."""
    return sorted(random.Random(_SEED).sample(sorted(corpus()), _SAMPLE))  # noqa: S311  # a sample is no secret


def decided(names: list[str], boundary: str | None, maximum: str | None) -> Counter[str]:
    """Ask of each policy; check that every escape replays; count the verdicts."""
    count: Counter[str] = Counter()
    for name in names:
        policy, top = corpus()[name], corpus()[maximum or name]
        limit = corpus()[boundary] if boundary else None
        verdict: Verdict = prove(policies=[policy], boundary=limit, maximum=top)
        count[type(verdict).__name__] += 1
        assert not isinstance(verdict, Undecided), (name, verdict)
        if isinstance(verdict, Escapes):
            levels = [[policy], *([[limit]] if limit else [])]
            assert all(allows(level, verdict.request) for level in levels), (name, verdict)
            assert not allows([top], verdict.request), (name, verdict)
        if maximum is None:
            assert isinstance(verdict, Contained), (name, verdict)
    return count


QUESTIONS = [("PowerUserAccess", "ReadOnlyAccess"), (None, "PowerUserAccess"), (None, None)]


@pytest.mark.parametrize(("boundary", "maximum"), QUESTIONS)
def test_a_sample_is_decided(boundary: str | None, maximum: str | None) -> None:
    """The three questions of a seeded sample."""
    decided(some(), boundary, maximum)


@pytest.mark.long
@pytest.mark.parametrize(("boundary", "maximum"), QUESTIONS)
def test_all_are_decided(boundary: str | None, maximum: str | None) -> None:
    """The three questions of every policy, with the counts of their verdicts (`pytest -s` shows them)."""
    count = decided(sorted(corpus()), boundary, maximum)
    print(f"\n{len(corpus())} policies, boundary {boundary}, maximum {maximum or 'itself'}: {dict(count)}")  # noqa: T201  # what the campaign is run for
