"""Documents within configuration items of AWS Config: in a history, a snapshot, a notification, or alone.

What `configuration` and `supplementaryConfiguration` hold depends on the type of the resource, and may be an object or
its text; documents of IAM in it are URL-encoded.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.values import ListValue, ObjectValue, Value, each_of, text_of, under
from verifier.sources.wrappers import DocumentPlace, documents_at, opened

_IDENTITY, _RESOURCE = PolicyType.IDENTITY, PolicyType.RESOURCE
_LISTS = ("configurationItems", "baseConfigurationItems", "Results")


def _inline(kind: str) -> DocumentPlace:
    path = f"configuration.{kind}PolicyList[].policyDocument"
    return DocumentPlace(path, _IDENTITY, f"{kind}/{{{kind}Name}}/{{policyName}}")


def _of(path: str, kind: str, type_: PolicyType = _RESOURCE) -> tuple[DocumentPlace, ...]:
    return (DocumentPlace(path, type_, f"{kind}/{{resourceName}}"),)


_PLACES: dict[str, tuple[DocumentPlace, ...]] = {
    "AWS::IAM::Policy": (
        DocumentPlace(
            "configuration.policyVersionList[].document",
            _IDENTITY,
            "policy/{policyName}/{versionId}",
            "policy/{policyName}",
        ),
    ),
    "AWS::IAM::Role": (
        DocumentPlace("configuration.assumeRolePolicyDocument", PolicyType.TRUST, "role/{roleName}/trust"),
        _inline("role"),
    ),
    "AWS::IAM::User": (_inline("user"),),
    "AWS::IAM::Group": (_inline("group"),),
    "AWS::S3::Bucket": _of("supplementaryConfiguration.BucketPolicy.policyText", "bucket"),
    "AWS::KMS::Key": (DocumentPlace("supplementaryConfiguration.Policy", _RESOURCE, "key/{resourceId}"),),
    "AWS::SQS::Queue": _of("configuration.Policy", "queue"),
    "AWS::SNS::Topic": _of("configuration.Policy", "topic"),
    "AWS::Lambda::Function": _of("supplementaryConfiguration.Policy", "function"),
    "AWS::ECR::Repository": _of("configuration.RepositoryPolicyText", "repository"),
    "AWS::EFS::FileSystem": (DocumentPlace("configuration.FileSystemPolicy", _RESOURCE, "file-system/{resourceId}"),),
    "AWS::Backup::BackupVault": _of("configuration.AccessPolicy", "vault"),
    "AWS::OpenSearch::Domain": _of("configuration.AccessPolicies", "domain"),
    "AWS::Elasticsearch::Domain": _of("configuration.accessPolicies", "domain"),
    "AWS::EC2::VPCEndpoint": (
        DocumentPlace("configuration.policyDocument", PolicyType.ENDPOINT, "endpoint/{resourceId}"),
    ),
}


class ConfigItems:
    """See Kind."""

    name = "a configuration item of AWS Config"

    def fits(self, value: Value) -> bool:
        """See Kind."""
        return next(_items(value), None) is not None

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        for item in _items(value):
            for place in _PLACES.get(text_of(under(item, "resourceType")) or "", ()):
                yield from documents_at(item, place, opening)


def _items(value: Value) -> Iterator[Value]:
    """Yield the items of a file, of whatever form it is."""
    if isinstance(value, ObjectValue):
        for name in _LISTS:
            for each in each_of(value.named.get(name)):
                yield from _item(opened(each))
        yield from _item(under(value, "configurationItem") or under(value, "detail", "configurationItem") or value)
    elif isinstance(value, ListValue):
        for each in value.values:
            yield from _item(each)


def _item(value: Value) -> Iterator[Value]:
    names = value.named.keys() if isinstance(value, ObjectValue) else set()
    if "resourceType" in names and names & {"configuration", "supplementaryConfiguration"}:
        yield value
