"""The invariant of a delegation: what stays true whatever he and those whom he can act as do.

    Design          what is given: the administrator, the approved boundary, the maximum
    Invariant       what stays as it is
    candidates      the invariants that are tried, those that assume least first
    breaking        the requests of a move that break an invariant, as a shape
    widening        those that widen somebody whom he cannot act as
    sentences       the invariant in words

The invariant has three parts. Whoever he can act as is himself, or carries an approved boundary; the approved
boundaries say what they say now; and what is delegated by path belongs to such principals. Of himself either his own
policies stay as they are, or, where he carries a boundary himself, that boundary stays and he may have any policies.

A shape lists the requests that break the invariant; everything else of a move is harmless by it. So a move is kept if
no shape of it meets what somebody may do. A key that an action does not carry is absent from its requests, and its
resource is of the types that the catalogue lists for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, Protocol, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.audit.shapes import DeniedShape, literal
from verifier.clouds.aws.catalogue.actions import find_action, resource_types
from verifier.clouds.aws.delegation.moves import DelegationMove, Spared
from verifier.clouds.aws.delegation.unlisted_actions import LIKE
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.logic.actions import Effect
from verifier.strings.pattern import parse_pattern

BOUNDARY_KEY = "iam:PermissionsBoundary"
_DELEGATED = regex(r"arn:[^:]*:iam:[^:]*:[^:]*:(user|role|group|policy)/([^$]*)")
_VARIABLE = regex(r"\$\{[^}]*\}")
_WILD = regex(r"[*?]")
# A user's name has no slash, so no other user has such an ARN.
_SELF = ("arn:*:iam::*:user/${aws:username}", "arn:*:iam::*:user/*/${aws:username}")
_CREATE = {"user": "iam:CreateUser", "role": "iam:CreateRole", "group": "iam:CreateGroup", "policy": "iam:CreatePolicy"}


class HasKeysOfIam(Protocol):
    """What shapes are made for: how ARNs of IAM begin there, and the keys of IAM that documents read."""

    @property
    def iam(self) -> str: ...

    @property
    def read_keys(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, eq=False)
class Design:
    """A delegation that is not deployed: `boundary`, of the ARN `boundary_arn`, is what those whom he makes carry.

    `policies` are his own, `admin` is his ARN, `own_boundary` the one that he carries, with its ARN. The `maximum`
    bounds everybody; he himself may do what `own` allows too, where it is given.
    """

    policies: tuple[Policy, ...]
    boundary_arn: str
    boundary: Policy
    maximum: Policy
    admin: str | None = None
    own_boundary: tuple[str, Policy] | None = None
    own: Policy | None = None

    @property
    def boundaries(self) -> Mapping[str, Policy]:
        """Every boundary by its ARN."""
        own = {} if self.own_boundary is None else dict([self.own_boundary])
        return {**own, self.boundary_arn: self.boundary}

    @property
    def iam(self) -> str:
        """How an ARN of IAM begins in the account."""
        return f"{self.boundary_arn.partition(':policy/')[0]}:"

    @property
    def account(self) -> str:
        """The number of the account."""
        return self.boundary_arn.split(":")[4]

    @cached_property
    def admin_documents(self) -> Documents:
        """What decides what he may do."""
        boundary = None if self.own_boundary is None else self.own_boundary[1]
        return Documents(self.policies, boundary, scps=within_account(self.boundary_arn))

    def maxima(self, *, own: bool) -> tuple[Policy, ...]:
        """Return what one of has to allow a request: of those whom he makes, or of him himself if `own`."""
        return (self.own, self.maximum) if own and self.own is not None else (self.maximum,)

    def written(self) -> Iterator[Policy]:
        """Yield every document but the maxima."""
        yield from self.policies
        yield from self.boundaries.values()

    @cached_property
    def read_keys(self) -> tuple[str, ...]:
        """The keys of IAM that some document reads."""
        names = {key.folded: key.name for policy in self.written() for key in keys_of(policy)}
        return tuple(name for folded, name in sorted(names.items()) if folded.startswith("iam:"))


def within_account(arn: str) -> tuple[tuple[Policy, ...], ...]:
    """Return the fact that an action of IAM works within its account, that of `arn`, as a level that must allow."""
    return _within(arn.split(":")[4])


@cache
def _within(account: str) -> tuple[tuple[Policy, ...], ...]:
    statements = [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:*", "Resource": f"arn:*:iam::{account}:*"},
        {"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:*"},
        # AWS's own policies and templates belong to no account.
        {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:*:iam::aws:*"},
    ]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return ((parse_source(Source("what IAM works on", text, stand_in=True)),),)


@dataclass(frozen=True)
class Invariant:
    """`approved` are ARNs of boundaries, `delegated` globs by resource type.

    `own_policies_stay`: what he may do himself is what his own policies say now; else he carries an approved boundary.
    """

    approved: tuple[str, ...]
    delegated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_policies_stay: bool = True

    def without(self, kind: str, glob: str) -> Invariant:
        """Return the invariant that says nothing of `glob`."""
        kept = tuple(each for each in self.delegated[kind] if each != glob)
        return Invariant(self.approved, {**self.delegated, kind: kept}, self.own_policies_stay)


def candidates(design: Design) -> Iterator[Invariant]:
    """Yield the invariants that are tried: his own policies stay; or his boundary does, if he has one."""
    delegated = {kind: tuple(_globs(design, kind)) for kind in _CREATE}
    yield Invariant((design.boundary_arn,), delegated)
    if design.own_boundary is not None:
        yield Invariant(tuple(design.boundaries), delegated, own_policies_stay=False)


def _globs(design: Design, kind: str) -> Iterator[str]:
    """Yield the globs in which the documents let somebody create a `kind`, and that begin with more than its type."""
    seen = set()
    for policy in design.written():
        for statement in policy.by_effect[Effect.ALLOW]:
            resources, actions = statement.resources, statement.actions
            if resources is None or resources.negated or actions is None or actions.negated:
                continue
            service, name = _CREATE[kind].lower().split(":")
            if not any(entry.pattern is not None and entry.pattern.meets(service, name) for entry in actions.entries):
                continue
            for entry in resources.entries:
                if entry.unknown is None and _is_path(entry.text, kind, design) and entry.text not in seen:
                    seen.add(entry.text)
                    yield entry.text


def _is_path(text: str, kind: str, design: Design) -> bool:
    """Whether `text` names a path or a beginning of names, and not who or what has to stay as it is."""
    found = _DELEGATED.fullmatch(text)
    if found is None or found[1] != kind or not _WILD.search(found[2]) or not _WILD.split(found[2])[0]:
        return False
    kept = [*design.boundaries, *([design.admin] if design.admin else [])]
    return not any(parse_pattern(text).matches(one) for one in kept)


def breaking(move: DelegationMove, invariant: Invariant, design: Design) -> DeniedShape | None:
    """Return the shape of the requests of `move` that break `invariant`; None where none does.

    Whether `GRANTABLE` requests are spared is not the invariant's to say: all of them are in the shape.
    """
    if move.own_policies and not invariant.own_policies_stay:
        return None
    if move.own_policies and design.admin is not None and move.kind in ("user", "role"):
        his = move.kind == principal_kind(design.admin)
        return shape_of(move.actions, design, only=[literal(design.admin)]) if his else None
    return _outside(move, invariant, design)


def widening(move: DelegationMove, invariant: Invariant, design: Design) -> DeniedShape | None:
    """Return the requests of `move` that change what somebody may do whom he cannot act as; None where none does."""
    if not move.own_policies or move.kind not in ("user", "role"):
        return None
    return _outside(move, invariant, design)


def _outside(move: DelegationMove, invariant: Invariant, design: Design) -> DeniedShape | None:
    paths = spared_paths(move, invariant, design)
    foreign = {"StringNotEquals": {BOUNDARY_KEY: list(invariant.approved)}}
    match move.spared:
        case Spared.EVERY:
            return None
        case Spared.NONE | Spared.GRANTABLE:
            return shape_of(move.actions, design)
        case Spared.BOUNDED:
            return shape_of(move.actions, design, conditions=foreign)
        case Spared.BOUNDED_OR_DELEGATED:
            return shape_of(move.actions, design, spare=paths, conditions=foreign)
        case Spared.DELEGATED:
            return shape_of(move.actions, design, spare=paths)
        case Spared.DELEGATED_OR_SELF:
            return shape_of(move.actions, design, spare=[*paths, *_SELF])
        case Spared.UNPROTECTED:
            return shape_of(move.actions, design, only=list(design.boundaries))
        case other:
            assert_never(other)


def spared_paths(move: DelegationMove, invariant: Invariant, design: Design) -> list[str]:
    """Return the delegated paths in which requests of `move` leave `invariant` as it is."""
    paths = list(invariant.delegated.get(move.kind, ()))
    return [own for path in paths for own in _of_account(path, design.account)] if move.service == "sts" else paths


def _of_account(path: str, account: str) -> Iterator[str]:
    """Yield what of `path` is in the account: roles may be assumed that are elsewhere, and those are not delegated."""
    parts = path.split(":", 5)
    if parse_pattern(parts[4]).matches(account):
        yield ":".join((*parts[:4], account, parts[5]))


def shape_of(
    actions: Sequence[str],
    design: HasKeysOfIam,
    *,
    spare: Sequence[str] = (),
    only: Sequence[str] = (),
    conditions: Mapping[str, Any] | None = None,
) -> DeniedShape:
    """Return the requests for `actions` on what is not `spare`, or `only` on some resources, that meet `conditions`."""
    found: dict[str, Any] = {"Effect": "Deny", "Action": list(actions)}
    forms, others = _forms(actions[0], design.iam)
    if only:
        found["Resource"] = list(only)
    elif spare or "*" in forms:
        found |= {"NotResource": [*spare, *others]} if spare or others else {"Resource": "*"}
    else:
        found["Resource"] = list(forms)
    every = {**(conditions or {}), **not_carried(actions[0], design.read_keys)}
    return found | ({"Condition": every} if every else {})


@cache
def _forms(action: str, account: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the resource of an action looks like, and what it never is: of another type of IAM.

    `account` is how an ARN of IAM begins there. An action of IAM works within its account.
    """
    known = find_action(action)
    if known is None:
        # Nothing tells what it works on besides.
        return ("*",), _forms(LIKE[action], account)[1] if action in LIKE else _unless_of_iam(action, account)
    if not known.resource_types:
        return ("*",), (f"{account}*",)
    used = {use.name for use in known.resource_types}
    if known.service == "iam":
        own: list[str] = []
        others: list[str] = []
        for kind in resource_types("iam"):
            patterns = [account + _VARIABLE.sub("*", arn.split(":", 5)[5]) for arn in kind.arns]
            (own if kind.name in used else others).extend(patterns)
        return (tuple(own), tuple(others)) if own else (("*",), ())
    arns = [arn for kind in resource_types(known.service) if kind.name in used for arn in kind.arns]
    if known.service == "sts" or any(arn.split(":")[2] == "iam" for arn in arns):
        return ("*",), ()
    return ("*",), (f"{account}*",)


