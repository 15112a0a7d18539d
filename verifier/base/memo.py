"""`once`: what is worked out of an object that never changes is kept for as long as the object.

The result is stored in one step once it is there, so an interruption (`budget.py`) leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

_Of = TypeVar("_Of")
_Result = TypeVar("_Result")


def once(work: Callable[[_Of], _Result]) -> Callable[[_Of], _Result]:
    """Return `work`, done once for each object. Raises what `work` raises, each time anew."""
    found: WeakKeyDictionary[_Of, _Result] = WeakKeyDictionary()

    @wraps(work)
    def remembered(of: _Of) -> _Result:
        try:
            return found[of]
        except KeyError:
            result = found[of] = work(of)
            return result

    return remembered
