"""What came of the proof for an account (`account_proof.py`): how far it came, and what each move came to.

AccountAttempt   the invariant at the end, and what keeps it from being a proof
every_move       the moves of the table, those of services too
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.audit.shapes import DeniedShape
from verifier.clouds.aws.delegation.account_invariant import AccountInvariant
from verifier.clouds.aws.delegation.moves import MOVES, DelegationMove, Spared, granting_moves
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, ServiceWay
from verifier.clouds.aws.documents import Documents
from verifier.delegations.answer import Breach, MoveProof
from verifier.questions.verdict import Contained, Verdict


@dataclass(frozen=True, eq=False)
class AccountAttempt:
    """What came of it: the invariant at the end, who may exceed the maximum, what is not kept, why nothing was proved.

    `asked`: the moves were asked about. `reached` says by which request whom he might come to act as, and `through`
    holds the ARNs of those who led to whoever may exceed the maximum, and of their policies.
    """

    invariant: AccountInvariant
    within: tuple[tuple[str, Verdict], ...]
    stuck: Mapping[str, Breach]
    asked: bool
    reached: Mapping[str, str]
    through: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def proved(self) -> bool:
        """Whether every move keeps the invariant, and it implies the maximum."""
        kept = self.asked and not self.stuck
        return not self.reason and kept and all(isinstance(verdict, Contained) for _, verdict in self.within)

    @property
    def doubt(self) -> str:
        """How those may be reached who may exceed the maximum, to be added to a reason."""
        several = (who for who, verdict in self.within if not isinstance(verdict, Contained) and who in self.reached)
        return "".join(f"; it may be reached by {self.reached[who]}" for who in several)

    @property
    def moves(self) -> tuple[MoveProof, ...]:
        """The moves of the table, each with what came of it; none where they were not asked about."""
        return tuple(_proofs(self.stuck)) if self.asked else ()


@dataclass(frozen=True)
class AccountObligation:
    """What a proof rests on: whoever has `documents` can make no request of `shapes`. `move` is what it is about."""

    move: str
    documents: Documents
    shapes: tuple[DeniedShape, ...]


@cache
def every_move() -> tuple[DelegationMove, ...]:
    """Return the moves of the table, those of services too."""
    return (*MOVES, *granting_moves())


def _proofs(stuck: Mapping[str, Breach]) -> Iterator[MoveProof]:
    """Yield what came of each move of the table, by the `stuck` ones."""
    granting = False
    for move in every_move():
        breach = stuck.get(move.name)
        if move.spared is Spared.GRANTABLE and breach is None:
            granting = True
        else:
            yield MoveProof(move.name, move.rows, move.why, breach)
    if granting:
        yield MoveProof("grants of services", ("Q17",), "a resource would let him in past the boundary")
    for way in (*PASSING, *TAKING_OVER):
        breach = stuck.get("PassRole") if way.service else stuck.get(way.name)
        yield MoveProof(way.name, (way.row,), _why(way), breach)


def _why(way: ServiceWay) -> str:
    return "a service could act as a role that is not his" if way.service else "what runs as another role would be his"
