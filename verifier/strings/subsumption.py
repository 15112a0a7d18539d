"""What is plain to see of languages without a search: one is a subset of another, or both are disjoint.

`is_subset` and `disjoint` compare two: True is sure, False says nothing; `solve.py` has the exact theory.

`SubsumptionIndex` holds many languages and finds those that may contain a given one. A pattern that is a subset of
another contains the literal runs of the other, as a wildcard cannot be relied upon for them. So each pattern is kept
under one of its runs, and a search costs the length of what is looked for, not the number of patterns. Networks are
kept by their prefixes, other typed languages by themselves.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from verifier.strings.languages import Glob, Language
from verifier.strings.typed import Host
from verifier.strings.values import lower


def is_subset(one: Language, other: Language) -> bool:
    """Whether it is plain that every text of `one` is in `other`."""
    if one == other:
        return True
    if isinstance(one, Glob):
        if one.text is not None:
            return other.matches(one.text)
        return isinstance(other, Glob) and _ends_fit(one, other) and _runs_fit(one, other) and other.covers(one)
    if isinstance(one, Host) and isinstance(other, Host) and one.network:
        return other.network is None or _inside(one, other)
    return False


def _ends_fit(one: Glob, other: Glob) -> bool:
    """Whether the literal ends of `one` continue those of `other`, as they must to be within it."""
    return other.ignores_case or (one.head.startswith(other.head) and one.tail.endswith(other.tail))


def _runs_fit(one: Glob, other: Glob) -> bool:
    """Whether each literal run of `other` stands in one of `one`, as it must to be within it."""
    return other.ignores_case or all(any(part in run for run in one.runs) for part in other.runs)


def disjoint(one: Language, other: Language) -> bool:
    """Whether it is plain that no text is in both."""
    if isinstance(one, Glob) and one.text is not None:
        return not other.matches(one.text)
    if isinstance(other, Glob) and other.text is not None:
        return not one.matches(other.text)
    if isinstance(one, Glob) and isinstance(other, Glob):
        return ends_conflict((one, other))
    if isinstance(one, Host) and isinstance(other, Host) and one.network and other.network:
        return not _inside(one, other) and not _inside(other, one)
    return False


def ends_conflict(languages: Iterable[Language]) -> bool:
    """Whether two patterns begin, or end, with literal runs, and neither run continues the other."""
    globs = [language for language in languages if isinstance(language, Glob) and not language.ignores_case]
    heads, tails = [glob.head for glob in globs], [glob.tail for glob in globs]
    head, tail = max(heads, key=len, default=""), max(tails, key=len, default="")
    return not (all(map(head.startswith, heads)) and all(map(tail.endswith, tails)))


def _inside(one: Host, other: Host) -> bool:
    """Whether the network of `one` lies in that of `other`; both have one."""
    inner, outer = one.network, other.network
    if inner is None or outer is None or inner.version != outer.version or inner.prefixlen < outer.prefixlen:
        return False
    rest = outer.max_prefixlen - outer.prefixlen
    return int(inner.network_address) >> rest == int(outer.network_address) >> rest


# Pieces of one pattern to look up: what is not found may be there.
_MOST_PIECES = 20_000


class SubsumptionIndex:
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

    def covers(self, language: Language) -> bool:
        """Whether one of the languages plainly holds all texts of `language`."""
        return any(is_subset(language, other) for other in self.candidates(language))

    def candidates(self, language: Language) -> Iterator[Language]:
        """The languages that may hold all texts of `language`, as far as their literal runs tell."""
        if isinstance(language, Glob):
            if language.text is not None:
                yield from self._typed
            if not language.ignores_case:
                yield from self._runs[False].candidates(language.runs)
            folded = list(map(lower, language.runs)) if self._runs[True].any else []
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
        runs = glob.runs
        if not runs:
            self._without.append(glob)
            return
        run = min(runs, key=lambda one: len(self._by_run.get(one, ())))
        self._by_run[run].append(glob)
        self._lengths.add(len(run))

    def candidates(self, parts: Sequence[str]) -> Iterator[Glob]:
        yield from self._without
        few = len(self._by_run) * len(parts) <= sum(map(len, parts)) * len(self._lengths)
        for run in self._among_few(parts) if few else self._pieces(parts):
            yield from self._by_run.get(run, ())

    def _among_few(self, parts: Sequence[str]) -> Iterable[str]:
        """The runs that stand in `parts`, in the order of `_pieces`, by a look at every run."""
        order = {length: place for place, length in enumerate(self._lengths)}
        found: list[tuple[int, int, int, str]] = []
        for run in self._by_run:
            for number, part in enumerate(parts):
                if run in part:
                    found.append((number, order[len(run)], part.index(run), run))
                    break
        return [run for *_, run in sorted(found)]

    def _pieces(self, parts: Sequence[str]) -> Iterable[str]:
        """All that may be a run in `parts`, by its length."""
        places = (
            (part, start, length)
            for part in parts
            for length in self._lengths
            for start in range(len(part) - length + 1)
        )
        return dict.fromkeys(
            part[start : start + length] for part, start, length in itertools.islice(places, _MOST_PIECES)
        )


def _prefix(host: Host, length: int) -> int:
    assert host.network is not None
    return int(host.network.network_address) >> (host.network.max_prefixlen - length)
