"""The nearest right name to one that AWS does not have, or ""."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.catalogue.keys import known_keys

_LONGEST = 96
_ALIKE = 0.86
_ALIKE_SERVICES = 0.84


@lru_cache(maxsize=1024)
def near_service(name: str) -> str:
    """Return the service that is nearest to `name`, in lower case."""
    return _nearest(name, services(), _ALIKE_SERVICES)


@lru_cache(maxsize=1024)
def near_action(service: str, name: str) -> str:
    """Return the action of `service`, as `service:Name`, that is nearest to `name`; both in lower case."""
    names = {action.name.lower(): str(action) for action in actions(service)}
    return names.get(_nearest(name, names, _ALIKE), "")


@lru_cache(maxsize=1024)
def split_action(text: str) -> str:
    """Return the action that `text` spells without its colon, as `s3GetObject` does."""
    folded = text.lower()
    for cut in range(2, len(folded)):
        if folded[:cut] in services():
            for action in actions(folded[:cut]):
                if action.name.lower() == folded[cut:].lstrip(".-_/ "):
                    return str(action)
    return ""


@lru_cache(maxsize=1024)
def near_key(folded: str) -> str:
    """Return the condition key that is nearest to `folded`, in lower case; what follows a `/` stays as it is."""
    head, slash, tag = folded.partition("/")
    if slash:
        found = _nearest(head, _heads(), _ALIKE)
        return f"{_heads()[found]}/{tag}" if found else ""
    if ":" not in folded:
        return next((name for key, name in _names().items() if key.partition(":")[2] == folded), "")
    return _names().get(_nearest(folded, _names(), _ALIKE), "")


@cache
def _names() -> dict[str, str]:
    """The keys without a variable part, by their lower case."""
    return {name.lower(): name for name in known_keys() if "${" not in name}


@cache
def _heads() -> dict[str, str]:
    """What stands before the `/` of the keys with a variable part behind it."""
    heads = (name.partition("/${")[0] for name in known_keys() if "/${" in name)
    return {head.lower(): head for head in heads}


def _nearest(name: str, names: Iterable[str], alike: float) -> str:
    if len(name) > _LONGEST:
        return ""
    import difflib  # noqa: PLC0415 - only for a name that is wrong

    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=alike)), "")
