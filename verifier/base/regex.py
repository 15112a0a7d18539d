"""Regular expressions, compiled when they are first used.

To compile those of all modules that a command loads takes longer than to use the few that it needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["regex"]

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - a function to those who use it
        """What `re.compile` returns, for `pattern` and `flags`."""

        def __init__(self, pattern: Any, flags: int = 0) -> None:
            self.__dict__["_asked"] = pattern, flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):  # `copy` looks for methods of its own
                raise AttributeError(name)
            found = self.__dict__[name] = getattr(re.compile(*self._asked), name)
            return found
