"""How the ARNs of a resource type look: the catalogue's format as a language, and what to put in its variable parts.

`${Name}` stands for one character or more: any where it is in the last of the six parts, none but a colon before. A `*`
of the format stands for the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from verifier.dataclass import dataclass
from verifier.logic.languages import Any, Glob
from verifier.policy.pattern import arn_fields

_VARIABLE = re.compile(r"\$\{([^}]*)\}|\*")


@dataclass(frozen=True, eq=False)
class ArnForm:
    """An ARN format of the catalogue, as `text`; there is one object for each text."""

    text: str

    @staticmethod
    def of(text: str) -> ArnForm:
        """Return the form of `text`."""
        return _form(text)

    @cached_property
    def fields(self) -> tuple[tuple[tuple[str, str | None], ...], ...]:
        """The six parts, each as literal runs with the name of the variable behind them (`*` has the empty name)."""
        return tuple(tuple(_pieces(field)) for field in self.text.split(":", 5))

    @cached_property
    def language(self) -> Glob:
        """The ARNs of this form."""
        parts: list[str | Any] = []
        for place, field in enumerate(self.fields):
            wild = (Any.FIELD_CHAR, Any.FIELD_TEXT) if place < 5 else (Any.CHAR, Any.TEXT)
            for literal, variable in ((":" if place else "", None), *field):
                if parts and isinstance(last := parts[-1], str):
                    parts[-1] = last + literal
                elif literal:
                    parts.append(literal)
                if variable is not None:
                    parts += wild
        return Glob(tuple(parts))

    @cached_property
    def fixed(self) -> tuple[tuple[int, str], ...]:
        """The fields before the last that hold no variable, which tell most forms apart."""
        plain = enumerate(self.text.split(":", 5)[:5])
        return tuple((place, field) for place, field in plain if not _VARIABLE.search(field))

    @cached_property
    def _head(self) -> str:
        return self.fields[5][0][0] if self.fields[5] else ""

    def matches(self, resource: str) -> bool:
        """Whether `resource` is an ARN of this form."""
        fields = arn_fields(resource)
        return (
            fields is not None
            and all(fields[place] == fixed for place, fixed in self.fixed)
            and fields[5].startswith(self._head)
            and self.language.matches(resource)
        )

    def __str__(self) -> str:
        return self.text


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each literal run with the name of the variable behind it; None where there is none."""
    place = 0
    for found in _VARIABLE.finditer(text):
        yield text[place : found.start()], found[1] or ""
        place = found.end()
    if place < len(text):
        yield text[place:], None


@lru_cache(maxsize=4096)
def _form(text: str) -> ArnForm:
    return ArnForm(text)
