"""AWS as `clouds/cloud.py` asks for it; each answer is made in the room that knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from verifier.base.budget import Budget
from verifier.base.errors import PolicyWarning
from verifier.base.source import Source
from verifier.clouds.aws import request as aws
from verifier.clouds.aws.assumptions import ALWAYS_ASSUMED, BESIDE_SCP, NOT_DENIED_ELSEWHERE, assumptions, rules_named
from verifier.clouds.aws.catalogue.tables import origin
from verifier.clouds.aws.compile.compile import compile_policy, compile_readings, compile_unknown
from verifier.clouds.aws.compile.conditions import single
from verifier.clouds.aws.compile.domains import can_hold, domains
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import LEVELED, Documents, Place, PolicyLevels, by_itself, placed
from verifier.clouds.aws.evaluate.evaluate import (
    allowed_by,
    allows,
    decide,
    denies,
    is_confirmed,
    match_statement,
    not_allowing,
)
from verifier.clouds.aws.policy.check import check_maximum, checked_alike, only_denies, type_alike, type_by_itself
from verifier.clouds.aws.policy.parse import parse_level_source, parse_source
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.types import ASKED, PolicyType
from verifier.clouds.cloud import Origin
from verifier.clouds.split import Respect
from verifier.clouds.trace import Attached, Decision, ElementTrace, Failure, Nearness
from verifier.logic.formula import Formula, StringTerm
from verifier.logic.readings import Reading
from verifier.logic.request import Domain, Request
from verifier.logic.rules import Ruleset
from verifier.strings.values import Key

if TYPE_CHECKING:
    from verifier.clouds.aws.catalogue.actions import Action
    from verifier.clouds.aws.world.today import Today
    from verifier.logic.actions import ActionPattern
    from verifier.logic.theory import Model
    from verifier.questions.claims import Claim
    from verifier.questions.verdict import Found, SearchResult
    from verifier.questions.worlds import Solver


class Aws:
    """See Cloud."""

    name = "AWS"
    example = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
    attached = Attached(
        "FullAWSAccess",
        "AWS's full access, which is attached too, allows it",
        "FullAWSAccess, which AWS attaches to each level, allows it",
    )

    @property
    def origin(self) -> Origin:
        """See Cloud."""
        return origin()

    def parse(self, source: Source) -> Policy:
        """See Cloud (rules 5 to 28). Raises PolicyError."""
        return parse_source(source)

    def parse_level(self, source: Source, told: PolicyType | None) -> tuple[Policy, ...]:
        """See Cloud. Raises PolicyError."""
        return parse_level_source(source) if told in LEVELED else (parse_source(source),)

    def text(self, document: Policy) -> str:
        """See Cloud (rule 15)."""
        from verifier.clouds.aws.policy.write import text_as_spelled  # noqa: PLC0415 - only for documents that travel

        return text_as_spelled(document)

    def said(self, document: Policy) -> object:
        """See Cloud."""
        from verifier.clouds.aws.policy.write import said  # noqa: PLC0415 - only for answers that are remembered

        return said(document)

    def warnings(self, document: Policy, *, notes: bool = True) -> tuple[PolicyWarning, ...]:
        """See Cloud."""
        from verifier.clouds.aws.lint.lint import lint  # noqa: PLC0415 - only where warnings are asked for

        return lint(document, notes=notes)

    def documents(self, policies: Sequence[Policy], beside: Mapping[PolicyType, PolicyLevels]) -> Documents:
        """See Cloud."""
        return Documents.of(tuple(policies), beside)

    def alike(self, documents: Sequence[Policy], told: PolicyType | None) -> tuple[Policy, ...]:
        """See Cloud. Raises PolicyError and UsageError."""
        return checked_alike(documents, told)

    def respects(self, documents: Sequence[Policy], told: PolicyType | None) -> tuple[Respect, ...]:
        """See Cloud (rule 31). Raises Unsupported."""
        if type_alike(documents, told) in ASKED:
            return (Respect(),)
        from verifier.clouds.aws.respects import respects  # noqa: PLC0415 - only where it matters who asks

        return respects(documents, told)

    def check_maximum(self, document: Policy, documents: Documents | None = None) -> None:
        """See Cloud. Raises PolicyError."""
        asking = documents.asking if documents is not None else None
        check_maximum(document, names_principals=asking is not None and asking.own_side)

    def check_common_maximum(self, document: Policy, told: PolicyType | None) -> None:
        """See Cloud. Raises PolicyError."""
        check_maximum(document, names_principals=told is not None and told not in ASKED)

    def by_itself(self, document: Policy, told: PolicyType | None) -> Documents:
        """See Cloud (rule 30)."""
        return by_itself(document, told)

    def among(self, level: Sequence[Policy], told: PolicyType | None, others: Documents) -> Documents:
        """See Cloud (rule 30): what nobody tells, and what does not say it itself, is an identity policy."""
        return placed(level, told or type_by_itself(level[0]) or PolicyType.IDENTITY, others)

    def only_denies(self, documents: Iterable[Policy], told: PolicyType | None = None) -> bool:
        """See Cloud."""
        return only_denies(documents, told)

    def attaches(self, documents: Sequence[Policy], told: PolicyType | None) -> str | None:
        """See Cloud (rule 30)."""
        return BESIDE_SCP if told is PolicyType.SCP and only_denies(documents) else None

    def every_assumption(self) -> Iterator[str]:
        """See Cloud (semantics.md, section 7)."""
        yield from ALWAYS_ASSUMED
        yield NOT_DENIED_ELSEWHERE
        yield from rules_named()

    def services_named(self, document: Policy) -> tuple[str, ...]:
        """See Cloud."""
        from verifier.clouds.aws.documents import services_named  # noqa: PLC0415 - only for questions about services

        return services_named(document)

    def only_services(self, names: Sequence[str]) -> Policy:
        """See Cloud. Raises UsageError."""
        from verifier.clouds.aws.documents import services_maximum  # noqa: PLC0415 - as above

        return services_maximum(names)

    def assumptions(
        self,
        documents: Iterable[Policy],
        together: Documents | None,
        *,
        narrowed: bool,
        as_usual: bool,
        proved: bool,
        every_service: bool,
        granting: bool = False,
    ) -> tuple[str, ...]:
        """See Cloud (semantics.md, section 7)."""
        how = {"narrowed": narrowed, "as_usual": as_usual, "proved": proved, "every_service": every_service}
        how |= {"granting": granting}
        return assumptions(documents, together, **how)

    def compiled(self, document: Policy, *, readings: bool, only_unknown: bool = False) -> Ruleset:
        """See Cloud."""
        if readings:
            return compile_unknown(document) if only_unknown else compile_readings(document)
        return compile_policy(document)

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

    def allowed_by(self, documents: Documents, request: Request, reading: Reading) -> tuple[str, ...] | None:
        """See Cloud (rule 31)."""
        return allowed_by(documents, request, reading)

    def contradicts(self, documents: Documents, request: Request) -> bool:
        """See Cloud (rules 31 to 36). Without a principal, or of what is not shown, the evaluator decides nothing."""
        asking = documents.asking
        if asking is None or asking.explicit or asking.own_side:
            return False
        return not is_confirmed(documents, asking, request)

    def not_allowing(self, documents: Documents, request: Request, reading: Reading) -> Iterator[Place]:
        """See Cloud (rule 30)."""
        return not_allowing(documents, request, reading)

    def failures(self, statement: Statement, request: Request, reading: Reading) -> Iterator[Failure]:
        """See Cloud (rules 9 to 14)."""
        return match_statement(statement, request, reading)

    def pieces(
        self, document: Policy, statement: Statement, request: Request, reading: Reading
    ) -> tuple[ElementTrace, ...]:
        """See Cloud."""
        from verifier.clouds.aws.evaluate.citations import pieces  # noqa: PLC0415 - only for an answer that is explained

        return pieces(document.source, statement, request, reading)

    def nearness(self, statement: Statement, request: Request, reading: Reading) -> Nearness:
        """See Cloud."""
        from verifier.clouds.aws.evaluate.citations import nearness  # noqa: PLC0415 - as above

        return nearness(statement, request, reading)

    def request(
        self, action: str, resource: str, context: Mapping[str, Sequence[str]], principal: str | None = None
    ) -> Request:
        """See Cloud. Raises RequestError (rules 1 to 3 and 15)."""
        return aws.Request.of(action, resource, context, principal)

    def can_hold(self, key: Key, values: Sequence[str]) -> bool:
        """See Cloud (rule 3)."""
        return can_hold(key, values)

    def single(self, key: Key) -> Formula:
        """See Cloud (rule 3)."""
        return single(key)

    def known(
        self,
        actions: Sequence[ActionPattern],
        excepted: Sequence[ActionPattern],
        also: Sequence[Sequence[ActionPattern]],
    ) -> Sequence[Action]:
        """See Cloud."""
        from verifier.clouds.aws.catalogue.actions import named_actions  # noqa: PLC0415 - only for regions

        return named_actions(actions, excepted, also)

    def likely(self, claims: Sequence[Claim], known: Sequence[Action], model: Model) -> Iterator[Request]:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import likely  # noqa: PLC0415 - as above

        return likely(claims, known, model)

    def easier(self, claims: Sequence[Claim], request: Request, accepts: Callable[[Request], bool]) -> Request:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import easier  # noqa: PLC0415 - as above

        return easier(claims, request, accepts)

    def happening(self, claims: Sequence[Claim]) -> Today:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.today import Today  # noqa: PLC0415 - as above

        return Today(claims)

    def search(self, claims: Sequence[Claim], budget: Budget, solver: Solver) -> SearchResult:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.search import fitting  # noqa: PLC0415 - rarely asked for

        return fitting(claims, budget, solver)

    def choose(self, claims: Sequence[Claim], found: Found, budget: Budget) -> Found:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import choose  # noqa: PLC0415 - only for a request that is shown

        return choose(claims, found.request, budget, found.reading)

    def at_hand(self, claims: Sequence[Claim], budget: Budget) -> Found | None:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.at_hand import at_hand  # noqa: PLC0415 - as above

        return at_hand(claims, budget)

    def polish(self, claims: Sequence[Claim], found: Found) -> Found:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.select import fit  # noqa: PLC0415 - as above

        return fit(claims, found.request, found.reading)

    def broken(self, request: Request) -> tuple[str, ...]:
        """See Cloud (rule 4)."""
        from verifier.clouds.aws.world.facts import broken  # noqa: PLC0415 - as above

        return broken(request)


AWS = Aws()
