"""The actions by which a service gets a role, or by which what runs as a role may be taken over.

    role_taking(served)       by which a service gets a role that trusts `served`, where the role is passed
    role_receivers(served)    the services that it may be passed to then
    untold_takers(served)     which may take over what runs as such a role, or hand out its credentials, in services
                              that the table does not have
    untold_services           the services that the table does not have
    actions_about_roles       all of them, for the roles of an account
    is_unheard_of(served)     whether one of them is not known at all
    is_like_none(served)      whether nothing is called like one of them either: anything may be a part of it

The catalogue says of many actions that they need `iam:PassRole`, but not of all that do: `events:PutTargets` is one. So
only of a few services is the list taken to be whole; of the others, every action that changes something counts. What
somebody may do with a service by which nothing acts as a role, whatever he writes there, is told in `_RUNS_NOTHING`.

Sources: IAM User Guide, *Granting a user permissions to pass a role to an AWS service*; the catalogue; the API
references of EC2, of EC2 Auto Scaling and of the services of `_ALSO_GETS`, for which roles they are handed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.actions import AccessLevel, access_levels, needing, services
from verifier.clouds.aws.delegation.service_ways import OF_ONE_SERVICE, PASSING, TAKING_OVER, serving
from verifier.clouds.aws.delegation.unlisted_actions import unlisted_actions

_TAKING_ROLES = """
    iam:AddRoleToInstanceProfile ec2:AssociateIamInstanceProfile ec2:CreateFleet ec2:ModifyFleet
    ec2:ModifySpotFleetRequest ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
    autoscaling:UpdateAutoScalingGroup autoscaling:StartInstanceRefresh
    codebuild:CreateFleet codebuild:UpdateFleet codebuild:UpdateProjectVisibility
    lambda:CreateMicrovmImage lambda:CreateNetworkConnector lambda:CreateWebFunction
    lambda:CreateWebFunctionRevision lambda:RunMicrovm lambda:UpdateCapacityProvider
    lambda:UpdateMicrovmImage lambda:UpdateNetworkConnector
"""
# Of these the list of actions that need `iam:PassRole` is whole.
_WELL_TOLD = frozenset(("codebuild", "ec2", "lambda", "states"))
# Services that are handed roles of others.
_ALSO_GETS: Mapping[str, tuple[str, ...]] = {
    "batch": ("sagemaker",),
    "datazone": ("glue", "lambda", "sagemaker"),
    "proton": ("codebuild",),
}
# By the principal: what it does as a role does not depend on what somebody writes there without passing a role.
_RUNS_NOTHING = """
    access-analyzer application-autoscaling autoscaling cloudtrail delivery.logs dynamodb ecs
    elasticloadbalancing guardduty inspector2 kms logs macie monitoring.rds rds s3 ses sns
    spotfleet sqs support trustedadvisor vpc-flow-logs
