"""Languages, put where those that may hold a given one are found at once.

A pattern that lies within another holds the literal runs of the other, as a wildcard cannot be relied upon for them.
So each pattern is kept under one of its runs, and looking up costs the length of what is looked for, not the number of
patterns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from verifier.logic.languages import Glob, Language
from verifier.logic.relate import within


class Shelf:
    """Languages, each found by the rarest literal run in it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_run: dict[str, list[Language]] = defaultdict(list)
        self._lengths: set[int] = set()
        self._others: list[Language] = []

    def add(self, language: Language) -> None:
        """Put a language in."""
        parts = language.parts if isinstance(language, Glob) and not language.ignores_case else ()
        runs = [part for part in parts if isinstance(part, str)]
        if not runs:
            self._others.append(language)
            return
        run = min(runs, key=lambda one: len(self._by_run.get(one, ())))
        self._by_run[run].append(language)
        self._lengths.add(len(run))

    def hold(self, language: Language) -> bool:
        """Whether one of the languages plainly holds all texts of `language`."""
        return any(within(language, other) for other in self.candidates(language))

    def candidates(self, language: Language) -> Iterator[Language]:
        """The languages that may hold all texts of `language`, as far as their literal runs tell."""
        yield from self._others
        if not isinstance(language, Glob) or language.ignores_case:
            return
        pieces = dict.fromkeys(
            part[start : start + length]
            for part in language.parts
            if isinstance(part, str)
            for length in self._lengths
            for start in range(len(part) - length + 1)
        )
        for piece in pieces:
            yield from self._by_run.get(piece, ())
