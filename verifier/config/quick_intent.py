"""What is intended of an account, read without pydantic, where it is plainly of the form that `model.py` defines.

    quick_intent    the table `[intent]`, with the attributes of the model; ValueError where there is any doubt

As in `quick.py`, the models decide where this doubts, and a law compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, TypeAlias

_Read: TypeAlias = Callable[[Any], Any]
_PYTHON = {"for": "for_", "pass": "pass_"}  # keys that are words of Python


class _DoubtError(ValueError):
    """A value is not plainly what the model takes."""


def quick_intent(table: object) -> SimpleNamespace:
    """Return what `table` says, as the model would. Raises ValueError where that is not plain."""
    return _INTENT(table)  # type: ignore[no-any-return] # a reader of a table


def _text(found: Any) -> str:
    if type(found) is not str or not found:
        raise _DoubtError
    return found


def _any_text(found: Any) -> str:
    if type(found) is not str:
        raise _DoubtError
    return found


def _several(read: _Read, least: int = 0) -> _Read:
    def each(found: Any) -> list[Any]:
        if type(found) is not list or len(found) < least:
            raise _DoubtError
        return [read(one) for one in found]

    return each


def _by_name(read: _Read) -> _Read:
    def each(found: Any) -> dict[str, Any]:
        if type(found) is not dict:
            raise _DoubtError
        return {_any_text(name): read(value) for name, value in found.items()}

    return each


def _table(keys: Mapping[str, _Read], needed: Sequence[str] = (), other: Callable[[], Any] = lambda: None) -> _Read:
    """Return the reader of a table in which all keys that are `needed` stand; one that is left out is `other()`."""

    def told(found: Any) -> SimpleNamespace:
        if type(found) is not dict or not found.keys() <= keys.keys() or not found.keys() >= set(needed):
            raise _DoubtError
        return SimpleNamespace(
            **{_PYTHON.get(key, key): read(found[key]) if key in found else other() for key, read in keys.items()}
        )

    return told


_TEXTS, _SOME = _several(_text), _several(_text, 1)
_WHO = _table({"path": _text, "name": _text, "tag": _by_name(_any_text)})
_INTENT = _table(
    {
        "maximum": _text,
        "maximums": _several(_table({"for": _WHO, "maximum": _text}, ("for", "maximum"))),
        "never": _several(_table({"action": _SOME, "resource": _SOME, "unless": _SOME}, ("action", "resource"))),
        "organization": _text,
        **dict.fromkeys(("trusted_accounts", "regions", "sensitive", "boundaries", "mfa", "services"), _TEXTS),
        "networks": _table(dict.fromkeys(("cidrs", "vpcs", "endpoints"), _TEXTS)),
        "pass": _several(_table({"role": _text, "services": _SOME}, ("role", "services"))),
        "separate": _several(_several(_SOME, 2)),
        "federated": _by_name(_TEXTS),
        "checks": _table({"only": _TEXTS, "skip": _TEXTS}, other=list),
    }
)
