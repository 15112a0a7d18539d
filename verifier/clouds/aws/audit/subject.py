"""Principals with the same documents, as one question: what is asked of one holds for all of them.

    Subject          the documents, and what they allow together
    Subject.within   whether that is within a maximum
    Subject.shown    a counterexample that people believe
    within_alone     whether one document by itself is within a maximum

What a principal may do is contained in what each level allows by itself, and in what its identity policies allow one by
one: an Allow is one of some document, and every Deny of that document bites. So each level and each document is asked
first, by itself, and remembered for every other principal that carries it. A counterexample of one document is one of
the principal if the evaluator says so, in the context of that request or in one that the other levels let through. Only
what this leaves open is asked about all documents together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from weakref import WeakKeyDictionary

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.clouds.aws.audit.left_free import is_left_free
from verifier.clouds.aws.audit.owners import OwnerCase, by_owner, escaping_ways
from verifier.clouds.aws.audit.possible import is_possible
from verifier.clouds.aws.audit.with_resources import escape_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, decide, matches
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, Statement, Version
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import Principal, read_principal
from verifier.clouds.aws.principals.tied import owner_of
from verifier.clouds.trace import Decision
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import replays
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Found, Undecided, Verdict
from verifier.questions.worlds import show

NO_REQUEST = parse_source(
    Source(
        "nothing",
        '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}',
        stand_in=True,
    )
)
EVERY_REQUEST = parse_source(
    Source(
        "everything",
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
        stand_in=True,
    )
)
# No service of AWS has this name, and no document spells it: what is said of it is said of every action.
ANY_ACTION = "any-service:AnyAction"
ALL_BUT_ANY = parse_source(
    Source(
        "everything else",
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, '
        f'{{"Effect": "Deny", "Action": "{ANY_ACTION}", "Resource": "*"}}]}}',
        stand_in=True,
    )
)
_ALONE: WeakKeyDictionary[Policy, WeakKeyDictionary[Policy, Verdict]] = WeakKeyDictionary()


def within_alone(policy: Policy, maximum: Policy, ask: Ask) -> Verdict:
    """Return whether what `policy` allows by itself is within `maximum`; asked once for each pair."""
    if is_left_free(policy, maximum):
        return Contained(vacuous=None)
    known = _ALONE.setdefault(policy, WeakKeyDictionary())
    verdict = known.get(maximum)
    if verdict is None:
        verdict = prove(ProveQuestion(Documents((policy,)), maximum), ask)
        if not isinstance(verdict, Undecided):
            known[maximum] = verdict
    return verdict


def merged_policy(statements: Iterable[Statement], name: str) -> Policy:
    """Return one policy of `statements`, from whichever documents they are."""
    numbered = tuple(replace(statement, index=number) for number, statement in enumerate(statements))
    return Policy(Version.V2012, None, numbered, Source(name, "", stand_in=True))


@dataclass(frozen=True, eq=False)
class Subject:
    """The documents that decide; `given` are the places of identity policies that AWS wrote.

    `pins` says who asks, and `time` when. `limits` are the levels that must allow too, each as one policy: the same
    objects for principals that share them.
    `rcps` bind on the resources of its `account` alone (rule 30).
    """

    identity: tuple[Policy, ...]
    boundary: Policy | None = None
    scps: tuple[tuple[Policy, ...], ...] = ()
    rcps: tuple[Policy, ...] = ()
    pins: Policy | None = None
    given: frozenset[int] = field(default=frozenset())
    limits: tuple[Policy, ...] = ()
    account: str = ""
    time: Policy | None = None

    @cached_property
    def documents(self) -> Documents:
        """All of them but the RCPs; there has to be an identity policy."""
        return self.with_identity(self.identity)

    def with_identity(self, identity: tuple[Policy, ...]) -> Documents:
        """Return `documents` with other identity policies."""
        return Documents(identity, self.boundary, None, (*self.scps, *((one,) for one in self.said_of_requests)))

    @property
    def said_of_requests(self) -> tuple[Policy, ...]:
        """The documents that stand for what is known of all requests, and that nobody wrote."""
        return tuple(one for one in (self.pins, self.time) if one is not None)

    def cases(self, documents: Documents) -> Iterator[OwnerCase]:
        """Yield `documents` with the RCPs that bind, by whose resources are asked about."""
        rcps = {frozenset({self.account}): self.rcps} if self.rcps else {}
        return by_owner(documents, rcps, self.somebody)

    @cached_property
    def somebody(self) -> Principal | None:
        """A principal of the account, whose a resource is if nothing else is told."""
        return read_principal(f"arn:aws:iam::{self.account}:root") if self.rcps else None

    def asked_by(self, asking: Asking, there: str = "") -> Documents:
        """Return all of them, and who asks, with policies of resources of its account; and the document `there`, which
        says what those read of who asks.
        """
        documents = self.documents
        own = ((parse_source(Source("who asks there", there, stand_in=True)),),) if there else ()
        return replace(documents, scps=(*documents.scps, *own), rcps=self.rcps, asking=asking)

    @property
    def is_limited(self) -> bool:
        """Whether anything but its identity policies decides."""
        return bool(self.boundary or self.scps or self.rcps or self.said_of_requests)

    def may_make(self, request: Request, *beside: Policy) -> bool:
        """Whether `request` is allowed, and can be made, where `beside` are asked about too."""
        return self.allows(request) and is_possible(request, (*self._asked(self.documents), *beside))

    def allows(self, request: Request) -> bool:
        """Whether `request` is allowed, by the evaluator."""
        bound = bool(self.rcps) and owner_of(request, self.somebody) == self.account
        documents = replace(self.documents, rcps=self.rcps) if bound else self.documents
        return decide(documents, request, USUAL) is Decision.ALLOWED

    def is_limited_to(self, maximum: Policy, ask: Ask) -> bool:
        """Whether a level that all requests have to pass is within `maximum` by itself."""
        return not self.identity or any(
            isinstance(within_alone(limit, maximum, ask), Contained) for limit in self.limits
        )

    def within(self, maximum: Policy, ask: Ask) -> Verdict:
        """Return whether everything that is allowed is within `maximum`; any request will do for a counterexample."""
        if self.is_limited_to(maximum, ask):
            return Contained(vacuous=None)
        escapes = False
        for policy in self.identity:
            verdict = within_alone(policy, maximum, ask)
            escapes |= not isinstance(verdict, Contained)
            if isinstance(verdict, Escapes):
                for request in self.variants(verdict.request, ask):
                    if self.may_make(request, maximum) and not allows((maximum,), request, USUAL):
                        return replace(verdict, request=request)
        return self.verdict(self.documents, maximum, ask) if escapes else Contained(vacuous=None)

    def verdict(self, documents: Documents, maximum: Policy, ask: Ask) -> Verdict:
        """Return whether everything that `documents` allow together with the RCPs is within `maximum`."""
        if not self.rcps:
            verdict = prove(ProveQuestion(documents, maximum), ask)
            if not isinstance(verdict, Escapes) or is_possible(verdict.request, (*self._asked(documents), maximum)):
                return verdict
        found = escape_of(self.cases(documents), maximum, ask)
        return Contained(vacuous=None) if found is None else found

    def _asked(self, documents: Documents) -> Iterator[Policy]:
        yield from (policy for _, policy in documents.placed())
        yield from self.rcps

    def variants(self, request: Request, ask: Ask) -> Iterator[Request]:
        """Yield `request`, and the same in a context that the limits let through."""
        yield request
        context = dict(request.context)
        for limit in (*self.limits, *self.said_of_requests):
            for maximum in (ALL_BUT_ANY, NO_REQUEST):
                verdict = within_alone(limit, maximum, ask)
                if isinstance(verdict, Escapes):
                    context |= {key: value for key, value in verdict.request.context.items() if key not in context}
                    break
        if len(context) > len(request.context):
            yield replace(request, context=context)

    def shown(self, maximum: Policy, found: Escapes, ask: Ask) -> Escapes:
        """Return a counterexample with the request that people are shown instead of the one that was `found`."""
        ways = list(escaping_ways(self.cases(self.documents), maximum))
        claims = next((way for way in ways if replays(way, found.request)), ways[0])
        try:
            with deadline(ask.seconds):
                chosen = show(claims, Found(found.request), Budget.of(ask.seconds), ask)
        except LimitReached:
            return found
        if not isinstance(chosen, Found) or not is_possible(chosen.request, (*self._asked(self.documents), maximum)):
            return found
        return replace(found, request=chosen.request, fit=chosen.fit)

    def cause(self, request: Request) -> tuple[int | None, int | None]:
        """Return the place of an identity policy and the number of its statement that allow `request`, if any do."""
        for place, policy in enumerate(self.identity):
            for statement in policy.by_effect[Effect.ALLOW]:
                if matches(statement, request):
                    return place, statement.index
        return None, None

    def statements(self) -> Iterator[tuple[int, Policy, Statement]]:
        """Yield the statements that somebody in the account wrote, with the places of their policies."""
        for place, policy in enumerate(self.identity):
            if place not in self.given:
                for statement in policy.statements:
                    yield place, policy, statement
