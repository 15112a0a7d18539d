"""Steps by which he can act as somebody else: credentials, roles, and what runs as a role.

Creating an access key, a login profile or a service credential needs a free one; a dump does not tell, so it is taken
to be there. Which service a role trusts says the prover, asked as that service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from verifier.base.regex import regex
from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.catalogue.actions import find_action, resource_types
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, ServiceWay
from verifier.clouds.aws.delegation.state import (
    ANYTHING_THAT_RUNS,
    Actor,
    DelegationState,
    documents_in,
    trust_document,
    trust_of,
)
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests, one_step
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import resource_policy
from verifier.delegations.answer import DelegationStep
from verifier.logic.actions import Effect
from verifier.strings.pattern import Pattern, parse_pattern

CREDENTIALS = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
_VARIABLE = regex(r"\$\{[^}]*\}")
_EC2 = "ec2.amazonaws.com"
_LINKED = ":role/aws-service-role/"


def credentials(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Credentials of other users."""
    if not requests.may(mine, *CREDENTIALS):
        return
    for actor in requests.targets(state, mine, "user"):
        if actor.arn in state.acting:
            continue
        for action in CREDENTIALS:
            if found := requests.request(mine, action, literal(actor.arn), requests.about(actor)):
                effect = f"he can act as {actor.arn}"
                yield one_step(who, found, {"UserName": actor.name}, effect, state.becoming(actor.arn))
                break


