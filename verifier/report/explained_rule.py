"""What `verifier explain` shows: a rule of the semantics, or a check of an audit, as text or as JSON."""

from __future__ import annotations

from verifier.report.answer_part import AnswerPart
from verifier.report.style import Style


class RuleReadingPart(AnswerPart):
    """A point of a rule that AWS's guide leaves open: the usual reading, and the other."""

    usual: str
    other: str


class ExplainAnswer(AnswerPart):
    """The answer of `explain`; `title` is the section of a rule, or what a check asks; `sources` are pages."""

    name: str
    title: str
    text: str
    readings: list[RuleReadingPart] | None = None
    severity: str | None = None
    needs: str | None = None
    sources: list[str]


def explain_text(answer: ExplainAnswer, style: Style) -> str:
    """Return the answer as lines, without a final line break."""
    grave = f" ({answer.severity})" if answer.severity else ""
    lines = [f"{style.paint(answer.name, 'strong')}{grave}  {answer.title}", ""]
    lines += style.wrapped(answer.text, 2)
    for reading in answer.readings or ():
        lines += ["", *style.wrapped(f"AWS's guide leaves this open. The usual reading: {reading.usual}.", 2)]
        lines += style.wrapped(f"The other: {reading.other}. A proof holds under both.", 2)
    if answer.needs:
        lines += ["", *style.wrapped(f"It is asked where `[intent]` of `verifier.toml` has `{answer.needs}`.", 2)]
    lines += ["", style.paint("sources", "strong"), *(style.paint(f"  {source}", "place") for source in answer.sources)]
    return "\n".join(lines)
