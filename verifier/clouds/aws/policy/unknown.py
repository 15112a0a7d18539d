"""Parts of a document that are not known before deployment: each entry with one is a point that can be either way.

    MayMatch                    whether one entry matches the request, which is open as long as the entry is
    unknowns_of                 the points of a policy
    shown_as, with_wildcards    the text of such an entry for people, and the widest text that it could turn out to be

A template has values that exist only after deployment. Such a value may be any text, wildcards included, so whether
the entry that holds it matches a request is open. All that is known is that it matches nothing that the widest entry
does not match. That is a point with two readings (`logic/readings.py`): the entry matches, or it does not. The points
are variables of the prover, so what is proved holds for every value; and the evaluator judges under a choice of them.
Two entries with the same parts from the same place are the same point: the role that one statement names is the role
that another one names. Documents of two versions share no point where variables may stand: an unknown value may hold
some, and their meaning depends on the version (rule 8).

For conditions with a set operator one choice for all values of the key is enough: `ForAnyValue` and the negation of
`ForAllValues` ask whether some value matches. Only `ForAllValues` without negation and `ForAnyValue` with it ask which
values match, so their points are those of the whole list of values (`shared` below).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from verifier.base.dataclass import dataclass
from verifier.base.memo import once
from verifier.base.regex import regex
from verifier.base.source import UNKNOWN_ENDS, Source

if TYPE_CHECKING:
    from verifier.clouds.aws.policy.syntax import Policy, Statement

_MARK = regex(f"{UNKNOWN_ENDS[0]}([0-9]+){UNKNOWN_ENDS[1]}")
_PLACE = 1_000  # behind the points of AWS's guide


@dataclass(frozen=True)
class MayMatch:
    """Whether an entry with an unknown part matches.

    `content` is the entry, and what it is open together with: each known part as it is, each unknown one by its scope
    and its name. `use` is where it stands: `Action`, `Resource`, or a condition's operator and key. `text` is the entry
    as people read it; two that look the same may be two, as a variable looks like an unknown part.
    """

    content: tuple[tuple[str | tuple[str, str], ...], ...]
    use: str
    text: str = field(compare=False)

    @property
    def value(self) -> str:
        """Its name."""
        return f"{self.use} {self.text}"

    @property
    def rule(self) -> int:
        """No rule of AWS's guide is in doubt here."""
        return 0

    @property
    def is_unknown(self) -> bool:
        """It is."""
        return True

    @property
    def usual(self) -> str:
        """One of the two ways."""
        return f"`{self.text}` does not match"

    @property
    def other(self) -> str:
        """The other way."""
        return f"`{self.text}` matches"

    @property
    def place(self) -> int:
        """Its place among the points."""
        return _PLACE

    def as_json(self) -> dict[str, object]:
        """Return the point as an answer names it."""
        return {"unknown": self.text, "element": self.use}


def unknown_document(source: Source) -> str:
    """Return what is not known, where that is the whole document; "" otherwise."""
    if source.within is None or not source.within.unknowns or _MARK.fullmatch(source.text.strip('"')) is None:
        return ""
    return source.within.unknowns[0][1]


def has_unknown(text: str, source: Source) -> bool:
    """Whether a part of `text`, which stands in `source`, is unknown."""
    return source.within is not None and bool(source.within.unknowns) and UNKNOWN_ENDS[0] in text


def unknown_of(text: str, source: Source, use: str, shared: Sequence[str] = ()) -> MayMatch:
    """Return the point of the entry `text`; `shared` are the texts that it is open together with."""
    assert source.within is not None
    unknowns = source.within.unknowns
    content = tuple(
        tuple(unknowns[int(part)] if number % 2 else part for number, part in enumerate(_MARK.split(each)))
        for each in (text, *shared)
    )
    shown = ", ".join(shown_as(each, source) for each in (text, *shared))
    return MayMatch(content, use, shown)


def shown_as(text: str, source: Source) -> str:
    """Return `text` as people read it: `${name}` for each unknown part."""
    if source.within is None:
        return text
    unknowns = source.within.unknowns
    return _MARK.sub(lambda found: f"${{{unknowns[int(found[1])][1]}}}", text)


def with_wildcards(text: str) -> str:
    """Return `text` with a wildcard for each unknown part."""
    return _MARK.sub("*", text)


def known_parts(text: str) -> list[str]:
    """Return the known parts of `text`, between its unknown ones."""
    return _MARK.sub(UNKNOWN_ENDS[0], text).split(UNKNOWN_ENDS[0])


@once
def unknowns_of(policy: Policy) -> tuple[MayMatch, ...]:
    """Return the entries of `policy` that have no value yet, as points; looked for once."""
    return tuple(dict.fromkeys(point for statement in policy.statements for point in unknowns_in(statement)))


def unknowns_in(statement: Statement) -> Iterator[MayMatch]:
    """Yield the entries of a statement that have no value yet, as points."""
    yield from statement.unknowns
    for element in (statement.principals, statement.actions, statement.resources):
        for entry in element.entries if element else ():
            if entry.unknown is not None:
                yield entry.unknown
    for condition in statement.conditions:
        for value in condition.values:
            if value.unknown is not None:
                yield value.unknown
