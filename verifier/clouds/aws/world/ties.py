"""Keys that AWS derives from each other, or that hold the same: what one says about the others in the same request.

`aws:MultiFactorAuthAge`    only where `aws:MultiFactorAuthPresent` is true
`aws:EpochTime`             the time that `aws:CurrentTime` tells, in seconds since 1970
`aws:CalledVia`             with `aws:CalledViaFirst` and `aws:CalledViaLast`, its first and its last value, which are
                            present together, and only where `aws:ViaAWSService` is true
`aws:PrincipalServiceName`  only where `aws:PrincipalIsAWSService` is true
`aws:PrincipalArn`          of the account `aws:PrincipalAccount`; and of the user `aws:username`, which
                            requests of IAM users always carry, and those of roles never
`aws:TokenIssueTime`        not after `aws:CurrentTime` and `aws:EpochTime`
`ec2:ResourceTag/k`         the tag `k` of the resource, as `aws:ResourceTag/k`, where a request may carry both; so for
                            all services in `TWINS`

Source: *AWS global condition context keys* of the IAM User Guide; for tags, the service authorization reference.
`formulas` says this of every request, to be asked together with a question; `made_whole` gives one request what
follows from its keys, and `loose_ends` names what in it cannot be. What no page says is not tied, plausible as it may
be.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

from verifier.clouds.aws.compile.conditions import single
from verifier.clouds.aws.principals.tied import (
    IS_AWS_SERVICE,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    SERVICE_NAME,
    USER_NAME,
)
from verifier.logic.equalities import iff
from verifier.logic.formula import (
    Element,
    Formula,
    MatchesTemplate,
    Member,
    Present,
    Some,
    all_of,
    any_of,
    atoms,
    negate,
)
from verifier.logic.request import KeyValue, parts
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import arn_fields
from verifier.strings.typed import TRUE_TEXT, Instant
from verifier.strings.values import Comparison, Key, read_bool, read_instant
from verifier.strings.variables import VariableRef

MFA_AGE, MFA = Key.of("aws:MultiFactorAuthAge"), Key.of("aws:MultiFactorAuthPresent")
TIME, EPOCH = Key.of("aws:CurrentTime"), Key.of("aws:EpochTime")
CHAIN, FIRST, LAST = Key.of("aws:CalledVia"), Key.of("aws:CalledViaFirst"), Key.of("aws:CalledViaLast")
VIA_SERVICE = Key.of("aws:ViaAWSService")
ISSUED = Key.of("aws:TokenIssueTime")
_OF_ACCOUNT = (
    "arn:",
    Wildcard.FIELD_TEXT,
    ":",
    Wildcard.FIELD_TEXT,
    "::",
    VariableRef(PRINCIPAL_ACCOUNT),
    ":",
    Wildcard.TEXT,
)
_OF_USER = ("arn:", Wildcard.FIELD_TEXT, ":iam::", Wildcard.FIELD_TEXT, ":user/")
_ANY_USER = Glob((*_OF_USER, Wildcard.TEXT))

# Services whose key `SERVICE:ResourceTag/k` the service authorization reference describes as the tag of the resource,
# in the words in which it describes `aws:ResourceTag/k`.
TWINS = frozenset(
    {"autoscaling", "ec2", "ecr", "ecr-public", "ecs", "elasticloadbalancing", "elasticmapreduce", "iam"}
    | {"license-manager", "ram", "sagemaker", "secretsmanager", "ssm"}
)
_TAG = ":resourcetag/"
_GLOBAL_TAG = "aws:ResourceTag/"

# Where the first is present, the second is, and true.
_TRUE_WITH = (
    (MFA_AGE, MFA),
    (CHAIN, VIA_SERVICE),
    (FIRST, VIA_SERVICE),
    (LAST, VIA_SERVICE),
    (SERVICE_NAME, IS_AWS_SERVICE),
)
_SINCE_1970 = Instant(Comparison.GREATER_EQUALS)
_SINCE = (Comparison.GREATER_EQUALS, Comparison.GREATER)
_TIED = frozenset((MFA_AGE, TIME, EPOCH, ISSUED, CHAIN, FIRST, LAST, SERVICE_NAME, PRINCIPAL_ARN, USER_NAME))

Context: TypeAlias = Mapping[Key, KeyValue]
Carries: TypeAlias = Callable[[Key], bool]


def twin(key: Key) -> Key | None:
    """Return the key of all services that holds what `key`, of one service, holds; None for other keys."""
    service, found, _ = key.folded.partition(_TAG)
    return Key.of(_GLOBAL_TAG + key.name[len(service) + len(found) :]) if found and service in TWINS else None


def formulas(keys: Collection[Key]) -> Iterator[Formula]:
    """Yield what ties `keys`, which a request may carry, to each other."""
    for key, other in _TRUE_WITH:
        if key in keys and other in keys:
            yield any_of((negate(Present(key)), all_of((single(other), Member(Element(other), TRUE_TEXT)))))
    if EPOCH in keys:
        yield Member(Element(EPOCH), _SINCE_1970)
    chain = [key for key in (CHAIN, FIRST, LAST) if key in keys]
    yield from (iff(Present(chain[0]), Present(key)) for key in chain[1:])
    for key in chain[1:] if CHAIN in keys else ():
        yield any_of((negate(Present(key)), all_of((single(key), Some(CHAIN, _same(CHAIN, key))))))
    if PRINCIPAL_ARN in keys and PRINCIPAL_ACCOUNT in keys:
        yield any_of((*_absent(PRINCIPAL_ARN, PRINCIPAL_ACCOUNT), MatchesTemplate(Element(PRINCIPAL_ARN), _OF_ACCOUNT)))
    if PRINCIPAL_ARN in keys and USER_NAME in keys:
        of_user = Member(Element(PRINCIPAL_ARN), _ANY_USER)
        named = MatchesTemplate(Element(PRINCIPAL_ARN), (Wildcard.TEXT, "/", VariableRef(USER_NAME)))
        yield any_of((*_absent(PRINCIPAL_ARN, USER_NAME), all_of((of_user, named))))
        yield any_of((*_absent(PRINCIPAL_ARN), negate(of_user), single(USER_NAME)))
    for own, shared in _twins(keys):
        yield iff(Present(own), Present(shared))
        yield any_of((negate(Present(own)), all_of((single(own), single(shared), _same(own, shared)))))


def _absent(*keys: Key) -> Iterator[Formula]:
    return (negate(Present(key)) for key in keys)


def _same(key: Key, other: Key) -> Formula:
    return MatchesTemplate(Element(key), (VariableRef(other),))


def in_time(formula: Formula) -> Iterator[Formula]:
    """Yield that what `formula` says of the times of a request fits together: the two times of the request are the
    same, and the time of its credentials is not later.
    """
    said = [atom for atom in atoms(formula) if isinstance(atom, Member) and isinstance(atom.language, Instant)]
    read = {atom.text for atom in said}
    now = [text for text in (Element(TIME), Element(EPOCH)) if text in read]
    issued = Element(ISSUED)
    bounds = dict.fromkeys(
        atom.language for atom in said if atom.text in (*now, issued) and isinstance(atom.language, Instant)
    )
    if len(now) == 2:
        yield from (iff(Member(now[0], bound), Member(now[1], bound)) for bound in bounds)
    for text in now if issued in read else ():
        for bound, relation in itertools.product(dict.fromkeys(one.bound for one in bounds), _SINCE):
            since = Instant(relation, bound)
            yield any_of((negate(Present(ISSUED)), negate(Member(issued, since)), Member(text, since)))


def made_whole(context: Context, read: Collection[Key], carries: Carries) -> Context:
    """Return `context` with what follows from its keys.

    Of the keys that follow, those are put in that documents `read`, and those without which nobody would take the
    request for one. Where one value contradicts another it is changed, so the claims have to be judged anew.
    """
    if not _has_ties(context):
        return context
    found = dict(context)
    _make_chain(found, read)
    for key, other in _TRUE_WITH:
        if key in found and (other in read or other in found or other is MFA):
            found[other] = "true"
    _make_time(found, read)
    _make_principal(found, read)
    for own, shared in _twins({*context, *read}):
        for one, other in ((own, shared), (shared, own)):
            if one in context and carries(other):
                found[other] = context[one]
    return dict(sorted(found.items()))


def loose_ends(context: Context) -> Iterator[str]:
    """Yield what in `context` cannot be. That it leaves out a key which no claim is about says nothing."""
    if not _has_ties(context):
        return
    for key, other in _TRUE_WITH:
        if key in context and not _is_true(context.get(other, "true" if other is not MFA else "")):
            yield f"where a request carries `{key}`, `{other}` is true"
    chain = context.get(CHAIN)
    for key, place in ((FIRST, 0), (LAST, -1)):
        if key in context and (chain is None or context[key] != parts(chain)[place]):
            yield f"`{key}` is the {'first' if key is FIRST else 'last'} value of `{CHAIN}`"
    yield from _loose_times(context)
    yield from _loose_principal(context)
    for own, shared in _twins(context):
        if context[own] != context[shared]:
            yield f"`{own}` and `{shared}` are the same tag"


def _loose_times(context: Context) -> Iterator[str]:
    now = [instant for key in (TIME, EPOCH) if (instant := _instant(context.get(key, ""))) is not None]
    if len(set(now)) > 1:
        yield f"`{TIME}` and `{EPOCH}` are the same time"
    issued = _instant(context.get(ISSUED, ""))
    if issued is not None and now and issued > min(now):
        yield f"`{ISSUED}` is not after the time of the request"


def _loose_principal(context: Context) -> Iterator[str]:
    arn = context.get(PRINCIPAL_ARN)
    if isinstance(arn, str):
        if PRINCIPAL_ACCOUNT in context and context[PRINCIPAL_ACCOUNT] != _account(arn):
            yield f"`{PRINCIPAL_ARN}` belongs to the account `{PRINCIPAL_ACCOUNT}`"
        if USER_NAME in context and not _is_of_user(arn, context[USER_NAME]):
            yield f"`{PRINCIPAL_ARN}` belongs to the user `{USER_NAME}`"


def _has_ties(context: Context) -> bool:
    return not _TIED.isdisjoint(context) or any(_TAG in key.folded for key in context)


def _twins(keys: Collection[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield the keys of one service among `keys` with those of all that hold the same, where both are there."""
    found = [(key, shared) for key in keys if (shared := twin(key)) is not None and shared in keys]
    yield from sorted(found)


