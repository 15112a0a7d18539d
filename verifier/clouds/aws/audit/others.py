"""Whom trust policies and policies of resources may let in, each as a maximum that names principals.

    trusting, with_external_id, without_source, pinned    of trust policies (A10 to A13)
    everybody_else                                        the trust policy of a role that everybody may assume
    within_organization, decrypting, administering        of policies of resources and of keys (A14 and A34)

Such a maximum is that of a question about the resource's own side, in which an account means everyone in it
(interface.md, principals and resource policies).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from verifier.clouds.aws.audit.confused_deputy import SAYING_FOR_WHOM

_ASSUME = "sts:AssumeRole"
_FEDERATED = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
_DECRYPTING = ("kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant")
_WEB = ("accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com")


def _statement(principal: Any, actions: Any = "*", /, effect: str = "Allow", **conditions: Mapping[str, Any]) -> Any:
    found = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"}
    return found | ({"Condition": conditions} if conditions else {})


def _except_for(actions: Sequence[str]) -> Any:
    """Return the statement that allows everybody every other action."""
    return {"Effect": "Allow", "Principal": "*", "NotAction": list(actions), "Resource": "*"}


def _maximum(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


LETS_NOBODY_IN = _maximum(_statement("*", effect="Deny"))


def trusting(accounts: Iterable[str]) -> str:
    """Return A10: everyone in `accounts`, services, and identities of providers, which A13 asks about."""
    return _maximum(_statement({"AWS": list(accounts), "Service": "*", "Federated": "*"}))


def everybody_else(said: str = "") -> str:
    """Return the trust policy of a role that ten accounts may assume which `said` does not name.

    What `said` lets any account do, it lets these do. No two of them have a digit in one place, so that a pattern of
    accounts lets in one of them at most, unless it lets in all, or nearly all.
    """
    strangers = [_stranger(said, number) for number in range(10)]
    return _maximum({"Effect": "Allow", "Principal": {"AWS": strangers}, "Action": _ASSUME})


def _stranger(said: str, number: int) -> str:
    """Return the account of this number among the ten, or the next that `said` does not name."""
    first = int("".join(str((step * number + place) % 10) for place, step in enumerate((1, 3, 7, 9) * 3)))
    return next(text for text in map("{:012}".format, itertools.count(first)) if text not in said)


def with_external_id(own: str) -> str:
    """Return A11: whoever is in the account `own`, or brings an external id."""
    return _maximum(
        _except_for([_ASSUME]),
        _statement({"AWS": own, "Service": "*", "Federated": "*"}),
        _statement("*", StringLike={"sts:ExternalId": "*"}),
    )


def without_source(own: str, organization: str) -> str:
    """Return A12: everybody except the services that say for whom they ask, where it is not the account `own`."""
    keys = {"aws:SourceAccount": own} | ({"aws:SourceOrgID": organization} if organization else {})
    foreign = {"StringNotEquals": keys, "ArnNotLike": {"aws:SourceArn": f"arn:*:*:*:{own}:*"}}
    return _maximum(_statement("*"), _statement({"Service": list(SAYING_FOR_WHOM)}, _ASSUME, effect="Deny", **foreign))


def pinned(own: str, federated: Mapping[str, Sequence[str]]) -> str:
    """Return A13: of each provider the subjects that `federated` lists, with an audience that is told."""
    statements = [_except_for(_FEDERATED)]
    for provider, subjects in federated.items():
        if ":saml-provider/" in provider:
            condition = {"SAML:sub": list(subjects), "SAML:aud": "*"}
            statements.append(_statement({"Federated": provider}, _FEDERATED[1], StringLike=condition))
        else:
            named = provider if provider in _WEB else f"arn:aws:iam::{own}:oidc-provider/{provider}"
            condition = {f"{provider}:sub": list(subjects), f"{provider}:aud": "*"}
            statements.append(_statement({"Federated": named}, _FEDERATED[0], StringLike=condition))
    return _maximum(*statements)


def within_organization(accounts: Sequence[str], organization: str) -> str:
    """Return A14: everyone in `accounts` or the `organization`, if one is named, and services."""
    return _maximum(*_members(accounts, organization, "*"), _statement({"Service": "*"}))


def decrypting(accounts: Sequence[str], organization: str) -> str:
    """Return A34: nobody outside of `accounts` and the `organization` decrypts, except services."""
    members = _members(accounts, organization, list(_DECRYPTING))
    return _maximum(_except_for(_DECRYPTING), *members, _statement({"Service": "*"}))


def administering(own: str) -> str:
    """Return everything except what an administrator of a key does in the account `own`."""
    return _maximum(_statement("*"), _statement({"AWS": own}, "kms:PutKeyPolicy", effect="Deny"))


def _members(accounts: Sequence[str], organization: str, actions: Any) -> list[Any]:
    found = [_statement({"AWS": list(dict.fromkeys(accounts))}, actions)]
    if organization:
        found.append(_statement("*", actions, StringEquals={"aws:PrincipalOrgID": organization}))
    return found
