"""Events of AWS CloudTrail: the documents that their requests set.

    events_within(value)    every event of a file: a log, what `aws cloudtrail lookup-events` prints, an event alone
    event_name(event, n)    by what people select an event: its ID, or its number in the file

A request that sets a policy holds it in `requestParameters`, mostly as text. An event is a request too: `events.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verifier.base.errors import InputError
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.values import ListValue, ObjectValue, Value, each_of, text_of, under
from verifier.sources.wrappers import DocumentPlace, documents_at, opened

_IDENTITY, _TRUST, _RESOURCE = PolicyType.IDENTITY, PolicyType.TRUST, PolicyType.RESOURCE
_SESSION, _ENDPOINT = PolicyType.SESSION, PolicyType.ENDPOINT
# Where a log, an answer of CloudTrail and one of CloudWatch Logs hold events.
_LISTS = (("Records", ()), ("Events", ("CloudTrailEvent",)), ("events", ("message",)))


def _at(path: str, type_: PolicyType | None, type_at: str = "") -> DocumentPlace:
    return DocumentPlace(f"requestParameters.{path}", type_, type_at=f"requestParameters.{type_at}" if type_at else "")


# By the first label of `eventSource`, and `eventName`.
_PLACES: dict[tuple[str, str], DocumentPlace] = {
    **dict.fromkeys(
        [("iam", f"{verb}Policy{rest}") for verb, rest in (("Create", ""), ("Create", "Version"))]
        + [("iam", f"Put{owner}Policy") for owner in ("User", "Role", "Group")],
        _at("policyDocument", _IDENTITY),
    ),
    ("iam", "CreateRole"): _at("assumeRolePolicyDocument", _TRUST),
    ("iam", "UpdateAssumeRolePolicy"): _at("policyDocument", _TRUST),
    **{("sts", f"AssumeRole{how}"): _at("policy", _SESSION) for how in ("", "WithSAML", "WithWebIdentity")},
    ("sts", "GetFederationToken"): _at("policy", _SESSION),
    ("organizations", "CreatePolicy"): _at("content", None, "type"),
    ("organizations", "UpdatePolicy"): _at("content", None),
    ("organizations", "PutResourcePolicy"): _at("content", _RESOURCE),
    ("sso", "PutInlinePolicyToPermissionSet"): _at("inlinePolicy", _IDENTITY),
    ("s3", "PutBucketPolicy"): _at("bucketPolicy", _RESOURCE),
    ("s3", "PutAccessPointPolicy"): _at("PutAccessPointPolicyRequest.Policy", _RESOURCE),
    ("kms", "CreateKey"): _at("policy", _RESOURCE),
    ("kms", "PutKeyPolicy"): _at("policy", _RESOURCE),
    ("sqs", "CreateQueue"): _at("attributes.Policy", _RESOURCE),
    ("sqs", "SetQueueAttributes"): _at("attributes.Policy", _RESOURCE),
    ("sns", "CreateTopic"): _at("attributes.Policy", _RESOURCE),
    ("secretsmanager", "PutResourcePolicy"): _at("resourcePolicy", _RESOURCE),
    ("ecr", "SetRepositoryPolicy"): _at("policyText", _RESOURCE),
    ("ecr", "PutRegistryPolicy"): _at("policyText", _RESOURCE),
    ("dynamodb", "PutResourcePolicy"): _at("policy", _RESOURCE),
    ("kinesis", "PutResourcePolicy"): _at("policy", _RESOURCE),
    ("lambda", "PutResourcePolicy"): _at("policy", _RESOURCE),
    ("logs", "PutResourcePolicy"): _at("policyDocument", _RESOURCE),
    ("glue", "PutResourcePolicy"): _at("policyInJson", _RESOURCE),
    ("elasticfilesystem", "PutFileSystemPolicy"): _at("policy", _RESOURCE),
    ("backup", "PutBackupVaultAccessPolicy"): _at("policy", _RESOURCE),
    ("es", "CreateDomain"): _at("accessPolicies", _RESOURCE),
    ("es", "UpdateDomainConfig"): _at("accessPolicies", _RESOURCE),
    ("ec2", "CreateVpcEndpoint"): _at("CreateVpcEndpointRequest.PolicyDocument", _ENDPOINT),
    ("ec2", "ModifyVpcEndpoint"): _at("ModifyVpcEndpointRequest.PolicyDocument", _ENDPOINT),
}
_TOPIC = _at("attributeValue", _RESOURCE)


class CloudTrail:
    """See Kind."""

    name = "a log of AWS CloudTrail"

    def fits(self, value: Value) -> bool:
        """See Kind."""
        return next(events_within(value), None) is not None

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        events = list(events_within(value))
        if not any(map(_place, events)):
            message, help = (
                "no event of the log sets a policy",
                "to ask about a request of it, name it after `--request`",
            )
            raise InputError(message, span=value.span, help=help)
        for number, event in enumerate(events, 1):
            for found in _documents(event, opening):
                yield found if len(events) == 1 else replace(found, selector=event_name(event, number))


def event_name(event: ObjectValue, number: int) -> str:
    """Return by what people select an event of a file: its ID, else its number there."""
    return text_of(event.named.get("eventID")) or str(number)


def events_within(value: Value) -> Iterator[ObjectValue]:
    """Yield every event of a file, of whatever form it is; of a file of another kind, nothing."""
    if isinstance(value, ListValue):
        for each in value.values:
            yield from _event(each)
        return
    for name, path in _LISTS:
        for each in each_of(under(value, name)):
            yield from _event(under(each, *path))
    yield from _event(under(value, "detail") or value)


def _event(value: Value | None) -> Iterator[ObjectValue]:
    event = None if value is None else opened(value)
    if isinstance(event, ObjectValue) and {"eventSource", "eventName"} <= event.named.keys() and service_of(event):
        yield event


def _documents(event: ObjectValue, opening: Opening) -> Iterator[FoundDocument]:
    place = _place(event)
    if place is not None:
        yield from documents_at(event, place, opening)


def _place(event: ObjectValue) -> DocumentPlace | None:
    """Return where the document that the event sets stands; None where it sets none."""
    service, name = service_of(event), text_of(event.named["eventName"]) or ""
    if (service, name) == ("sns", "SetTopicAttributes"):
        is_policy = text_of(under(event, "requestParameters", "attributeName")) == "Policy"
        return _TOPIC if is_policy else None
    return _PLACES.get((service, name))


def service_of(event: ObjectValue) -> str:
    """Return the first label of the service's name: `s3` of `s3.amazonaws.com`; empty for any other name."""
    service, _, rest = (text_of(event.named.get("eventSource")) or "").partition(".")
    return service if rest.startswith("amazonaws.com") else ""
