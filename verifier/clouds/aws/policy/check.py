"""What each type of document must and must not contain (rules 5, 6 and 30). `parse.py` has checked the rest."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from verifier.base.errors import PolicyError, UsageError, quote
from verifier.base.source import Span
from verifier.clouds.aws.policy.organisation import as_rcp, check_rcp, is_everyone, is_rcp
from verifier.clouds.aws.policy.syntax import Policy, Principals, Statement
from verifier.clouds.aws.policy.types import ASKED, PolicyType

MAXIMUM = "a maximum"

# The names under which a policy, which never changes, has passed its check.
_PASSED: WeakKeyDictionary[Policy, set[str]] = WeakKeyDictionary()


def check(policy: Policy, type_: PolicyType, name: str | None = None) -> None:
    """Raise PolicyError where `policy` is not what its type requires (rules 5, 6 and 30); return nothing.

    `name` is what messages call it, if not by its type.
    """
    passed, name = _PASSED.setdefault(policy, set()), name or type_.facts.name
    if name in passed:
        return
    for statement in policy.statements:
        if statement.actions is None:
            raise _missing(policy, statement, "Action", type_, name)
        _check_principals(policy, statement, type_, name)
        _check_resources(policy, statement, type_, name)
        if type_ is PolicyType.RCP:
            check_rcp(policy, statement)
    passed.add(name)


def check_maximum(policy: Policy) -> None:
    """Raise PolicyError where `policy` is not what a maximum must be: what an identity policy is."""
    check(policy, PolicyType.IDENTITY, MAXIMUM)


def alike(policies: Sequence[Policy], told: PolicyType | None = None) -> tuple[Policy, ...]:
    """Return documents that are compared with each other, checked, as what they are: `told`, or by themselves.

    RCPs say themselves what they are; all others are read as boundaries are. Raises PolicyError for a document that is
    not what it is told to be, or something else than the others; UsageError for a type that is not supported yet.
    """
    if told is not None and told not in ASKED:
        known = ", ".join(type_.value for type_ in ASKED)
        raise UsageError(f"documents of the type {quote(told.value)} are not supported yet", help=f"use one of {known}")
    types = [told or (PolicyType.RCP if is_rcp(policy) else PolicyType.BOUNDARY) for policy in policies]
    for policy, type_ in zip(policies, types, strict=True):
        check(policy, type_)
    if len(set(types)) > 1:
        other = policies[types.index(PolicyType.BOUNDARY)]
        help = "compare an RCP with an RCP"
        message = "one document is a resource control policy, the other is not"
        raise PolicyError(message, source=other.source, span=other.statements[0].span, help=help)
    return tuple(map(as_rcp, policies)) if PolicyType.RCP in types else tuple(policies)


def check_level(policies: Sequence[Policy]) -> None:
    """Raise PolicyError for an SCP level without a document. One that only denies acts with FullAWSAccess (rule 30)."""
    if not policies:
        raise PolicyError("the level of SCPs is empty", help="give a document, or leave the level out")


def _check_principals(policy: Policy, statement: Statement, type_: PolicyType, name: str) -> None:
    principals = statement.principals
    if not type_.facts.principal:
        if principals is not None:
            attached = type_ is PolicyType.IDENTITY and name != MAXIMUM
            message = f"{quote(_principal_name(principals))} is not allowed in {name}"
            raise _error(policy, message, principals.span, _help(policy, attached=attached))
        return
    if principals is None:
        raise _missing(policy, statement, "Principal", type_, name)
    if principals.negated and type_ in (PolicyType.TRUST, PolicyType.RCP):
        raise _error(policy, f"`NotPrincipal` is not allowed in {name}", principals.span, "write `Principal`")
    if type_ is PolicyType.RCP and not is_everyone(principals):
        message = f"the principal of {name} must be everyone"
        raise _error(policy, message, principals.span, 'write `"Principal": "*"` and name principals in a condition')


def _help(policy: Policy, *, attached: bool) -> str:
    """What to do about a `Principal`: removing that of an RCP would ask another question."""
    if is_rcp(policy):
        return (
            "this document is an RCP: pass it with `--rcp`, or in a rule under `rcps`; `diff`, `confine`, `simplify`, "
            "`changes` and `sweep` read an RCP without `--type`"
        )
    to = ": the policy applies to the principal it is attached to" if attached else ""
    return f"remove it{to}; resource, trust and endpoint policies are not supported yet"


def _check_resources(policy: Policy, statement: Statement, type_: PolicyType, name: str) -> None:
    resources = statement.resources
    if type_ is PolicyType.TRUST and resources is not None:
        name = "NotResource" if resources.negated else "Resource"
        raise _error(
            policy, f"`{name}` is not allowed in a trust policy", resources.span, "remove it: the role is the resource"
        )
    if type_ is not PolicyType.TRUST and resources is None:
        raise _missing(policy, statement, "Resource", type_, name)


def _principal_name(principals: Principals) -> str:
    return "NotPrincipal" if principals.negated else "Principal"


def _missing(policy: Policy, statement: Statement, element: str, type_: PolicyType, name: str) -> PolicyError:
    alone = element == "Principal" and type_ in (PolicyType.TRUST, PolicyType.RCP)
    either = f"`{element}`" if alone else f"`{element}` or `Not{element}`"
    line, column, _, _ = statement.span
    span = Span(line, column, line, column + 1)
    return _error(policy, f"the statement has no {either}, which {name} needs", span, f"add `{element}`")


def _error(policy: Policy, message: str, span: Span, help: str) -> PolicyError:
    return PolicyError(message, source=policy.source, span=span, help=help)
