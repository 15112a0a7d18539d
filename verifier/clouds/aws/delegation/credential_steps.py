"""Steps by which he vouches for who may assume a role, or makes credentials that are good for one service.

    forging               roles that trust a SAML provider
    vouching              roles that trust an identity pool of Cognito
    renaming              users who are moved to where he may make their credentials
    service_credentials   credentials of users for a service
    served_documents      what decides about requests with such credentials

Who signs for a SAML provider says who its users are. So who replaces its certificate, or makes the provider anew under
its name, becomes every role that trusts it, whatever the trust policy asks of the assertion. A provider that a role
trusts is taken to be there. Keys of OIDC providers are found at their URLs, so replacing one forges nothing. Who may
vouch for users of an identity pool, or say whose users the pool knows, has tokens of it for a user of his own: a role
that a trust policy keeps for some users of the pool is not among those that he becomes.

Sources: Amazon Cognito Developer Guide, *Developer-authenticated identities* and *Role trust and permissions*; IAM User
Guide, *Creating a role for SAML 2.0 federation* and *API keys for AWS services*; IAM API Reference, *UpdateUser*,
*UpdateSAMLProvider*, *CreateServiceSpecificCredential* and *UploadSSHPublicKey*.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from verifier.base.regex import regex
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
from verifier.logic.actions import Effect

_POOLS = "cognito-identity.amazonaws.com"
# For a user whom nobody has heard of: a trust policy that lets him in does not say which user it is.
_NEW_USER = "00000000-0000-0000-0000-000000000000"
_POOL_ID = regex(r"[a-z0-9-]+:[0-9a-zA-Z-]+")
_VOUCHING = ("cognito-identity:GetOpenIdTokenForDeveloperIdentity", "cognito-identity:UpdateIdentityPool")
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


def vouching(requests: StepRequests, state: DelegationState, who: str, mine: Documents) -> Iterator[Onward]:
    """Roles that trust an identity pool for whose users he can vouch."""
    if not requests.may(mine, *_VOUCHING):
        return
    for role in requests.targets(state, mine, "role"):
        if role.arn in state.acting or role.trust is None or _POOLS not in providers_trusted(role.trust):
            continue
        pool = _pool_trusted(requests, role)
        if pool is None:
            continue
        _, partition, _, _, account, _ = role.arn.split(":", 5)
        region = pool.partition(":")[0]
        arn = f"arn:{partition}:cognito-identity:{region}:{account}:identitypool/{pool}"
        for action in _VOUCHING:
            if found := requests.request(mine, action, literal(arn)):
                effect = f"he can act as {role.arn}"
                step = DelegationStep(who, action, found, {"IdentityPoolId": pool}, effect)
                yield Onward((step,), state.becoming(role.arn))
                break


def _pool_trusted(requests: StepRequests, role: Actor) -> str | None:
    """Return the pool, by its ID, whose new users a role lets in; None where it lets in none, or says no pool."""
    assert role.trust is not None
    asked = Documents((), asking=Asking(read_principal(_POOLS), (resource_policy(role.arn, role.trust),)))
    for pool in dict.fromkeys(_pools_named(role.trust)):
        about = {
            "StringEquals": {f"{_POOLS}:aud": pool, f"{_POOLS}:sub": f"{pool.partition(':')[0]}:{_NEW_USER}"},
            "ForAnyValue:StringEquals": {f"{_POOLS}:amr": "authenticated"},
        }
        if requests.request(asked, "sts:AssumeRoleWithWebIdentity", literal(role.arn), about):
            return pool
    return None


def _pools_named(policy: Policy) -> Iterator[str]:
    """Yield the identity pools that a trust policy names, by their IDs."""
    for statement in policy.by_effect[Effect.ALLOW]:
        for condition in statement.conditions:
            if condition.key.folded == f"{_POOLS}:aud":
                yield from (one.text for one in condition.values if _POOL_ID.fullmatch(one.text))


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
