"""The processes that answer who can: what they share, and how one item is answered.

    AccessCommon    what all items share; travels once to each process
    AccessAsker     answers one item after the other

Each way in which the documents can allow a request is searched for one that is asked about. One that is found is shown
with the region that it is a part of; if there is none in any way, that is a proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, UndecidedError
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.bulk.answerer import Asker, Common
from verifier.bulk.items import Answered, Item
from verifier.clouds.aws.audit.instant import made_from
from verifier.clouds.aws.audit.owners import OwnerCase, by_owner
from verifier.clouds.aws.audit.possible import reads_owner, without_token
from verifier.clouds.aws.compile.premises_of_resources import covered, owned
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.evaluate.evaluate import decide
from verifier.clouds.aws.policy.check import only_denies
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.named import without_delegating
from verifier.clouds.aws.principals.principal import PrincipalKind, read_principal, session_arn
from verifier.clouds.aws.principals.resource_policy import Cover, ShownPolicy, account_in
from verifier.clouds.aws.principals.tied import complete, owner_of
from verifier.clouds.aws.who.given import without_given
from verifier.clouds.aws.who.items import AccessFound, CallerItem, OutsiderItem, read_item
from verifier.clouds.aws.who.outside import OutsideKind, outsider_premise
from verifier.clouds.aws.who.question import AccessQuestion, holding_premise
from verifier.clouds.aws.world.examples import in_account
from verifier.clouds.trace import Decision
from verifier.logic.readings import USUAL
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.prove import assumptions_of
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges
from verifier.questions.ways import allowed_ways
from verifier.questions.worlds import show
from verifier.regions.region import Region, Side
from verifier.regions.regions import regions
from verifier.smt.solve import Unknown
from verifier.strings.values import Key

if TYPE_CHECKING:
    from verifier.bulk.cache import Cache

_NOT_CONFIRMED = "a request was found that the evaluator does not confirm"


@dataclass(frozen=True)
class AccessCommon(Common[AccessFound]):
    """What all items share: `account` is that of the principals, and `scps` are its. `rcps` are those of the accounts
    that have the same ones. `documents` are texts by their keys; `shown` has the policies of resources by ARN, key and
    owner.

    `broken` is what policies cover that cannot be read, `why_broken` says which. Requests are made from the instant
    `at` on, if there is one.
    """

    ask: Ask
    question: AccessQuestion
    account: str
    documents: Mapping[str, str]
    scps: tuple[tuple[str, ...], ...]
    rcps: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    shown: tuple[tuple[str, str, str], ...]
    broken: tuple[Cover, ...]
    why_broken: str
    at: str = ""

    def asker(self, cache: Cache | None) -> AccessAsker:
        return AccessAsker(self, cache)

    def lost(self, item: Item, reason: str) -> AccessFound:
        return AccessFound(reason=reason)


class AccessAsker(Asker[AccessFound]):
    """Answers one item after the other."""

    def __init__(self, common: AccessCommon, cache: Cache | None) -> None:
        super().__init__(common.ask, cache)
        self._common = common
        self._read: dict[str, Policy] = {}
        self._scps = tuple(tuple(self._shared(key) for key in level) for level in common.scps)
        self._rcps = {frozenset(owners): tuple(map(self._shared, keys)) for owners, keys in common.rcps}
        self._shown = tuple(ShownPolicy(arn, self._shared(key), owner) for arn, key, owner in common.shown)

    def answer(self, item: Item) -> Answered[AccessFound]:
        """Return what came of a group of principals, or of an outsider."""
        assert isinstance(item.text, str)
        asked = read_item(item.text)
        try:
            with deadline(self.ask.seconds):
                found = self._of_callers(asked) if isinstance(asked, CallerItem) else self._of_outsider(asked)
        except (UndecidedError, InputError) as why:
            found = AccessFound(reason=str(why))
        except Exception as error:  # noqa: BLE001 - a defect, which is this item's answer
            found = AccessFound(reason=f"internal error: {type(error).__name__}: {error}")
        return Answered(found)

    def can_be(self, item: Item, shown: object) -> bool:
        """Whether the requests of an answer from elsewhere are asked about, and allowed, by the evaluator."""
        if not isinstance(shown, AccessFound) or not isinstance(item.text, str):
            return False
        asked, request = read_item(item.text), shown.request
        if request is None:
            return not shown.requests
        if isinstance(asked, OutsiderItem):
            documents = Documents((), asking=Asking(None, tuple(self._shown[number] for number in asked.shown)))
            return self._is_answer(documents, request)
        documents = self._caller_documents(asked)
        others = zip(asked.arns[1:], shown.requests, strict=False)
        return (
            len(shown.requests) == len(asked.arns) - 1
            and self._is_answer(documents, request)
            and all(one is None or one == self._as_asked_by(request, documents, arn) for arn, one in others)
        )

    def _is_answer(self, documents: Documents, request: Request) -> bool:
        owned = (each for each, about in self._by_owner(documents) if not about or replays(about, request))
        asked = (self._common.question.premise, *self._in_time)
        return all(one.test(request) for one in asked) and any(self._is_allowed(each, request) for each in owned)

    def _of_callers(self, item: CallerItem) -> AccessFound:
        documents = self._caller_documents(item)
        fixed = holding_premise("what follows from who asks", item.fixed)
        found = self._searched(documents, [fixed, without_token()], {Key.of(key) for key, _ in item.fixed})
        found = self._in_account(found, documents)
        if found.request is None or len(item.arns) == 1:
            return found
        others = tuple(self._as_asked_by(found.request, documents, arn) for arn in item.arns[1:])
        return replace(found, requests=others)

    def _in_account(self, found: AccessFound, documents: Documents) -> AccessFound:
        """Return the answer with a request of the account, where that will do as well as one of an example's."""
        if found.request is None:
            return found
        ours = in_account(found.request, self._common.account)
        if ours == found.request or not self._is_answer(documents, ours):
            return found
        region = found.region
        if region is not None and region.request == found.request:
            region = replace(region, request=ours)
        return replace(found, request=ours, region=region)

    def _caller_documents(self, item: CallerItem) -> Documents:
        """Return the documents that decide about the first of a group."""
        policies = {key: self._document(key, item.texts) for key in (*item.identity, *filter(None, (item.boundary,)))}
        boundary = policies[item.boundary] if item.boundary else None
        principal = read_principal(item.arns[0])
        identity = tuple(policies[key] for key in item.identity)
        return Documents(identity, boundary, None, self._scps, asking=Asking(principal, self._shown))

    def _as_asked_by(self, request: Request, documents: Documents, arn: str) -> Request | None:
        """Return the request as `arn` asks for it; None where it is not allowed then, so that it has to be searched."""
        principal = read_principal(arn)
        text = arn
        if principal.kind is PrincipalKind.ROLE:
            session = read_principal(request.principal or "").session or "session"
            text = session_arn(principal.partition, principal.account, principal.name, session)
        asks = replace(request, principal=text)
        assert documents.asking is not None
        theirs = replace(documents, asking=replace(documents.asking, principal=principal))
        return asks if self._is_allowed(theirs, asks) else None

    def _of_outsider(self, item: OutsiderItem) -> AccessFound:
        shown = tuple(self._shown[number] for number in item.shown)
        asks = [outsider_premise(item.outsider)]
        if item.outsider.kind is not OutsideKind.PROVIDER:
            asks.append(without_token())
        if item.outsider.kind is not OutsideKind.FEDERATED:
            return self._searched(Documents((), asking=Asking(None, shown)), asks)
        own = tuple(replace(each, policy=without_delegating(each.policy)) for each in shown)
        documents = Documents((), asking=Asking(None, own))
        return self._searched(documents, asks, also=tuple(map(_passing, self._scps)))

    def _searched(
        self,
        documents: Documents,
        premises: Sequence[Premise],
        fixed: Collection[Key] = (),
        also: Sequence[Claim] = (),
    ) -> AccessFound:
        """Return what came of the search for a request that `documents` allow; all `premises` are true of it."""
        question = self._common.question
        budget = Budget.of(self.ask.seconds)
        home = self._common.account if documents.asking and documents.asking.principal else None
        told = any(map(reads_owner, (*(policy for _, policy in documents.placed()), question.reads)))
        premises = (question.premise, *self._ours(home, always_told=told), *premises, *self._in_time)
        asked = [Claim(Level((one,)), Says.ALLOWS) for one in premises]
        apart = [Claim(Level((one,)), Says.ALLOWS, holds=False) for one in self._unreadable]
        ways = [
            (each, (*claims, *asked, *apart, *about, *also))
            for each, about in self._by_owner(documents)
            for claims in allowed_ways(each, question.reads)
        ]
        policies = [policy for _, policy in documents.placed()] or [question.reads]
        assumes = assumptions_of(policies, self.ask, documents, proved=True)
        reason, best = self._common.why_broken or None, None
        for number, (each, claims) in enumerate(reversed(ways)):  # the last are about resources without a policy
            share = Budget.of(budget.remaining / (len(ways) - number))
            match search(claims, share, self.ask):
                case Found() as found:
                    shown = self._shown_of(claims, found, each, budget, fixed)
                    if shown.request is None:
                        reason = shown.reason
                    elif best is None or shown.fit.realistic:
                        best = shown
                    if best is not None and best.fit.realistic:
                        break
                case Hinges() as hinges:
                    reason = hinges.reason("a request is allowed")
                case Unknown(why):
                    reason = reason or why
                case Absent():
                    pass
        return replace(best or AccessFound(reason=reason), assumes=assumes)

    def _by_owner(self, documents: Documents) -> Iterator[OwnerCase]:
        """Yield the documents with the RCPs that bind (rule 30)."""
        assert documents.asking is not None
        return by_owner(documents, self._rcps, documents.asking.principal)

    @cached_property
    def _in_time(self) -> tuple[Premise, ...]:
        """That a request is not made before the instant of the question, if there is one."""
        return (made_from(self._common.at),) if self._common.at else ()

    @cached_property
    def _unreadable(self) -> tuple[Premise, ...]:
        """What policies cover that cannot be read: requests on it are not asked about."""
        by_actions: dict[frozenset[str] | None, list[Cover]] = {}
        for cover in self._common.broken:
            by_actions.setdefault(cover.actions, []).append(cover)
        return tuple(map(covered, by_actions.values()))

    def _ours(self, home: str | None, *, always_told: bool) -> tuple[Premise, ...]:
        """That a resource whose policy is shown is that of its account, where its ARN does not say so.

        A request on one of another account than `home` says so by `aws:ResourceAccount`, and one on any does where that
        is `always_told`.
        """
        covers: dict[str, list[Cover]] = {}
        for each in self._shown:
            if not account_in(each.arn):
                covers.setdefault(each.owner, []).append(each.cover)
        return tuple(owned(those, owner, told=always_told or owner != home) for owner, those in covers.items())

    def _shown_of(
        self, claims: Sequence[Claim], found: Found, documents: Documents, budget: Budget, fixed: Collection[Key]
    ) -> AccessFound:
        """Return the answer that shows a request: that of a region, where one is found in time."""
        for region in self._regions(claims, budget):
            if self._is_allowed(documents, region.request):
                told = {*fixed, *(Key.of(key) for key, _ in self._common.question.keys)}
                principal = documents.asking.principal if documents.asking else None
                given = without_given(region, claims, principal, _read(documents), told)
                return AccessFound(region.request, region.fit, given)
        chosen = show(claims, found, budget, self.ask)
        for each in (chosen, found):
            if isinstance(each, Found) and self._is_allowed(documents, each.request):
                return AccessFound(each.request, each.fit)
        return AccessFound(reason=_NOT_CONFIRMED)

    def _regions(self, claims: Sequence[Claim], budget: Budget) -> Iterator[Region]:
        """Yield the regions of a way: first those in which AWS can make a request."""
        try:
            listed = regions([(Side.ALLOWED, claims)], budget, self.ask.world).regions
        except UndecidedError:
            return
        yield from sorted(listed, key=lambda region: not region.fit.realistic)

    def _is_allowed(self, documents: Documents, request: Request) -> bool:
        """Whether the evaluator says that all documents together allow `request`, which is completed by who asks.

        What an outsider's own account says is not known: it is taken to allow everything, and so is the session policy
        of a federated user who asks for something of another account (rule 36).
        """
        assert documents.asking is not None
        if documents.asking.principal is None and request.principal is not None:
            asks = read_principal(request.principal)
            policies = (any_identity_policy(),) if asks.kind.has_account else ()
            federated = asks.kind is PrincipalKind.FEDERATED and owner_of(request, asks) != asks.account
            session = any_identity_policy() if federated else None
            asking = replace(documents.asking, principal=asks)
            documents = replace(documents, policies=policies, session=session, asking=asking)
        try:
            return decide(documents, complete(request, _read(documents)), USUAL) is Decision.ALLOWED
        except InputError:
            return False

    def _shared(self, key: str) -> Policy:
        return self._document(key, self._common.documents)

    def _document(self, key: str, texts: Mapping[str, str]) -> Policy:
        """Return the document with this key; it was read before, so nothing is wrong with it."""
        found = self._read.get(key)
        if found is None:
            text = texts[key] if key in texts else self._common.documents[key]
            found = parse_source(Source(key, text, stand_in=True))
            if key in self._common.documents:
                self._read[key] = found
        return found


def _passing(level: tuple[Policy, ...]) -> Claim:
    """Return the claim that a level of SCPs lets a request through (rule 30)."""
    if only_denies(level):
        return Claim(Level(level), Says.DENIES, holds=False)
    return Claim(Level(level), Says.ALLOWS)


def _read(documents: Documents) -> frozenset[Key]:
    """Return the keys that `documents` read."""
    return frozenset[Key]().union(*(keys_of(policy) for _, policy in documents.placed()))
