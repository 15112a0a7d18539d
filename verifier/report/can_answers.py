"""What a principal may do, for people and programs (`verifier can`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from verifier.base.safe import plain_or_quoted
from verifier.explanations.explanation import Explanation, WhyAllowed
from verifier.questions.verdict import Escapes, Undecided, Verdict
from verifier.report.answer_part import AnswerPart
from verifier.report.counterexample import ReadingPart, RequestPart, fit_parts, request_part
from verifier.report.explanation_answers import RequestExplanation, explained_request
from verifier.report.plan import plan
from verifier.report.region_answers import RegionPart, region_keys
from verifier.report.style import Style
from verifier.report.text import verdict_text

if TYPE_CHECKING:
    from verifier.regions.region import Regions


class CanAnswer(AnswerPart):
    """The answer of `can`: `regions` are all that is allowed, if `complete`; `verdict` is there where a maximum is."""

    principal: str
    verdict: Literal["contained", "escapes", "undecided"] | None = None
    request: RequestPart | None = None
    realistic: bool | None = None
    breaks: list[str] | None = None
    none_fits: bool | None = None
    reason: str | None = None
    explanation: RequestExplanation | None = None
    regions: list[RegionPart]
    complete: bool
    incomplete: str | None = None
    as_usual: list[ReadingPart] | None = None
    assumes: list[str]


def can_answer(
    principal: str, verdict: Verdict | None, found: Regions, assumes: tuple[str, ...], why: Explanation | None
) -> CanAnswer:
    """Return the JSON answer."""
    parts = region_keys(found)
    if isinstance(verdict, Escapes):
        fit = {name: value for name, value in fit_parts(verdict.fit).items() if name != "leans"}
        parts |= {"request": request_part(verdict.request), **fit}
        parts["explanation"] = explained_request(why) if isinstance(why, WhyAllowed) else None
    elif isinstance(verdict, Undecided):
        parts["reason"] = verdict.reason
    if verdict is not None:
        parts["verdict"] = verdict.word
    return CanAnswer(principal=principal, assumes=list(assumes), **parts)


def can_text(
    principal: str,
    verdict: Verdict | None,
    found: Regions,
    assumes: tuple[str, ...],
    style: Style,
    why: Explanation | None,
) -> str:
    """Return the answer as lines: what is allowed, and then whether that is within the maximum."""
    lines = [style.paint(plain_or_quoted(principal), "strong"), "", *plan(found, style)]
    if verdict is None:
        return "\n".join([*lines, *style.assuming(assumes)])
    return "\n".join([*lines, "", verdict_text(verdict, style, why=why)])
