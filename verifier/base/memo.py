"""`once`: what is worked out of an object that never changes is kept for as long as the object.

The result is stored in one step once it is there, so an interruption (`budget.py`) leaves nothing half done.
`Hashed` is a value that keeps its hash.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import ClassVar, TypeVar
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


class Hashed:
    """A value that is hashed again and again: its hash is computed once, of the fields that `hashed` names."""

    hashed: ClassVar[tuple[str, ...]] = ("parts",)

    @cached_property
    def _hash(self) -> int:
        return hash((type(self).__name__, *[getattr(self, name) for name in self.hashed]))

    def __hash__(self) -> int:
        return self._hash
