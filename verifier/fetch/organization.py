"""The organization above an account: its levels of SCPs and RCPs, root first, as `organization.json` has them.

Only the management account and delegated administrators may ask for them. So everyone who is there is asked in turn:
first whoever runs the command, then the role that he assumed.

A level that could not be read whole makes the whole answer missing: a level without its SCPs would look as if it did
not limit. The account itself is the last level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from verifier.fetch.aws_session import AwsCaller
from verifier.fetch.calls import (
    ACCOUNTS,
    ATTACHED,
    ORGANIZATION,
    ORGANIZATION_POLICY,
    PARENTS,
    ROOTS,
    UNIT,
    NotRead,
    Unread,
)
from verifier.fetch.document_text import document_or_text

# What a level calls each type of policy that the organization can have switched on.
_TYPES = {"SERVICE_CONTROL_POLICY": "scps", "RESOURCE_CONTROL_POLICY": "rcps"}
_DEEPEST = 16


def organization_above(account: str, callers: Sequence[AwsCaller]) -> tuple[dict[str, Any] | None, list[Unread]]:
    """Return the organization of `account`, None where it is in none; or None and what was not answered."""
    unread: list[Unread] = []
    for caller in callers:
        try:
            found = _organization(account, caller)
        except NotRead as refused:
            unread.append(refused.unread)
        else:
            if found or caller.account == account:  # that somebody else is in no organization says nothing
                return found, []
    return None, unread


def accounts_of(caller: AwsCaller) -> list[str]:
    """Return the active accounts of the organization. Raises NotRead."""
    return [str(one["id"]) for one in caller.ask(ACCOUNTS, {}) if one["status"] == "ACTIVE" and _is_account(one["id"])]


def _is_account(text: Any) -> bool:
    return bool(re.fullmatch(r"\d{12}", str(text)))


def _organization(account: str, caller: AwsCaller) -> dict[str, Any] | None:
    about = caller.only(ORGANIZATION, {})
    if not about:
        return None
    roots = {root["id"]: root["types"] or [] for root in caller.ask(ROOTS, {})}
    path = list(_upwards(account, caller))[::-1]
    types = [type_ for type_ in _TYPES if type_ in roots.get(path[0][0], [])]
    known: dict[str, Any] = {}
    levels = [
        {"name": name} | {_TYPES[type_]: _attached(target, type_, caller, known) for type_ in types}
        for target, name in path
    ]
    return {
        "id": about["id"],
        "account": account,
        "management": about["management"] == account,
        "accounts": sorted(str(one["id"]) for one in caller.ask(ACCOUNTS, {})),
        "levels": levels,
    }


def _upwards(account: str, caller: AwsCaller) -> Iterator[tuple[str, str]]:
    """Yield the account and all that is above it, each with its name; the root comes last."""
    yield account, "account"
    below = account
    for _ in range(_DEEPEST):
        parent = caller.only(PARENTS, {"id": below})
        if not parent:
            break
        if parent["type"] == "ROOT":
            yield parent["id"], "root"
            return
        yield parent["id"], str(caller.only(UNIT, {"id": parent["id"]})["name"])
        below = parent["id"]
    raise NotRead(Unread(str(PARENTS.action), caller.region, below, "NoRoot", "there is no root above it"))


def _attached(target: str, type_: str, caller: AwsCaller, known: dict[str, Any]) -> list[Any]:
    """Return the documents attached to a root, a unit or an account; `known` has those that were read already."""
    documents = []
    for policy in caller.ask(ATTACHED, {"id": target, "type": type_}):
        if policy["id"] not in known:
            known[policy["id"]] = document_or_text(caller.only(ORGANIZATION_POLICY, policy)["document"])
        documents.append(known[policy["id"]])
    return documents
