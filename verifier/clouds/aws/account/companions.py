"""The companions of a dump: the organization, policies of resources, and what runs as which role.

The forms are those of interface.md, accounts. A policy that the dump omits stands in `policies.json` as the dump would
hold it, or as `{"Arn": ..., "Document": {...}}`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from verifier.base.errors import UsageError, quote
from verifier.base.safe import printable
from verifier.clouds.aws.account.details import DetailReader
from verifier.clouds.aws.account.fields import Fields
from verifier.clouds.aws.account.files import CompanionFile
from verifier.clouds.aws.account.held import AccountDocument, DocumentShelf
from verifier.clouds.aws.account.model import (
    ManagedPolicyDetail,
    Organization,
    OrganizationLevel,
    PolicyVersion,
    ResourcePolicy,
    ServiceUse,
)
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.values import ListValue, ObjectValue, Value
from verifier.strings.pattern import arn_fields

_LIMITS = (("scps", PolicyType.SCP), ("rcps", PolicyType.RCP))


def organization_of(file: CompanionFile, account: str, shelf: DocumentShelf) -> Organization:
    """Return what `organization.json` says of `account`. Raises UsageError for another account's."""
    fields = Fields.of(file.value, file.source, "an organization")
    named = fields.text_or("account", account)
    if named != account:
        message = f"the organization is that of the account {quote(named)}, the dump is that of {quote(account)}"
        raise UsageError(
            message, source=file.source, span=fields.need("account").span, help="fetch both of one account"
        )
    levels = tuple(_level(level, shelf) for level in fields.each_of("levels", "a level"))
    return Organization(fields.text_or("id", ""), fields.truth("management"), fields.texts("accounts"), levels)


def _level(fields: Fields, shelf: DocumentShelf) -> OrganizationLevel:
    scps, rcps = (
        tuple(shelf.document(type_, value, fields.file) for value in fields.each(name)) for name, type_ in _LIMITS
    )
    return OrganizationLevel(fields.text_or("name", ""), scps, rcps)


def resource_policies_of(file: CompanionFile, shelf: DocumentShelf) -> tuple[ResourcePolicy, ...]:
    """Return what `resource-policies.json` holds. Raises UsageError, also for two policies of one resource."""
    found: dict[str, AccountDocument] = {}
    for fields in _each(file, "a policy of a resource"):
        resource = fields.text("resource")
        if arn_fields(resource) is None:
            raise fields.wrong("resource", fields.need("resource"), "the ARN of a resource")
        if resource in found:
            message = f"the resource {quote(resource)} has two policies"
            raise UsageError(message, source=file.source, span=fields.value.span, help="keep one")
        found[resource] = shelf.document(PolicyType.RESOURCE, fields.need("policy"), file.source)
    return tuple(ResourcePolicy(resource, document) for resource, document in found.items())


def services_of(file: CompanionFile) -> tuple[ServiceUse, ...]:
    """Return what `services.json` holds. Raises UsageError."""
    return tuple(
        ServiceUse(fields.text("resource"), fields.text("role")) for fields in _each(file, "something that runs")
    )


def omitted_policies_of(
    file: CompanionFile, reader: DetailReader, shelf: DocumentShelf
) -> Iterator[ManagedPolicyDetail]:
    """Yield what `policies.json` holds. Raises UsageError."""
    for fields in _each(file, "a managed policy", within="Policies"):
        document = fields.find("Document")
        if document is None:
            yield reader.policy(fields)
        else:
            arn = fields.text("Arn")
            version = PolicyVersion("", True, shelf.document(PolicyType.IDENTITY, document, file.source))
            yield ManagedPolicyDetail(arn, arn.rpartition("/")[2], (version,))


def unread_of(file: CompanionFile) -> tuple[str, ...]:
    """Return what `fetched.json` says to be missing in the account, as sentences. Raises UsageError."""
    fields = Fields.of(file.value, file.source, "what was fetched")
    left_out = Fields.of(fields.need("left_out"), file.source, "what was left out")
    told = [f"there is no {quote(name)}: {printable(left_out.text(name))}" for name in left_out.value.named]
    regions: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for one in fields.each_of("not_read", "something that was not read"):
        what = one.text_or("call", "") or one.text_or("resource", "")
        regions[one.text("file"), what, one.text("reason")].add(one.text_or("region", ""))
    for (name, what, reason), where in regions.items():
        place = printable(", ".join(sorted(filter(None, where))))
        sentence = f"{quote(name)} is not complete: {quote(what)} was not answered ({printable(reason)})"
        told.append(f"{sentence} in {place}" if place else sentence)
    return tuple(told)


def not_asked(file: CompanionFile) -> str:
    """Return what to say of policies of many resources, which nothing asks about. Raises UsageError."""
    named = sorted({fields.text("resource") for fields in _each(file, "a policy of many resources")})
    return f"policies of many resources are not asked about: {printable(', '.join(named))}"


def _each(file: CompanionFile, what: str, within: str = "") -> Iterator[Fields]:
    """Yield the objects of a file that is a list, or of the list `within` its object."""
    value: Value | None = file.value
    if within and isinstance(value, ObjectValue):
        value = value.member(within)
    if not isinstance(value, ListValue):
        place = file.value.span
        raise UsageError("the text is not a list", source=file.source, span=place, help=f"write a list, each {what}")
    for each in value.values:
        yield Fields.of(each, file.source, what)
