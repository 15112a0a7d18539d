"""The processes that answer an audit: what they share, and what each has read.

    AuditCommon    what all items share; travels once to each process
    Auditor        answers one item after the other

A process reads a document once and keeps what it has worked out of it, as far as there is room.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.bulk.answerer import Asker, Common
from verifier.bulk.items import Answered, Item
from verifier.clouds.aws.audit.asking import SubjectAsking
from verifier.clouds.aws.audit.instant import not_before, without_past
from verifier.clouds.aws.audit.items import (
    NarrowedItem,
    ResourceItem,
    SubjectAnswer,
    SubjectFault,
    SubjectItem,
    VersionsItem,
)
from verifier.clouds.aws.audit.maxima import Maxima
from verifier.clouds.aws.audit.narrowed import still_escapes
from verifier.clouds.aws.audit.others import everybody_else
from verifier.clouds.aws.audit.owners import is_escape, whoever_owns
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.statements import STATEMENT_CHECKS
from verifier.clouds.aws.audit.subject import EVERY_REQUEST, NO_REQUEST, Subject, merged_policy
from verifier.clouds.aws.audit.with_resources import shown_policies
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import only_denies
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking, Membership
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import ResourceKind, ShownPolicy, resource_kind
from verifier.clouds.aws.world.examples import in_account
from verifier.questions.ask import Ask
from verifier.questions.prove import assumptions_of, prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Undecided
from verifier.questions.worlds import show

if TYPE_CHECKING:
    from verifier.bulk.cache import Cache

_MOST_CHARACTERS = 16_000_000
_RESOURCE = '{"resource"'
_NARROWED = '{"narrowed"'
_VERSIONS = "{"


@dataclass(frozen=True)
class AuditCommon(Common[SubjectAnswer]):
    """What all items share. `ask` bounds an item as a whole, `question` each question of it. Requests are made from the
    instant `at` on, if there is one.
    """

    ask: Ask
    question: Ask
    plan: AuditPlan
    account: str
    documents: Mapping[str, str]
    scps: tuple[tuple[str, ...], ...]
    rcps: tuple[str, ...]
    at: str = ""

    def asker(self, cache: Cache | None) -> Auditor:
        return Auditor(self, cache)

    def lost(self, item: Item, reason: str) -> SubjectAnswer:
        return SubjectAnswer(undecided=(("", reason),))


class Auditor(Asker[SubjectAnswer]):
    """Answers one item after the other."""

    def __init__(self, common: AuditCommon, cache: Cache | None) -> None:
        super().__init__(common.ask, cache)
        self._common = common
        self._read: OrderedDict[str, Policy] = OrderedDict()
        self._characters = 0
        self._time = not_before(common.at) if common.at else None
        self._maxima = Maxima(common.plan, common.question, self._time)
        self._told: set[str] = set()
        self._scps = tuple(tuple(self._document(key, {}) for key in level) for level in common.scps)
        self._rcps = tuple(self._document(key, {}) for key in common.rcps)
        self._levels = tuple(map(_as_one, self._scps))

    def answer(self, item: Item) -> Answered[SubjectAnswer]:
        """Return what came of a group of principals."""
        assert isinstance(item.text, str)
        if item.text.startswith(_RESOURCE):
            return Answered(self._let_in(ResourceItem.of(item.text)))
        if item.text.startswith(_NARROWED):
            return Answered(self._narrowed(NarrowedItem.of(item.text)))
        if item.text.startswith(_VERSIONS):
            return Answered(self._compared(VersionsItem.of(item.text)))
        asked = SubjectItem.of(item.text)
        subject = self._subject(asked)
        answer = SubjectAsking(subject, asked, self._common.plan, self._common.account, self._maxima).answer()
        assumes = tuple(text for text in _assumed(subject, self._common.question) if text not in self._told)
        self._told.update(assumes)
        faults = tuple(self._in_account(item, fault) for fault in answer.faults)
        return Answered(replace(answer, faults=faults, assumes=assumes))

    def _in_account(self, item: Item, fault: SubjectFault) -> SubjectFault:
        """Return a fault with a request of the account, where that will do as well as one of an example's account."""
        if fault.request is None or fault.check in STATEMENT_CHECKS:
            return fault
        ours = replace(fault, request=in_account(fault.request, self._common.account))
        return ours if ours.request != fault.request and self._replays(item, ours) else fault

    def _narrowed(self, item: NarrowedItem) -> SubjectAnswer:
        """Return what is left of a finding once policies of resources are asked too."""
        asked = SubjectItem.of(item.subject)
        check = self._common.plan.fences[item.fence].check
        maximum = self._maxima.fence(item.fence)
        return still_escapes(self._subject(asked), asked, item, maximum, check, self._common.question)

    def can_be(self, item: Item, shown: object) -> bool:
        """Whether every request of an answer from elsewhere is what it is said to be, by the evaluator."""
        if not isinstance(shown, SubjectAnswer):
            return False
        if isinstance(item.text, str) and item.text.startswith(_NARROWED):
            return not shown.faults
        return all(self._replays(item, fault) for fault in shown.faults)

    def _replays(self, item: Item, fault: SubjectFault) -> bool:
        request, plan = fault.request, self._common.plan
        assert isinstance(item.text, str)
        if request is None:
            return True
        if item.text.startswith(_RESOURCE):
            cases = [whoever_owns(self._own_side(ResourceItem.of(item.text)))]
        elif item.text.startswith(_VERSIONS):
            versions = VersionsItem.of(item.text)
            old, new = map(_version, (versions.old, versions.new))
            return is_escape([whoever_owns(Subject((new,), time=self._time).documents)], old, request)
        else:
            asked = SubjectItem.of(item.text)
            subject = self._subject(asked)
            cases = list(subject.cases(subject.documents))
            if fault.resource is not None:
                assert fault.principal is not None
                granting = shown_policies(plan.granting_to(asked.granting[fault.principal]))
                asking = Asking(read_principal(asked.arns[fault.principal]), granting)
                cases = [whoever_owns(subject.asked_by(asking, asked.there[fault.principal]))]
            if fault.fence is None:
                maximum = subject.boundary if fault.check == "A27" else None
                return fault.check in STATEMENT_CHECKS or is_escape(cases, maximum or NO_REQUEST, request)
            if plan.fences[fault.fence].of == "boundary":
                assert subject.boundary is not None
                cases = [whoever_owns(Subject((subject.boundary,), time=self._time).documents)]
        assert fault.fence is not None
        return is_escape(cases, self._maxima.fence(fault.fence), request)

    def _subject(self, item: SubjectItem) -> Subject:
        """Return the documents of a group."""

        def read(key: str) -> Policy:
            return self._document(key, item.texts)

        boundary = read(item.boundary) if item.boundary else None
        return Subject(
            tuple(map(read, item.identity)),
            boundary,
            self._scps,
            self._rcps,
            read(item.pins) if item.pins else None,
            frozenset(item.given),
            (*((boundary,) if boundary else ()), *self._levels),
            self._common.account,
            self._time,
        )

    def _compared(self, item: VersionsItem) -> SubjectAnswer:
        """Return whether the new version of a policy allows what the old one does not (A24)."""
        try:
            old, new = map(_version, (item.old, item.new))
            documents = Subject((new,), time=self._time).documents
            verdict = prove(ProveQuestion(documents, old), self._common.question, show)
        except InputError as error:
            return SubjectAnswer(undecided=(("A24", str(error)),))
        if isinstance(verdict, Escapes):
            return SubjectAnswer((SubjectFault("A24", request=verdict.request, breaks=verdict.breaks),))
        undecided = (("A24", verdict.reason),) if isinstance(verdict, Undecided) else ()
        return SubjectAnswer(undecided=undecided)

    def _let_in(self, item: ResourceItem) -> SubjectAnswer:
        """Return whom the policy of a resource lets in that it should not, fence by fence (A10 to A14, A28, A34)."""
        own = self._own_side(item)
        faults: list[SubjectFault] = []
        undecided: list[tuple[str, str]] = []
        for number in item.fences:
            fence = self._common.plan.fences[number]
            documents, maximum = own, self._maxima.fence(number)
            if fence.reverse:
                maximum = _as_maximum(item)
                stranger = everybody_else(f"{item.resource} {json.dumps(json.loads(item.policy))}")
                documents = _own_side(replace(item, policy=stranger))
            verdict = prove(ProveQuestion(documents, maximum), self._common.question, show)
            if isinstance(verdict, Undecided):
                undecided.append((fence.check, verdict.reason))
            elif (fence.some or fence.reverse) and isinstance(verdict, Contained):
                faults.append(SubjectFault(fence.check, number, detail=fence.detail))
            elif not (fence.some or fence.reverse) and isinstance(verdict, Escapes):
                fault = SubjectFault(fence.check, number, None, None, fence.detail, verdict.request, verdict.breaks)
                faults.append(fault)
        return SubjectAnswer(tuple(faults), tuple(undecided))

    def _own_side(self, item: ResourceItem) -> Documents:
        """Return what the policy of a resource allows, except in the past."""
        if not self._common.at:
            return _own_side(item)
        trust = resource_kind(item.resource) is ResourceKind.ROLE
        return _own_side(replace(item, policy=without_past(item.policy, self._common.at, trust=trust)))

    def _document(self, key: str, texts: Mapping[str, str]) -> Policy:
        """Return the document with this key; it was read before, so nothing is wrong with it."""
        found = self._read.get(key)
        if found is not None:
            self._read.move_to_end(key)
            return found
        text = texts[key] if key in texts else self._common.documents[key]
        found = self._read[key] = parse_source(Source(key, text, stand_in=True))
        self._characters += len(text)
        while self._characters > _MOST_CHARACTERS:
            _, gone = self._read.popitem(last=False)
            self._characters -= len(gone.source.text)
        return found


