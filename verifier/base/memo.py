"""What is worked out of an object that never changes is kept for as long as the object.

    once               of a function, with each object, which has a `__dict__`
    cached_property    of a method, with the object; as in the standard library, whose one takes a lock each time in
                       Python 3.11, which costs more than most of what is worked out here
    Hashed             a value that keeps its hash

The result is stored in one step once it is there, so an interruption (`budget.py`) leaves nothing half done. Two
threads may work out the same at once; one of two equal results stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

__all__ = ["Hashed", "cached_property", "once"]

_Of = TypeVar("_Of")
_Result = TypeVar("_Result")
_NUMBERS = itertools.count()


def once(work: Callable[[_Of], _Result]) -> Callable[[_Of], _Result]:
    """Return `work`, done once for each object. Raises what `work` raises, each time anew."""
    name = f"{work.__qualname__} {next(_NUMBERS)}"  # two functions may have the same name

    @wraps(work)
    def remembered(of: _Of) -> _Result:
        known = of.__dict__
        try:
            result: _Result = known[name]
        except KeyError:
            result = known[name] = work(of)
        return result

    return remembered


if TYPE_CHECKING:
    from functools import cached_property
else:

    class cached_property:  # noqa: N801 - its name
        """What a method without arguments returns, worked out once for each object, which has a `__dict__`."""

        def __init__(self, work: Callable[[Any], Any]) -> None:
            self._work, self.__doc__ = work, work.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, of: Any, owner: type | None = None) -> Any:
            if of is None:
                return self
            found = of.__dict__[self._name] = self._work(of)
            return found


class Hashed:
    """A value that is hashed again and again: its hash is computed once, of the fields that `hashed` names."""

    hashed: ClassVar[tuple[str, ...]] = ("parts",)

    @cached_property
    def _hash(self) -> int:
        return hash((type(self).__name__, *[getattr(self, name) for name in self.hashed]))

    def __hash__(self) -> int:
        return self._hash
