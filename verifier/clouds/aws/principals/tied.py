"""The keys that follow from who asks, and from whose the resource is (rule 33).

    ties                  for each key that follows from a principal, what it must be
    complete              a request with the keys that follow from who asks
    contradiction         a key of a request that cannot be as it is, as its principal asks
    asker_of, owner_of    who asks, and whose the resource is
    says_owner            whether a request says of the resource what its ARN does

Sources, in the IAM User Guide: *AWS global condition context keys* (under `aws:ResourceAccount`, the actions that do
not have it), and *Principal key values* (the table of what `aws:userid` holds).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import RequestError, quote
from verifier.clouds.aws.principals.principal import SERVICE_LINKED_PATH, Principal, PrincipalKind, read_principal
from verifier.clouds.aws.principals.resource_policy import account_in
from verifier.logic.request import Request
from verifier.strings.values import Key

PRINCIPAL_ARN = Key.of("aws:PrincipalArn")
PRINCIPAL_ACCOUNT = Key.of("aws:PrincipalAccount")
PRINCIPAL_TYPE = Key.of("aws:PrincipalType")
USER_NAME = Key.of("aws:username")
USER_ID = Key.of("aws:userid")
IS_AWS_SERVICE = Key.of("aws:PrincipalIsAWSService")
SERVICE_NAME = Key.of("aws:PrincipalServiceName")
RESOURCE_ACCOUNT = Key.of("aws:ResourceAccount")
# The actions without `aws:ResourceAccount`. A service has no action with it.
_ALL_WITHOUT_OWNER = """
    auditmanager:updateassessmentframeworkshare detective:acceptinvitation ds:acceptshareddirectory
    ec2:accepttransitgatewaypeeringattachment ec2:acceptvpcendpointconnections ec2:acceptvpcpeeringconnection
    ec2:copyimage ec2:copysnapshot ec2:createtransitgatewaypeeringattachment ec2:createvolume ec2:createvpcendpoint
    ec2:createvpcpeeringconnection ec2:deletetransitgatewaypeeringattachment ec2:deletevpcpeeringconnection
    ec2:rejecttransitgatewaypeeringattachment ec2:rejectvpcendpointconnections ec2:rejectvpcpeeringconnection
    es:acceptinboundconnection guardduty:acceptadministratorinvitation macie2:acceptinvitation
    route53:associatevpcwithhostedzone route53:createvpcassociationauthorization
    route53:deletevpcassociationauthorization route53:disassociatevpcfromhostedzone route53:listhostedzonesbyvpc
    securityhub:acceptadministratorinvitation
"""
WITHOUT_OWNER = frozenset(_ALL_WITHOUT_OWNER.split())
SERVICE_WITHOUT_OWNER = "ebs"


@dataclass(frozen=True, slots=True)
class IsValue:
    """The key is present, and this is its one value."""

    value: str


@dataclass(frozen=True, slots=True)
class IsAbsent:
    """The key is absent."""


@dataclass(frozen=True, slots=True)
class IsRoleArn:
    """The key is present: the ARN of the role called `name` of the account, with any path that begins with `path`."""

    partition: str
    account: str
    name: str
    path: str = ""

    def matches(self, text: str) -> bool:
        """Whether `text` is such an ARN."""
        head = f"arn:{self.partition}:iam::{self.account}:role/{self.path}"
        return text == head + self.name or (text.startswith(head) and text.endswith(f"/{self.name}"))


@dataclass(frozen=True, slots=True)
class HasForm:
    """If the key is present, its one value is a text without colons, a colon, and `end`; any end where that is None."""

    end: str | None

    def matches(self, text: str) -> bool:
        """Whether `text` has this form."""
        begin, colon, end = text.partition(":")
        return bool(begin and colon and end) and (self.end is None or end == self.end)


@dataclass(frozen=True, slots=True)
class MayBeValue:
    """If the key is present, this is its one value."""

    value: str


Tie: TypeAlias = IsValue | IsAbsent | IsRoleArn | HasForm | MayBeValue


def ties(principal: Principal) -> Iterator[tuple[Key, Tie]]:
    """Yield what `principal` says about keys (rule 33). What is not yielded is free."""
    account = principal.account
    match principal.kind:
        case PrincipalKind.USER:
            yield PRINCIPAL_ARN, IsValue(principal.text)
            yield PRINCIPAL_TYPE, IsValue("User")
            yield USER_NAME, IsValue(principal.name)
        case PrincipalKind.ROLE | PrincipalKind.SESSION:
            path = SERVICE_LINKED_PATH if principal.is_service_linked else ""
            own = IsRoleArn(principal.partition, account, principal.name, path)
            yield PRINCIPAL_ARN, own if principal.arn is None else IsValue(principal.arn)
            yield PRINCIPAL_TYPE, IsValue("AssumedRole")
            yield USER_ID, HasForm(principal.session)
        case PrincipalKind.FEDERATED:
            yield PRINCIPAL_ARN, IsValue(principal.text)
            yield PRINCIPAL_TYPE, IsValue("FederatedUser")
            yield USER_ID, MayBeValue(f"{account}:{principal.name}")
        case PrincipalKind.ROOT:
            yield PRINCIPAL_ARN, IsValue(principal.text)
            yield PRINCIPAL_TYPE, IsValue("Account")
            yield USER_ID, MayBeValue(account)
        case PrincipalKind.ANONYMOUS:
            yield PRINCIPAL_ARN, IsAbsent()
            yield PRINCIPAL_ACCOUNT, IsValue("anonymous")
            yield PRINCIPAL_TYPE, IsValue("Anonymous")
        case PrincipalKind.SERVICE:
            yield IS_AWS_SERVICE, IsValue("true")
            yield SERVICE_NAME, IsValue(principal.text)
        case PrincipalKind.PROVIDER:
            yield PRINCIPAL_ARN, IsAbsent()  # its requests are not signed
    if principal.kind.has_account:
        yield PRINCIPAL_ACCOUNT, IsValue(account)
        yield IS_AWS_SERVICE, IsValue("false")
    if principal.kind is not PrincipalKind.USER:
        yield USER_NAME, IsAbsent()
    if principal.kind is not PrincipalKind.SERVICE:
        yield SERVICE_NAME, IsAbsent()


def owner_of(request: Request, principal: Principal | None) -> str:
    """Return the account of the resource: the one in its ARN, else the one of the context, else the principal's."""
    values = request.values(RESOURCE_ACCOUNT)
    return account_in(request.resource) or (values[0] if values else "") or (principal.account if principal else "")


