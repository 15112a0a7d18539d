"""The texts by which requests call principals, kind by kind, as languages; those of one account where it is given."""

from __future__ import annotations

from verifier.clouds.aws.principals.principal import (
    EVERYONE,
    SERVICE_LINKED_PATH,
    WEB_PROVIDERS,
    PrincipalKind,
)
from verifier.strings.languages import Glob, Wildcard

_FIELD, _TEXT, _CHAR = Wildcard.FIELD_TEXT, Wildcard.TEXT, Wildcard.CHAR
_SOME = (_CHAR, _TEXT)
# Any account that is not empty, or any partition of AWS.
ANY = ""


def arn(service: str, account: str, *rest: str | Wildcard, partition: str = ANY) -> Glob:
    """Return the ARNs of `account` in `service`, in every partition; `rest` is what stands after the fifth colon."""
    parts: list[str | Wildcard] = []
    owner: tuple[str | Wildcard, ...] = (account,) if account else (Wildcard.FIELD_CHAR, _FIELD)
    for part in ("arn:", *((partition,) if partition else ("aws", _FIELD)), f":{service}::", *owner, ":", *rest):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Glob(tuple(parts))


def users(account: str = ANY) -> Glob:
    """Return the users, with any path."""
    return arn("iam", account, "user/", *_SOME)


def roots(account: str = ANY) -> Glob:
    """Return the root users."""
    return arn("iam", account, "root")


def sessions(account: str = ANY, role: str | None = None, partition: str = ANY) -> Glob:
    """Return the sessions of roles; of the one called `role` where it is given."""
    named = _SOME if role is None else (role,)
    return arn("sts", account, "assumed-role/", *named, "/", *_SOME, partition=partition)


def federated(account: str = ANY) -> Glob:
    """Return the federated users."""
    return arn("sts", account, "federated-user/", *_SOME)


def roles(account: str, role: str, partition: str, path: str = "") -> tuple[Glob, Glob]:
    """Return the role called `role` whose path is `path`, and those whose path only begins so."""
    of = {"partition": partition}
    return arn("iam", account, f"role/{path}{role}", **of), arn("iam", account, f"role/{path}", _TEXT, f"/{role}", **of)


def of_services() -> Glob:
    """Return the roles that services made for themselves."""
    return arn("iam", ANY, f"role/{SERVICE_LINKED_PATH}", _TEXT)


_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")
AREAS: dict[PrincipalKind, tuple[Glob, ...]] = {
    PrincipalKind.USER: (users(),),
    PrincipalKind.SESSION: (sessions(),),
    PrincipalKind.FEDERATED: (federated(),),
    PrincipalKind.ROOT: (roots(),),
    PrincipalKind.SERVICE: tuple(Glob((Wildcard.FIELD_CHAR, _FIELD, host)) for host in _HOSTS),
    PrincipalKind.PROVIDER: (
        arn("iam", ANY, "oidc-provider/", *_SOME),
        arn("iam", ANY, "saml-provider/", *_SOME),
        *map(Glob.literal, sorted(WEB_PROVIDERS)),
    ),
    PrincipalKind.ANONYMOUS: (Glob.literal(EVERYONE),),
}
EXAMPLE_TEXTS = {
    PrincipalKind.USER: "arn:aws:iam::444455556666:user/example",
    PrincipalKind.SESSION: "arn:aws:sts::444455556666:assumed-role/example/session",
    PrincipalKind.FEDERATED: "arn:aws:sts::444455556666:federated-user/example",
    PrincipalKind.ROOT: "arn:aws:iam::444455556666:root",
    PrincipalKind.SERVICE: "example.amazonaws.com",
    PrincipalKind.PROVIDER: "accounts.google.com",
    PrincipalKind.ANONYMOUS: EVERYONE,
}
