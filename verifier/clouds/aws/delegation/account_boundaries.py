"""The moves that make somebody or change a boundary, in an account.

    making, bounding_somebody, unbounding    the shapes of the moves
    retrusting_rebound                       those that make roles trust others once they have another boundary

A boundary that a request names may be one of the account, one of AWS's, or one that he would have to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from verifier.clouds.aws.audit.shapes import DeniedShape, literal
from verifier.clouds.aws.delegation.account_scene import AccountScene, AccountShape, Less, actor_kind
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY
from verifier.clouds.aws.delegation.moves import DelegationMove
from verifier.clouds.aws.delegation.state import Actor
from verifier.clouds.aws.delegation.step_requests import StepConditions
from verifier.logic.request import Request
from verifier.strings.values import Key

_BOUNDARY = Key.of(BOUNDARY_KEY)


def making(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield the requests that make somebody with another boundary than those that are approved."""
    resource = [f"{scene.facts.iam}{actor_kind(move)}/*"]
    for conditions, less in _foreign(scene, scene.invariant.approved):
        shape = {**scene.on(move.actions[0], (), conditions), "Resource": resource}
        yield AccountShape(shape, _approving(less))


def _approving(less: Callable[[Request], Iterable[str | None] | None]) -> Callable[[Request], Less | None]:
    def found(request: Request) -> Less | None:
        boundaries = less(request)
        return None if boundaries is None else [("approved", boundaries)]

    return found


def _foreign(
    scene: AccountScene, known: frozenset[str | None]
) -> Iterator[tuple[StepConditions, Callable[[Request], Iterable[str | None] | None]]]:
    """Yield conditions that the boundary named in a request is not one of `known`, with what it then is.

    It is none, one of the account, one of AWS's, or one that he would have to make, or that a dump leaves out: it does
    so with one that nobody carries but as a boundary.
    """
    if None not in known:
        yield {"Null": {BOUNDARY_KEY: "true"}}, lambda _: [None]
    there = [arn for arn in scene.facts.start.policies if arn not in known]
    if there:
        yield {"StringEquals": {BOUNDARY_KEY: there}}, _named
    own = sorted(str(arn) for arn in known if arn)
    besides = {"StringNotEquals": {BOUNDARY_KEY: [*there, *own]}} if there or own else {}
    yield {"StringLike": {BOUNDARY_KEY: "arn:*:iam::aws:policy/*"}, **besides}, lambda _: None
    made = {"StringLike": {BOUNDARY_KEY: f"{scene.facts.iam}policy/*"}}
    yield {**made, **besides}, lambda _: None


def _named(request: Request) -> Iterable[str | None] | None:
    value = request.context.get(_BOUNDARY)
    return [value] if isinstance(value, str) else None


