"""Who can, for people and programs (`verifier who`)."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from verifier.audits.access import Access, AccessVerdict, CallerAccess
from verifier.base.safe import plain_or_quoted, printable
from verifier.regions.region import Regions
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import RequestPart, fit_parts, request_part
from verifier.report.formula_words import formula_words
from verifier.report.plan import region_parts
from verifier.report.region_answers import RegionPart
from verifier.report.style import GAP, Style, TableRow, value_text

_COLOURS = {AccessVerdict.CAN: "bad", AccessVerdict.CANNOT: "good", AccessVerdict.UNDECIDED: "unsure"}
_OUTSIDE = ("account", "service", "provider")


class CallerPart(AnswerPart):
    """What a principal of the account, or somebody outside, can do; one of the first four keys says who it is.

    `account` is `*` for everybody whom no policy names. `region` is what `request` is a part of.
    """

    principal: str | None = None
    account: str | None = None
    service: str | None = None
    provider: str | None = None
    kind: str | None = None
    verdict: Literal["can", "cannot", "undecided"]
    request: RequestPart | None = None
    realistic: bool | None = None
    breaks: list[str] | None = None
    none_fits: bool | None = None
    region: RegionPart | None = None
    reason: str | None = None


class AskedPart(AnswerPart):
    """What was asked: some of these actions on some of these resources; a key without a value is absent. Where
    `principal` is there, nobody else was asked about.
    """

    id: str | None = None
    action: list[str]
    resource: list[str]
    keys: dict[str, str | list[str] | None]
    principal: list[str] | None = None


class WhoAnswer(AnswerPart):
    """The answer of `who`; `others` are those outside of the accounts whom a policy of a resource lets in."""

    account: str | None = None
    accounts: list[str] | None = None
    question: AskedPart
    verdict: Literal["can", "cannot", "undecided"]
    principals: list[CallerPart]
    others: list[CallerPart]
    assumes: list[str]


def who_answer(found: Access) -> WhoAnswer:
    """Return the JSON answer."""
    several = len(found.accounts) > 1
    return WhoAnswer(
        account=None if several else found.accounts[0],
        accounts=list(found.accounts) if several else None,
        question=AskedPart.of(found.asked),
        verdict=found.verdict.value,
        principals=list(map(_caller_part, found.principals)),
        others=list(map(_caller_part, found.others)),
        assumes=list(found.assumes),
    )


def _caller_part(one: CallerAccess) -> CallerPart:
    who = {one.kind: one.name} if one.kind in _OUTSIDE else {"principal": one.name, "kind": one.kind}
    parts: dict[str, Any] = {**who, "verdict": one.verdict.value, "reason": one.reason}
    if one.request is not None:
        fit = {name: value for name, value in fit_parts(one.fit).items() if name != "leans"}
        parts |= {"request": request_part(one.request), **fit}
    if one.region is not None:
        (region,) = region_parts(Regions((one.region,), complete=True))
        parts["region"] = RegionPart.of(region)
    return CallerPart(**parts)


def who_text(found: Access, style: Style, *, everything: bool = False) -> str:
    """Return the answer as lines: first who can, then what is undecided, and how many cannot.

    With `everything` all are listed that cannot.
    """
    counts = Counter(one.verdict for one in found.every())
    lines = style.headline(found.verdict.value, _COLOURS[found.verdict], _meaning(found, counts))
    for verdict in (AccessVerdict.CAN, AccessVerdict.UNDECIDED, AccessVerdict.CANNOT):
        several = found.those(verdict)
        if several and (everything or verdict is not AccessVerdict.CANNOT):
            lines += ["", style.paint(f"{verdict.value} ({len(several):,})", "strong"), *_listed(several, style)]
    return "\n".join([*lines, *style.assuming(found.assumes)])


def access_table(found: Access) -> tuple[TableRow, list[TableRow]]:
    """Return a head, and a row for each of them: who, the verdict, and when."""
    rows = [
        (_who(one), one.kind, one.verdict.value, "; ".join(f"{label} {text}" for label, text in _rows(one) if label))
        for one in found.every()
    ]
    return ("who", "kind", "verdict", "why"), [*rows]


def _meaning(found: Access, counts: Counter[AccessVerdict]) -> str:
    asked = printable(found.question)
    cannot, able = counts[AccessVerdict.CANNOT], counts[AccessVerdict.CAN]
    match found.verdict:
        case AccessVerdict.CAN:
            rest = f"; {cannot:,} cannot: proved" if cannot else ""
            return f"{able:,} can do {asked}{rest}"
        case AccessVerdict.UNDECIDED:
            rest = f"; {cannot:,} cannot: proved" if cannot else ""
            return f"nobody is known to be able to do {asked}{rest}"
        case AccessVerdict.CANNOT:
            return f"nobody can do {asked}: proved"


def _listed(several: Sequence[CallerAccess], style: Style) -> Iterator[str]:
    """Yield a line for each, with what is known of it below."""
    names = [(_who(one), _short(one)) for one in several]
    width = max(len(name) for name, _ in names)
    for one, (name, short) in zip(several, names, strict=True):
        yield f"  {name:<{width}}{GAP}{style.paint(short, 'faint')}".rstrip()
        for label, text in _rows(one):
            yield from _row(label, text, style)


def _row(label: str, text: str, style: Style) -> list[str]:
    begin = f"    {label:<11}{GAP}"
    width = None if style.width is None else max(style.width, len(begin) + 20)
    lines = [text] if width is None else textwrap.wrap(text, width - len(begin), break_long_words=False) or [""]
    return [f"{style.paint(begin, 'faint')}{lines[0]}", *(f"{' ' * len(begin)}{line}" for line in lines[1:])]


def _who(one: CallerAccess) -> str:
    if one.kind not in _OUTSIDE:
        return plain_or_quoted(one.name)
    if one.name != "*":
        return f"outside: {one.kind} {plain_or_quoted(one.name)}"
    return "outside: everybody" if one.kind == "account" else f"outside: any {one.kind}"


def _short(one: CallerAccess) -> str:
    return "" if one.kind in _OUTSIDE else one.kind


def _rows(one: CallerAccess) -> Iterator[tuple[str, str]]:
    if one.reason is not None:
        yield "because", printable(one.reason)
    if one.region is not None:
        words = formula_words(one.region.part.condition)
        if words:
            yield "when", printable(words)
    if one.request is not None:
        request = one.request
        asks = f" as {plain_or_quoted(request.principal)}" if one.kind in _OUTSIDE and request.principal else ""
        yield "for example", f"{plain_or_quoted(request.action)} on {plain_or_quoted(request.resource)}{asks}"
        for key, value in request.context.items():
            yield "", f"{plain_or_quoted(key.name)}  {value_text(value)}"
    for fact in one.fit.breaks:
        yield "unrealistic", printable(fact)
