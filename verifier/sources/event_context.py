"""Who made the call of an event, and in what context: condition keys with their values, as far as the event tells.

    principal_of(event)    the principal, if the event names one that policies can name
    context_of(...)        the keys, each with the value that stands in the event
    notes_of(event)        what a policy may test, and the event does not tell

Sources: *CloudTrail userIdentity element* and *CloudTrail record contents* in the user guide of CloudTrail, *AWS global
condition context keys* in that of IAM. Nothing is guessed: a key that the event does not tell is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.clouds.aws.catalogue.actions import Action
from verifier.sources.event_resource import tags_within
from verifier.sources.event_table import PARAMETER_KEYS
from verifier.sources.values import (
    ListValue,
    ObjectValue,
    Scalar,
    TextValue,
    Value,
    list_value,
    text_of,
    text_value,
    under,
)
from verifier.strings.values import read_address

_SERVICE = regex(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")
_TYPES = {"IAMUser": "User", "AssumedRole": "AssumedRole", "Root": "Account", "FederatedUser": "FederatedUser"}
_ATTRIBUTES = "userIdentity.sessionContext.attributes"
# What stands in the event as a policy sees it.
_PLAIN = (
    ("userIdentity.accountId", "aws:PrincipalAccount"),
    ("userIdentity.principalId", "aws:userid"),
    ("userIdentity.sessionContext.sourceIdentity", "aws:SourceIdentity"),
    (f"{_ATTRIBUTES}.mfaAuthenticated", "aws:MultiFactorAuthPresent"),
    (f"{_ATTRIBUTES}.creationDate", "aws:TokenIssueTime"),
    ("userIdentity.sessionContext.ec2RoleDelivery", "ec2:RoleDelivery"),
    ("awsRegion", "aws:RequestedRegion"),
    ("vpcEndpointId", "aws:SourceVpce"),
    ("vpcEndpointAccountId", "aws:VpceAccount"),
)
_Key = tuple[str, Value]


def principal_of(event: ObjectValue) -> TextValue | None:
    """Return who made the call, as policies name it: an ARN, a service, or `*`; None where the event does not tell."""
    identity = under(event, "userIdentity")
    kind, arn = text_of(under(identity, "type")), under(identity, "arn")
    service = under(identity, "invokedBy")
    if kind in _TYPES and isinstance(arn, TextValue) and (arn.known or "").startswith("arn:"):
        return arn
    if kind == "AWSService" and isinstance(service, TextValue) and _SERVICE.fullmatch(service.known or ""):
        return service
    account = under(identity, "accountId")
    if isinstance(account, TextValue) and account.known == "ANONYMOUS_PRINCIPAL":
        return text_value(["*"], account.place)
    return None


def context_of(event: ObjectValue, action: Action) -> list[tuple[TextValue, Value]]:
    """Return the condition keys that the event tells, in alphabetical order."""
    found = {
        key: value
        for key, value in (*_of_principal(event), *_of_request(event), *_of_parameters(event, action))
        if text_of(value) != "" and not (isinstance(value, ListValue) and not value.values)
    }
    return [(text_value([key], value.place), value) for key, value in sorted(found.items())]


def _of_principal(event: ObjectValue) -> Iterator[_Key]:
    principal = principal_of(event)
    if principal is None or principal.known == "*":
        return
    identity = under(event, "userIdentity")
    kind = text_of(under(identity, "type")) or ""
    if kind == "AWSService":
        yield "aws:PrincipalIsAWSService", text_value(["true"], principal.place)
        yield "aws:PrincipalServiceName", principal
        return
    yield "aws:PrincipalIsAWSService", text_value(["false"], principal.place)
    yield "aws:PrincipalType", text_value([_TYPES[kind]], principal.place)
    role = under(identity, "sessionContext", "sessionIssuer", "arn")
    if kind != "AssumedRole":
        yield "aws:PrincipalArn", principal
    elif isinstance(role, TextValue):
        yield "aws:PrincipalArn", role
    name = under(identity, "userName")
    if kind == "IAMUser" and isinstance(name, TextValue):
        yield "aws:username", name


def _of_request(event: ObjectValue) -> Iterator[_Key]:
    for path, key in _PLAIN:
        value = under(event, *path.split("."))
        if key.startswith(("aws:PrincipalAccount", "aws:userid")) and principal_of(event) is None:
            continue
        if isinstance(value, TextValue | Scalar) and text_of(value) != "ANONYMOUS_PRINCIPAL":
            yield key, _as_text(value)
    address = under(event, "sourceIPAddress")
    if isinstance(address, TextValue) and read_address(address.known or "") is not None:
        through = "aws:SourceIp" if under(event, "vpcEndpointId") is None else "aws:VpcSourceIp"
        yield through, address
    agent = under(event, "userAgent")
    if isinstance(agent, TextValue) and not (agent.known or "").startswith("[") and not _is_service(agent):
        yield "aws:UserAgent", agent
    by_service = under(event, "userIdentity", "invokedBy")
    if isinstance(by_service, TextValue) and text_of(under(event, "userIdentity", "type")) in _TYPES:
        yield "aws:ViaAWSService", text_value(["true"], by_service.place)
    details = under(event, "tlsDetails")
    if isinstance(details, ObjectValue) and details.pairs:
        yield "aws:SecureTransport", text_value(["true"], details.place)
    time = under(event, "eventTime")
    if isinstance(time, TextValue):
        yield from _times(time.known or "", time.place)


def _times(text: str, place: HasSpan) -> Iterator[_Key]:
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return
    yield "aws:CurrentTime", text_value([text], place)
    yield "aws:EpochTime", text_value([str(int(moment.timestamp()))], place)


def _of_parameters(event: ObjectValue, action: Action) -> Iterator[_Key]:
    parameters = under(event, "requestParameters")
    taken = {key.lower(): key for key in action.condition_keys}
    if not isinstance(parameters, ObjectValue):
        return
    for name, key in PARAMETER_KEYS.get(action.service, ()):
        value = parameters.named.get(name)
        if isinstance(value, TextValue | Scalar) and key.lower() in taken:
            yield key, _as_text(value)
    if action.service == "s3":
        for name, value in parameters.named.items():
            if name.startswith("x-amz-") and f"s3:{name}" in taken and isinstance(value, TextValue):
                yield f"s3:{name}", value
    if action.service == "kms":
        yield from _named(
            parameters.named.get("encryptionContext"), "kms:EncryptionContext", "kms:EncryptionContextKeys"
        )
    if "aws:tagkeys" in taken:
        yield from _named(parameters.named.get("tags"), "aws:RequestTag", "aws:TagKeys")


def _named(value: Value | None, one: str, every: str) -> Iterator[_Key]:
    """Yield a key for each name and value, and one for all names."""
    between = "/" if one.startswith("aws:") else ":"
    names: list[Value] = []
    for name, held in tags_within(value):
        if name.known and isinstance(held, TextValue):
            yield f"{one}{between}{name.known}", held
            names.append(name)
    if names and value is not None:
        yield every, list_value(names, value.place)


def _as_text(value: TextValue | Scalar) -> TextValue:
    return value if isinstance(value, TextValue) else text_value([value.text], value.place)


def _is_service(value: TextValue) -> bool:
    return _SERVICE.fullmatch(value.known or "") is not None


def notes_of(event: ObjectValue) -> Iterator[str]:
    """Yield what the event does not tell, each as a sentence without its full stop."""
    if principal_of(event) is None:
        yield "the event does not name the principal by an ARN: the request has none"
    if text_of(under(event, *_ATTRIBUTES.split("."), "mfaAuthenticated")) == "true":
        yield "the event does not tell how old the MFA is: `aws:MultiFactorAuthAge` is absent"
    if under(event, "vpcEndpointId") is not None:
        yield "the event names the VPC endpoint, not the VPC: `aws:SourceVpc` is absent"
    address, agent = under(event, "sourceIPAddress"), under(event, "userAgent")
    if isinstance(address, TextValue) and read_address(address.known or "") is None:
        yield "a service made the call: the address is not that of a caller, and `aws:SourceIp` is absent"
    if isinstance(under(event, "userIdentity", "invokedBy"), TextValue):
        yield "the event does not tell through which services the call came: `aws:CalledVia` is absent"
    if isinstance(agent, TextValue) and (agent.known or "").startswith("["):
        yield "the event writes the user agent in brackets: `aws:UserAgent` is absent"
    if not isinstance(under(event, "tlsDetails"), ObjectValue):
        yield "the event does not tell whether TLS was used: `aws:SecureTransport` is absent"
    yield (
        "an event does not tell tags of the principal and the resource, `aws:PrincipalOrgID`, `aws:ResourceOrgID` and "
        "keys of services: they are absent from the request, and a policy that tests one may decide otherwise"
    )
