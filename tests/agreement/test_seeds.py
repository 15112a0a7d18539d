"""Answers do not depend on the hash seed of the process (`seeds.py`)."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.agreement.seeds import differing, lines

FOUND = Path(__file__).with_name("seeds.jsonl")
HASHES = [sys.executable, "-P", "-c", "import sys; [print(hash(line)) for line in sys.stdin]"]


def test_answers_are_the_same_under_every_hash_seed() -> None:
    """Questions that had several answers once, and others."""
    asked = FOUND.read_text(encoding="utf-8").splitlines() + lines(40, 1)
    assert differing(asked, ("0", "1", "2")) == []


def test_what_depends_on_the_hash_seed_is_caught() -> None:
    assert len(differing(["a", "b"], command=HASHES)) == 2
