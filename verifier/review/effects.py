"""Principals of both sides: what each can do with all that it has, within its boundary, and what became of that.

    principal_change(name, before, after, ask)    how one differs; None where nothing that it has does

What a principal can do is what its policies allow together, and its boundary too. A policy that the files do not hold
is unknown. Where it is the same on both sides, nothing is gained with it, whatever it says, if nothing is gained
without it and nothing that the known policies deny is no longer denied: it is asked about as a policy that allows
nothing, and as one that allows everything. A boundary that is not held can only take away, so that what is not gained
without it is not gained under it. AWS's managed policies are held by this package.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached
from verifier.checks.compare import PathChange
from verifier.clouds.aws.documents import any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Absent, Found, SearchResult
from verifier.questions.ways import Way, allowed, ways_not_allowed
from verifier.questions.worlds import open_reason
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions
from verifier.review.documents import is_same, request_of, say_the_same, searched
from verifier.review.holding import OTHER_CASES, Holding, not_held
from verifier.review.reviewed import BoundaryChange, BoundaryFate, PrincipalChange
from verifier.sources.file_principals import INLINE, PolicyLink

_OTHER_TAGS = "its tags changed, and a condition of its documents is about tags of principals"
_TAGS_AND_MORE = "its tags changed, which may be read by what is not known"
_OTHER_NAME = "its name changed, and a condition of its documents is about names of principals"
_LEFT_OVER = (
    "it still names a policy that another resource gave it and no longer gives, as in a state that is not refreshed"
)
_OF_NAMES = ("aws:principalarn", "aws:username", "aws:userid")


def principal_change(name: str, before: Holding, after: Holding, ask: Ask) -> PrincipalChange | None:
    """Return how a principal differs, None where it has what it had. It is on one side at least."""
    present = after.principal or before.principal
    assert present is not None
    if before.principal and after.principal and _has_the_same(before, after):
        return None
    case = PathChange.NEW if before.principal is None else PathChange.GONE
    case = PathChange.CHANGED if before.principal and after.principal else case
    has_more = bool(before.elsewhere or after.elsewhere)
    begun = PrincipalChange(name, present.kind, case, assumes=_assumes(before, after), has_more=has_more)
    try:
        with deadline(4 * ask.seconds):
            return _change(begun, before, after, ask)
    except LimitReached as limit:
        return replace(begun, open=str(limit))


def _has_the_same(before: Holding, after: Holding) -> bool:
    assert before.principal is not None
    assert after.principal is not None
    if before.principal.open or after.principal.open:
        return is_alike_by_name(before, after)
    return (
        before.principal.given == after.principal.given
        and before.elsewhere == after.elsewhere
        and _same_boundary(before, after)
        and say_the_same(before.documents_here, after.documents_here)
        and _same_levels(before, after)
        and _other_keys(before, after) is None
        and not _names_left_over(before, after)
    )


def is_alike_by_name(before: Holding, after: Holding) -> bool:
    """Whether a principal is on both sides, has the same by name, and all of that is the same in the same cases."""
    one, other = before.principal, after.principal
    if one is None or other is None or one.given != other.given:
        return False
    if (one.policies, one.boundary, one.open) != (other.policies, other.boundary, other.open):
        return False
    links = (*one.policies, *([one.boundary] if one.boundary is not None else []))
    here = [link.selector for link in links if link.is_here]
    old, new = ({name: held.side.documents[name] for name in _variants(held, here)} for held in (before, after))
    return old.keys() == new.keys() and all(is_same(old[name], new[name]) for name in old)


def _variants(held: Holding, selectors: Sequence[str]) -> Iterable[str]:
    """Yield the documents with these selectors, under every condition."""
    wanted = {selector.partition("?")[0] for selector in selectors}
    return (name for name in held.side.documents if name.partition("?")[0] in wanted)


def _same_levels(before: Holding, after: Holding) -> bool:
    pairs = itertools.zip_longest(before.levels, after.levels, fillvalue=())
    return all(itertools.starmap(say_the_same, pairs))


def _same_boundary(before: Holding, after: Holding) -> bool:
    if before.boundary is None or after.boundary is None:
        return before.boundary is after.boundary
    if before.bound is None or after.bound is None:
        return before.bound is after.bound and before.boundary == after.boundary
    return is_same(before.bound, after.bound)


def _assumes(before: Holding, after: Holding) -> tuple[str, ...]:
    found = [text for held in (before, after) if held.principal for text in held.principal.assumes]
    for held in (before, after):
        found += [one.assumes for _, one in held.found if one is not None and one.assumes]
        if held.boundary is not None and held.bound is None:
            found.append(f"the boundary {held.boundary.name} takes nothing away: the files do not hold it")
    return tuple(dict.fromkeys(found))


def _change(begun: PrincipalChange, before: Holding, after: Holding, ask: Ask) -> PrincipalChange:
    begun = replace(begun, boundary=_boundary(before, after, ask))
    reason = _reason_open(before, after)
    if reason is not None:
        return replace(begun, open=reason)
    gained = searched(_gained(before, after), ask)
    undenied: SearchResult = Absent()
    if before.principal and after.elsewhere and not isinstance(gained, Found):
        undenied = searched(_gained(before, after, any_identity_policy()), ask)
    lost = searched(_gained(after, before), ask)
    if isinstance(gained, Found) and _newly_bounded(before, after):
        return replace(begun, open=not_held(_boundaries(after)), lost=request_of(lost))
    is_open = open_reason(((gained, "gained"), (undenied, "gained"))) or _new_elsewhere(before, after)
    found = isinstance(gained, Found) or isinstance(undenied, Found)
    return replace(
        begun,
        gained=request_of(gained),
        undenied=request_of(undenied),
        lost=request_of(lost),
        open=None if found else is_open,
        regions=_regions(before, after, ask) if isinstance(gained, Found) or isinstance(lost, Found) else None,
    )


def _gained(before: Holding, after: Holding, *more: Policy, apart: bool = False) -> tuple[Way, ...]:
    """Return the ways in which a request is allowed after and not before; nothing is, where there is no policy."""
    if not (after.policies or more):
        return ()
    claims = allowed(after.documents(*more))
    if not (before.policies or more):
        return (claims,)
    return ways_not_allowed(claims, before.documents(*more), apart=apart)


def _regions(before: Holding, after: Holding, ask: Ask) -> Regions:
    sides = [(Side.GAINED, way) for way in _gained(before, after, apart=True)]
    sides += [(Side.LOST, way) for way in _gained(after, before, apart=True)]
    return regions(sides, Budget.of(ask.seconds), ask.world)


def _reason_open(before: Holding, after: Holding) -> str | None:
    """Return why nothing can be said of what a principal gains, None where something can."""
    for held in (before, after):
        if held.principal is not None and (reason := held.principal.open or held.broken):
            return reason
    if (keys := _other_keys(before, after)) is not None:
        return keys
    if before.principal is None or after.principal is None:
        return None
    if _names_left_over(before, after):
        return _LEFT_OVER
    if before.principal.given != after.principal.given:
        return OTHER_CASES
    if other := before.elsewhere ^ after.elsewhere:
        return not_held(other)
    is_unknown = before.boundary is not None and before.bound is None
    return not_held(_boundaries(before)) if is_unknown and not _same_boundary(before, after) else None


def _names_left_over(before: Holding, after: Holding) -> bool:
    """Whether a principal names a policy itself after a change that another resource gave it before, and does not give
    any more.
    """
    if before.principal is None or after.principal is None:
        return False
    new = after.principal.own - before.principal.own
    was = {link.selector for link in new if f".{INLINE}[" in link.selector} & before.side.documents.keys()
    return bool(was or new.intersection(before.principal.policies))


def _other_keys(before: Holding, after: Holding) -> str | None:
    """Return that the tags or the name of a principal changed, where some condition may read them."""
    one, other = before.principal, after.principal
    if one is None or other is None or (one.tags, one.called) == (other.tags, other.called):
        return None
    bounds = [held.bound.policy for held in (before, after) if held.bound is not None and held.bound.policy is not None]
    known = (
        *before.policies,
        *after.policies,
        *bounds,
        *(one for held in (before, after) for one in _every(held.scps)),
    )
    texts = [policy.source.text.lower() for policy in known]
    if one.tags != other.tags:
        if any("aws:principaltag" in text for text in texts):
            return _OTHER_TAGS
        if not_here := {link for held in (before, after) for link in _not_here(held)}:
            return f"{_TAGS_AND_MORE}: {not_held(not_here)}"
    if one.kind != "group" and one.called != other.called and any(key in text for key in _OF_NAMES for text in texts):
        return _OTHER_NAME
    return None


def _not_here(held: Holding) -> Iterable[PolicyLink]:
    """Return what a principal has that the files do not hold, its boundary included."""
    return held.elsewhere if held.boundary is None or held.bound is not None else held.elsewhere | {held.boundary}


def _every(levels: Sequence[Sequence[Policy]]) -> Iterable[Policy]:
    return itertools.chain.from_iterable(levels)


def _newly_bounded(before: Holding, after: Holding) -> bool:
    """Whether a principal has a boundary that the files do not hold, and had another one, or none: what seems gained
    may be stopped by it.
    """
    is_unknown = after.boundary is not None and after.bound is None
    return before.principal is not None and is_unknown and not _same_boundary(before, after)


def _new_elsewhere(before: Holding, after: Holding) -> str | None:
    """Return what a new principal has that the files do not hold."""
    return not_held(after.elsewhere) if before.principal is None and after.elsewhere else None


def _boundaries(held: Holding) -> tuple[PolicyLink, ...]:
    return (held.boundary,) if held.boundary is not None else ()


def _boundary(before: Holding, after: Holding, ask: Ask) -> BoundaryChange | None:
    """Return what became of the boundary of a principal that is on both sides."""
    if before.principal is None or after.principal is None or _same_boundary(before, after):
        return None
    if before.boundary is None or after.boundary is None:
        fate = BoundaryFate.ATTACHED if before.boundary is None else BoundaryFate.DETACHED
        was, now = ("".join(link.name for link in _boundaries(held)) for held in (before, after))
        return BoundaryChange(fate, was, now)
    names = before.boundary.name, after.boundary.name
    fate = BoundaryFate.CHANGED if _is_one(before, after) else BoundaryFate.REPLACED
    old, new = (held.bound.policy if held.bound else None for held in (before, after))
    if old is None or new is None:
        unknown = [held for held in (before, after) if held.bound is None or held.bound.policy is None]
        return BoundaryChange(fate, *names, open=not_held(link for held in unknown for link in _boundaries(held)))
    found = searched(_looser(old, new), ask)
    return BoundaryChange(fate, *names, request_of(found), open_reason(((found, "let through"),)))


def _is_one(before: Holding, after: Holding) -> bool:
    """Whether both are one policy, which has changed, or was moved."""
    assert before.boundary is not None
    assert after.boundary is not None
    now = after.side.previous(after.boundary.selector or after.boundary.name)
    return now == (before.boundary.selector or before.boundary.name)


def _looser(old: Policy, new: Policy) -> Sequence[Way]:
    """Return the claims of a request that the new boundary lets through and the old one does not, and of one that only
    the old one denies: a resource policy may allow it past what a boundary does not say (rule 31).
    """
    one, other = Level((old,)), Level((new,))
    return (
        (Claim(other, Says.ALLOWS), Claim(one, Says.ALLOWS, holds=False)),
        (Claim(one, Says.DENIES), Claim(other, Says.DENIES, holds=False)),
    )
