"""Steps by which he vouches for who may assume a role, or makes credentials that are good for one service.

    forging               roles that trust a SAML provider
    renaming              users who are moved to where he may make their credentials
    service_credentials   credentials of users for a service
    served_documents      what decides about requests with such credentials

Who signs for a SAML provider says who its users are. So who replaces its certificate, or makes the provider anew under
its name, becomes every role that trusts it, whatever the trust policy asks of the assertion. A provider that a role
trusts is taken to be there. Keys of OIDC providers are found at their URLs, so replacing one forges nothing.

Sources: IAM User Guide, *Creating a role for SAML 2.0 federation* and *API keys for AWS services*; IAM API Reference,
*UpdateUser*, *UpdateSAMLProvider*, *CreateServiceSpecificCredential* and *UploadSSHPublicKey*.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from verifier.base.source import Source
from verifier.clouds.aws.audit.shapes import literal
from verifier.clouds.aws.delegation.becoming_steps import CREDENTIALS, providers_trusted
from verifier.clouds.aws.delegation.state import Actor, DelegationState, documents_in
from verifier.clouds.aws.delegation.step_requests import Onward, StepRequests, one_step, resources_allowed
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import resource_policy
from verifier.delegations.answer import DelegationStep

_RENAMING = "iam:UpdateUser"
_SIGNING = (("iam:UpdateSAMLProvider",), ("iam:DeleteSAMLProvider", "iam:CreateSAMLProvider"))
_MAKING = ("iam:CreateServiceSpecificCredential", "iam:UploadSSHPublicKey")
_SERVICE_NAME = "iam:ServiceSpecificCredentialServiceName"
_BEARING = "bedrock:CallWithBearerToken"
# What credentials of a user for a service are good for.
_GOOD_FOR: Mapping[str, tuple[str, ...]] = {
    "codecommit": ("codecommit:GitPull", "codecommit:GitPush"),
    "cassandra": ("cassandra:Alter", "cassandra:Create", "cassandra:Drop", "cassandra:Modify", "cassandra:Select"),
    "bedrock": ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
}


def forging(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Roles that trust a SAML provider whose certificate he can choose."""
    if not requests.may(mine, *(action for actions in _SIGNING for action in actions)):
        return
    for role in requests.targets(state, mine, "role"):
        if role.arn in state.acting or role.trust is None:
            continue
        for provider in dict.fromkeys(providers_trusted(role.trust)):
            if steps := tuple(_forged(requests, who, mine, role, provider)):
                yield Onward(steps, state.becoming(role.arn))
                break


def _forged(requests: StepRequests, who: str, mine: Documents, role: Actor, provider: str) -> Iterator[DelegationStep]:
    ours = f"{role.arn.partition(':role/')[0]}:saml-provider/"
    if not provider.startswith(ours) or "*" in provider or not _lets_in(requests, role, provider):
        return
    for actions in _SIGNING:
        found = [requests.request(mine, action, literal(provider)) for action in actions]
        for number, request in enumerate(found, start=1):
            if request is None or None in found:
                break
            move = request.action.partition(":")[2]
            named = (
                {"Name": provider.removeprefix(ours)} if move.startswith("Create") else {"SAMLProviderArn": provider}
            )
            last = number == len(found)
            effect = f"he can act as {role.arn}" if last else "the next step makes it anew"
            yield DelegationStep(who, move, request, named, effect)
        if None not in found:
            return


def _lets_in(requests: StepRequests, role: Actor, provider: str) -> bool:
    """Whether somebody for whom `provider` vouches can assume `role`."""
    assert role.trust is not None
    asked = Documents((), asking=Asking(read_principal(provider), (resource_policy(role.arn, role.trust),)))
    return requests.request(asked, "sts:AssumeRoleWithSAML", literal(role.arn)) is not None


def renaming(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Users who are moved to where he may make their credentials, which is a path that he is told."""
    every = f"arn:*:iam::{state.setting.account}:user/*"
    making = (text for action in CREDENTIALS for text in resources_allowed(mine, action, every))
    places = [
        text for text in dict.fromkeys(making) if text.endswith("/*") and "*" not in text[:-1] and ":user/" in text
    ]
    if not places or not requests.may(mine, _RENAMING) or not requests.may(mine, *CREDENTIALS):
        return
    for user in requests.targets(state, mine, "user"):
        about = requests.about(user)
        if user.arn in state.acting or user.lacking:
            continue
        if found := requests.request(mine, _RENAMING, literal(user.arn), about):
            for place in places:
                moved = replace(user, arn=f"{place[:-1]}{user.name}")
                if moved.arn not in state.actors and requests.request(mine, _RENAMING, literal(moved.arn), about):
                    path = f"{place.partition(':user')[2][:-1]}"
                    gone = Actor(user.arn, lacking="it has another name")
                    after = state.with_actor(gone).with_actor(moved)
                    named = {"UserName": user.name, "NewPath": path}
                    yield one_step(who, found, named, f"{user.arn} is {moved.arn} now", after)


def service_credentials(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Credentials of other users that are good for one service."""
    if not requests.may(mine, *_MAKING):
        return
    for user in requests.targets(state, mine, "user"):
        theirs = None if user.arn in state.acting else documents_in(state, user.arn)
        if theirs is None:
            continue
        for service, good_for in _GOOD_FOR.items():
            needed = [_BEARING] if service == "bedrock" else []
            if (user.arn, service) in state.served or not requests.may(theirs, *good_for):
                continue
            if all(requests.request(theirs, action) for action in needed):
                yield from _made_for(requests, state, who, mine, user, service)


def _made_for(
    requests: StepRequests, state: DelegationState, who: str, mine: Documents, user: Actor, service: str
) -> Iterator[Onward]:
    after = replace(state, served=state.served | {(user.arn, service)})
    effect = f"he can act as {user.arn} in {service}"
    about = requests.about(user)
    name = f"{service}.amazonaws.com"
    chosen = {**about, "StringEquals": {**about.get("StringEquals", {}), _SERVICE_NAME: name}}
    if found := requests.request(mine, _MAKING[0], literal(user.arn), chosen):
        yield one_step(who, found, {"UserName": user.name, "ServiceName": name}, effect, after)
    elif service == "codecommit" and (found := requests.request(mine, _MAKING[1], literal(user.arn), about)):
        yield one_step(who, found, {"UserName": user.name}, effect, after)


def served_documents(state: DelegationState) -> Iterator[tuple[str, Documents]]:
    """Yield the users whose credentials for a service he has, with what decides about their requests there."""
    for arn, service in sorted(state.served):
        found = documents_in(state, arn, of_resources=True)
        if found is not None:
            yield arn, replace(found, scps=(*found.scps, (_only(service),)))


@cache
def _only(service: str) -> Policy:
    statement = {"Effect": "Allow", "Action": list(_GOOD_FOR[service]), "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_source(Source(f"credentials for {service}", text, stand_in=True))