def _make_chain(context: dict[Key, KeyValue], read: Collection[Key]) -> None:
    first, last = context.get(FIRST), context.get(LAST)
    between = parts(context.get(CHAIN, ()))
    ends = [*parts(first or ()), *parts(last or ())]
    if not ends and not between:
        return
    chain = [*parts(first or ()), *(value for value in between if value not in ends), *parts(last or ())]
    if first is not None and first == last and len(chain) == 2:
        chain = chain[:1]
    if len(chain) == 1 and isinstance(context.get(CHAIN), tuple):
        chain *= 2
    context[CHAIN] = chain[0] if len(chain) == 1 else tuple(chain)
    context.update({key: chain[place] for key, place in ((FIRST, 0), (LAST, -1)) if key in read or key in context})


def _make_time(context: dict[Key, KeyValue], read: Collection[Key]) -> None:
    instant = _instant(context.get(TIME, context.get(EPOCH, "")))
    if instant is None or instant < 0 or instant != int(instant):
        return
    if EPOCH in context or (TIME in context and EPOCH in read):
        context[EPOCH] = str(int(instant))
    if TIME in read and EPOCH in context:
        context.setdefault(TIME, context[EPOCH])
    issued = _instant(context.get(ISSUED, ""))
    if issued is not None and issued > instant:
        context[ISSUED] = context.get(TIME, context.get(EPOCH, ""))


def _make_principal(context: dict[Key, KeyValue], read: Collection[Key]) -> None:
    arn, user = context.get(PRINCIPAL_ARN), context.get(USER_NAME)
    fields = arn_fields(arn) if isinstance(arn, str) else None
    if fields is None or not isinstance(arn, str):
        return
    if user is None and USER_NAME in read and _ANY_USER.matches(arn):
        context[USER_NAME] = arn.rpartition("/")[2]
    if isinstance(user, str) and not _is_of_user(arn, user):
        context[PRINCIPAL_ARN] = f"arn:{fields[1]}:iam::{fields[4]}:user/{user}"
    if PRINCIPAL_ACCOUNT in context:
        context[PRINCIPAL_ACCOUNT] = fields[4]


def _account(arn: str) -> str | None:
    fields = arn_fields(arn)
    return fields[4] if fields else None


def _is_of_user(arn: str, user: KeyValue) -> bool:
    return _ANY_USER.matches(arn) and arn.endswith(f"/{user}")


def _is_true(value: KeyValue) -> bool:
    return isinstance(value, str) and read_bool(value) is True


def _instant(value: KeyValue) -> Decimal | None:
    return read_instant(value) if isinstance(value, str) else None
