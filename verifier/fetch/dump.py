"""Users, groups, roles and policies of an account: the dump, and the policies that the dump leaves out.

    details            what `aws iam get-account-authorization-details` prints, all pages as one
    omitted_policies   the policies that the dump names and does not hold, each as the dump would hold it

A customer's policy that is used as a boundary only is not in the dump. Every other policy that is named and missing is
fetched too, those of AWS among them: the copy that verifier ships may be older than what the account has today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from verifier.fetch.aws_session import AwsCaller
from verifier.fetch.calls import DETAILS, POLICY, POLICY_VERSION, Given, NotRead, Unread
from verifier.fetch.document_text import document_or_text

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_DOCUMENTS = frozenset({"PolicyDocument", "AssumeRolePolicyDocument", "Document"})
_NAMING = ("UserDetailList", "GroupDetailList", "RoleDetailList")


def details(caller: AwsCaller) -> dict[str, list[Any]]:
    """Return the dump of the account. Raises NotRead."""
    pages = caller.ask(DETAILS, {})
    return {name: [plain(one) for page in pages for one in page.get(name, [])] for name in LISTS}


def omitted_policies(caller: AwsCaller, dump: Given) -> tuple[list[Any], list[Unread]]:
    """Return the policies that the dump names and does not hold, and the calls for them that were not answered."""
    held = {policy.get("Arn") for policy in dump["Policies"]}
    found: list[Any] = []
    unread: list[Unread] = []
    for arn in sorted(set(_named(dump)) - held):
        try:
            found.append(_policy(caller, arn))
        except NotRead as refused:
            unread.append(refused.unread)
    return found, unread


def plain(value: Any) -> Any:
    """Return a part of an answer as JSON has it: times as texts, documents as `document_or_text` has them."""
    if isinstance(value, dict):
        return {key: _document(each) if key in _DOCUMENTS else plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _document(value: Any) -> Any:
    return document_or_text(value) if isinstance(value, str) else plain(value)


def _named(dump: Given) -> Iterator[str]:
    """Yield the ARN of every policy that is attached or is a boundary."""
    for name in _NAMING:
        for principal in dump[name]:
            yield from (attached["PolicyArn"] for attached in principal.get("AttachedManagedPolicies", []))
            boundary = principal.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
            if boundary:
                yield boundary


def _policy(caller: AwsCaller, arn: str) -> Any:
    policy = caller.only(POLICY, {"arn": arn})
    version = caller.only(POLICY_VERSION, {"arn": arn, "version": policy["DefaultVersionId"]})
    return plain({**policy, "PolicyVersionList": [version]})
