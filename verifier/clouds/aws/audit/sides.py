"""Trust policies and policies of resources in an audit: whom they let in, whoever asks.

resource_groups(account, plan)    each trust policy once, with the roles that have it, and each policy of a resource
side_findings(group, answer)      what was found of one
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from verifier.audits.finding import AuditFinding, AuditUndecided, Cause
from verifier.base.dataclass import dataclass
from verifier.base.source import Source, Span
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal, Role
from verifier.clouds.aws.account.unique_ids import with_arns
from verifier.clouds.aws.audit.confused_deputy import SAYING_FOR_WHOM
from verifier.clouds.aws.audit.found import fingerprint, message_of, said_of
from verifier.clouds.aws.audit.items import ResourceItem, SubjectAnswer, SubjectFault
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.table import BY_ID

_KEY = ":kms:"


@dataclass(frozen=True, eq=False, slots=True)
class ResourceGroup:
    """One policy that is asked about: the trust policy of `roles`, or that of a resource."""

    item: ResourceItem
    document: AccountDocument
    roles: tuple[Role, ...] = ()


def resource_groups(
    account: Account, plan: AuditPlan, roles: Iterator[Role], find: Callable[[str], AccountPrincipal | None]
) -> Iterator[ResourceGroup | AuditUndecided]:
    """Yield the trust policies of `roles` and the policies of resources, and which of them cannot be asked about.

    `find` knows principals by their unique ids.
    """
    trust = [number for number, fence in enumerate(plan.fences) if fence.of == "trust"]
    by_text: dict[str, list[Role]] = {}
    for role in roles if trust else ():
        if role.trust is None or role.trust.policy is None:
            why = role.trust.error if role.trust else "the dump does not hold it"
            yield AuditUndecided(role.arn, "", f"the trust policy of the role cannot be read: {why}")
        else:
            by_text.setdefault(with_arns(role.trust, find).text, []).append(role)
    for text, several in by_text.items():
        document = several[0].trust
        assert document is not None
        yield ResourceGroup(ResourceItem(several[0].arn, text, trust), document, tuple(several))
    yield from _of_resources(account, plan, find)


def _of_resources(
    account: Account, plan: AuditPlan, find: Callable[[str], AccountPrincipal | None]
) -> Iterator[ResourceGroup | AuditUndecided]:
    for one in account.resource_policies:
        kinds = ("resource", "key") if _KEY in one.resource else ("resource",)
        numbers = [number for number, fence in enumerate(plan.fences) if fence.of in kinds]
        if one.document.policy is None:
            yield AuditUndecided(one.resource, "", f"the policy of the resource cannot be read: {one.document.error}")
        elif numbers:
            yield ResourceGroup(ResourceItem(one.resource, with_arns(one.document, find).text, numbers), one.document)


def side_findings(group: ResourceGroup, answer: SubjectAnswer, plan: AuditPlan) -> Iterator[AuditFinding]:
    """Yield what was found: of each role that has the trust policy, or of the resource."""
    for fault in answer.faults:
        if group.roles:
            for role in group.roles:
                yield _finding(group, fault, plan, role)
        else:
            yield _finding(group, fault, plan, None)


def _finding(group: ResourceGroup, fault: SubjectFault, plan: AuditPlan, role: Role | None) -> AuditFinding:
    about = role.arn if role else group.item.resource
    what = "trust policy" if role else "policy"
    request = fault.request and replace(fault.request, resource=role.arn) if role else fault.request
    assert fault.fence is not None
    source, span = _place(role.trust if role and role.trust else group.document)
    return AuditFinding(
        BY_ID[fault.check],
        role.arn if role else None,
        None if role else about,
        message_of(fault.check, fault.detail, request),
        fingerprint(fault.check, about, [said_of(group.document), plan.fences[fault.fence].maximum]),
        Cause(f"{what} of {about}"),
        request,
        fault.breaks,
        source=source,
        span=span,
    )


def _place(document: AccountDocument) -> tuple[Source | None, Span | None]:
    policy = document.policy
    if policy is None or not policy.statements:
        return None, None
    return policy.source, policy.statements[0].span


def silent_services(account: Account, plan: AuditPlan) -> Iterator[str]:
    """Yield which services A12 does not ask about, where roles trust some: nothing is documented about them."""
    if "A12" not in plan.wanted:
        return
    named = {
        entry.text
        for role in account.roles
        if not role.service_linked and role.trust is not None and role.trust.policy is not None
        for statement in role.trust.policy.statements
        for entry in (statement.principals.entries if statement.principals else ())
        if entry.type == "Service" and entry.text not in SAYING_FOR_WHOM
    }
    if named:
        others = ", ".join(sorted(named))
        yield f"A12 asks only about services that are documented to say for whom they ask, not {others}"