def asker_of(request: Request) -> Principal | None:
    """Return who asks, with the ARN of the role where the request tells it; None where it is not said.

    Raises UsageError for a text that names no principal.
    """
    if request.principal is None:
        return None
    values = request.values(PRINCIPAL_ARN)
    return read_principal(request.principal).of_role(values[0] if len(values) == 1 else None)


def complete(request: Request, read: Collection[Key] = ()) -> Request:
    """Return `request` with those of the keys `read` that follow from who asks.

    A session's role has the path `/`, or that of service-linked roles where its name tells that it is one.

    Raises RequestError where its context contradicts who asks, UsageError for a principal that is none.
    """
    principal = asker_of(request)
    if principal is None:
        return request
    wrong = contradiction(request, principal)
    if wrong is not None:
        key, must = wrong
        help, spans = "leave the key out: it follows from who asks", request.spans
        span = spans.keys[key].span if spans is not None and key in spans.keys else None
        raise RequestError(f"as {quote(principal.text)} asks, {must}", span=span, help=help)
    found = dict(request.context)
    for key, tie in ties(principal):
        value = _value(tie)
        if value is not None and key in read:
            found.setdefault(key, value)
    account = account_in(request.resource)
    if account and RESOURCE_ACCOUNT in read and not _is_without_owner(request.action):
        found.setdefault(RESOURCE_ACCOUNT, account)
    return request if len(found) == len(request.context) else replace(request, context=dict(sorted(found.items())))


def _value(tie: Tie) -> str | None:
    match tie:
        case IsValue(value):
            return value
        case IsRoleArn(partition, account, name, path):
            return f"arn:{partition}:iam::{account}:role/{path}{name}"
        case _:
            return None


def contradiction(request: Request, principal: Principal, needed: Collection[Key] = ()) -> tuple[Key, str] | None:
    """Return a key of `request` that cannot be as it is if `principal` asks, with what it must be; None if none is.

    A key that follows from who asks may be left out, unless it is one of those `needed`.
    """
    for key, tie in ties(principal):
        values = request.values(key)
        if not (_agrees(tie, values) or (not values and key not in needed)):
            return key, f"`{key}` is {_said(tie)}"
    if not says_owner(request, needed):
        account = account_in(request.resource)
        return RESOURCE_ACCOUNT, f"`{RESOURCE_ACCOUNT}` is {quote(account)}, the account of the resource"
    return None


def says_owner(request: Request, needed: Collection[Key] = (RESOURCE_ACCOUNT,)) -> bool:
    """Whether `aws:ResourceAccount` is the account in the ARN of the resource, if that tells one; it may be left out
    where it is not `needed`, and where the action has no such key.
    """
    account, values = account_in(request.resource), request.values(RESOURCE_ACCOUNT)
    if values or not account:
        return not account or values == (account,)
    return RESOURCE_ACCOUNT not in needed or _is_without_owner(request.action)


def _is_without_owner(action: str) -> bool:
    return action.lower() in WITHOUT_OWNER or action.lower().startswith(f"{SERVICE_WITHOUT_OWNER}:")


def _agrees(tie: Tie, values: tuple[str, ...]) -> bool:
    match tie:
        case IsValue(value):
            return values == (value,)
        case MayBeValue(value):
            return values in ((), (value,))
        case IsAbsent():
            return not values
        case IsRoleArn():
            return len(values) == 1 and tie.matches(values[0])
        case HasForm():
            return not values or (len(values) == 1 and tie.matches(values[0]))


def _said(tie: Tie) -> str:
    match tie:
        case IsValue(value) | MayBeValue(value):
            return quote(value)
        case IsAbsent():
            return "absent"
        case IsRoleArn(_, account, name):
            return f"the ARN of the role {quote(name)} of the account {account}"
        case HasForm(end):
            return "an id, a colon and the name of the session" if end is None else f"an id, a colon and {quote(end)}"
