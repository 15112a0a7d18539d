"""The premises of a question in which it matters who asks, as formulas and as tests (rules 33 to 35).

    asked_by    the principal asks, and the keys that documents read are tied to it
    anybody     some principal asks, likewise
    bounded_asks, without_boundary_limited, federated_asks    who asks is of some kind
    owner_rules                                               what a request says of whose the resource is

Where parts of two texts are the same, as the name of a role is in the ARNs of the role and of its session, that part is
a text of its own, which no document can name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import TypeAlias, assert_never

from verifier.base.errors import UsageError
from verifier.clouds.aws.compile.domains import member_of_domain
from verifier.clouds.aws.compile.principals import asks_of_kind, asks_one_of
from verifier.clouds.aws.policy.premise import EVERY, Premise, premise
from verifier.clouds.aws.principals.forms import AREAS, federated, roles, sessions, users
from verifier.clouds.aws.principals.principal import WEB_PROVIDERS, Principal, PrincipalKind
from verifier.clouds.aws.principals.resource_policy import ASSUMING, TRUST_ACTIONS
from verifier.clouds.aws.principals.tied import (
    IS_AWS_SERVICE,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_TYPE,
    RESOURCE_ACCOUNT,
    SERVICE_NAME,
    SERVICE_WITHOUT_OWNER,
    USER_ID,
    USER_NAME,
    WITHOUT_OWNER,
    HasForm,
    IsAbsent,
    IsRoleArn,
    IsValue,
    MayBeValue,
    Tie,
    asker_of,
    contradiction,
    ties,
)
from verifier.logic.actions import ActionPattern, ActionSet
from verifier.logic.formula import (
    RESOURCE,
    Element,
    Formula,
    MatchesTemplate,
    Present,
    StringTerm,
    all_of,
    any_of,
    is_literal,
    negate,
)
from verifier.logic.request import PRINCIPAL, Request
from verifier.strings.languages import Glob, Wildcard
from verifier.strings.pattern import ANYTHING, Pattern
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef

_FIELD, _TEXT, _CHAR, _FIELD_CHAR = Wildcard.FIELD_TEXT, Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_CHAR
_WHO = Element(PRINCIPAL)
_PARTITION, _ACCOUNT, _ROLE, _SESSION = (Key(name, name) for name in ("PARTITION", "ACCOUNT", "ROLE", "SESSION"))


def action_set(actions: Collection[str]) -> ActionSet:
    """Return the set of just these actions, in lower case."""
    patterns = (ActionPattern(*map(Pattern.literal, action.split(":"))) for action in sorted(actions))
    return ActionSet(tuple(patterns))


# The actions by which one becomes a role.
BECOMING = action_set(TRUST_ACTIONS)
_NOT_ASSUMING = ActionSet.all_but(action_set((ASSUMING,)).these)


def asked_by(principal: Principal, read: Collection[Key]) -> Premise:
    """Return the premise that `principal` asks; of the keys `read` those that follow from it are as they must be."""
    tied = [_tie(key, tie) for key, tie in ties(principal) if key in read]
    if principal.kind is PrincipalKind.ROLE:
        any_session = sessions(principal.account, principal.name, principal.partition)
        asks = [asks_one_of(any_session), negate(_nested(any_session))]
        if USER_ID in read:
            tied.append(_of_session(any_session))
    else:
        asks = [asks_one_of(Glob.literal(principal.text))]
    rules = [(_actions_of(principal.kind), all_of((*asks, *tied)))]
    return premise(f"{principal.text} asks", _owned(rules, read), partial(_is_asked_by, principal, read))


def _actions_of(kind: PrincipalKind) -> ActionSet:
    """Return the actions that principals of a kind can ask for (rule 33).

    Identity providers only let become a role; the root user cannot assume one.
    """
    match kind:
        case PrincipalKind.PROVIDER:
            return BECOMING
        case PrincipalKind.ROOT:
            return _NOT_ASSUMING
        case _:
            return EVERY


def _nested(area: Glob) -> Formula:
    """Return that the part after the last slash of `area`, which ends in any text, holds a slash itself."""
    *before, _, _ = area.parts
    return member_of_domain(_WHO, Glob((*before, _TEXT, "/", _TEXT)))


def _is_asked_by(principal: Principal, read: Collection[Key], request: Request) -> bool:
    asks = known_asker(request)
    if asks is None or not principal.includes(asks) or not can_ask(asks, request):
        return False
    role = asks.of_role(principal.arn)
    bound = principal.is_service_linked and not role.is_service_linked
    return not bound and contradiction(request, role, read) is None


def known_asker(request: Request) -> Principal | None:
    """Return who asks; None where the request does not tell it, or names nobody."""
    try:
        return asker_of(request)
    except UsageError:
        return None


def _tie(key: Key, tie: Tie) -> Formula:
    match tie:
        case IsValue(value):
            return all_of((Present(key), is_literal(Element(key), value)))
        case MayBeValue(value):
            return any_of((negate(Present(key)), is_literal(Element(key), value)))
        case IsAbsent():
            return negate(Present(key))
        case IsRoleArn(partition, account, name, path):
            fitting = any_of(member_of_domain(Element(key), glob) for glob in roles(account, name, partition, path))
            return all_of((Present(key), fitting))
        case HasForm(end):
            after: tuple[str | Wildcard, ...] = (":", _CHAR, _TEXT) if end is None else (f":{end}",)
            form = member_of_domain(Element(key), Glob((_FIELD_CHAR, _FIELD, *after)))
            return any_of((negate(Present(key)), form))
        case _:
            assert_never(tie)


def _of_session(any_session: Glob) -> Formula:
    """Return that `aws:userid`, where it is present, ends in the name of the session."""
    *before, _, _ = any_session.parts
    same = _same(_SESSION, (_WHO, (*before, VariableRef(_SESSION))), (Element(USER_ID), _USER_ID_OF_SESSION))
    return any_of((negate(Present(USER_ID)), same))


_USER_ID_OF_SESSION: tuple[PatternPart, ...] = (_FIELD_CHAR, _FIELD, ":", VariableRef(_SESSION))


def _same(key: Key, *texts: tuple[StringTerm, tuple[PatternPart, ...]]) -> Formula:
    """Return that `texts` match their patterns, in which the text of `key` is the same."""
    return all_of((Present(key), *(MatchesTemplate(text, parts) for text, parts in texts)))


def anybody(read: Collection[Key]) -> Premise:
    """Return the premise that some principal asks; of the keys `read` those that follow from it are as they must be."""
    asks = {kind: all_of((asks_of_kind(kind), *_ties_of(kind, read))) for kind in AREAS}
    own = {kind: asks.pop(kind) for kind in (PrincipalKind.PROVIDER, PrincipalKind.ROOT)}
    rules = [(EVERY, any_of(asks.values())), *((_actions_of(kind), formula) for kind, formula in own.items())]
    return premise("some principal asks", _owned(rules, read), partial(_is_asked, read))


def _is_asked(read: Collection[Key], request: Request) -> bool:
    asks = known_asker(request)
    return asks is not None and can_ask(asks, request) and contradiction(request, asks, read) is None


def can_ask(principal: Principal, request: Request) -> bool:
    """Whether `principal` can ask for the action of `request`."""
    return request.action.lower() in _actions_of(principal.kind)


def bounded_asks() -> Premise:
    """Return the premise that who asks can have a permissions boundary: a user, or the session of a role."""
    return _of_kinds((PrincipalKind.USER, PrincipalKind.SESSION), users(), sessions())


def without_boundary_limited() -> Premise:
    """Return the premise that who asks can be limited without a boundary, by a session policy."""
    return _of_kinds((PrincipalKind.SESSION, PrincipalKind.FEDERATED), sessions(), federated())


def federated_asks(account: str) -> Premise:
    """Return the premise that a federated user of `account` asks."""
    return _of_kinds((PrincipalKind.FEDERATED,), federated(account), account=account)


def _of_kinds(kinds: Collection[PrincipalKind], *globs: Glob, account: str = "") -> Premise:
    def holds(request: Request) -> bool:
        asks = known_asker(request)
        return asks is not None and asks.kind in kinds and account in ("", asks.account)

    name = f"who asks is {' or '.join(kind.value for kind in kinds)}"
    return premise(name, [(EVERY, asks_one_of(*globs))], holds)


_TYPES = {
    PrincipalKind.USER: "User",
    PrincipalKind.SESSION: "AssumedRole",
    PrincipalKind.FEDERATED: "FederatedUser",
    PrincipalKind.ROOT: "Account",
    PrincipalKind.ANONYMOUS: "Anonymous",
}


def _ties_of(kind: PrincipalKind, read: Collection[Key]) -> Iterator[Formula]:
    """Yield what every principal of a kind says of the keys `read` (rule 33)."""
    if kind is PrincipalKind.SESSION:
        yield negate(_deeper())
    if kind is PrincipalKind.SERVICE:
        yield negate(asks_one_of(*map(Glob.literal, sorted(WEB_PROVIDERS))))  # one of them is named as services are
    if PRINCIPAL_TYPE in read and kind in _TYPES:
        yield _tie(PRINCIPAL_TYPE, IsValue(_TYPES[kind]))
    if IS_AWS_SERVICE in read and (kind.has_account or kind is PrincipalKind.SERVICE):
        yield _tie(IS_AWS_SERVICE, IsValue("true" if kind is PrincipalKind.SERVICE else "false"))
    if SERVICE_NAME in read:
        yield _as_asked(SERVICE_NAME) if kind is PrincipalKind.SERVICE else negate(Present(SERVICE_NAME))
    if USER_NAME in read:
        yield _user_name() if kind is PrincipalKind.USER else negate(Present(USER_NAME))
    if PRINCIPAL_ACCOUNT in read:
        yield from _account(kind)
    if PRINCIPAL_ARN in read:
        yield from _arn(kind)
    if USER_ID in read:
        yield from _user_id(kind)


def _deeper() -> Formula:
    slash: tuple[str | Wildcard, ...] = (_TEXT, "/", _TEXT, "/", _TEXT)
    return member_of_domain(_WHO, Glob(("arn:", _FIELD, ":sts::", _FIELD, ":assumed-role/", *slash)))


def _as_asked(key: Key) -> Formula:
    """Return that the value of `key` is the text of who asks."""
    return all_of((Present(key), MatchesTemplate(Element(key), (VariableRef(PRINCIPAL),))))


def _of(service: str, account: PatternPart, *rest: PatternPart) -> tuple[PatternPart, ...]:
    return ("arn:", _FIELD, f":{service}::", account, f":{rest[0]}", *rest[1:])


def _user_name() -> Formula:
    name = VariableRef(USER_NAME)
    plain = MatchesTemplate(_WHO, _of("iam", _FIELD, "user/", name))
    below = MatchesTemplate(_WHO, _of("iam", _FIELD, "user/", _TEXT, "/", name))
    slashed = member_of_domain(Element(USER_NAME), Glob((_TEXT, "/", _TEXT)))
    return all_of((Present(USER_NAME), any_of((plain, below)), negate(slashed)))


def _account(kind: PrincipalKind) -> Iterator[Formula]:
    if kind is PrincipalKind.ANONYMOUS:
        yield _tie(PRINCIPAL_ACCOUNT, IsValue("anonymous"))
    elif kind.has_account:
        account = VariableRef(PRINCIPAL_ACCOUNT, in_field=True)
        parts: tuple[PatternPart, ...] = ("arn:", _FIELD, ":", _FIELD, "::", account, ":", _TEXT)
        yield all_of((Present(PRINCIPAL_ACCOUNT), MatchesTemplate(_WHO, parts)))


def _arn(kind: PrincipalKind) -> Iterator[Formula]:
    match kind:
        case PrincipalKind.USER | PrincipalKind.FEDERATED | PrincipalKind.ROOT:
            yield _as_asked(PRINCIPAL_ARN)
        case PrincipalKind.ANONYMOUS | PrincipalKind.PROVIDER:
            yield negate(Present(PRINCIPAL_ARN))
        case PrincipalKind.SESSION:
            head, middle, name = VariableRef(_PARTITION, in_field=True), VariableRef(_ACCOUNT, in_field=True), _ROLE
            session = ("arn:", head, ":sts::", middle, ":assumed-role/", VariableRef(name), "/", _CHAR, _TEXT)
            role = ("arn:", head, ":iam::", middle, ":role/")
            own = Element(PRINCIPAL_ARN)
            yield all_of(map(Present, (PRINCIPAL_ARN, _PARTITION, _ACCOUNT, name)))
            yield MatchesTemplate(_WHO, session)
            yield negate(member_of_domain(Element(name), Glob((_TEXT, "/", _TEXT))))
            yield any_of(MatchesTemplate(own, (*role, *path, VariableRef(name))) for path in ((), (_TEXT, "/")))
        case _:
            return


def _user_id(kind: PrincipalKind) -> Iterator[Formula]:
    """By its form only: `ID:SESSION`, the account of a root user, `ACCOUNT:NAME` of a federated one."""
    absent, account = negate(Present(USER_ID)), VariableRef(_ACCOUNT, in_field=True)
    match kind:
        case PrincipalKind.SESSION:
            after = ("arn:", _FIELD, ":sts::", _FIELD, ":assumed-role/", _TEXT, "/", VariableRef(_SESSION))
            slashed = member_of_domain(Element(_SESSION), Glob((_TEXT, "/", _TEXT)))
            same = _same(_SESSION, (_WHO, after), (Element(USER_ID), _USER_ID_OF_SESSION))
            yield any_of((absent, all_of((same, negate(slashed)))))
        case PrincipalKind.ROOT:
            root = (_WHO, _of("iam", account, "root")), (Element(USER_ID), (account,))
            yield any_of((absent, _same(_ACCOUNT, *root)))
        case PrincipalKind.FEDERATED:
            name = VariableRef(_SESSION)
            parts = (_WHO, _of("sts", account, "federated-user/", name)), (Element(USER_ID), (account, ":", name))
            yield any_of((absent, all_of((Present(_SESSION), _same(_ACCOUNT, *parts)))))
        case _:
            return


_Rules: TypeAlias = Iterable[tuple[ActionSet, Formula]]


def _owned(rules: _Rules, read: Collection[Key]) -> _Rules:
    """Yield `rules` with what a request says of whose the resource is, where that is read."""
    if RESOURCE_ACCOUNT not in read:
        yield from rules
        return
    for actions, formula in rules:
        for owned, says in owner_rules():
            if owned is EVERY:
                yield actions, all_of((formula, says))
            elif actions is not BECOMING:
                yield owned, all_of((formula, says))


def owner_rules() -> _Rules:
    """Yield that `aws:ResourceAccount` is the account of the resource's ARN, where that tells one, of every action; and
    of those without the key that it is absent.
    """
    account = VariableRef(RESOURCE_ACCOUNT, in_field=True)
    parts: tuple[PatternPart, ...] = ("arn:", _FIELD, ":", _FIELD, ":", _FIELD, ":", account, ":", _TEXT)
    tied = all_of((Present(RESOURCE_ACCOUNT), MatchesTemplate(RESOURCE, parts)))
    yield EVERY, any_of((tells_no_account(), tied))
    service = ActionPattern(Pattern.literal(SERVICE_WITHOUT_OWNER), ANYTHING)
    yield ActionSet((*action_set(WITHOUT_OWNER).these, service)), negate(Present(RESOURCE_ACCOUNT))


def tells_no_account() -> Formula:
    """Return that the ARN of the resource tells no account."""
    without = Glob(("arn:", _FIELD, ":", _FIELD, ":", _FIELD, "::", _TEXT))
    return any_of((member_of_domain(RESOURCE, without), is_literal(RESOURCE, "*")))
