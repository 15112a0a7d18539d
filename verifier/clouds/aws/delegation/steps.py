"""The steps that he can take in a state: each a move with its request, found by the prover and replayed.

    StepFinder.next    the ways on from a state: steps, and the state after them

A step is looked for with the values that the state ties: the boundary that its target has, or the one that is given.
What the request has to hold besides, such as MFA, the prover chooses. A request that AWS could not make is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.audit.shapes import denial, literal
from verifier.clouds.aws.catalogue.actions import find_action
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY, not_carried
from verifier.clouds.aws.delegation.proof import allows_some, is_certain
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, ServiceWay
from verifier.clouds.aws.delegation.state import WIDEST_DOCUMENT, Actor, DelegationState, documents_in, trust_document
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.delegations.answer import DelegationStep
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.verdict import Escapes
from verifier.questions.worlds import show

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
_NO_BOUNDARY = {"Null": {BOUNDARY_KEY: "true"}}


@dataclass(frozen=True)
class Onward:
    """Steps that are taken together, and the state after them."""

    steps: tuple[DelegationStep, ...]
    state: DelegationState


class StepFinder:
    """Finds the steps of a design; what was asked once is remembered."""

    def __init__(self, account: str, keys: Sequence[str], pool: Sequence[str], ask: Ask) -> None:
        """`keys` are those of IAM that documents read, `pool` ARNs of policies that may be made."""
        self._account, self._keys, self._pool, self._ask = account, keys, pool, ask
        self._known: dict[object, Request | None] = {}

    def next(self, state: DelegationState) -> Iterator[Onward]:
        """Yield every way on from `state`."""
        for who in state.acting:
            mine = documents_in(state, who)
            if mine is None:
                continue
            yield from self._becoming(state, who, mine)
            yield from self._widening(state, who, mine)
            yield from self._bounding(state, who, mine)
            yield from self._writing(state, who, mine)
            yield from self._creating(state, who, mine)
            yield from self._grouping(state, who, mine)
            yield from self._through_services(state, who, mine)

    def request(
        self, mine: Documents, action: str, resource: str = "*", conditions: Mapping[str, Any] | None = None
    ) -> Request | None:
        """Return a request of `mine` for `action` on what `resource` matches; None where none was found."""
        absent = not_carried(action, self._keys).get("Null", {})
        every: dict[str, Any] = dict(conditions or {})
        if absent:
            every["Null"] = absent | every.get("Null", {})
        shape = denial([action], [resource], **every)
        key = (mine, repr(shape))
        if key not in self._known:
            found = allows_some(mine, [shape], self._ask, show)
            self._known[key] = found.request if isinstance(found, Escapes) and is_certain(found) else None
        return self._known[key]

    def _becoming(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Credentials of users; roles, where their trust policy lets him, or after it is changed."""
        for actor in state.actors.values():
            if actor.arn in state.acting:
                continue
            if actor.kind == "user":
                for action in ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"):
                    if found := self.request(mine, action, literal(actor.arn)):
                        yield _one(
                            who,
                            found,
                            {"UserName": actor.name},
                            f"he can act as {actor.arn}",
                            state.becoming(actor.arn),
                        )
                        break
                continue
            with_trust = documents_in(state, who, actor) if actor.trusts else None
            if with_trust and (found := self.request(with_trust, "sts:AssumeRole", literal(actor.arn))):
                parameters = {"RoleArn": actor.arn, "RoleSessionName": "session"}
                yield _one(who, found, parameters, f"he can act as {actor.arn}", state.becoming(actor.arn))
            elif who not in actor.trusts:
                changed = replace(actor, trusts=(*actor.trusts, who))
                if found := self.request(mine, "iam:UpdateAssumeRolePolicy", literal(actor.arn), _has(actor.boundary)):
                    written = {"RoleName": actor.name, "PolicyDocument": trust_document(changed.trusts)}
                    yield _one(who, found, written, f"{actor.arn} trusts {who}", state.with_actor(changed))

    def _widening(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Other policies for a user or role."""
        for actor in state.actors.values():
            if any_identity_policy() in actor.policies or ADMINISTRATOR_ACCESS in actor.attached:
                continue
            title, name = actor.kind.capitalize(), f"{actor.kind.capitalize()}Name"
            if found := self.request(mine, f"iam:Put{title}Policy", literal(actor.arn), _has(actor.boundary)):
                wider = replace(actor, policies=(*actor.policies, any_identity_policy()))
                parameters = {name: actor.name, "PolicyName": "everything", "PolicyDocument": WIDEST_DOCUMENT}
                yield _one(who, found, parameters, f"{actor.arn} has another policy", state.with_actor(wider))
                continue
            if found := self._attaches(mine, f"iam:Attach{title}Policy", actor.arn, _has(actor.boundary)):
                wider = replace(actor, policies=(*actor.policies, any_identity_policy()))
                parameters = {name: actor.name, "PolicyArn": ADMINISTRATOR_ACCESS}
                yield _one(who, found, parameters, f"{actor.arn} has another policy", state.with_actor(wider))

    def _bounding(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Another boundary, or none."""
        for actor in state.actors.values():
            title, name = actor.kind.capitalize(), f"{actor.kind.capitalize()}Name"
            if actor.boundary and (
                found := self.request(
                    mine, f"iam:Delete{title}PermissionsBoundary", literal(actor.arn), _has(actor.boundary)
                )
            ):
                effect = f"{actor.arn} has no boundary"
                yield _one(who, found, {name: actor.name}, effect, state.with_actor(replace(actor, boundary=None)))
            for arn in state.policies:
                action = f"iam:Put{title}PermissionsBoundary"
                if arn != actor.boundary and (found := self.request(mine, action, literal(actor.arn), _has(arn))):
                    parameters = {name: actor.name, "PermissionsBoundary": arn}
                    after = state.with_actor(replace(actor, boundary=arn))
                    yield _one(who, found, parameters, f"{actor.arn} has the boundary {arn}", after)

    def _writing(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Managed policies: a new version, or one that is made."""
        for arn, policy in state.policies.items():
            if policy is any_identity_policy() or arn.split(":")[4] == "aws":
                continue
            if found := self.request(mine, "iam:CreatePolicyVersion", literal(arn)):
                parameters = {"PolicyArn": arn, "PolicyDocument": WIDEST_DOCUMENT, "SetAsDefault": True}
                yield _one(who, found, parameters, f"{arn} allows everything", state.with_policy(arn))
        for arn in self._pool:
            if arn not in state.policies and (found := self.request(mine, "iam:CreatePolicy", literal(arn))):
                path, _, name = arn.partition(":policy")[2].rpartition("/")
                parameters = {"PolicyName": name, "Path": f"{path}/", "PolicyDocument": WIDEST_DOCUMENT}
                yield _one(who, found, parameters, f"{arn} exists", state.with_policy(arn))

    def _creating(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """A user, or a role that trusts him, with each boundary that it could get."""
        for kind in ("User", "Role"):
            pattern = f"arn:*:iam::{self._account}:{kind.lower()}/?*"
            for boundary in (None, *state.policies):
                found = self.request(mine, f"iam:Create{kind}", pattern, _has(boundary))
                if found is None or found.resource in state.actors:
                    continue
                path, _, name = found.resource.partition(f":{kind.lower()}")[2].rpartition("/")
                parameters: dict[str, Any] = {f"{kind}Name": name, "Path": f"{path}/"}
                trusts = (who,) if kind == "Role" else ()
                if trusts:
                    parameters["AssumeRolePolicyDocument"] = trust_document(trusts)
                if boundary:
                    parameters["PermissionsBoundary"] = boundary
                made = Actor(found.resource, boundary=boundary, trusts=trusts)
                yield _one(who, found, parameters, f"{made.arn} exists", state.with_actor(made))

    def _grouping(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Groups: policies for one, members, and a new one."""
        for arn, wide in state.groups.items():
            group = arn.rpartition("/")[2]
            if not wide and (found := self.request(mine, "iam:PutGroupPolicy", literal(arn))):
                parameters = {"GroupName": group, "PolicyName": "everything", "PolicyDocument": WIDEST_DOCUMENT}
                yield _one(who, found, parameters, f"{arn} has another policy", state.with_group(arn, wide=True))
            elif not wide and (found := self._attaches(mine, "iam:AttachGroupPolicy", arn, {})):
                parameters = {"GroupName": group, "PolicyArn": ADMINISTRATOR_ACCESS}
                yield _one(who, found, parameters, f"{arn} has another policy", state.with_group(arn, wide=True))
            members = [actor for actor in state.actors.values() if actor.kind == "user" and arn not in actor.groups]
            for actor in members:
                if found := self.request(mine, "iam:AddUserToGroup", literal(arn)):
                    joined = replace(actor, groups=(*actor.groups, arn))
                    parameters = {"GroupName": group, "UserName": actor.name}
                    yield _one(who, found, parameters, f"{actor.arn} is in {arn}", state.with_actor(joined))

    def _attaches(self, mine: Documents, action: str, arn: str, has: Mapping[str, Any]) -> Request | None:
        """Return a request that attaches AdministratorAccess to `arn`."""
        return self.request(mine, action, literal(arn), {**has, "ArnEquals": {"iam:PolicyARN": ADMINISTRATOR_ACCESS}})

    def _through_services(self, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
        """Roles that a service acts as: one that is handed to it, or one that something already runs as."""
        for actor in state.actors.values():
            if actor.kind != "role" or actor.arn in state.acting:
                continue
            ways = [way for way in PASSING if way.service in actor.trusts]
            for way in [*ways, *(TAKING_OVER if actor.runs else ())]:
                if steps := tuple(self._way(way, who, mine, actor)):
                    yield Onward(steps, state.becoming(actor.arn))

    def _way(self, way: ServiceWay, who: str, mine: Documents, role: Actor) -> Sequence[DelegationStep]:
        steps = []
        if way.service is not None:
            passed = {"StringEquals": {"iam:PassedToService": way.service}}
            found = self.request(mine, "iam:PassRole", literal(role.arn), passed)
            if found is None:
                return ()
            parameters = {"RoleArn": role.arn}
            steps.append(DelegationStep(who, "PassRole", found, parameters, f"{way.service} gets {role.arn}"))
        for number, action in enumerate(way.actions, start=1):
            found = self.request(mine, action, _same_resource(action, steps))
            if found is None:
                return ()
            effect = f"he can act as {role.arn}" if number == len(way.actions) else "the next step works on it"
            steps.append(DelegationStep(who, action, found, {}, effect))
        return steps


def _same_resource(action: str, steps: Sequence[DelegationStep]) -> str:
    """Return the resource of the step before, where `action` works on the same type of resource; else any."""
    if not steps or steps[-1].move == "PassRole" or steps[-1].request.resource == "*":
        return "*"
    before, now = find_action(steps[-1].request.action), find_action(action)
    shared = before and now and {use.name for use in before.resource_types} & {use.name for use in now.resource_types}
    return literal(steps[-1].request.resource) if shared else "*"


def _has(boundary: str | None) -> dict[str, Any]:
    """Return the condition that the request is about a user or role with this boundary."""
    return {"StringEquals": {BOUNDARY_KEY: boundary}} if boundary else dict(_NO_BOUNDARY)


def _one(who: str, request: Request, parameters: Mapping[str, Any], effect: str, state: DelegationState) -> Onward:
    move = request.action.partition(":")[2]
    return Onward((DelegationStep(who, move, request, parameters, effect),), state)
