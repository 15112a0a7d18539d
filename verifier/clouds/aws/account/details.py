"""The lists of `aws iam get-account-authorization-details`: from their objects to users, roles, groups and policies.

Source: IAM API Reference, *GetAccountAuthorizationDetails* and its data types. The type of a boundary is `Policy` in
what AWS prints and `PermissionsBoundaryPolicy` in its reference. A tag key stands once, whatever its case (IAM User
Guide, *Tags for IAM resources*).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.clouds.aws.account.fields import Fields
from verifier.clouds.aws.account.held import DocumentShelf
from verifier.clouds.aws.account.model import (
    Group,
    InlinePolicy,
    InstanceProfile,
    ManagedPolicyDetail,
    PolicyVersion,
    Role,
    User,
)
from verifier.clouds.aws.policy.types import PolicyType

USER_LIST, ROLE_LIST, GROUP_LIST, POLICY_LIST = "UserDetailList", "RoleDetailList", "GroupDetailList", "Policies"
DETAIL_LISTS = (USER_LIST, GROUP_LIST, ROLE_LIST, POLICY_LIST)
_BOUNDARY_TYPES = ("Policy", "PermissionsBoundaryPolicy")
_ARN = regex(r"arn:[^:]+:iam::(\d{12}|aws):[^:]+\Z", re.DOTALL)


class DetailReader:
    """Reads the objects of the lists; documents are kept on `shelf`."""

    def __init__(self, shelf: DocumentShelf) -> None:
        self._shelf = shelf

    def user(self, fields: Fields) -> User:
        """Return a UserDetail. Raises UsageError."""
        arn, name, path, id_ = _named(fields, "User")
        return User(
            arn,
            name,
            path,
            id_,
            self._inline(fields, "UserPolicyList"),
            _attached(fields),
            fields.file,
            fields.value.place,
            _boundary(fields),
            _tags(fields),
            fields.texts("GroupList"),
        )

    def role(self, fields: Fields) -> Role:
        """Return a RoleDetail. Raises UsageError."""
        arn, name, path, id_ = _named(fields, "Role")
        trust = fields.find("AssumeRolePolicyDocument")
        return Role(
            arn,
            name,
            path,
            id_,
            self._inline(fields, "RolePolicyList"),
            _attached(fields),
            fields.file,
            fields.value.place,
            _boundary(fields),
            _tags(fields),
            None if trust is None else self._shelf.document(PolicyType.TRUST, trust, fields.file),
            tuple(
                InstanceProfile(profile.text("Arn"), profile.text("InstanceProfileName"))
                for profile in fields.each_of("InstanceProfileList", "an instance profile")
            ),
        )

    def group(self, fields: Fields) -> Group:
        """Return a GroupDetail. Raises UsageError."""
        arn, name, path, id_ = _named(fields, "Group")
        inline, attached = self._inline(fields, "GroupPolicyList"), _attached(fields)
        return Group(arn, name, path, id_, inline, attached, fields.file, fields.value.place)

    def policy(self, fields: Fields, origin: str = "") -> ManagedPolicyDetail:
        """Return a ManagedPolicyDetail. Raises UsageError."""
        arn = _arn(fields)
        default = fields.text_or("DefaultVersionId", "")
        versions = tuple(
            self.version(version, default) for version in fields.each_of("PolicyVersionList", "a version of a policy")
        )
        if sum(version.is_default for version in versions) > 1:
            message = f"the policy {quote(arn)} has several default versions"
            raise UsageError(message, source=fields.file, span=fields.value.span, help="fetch the account again")
        name = fields.text_or("PolicyName", arn.rpartition("/")[2])
        return ManagedPolicyDetail(arn, name, versions, fields.count("PermissionsBoundaryUsageCount"), origin)

    def version(self, fields: Fields, default: str) -> PolicyVersion:
        """Return a PolicyVersion; `default` is the id of the one in force, where the policy says it."""
        id_ = fields.text_or("VersionId", "")
        in_force = id_ == default if default and id_ else fields.truth("IsDefaultVersion")
        document = self._shelf.document(PolicyType.IDENTITY, fields.need("Document"), fields.file)
        return PolicyVersion(id_, in_force, document)

    def _inline(self, fields: Fields, name: str) -> tuple[InlinePolicy, ...]:
        return tuple(
            InlinePolicy(
                inline.text("PolicyName"),
                self._shelf.document(PolicyType.IDENTITY, inline.need("PolicyDocument"), inline.file),
            )
            for inline in fields.each_of(name, "an inline policy")
        )


def account_of(arn: str) -> str:
    """Return the account in the ARN of an IAM resource; empty where it has none."""
    found = _ARN.match(arn)
    return found[1] if found else ""


def _named(fields: Fields, kind: str) -> tuple[str, str, str, str]:
    return _arn(fields), fields.text(f"{kind}Name"), fields.text_or("Path", "/"), fields.text_or(f"{kind}Id", "")


def _arn(fields: Fields) -> str:
    arn = fields.text("Arn")
    if not account_of(arn):
        raise fields.wrong("Arn", fields.need("Arn"), "the ARN of something in IAM")
    return arn


def _attached(fields: Fields) -> tuple[str, ...]:
    each = fields.each_of("AttachedManagedPolicies", "an attached policy")
    return tuple(policy.text("PolicyArn") for policy in each)


def _boundary(fields: Fields) -> str | None:
    found = fields.find("PermissionsBoundary")
    if found is None:
        return None
    boundary = Fields.of(found, fields.file, "a permissions boundary")
    type_ = boundary.text_or("PermissionsBoundaryType", _BOUNDARY_TYPES[0])
    if type_ not in _BOUNDARY_TYPES:
        raise boundary.wrong("PermissionsBoundaryType", boundary.need("PermissionsBoundaryType"), "`Policy`")
    return boundary.text("PermissionsBoundaryArn")


def _tags(fields: Fields) -> Mapping[str, str]:
    return dict(_each_tag(fields))


def _each_tag(fields: Fields) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for tag in fields.each_of("Tags", "a tag"):
        key = tag.text("Key")
        if key.lower() in seen:
            message = f"the tag {quote(key)} stands twice"
            raise UsageError(message, source=tag.file, span=tag.value.span, help="fetch the account again")
        seen.add(key.lower())
        yield key, tag.text("Value")
