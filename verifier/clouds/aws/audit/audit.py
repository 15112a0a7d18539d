"""An audit: every principal of an account asked about, each question once, and what was found laid to each of them.

    audit_account(account, intent, asked)    -> Audited
    AuditAsked                               what of: which checks, which principals, by what means
    chosen_principals, gravest_first              those principals; findings as an answer lists them

    account -effective-> groups -items-> answers (`asking.py`, in whichever process) -found-> findings

A principal whose documents are broken or lacking is undecided, with the reason; the audit goes on.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.audits.finding import Audited, AuditFinding, AuditUndecided, Cause
from verifier.base.dataclass import dataclass
from verifier.bulk.items import Item
from verifier.bulk.scheduler import Means, answer_items
from verifier.clouds.aws.account.details import account_of
from verifier.clouds.aws.account.effective import account_documents
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal, ManagedPolicyDetail, Role
from verifier.clouds.aws.audit.assumed import account_assumptions
from verifier.clouds.aws.audit.auditor import AuditCommon
from verifier.clouds.aws.audit.found import Explainer, carriers_of, findings_of, fingerprint, message_of, said_of
from verifier.clouds.aws.audit.groups import Grouping, PrincipalGroup
from verifier.clouds.aws.audit.instant import instant_assumed, instant_read
from verifier.clouds.aws.audit.intent import Intent, arn_fits
from verifier.clouds.aws.audit.items import (
    BOUNDARY_PLACE,
    SubjectAnswer,
    SubjectFault,
    VersionsItem,
)
from verifier.clouds.aws.audit.narrowed import Narrowing
from verifier.clouds.aws.audit.pins import tag_keys
from verifier.clouds.aws.audit.plan import AuditPlan, plan_of, wanted_checks
from verifier.clouds.aws.audit.shown import ShownSide
from verifier.clouds.aws.audit.sides import ResourceGroup, resource_groups, side_findings, silent_services
from verifier.clouds.aws.audit.table import BY_ID
from verifier.clouds.aws.audit.together import Together
from verifier.questions.ask import Ask

# How many questions an item has, at a guess: the process that answers it is given that many limits.
_QUESTIONS = 40


@dataclass(frozen=True)
class AuditAsked:
    """What is asked: the checks `only` or all but `skip`, of the principals whose ARN fits one of `principals`, or all.

    `ask` bounds each question. `explained`: findings say level by level why their request is allowed. Requests are made
    from the instant `at` on, as conditions write one; at any time if that is empty.
    """

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    ask: Ask = Ask()
    explained: bool = False
    at: str = ""


def audit_account(
    account: Account,
    intent: Intent,
    asked: AuditAsked,
    means: Means,
    watch: Callable[[int | None], None] = lambda _: None,
    together: Together | None = None,
) -> Audited:
    """Return what came of asking about `account`, which is shown `together` with others.

    `watch` is told how many questions there are, and then None for each that is answered. Raises UsageError for a check
    that there is not, WorkersError where the processes are lost.
    """
    together = together or Together((account,))
    checks, skipped = wanted_checks(intent, asked.only, asked.skip)
    chosen = chosen_principals(account, asked)
    boundaries = dict.fromkeys(one.boundary for one in chosen if one.boundary is not None)
    side = ShownSide(together)
    granting = side.of_account(account.id)
    plan = plan_of(account, intent, checks, boundaries, sorted(_tag_keys(account)), together, granting)
    grouping = Grouping.of(account, intent, plan, chosen, side.principal_keys)
    at = instant_read(asked.at, together.accounts, intent.documents())
    run = _Run(account, intent, plan, grouping, chosen, replace(asked, at=at), side)
    found = [*_without_boundary(chosen, intent, plan), *run.answers(means, watch)]
    return Audited(
        account.id,
        len(chosen),
        len(account.service_linked),
        gravest_first(found),
        (*grouping.undecided, *run.undecided),
        tuple((check.id, check.needs) for check in skipped),
        assumes=tuple(
            dict.fromkeys(
                (
                    *run.assumes,
                    *grouping.origins,
                    *_origins(intent),
                    *account_assumptions(account),
                    *silent_services(account, plan),
                    *_weaker(plan, intent),
                    *instant_assumed(at),
                )
            )
        ),
        notes=tuple(_nobody(account, asked)),
    )


def _nobody(account: Account, asked: AuditAsked) -> Iterator[str]:
    """Yield that all hold only as there is nobody: a warning, so `--strict` fails."""
    if asked.principals or any(account.principals):
        return
    but = " but service-linked roles" if account.service_linked else ""
    yield (
        f"nobody was asked about: the dump of the account {account.id} holds no user and no role{but}; "
        "`aws iam get-account-authorization-details` without `--filter` prints all of them"
    )


def _origins(intent: Intent) -> Iterator[str]:
    """Yield what answers say of maxima that are shipped."""
    yield from (maximum.source.origin for maximum in intent.documents() if maximum.source.origin)


def _weaker(plan: AuditPlan, intent: Intent) -> Iterator[str]:
    """Yield which checks ask less than they could, for want of a list."""
    if "A10" in plan.wanted and intent.trusted_accounts is None:
        yield "A10 asks only whether a role trusts everybody, as the intent does not give `trusted_accounts`"


def chosen_principals(account: Account, asked: AuditAsked) -> list[AccountPrincipal]:
    """Return the principals that are asked about."""
    wanted = asked.principals
    return [one for one in account.principals if not wanted or any(arn_fits(each, one.arn) for each in wanted)]


def gravest_first(findings: Iterable[AuditFinding]) -> tuple[AuditFinding, ...]:
    """Return findings as an answer lists them, the gravest first."""
    return tuple(sorted(findings, key=_order))


def _order(finding: AuditFinding) -> tuple[object, ...]:
    ids = list(BY_ID)
    place = ids.index(finding.check.id)
    return finding.check.severity.rank, place, finding.principal or "", finding.resource or "", finding.message


def _tag_keys(account: Account) -> set[str]:
    """Return the keys of tags that conditions of the account read."""
    return {key for document in set(account_documents(account)) for key in tag_keys(document)}


def _without_boundary(
    principals: Iterable[AccountPrincipal], intent: Intent, plan: AuditPlan
) -> Iterator[AuditFinding]:
    """Yield who carries no approved boundary (A1)."""
    if "A1" not in plan.wanted:
        return
    for principal in principals:
        if principal.boundary not in intent.boundaries:
            carried = f"its boundary is `{principal.boundary}`" if principal.boundary else "it has no boundary"
            yield AuditFinding(
                BY_ID["A1"],
                principal.arn,
                None,
                message_of("A1", carried),
                fingerprint("A1", principal.arn, [principal.boundary, sorted(intent.boundaries)]),
                Cause(principal.boundary or "no boundary"),
                source=principal.file,
                span=principal.place.span,
            )


class _Run:
    """One run over the groups of an account."""

    def __init__(
        self,
        account: Account,
        intent: Intent,
        plan: AuditPlan,
        grouping: Grouping,
        chosen: Sequence[AccountPrincipal],
        asked: AuditAsked,
        side: ShownSide,
    ) -> None:
        self._account, self._plan, self._grouping, self._ask = account, plan, grouping, asked.ask
        self._granting = side.of_account(account.id)
        self._side, self._at = side, asked.at
        self._why = Explainer(plan, intent) if asked.explained else None
        self._shared = grouping.shared
        self._versions = list(self._changed()) if "A24" in plan.wanted else []
        roles = (one for one in chosen if isinstance(one, Role))
        sides = list(resource_groups(account, plan, roles, side.together.find))
        self._sides = [one for one in sides if isinstance(one, ResourceGroup)]
        self._complete = not asked.principals
        self._unneeded: dict[AccountDocument, list[tuple[PrincipalGroup, frozenset[int] | None]]] = defaultdict(list)
        self._unknown: set[AccountDocument] = set()
        self.undecided = [one for one in sides if isinstance(one, AuditUndecided)]
        self.assumes: list[str] = []

    def answers(self, means: Means, watch: Callable[[int | None], None]) -> Iterator[AuditFinding]:
        """Yield what was found, and note what was not found out."""
        groups = self._grouping.groups
        count = len(groups) + len(self._versions) + len(self._sides)
        watch(count)

        def ask(items: list[Item]) -> Iterator[SubjectAnswer]:
            watch(len(items))
            with contextlib.closing(answer_items(iter(items), self._common(), means)) as found:
                for one in found:
                    yield one
                    watch(None)

        narrowing = Narrowing(self._account.id, self._side, self._plan, self._shared, self._granting, ask)
        opened = []
        answers = answer_items(self._items(), self._common(), means)
        with contextlib.closing(answers):
            for group in groups:
                answer = next(answers)
                stand, more = narrowing.standing(group, answer.faults)
                opened += more
                yield from self._of_group(group, replace(answer, faults=tuple(stand)))
                watch(None)
            for detail, _ in self._versions:
                yield from self._of_versions(detail, next(answers))
                watch(None)
            for side in self._sides:
                yield from self._of_side(side, next(answers))
                watch(None)
        for group, fault in narrowing.rounds(opened):
            yield from findings_of(group, [fault], self._plan, self._why)
        self.undecided += narrowing.undecided
        if self._complete:
            yield from self._slack()

    def _items(self) -> Iterator[Item]:
        for number, group in enumerate(self._grouping.groups):
            yield Item(str(number), group.item(self._shared, self._granting).text, "<account>")
        for detail, item in self._versions:
            yield Item(detail.arn, item.text, "<account>")
        for side in self._sides:
            yield Item(side.item.resource, side.item.text, "<account>")

    def _common(self) -> AuditCommon:
        whole = replace(self._ask, seconds=self._ask.seconds * _QUESTIONS)
        levels = self._account.organization.levels if self._account.organization else ()
        binding = () if self._account.organization is None or self._account.organization.management else levels
        scps = tuple(tuple(document.key for document in level.scps) for level in binding if level.scps)
        rcps = self._side.together.rcps(self._account.id)
        limits = [*(document for level in binding for document in level.scps), *rcps]
        documents = {**self._shared, **{document.key: document.text for document in limits}}
        keys = tuple(document.key for document in rcps)
        return AuditCommon(whole, self._ask, self._plan, self._account.id, documents, scps, keys, self._at)

    def _of_group(self, group: PrincipalGroup, answer: SubjectAnswer) -> Iterator[AuditFinding]:
        self.assumes += answer.assumes
        for check, reason in answer.undecided:
            self.undecided += [AuditUndecided(member.principal.arn, check, reason) for member in group.members]
        boundary = group.members[0].documents.boundary
        if boundary is not None:
            if any(check in ("", "A21") for check, _ in answer.undecided):
                self._unknown.add(boundary.document)
            self._unneeded[boundary.document].append((group, answer.unneeded))
        yield from findings_of(group, answer.faults, self._plan, self._why)

    def _of_side(self, side: ResourceGroup, answer: SubjectAnswer) -> Iterator[AuditFinding]:
        about = [role.arn for role in side.roles] or [side.item.resource]
        for check, reason in answer.undecided:
            self.undecided += [AuditUndecided(arn, check, reason) for arn in about]
        yield from side_findings(side, answer, self._plan)

    def _slack(self) -> Iterator[AuditFinding]:
        """Yield the Allows of boundaries that nobody under them needs (A21), where everybody was asked about."""
        if "A21" not in self._plan.wanted:
            return
        unasked = {one.principal for one in self._grouping.undecided}
        bounded = {one.boundary for one in self._account.principals if one.arn in unasked}
        for document, several in self._unneeded.items():
            known = [found for _, found in several if found is not None]
            boundary = several[0][0].members[0].documents.boundary
            if not known or boundary is None or boundary.name in bounded or document in self._unknown:
                continue
            for index in sorted(frozenset.intersection(*known)):
                for group, _ in several:
                    yield from findings_of(group, [SubjectFault("A21", None, BOUNDARY_PLACE, index)], self._plan)

    def _changed(self) -> Iterator[tuple[ManagedPolicyDetail, VersionsItem]]:
        """Yield the policies with a version before the one in force."""
        for detail in self._account.policies.values():
            default = detail.default
            if default is None or account_of(detail.arn) == "aws":
                continue
            number = _number(default.id)
            before = [version for version in detail.versions if _number(version.id) < number]
            if before:
                old = max(before, key=lambda version: _number(version.id))
                if old.document is not default.document:
                    yield detail, VersionsItem(old.document.text, default.document.text)

    def _of_versions(self, detail: ManagedPolicyDetail, answer: SubjectAnswer) -> Iterator[AuditFinding]:
        assert detail.default is not None
        document = detail.default.document
        for arn in carriers_of(self._account, detail):
            principal = self._account.find(arn)
            assert principal is not None
            for check, reason in answer.undecided:
                self.undecided.append(AuditUndecided(arn, check, reason))
            for fault in answer.faults:
                yield AuditFinding(
                    BY_ID["A24"],
                    arn,
                    None,
                    message_of("A24", detail.name, fault.request),
                    fingerprint("A24", arn, [detail.arn, said_of(document)]),
                    Cause(detail.arn),
                    fault.request,
                    fault.breaks,
                    source=principal.file,
                    span=principal.place.span,
                )


def _number(version: str) -> int:
    digits = version.removeprefix("v")
    return int(digits) if digits.isdigit() else 0
