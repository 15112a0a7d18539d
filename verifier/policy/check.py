"""What each kind of document must and must not hold (rules 5, 6 and 30). `parse.py` has checked the rest."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from verifier.errors import PolicyError, quote
from verifier.policy.syntax import Effect, Policy, Principals, Statement
from verifier.source import Span


class Kind(enum.Enum):
    """The place that a document has in a question; the value is what messages call it."""

    IDENTITY = "an identity policy"
    BOUNDARY = "a permissions boundary"
    SESSION = "a session policy"
    SCP = "a service control policy"
    RCP = "a resource control policy"
    MAXIMUM = "a maximum"
    RESOURCE = "a resource policy"
    TRUST = "a trust policy"


_WITHOUT_PRINCIPAL = frozenset({Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION, Kind.SCP, Kind.MAXIMUM})


# The kinds that a policy, which never changes, has been found to suit.
_PASSED: WeakKeyDictionary[Policy, set[Kind]] = WeakKeyDictionary()


def check(policy: Policy, kind: Kind) -> None:
    """Raise PolicyError where `policy` is not what `kind` requires (rules 5, 6 and 30); return nothing."""
    passed = _PASSED.setdefault(policy, set())
    if kind in passed:
        return
    for statement in policy.statements:
        if statement.actions is None:
            raise _missing(policy, statement, "Action", kind)
        _check_principals(policy, statement, kind)
        _check_resources(policy, statement, kind)
        if kind is Kind.RCP:
            _check_rcp(policy, statement)
    passed.add(kind)


def check_level(policies: Sequence[Policy]) -> None:
    """Raise PolicyError where no document of an SCP level has an Allow: it would deny everything (rule 30)."""
    if any(statement.effect is Effect.ALLOW for policy in policies for statement in policy.statements):
        return
    source = policies[0].source if policies else None
    span = policies[0].statements[0].span if policies else None
    mend = "add FullAWSAccess to the level"
    raise PolicyError("the level of SCPs allows nothing", source=source, span=span, mend=mend)


def _check_principals(policy: Policy, statement: Statement, kind: Kind) -> None:
    principals = statement.principals
    if kind in _WITHOUT_PRINCIPAL:
        if principals is not None:
            message = f"{kind.value} takes no {quote(_principal_name(principals))}"
            raise _error(policy, message, principals.span, "remove it: the document applies to whom it is attached to")
        return
    if principals is None:
        raise _missing(policy, statement, "Principal", kind)
    if principals.negated and kind in (Kind.TRUST, Kind.RCP):
        raise _error(policy, f"{kind.value} takes no `NotPrincipal`", principals.span, "write `Principal`")
    if kind is Kind.RCP and not _is_everyone(principals):
        message = f"the principal of {kind.value} must be everyone"
        raise _error(policy, message, principals.span, 'write `"Principal": "*"` and name principals in a condition')


def _check_resources(policy: Policy, statement: Statement, kind: Kind) -> None:
    resources = statement.resources
    if kind is Kind.TRUST and resources is not None:
        name = "NotResource" if resources.negated else "Resource"
        raise _error(policy, f"a trust policy takes no `{name}`", resources.span, "remove it: the role is the resource")
    if kind is not Kind.TRUST and resources is None:
        raise _missing(policy, statement, "Resource", kind)


def _check_rcp(policy: Policy, statement: Statement) -> None:
    if statement.effect is Effect.ALLOW and not _is_full_access(statement):
        mend = "write Deny; only AWS's own full access, Allow `*` on `*`, may stand beside"
        raise _error(policy, f"{Kind.RCP.value} takes no Allow", statement.span, mend)


def _is_full_access(statement: Statement) -> bool:
    """Whether `statement` is that of RCPFullAWSAccess: Allow `*` on `*`, for everyone, without conditions."""
    actions, resources = statement.actions, statement.resources
    return (
        actions is not None
        and resources is not None
        and not (actions.negated or resources.negated or statement.conditions)
        and [entry.text for entry in actions.entries] == ["*"]
        and [entry.text for entry in resources.entries] == ["*"]
    )


def _is_everyone(principals: Principals) -> bool:
    return [(entry.type, entry.text) for entry in principals.entries] == [(None, "*")]


def _principal_name(principals: Principals) -> str:
    return "NotPrincipal" if principals.negated else "Principal"


def _missing(policy: Policy, statement: Statement, element: str, kind: Kind) -> PolicyError:
    alone = element == "Principal" and kind in (Kind.TRUST, Kind.RCP)
    either = f"`{element}`" if alone else f"`{element}` or `Not{element}`"
    line, column, _, _ = statement.span
    span = Span(line, column, line, column + 1)
    return _error(policy, f"the statement has no {either}, which {kind.value} needs", span, f"add `{element}`")


def _error(policy: Policy, message: str, span: Span, mend: str) -> PolicyError:
    return PolicyError(message, source=policy.source, span=span, mend=mend)
