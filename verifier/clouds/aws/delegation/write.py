"""`delegate --write`: the documents of a delegation for given services, proved before anybody sees them.

    write_delegation(wanted, ask)    -> WrittenDelegation, or NothingWritten with the reason
    WantedDelegation                 what is asked for

The documents have the form of AWS's guide (IAM User Guide, *Permissions boundaries for IAM entities*): whoever is made
or changed has to carry the boundary, lies in one path, and the boundary itself is out of reach. What of a service would
let somebody act as a role that is not delegated is denied (`service_ways.py`), and named in the answer. Three proofs
are made of the documents: nobody can climb out, the boundary allows all else of the services, and the administrator can
do his work in the path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.catalogue.actions import services
from verifier.clouds.aws.delegation.delegate import check_design, delegate
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY, Design
from verifier.clouds.aws.delegation.moves import MOVES, DelegationMove, Spared, granting_moves
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, taking_over_in
from verifier.clouds.aws.delegation.split_policies import AttachLimitReached, split_policies
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import MANAGED, characters, one_or_list
from verifier.delegations.answer import DelegationProved, not_proved
from verifier.delegations.written import (
    DelegationDocuments,
    DelegationWriting,
    LeftOut,
    NothingWritten,
    WrittenDelegation,
)
from verifier.questions.ask import Ask
from verifier.questions.needs import prove_needs
from verifier.questions.question import NeedsQuestion
from verifier.questions.verdict import Granted, Missing

_PATH = regex(r"/([\w+=,.@-]+/)+", re.ASCII)
_MOST_OF_PATH = 512
_WITH_BOUNDARY = (
    "AttachRolePolicy AttachUserPolicy CreateRole CreateUser DeleteRolePolicy DeleteUserPolicy DetachRolePolicy "
    "DetachUserPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy "
    "UpdateAssumeRolePolicy"
)
_USERS = (
    "CreateAccessKey CreateLoginProfile DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteUser "
    "EnableMFADevice ResyncMFADevice TagUser UntagUser UpdateAccessKey UpdateLoginProfile"
)
_ROLES = "DeleteRole TagRole UntagRole UpdateRole UpdateRoleDescription"
_POLICIES = (
    "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion TagPolicy UntagPolicy"
)
_PROFILES = (
    "AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile RemoveRoleFromInstanceProfile "
    "TagInstanceProfile UntagInstanceProfile"
)
_REWRITING = "CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion"
_NEVER_DELEGATED = {
    "iam": "it is what is delegated: give the services that the team uses",
    "sts": "roles are assumed by their trust policies; give the services that the team uses",
}
_RUNS_AS = "it would let them act as whatever role something already runs as"
_PASSED = frozenset(action for way in PASSING for action in way.actions)
_GRANTS = "it would let a resource grant what is outside the maximum"


@dataclass(frozen=True)
class WantedDelegation:
    """All of `services` for whom he makes, in `path`, with the boundary of `boundary_arn`; `own` are his services."""

    services: tuple[str, ...]
    path: str
    boundary_arn: str
    own: tuple[str, ...] = ()

    def arns(self, kind: str) -> str:
        """Return the pattern of ARNs of a kind, such as `user`, in the path."""
        return f"{self.boundary_arn.partition(':policy/')[0]}:{kind}{self.path}*"


def write_delegation(wanted: WantedDelegation, ask: Ask) -> DelegationWriting:
    """Return documents that are proved, or why there are none. Raises UsageError for what cannot be asked for."""
    wanted = _checked(wanted)
    boundary, maximum = _document(_of_boundary(wanted)), _document(_of_maximum(wanted))
    if (size := characters(json.dumps(boundary))) > MANAGED:
        return NothingWritten(f"the boundary has {size:,} characters, more than the {MANAGED:,} of a managed policy")
    try:
        policies = tuple(map(_document, split_policies(list(_of_administrator(wanted)))))
    except AttachLimitReached as why:
        return NothingWritten(str(why))
    documents = DelegationDocuments(policies, boundary, maximum)
    design = design_of(documents, wanted.boundary_arn)
    check_design(design)
    proof = delegate(design, ask)
    if not isinstance(proof, DelegationProved):
        return NothingWritten(f"the documents that were tried are not proved: {not_proved(proof)}")
    missing = _missing(wanted, design, ask)
    return (
        NothingWritten(missing)
        if missing
        else WrittenDelegation(wanted.boundary_arn, documents, tuple(_left_out(wanted)), proof)
    )


def design_of(documents: DelegationDocuments, boundary_arn: str) -> Design:
    """Return the design of written documents: he himself may do what his policies say."""
    policies = tuple(_read(name, document) for name, document in documents.files())
    own = _read("his own policies", {**documents.policies[0], "Statement": _statements(documents.policies)})
    return Design(policies[:-2], boundary_arn, policies[-2], policies[-1], own=own)


def _statements(policies: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [statement for policy in policies for statement in policy["Statement"]]


def _checked(wanted: WantedDelegation) -> WantedDelegation:
    if not _PATH.fullmatch(wanted.path) or len(wanted.path) > _MOST_OF_PATH:
        help = "write it as in `/jack/`: it begins and ends with `/`, and has no wildcards"
        raise UsageError(f"{quote(wanted.path)} is not a path of its own for users, roles and policies", help=help)
    if wanted.boundary_arn.startswith(wanted.arns("policy")[:-1]):
        help = "name a boundary outside the path: in the path he makes policies"
        raise UsageError(f"the boundary {quote(wanted.boundary_arn)} is in the path", help=help)
    chosen = tuple(_service(name) for name in dict.fromkeys(map(str.lower, wanted.services)))
    own = tuple(_service(name) for name in dict.fromkeys(map(str.lower, wanted.own)))
    if not chosen:
        raise UsageError("no service given", help="name at least one, as in `--services s3,dynamodb`")
    return WantedDelegation(chosen, wanted.path, wanted.boundary_arn, tuple(name for name in own if name not in chosen))


def _service(name: str) -> str:
    if name not in services():
        raise UsageError(f"{quote(name)} is not a service", help="name the part before the colon of an action")
    if name in _NEVER_DELEGATED:
        raise UsageError(f"{quote(name)} cannot be delegated as a service", help=_NEVER_DELEGATED[name])
    whole = next((move for move in MOVES if f"{name}:*" in move.actions), None)
    if whole is not None:
        raise UsageError(f"{quote(name)} cannot be delegated: {whole.why}", help="leave it out")
    return name


def _of_boundary(wanted: WantedDelegation) -> Iterator[dict[str, Any]]:
    yield _allow("Services", (f"{name}:*" for name in wanted.services), "*")
    yield from _passing(wanted, wanted.services)
    yield from _denied(wanted, wanted.services)


def _of_maximum(wanted: WantedDelegation) -> Iterator[dict[str, Any]]:
    yield _allow("Services", (f"{name}:*" for name in wanted.services), "*")
    yield from _passing(wanted, wanted.services)


def _of_administrator(wanted: WantedDelegation) -> Iterator[dict[str, Any]]:
    users, roles, every = wanted.arns("user"), wanted.arns("role"), (*wanted.services, *wanted.own)
    with_boundary = {"StringEquals": {BOUNDARY_KEY: wanted.boundary_arn}}
    yield _allow("CreateOrChangeOnlyWithBoundary", _iam(_WITH_BOUNDARY), [users, roles], with_boundary)
    yield _allow("UsersInThePath", _iam(_USERS), users)
    yield _allow("RolesInThePath", _iam(_ROLES), roles)
    yield _allow("PoliciesInThePath", _iam(_POLICIES), wanted.arns("policy"))
    yield from _passing(wanted, every)
    if "ec2.amazonaws.com" in _served(every):
        yield _allow("InstanceProfilesInThePath", _iam(_PROFILES), wanted.arns("instance-profile"))
    yield _allow("LookAround", ["iam:Get*", "iam:List*"], "*")
    if wanted.own:
        yield _allow("OwnServices", (f"{name}:*" for name in wanted.own), "*")
    yield from _denied(wanted, wanted.own)
    yield _deny("NoBoundaryPolicyEdit", _iam(_REWRITING), wanted.boundary_arn)
    yield _deny("NoBoundaryDelete", _iam("DeleteRolePermissionsBoundary DeleteUserPermissionsBoundary"), "*")


def _passing(wanted: WantedDelegation, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    if served := _served(names):
        condition = {"StringEquals": {"iam:PassedToService": list(served)}}
        yield _allow("PassRolesInThePath", ["iam:PassRole"], wanted.arns("role"), condition)


def _served(names: Sequence[str]) -> tuple[str, ...]:
    """Return the principals of `names`, services, that are handed roles."""
    of = [way.service for way in PASSING if way.service and way.actions[0].partition(":")[0] in names]
    return tuple(sorted(set(of)))


def _denied(wanted: WantedDelegation, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    if left := [action for one in _left_out_of(wanted, names) for action in one.actions]:
        yield _deny("NotAsSomebodyElse", left, "*")


def _left_out(wanted: WantedDelegation) -> Iterator[LeftOut]:
    yield from _left_out_of(wanted, (*wanted.services, *wanted.own))


def _left_out_of(wanted: WantedDelegation, names: Sequence[str]) -> Iterator[LeftOut]:
    """Yield what is denied of `names`, services; those that he delegates are within the maximum as a whole."""
    taken = sorted({way.actions[0] for way in TAKING_OVER if way.actions[0].partition(":")[0] in names})
    starting = [action for action in taken if action.partition(":")[0] in _narrow(names, taken) and action in _PASSED]
    if starting:
        yield LeftOut(tuple(starting), f"nothing can be started there without it, and {_RUNS_AS}")
    if others := [action for action in taken if action not in starting]:
        yield LeftOut(tuple(others), _RUNS_AS)
    for move in MOVES:
        if move.spared is not Spared.EVERY and move.service in names:
            yield LeftOut(move.actions, move.why)
    granted = [move for move in granting_moves() if move.service in names and not _grants_nothing(move, wanted)]
    if grants := [action for move in granted for action in move.actions]:
        yield LeftOut(tuple(grants), _GRANTS)


def _narrow(names: Sequence[str], taken: Sequence[str]) -> frozenset[str]:
    """Return those of `names`, services, that are handed roles in ways that all need something of `taken`."""
    handed = [way.actions for way in PASSING if way.actions[0].partition(":")[0] in names]
    free = {actions[0].partition(":")[0] for actions in handed if not set(actions).intersection(taken)}
    return frozenset(actions[0].partition(":")[0] for actions in handed) - free


def _grants_nothing(move: DelegationMove, wanted: WantedDelegation) -> bool:
    """Whether a resource of the service lets nobody beyond the maximum, nor take over what runs as a role."""
    return not any(taking_over_in(move.granted)) and all(name in wanted.services for name in move.granted)


def _missing(wanted: WantedDelegation, design: Design, ask: Ask) -> str | None:
    """Return what of the services, or of his work, the documents do not allow; None where they allow all of it."""
    needed = list(_of_maximum(wanted))
    if left := [action for one in _left_out_of(wanted, wanted.services) for action in one.actions]:
        needed.append(_deny("LeftOut", left, "*"))
    theirs = Documents((any_identity_policy(),), design.boundary)
    his = Documents(design.policies)
    for who, documents, statements in (("they", theirs, needed), ("he", his, list(_work(wanted)))):
        found = prove_needs(NeedsQuestion(documents, _read("what is needed", _document(statements))), ask)
        if isinstance(found, Missing):
            return f"{who} could not make the request {found.request.action} on {found.request.resource}"
        if not isinstance(found, Granted) or found.vacuous:
            return f"it is not decided whether {who} can do what is needed"
    return None


def _work(wanted: WantedDelegation) -> Iterator[dict[str, Any]]:
    """Yield what an administrator of a path has to be able to do."""
    with_boundary = {"StringEquals": {BOUNDARY_KEY: wanted.boundary_arn}}
    for kind in ("User", "Role"):
        made = f"Create{kind} Put{kind}Policy Attach{kind}Policy Detach{kind}Policy Put{kind}PermissionsBoundary"
        yield _allow(f"Made{kind}", _iam(made), wanted.arns(kind.lower()), with_boundary)
        yield _allow(f"Gone{kind}", _iam(f"Delete{kind}"), wanted.arns(kind.lower()))
    yield _allow("Keys", _iam("CreateAccessKey DeleteAccessKey CreateLoginProfile"), wanted.arns("user"))
    yield _allow("Policies", _iam("CreatePolicy CreatePolicyVersion DeletePolicy"), wanted.arns("policy"))


def _iam(names: str) -> list[str]:
    return [f"iam:{name}" for name in names.split()]


def _allow(sid: str, actions: Iterable[str], resource: str | list[str], condition: Any = None) -> dict[str, Any]:
    found = {"Sid": sid, "Effect": "Allow", "Action": one_or_list(list(actions)), "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


def _deny(sid: str, actions: Sequence[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": one_or_list(list(actions)), "Resource": resource}


def _document(statements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _read(name: str, document: Mapping[str, Any]) -> Policy:
    return parse_source(Source(name, json.dumps(document), stand_in=True))