def _unless_of_iam(action: str, account: str) -> tuple[str, ...]:
    """Return the pattern of resources of IAM, unless an action of the service of `action` may work on one."""
    arns = [arn for kind in resource_types(action.partition(":")[0]) for arn in kind.arns]
    return () if not arns or any(arn.split(":")[2] == "iam" for arn in arns) else (f"{account}*",)


def not_carried(action: str, keys: Sequence[str]) -> dict[str, Any]:
    """Return the condition that those of `keys`, keys of IAM, that `action` does not carry are absent."""
    known = find_action(action)
    if known is None:
        return {}
    carried = {name.lower() for name in known.condition_keys}
    used = {use.name for use in known.resource_types}
    for kind in resource_types(known.service):
        if kind.name in used:
            carried |= {name.lower() for name in kind.condition_keys}
    absent = [key for key in keys if not _is_one_of(key.lower(), carried)]
    return {"Null": dict.fromkeys(absent, "true")} if absent else {}


def _is_one_of(key: str, carried: set[str]) -> bool:
    """Whether `key` is carried; a key with a tag in its name is, where the template is."""
    return key in carried or any(key.startswith(name.partition("${")[0]) for name in carried if "${" in name)


def carriers(invariant: Invariant, design: Design) -> Iterator[tuple[str, Documents]]:
    """Yield whom he can act as, in words, each with the documents that bound what they may do.

    Who carries an approved boundary may come to have any identity policy.
    """
    for arn in invariant.approved:
        limits = within_account(arn)
        yield f"whoever carries {arn}", Documents((any_identity_policy(),), design.boundaries[arn], scps=limits)
    if invariant.own_policies_stay:
        yield "the administrator", design.admin_documents


def principal_kind(arn: str) -> str:
    """Return `user` or `role`, whichever the ARN is of."""
    return arn.split(":", 5)[5].partition("/")[0]


def sentences(invariant: Invariant) -> Iterator[str]:
    """Yield the invariant in words."""
    approved = " or ".join(invariant.approved)
    own = "is himself, or " if invariant.own_policies_stay else ""
    yield f"every principal that he can act as {own}carries {approved} as its boundary"
    for arn in invariant.approved:
        yield f"the policy {arn} says what it says now"
    if invariant.own_policies_stay:
        yield "his own policies and groups stay as they are"
    for kind, globs in invariant.delegated.items():
        for glob in globs:
            yield _DELEGATED_WORDS[kind].format(glob=glob, approved=approved)


_DELEGATED_WORDS = {
    "user": "every user in {glob} carries {approved}",
    "role": "every role in {glob} carries {approved}",
    "group": "he is not a member of a group in {glob}",
    "policy": "no policy in {glob} is attached to him or is a boundary",
}
