"""What is asked of all principals of an account, as values that travel to the processes that answer.

    Fence      one check that is "within a maximum", with the text of the maximum
    AuditPlan  everything that all questions of an audit share
    plan_of    made of the intent; `wanted` are the checks that are asked

A fence with `shapes` allows everything except these, so that several of them can be asked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.audits.finding import AuditCheck
from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit import others, shapes
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.audit.shown import Granting
from verifier.clouds.aws.audit.table import BY_ID, CHECKS, NEVER_CHECK
from verifier.clouds.aws.audit.together import Together
from verifier.clouds.aws.documents import services_maximum
from verifier.clouds.aws.policy.syntax import Policy


@dataclass(frozen=True, slots=True)
class Fence:
    """A check that holds if everything allowed is within a maximum, whose text is `maximum`.

    `of` is `effective`, or what is asked about by itself: `boundary`, `trust`, `resource` or `key`. `detail` says which
    of several fences of one check it is. `name` is what the maximum is called, `place` the one among those of the
    intent. Of `some`, it is the other way round: the check holds if something is outside of the maximum; with
    `reverse` it holds if something that the document `maximum` allows is outside of what is asked about.
    """

    check: str
    maximum: str
    shapes: tuple[shapes.DeniedShape, ...] = ()
    of: str = "effective"
    detail: str = ""
    name: str = ""
    place: int | None = None
    some: bool = False
    reverse: bool = False


@dataclass(frozen=True)
class AuditPlan:
    """What all questions share: the fences, and the other checks that are asked (`wanted`).

    `granting` are the policies of resources that may let in principals of the account by themselves, each as the ARN,
    the owner and the text; `for_anybody` are the numbers of those that name no one.
    """

    fences: tuple[Fence, ...]
    wanted: frozenset[str]
    separate: tuple[tuple[tuple[str, ...], ...], ...] = ()
    tag_keys: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    maxima: tuple[str, ...] = ()
    granting: tuple[tuple[str, str, str], ...] = ()
    for_anybody: tuple[int, ...] = ()

    def granting_to(self, named: Sequence[int]) -> tuple[tuple[str, str, str], ...]:
        """Return the policies that may let in a principal by themselves: those for anybody, and those `named`."""
        return tuple(self.granting[number] for number in sorted({*named, *self.for_anybody}))


def wanted_checks(
    intent: Intent, only: Sequence[str], skip: Sequence[str]
) -> tuple[list[AuditCheck], list[AuditCheck]]:
    """Return the checks that are asked, and those that are skipped because the intent lacks their list.

    Options stand before the intent. Raises UsageError for a check that there is not.
    """
    for name in (*only, *skip, *intent.only, *intent.skip):
        if name not in BY_ID:
            known = ", ".join(f"`{check.id}`" for check in CHECKS)
            raise UsageError(f"there is no check {quote(name)}", help=f"use one of {known}")
    chosen, left_out = set(only or intent.only), {*skip, *(() if only else intent.skip)}
    asked = [check for check in CHECKS if (not chosen or check.id in chosen) and check.id not in left_out]
    return [check for check in asked if intent.gives(check.needs)], [
        check for check in asked if not intent.gives(check.needs) and check.id != NEVER_CHECK
    ]


def plan_of(
    account: Account,
    intent: Intent,
    wanted: Iterable[AuditCheck],
    boundaries: Iterable[str],
    tag_keys: Sequence[str],
    together: Together,
    granting: Granting,
) -> AuditPlan:
    """Return what is asked; `boundaries` are the ARNs of those that somebody has."""
    ids = frozenset(check.id for check in wanted)
    several = (*_fences(intent), *_of_boundaries(boundaries), *_of_others(account, intent, together))
    fences = [fence for fence in several if fence.check in ids]
    networks = intent.networks
    maxima = tuple(text_of_maximum(maximum) for maximum in intent.documents())
    return AuditPlan(
        tuple(fences),
        ids,
        intent.separate,
        tuple(tag_keys),
        networks.vpcs if networks else (),
        maxima,
        tuple(each.parts for each in granting.documents),
        tuple(granting.numbers.get(None, ())),
    )


def _fences(intent: Intent) -> Iterator[Fence]:
    for place, maximum in enumerate(intent.documents()):
        for check, of in (("A3", "effective"), ("A2", "boundary")):
            yield Fence(check, text_of_maximum(maximum), of=of, name=maximum.source.name, place=place)
    yield _shaped("A4w", shapes.writing_iam())
    if networks := intent.networks:
        yield _shaped("A7", shapes.from_outside(networks.cidrs, networks.vpcs, networks.endpoints))
    if intent.mfa:
        yield _shaped("A8", shapes.without_mfa(intent.mfa))
    if intent.regions:
        yield _shaped("A9", shapes.elsewhere(intent.regions))
    if intent.passing is not None:
        yield Fence("A15", shapes.passing(intent.passing), name="the roles that may be passed")
    if intent.sensitive:
        yield _shaped("A17", *shapes.reading(intent.sensitive))
    yield _shaped("A29", shapes.in_plain_text())
    if intent.services:
        yield Fence("A30", services_maximum(intent.services).source.text, name="the named services")
    yield _shaped("A32", *shapes.preset_shapes("no-audit-tampering"))
    yield _shaped("A33", *shapes.preset_shapes("no-exposure"))
    for rule in intent.never:
        detail = f"{', '.join(rule.action)} on {', '.join(rule.resource)}"
        yield replace(_shaped(NEVER_CHECK, shapes.denial(rule.action, rule.resource)), detail=detail)


def text_of_maximum(maximum: Policy) -> str:
    """Return a maximum as it travels. Raises Unsupported for one that is not known before deployment."""
    return maximum.cloud.text(maximum)


def _of_boundaries(boundaries: Iterable[str]) -> Iterator[Fence]:
    for arn in boundaries:
        yield replace(_shaped("A6", *shapes.unprotected(arn)), of="boundary", detail=arn)


def _shaped(check: str, *several: shapes.DeniedShape) -> Fence:
    return Fence(check, shapes.maximum_of_shapes(several), several, name=BY_ID[check].title)


def _of_others(account: Account, intent: Intent, together: Together) -> Iterator[Fence]:
    """Yield the fences of trust policies and of policies of resources: whom they may let in."""
    own, organization = account.id, intent.organization or (account.organization and account.organization.id) or ""
    members = together.members(account)
    known = (own, *members, *(intent.trusted_accounts or ()))
    if intent.trusted_accounts is not None:
        yield _other("A10", "trust", others.trusting((own, *intent.trusted_accounts)))
    else:
        everybody = replace(_other("A10", "trust", others.everybody_else()), detail="everybody, without a condition")
        yield replace(everybody, reverse=True)
    yield _other("A11", "trust", others.with_external_id(own))
    yield _other("A12", "trust", others.without_source(own, organization))
    if intent.federated:
        yield _other("A13", "trust", others.pinned(own, intent.federated))
    yield replace(_other("A28", "trust", others.LETS_NOBODY_IN), some=True)
    yield _other("A14", "resource", others.within_organization(known, organization))
    yield replace(_other("A34", "key", others.decrypting(known, organization)), detail="others decrypt")
    administered = replace(_other("A34", "key", others.administering(own)), detail="nobody changes its policy")
    yield replace(administered, some=True)


def _other(check: str, of: str, maximum: str) -> Fence:
    return Fence(check, maximum, of=of, name=BY_ID[check].title)
