"""What is plain to see of two languages: one within the other, or nothing in common.

True is sure, False says nothing; `words.py` has the exact theory.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.strings.languages import Glob, Language
from verifier.strings.typed import Host


def within(one: Language, other: Language) -> bool:
    """Whether it is plain that every text of `one` is in `other`."""
    if one == other:
        return True
    if isinstance(one, Glob):
        if one.text is not None:
            return other.matches(one.text)
        return isinstance(other, Glob) and _ends_fit(one, other) and other.covers(one)
    if isinstance(one, Host) and isinstance(other, Host) and one.network:
        return other.network is None or _inside(one, other)
    return False


def _ends_fit(one: Glob, other: Glob) -> bool:
    """Whether the literal ends of `one` continue those of `other`, as they must to be within it."""
    return other.ignores_case or (one.head.startswith(other.head) and one.tail.endswith(other.tail))


def apart(one: Language, other: Language) -> bool:
    """Whether it is plain that no text is in both."""
    if isinstance(one, Glob) and one.text is not None:
        return not other.matches(one.text)
    if isinstance(other, Glob) and other.text is not None:
        return not one.matches(other.text)
    if isinstance(one, Glob) and isinstance(other, Glob):
        return ends_clash((one, other))
    if isinstance(one, Host) and isinstance(other, Host) and one.network and other.network:
        return not _inside(one, other) and not _inside(other, one)
    return False


def ends_clash(languages: Iterable[Language]) -> bool:
    """Whether two patterns begin, or end, with literal runs of which neither continues the other."""
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
