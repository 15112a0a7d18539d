"""What each type of document must and may hold, and which documents are RCPs (rules 5, 6 and 30).

    check, check_maximum, check_level    raise PolicyError for a document that does not suit its place
    checked_alike      documents to compare with each other, checked and read as what they are: `type_alike`
    type_by_itself     what a document is that says it itself
    is_rcp(policy)     whether a document is an RCP by itself: Denies for everyone, or AWS's own full access
    as_rcp(policy)     the policy as an RCP: its Deny statements bind actions of the services that support RCPs only
    only_denies(...)   whether documents are compared, or act, by what they deny alone
    rcp_warnings       what an RCP says that limits nothing

`parse.py` has checked what holds for every document. Source: AWS Organizations User Guide, *RCP syntax* and *SCP
evaluation*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.base.errors import PolicyError, PolicyWarning, UsageError, quote
from verifier.base.memo import once
from verifier.base.source import Span
from verifier.clouds.aws.catalogue.actions import NEVER, rcp_services
from verifier.clouds.aws.policy.syntax import Policy, Principals, Statement
from verifier.clouds.aws.policy.types import ASKED, PolicyType
from verifier.logic.actions import Effect

MAXIMUM = "a maximum"
_OF_REPOSITORIES = ("ecr:", "ecr-public:")
MAXIMUM_OF_RESOURCE = "a maximum that names principals"


@once
def _passed(_policy: Policy) -> set[tuple[str, bool]]:
    """The names under which a policy has passed its check, each with whether it may be that of a repository."""
    return set()


def check_policy(policy: Policy, type_: PolicyType, name: str | None = None, *, arn: str = "") -> None:
    """Raise PolicyError where `policy` is not what its type requires (rules 5, 6 and 30); return nothing.

    `name` is what messages call it, if not by its type; `arn` is its resource, where that is known.
    """
    passed, name = _passed(policy), name or type_.facts.name
    of_any = type_ is PolicyType.RESOURCE and name != MAXIMUM_OF_RESOURCE
    of_repository = of_any and (not arn or arn.partition(":")[2].partition(":")[2].startswith(_OF_REPOSITORIES))
    if (name, of_repository) in passed:
        return
    for statement in policy.statements:
        if statement.actions is None:
            raise _missing(policy, statement, "Action", type_, name)
        _check_principals(policy, statement, type_, name)
        if not (of_repository and _is_of_repository(statement)):
            _check_resources(policy, statement, type_, name)
        if type_ is PolicyType.RCP:
            check_rcp(policy, statement)
    passed.add((name, of_repository))


def check_maximum(policy: Policy, *, names_principals: bool = False) -> None:
    """Raise PolicyError where `policy` is not what a maximum must be: what an identity policy is.

    Where nobody is named who asks, its statements may name principals too.
    """
    if names_principals and any(statement.principals is not None for statement in policy.statements):
        check_policy(policy, PolicyType.RESOURCE, MAXIMUM_OF_RESOURCE)
    else:
        check_policy(policy, PolicyType.IDENTITY, MAXIMUM)


def checked_alike(policies: Sequence[Policy], told: PolicyType | None = None) -> tuple[Policy, ...]:
    """Return documents that are compared with each other, checked, as what they are: `told`, or by themselves.

    Raises PolicyError for a document that is not what it is told to be, or something else than the others.
    """
    type_ = told or _type_together(policies)
    for policy in policies:
        check_policy(policy, type_)
    return tuple(map(as_rcp, policies)) if type_ is PolicyType.RCP else tuple(policies)


def type_alike(policies: Sequence[Policy], told: PolicyType | None) -> PolicyType:
    """Return the type of documents that `checked_alike` took: those that do not tell it are read as boundaries are."""
    return told or _type_together(policies)


def type_by_itself(policy: Policy) -> PolicyType | None:
    """Return the type of a document that says it itself: by whom its statements name, and on what; others have None.

    The policy of an endpoint looks like that of a resource, and a resource policy that denies everyone like an RCP, if
    it names the services of what it denies, as an RCP must. One that only allows everything to everyone is read as a
    resource policy, whose change matters, though AWS's own RCP looks the same.
    """
    if not policy.statements or any(statement.principals is None for statement in policy.statements):
        return None
    if _may_be_rcp(policy) and any(statement.effect is Effect.DENY for statement in policy.statements):
        return PolicyType.RCP
    return PolicyType.TRUST if all(map(_is_of_trust, policy.statements)) else PolicyType.RESOURCE


def _may_be_rcp(policy: Policy) -> bool:
    """Whether AWS would take the document for an RCP: one denies actions of services that it names (`check_rcp`)."""
    denied = [statement.actions for statement in policy.statements if statement.effect is Effect.DENY]
    return is_rcp(policy) and all(actions is not None and actions.services is not None for actions in denied)


def _is_of_trust(statement: Statement) -> bool:
    return (
        statement.resources is None
        and statement.actions is not None
        and statement.actions.services == frozenset(("sts",))
    )


def _type_together(policies: Sequence[Policy]) -> PolicyType:
    types = [type_by_itself(policy) or PolicyType.BOUNDARY for policy in policies]
    found = set(types)
    if PolicyType.RESOURCE in found and found <= {PolicyType.RESOURCE, PolicyType.RCP}:
        rcps = len(policies) > 1 and all(map(_may_be_rcp, policies))
        return PolicyType.RCP if rcps else PolicyType.RESOURCE  # one that only denies looks like an RCP
    if len(found) > 1:
        odd = next(place for place, type_ in enumerate(types) if type_ is not types[0])
        other = policies[odd]
        message = f"this document is {_looks_like(types[odd])}, another one is {_looks_like(types[0])}"
        help = "compare documents of one type, or say with `--type` what they are"
        raise PolicyError(message, source=other.source, span=other.statements[0].span, help=help)
    return found.pop() if found else PolicyType.BOUNDARY


def _looks_like(type_: PolicyType) -> str:
    return "a policy without principals" if type_ is PolicyType.BOUNDARY else type_.facts.name


def check_together(policies: Sequence[Policy], told: PolicyType | None) -> None:
    """Raise UsageError for several documents of a type that has only one; `told` is that of `checked_alike`."""
    if len(policies) < 2:
        return
    type_ = type_alike(policies, told)
    if not type_.has_levels:
        several = ", ".join(f"`--type {each.value}`" for each in ASKED if each.has_levels)
        name = type_.facts.name
        message = f"{len(policies)} documents are given as {name}, but there can be only one"
        raise UsageError(message, help=f"documents act as one with {several}")


def check_level(policies: Sequence[Policy]) -> None:
    """Raise PolicyError for an SCP level without a document. One that only denies acts with FullAWSAccess (rule 30)."""
    if not policies:
        raise PolicyError("the level of SCPs is empty", help="give a document, or leave the level out")


@once
def as_rcp(policy: Policy) -> Policy:
    """Return `policy` as an RCP, always the same object for it; itself where it is one already."""
    if any(statement.actions is not None and statement.actions.rcp for statement in policy.statements):
        return policy
    return replace(policy, statements=tuple(map(_bound, policy.statements)))


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


def only_denies(policies: Iterable[Policy], told: PolicyType | None = None) -> bool:
    """Whether documents have no Allow, or none that allows anything: the full access of an RCP grants nothing.

    `told` is their type, where it is told: what looks like an RCP may be something else.
    """
    policies = tuple(policies)
    allows = [one for policy in policies for one in policy.statements if one.effect is Effect.ALLOW]
    if not allows:
        return True
    if told not in (None, PolicyType.RCP) or any(one.principals is None or not is_full_access(one) for one in allows):
        return False
    return all(map(is_rcp, policies))


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
    """What to do about a `Principal`: removing that of an RCP or an endpoint's policy would ask another question."""
    if is_rcp(policy) and all(statement.effect is Effect.ALLOW for statement in policy.statements):
        return (
            "this document is what a VPC endpoint has by default: pass it with `--endpoint`; AWS's own RCP looks the "
            "same and takes nothing away"
        )
    if _may_be_rcp(policy):
        return (
            "this document is an RCP: pass it with `--rcp`, or in a rule under `rcps`; `diff`, `confine`, `simplify`, "
            "`changes` and `sweep` read an RCP without `--type`"
        )
    to = ": the policy applies to the principal it is attached to" if attached else ""
    return f"remove it{to}; the policy of a resource is named by `--resource-policy ARN=FILE`"


def _check_resources(policy: Policy, statement: Statement, type_: PolicyType, name: str) -> None:
    resources = statement.resources
    if type_ is PolicyType.TRUST and resources is not None:
        name = "NotResource" if resources.negated else "Resource"
        raise _error(
            policy, f"`{name}` is not allowed in a trust policy", resources.span, "remove it: the role is the resource"
        )
    if resources is None and type_ is not PolicyType.TRUST:
        raise _missing(policy, statement, "Resource", type_, name)


def _is_of_repository(statement: Statement) -> bool:
    """Whether it may be a statement of an ECR repository's policy, which needs no Resource: the repository is the
    resource (Amazon ECR User Guide, *Private repository policy examples*; ECR Public alike).
    """
    actions = statement.actions
    if actions is None or actions.negated:
        return False
    return all(entry.text == "*" or entry.text.lower().startswith(_OF_REPOSITORIES) for entry in actions.entries)


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
