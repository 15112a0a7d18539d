"""Roots, units and accounts of an organization: what the SCPs or RCPs that are attached to each let through.

    target_change(name, before, after, ask)    how those of one target differ; None where they say the same

A plan holds some of what is attached to a target. Others may be attached too, and they are the same on both sides. So
a request is gained where one is no longer denied, whatever else is there. An SCP that allows something new gains it if
the other SCPs there do not allow it already. Of RCPs only what they deny matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.base.budget import deadline
from verifier.base.errors import LimitReached
from verifier.checks.compare import PathChange
from verifier.clouds.aws.cloud import AWS
from verifier.clouds.aws.documents import any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Absent
from verifier.questions.ways import Way
from verifier.questions.worlds import open_reason
from verifier.review.documents import request_of, searched
from verifier.review.effects import is_alike_by_name
from verifier.review.holding import OTHER_CASES, Holding, not_held
from verifier.review.reviewed import PrincipalChange

_FULL_ACCESS = "p-FullAWSAccess"


def target_change(name: str, type_: PolicyType, before: Holding, after: Holding, ask: Ask) -> PrincipalChange | None:
    """Return how what is attached to a target differs, None where it says the same. It is on one side at least."""
    case = PathChange.NEW if before.principal is None else PathChange.GONE
    case = PathChange.CHANGED if before.principal and after.principal else case
    assumes = dict.fromkeys(text for held in (before, after) if held.principal for text in held.principal.assumes)
    kind = f"{type_.name}s of"
    begun = PrincipalChange(name.removeprefix(f"{type_.name}s "), kind, case, assumes=tuple(assumes))
    if reason := _reason_open(before, after):
        return None if is_alike_by_name(before, after) else replace(begun, open=reason)
    old, new = _attached(before, type_), _attached(after, type_)
    try:
        with deadline(2 * ask.seconds):
            gained, lost = searched(_undenied(old, new), ask), searched(_undenied(new, old), ask)
            allowed = searched(_allowed(old, new), ask) if type_ is PolicyType.SCP else Absent()
    except LimitReached as limit:
        return replace(begun, open=str(limit))
    is_open = open_reason(((gained, "gained"), (allowed, "gained")))
    found = replace(begun, gained=request_of(gained), lost=request_of(lost), undenied=request_of(allowed))
    return replace(found, open=None if found.gained or found.undenied else is_open)


def _reason_open(before: Holding, after: Holding) -> str:
    """Return why nothing can be said of what is gained; empty where something can."""
    old, new = before.principal, after.principal
    for held in (before, after):
        if held.principal is not None and (reason := held.principal.open or held.broken):
            return reason
    if old is not None and new is not None and old.given != new.given:
        return OTHER_CASES
    other = {link for link in before.elsewhere ^ after.elsewhere if link.name != _FULL_ACCESS}
    return not_held(other) if other else ""


def _is_full(held: Holding) -> bool:
    return any(link.name == _FULL_ACCESS for link in held.elsewhere)


def _attached(held: Holding, type_: PolicyType) -> tuple[Policy, ...]:
    full = (any_identity_policy(),) if _is_full(held) else ()
    return (*AWS.alike(held.policies, type_), *full) if held.policies else full


def _undenied(old: Sequence[Policy], new: Sequence[Policy]) -> Sequence[Way]:
    """Return the claims of a request that `old` deny and `new` do not."""
    if not old:
        return ()
    rest = (Claim(Level(tuple(new)), Says.DENIES, holds=False),) if new else ()
    return ((Claim(Level(tuple(old)), Says.DENIES), *rest),)


def _allowed(old: Sequence[Policy], new: Sequence[Policy]) -> Sequence[Way]:
    """Return the claims of a request that `new` allow and `old` do not, and do not deny."""
    if not new:
        return ()
    rest = tuple(Claim(Level(tuple(old)), says, holds=False) for says in (Says.ALLOWS, Says.DENIES)) if old else ()
    return ((Claim(Level(tuple(new)), Says.ALLOWS), *rest),)
