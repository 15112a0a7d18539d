"""An explanation for people: each level in a heading, and the lines of its documents that decide, underlined.

    policy 1 allows it by statement 0 Reads  policy.json:4:5
       7 |       "Action": "s3:*",
         |                 ^^^^^^
    maximum does not allow it; nearest is statement 0  maximum.json:3:5
       6 |       "Resource": "arn:aws:s3:::reports/*",
         |       ^^^^^^^^^^ no entry matches `*`

What `explanations/` gives is cut to what one screen holds: a resource `*` that matches is not quoted, and of many
statements or pieces the first are, with how many more there are. JSON holds all of it (`answers.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from verifier.base.errors import SERVICES
from verifier.base.safe import printable
from verifier.clouds.trace import ElementTrace
from verifier.explanations.explanation import (
    Cited,
    Explanation,
    Grant,
    Held,
    LevelTrace,
    Limit,
    Ruling,
    WhyAllowed,
    WhyContained,
    WhyDifferent,
)
from verifier.logic.actions import Effect
from verifier.report.diagnostics import NOT_QUOTED, Mark, underlined
from verifier.report.style import GAP, Style, columns

_EXCEPTIONS = ("NotAction", "NotResource")
_MOST_STATEMENTS = 2
_MOST_PIECES = 4
_MOST_GRANTS = 10
_MOST_NAMED = 3

# What a level says, and what leads from there to the one statement by which it does.
_RULINGS = {
    Ruling.ALLOWED: ("allows it", " by "),
    Ruling.EXPLICIT_DENY: ("denies it", " by "),
    Ruling.IMPLICIT_DENY: ("does not allow it", "; nearest is "),
    Ruling.NOT_DENIED: ("does not deny it", ""),
}


def why_lines(why: Explanation, style: Style) -> list[str]:
    """Return `why` as lines."""
    match why:
        case WhyAllowed():
            return [*(line for part in why.parts for line in _part(part, style)), *_unquoted(why, style)]
        case WhyDifferent():
            return [line for side in (why.gained, why.lost) if side for line in why_lines(side, style)]
        case WhyContained():
            return _contained(why, style)
    assert_never(why)


def _part(part: LevelTrace, style: Style) -> list[str]:
    shown = () if part.note else part.statements[:_MOST_STATEMENTS]
    documents = {cited.document for cited in part.statements}
    title = documents.pop() if len(documents) == 1 else part.name
    says, by = _RULINGS[part.ruling]
    if title == SERVICES and part.ruling is Ruling.IMPLICIT_DENY:  # several: a question names them
        says = "do not allow it"
    head = f"{style.paint(title, 'strong')} {says}{f': {printable(part.note)}' if part.note else ''}"
    lines: list[str] = []
    for cited in shown:
        where = _where(cited, title, style)
        if len(part.statements) == 1 and _fits(f"{title} {says}{by}{_where(cited, title, Style())}", style):
            head += by + where
        else:
            lines.append(f"  {where}")
        lines += _pieces(cited, style)
    more = len(part.statements) - len(shown) + part.more
    if more and shown:
        lines.append(f"  and {more:,} more {_of_those(part.ruling, more)}")
    for cited in part.missed:
        lines.append(f"  past Deny {_where(cited, title, style)}")
        lines += _pieces(cited, style)
    return [head, *lines]


def _unquoted(why: WhyAllowed, style: Style) -> list[str]:
    """Return a line that names the files whose lines would be quoted if they were not hidden."""
    cited = (cited for part in why.parts for cited in (*(() if part.note else part.statements), *part.missed))
    names = dict.fromkeys(printable(one.source.name) for one in cited if one.source.hidden and one.pieces)
    return style.wrapped(f"not quoted, as {NOT_QUOTED}: {', '.join(names)}", 0, 2) if names else []


def _fits(text: str, style: Style) -> bool:
    return style.width is None or columns(text) <= style.width


def _of_those(ruling: Ruling, more: int) -> str:
    one, many = {
        Ruling.ALLOWED: ("allows it", "allow it"),
        Ruling.EXPLICIT_DENY: ("denies it", "deny it"),
        Ruling.IMPLICIT_DENY: ("does not match", "do not match"),
        Ruling.NOT_DENIED: ("does not match", "do not match"),
    }[ruling]
    return f"that {one if more == 1 else many}"


def _where(cited: Cited, title: str, style: Style) -> str:
    """Return the name and place of a statement, with its document where that is not the title."""
    if not cited.stands:
        return printable(cited.document)
    document = "" if cited.document == title else f"{cited.document}, "
    span = cited.statement.span
    place = printable(cited.source.at(span.line, span.column))
    return f"{document}{printable(cited.name)}{GAP}{style.paint(place, 'place')}"


def _pieces(cited: Cited, style: Style) -> list[str]:
    """Return the lines of the pieces that decide, underlined, with why where the text alone does not say it."""
    pieces = [piece for piece in cited.pieces if not _says_nothing(piece, cited)]
    marks = [_mark(piece, cited) for piece in pieces[:_MOST_PIECES]]
    more = len(pieces) - len(marks)
    return underlined(cited.source, marks, style) + ([f"  and {more:,} more of its elements"] if more else [])


def _says_nothing(piece: ElementTrace, cited: Cited) -> bool:
    return piece.met and piece.element == "Resource" and cited.text_of(piece) == '"*"'


def _mark(piece: ElementTrace, cited: Cited) -> Mark:
    operator, _, key = piece.element.partition(" ")
    reason = f"{operator}: {piece.reason}" if key or operator in _EXCEPTIONS else piece.reason
    if not piece.met:
        return Mark(piece.span, reason, "unsure")
    entry = piece.element in ("Action", "Resource")
    colour = "bad" if cited.statement.effect is Effect.ALLOW else "good"
    return Mark(piece.span, "" if entry else reason, colour)


def _contained(why: WhyContained, style: Style) -> list[str]:
    lines: list[str] = []
    if why.vacuous:
        lines += [style.paint("nothing at all is allowed because of", "strong")]
        lines += _listed([_limit(limit, style) for limit in why.blocked_by]) or ["  the policies themselves"]
    lines += [line for alike in _grouped(why.grants) for line in _grants(alike, style)]
    for title, limits in (
        ("needed", why.needed),
        ("not needed", why.unneeded),
        ("not found out whether they are needed", why.unknown),
    ):
        lines += [style.paint(title, "strong"), *_listed([_limit(limit, style) for limit in limits])] if limits else []
    if why.idle:
        lines += [style.paint("let nothing through", "strong")]
        lines += _listed([_where(cited, "", style) for cited in why.idle])
    return lines


def _grouped(grants: Iterable[Grant]) -> list[list[Grant]]:
    """Return the grants that are held alike together, in the order of the first of each."""
    groups: dict[object, list[Grant]] = {}
    for grant in grants:
        alike = (grant.held, tuple(map(str, grant.limits)), grant.least, tuple(map(str, grant.through)), grant.blocked)
        groups.setdefault(alike, []).append(grant)
    return list(groups.values())


def _grants(alike: Sequence[Grant], style: Style) -> list[str]:
    """Return the lines of grants that are held alike."""
    grant, is_, stays = alike[0], "is" if len(alike) == 1 else "are", "stays" if len(alike) == 1 else "stay"
    names = [name.removeprefix("  ") for name in _listed([_where(grant.statement, "", style) for grant in alike])]
    match grant.held:
        case Held.BY_ITSELF:
            how = [
                f"{stays} within the maximum by itself" if len(alike) == 1 else "stay within the maximum each by itself"
            ]
        case Held.BY_LIMITS:
            how = [f"{is_} held within the maximum by {_names(grant.limits)}"]
            how += [] if grant.least else ["whether fewer are enough was not found out"]
        case Held.NOT_FOUND_OUT:
            how = ["what holds it within the maximum was not found out"]
        case _:
            assert_never(grant.held)
    if grant.blocked:
        how += [f"{is_} blocked by the other documents"] if len(alike) == 1 else []
    if grant.through:
        how += [f"{is_} allowed by {_names(grant.through)}"]
    return [*names, *(row for line in how for row in style.wrapped(line, 2, 2))]


def _names(items: Sequence[Limit | Cited]) -> str:
    shown = [str(i) if isinstance(i, Limit) else f"{i.document}, {i.name}" for i in items[:_MOST_NAMED]]
    more = [f"{len(items) - _MOST_NAMED:,} more"] if len(items) > _MOST_NAMED else []
    return printable("; ".join([*shown, *more]))


def _limit(limit: Limit, style: Style) -> str:
    return str(limit) if limit.statement is None else f"{_where(limit.statement, '', style)} (Deny)"


def _listed(rows: Sequence[str]) -> list[str]:
    more = len(rows) - _MOST_GRANTS
    return [f"  {row}" for row in rows[:_MOST_GRANTS]] + ([f"  and {more:,} more"] if more > 0 else [])
