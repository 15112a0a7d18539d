"""What a rule can come to, as `fail_on` names it: the words of each kind of rule, and those that fail by default."""

from __future__ import annotations

from typing import Literal, TypeAlias

OutcomeWord: TypeAlias = Literal[
    "escapes", "missing", "undecided", "vacuous", "warnings", "gained", "lost", "different", "gone"
]
PROVE_WORDS: tuple[OutcomeWord, ...] = ("escapes", "undecided", "vacuous", "warnings")
NEEDS_WORDS: tuple[OutcomeWord, ...] = ("missing", "undecided", "vacuous", "warnings")
COMPARE_WORDS: tuple[OutcomeWord, ...] = ("gained", "lost", "different", "gone", "undecided", "vacuous", "warnings")
COMPARE_FAILS: tuple[OutcomeWord, ...] = ("gained", "gone")
