"""The actions of a service that change something, where a row of the table names the service as a whole.

`organizations:*` is a move, as whoever governs an organization reaches beyond the policies of an account; to look at it
is none. What the catalogue calls reading and listing is spared, if its name begins as such names do, and does not say
that credentials are given out. Of actions that the catalogue does not have, those count whose name begins as that of an
action that changes something in whichever service.
"""

from __future__ import annotations

from functools import cache

from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.actions import AccessLevel, access_levels, actions_of

_LOOKED_AT = (
    *("account", "controltower", "identity-sync", "identitystore", "lakeformation", "organizations", "ram"),
    *("signin", "sso", "sso-directory"),
)
_READING = (AccessLevel.READ, AccessLevel.LIST)
_READING_VERBS = ("Describe", "Get", "Head", "IsMember", "List", "Search")
_GIVES_OUT = regex(r"Credential|Token|DataAccess|Login|Session(?!Configuration)|Password")
_VERB = regex(r"[A-Z][a-z]+")


@cache
def changing_of(action: str) -> tuple[str, ...]:
    """Return what changes something of the service that `action` names as a whole; any other action as it stands."""
    service = action.removesuffix(":*")
    if service == action or service not in _LOOKED_AT:
        return (action,)
    changing = [name for name, level in access_levels(service) if not _is_reading(name.partition(":")[2], level)]
    return (*changing, *(f"{service}:{verb}*" for verb in _changing_verbs()))


def _is_reading(name: str, level: AccessLevel) -> bool:
    if level not in _READING or not name.startswith(_READING_VERBS):
        return False
    return not (name.startswith("Get") and _GIVES_OUT.search(name))


@cache
def _changing_verbs() -> tuple[str, ...]:
    changing = (action for level in AccessLevel if level not in _READING for action in actions_of(level))
    verbs = (_VERB.match(action.partition(":")[2]) for action in changing)
    return tuple(sorted({verb[0] for verb in verbs if verb} - set(_READING_VERBS)))
