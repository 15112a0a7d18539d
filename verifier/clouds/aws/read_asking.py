"""Who asks, as a line of a batch, the options of a command and the functions of Python tell it, to one value.

asking_of            who asks, and the documents of the resource's side; None where nothing of it is told
evaluate_question    the question about a request, with the keys that follow from who asks
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.principals.asking import Asking, Membership
from verifier.clouds.aws.principals.principal import Principal, read_principal
from verifier.clouds.aws.principals.resource_policy import read_resource, resource_policy
from verifier.clouds.aws.principals.tied import complete
from verifier.logic.request import Request
from verifier.questions.question import EvaluateQuestion
from verifier.strings.pattern import arn_fields

_ACCOUNT = regex(r"[0-9]{12}")
_ORGANIZATION = frozenset(("id", "accounts", "management"))


def asking_of(
    principal: str | None = None,
    request: Request | None = None,
    *,
    resource_policies: Sequence[tuple[str | None, Policy]] = (),
    endpoint: Policy | None = None,
    organization: object = None,
    federated_by: str | None = None,
    explicit: bool = False,
) -> Asking | None:
    """Return who asks, which `principal` or `request` tells, and the documents of the resource's side.

    A resource policy without an ARN is that of the resource asked about, or of the bucket that its entries name. Raises
    UsageError for what does not fit together, PolicyError for a resource policy whose resource is not told.
    """
    told = request.principal if request is not None else None
    if principal is not None and told is not None and principal != told:
        raise UsageError(
            f"the question names {quote(principal)} as the one who asks, and the request {quote(told)}",
            help="leave out one",
        )
    name = principal if principal is not None else told
    asks = None if name is None else asked(name)
    if not (asks or resource_policies or endpoint or organization or federated_by or explicit):
        return None
    if explicit and (asks is None or not asks.account):
        raise UsageError("the explicit question is about a principal of an account", help="name the principal")
    shown = tuple(resource_policy(arn or _asked_about(request), policy) for arn, policy in resource_policies)
    return Asking(asks, shown, endpoint, _organization(organization), federated_by, explicit)


def asked(text: str) -> Principal:
    """Return the principal that `text` names. Raises UsageError where it names none, or an account that is none."""
    found = read_principal(text)
    if found.account and not _ACCOUNT.fullmatch(found.account):
        raise UsageError(f"{quote(text)} has no account", help="write the twelve digits of the account")
    return found


def _asked_about(request: Request | None) -> str | None:
    """Return the resource whose policy is meant where none is named: the one asked about, of an object its bucket."""
    if request is None or request.resource == "*":
        return None
    fields = arn_fields(request.resource)
    assert fields is not None  # rule 2
    if fields[2] == "s3" and not fields[4] and "/" in fields[5]:
        return request.resource.partition("/")[0]
    return read_resource(request.resource)


def _organization(told: object) -> Membership | None:
    if told is None:
        return None
    if not isinstance(told, Mapping) or not _ORGANIZATION.issuperset(told):
        help = 'write `{"id": "o-example", "accounts": ["111122223333"]}`'
        raise UsageError("`organization` is not an organization", help=help)
    accounts, management = told.get("accounts"), told.get("management")
    for account in (*(accounts if isinstance(accounts, list) else ()), *([management] if management else ())):
        if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
            raise UsageError(f"{quote(str(account))} is not an account", help="write its twelve digits as a string")
    if accounts is not None and not isinstance(accounts, list):
        raise UsageError("`accounts` of the organization is not a list", help="write a list of accounts")
    id_ = told.get("id")
    if id_ is not None and not isinstance(id_, str):
        raise UsageError("`id` of the organization is not a string", help="write it as a string")
    return Membership(id_, None if accounts is None else frozenset(accounts), management)


def evaluate_question(documents: Documents, request: Request) -> EvaluateQuestion:
    """Return the question what happens to `request`, with the keys that the documents read and that follow from who
    asks. Raises RequestError where its context contradicts who asks.
    """
    asking = documents.asking
    if asking is None:
        return EvaluateQuestion(documents, request)
    if request.principal is None and asking.principal is not None:
        request = replace(request, principal=asking.principal.text)
    read = frozenset().union(*(keys_of(policy) for _, policy in documents.placed()))
    return EvaluateQuestion(documents, complete(request, read))