def _own_side(item: ResourceItem) -> Documents:
    return Documents((), asking=Asking(None, (ShownPolicy(item.resource, _policy_of(item)),)))


def _as_maximum(item: ResourceItem) -> Policy:
    """Return a trust policy as a maximum, which has to say on which resources: on all, as it is asked about one."""
    policy = json.loads(item.policy)
    statements = policy["Statement"]
    several = statements if isinstance(statements, list) else [statements]
    told = {**policy, "Statement": [{**statement, "Resource": "*"} for statement in several]}
    return _policy_of(replace(item, policy=json.dumps(told)))


def _policy_of(item: ResourceItem) -> Policy:
    return parse_source(Source("the policy", item.policy, stand_in=True))


def _version(text: str) -> Policy:
    return parse_source(Source("a version", text, stand_in=True))


def _as_one(policies: Sequence[Policy]) -> Policy:
    """Return a level of SCPs as one policy; one that only denies stands next to AWS's full access (rule 30)."""
    statements = [statement for policy in policies for statement in policy.statements]
    return merged_policy([*(EVERY_REQUEST.statements if only_denies(policies) else ()), *statements], "a level of SCPs")


def _assumed(subject: Subject, ask: Ask) -> tuple[str, ...]:
    """Return what the answers about `subject` rest on."""
    if not subject.identity:
        return ()
    policies = [policy for _, policy in subject.documents.placed() if policy not in subject.said_of_requests]
    members = Asking(organization=Membership(accounts=frozenset({subject.account})))
    return assumptions_of((*policies, *subject.rcps), ask, Documents((), asking=members), proved=True)
