"""The proof about an account as SMT-LIB scripts, one a move, which other solvers check.

    account_proof_scripts(asked, ask)    the text of each file, by its name

A script is unsatisfiable iff nobody whom he can act as, by the invariant, has a request of the move that leaves the
invariant; `maximum.smt2` is the implication of the maximum. Everybody is asked about, also those whom the proof could
tell to be harmless by the names of their actions. What follows from the account without a request, such as which
groups have members, has no script: `moves.txt` lists the files, and the moves that have none, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verifier.base.budget import Budget, deadline
from verifier.base.errors import UndecidedError, UsageError
from verifier.clouds.aws.audit.shapes import DeniedShape
from verifier.clouds.aws.delegation.account_attempt import every_move
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, proof_of_account
from verifier.clouds.aws.delegation.account_invariant import (
    AccountFacts,
    AccountInvariant,
    account_carriers,
    invariant_sentences,
)
from verifier.clouds.aws.delegation.account_proof import AccountProof
from verifier.clouds.aws.delegation.moves import DelegationMove, Spared
from verifier.clouds.aws.delegation.proof import all_granted, allows_some
from verifier.clouds.aws.delegation.proof_scripts import (
    ProofScript,
    files_of_scripts,
    script_of_shapes,
    script_of_ways,
    ways_beyond,
)
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER
from verifier.clouds.aws.documents import Documents
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained
from verifier.questions.ways import Way

_NOBODY = "no request of it is allowed that leaves the invariant"
_Asked = dict[Documents, dict[str, DeniedShape]]


def account_proof_scripts(asked: AccountDelegation, ask: Ask) -> Mapping[str, str] | None:
    """Return the files of the proof, None where there is no proof. Raises UsageError where SMT-LIB cannot say one."""
    asked.check()
    try:
        with deadline(ask.seconds):
            facts, proof = proof_of_account(asked, ask)
            found = proof.attempt(Budget.of(ask.seconds))
            if not found.proved:
                return None
            return files_of_scripts(_AccountScripts(asked, facts, proof, found.invariant, ask).all())
    except UndecidedError as why:
        message = f"the proof cannot be written as SMT-LIB: {why}"
        raise UsageError(message, help="leave out `smtlib`") from None


class _AccountScripts:
    """The scripts of one proof."""

    def __init__(
        self, asked: AccountDelegation, facts: AccountFacts, proof: AccountProof, invariant: AccountInvariant, ask: Ask
    ) -> None:
        self._asked, self._facts, self._invariant, self._ask = asked, facts, invariant, ask
        self._by_move: dict[str, _Asked] = {}
        for one in proof.obligations(invariant):
            shapes = self._by_move.setdefault(one.move, {}).setdefault(one.documents, {})
            shapes.update((repr(shape), shape) for shape in one.shapes)

    def all(self) -> Iterator[ProofScript]:
        """Yield every script, that of the maximum first."""
        yield self._maximum()
        named = {move.name: move for move in every_move()}
        for name, move in named.items():
            yield self._move(name, move)
        for way in PASSING:
            yield ProofScript("", way.name, "no role is passed, as far as it matters: PassRole is asked about")
        taking = dict.fromkeys(way.name for way in TAKING_OVER)
        for name in taking:
            yield self._of_name(name, "nothing runs as a role that it could take over")
        for name in self._by_move.keys() - named.keys() - taking.keys():
            yield self._of_name(name, "")

    def _maximum(self) -> ProofScript:
        ways: list[Way] = []
        for carrier in account_carriers(self._invariant, self._facts):
            who = carrier.arn or carrier.was
            maxima = (self._asked.maximum,) if who is None else self._asked.maxima(who)
            ways += ways_beyond([carrier.documents], *maxima)
        why = f"the invariant implies the maximum: {'; '.join(invariant_sentences(self._invariant, self._facts))}"
        text = script_of_ways(ways, "somebody may make, but not by the maximum", self._ask)
        return ProofScript("", "maximum", why, text)

    def _move(self, name: str, move: DelegationMove) -> ProofScript:
        if move.spared is Spared.GRANTABLE and not self._is_empty(name):
            ways = ways_beyond([all_granted(move)], self._asked.maximum)
            what = "a resource of the service can grant, and that is not within the maximum"
            why = "all that a resource of the service can grant is within the maximum"
            return ProofScript("", name, why, script_of_ways(ways, what, self._ask))
        return self._of_name(name, move.why if move.spared is Spared.EVERY else "it matters for nobody who is there")

    def _of_name(self, name: str, otherwise: str) -> ProofScript:
        if name not in self._by_move:
            return ProofScript("", name, otherwise)
        asked = {
            documents: [self._wider(documents, shape) for shape in shapes.values()]
            for documents, shapes in self._by_move[name].items()
        }
        return ProofScript("", name, _NOBODY, script_of_shapes(asked, self._ask))

    def _wider(self, documents: Documents, shape: DeniedShape) -> DeniedShape:
        """Return a shape about whole services where nobody can do anything there, as solvers decide that sooner."""
        services = sorted({f"{action.partition(':')[0]}:*" for action in shape["Action"]})
        wider = {**shape, "Action": services}
        looks_at = any("*" in action for action in shape["Action"]) and len(services) < len(shape["Action"])
        return wider if looks_at and self._allows_none(documents, [wider]) else shape

    def _is_empty(self, name: str) -> bool:
        asked = self._by_move.get(name, {})
        return all(self._allows_none(documents, list(shapes.values())) for documents, shapes in asked.items())

    def _allows_none(self, documents: Documents, shapes: Sequence[DeniedShape]) -> bool:
        return isinstance(allows_some(documents, shapes, self._ask), Contained)
