"""What a request of a principal holds, as a document that refuses every other: keys that follow from it (rule 33).

A condition may read `aws:PrincipalArn`, a tag of the principal or the like. A question asks about requests of this
principal alone, so it takes part in them as one more level that must allow. Only keys that some document reads are
pinned, so that principals with equal documents, which read none, have one question.

A session of a role carries other tags than the role only where its trust policy lets it: `sts:TagSession`. Where it
does, the tags are left free, and a proof holds for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from verifier.base.memo import once
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account, AccountPrincipal, Role, User
from verifier.clouds.aws.policy.syntax import Actions, Policy, keys_of
from verifier.logic.actions import Effect
from verifier.strings.values import Key

_OF_PRINCIPALS = ("aws:principal", "aws:username", "aws:userid")
_TAG = "aws:principaltag/"
# The version in which `${...}` is plain text.
_VERSION = "2008-10-17"
_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_TAG_SESSION = ("sts", "tagsession")


@once
def principal_keys(document: AccountDocument) -> frozenset[str]:
    """Return the keys about whoever asks that `document` reads, in lower case; of a broken one nothing is known."""
    text = document.text.lower()
    if not any(name in text for name in _OF_PRINCIPALS) or document.policy is None:
        return frozenset()
    return keys_about_principals(document.policy)


def keys_about_principals(policy: Policy) -> frozenset[str]:
    """Return the keys about whoever asks that a policy reads, in lower case."""
    return frozenset(key.name.lower() for key in keys_of(policy) if key.name.lower().startswith(_OF_PRINCIPALS))


@once
def tag_keys(document: AccountDocument) -> frozenset[str]:
    """Return the keys of tags that `document` reads, of principals and resources; of a broken one nothing is known."""
    if "tag/" not in document.text.lower() or document.policy is None:
        return frozenset()
    return frozenset(_tags(keys_of(document.policy)))


def _tags(keys: Iterable[Key]) -> Iterator[str]:
    for key in keys:
        prefix, slash, tag = key.name.partition("/")
        if slash and prefix.lower() in ("aws:principaltag", "aws:resourcetag", "iam:resourcetag"):
            yield tag


def pins(account: Account, principal: AccountPrincipal, keys: Iterable[str]) -> str:
    """Return the document that refuses what holds another of `keys` than `principal`; empty where that is none."""
    return pinning(pinned_values(account, principal, keys))


def pinning(values: Iterable[tuple[str, str | None]]) -> str:
    """Return the document that refuses what holds other values for keys, None where a key is absent; empty for none."""
    denials = [_denial(*each) for each in values]
    return json.dumps({"Version": _VERSION, "Statement": [_ALL, *denials]}) if denials else ""


def pinned_values(
    account: Account, principal: AccountPrincipal | None, keys: Iterable[str]
) -> Iterator[tuple[str, str | None]]:
    """Yield those of `keys`, in lower case, whose values follow from who `principal` is, None for the root user, with
    the value; None where such a request lacks the key.
    """
    known = {name.lower(): (name, value) for name, value in _known(account, principal)}
    for key in sorted(keys):
        if key in known:
            yield known[key]
        elif key.startswith(_TAG) and principal is not None and _has_its_tags(principal):
            tag = key.removeprefix(_TAG)
            yield f"aws:PrincipalTag/{tag}", _by_key(principal.tags).get(tag)


def _known(account: Account, principal: AccountPrincipal | None) -> Iterator[tuple[str, str | None]]:
    """Yield what keys hold; None where they are absent."""
    if account.organization is not None and account.organization.id:
        yield "aws:PrincipalOrgID", account.organization.id
    if principal is None:
        return
    user = isinstance(principal, User)
    yield "aws:PrincipalArn", principal.arn
    yield "aws:PrincipalAccount", account.id
    yield "aws:PrincipalType", "User" if user else "AssumedRole"
    yield "aws:PrincipalIsAWSService", "false"
    yield "aws:PrincipalServiceName", None
    yield "aws:username", principal.name if user else None
    if user and principal.id:
        yield "aws:userid", principal.id


def _denial(name: str, value: str | None) -> object:
    condition = {"StringLike": {name: "*"}} if value is None else {"StringNotEquals": {name: value}}
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


def _has_its_tags(principal: AccountPrincipal) -> bool:
    """Whether requests of `principal` carry its tags, and no others."""
    return not (isinstance(principal, Role) and may_tag_sessions(principal))


def _by_key(tags: Mapping[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in tags.items()}


def may_tag_sessions(role: Role) -> bool:
    """Whether the trust policy of `role` may let a session bring tags of its own; so where it is not known."""
    policy = role.trust.policy if role.trust else None
    if policy is None:
        return True
    return any(
        statement.effect is Effect.ALLOW and _names_tagging(statement.actions) for statement in policy.statements
    )


def _names_tagging(actions: Actions | None) -> bool:
    if actions is None or actions.negated:
        return True
    return any(entry.pattern is not None and entry.pattern.meets(*_TAG_SESSION) for entry in actions.entries)
