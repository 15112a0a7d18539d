"""What each kind of document must and must not hold (rules 5, 6 and 30). `parse.py` has checked the rest."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from verifier.base.errors import PolicyError, UsageError, quote
from verifier.base.source import Span
from verifier.clouds.aws.policy.organisation import as_rcp, check_rcp, is_everyone, is_rcp
from verifier.clouds.aws.policy.syntax import Policy, Principals, Statement


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


class PolicyType(enum.Enum):
    """What a document can be told to be, where it does not say so itself (interface.md, `--type`)."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    TRUST = "trust"
    ENDPOINT = "endpoint"


_KINDS = {
    PolicyType.IDENTITY: Kind.IDENTITY,
    PolicyType.BOUNDARY: Kind.BOUNDARY,
    PolicyType.SESSION: Kind.SESSION,
    PolicyType.SCP: Kind.SCP,
    PolicyType.RCP: Kind.RCP,
}
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
            check_rcp(policy, statement)
    passed.add(kind)


def alike(policies: Sequence[Policy], told: PolicyType | None = None) -> tuple[Policy, ...]:
    """Return documents that are compared with each other, checked, as what they are: `told`, or by themselves.

    RCPs say themselves what they are; all others are read as boundaries are. Raises PolicyError for a document that is
    not what it is told to be, or something else than the others; UsageError for a type that is not supported yet.
    """
    if told is not None and told not in _KINDS:
        known = ", ".join(kind.value for kind in _KINDS)
        raise UsageError(f"documents of the type {quote(told.value)} are not supported yet", mend=f"use one of {known}")
    kinds = [_KINDS[told] if told else Kind.RCP if is_rcp(policy) else Kind.BOUNDARY for policy in policies]
    for policy, kind in zip(policies, kinds, strict=True):
        check(policy, kind)
    if len(set(kinds)) > 1:
        other = policies[kinds.index(Kind.BOUNDARY)]
        mend = "compare an RCP with an RCP"
        message = "one document is a resource control policy, the other is not"
        raise PolicyError(message, source=other.source, span=other.statements[0].span, mend=mend)
    return tuple(map(as_rcp, policies)) if Kind.RCP in kinds else tuple(policies)


def check_level(policies: Sequence[Policy]) -> None:
    """Raise PolicyError for an SCP level without a document. One that only denies is beside FullAWSAccess (rule 30)."""
    if not policies:
        raise PolicyError("the level of SCPs is empty", mend="give a document, or leave the level out")


def _check_principals(policy: Policy, statement: Statement, kind: Kind) -> None:
    principals = statement.principals
    if kind in _WITHOUT_PRINCIPAL:
        if principals is not None:
            message = f"{kind.value} takes no {quote(_principal_name(principals))}"
            raise _error(policy, message, principals.span, _mend(policy))
        return
    if principals is None:
        raise _missing(policy, statement, "Principal", kind)
    if principals.negated and kind in (Kind.TRUST, Kind.RCP):
        raise _error(policy, f"{kind.value} takes no `NotPrincipal`", principals.span, "write `Principal`")
    if kind is Kind.RCP and not is_everyone(principals):
        message = f"the principal of {kind.value} must be everyone"
        raise _error(policy, message, principals.span, 'write `"Principal": "*"` and name principals in a condition')


def _mend(policy: Policy) -> str:
    """What to do about a `Principal`: where the document is an RCP, to remove it would ask another question."""
    if is_rcp(policy):
        return (
            "it is an RCP: give it with `--rcp`, in a rule with `rcps`; `diff`, `confine`, `simplify`, `changes` and "
            "`sweep` take one by itself, without another `--type`"
        )
    return "remove it from an identity policy; resource, trust and endpoint policies are not supported yet"


def _check_resources(policy: Policy, statement: Statement, kind: Kind) -> None:
    resources = statement.resources
    if kind is Kind.TRUST and resources is not None:
        name = "NotResource" if resources.negated else "Resource"
        raise _error(policy, f"a trust policy takes no `{name}`", resources.span, "remove it: the role is the resource")
    if kind is not Kind.TRUST and resources is None:
        raise _missing(policy, statement, "Resource", kind)


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
