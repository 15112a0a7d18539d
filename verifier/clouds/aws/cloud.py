"""AWS as `clouds/cloud.py` asks for it; each answer is made in the room that knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from verifier.base.budget import Budget
from verifier.clouds.aws import request as aws
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.compile.domains import can_hold, domains
from verifier.clouds.aws.compile.readings import compile_readings
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.evaluate import allows, decide, denies, not_allowing
from verifier.clouds.aws.evaluate.match_statement import match_statement
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.trace import Decision, Failure
from verifier.logic.domains import Domain
from verifier.logic.formula import StringTerm
from verifier.logic.readings import Reading
from verifier.logic.request import Request
from verifier.logic.rules import Ruleset
from verifier.strings.key import Key

if TYPE_CHECKING:
    from verifier.questions.claims import Claim
    from verifier.questions.outcome import Found, Outcome
    from verifier.questions.worlds import Solver


class Aws:
    """See Cloud."""

    def compiled(self, document: Policy, *, readings: bool) -> Ruleset:
        """See Cloud."""
        return compile_readings(document) if readings else compile_policy(document)

    def touched(self, document: Policy) -> Reading:
        """See Cloud."""
        return touched(document)

    def domains(self, text: StringTerm) -> Domain:
        """See Cloud (rules 1 to 3)."""
        return domains(text)

    def allows(self, documents: Sequence[Policy], request: Request, reading: Reading) -> bool:
        """See Cloud (rules 9 to 30)."""
        return allows(documents, request, reading)

    def denies(self, documents: Sequence[Policy], request: Request, reading: Reading) -> bool:
        """See Cloud."""
        return denies(documents, request, reading)

    def decide(self, documents: Documents, request: Request, reading: Reading) -> Decision:
        """See Cloud (rules 29 and 30)."""
        return decide(documents, request, reading)

    def not_allowing(self, documents: Documents, request: Request, reading: Reading) -> Iterator[Place]:
        """See Cloud (rule 30)."""
        return not_allowing(documents, request, reading)

    def failures(self, statement: Statement, request: Request, reading: Reading) -> Iterator[Failure]:
        """See Cloud (rules 9 to 14)."""
        return match_statement(statement, request, reading)

    def request(self, action: str, resource: str, context: Mapping[str, Sequence[str]]) -> Request:
        """See Cloud. Raises RequestError (rules 1 to 3 and 15)."""
        return aws.Request.of(action, resource, context)

    def can_hold(self, key: Key, values: Sequence[str]) -> bool:
        """See Cloud (rule 3)."""
        return can_hold(key, values)

    def search(self, claims: Sequence[Claim], budget: Budget, solver: Solver) -> Outcome:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.search import fitting  # noqa: PLC0415 - rarely asked for

        return fitting(claims, budget, solver)

    def choose(self, claims: Sequence[Claim], found: Found, budget: Budget) -> Found:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import choose  # noqa: PLC0415 - only for a request that is shown

        return choose(claims, found.request, budget, found.reading)

    def polish(self, claims: Sequence[Claim], found: Found) -> Found:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import fit  # noqa: PLC0415 - as above

        return fit(claims, found.request, found.reading)

    def broken(self, request: Request) -> tuple[str, ...]:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.facts import broken  # noqa: PLC0415 - as above

        return broken(request)


AWS = Aws()
