"""Answers to findings: what was found of a group, laid to each of its principals, with its cause and fingerprint.

A fingerprint is made of the check, the principal, and what its documents say, whatever their order, layout and Sids. It
lasts as long as nothing that the finding depends on changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from verifier.audits.finding import AuditFinding, Cause
from verifier.base.errors import UndecidedError
from verifier.base.memo import once
from verifier.base.source import Source, Span
from verifier.clouds.aws.account.effective import CarriedDocument
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, ManagedPolicyDetail
from verifier.clouds.aws.audit.groups import GroupMember, PrincipalGroup
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.audit.items import BOUNDARY_PLACE, SubjectFault
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.table import BY_ID
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import denies
from verifier.clouds.aws.policy.canonical import canonical, canonical_statement, digest
from verifier.clouds.aws.policy.check import as_rcp
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import cover_of
from verifier.clouds.aws.principals.tied import owner_of
from verifier.explanations.explain import explain
from verifier.explanations.explanation import Explanation
from verifier.logic.request import Request
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Escapes

_LENGTH = 32


class Explainer:
    """Explains requests of a group, level by level, from the documents where they stand in the files."""

    def __init__(self, plan: AuditPlan, intent: Intent) -> None:
        written = intent.documents()
        self._maxima = [
            parse_source(Source(fence.name, fence.maximum)) if fence.place is None else written[fence.place]
            for fence in plan.fences
        ]
        self._fences = plan.fences

    def explanation(self, member: GroupMember, fault: SubjectFault) -> Explanation | None:
        """Return why the request of a fault is allowed, and not by its maximum; None where it has none."""
        if fault.request is None or fault.fence is None:
            return None
        effective = member.documents
        boundary = _policy(effective.boundary)
        if self._fences[fault.fence].of == "boundary":
            if boundary is None:
                return None
            documents = Documents((boundary,))
        else:
            identity = tuple(filter(None, map(_policy, member.identity)))
            scps = tuple(tuple(filter(None, map(_policy, level))) for level in effective.scps)
            rcps = () if _owner_elsewhere(member, fault.request) else tuple(filter(None, map(_policy, effective.rcps)))
            documents = Documents(identity, boundary, None, scps, rcps)
        question = ProveQuestion(documents, self._maxima[fault.fence])
        return explain(question, Escapes(fault.request))


def _policy(carried: CarriedDocument | None) -> Policy | None:
    return carried.document.policy if carried else None


def findings_of(
    group: PrincipalGroup, faults: Iterable[SubjectFault], plan: AuditPlan, explainer: Explainer | None = None
) -> Iterator[AuditFinding]:
    """Yield each fault for each principal that has it; an explanation is that of the first of them."""
    for fault in faults:
        members = group.members if fault.principal is None else [group.members[fault.principal]]
        why = explainer.explanation(members[0], fault) if explainer else None
        for member in members:
            yield _finding(member, fault, plan, why)


def _finding(member: GroupMember, fault: SubjectFault, plan: AuditPlan, why: Explanation | None) -> AuditFinding:
    carried = _carried(member, fault.place)
    cause, source, span = _cause(member, carried, fault.statement)
    maximum = None if fault.fence is None else plan.fences[fault.fence].maximum
    said = [said_of(held.document) for held in member.documents.every()]
    about = None if carried is None or fault.statement is None else _statement(carried.document, fault.statement)
    said += _said_of_resources(fault, plan)
    depends = [sorted(said), about, fault.detail, maximum]
    return AuditFinding(
        BY_ID[fault.check],
        member.principal.arn,
        fault.resource,
        message_of(fault.check, fault.detail, fault.request) + _past_rcps(member, fault),
        fingerprint(fault.check, member.principal.arn, depends),
        cause,
        fault.request,
        fault.breaks,
        why,
        source=source,
        span=span,
    )


def _past_rcps(member: GroupMember, fault: SubjectFault) -> str:
    """Return what a message adds where RCPs of the account would deny a request if they bound its resource."""
    request = fault.request
    owner = _owner_elsewhere(member, request) if request else None
    rcps = filter(None, map(_policy, member.documents.rcps)) if owner else ()
    if request is None or not any(denies((as_rcp(rcp),), request) for rcp in rcps):
        return ""
    return f" of the account {owner}, whose resources the RCPs of this account do not bind"


def _owner_elsewhere(member: GroupMember, request: Request) -> str | None:
    """Return the account that has the resource of a request, if that is another one than the principal's."""
    principal = read_principal(member.principal.arn)
    owner = owner_of(request, principal)
    return None if owner == principal.account else owner


def _said_of_resources(fault: SubjectFault, plan: AuditPlan) -> Iterator[str]:
    """Yield what the policies of resources say that allow the request of a fault by themselves."""
    for arn, _, text in plan.granting if fault.resource is not None else ():
        if fault.request is not None and cover_of(arn).holds(fault.request):
            yield digest(canonical(parse_source(Source(arn, text, stand_in=True))))


def message_of(check: str, detail: str = "", request: Request | None = None) -> str:
    """Return what is found, in a sentence about the principal."""
    shown = f": `{request.action}` on `{request.resource}`" if request is not None else ""
    return BY_ID[check].found + (f" ({detail})" if detail else "") + shown


def fingerprint(check: str, about: str, depends: Any) -> str:
    """Return the fingerprint of a finding that depends on `depends`, JSON values."""
    return digest([check, about, depends])[:_LENGTH]


@once
def said_of(document: AccountDocument) -> str:
    """Return a hash of what a document says."""
    policy = document.policy
    if policy is None:
        return document.key
    try:
        return digest(canonical(policy))
    except UndecidedError:
        return document.key


def _statement(document: AccountDocument, index: int) -> Any:
    return None if document.policy is None else canonical_statement(document.policy, index)


def _carried(member: GroupMember, place: int | None) -> CarriedDocument | None:
    if place is None:
        return None
    return member.documents.boundary if place == BOUNDARY_PLACE else member.identity[place]


def _cause(
    member: GroupMember, carried: CarriedDocument | None, statement: int | None
) -> tuple[Cause, Source | None, Span | None]:
    """Return what causes a finding, and where it stands: the statement, or where the principal does."""
    principal = member.principal
    if carried is None:
        return Cause(principal.arn), principal.file, principal.place.span
    name = cause_name(carried)
    policy = carried.document.policy
    if policy is None or statement is None:
        return Cause(name, statement), principal.file, principal.place.span
    found = next(each for each in policy.statements if each.index == statement)
    return Cause(name, statement, found.sid), policy.source, found.span


def cause_name(carried: CarriedDocument) -> str:
    """Return what people call a document: an ARN, or the name of an inline policy and who carries it."""
    return carried.name if carried.managed else f"{carried.name} of {carried.carrier}"


def carriers_of(account: Account, detail: ManagedPolicyDetail) -> Iterator[str]:
    """Yield the ARNs of the principals that carry a managed policy, by themselves or by a group."""
    groups = {group.name for group in account.groups.values() if detail.arn in group.attached}
    for user in account.users:
        if detail.arn in user.attached or groups.intersection(user.groups):
            yield user.arn
    yield from (role.arn for role in account.roles if detail.arn in role.attached and not role.service_linked)