def bounding_somebody(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield the requests that set another boundary of one whom he can act as."""
    kind = actor_kind(move)
    yield from _rebinding(move, scene)
    for actor in scene.facts.actors(scene.invariant.acting, kind):
        bounds = scene.invariant.bounds_of(actor)
        if None in bounds and len(bounds) > 1:
            continue  # it may be any by now
        for conditions, less in _foreign(scene, bounds | {None}):
            shape = scene.on(move.actions[0], [actor.arn], conditions)
            yield AccountShape(shape, _tied_by_any(actor.arn, scene) if None in bounds else _bounded(actor.arn, less))
    if scene.invariant.approved and None not in scene.invariant.approved:
        for conditions, less in _foreign(scene, scene.invariant.approved | {None}):
            yield from _of_made(move, scene, conditions, _approving(less))


def _rebinding(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield the requests that set another boundary of a role whom he cannot act as, as far as that matters.

    Of what makes him somebody else, only a change of a trust policy sees the boundary.
    """
    for known, arns in _by_boundaries(move, scene).items():
        alike = scene.alike(arns)
        for conditions, less in _foreign(scene, known | {None}):
            yield AccountShape(scene.on(move.actions[0], alike, conditions), _rebound(alike, less))


def _by_boundaries(move: DelegationMove, scene: AccountScene) -> dict[frozenset[str | None], list[str]]:
    found: dict[frozenset[str | None], list[str]] = {}
    if actor_kind(move) == "role" and scene.may("iam:UpdateAssumeRolePolicy"):
        for role in scene.facts.others("role", scene.invariant):
            known = scene.invariant.rebounds_of(role) | {role.boundary}
            found.setdefault(known, []).append(role.arn)
    return found


def _rebound(
    alike: Mapping[str, list[str]], less: Callable[[Request], Iterable[str | None] | None]
) -> Callable[[Request], Less]:
    def found(request: Request) -> Less:
        """One that nobody knows is as good as any: he acts as the role with its own, too."""
        arns, boundaries = alike[request.resource], less(request)
        if boundaries is None:
            return [("kept", arns)]
        return [("rebound", [(arn, boundary) for arn in arns for boundary in boundaries])]

    return found


def retrusting_rebound(move: DelegationMove, scene: AccountScene, others: Iterable[Actor]) -> Iterator[AccountShape]:
    """Yield the requests that make roles trust others, once they have another boundary."""
    by_boundary: dict[str | None, list[str]] = {}
    for role in others:
        for boundary in scene.invariant.rebounds_of(role):
            by_boundary.setdefault(boundary, []).append(role.arn)
    for boundary, arns in by_boundary.items():
        alike = scene.alike(arns)
        tied = {"Null": {BOUNDARY_KEY: "true"}} if boundary is None else {"StringEquals": {BOUNDARY_KEY: boundary}}
        yield AccountShape(scene.on(move.actions[0], alike, tied), _acting_with(boundary, alike))


def _acting_with(boundary: str | None, alike: Mapping[str, list[str]]) -> Callable[[Request], Less]:
    def found(request: Request) -> Less:
        arns = alike[request.resource]
        return [("acting", arns), ("bounds", [(arn, boundary) for arn in arns])]

    return found


def _bounded(arn: str, less: Callable[[Request], Iterable[str | None] | None]) -> Callable[[Request], Less | None]:
    def found(request: Request) -> Less | None:
        boundaries = less(request)
        return None if boundaries is None else [("bounds", [(arn, boundary) for boundary in boundaries])]

    return found


def _tied_by_any(arn: str, scene: AccountScene) -> Callable[[Request], Less | None]:
    """Any boundary narrows what has none; but requests about it carry one then, and one of the account stands for all:
    of who may have none or that one, nothing is taken to be known (`AccountScene.about`).
    """
    some = next(iter(sorted(scene.facts.start.policies)), None)
    return lambda _: None if some is None else [("bounds", [(arn, some)])]


def _on_made(move: DelegationMove, scene: AccountScene, conditions: StepConditions) -> DeniedShape:
    """Return the requests about somebody who is made: of the type, and not one of those who are there."""
    kind = actor_kind(move)
    every = (one for one in scene.facts.start.actors.values() if one.kind == kind)
    there = [literal(one.arn) for one in every if one.arn not in scene.invariant.gone]
    known = dict(scene.on(move.actions[0], (), conditions))
    others = [f"{scene.facts.iam}{other}/*" for other in IAM_TYPES if other != kind]
    del known["Resource"]
    return {**known, "NotResource": [*there, *others, "*:aws:policy/*"]}


def _of_made(
    move: DelegationMove, scene: AccountScene, conditions: StepConditions, less: Callable[[Request], Less | None]
) -> Iterator[AccountShape]:
    """Yield the requests about somebody who is made, which need one about where somebody may be made; where nobody may
    make anybody there are none.
    """
    made = list(scene.made(actor_kind(move)))
    if made:
        there = {**scene.on(move.actions[0], (), conditions), "Resource": made}
        yield AccountShape(_on_made(move, scene, conditions), less, there)


IAM_TYPES = ("user", "role", "group", "policy", "instance-profile", "mfa", "oidc-provider", "saml-provider")


def unbounding(move: DelegationMove, scene: AccountScene) -> Iterator[AccountShape]:
    """Yield the requests that remove the boundary of one whom he can act as."""
    for known, arns in _by_boundaries(move, scene).items():
        if None not in known:
            alike = scene.alike(arns)
            carried_ = {"StringEquals": {BOUNDARY_KEY: sorted(str(one) for one in known)}}
            yield AccountShape(scene.on(move.actions[0], alike, carried_), _rebound(alike, lambda _: [None]))
    kind = actor_kind(move)
    bounded = [
        one for one in scene.facts.actors(scene.invariant.acting, kind) if None not in scene.invariant.bounds_of(one)
    ]
    for conditions, arns in scene.about(bounded):
        alike = scene.alike(arns)
        shape = scene.on(move.actions[0], alike, conditions)
        yield AccountShape(shape, _unbounded(alike))
    if scene.invariant.approved and None not in scene.invariant.approved:
        carried_ = {"StringEquals": {BOUNDARY_KEY: sorted(str(one) for one in scene.invariant.approved)}}
        yield from _of_made(move, scene, carried_, lambda _: [("approved", [None])])


def _unbounded(alike: Mapping[str, list[str]]) -> Callable[[Request], Less]:
    return lambda request: [("bounds", [(arn, None) for arn in alike[request.resource]])]
