"""The proof for an account: the strongest invariant that every move keeps, found by weakening it.

    AccountProof(facts, maxima, maximum, ask).attempt(budget)    -> AccountAttempt
    AccountProof(...).obligations(invariant)                     what a proof rests on, for other solvers

It begins with the administrator as he is. Each move is an emptiness question about everybody whom he can act as: a
request that would leave the invariant weakens it, as far as it can be weakened, and everything is asked again. So whom
he can act as grows, and never shrinks: at the end no move leads out of it. Whether everybody is within the maximum is
asked as soon as he is reached, since then nothing can be proved any more.

What is not decided counts as a request that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from verifier.base.budget import Budget
from verifier.base.errors import Unsupported
from verifier.clouds.aws.audit.shapes import DeniedShape
from verifier.clouds.aws.audit.subject import NO_REQUEST
from verifier.clouds.aws.delegation.account_attempt import AccountAttempt, AccountObligation, every_move
from verifier.clouds.aws.delegation.account_course import AccountCourse
from verifier.clouds.aws.delegation.account_invariant import (
    AccountCarrier,
    AccountFacts,
    AccountInvariant,
    account_carriers,
)
from verifier.clouds.aws.delegation.account_memory import FEDERATING, ProofMemory, account_memory
from verifier.clouds.aws.delegation.account_moves import (
    AccountEffect,
    account_shapes,
    effect_of,
)
from verifier.clouds.aws.delegation.account_scene import AccountScene, AccountShape, Less, actor_kind
from verifier.clouds.aws.delegation.account_takeovers import granted_shapes, taking_over_shapes, untold_shapes
from verifier.clouds.aws.delegation.becoming_steps import may_trust
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.moves import DelegationMove, Spared
from verifier.clouds.aws.delegation.named_principals import for_whoever_is_made, reads_who
from verifier.clouds.aws.delegation.proof import all_within, allows_some
from verifier.clouds.aws.delegation.service_ways import TAKING_OVER
from verifier.clouds.aws.delegation.state import Actor
from verifier.clouds.aws.delegation.step_requests import resources_allowed
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import resource_policy
from verifier.delegations.answer import Breach, MoveProof
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained, Verdict

_ASSUMING = "sts:AssumeRole"


class AccountProof:
    """See above; `maxima` says what one of has to allow what somebody asks for, by his ARN.

    `memory` is what proofs of the same account share. With `assuming`, the only move is to assume a role.
    """

    def __init__(
        self,
        facts: AccountFacts,
        maxima: Callable[[str], Sequence[Policy]],
        maximum: Policy,
        ask: Ask,
        memory: ProofMemory | None = None,
        *,
        assuming: bool = False,
    ) -> None:
        self._facts, self._maxima, self._maximum, self._ask = facts, maxima, maximum, ask
        self._memory = memory or account_memory(facts, ask)
        self._moves, self._taking_over = ((), ()) if assuming else (every_move(), TAKING_OVER)
        self._granting = [move for move in self._moves if move.spared is Spared.GRANTABLE]
        self._stuck: dict[str, Breach] = {}
        self._within: dict[tuple[Documents, int], tuple[str, Verdict]] = {}
        self._granted: dict[str, bool] = {}
        self._course = AccountCourse()

    def attempt(self, budget: Budget) -> AccountAttempt:
        """Return the strongest invariant that the moves keep, or how far it came. Raises LimitReached."""
        invariant = AccountInvariant.of(self._facts.start.acting)
        if self._facts.start.setting.unreadable:
            covers = ", ".join(sorted(cover.arn for cover in self._facts.start.setting.unreadable))
            return self._ended(invariant, f"the policy of a resource cannot be read: {covers}")
        while True:
            budget.check()
            try:
                carriers = list(account_carriers(invariant, self._facts))
            except Unsupported as missing:
                return self._ended(invariant, str(missing))
            for carrier in carriers:
                budget.check()
                if not isinstance(self._exceeds(carrier), Contained):
                    return self._ended(invariant, exceeding=carrier)
            weaker = self._weakened(invariant, carriers, budget)
            if weaker == invariant:
                return self._ended(invariant, asked=True)
            invariant = weaker

    def _exceeds(self, carrier: AccountCarrier) -> Verdict:
        who = carrier.arn or carrier.was
        maxima = (self._maximum,) if who is None else self._maxima(who)
        key = (carrier.documents, len(maxima))
        if key not in self._within:
            self._within[key] = carrier.words, self._memory.exceeds(carrier.documents, tuple(maxima))
        return self._within[key][1]

    def _weakened(
        self, invariant: AccountInvariant, carriers: Sequence[AccountCarrier], budget: Budget
    ) -> AccountInvariant:
        may = self._anybody(carriers)
        found = invariant
        for carrier in carriers:
            budget.check()
            if self._memory.is_idle(carrier.documents) and not self._facts.trusts.may_let_in(carrier.arn):
                continue  # becoming somebody takes a move, or a role that trusts him by name
            scene = AccountScene(invariant, self._facts, carrier, may, self._made_by(carriers, may))
            for less, way in self._leaving(scene):
                self._course.less(carrier, less, way)
                for name, values in less:
                    found = found.also(name, values)
            if self._reaches_beyond(found, invariant):
                break  # nothing can be proved any more
        return found

    def _reaches_beyond(self, found: AccountInvariant, before: AccountInvariant) -> bool:
        """Whether somebody may exceed the maximum who is reached, or may have other policies, since `before`."""
        new = found.acting & (found.kept - before.kept | found.loose - before.loose)
        if not new:
            return False
        try:
            carriers = list(account_carriers(replace(found, acting=new, approved=frozenset()), self._facts))
        except Unsupported:
            return True
        return not all(isinstance(self._exceeds(one), Contained) for one in carriers)

    def _anybody(self, carriers: Sequence[AccountCarrier]) -> Callable[..., bool]:
        """Return what tells whether somebody of `carriers` may do one of some actions; they are of the table."""

        @cache
        def granted() -> frozenset[str]:
            """Return the services whose resources may let somebody in by what he writes."""
            every = frozenset[str]().union(*map(self._open, carriers))
            granting = (move for move in self._granting if not every.isdisjoint(move.actions))
            return frozenset(one for move in granting for one in move.granted)

        def may(*actions: str) -> bool:
            return any(not self._open(carrier).isdisjoint(actions) for carrier in carriers) or any(
                action.partition(":")[0] in granted() for action in actions
            )

        return may

    def _made_by(self, carriers: Sequence[AccountCarrier], may: Callable[..., bool]) -> Callable[[str], Sequence[str]]:
        """Return what tells patterns of the users or roles that somebody of `carriers` may make."""

        @cache
        def made(kind: str) -> Sequence[str]:
            action, every = f"iam:Create{kind.capitalize()}", f"{self._facts.iam}{kind}/*"
            if kind == "user" and may("iam:UpdateUser"):
                return (every,)
            making = (one for one in carriers if action in self._open(one))
            return tuple(
                dict.fromkeys(text for one in making for text in resources_allowed(one.documents, action, every))
            )

        return made

    def _open(self, carrier: AccountCarrier) -> frozenset[str]:
        """Return the actions of the table that a carrier may be allowed, on whatever; no others are."""
        return self._memory.open(carrier.documents)

    def _leaving(self, scene: AccountScene) -> Iterator[tuple[Less, str]]:
        """Yield what the invariant says less, by the requests of one carrier, and by which one where it is known."""
        shapes = dict(enumerate(self._shapes(scene, self._open(scene.carrier))))
        for place, breach in self._met(scene.carrier, {place: one.shape for place, (_, one) in shapes.items()}):
            name, shape = shapes[place]
            if shape.besides is not None and not any(self._met(scene.carrier, {0: shape.besides})):
                continue
            less = None if breach.request is None else shape.less(breach.request)
            if less is not None and breach.request is not None:
                yield less, f"{breach.request.action} on {breach.request.resource}"
            elif not self._is_granted_anyway(name):
                self._stuck.setdefault(name, breach)
        yield from ((less, "") for less in self._becoming(scene))

    def _shapes(self, scene: AccountScene, allowed: frozenset[str]) -> Iterator[tuple[str, AccountShape]]:
        """Yield the requests that would leave the invariant, each with the name of its move."""
        for move in self._moves:
            if not allowed.isdisjoint(move.actions):
                yield from ((move.name, shape) for shape in account_shapes(move, scene))
                if move.spared is Spared.GRANTABLE:
                    yield from ((way.name, shape) for way, shape in granted_shapes(move, scene))
        for way in self._taking_over:
            if way.actions[0] in allowed:
                yield from ((way.name, shape) for shape in taking_over_shapes(way, scene))
        if self._moves:
            yield from ((shape.shape["Action"][0], shape) for shape in untold_shapes(scene, allowed))

    def obligations(self, invariant: AccountInvariant) -> Iterator[AccountObligation]:
        """Yield what the proof of `invariant` rests on, besides the maximum: also where it is plain that nobody can."""
        carriers = list(account_carriers(invariant, self._facts))
        may, every = self._anybody(carriers), self._memory.actions
        nobody: dict[tuple[str, ...], None] = {}

        def noted(*actions: str) -> bool:
            found = may(*actions)
            if not found:
                nobody[actions] = None
            return found

        for carrier in carriers:
            scene = AccountScene(invariant, self._facts, carrier, noted, self._made_by(carriers, noted))
            for name, one in self._shapes(scene, every):
                rests_on = one.shape
                if one.besides is not None and any(self._met(carrier, {0: one.shape})):
                    rests_on = one.besides
                yield AccountObligation(name, carrier.documents, (rests_on,))
            for _, _, documents, shape in self._to_assume(scene):
                yield AccountObligation("AssumeRole", documents, (shape,))
            if self._may_federate(scene):
                nobody[FEDERATING,] = None
        for actions in nobody:
            services = {action.partition(":")[0] for action in actions}
            granting = [one for one in self._granting if services.intersection(one.granted)]
            named = [*actions, *(action for one in granting for action in one.actions)]
            shapes = tuple(shape_of([action], self._facts) for action in dict.fromkeys(named))
            yield from (AccountObligation("what a move needs besides", one.documents, shapes) for one in carriers)

    def _met(self, carrier: AccountCarrier, shapes: dict[int, DeniedShape]) -> Iterator[tuple[int, Breach]]:
        """Yield those of `shapes` that somebody can meet, or that were not decided."""
        return self._memory.met(carrier.documents, carrier.words, shapes)

    def _is_granted_anyway(self, name: str) -> bool:
        """Whether a move is that of a service whose resources grant nothing beyond the maximum."""
        move = next((one for one in self._moves if one.name == name and one.spared is Spared.GRANTABLE), None)
        if move is None:
            return False
        if name not in self._granted:
            self._granted[name] = all_within(move, self._maximum, self._ask)
        return self._granted[name]

    def _becoming(self, scene: AccountScene) -> Iterator[Less]:
        """Yield whom a carrier can assume; and himself by the name of a federated user, where that matters."""
        carrier = scene.carrier
        if self._may_federate(scene) and FEDERATING in self._open(carrier):
            yield [("renamed", [str(carrier.arn)])]
        for those, named, documents, shape in self._to_assume(scene):
            if named or not isinstance(allows_some(documents, [shape], self._ask), Contained):
                yield [("kept", those)]

    def _may_federate(self, scene: AccountScene) -> bool:
        """Whether it would matter if a carrier had the name of a federated user."""
        carrier, invariant = scene.carrier, scene.invariant
        actor = None if carrier.arn is None else self._facts.start.actors[carrier.arn]
        if actor is None or actor.kind != "user" or actor.arn in invariant.renamed:
            return False
        return bool(self._facts.start.setting.principal_tags) or reads_who(carrier.documents)

    def _to_assume(self, scene: AccountScene) -> Iterator[tuple[list[str], bool, Documents, DeniedShape]]:
        """Yield roles that trust policies may let a carrier assume: whether one names whoever is made, and else the
        documents and the requests by which it does.
        """
        carrier, invariant = scene.carrier, scene.invariant
        roles = list(self._facts.others("role", invariant))
        if carrier.documents.asking is not None and carrier.arn is None:
            return
        taken = self._facts.trusts.names_taken(invariant.gone)
        by_trust: dict[Policy | None, list[Actor]] = {}
        for role in roles:
            by_trust.setdefault(role.trust, []).append(role)
        for trust, several in by_trust.items():
            if trust is not None and not self._may_let_in(trust, carrier, taken):
                continue
            for conditions, arns in scene.about(several):
                for arn, those in scene.alike(arns).items():
                    made = carrier.arn is None and trust is not None
                    named = made and trust is not None and for_whoever_is_made(trust, taken) is not None
                    shape = scene.on(_ASSUMING, [arn], conditions)
                    yield those, named, self._assuming_documents(arn, trust, carrier), shape

    def _may_let_in(self, trust: Policy, carrier: AccountCarrier, taken: frozenset[str]) -> bool:
        if carrier.arn is not None:
            return may_trust(trust, carrier.arn)
        made = f"{self._facts.iam}user/whoever-is-made"
        return may_trust(trust, made) or for_whoever_is_made(trust, taken) is not None

    def _assuming_documents(self, arn: str, trust: Policy | None, carrier: AccountCarrier) -> Documents:
        """Return what decides whether a carrier may assume a role: of whoever is made, no trust policy."""
        documents = carrier.documents
        if trust is None or carrier.arn is None:
            return documents
        asking = Asking(read_principal(carrier.arn), (resource_policy(arn, trust),))
        setting = self._facts.start.setting
        # The stand-in for no policies denies everything, what a trust policy allows too.
        own = tuple(policy for policy in documents.policies if policy is not NO_REQUEST)
        return Documents(own, documents.boundary, None, documents.scps, setting.rcps, asking)

    def _ended(
        self,
        invariant: AccountInvariant,
        reason: str = "",
        *,
        asked: bool = False,
        exceeding: AccountCarrier | None = None,
    ) -> AccountAttempt:
        through = self._course.through(exceeding, self._facts) if exceeding else frozenset[str]()
        within, reached = tuple(self._within.values()), self._course.reached
        return AccountAttempt(invariant, within, dict(self._stuck), asked, reached, through, reason)

    def widened(self, invariant: AccountInvariant) -> Iterator[MoveProof]:
        """Yield the moves by which somebody may have other policies whom he cannot act as."""
        carriers = list(account_carriers(invariant, self._facts))
        may = self._anybody(carriers)
        for move in self._moves:
            if effect_of(move) not in (AccountEffect.GIVES, AccountEffect.TAKES):
                continue
            for carrier in carriers:
                if self._open(carrier).isdisjoint(move.actions):
                    continue
                scene = AccountScene(invariant, self._facts, carrier, may, self._made_by(carriers, may))
                breach = next(self._widens(move, scene), None)
                if breach is not None:
                    yield MoveProof(move.name, move.rows, move.why, breach)
                    break

    def _widens(self, move: DelegationMove, scene: AccountScene) -> Iterator[Breach]:
        others = list(self._facts.others(actor_kind(move), scene.invariant))
        if effect_of(move) is AccountEffect.TAKES:
            others = [one for one in others if one.lacking or self._facts.denies(one)]
        for conditions, arns in scene.about(others):
            shape = scene.on(move.actions[0], scene.alike(arns), conditions)
            yield from (breach for _, breach in self._met(scene.carrier, {0: shape}))