def assuming(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Roles, where their trust policy lets him, or after it is changed."""
    changing = "iam:UpdateAssumeRolePolicy"
    for actor in requests.targets(state, mine, "role"):
        if actor.arn in state.acting:
            continue
        if actor.trust is not None and may_trust(actor.trust, who):
            with_trust = documents_in(state, who, actor)
            if with_trust and (
                found := requests.request(with_trust, "sts:AssumeRole", literal(actor.arn), requests.about(actor))
            ):
                parameters = {"RoleArn": actor.arn, "RoleSessionName": "session"}
                yield one_step(who, found, parameters, f"he can act as {actor.arn}", state.becoming(actor.arn))
                continue
        trusts = trust_of((who,))
        if actor.trust is trusts:
            continue
        if found := requests.request(mine, changing, literal(actor.arn), requests.about(actor)):
            written = {"RoleName": actor.name, "PolicyDocument": trust_document((who,))}
            changed = state.with_actor(replace(actor, trust=trusts))
            yield one_step(who, found, written, f"{actor.arn} trusts {who}", changed)


def may_trust(policy: Policy, arn: str) -> bool:
    """Whether a trust policy may let in the user or role `arn`; False is sure."""
    account = arn.split(":")[4]
    for statement in policy.by_effect[Effect.ALLOW]:
        if statement.principals is None or statement.principals.negated:
            return True
        for entry in statement.principals.entries:
            if entry.type is None or (entry.type == "AWS" and _may_name(entry.text, arn, account)):
                return True
    return False


def _may_name(text: str, arn: str, account: str) -> bool:
    name = arn.rpartition("/")[2]
    return text in ("*", account, arn, f"{arn.rpartition(':')[0]}:root") or f":assumed-role/{name}/" in text


def through_services(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Roles that a service acts as: one that is handed to it, or one that something already runs as."""
    taking = tuple(way.actions[0] for way in TAKING_OVER)
    passes, takes = requests.may(mine, "iam:PassRole"), requests.may(mine, *taking)
    if not (passes or takes):
        return
    for actor in requests.targets(state, mine, "role"):
        if actor.arn in state.acting:
            continue
        served = frozenset(services_trusted(actor.trust)) if actor.trust is not None else frozenset[str]()
        ways = [way for way in PASSING if way.service in served] if passes else []
        if actor.runs and takes:
            sure = (way for way in TAKING_OVER if way.is_sure)
            ways += (way for way in sure if actor.trust is None or served.intersection(way.principals))
        for way in ways:
            if way.service is not None and not _is_trusted(requests, actor, way.service):
                continue
            if steps := tuple(_way(requests, way, who, mine, actor)):
                yield Onward(steps, state.becoming(actor.arn))


def services_trusted(policy: Policy) -> Iterator[str]:
    """Yield the services that a trust policy may let in, or whose service-linked role it may."""
    for statement in policy.by_effect[Effect.ALLOW]:
        for entry in statement.principals.entries if statement.principals else ():
            if entry.type == "Service":
                yield entry.text
            elif _LINKED in entry.text:
                yield entry.text.partition(_LINKED)[2].partition("/")[0]


def providers_trusted(policy: Policy) -> Iterator[str]:
    """Yield the identity providers that a trust policy may let in."""
    for statement in policy.by_effect[Effect.ALLOW]:
        for entry in statement.principals.entries if statement.principals else ():
            if entry.type == "Federated":
                yield entry.text


def _is_trusted(requests: StepRequests, role: Actor, service: str) -> bool:
    """Whether `role` lets in `service`."""
    assert role.trust is not None
    shown = (resource_policy(role.arn, role.trust),)
    asked = Documents((), asking=Asking(read_principal(service), shown))
    return requests.may(asked, "sts:AssumeRole")


def _way(requests: StepRequests, way: ServiceWay, who: str, mine: Documents, role: Actor) -> Sequence[DelegationStep]:
    steps = []
    if way.service is not None:
        if way.service == _EC2 and not role.profiled:
            return ()
        passed = {"StringEquals": {"iam:PassedToService": way.service}}
        found = requests.request(mine, "iam:PassRole", literal(role.arn), passed)
        if found is None:
            return ()
        parameters = {"RoleArn": role.arn}
        steps.append(DelegationStep(who, "PassRole", found, parameters, f"{way.service} gets {role.arn}"))
    taken = [_that_runs(action, role) for action in way.actions] if way.service is None else []
    if way.service is None and not any(taken):
        return ()
    told = "; something is taken to run as it" if way.service is None and ANYTHING_THAT_RUNS in role.runs else ""
    for number, action in enumerate(way.actions, start=1):
        running = taken[number - 1] if taken else None
        found = requests.request(mine, action, running or _same_resource(action, steps))
        if found is None:
            return ()
        effect = f"he can act as {role.arn}{told}" if number == len(way.actions) else "the next step works on it"
        steps.append(DelegationStep(who, action, found, {}, effect))
    return steps


def _that_runs(action: str, role: Actor) -> str | None:
    """Return the resource that `action` takes over; None where nothing of its type runs as the role."""
    if ANYTHING_THAT_RUNS in role.runs:
        return "*"
    return next((literal(each) for each in role.runs if any(form.matches(each) for form in action_forms(action))), None)


@cache
def action_forms(action: str) -> tuple[Pattern, ...]:
    """Return the patterns of the resources that `action` works on."""
    known = find_action(action)
    used = {use.name for use in known.resource_types} if known else set()
    kinds = [kind for kind in resource_types(known.service) if kind.name in used] if known else []
    return tuple(parse_pattern(_VARIABLE.sub("*", arn)) for kind in kinds for arn in kind.arns)


def reached_at(resource: str) -> list[str]:
    """Return patterns of what runs, of what lies below it, and of it by its name without a version."""
    name, _, last = resource.rpartition(":")
    below = [f"{resource}/*"] if "/" in last else []
    return [resource, *below, *([name] if last.isdigit() else [])]


def _same_resource(action: str, steps: Sequence[DelegationStep]) -> str:
    """Return the resource of the step before, where `action` works on resources like it; else any."""
    if not steps or steps[-1].move == "PassRole" or steps[-1].request.resource == "*":
        return "*"
    before = steps[-1].request.resource
    return literal(before) if any(form.matches(before) for form in action_forms(action)) else "*"
