"""The texts of any of many patterns, as one language: reading a character costs the same for hundreds as for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.strings.key import lower
from verifier.strings.languages import Glob, Language, State
from verifier.strings.machine import Machine


class Union:
    """The texts of any of `globs`, which all regard case or all ignore it."""

    def __init__(self, globs: Sequence[Glob]) -> None:
        self._machine = Machine.beside([glob.machine for glob in globs])
        self._ignores_case = globs[0].ignores_case
        self._ends = self._machine.final & self._machine.loops
        self.letters = frozenset[str]().union(*(glob.letters for glob in globs))

    def matches(self, text: str) -> bool:
        """See Language."""
        state = self.start()
        for char in lower(text) if self._ignores_case else text:
            state = self._machine.advance(state, char)
        return self.accepts(state)

    def start(self) -> int:
        """See Language."""
        return self._machine.start

    def step(self, state: State, char: str) -> State | None:
        """See Language."""
        assert isinstance(state, int)
        return self._machine.advance(state, lower(char) if self._ignores_case else char) or None

    def accepts(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self._machine.final != 0

    def absorbs(self, state: State) -> bool:
        """See Language."""
        assert isinstance(state, int)
        return state & self._ends != 0


def united(languages: Iterable[Language]) -> list[Language]:
    """Return languages that hold the same texts together, all patterns among them as one or two."""
    found: list[Language] = []
    globs: dict[bool, list[Glob]] = {}
    for language in languages:
        if isinstance(language, Glob):
            globs.setdefault(language.ignores_case, []).append(language)
        else:
            found.append(language)
    return [*found, *map(Union, globs.values())]
