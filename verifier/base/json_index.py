"""The tokens of a JSON text, indexed as far as somebody asks: where each stands, and where a value ends.

A dump of an account has a million tokens, and most questions are about places near its beginning. So the text is read
in stretches, each about as long as all before it. What is known is one value that never changes, and a longer one takes
its place in one step: an interruption (`budget.py`) or another thread leaves nothing half done.
"""

from __future__ import annotations

import itertools
import re
from array import array
from typing import NamedTuple

from verifier.base.regex import regex

# The tokens of JSON that have a number: strings, other values, brackets.
JSON_TOKEN = regex(r'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|[^\s,:{}\[\]"]++')
_BRACKET = regex(r"[{}\[\]]")
_FIRST_STRETCH = 4_096


class _Known(NamedTuple):
    """The first tokens: where they begin and end, one after the other; the last token of the value that begins with
    each, that token itself while its bracket is `open`. `whole`: there are no more tokens.
    """

    bounds: array[int]
    lasts: array[int]
    open: tuple[int, ...]
    whole: bool


class JsonIndex:
    """See above; tokens are counted from 0. A bracket without a partner, in a text that is not JSON, ends there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known = _Known(array("Q"), array("Q"), (), whole=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process without what can be found again."""
        return JsonIndex, (self._text,)

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Return from where to where in the text the tokens from `first` to `last` stand. Raises IndexError."""
        known = self._known
        while len(known.lasts) <= last and not known.whole:
            known = self._longer(known)
        return known.bounds[2 * first], known.bounds[2 * last + 1]

    def end(self, first: int) -> int:
        """Return the last token of the value that begins with token `first`. Raises IndexError."""
        known = self._known
        while not known.whole and (len(known.lasts) <= first or first in known.open):
            known = self._longer(known)
        return known.lasts[first]

    @property
    def bounds(self) -> array[int]:
        """Where each token begins and ends, one after the other; of all tokens."""
        known = self._known
        while not known.whole:
            known = self._longer(known)
        return known.bounds

    def _longer(self, known: _Known) -> _Known:
        """Return more than `known`, and keep it."""
        count = len(known.lasts)
        tokens = JSON_TOKEN.finditer(self._text, known.bounds[-1] if known.bounds else 0)
        wanted = max(_FIRST_STRETCH, count)
        more = array("Q", itertools.chain.from_iterable(map(re.Match.span, itertools.islice(tokens, wanted))))
        firsts = "".join(map(self._text.__getitem__, more[::2]))
        lasts, open_ = known.lasts + array("Q", range(count, count + len(firsts))), list(known.open)
        for found in _BRACKET.finditer(firsts):
            number = count + found.start()
            if found[0] in "{[":
                open_.append(number)
            elif open_:
                lasts[open_.pop()] = number
        self._known = _Known(known.bounds + more, lasts, tuple(open_), whole=len(firsts) < wanted)
        return self._known