"""
# Whose actions are moves of their own.
_OF_MOVES = frozenset(("iam", "sts"))
_PART = regex(r"[a-z0-9-]+")
_HANDS_OUT = regex(r":(Get|Create|Request|Generate|Assume)\w*(Credential|Token|Login|Password|SessionEndpoint)")
_TELLING = 3
_CHANGING = (AccessLevel.WRITE, AccessLevel.PERMISSIONS)


def _names(served: Iterable[str]) -> frozenset[str]:
    return frozenset(service.removesuffix(".amazonaws.com") for service in served)


@cache
def is_unheard_of(served: frozenset[str]) -> bool:
    """Whether the catalogue does not know one of `served`, so that nobody can tell how it gets a role."""
    return not _names(served) <= _known()


@cache
def _known() -> frozenset[str]:
    return frozenset[str]().union(*(serving(f"{prefix}:") for prefix in services()))


@cache
def role_taking(served: frozenset[str]) -> tuple[str, ...]:
    """Return the actions by which a service may get a role that trusts `served`."""
    alone = _names(served)
    every = _role_taking_actions()
    if alone <= OF_ONE_SERVICE:
        every = tuple(action for action in every if _gets(action) & alone)
    return (*every, *_changing(_running(alone) - _WELL_TOLD))


def _gets(action: str) -> frozenset[str]:
    """Return the services whose roles the service of `action` may be handed."""
    return serving(action) | frozenset(_ALSO_GETS.get(action.partition(":")[0], ()))


@cache
def role_receivers(served: frozenset[str]) -> tuple[str, ...]:
    """Return the names of the services that may be handed a role that trusts `served`; none where it may be any."""
    alone = _names(served)
    if not alone or not alone <= OF_ONE_SERVICE:
        return ()
    return tuple(sorted(alone.union(_running(alone), *(serving(f"{prefix}:") for prefix in _running(alone)))))


@cache
def _role_taking_actions() -> tuple[str, ...]:
    """Return all actions by which, as far as is known, a service gets a role."""
    found = {action for way in PASSING for action in way.actions} | set(_TAKING_ROLES.split())
    return tuple(sorted(found.union(needing("iam:PassRole"))))


@cache
def is_like_none(served: frozenset[str]) -> bool:
    """Whether one of `served` is not known, nor any service that it may be a part of."""
    return any(True for _ in _like_none(served))


def _like_none(served: frozenset[str]) -> Iterator[str]:
    yield from (name for name in sorted(_names(served) - _known() - _nothing()) if not _called_like(name))


@cache
def untold_takers(served: frozenset[str]) -> tuple[str, ...]:
    """Return the actions that change something of services that run what trusts `served`, and that the table
    does not have: of every service, and all actions under its name, where it is like none.
    """
    names = _names(served) - _nothing()
    called = (_called_like(name) - _nothing() for name in names - _known())
    running = _running(names).union(*called)
    alone = tuple(f"{part}:*" for name in _like_none(served) for part in _PART.findall(name.lower()))
    if alone:
        running = frozenset(services()) - _nothing() - _OF_MOVES
    return (*_changing(running - _told()), *alone)


@cache
def _nothing() -> frozenset[str]:
    return frozenset(_RUNS_NOTHING.split())


@cache
def _told() -> frozenset[str]:
    """Return the services that the table has, by the prefixes of their actions."""
    return frozenset(way.actions[0].partition(":")[0] for way in TAKING_OVER)


@cache
def untold_services() -> Mapping[str, tuple[str, ...]]:
    """Return the services that may run something as a role and that the table does not have, with what changes it."""
    left = frozenset(services()) - _told() - _nothing() - _OF_MOVES
    return {prefix: found for prefix in sorted(left) if (found := _changing((prefix,)))}


def _called_like(name: str) -> frozenset[str]:
    """Return the services, by the prefixes of their actions, that one may be of whose name the catalogue does not have:
    `dms.eu-west-1` is of `dms`, `osis-pipelines` of `osis`.
    """
    parts = name.split(".")
    return frozenset(
        prefix
        for prefix in services()
        if prefix in parts or (len(prefix) >= _TELLING and any(part.startswith(prefix) for part in parts))
    )


def _running(alone: frozenset[str]) -> frozenset[str]:
    """Return the services that run what trusts one of `alone`, by the prefixes of their actions."""
    return frozenset(prefix for prefix in services() if alone & _gets(f"{prefix}:"))


def _changing(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the actions of services that change something, or that hand out credentials."""
    found: list[str] = []
    for prefix in sorted(prefixes):
        listed = access_levels(prefix)
        found += (name for name, level in listed if level in _CHANGING or _HANDS_OUT.search(name))
        found += unlisted_actions(prefix)
    return tuple(found)


def actions_about_roles(trusts: Iterable[frozenset[str]]) -> Iterator[str]:
    """Yield the actions by which a service may get, or somebody take over, a role that trusts one of `trusts`."""
    yield from _role_taking_actions()
    for served in trusts:
        yield from role_taking(served)
        yield from untold_takers(served)
