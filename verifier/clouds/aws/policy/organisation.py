"""Policies of AWS Organizations: what an RCP may hold, which document is one, and what it binds (rules 6 and 30).

    as_rcp(policy)     the policy as an RCP: its Deny statements bind actions of the services that support RCPs only
    is_rcp(policy)     whether a document is an RCP by itself: Denies for everyone, or AWS's own full access
    only_denies(...)   whether documents are compared, or act, by what they deny alone

Source: AWS Organizations User Guide, *RCP syntax* and *SCP evaluation*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from verifier.base.errors import PolicyError, quote
from verifier.base.warning import PolicyWarning
from verifier.clouds.aws.catalogue.rcp import NEVER, rcp_services
from verifier.clouds.aws.policy.syntax import Policy, Principals, Statement
from verifier.logic.actions import Effect

_AS_RCP: WeakKeyDictionary[Policy, Policy] = WeakKeyDictionary()


def as_rcp(policy: Policy) -> Policy:
    """Return `policy` as an RCP, always the same object for it; itself where it is one already."""
    if any(statement.actions is not None and statement.actions.rcp for statement in policy.statements):
        return policy
    found = _AS_RCP.get(policy)
    if found is None:
        found = _AS_RCP[policy] = replace(policy, statements=tuple(map(_bound, policy.statements)))
    return found


def _bound(statement: Statement) -> Statement:
    if statement.actions is None or statement.effect is Effect.ALLOW:
        return statement
    return replace(statement, actions=replace(statement.actions, rcp=True))


def is_rcp(policy: Policy) -> bool:
    """Whether the document is an RCP by itself: every statement is for everyone, and denies or is the full access."""
    return all(
        statement.principals is not None
        and is_everyone(statement.principals)
        and (statement.effect is Effect.DENY or is_full_access(statement))
        for statement in policy.statements
    )


def only_denies(policies: Iterable[Policy]) -> bool:
    """Whether documents have no Allow, or none that allows anything: the full access of an RCP grants nothing."""
    return all(
        statement.effect is Effect.DENY or (statement.principals is not None and is_full_access(statement))
        for policy in policies
        for statement in policy.statements
    )


def is_full_access(statement: Statement) -> bool:
    """Whether `statement` is that of RCPFullAWSAccess: Allow `*` on `*`, for everyone, without conditions."""
    actions, resources = statement.actions, statement.resources
    return (
        actions is not None
        and resources is not None
        and not (actions.negated or resources.negated or statement.conditions)
        and [entry.text for entry in actions.entries] == ["*"]
        and [entry.text for entry in resources.entries] == ["*"]
    )


def is_everyone(principals: Principals) -> bool:
    """Whether `principals` are written `"*"`."""
    return not principals.negated and [(entry.type, entry.text) for entry in principals.entries] == [(None, "*")]


def check_rcp(policy: Policy, statement: Statement) -> None:
    """Raise PolicyError where AWS refuses `statement` in an RCP; its principals have been checked (rule 30)."""
    if statement.effect is Effect.ALLOW:
        if not is_full_access(statement):
            help = "write Deny; the only Allow may be AWS's own full access, Allow `*` on `*`"
            message = "an Allow statement is not allowed in a resource control policy"
            raise PolicyError(message, source=policy.source, span=statement.span, help=help)
        return
    actions = statement.actions
    assert actions is not None  # an action is needed in every document
    if actions.negated:
        message = "`NotAction` is not allowed in a resource control policy: AWS Organizations accepts `Action` only"
        help = "write `Action`, with the services to restrict"
        raise PolicyError(message, source=policy.source, span=actions.span, help=help)
    for entry in actions.entries:
        if entry.text == "*" or (entry.pattern is not None and entry.pattern.service.text is None):
            message = (
                f"the action {quote(entry.text)} does not name a service: AWS Organizations does not accept `*` for "
                "all services in an RCP, only the prefix of a service that supports RCPs"
            )
            raise PolicyError(message, source=policy.source, span=entry.span, help="write `s3:*`, `sts:*`, ...")


def rcp_warnings(policy: Policy) -> Iterator[PolicyWarning]:
    """Yield what an RCP says that limits nothing: actions of services that support no RCPs, and those never bound."""
    for statement in policy.statements:
        for entry in statement.actions.entries if statement.actions and statement.effect is Effect.DENY else ():
            service = entry.pattern.service.text if entry.pattern is not None else None
            if service is not None and service not in rcp_services():
                yield PolicyWarning(
                    f"the action {quote(entry.text)} limits nothing: `{service}` does not support RCPs", entry.span
                )
            elif entry.text.lower() in NEVER:
                yield PolicyWarning(f"the action {quote(entry.text)} limits nothing: no RCP applies to it", entry.span)
