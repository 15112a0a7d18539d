"""Languages, put where those that may hold a given one are found at once.

A pattern that lies within another holds the literal runs of the other, as a wildcard cannot be relied upon for them.
So each pattern is kept under one of its runs, and looking up costs the length of what is looked for, not the number of
patterns. Networks are kept by their prefixes, other typed languages by themselves.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from verifier.strings.key import lower
from verifier.strings.languages import Glob, Language
from verifier.strings.subsumption import within
from verifier.strings.typed import Host

# Pieces of one pattern to look up: what is not found may be there.
_MOST_PIECES = 20_000


class Shelf:
    """Languages, each found by the rarest literal run in it."""

    def __init__(self) -> None:
        """Begin empty."""
        self._runs = {False: _Runs(), True: _Runs()}
        self._networks: dict[tuple[int, int, int], Host] = {}
        self._prefixes: set[tuple[int, int]] = set()
        self._typed: dict[Language, None] = {}

    def add(self, language: Language) -> None:
        """Put a language in."""
        if isinstance(language, Glob):
            self._runs[language.ignores_case].add(language)
            return
        self._typed[language] = None
        if isinstance(language, Host) and language.network is not None:
            version, length = language.network.version, language.network.prefixlen
            self._prefixes.add((version, length))
            self._networks[version, length, _prefix(language, length)] = language

    def hold(self, language: Language) -> bool:
        """Whether one of the languages plainly holds all texts of `language`."""
        return any(within(language, other) for other in self.candidates(language))

    def candidates(self, language: Language) -> Iterator[Language]:
        """The languages that may hold all texts of `language`, as far as their literal runs tell."""
        if isinstance(language, Glob):
            if language.text is not None:
                yield from self._typed
            if not language.ignores_case:
                yield from self._runs[False].candidates([part for part in language.parts if isinstance(part, str)])
            folded = [lower(part) for part in language.parts if isinstance(part, str)] if self._runs[True].any else []
            yield from self._runs[True].candidates(folded)
            return
        if language in self._typed:
            yield language
        if isinstance(language, Host) and language.network is not None:
            yield from self._around(language)

    def _around(self, host: Host) -> Iterator[Language]:
        assert host.network is not None
        if Host() in self._typed:
            yield Host()
        for version, length in self._prefixes:
            if version == host.network.version and length <= host.network.prefixlen:
                found = self._networks.get((version, length, _prefix(host, length)))
                if found is not None:
                    yield found


class _Runs:
    """Patterns that all regard case or all ignore it."""

    def __init__(self) -> None:
        self._by_run: dict[str, list[Glob]] = defaultdict(list)
        self._lengths: set[int] = set()
        self._without: list[Glob] = []
        self.any = False

    def add(self, glob: Glob) -> None:
        self.any = True
        runs = [part for part in glob.parts if isinstance(part, str)]
        if not runs:
            self._without.append(glob)
            return
        run = min(runs, key=lambda one: len(self._by_run.get(one, ())))
        self._by_run[run].append(glob)
        self._lengths.add(len(run))

    def candidates(self, parts: list[str]) -> Iterator[Glob]:
        yield from self._without
        places = (
            (part, start, length)
            for part in parts
            for length in self._lengths
            for start in range(len(part) - length + 1)
        )
        pieces = dict.fromkeys(
            part[start : start + length] for part, start, length in itertools.islice(places, _MOST_PIECES)
        )
        for piece in pieces:
            yield from self._by_run.get(piece, ())


def _prefix(host: Host, length: int) -> int:
    assert host.network is not None
    return int(host.network.network_address) >> (host.network.max_prefixlen - length)
