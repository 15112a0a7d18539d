"""What each statement does about the escapes of a question: what would change were it not there.

A statement *opens* or *closes*. An Allow of the policies, the boundary, the session policy or an SCP opens, and so does
a Deny of the maximum: without it less escapes. A Deny of all but the maximum closes, and so does an Allow of the
maximum: without it more escapes. So each is asked about with one search, for a request on which it alone matters:

    opens   it escapes, and would not without the statement
    closes  it does not escape, and would without the statement

Where there is none, proved, the statement makes no difference by itself; another may do the same as well. To leave out
a statement is to ask of the document without it; an SCP without its last Allow then allows nothing, and is not read as
one that only denies (rule 30).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from verifier.base.budget import Budget
from verifier.base.errors import UndecidedError
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.world.select import choose
from verifier.logic.actions import Effect
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import beyond
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges, request_text
from verifier.questions.ways import allowed
from verifier.report.style import html_table, text_table
from verifier.shown import frame_of_rows
from verifier.smt.solve import Unknown

_HEAD = ("document", "statement", "effect", "line", "alone it", "for example")


class Does(enum.Enum):
    """What a statement does by itself."""

    OPENS = "lets escape"
    CLOSES = "holds back"
    NOTHING = "makes no difference"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Contribution:
    """What `statement` of the document called `document` does by itself.

    `request` is one on which it alone matters; `reason` says why nothing was found out.
    """

    document: str
    statement: Statement
    does: Does
    request: Request | None = None
    reason: str | None = None

    def as_row(self) -> tuple[str | int, ...]:
        """Return document, Sid or index, effect, line, what it does, and an example or the reason."""
        name = self.statement.sid if self.statement.sid is not None else f"statement {self.statement.index}"
        example = request_text(self.request) if self.request else (self.reason or "")
        line = self.statement.span.line
        return self.document, name, self.statement.effect.value, line, self.does.value, example


@dataclass(frozen=True, repr=False)
class Contributions:
    """What every statement of a question does, in the order of the documents, the maximum last."""

    rows: tuple[Contribution, ...]

    def __iter__(self) -> Iterator[Contribution]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def as_rows(self) -> list[tuple[str | int, ...]]:
        """Return the table: see `Contribution.as_row`."""
        return [row.as_row() for row in self.rows]

    def to_frame(self) -> Any:
        """Return the rows as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_rows(_HEAD, self.as_rows())

    def __repr__(self) -> str:
        return text_table(_HEAD, self.as_rows())

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self.as_rows())


def contributions(question: ProveQuestion, pinned: Sequence[Claim], ask: Ask) -> Contributions:
    """Return what each statement does, among the requests that make the claims `pinned` true.

    The time of `ask` is for all statements together; those that it does not suffice for are undecided. Examples that
    AWS can make are looked for at the end.
    """
    claims = beyond(allowed(question.documents), question.maximum)
    asked = _Asked((*claims, *pinned), Budget.of(ask.seconds), ask)
    names = [*(str(place) for place, _ in question.documents.placed()), "maximum"]
    spots = [(claim, number) for claim in claims for number in range(len(claim.level.policies))]
    decided = [
        asked.decided(name, claim, number, statement)
        for name, (claim, number) in zip(names, spots, strict=True)
        for statement in _policy(claim.level, number).statements
    ]
    return Contributions(tuple(asked.with_example(*found) for found in decided))


@dataclass(frozen=True)
class _Asked:
    """The claims that a request escapes, and what asking may cost."""

    claims: tuple[Claim, ...]
    budget: Budget
    ask: Ask

    def decided(
        self, name: str, claim: Claim, number: int, statement: Statement
    ) -> tuple[Contribution, tuple[Claim, ...]]:
        """Return what `statement` does by itself, of document `number` of the level that `claim` is about, and the
        claims of an example.
        """
        less = replace(claim, level=_without(claim.level, number, statement))
        opens = (statement.effect is Effect.ALLOW) == (claim.says is Says.ALLOWS and claim.holds)
        true, false = (claim, less) if opens else (less, claim)
        others = tuple(one for one in self.claims if one is not claim)
        claims = (*others, true, replace(false, holds=not claim.holds))
        match search(claims, self.budget, self.ask):
            case Found(request):
                return Contribution(name, statement, Does.OPENS if opens else Does.CLOSES, request), claims
            case Hinges() as found:
                reason = found.reason("it matters")
                return Contribution(name, statement, Does.UNDECIDED, reason=reason), claims
            case Absent():
                return Contribution(name, statement, Does.NOTHING), claims
            case Unknown(reason):
                return Contribution(name, statement, Does.UNDECIDED, reason=reason), claims

    def with_example(self, found: Contribution, claims: tuple[Claim, ...]) -> Contribution:
        """Return `found` with a request that AWS can make, where one is found in what is left of the time."""
        if found.request is None:
            return found
        try:
            return replace(found, request=choose(claims, found.request, self.budget).request)
        except UndecidedError:
            return found


def _without(level: Level, number: int, statement: Statement) -> Level:
    policy = _policy(level, number)
    less = replace(policy, statements=tuple(one for one in policy.statements if one is not statement))
    return Level((*level.policies[:number], less, *level.policies[number + 1 :]))


def _policy(level: Level, number: int) -> Policy:
    policy = level.policies[number]
    assert isinstance(policy, Policy)
    return policy
