"""What the policies of resources keep somebody from, as one document that refuses it.

    denied_there    of policies that are shown, what their Denies say of a principal, and which roles do not trust it

For a list of all that somebody may do: a policy that only denies would part that list by the resource that it covers.
What is sure is refused, and no more: a Deny counts if it names the principal, its account or everybody, and as far as
its entries are plainly about what the policy covers (rules 29 and 35).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from verifier.base.errors import Unsupported
from verifier.base.source import Source
from verifier.clouds.aws.audit.shapes import denial, literal, maximum_of_shapes
from verifier.clouds.aws.audit.shown import ShownDocument
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, PrincipalEntry, Statement
from verifier.clouds.aws.principals.named import (
    AnySession,
    EveryPrincipal,
    OnePrincipal,
    WholeAccount,
    may_allow,
    named_principal,
)
from verifier.clouds.aws.principals.principal import Principal
from verifier.clouds.aws.principals.resource_policy import Cover, ResourceKind, cover_of, resource_kind
from verifier.logic.actions import Effect

# As AWS spells them, and as answers show them.
_BECOMING = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:TagSession",
)
_NAME = "what policies of resources deny"


def denied_there(shown: Iterable[tuple[ShownDocument, Policy]], principal: Principal) -> Iterator[Policy]:
    """Yield documents that refuse what the policies `shown`, of the account of `principal`, keep it from."""
    closed = []
    for document, policy in shown:
        if resource_kind(document.arn) is ResourceKind.ROLE and not _lets_in(policy, principal):
            closed.append(literal(document.arn))
            continue
        denials = [_statement(document, one) for one in policy.statements if _denies_surely(one, principal)]
        denials = [one for one in denials if one["Resource"] and one.get("Action", "NotAction")]
        if denials:
            everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
            version = json.loads(document.text).get("Version", "2008-10-17")
            yield _parsed(json.dumps({"Version": version, "Statement": [everything, *denials]}))
    if closed:
        yield _parsed(maximum_of_shapes([denial(_BECOMING, closed)]))


def _parsed(text: str) -> Policy:
    return parse_source(Source(_NAME, text, stand_in=True))


def _lets_in(policy: Policy, principal: Principal) -> bool:
    try:
        return may_allow(policy, principal)
    except Unsupported:
        return True


def _denies_surely(statement: Statement, principal: Principal) -> bool:
    principals = statement.principals
    if statement.effect is not Effect.DENY or principals is None or principals.negated:
        return False
    return any(_is_for(entry, principal) for entry in principals.entries)


def _is_for(entry: PrincipalEntry, principal: Principal) -> bool:
    """Whether an entry names all that `principal` may ask as."""
    try:
        named = named_principal(entry)
    except Unsupported:
        return False
    match named:
        case EveryPrincipal():
            return True
        case WholeAccount(account):
            return account == principal.account
        case AnySession(partition, account, name):
            return (partition, account, name) == (principal.partition, principal.account, principal.name)
        case OnePrincipal(text):
            return text == principal.text
        case _:
            return False


def _statement(document: ShownDocument, statement: Statement) -> dict[str, Any]:
    """Return a Deny without principals, on as much of what the policy covers as its entries plainly name."""
    said = json.loads(document.text)["Statement"]
    found: dict[str, Any] = dict((said if isinstance(said, list) else [said])[statement.index])
    for name in ("Principal", "NotPrincipal", "Sid"):
        found.pop(name, None)
    resources = statement.resources
    if resources is None:
        entries = [] if "NotResource" in found else [literal(document.arn)]
    else:
        entries = [] if resources.negated else [entry.text for entry in resources.entries]
    found.pop("NotResource", None)
    cover = cover_of(document.arn)
    about = {} if cover.actions is None else {"Action": [*_becoming(statement)]}
    return {**found, **about, "Resource": [each for entry in entries for each in _within(entry, cover)]}


def _becoming(statement: Statement) -> Iterator[str]:
    """Yield the actions of trust policies that a statement plainly names."""
    named = statement.actions
    if named is not None and not named.negated:
        patterns = [entry.pattern for entry in named.entries if entry.pattern is not None]
        yield from (one for one in _BECOMING if any(each.meets(*one.lower().split(":")) for each in patterns))


def _within(entry: str, cover: Cover) -> Iterator[str]:
    """Yield entries for what `entry` names of a cover, as far as that is plain."""
    whole = [literal(cover.arn), *([f"{literal(cover.below)}*"] if cover.below else [])]
    if entry in whole or (cover.below and entry.startswith(literal(cover.below))):
        yield entry
    elif entry.endswith("*") and not any(char in entry[:-1] for char in "*?$") and cover.arn.startswith(entry[:-1]):
        yield from whole
