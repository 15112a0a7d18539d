"""The kinds of findings, as code scanning lists them: what each means, how grave it is, and what to do about it.

`level` is SARIF's word and says what fails; `severity` is the score that code scanning sorts security alerts by (over
9.0 critical, from 7.0 high, from 4.0 medium), and None for what is not a question of security. Each kind of finding is
exact, as it is replayed or proved, except what is doubtful.
"""

from __future__ import annotations

import enum
from typing import Literal, TypeAlias

from verifier.base.dataclass import dataclass

SarifLevel: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A check of an audit as a kind of finding: what `FindingRule` has, for as many checks as there are."""

    id: str
    name: str
    level: SarifLevel
    severity: float | None
    meaning: str
    help: str


class FindingRule(enum.Enum):
    """What a finding is an instance of: its name, how grave it is, what it means, and how to fix it."""

    ESCAPES = (
        "escapes",
        "error",
        8.8,
        "A request is allowed that the maximum does not allow.",
        (
            "The documents together allow a request that lies outside of the maximum. The request was replayed "
            "through the evaluator, so it is not a guess. Take the permission away where the alert points, deny "
            "it in the boundary, or widen the maximum if the request is meant. `verifier repair` proposes a "
            "boundary that is proved to be enough."
        ),
    )
    MISSING = (
        "missing",
        "error",
        None,
        "A request is needed that the documents do not allow.",
        (
            "Somebody must be able to make this request, and some level does not allow it, or some document denies "
            "it. The request was replayed through the evaluator, so it is not a guess. Allow it where the message "
            "says that it is stopped, or take it out of the needs."
        ),
    )
    LOOSENED = (
        "loosened",
        "error",
        8.0,
        "A permissions boundary bounds less than before, or is gone.",
        (
            "The boundary of a principal was taken off, replaced by one that lets more through, or changed so that it "
            "does. What its policies allow is then limited by less, now and whenever somebody adds a policy. Attach "
            "the boundary again, or narrow it."
        ),
    )
    GAINED = (
        "gained",
        "warning",
        6.5,
        "The new document allows a request that the old one does not.",
        (
            "A change of a document lets a request through that was not allowed before. Look whether it is meant."
            " `verifier diff` lists everything that the change gains, as regions proved to be complete."
        ),
    )
    LOST = (
        "lost",
        "note",
        None,
        "The old document allows a request that the new one does not.",
        "A change of a document takes a permission away. Nothing is less safe by it, but somebody may need it.",
    )
    UNDECIDED = (
        "undecided",
        "warning",
        5.0,
        "Neither a proof nor a counterexample was found within the limits.",
        (
            "Nothing is known about this question, so it does not count as contained. Raise `--timeout`, or write"
            " the statements that the reason names in a simpler way."
        ),
    )
    VACUOUS = (
        "vacuous",
        "note",
        None,
        "Everything is within the maximum because nothing at all is allowed.",
        (
            "The proof holds for the documents as they stand, but says nothing about what is meant: they allow no"
            " request at all. Look for a pattern that matches nothing, or a condition that is never true."
        ),
    )
    BROKEN = (
        "broken",
        "error",
        7.0,
        "The document cannot be read as a policy.",
        (
            "AWS does not take this document, or gives it another meaning than it seems to have, so nothing was "
            "proved of it. Fix it at the line and column of the alert."
        ),
    )
    DOUBTFUL = (
        "doubtful",
        "note",
        None,
        "Something is allowed in a policy but hardly meant.",
        (
            "The document is valid and has the meaning that was proved of it, but this part of it probably does "
            "not do what it was written for. A misspelt name in a Deny denies nothing."
        ),
    )

    def __init__(self, name: str, level: SarifLevel, severity: float | None, meaning: str, help_: str) -> None:
        self.id, self.level, self.severity, self.meaning, self.help = name, level, severity, meaning, help_
