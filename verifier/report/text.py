"""Answers as text for people: the verdict in a word first, then what it rests on.

Data is never broken over lines, so that it can be copied; sentences are. `style.py` knows the terminal, `answers.py`
writes the same answers for programs. `Words` hold what differs between the questions that answer with a `Verdict`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.safe import plain_or_quoted, printable
from verifier.clouds.evaluation import Evaluation, StatementTrace
from verifier.clouds.trace import Decision
from verifier.logic.actions import Effect
from verifier.logic.readings import the_other_way
from verifier.logic.request import Request
from verifier.questions.ask import World
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Fit,
    Granted,
    Hinges,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.report.style import GAP, Style, value_text

if TYPE_CHECKING:
    from verifier.explanations.explanation import Explanation, WhyDifferent
    from verifier.regions.region import Regions


@dataclass(frozen=True)
class Words:
    """How a question puts its answers."""

    yes: str
    yes_means: str
    no_means: str


PROVE = Words(
    "CONTAINED", "every request that is allowed is within the maximum", "this is allowed, but not by the maximum:"
)
CONFINE = Words("CONFINED", "every other service is blocked", "this request to another service is not blocked:")


def verdict_text(
    verdict: Verdict | NeedsVerdict,
    style: Style,
    words: Words = PROVE,
    why: Explanation | None = None,
    regions: Regions | None = None,
) -> str:
    """Return `verdict` as lines, without a final line break, and `why` and all that escapes as `regions`, where those
    are given, before what it assumes.
    """
    match verdict:
        case Contained():
            lines = style.headline(words.yes, "good", words.yes_means) + _vacuity(
                verdict.vacuous, "nothing at all is allowed", style
            )
        case Escapes():
            lines = [*style.headline("ESCAPES", "bad", words.no_means), "", *request_lines(verdict.request, style)]
            lines += fit_lines(verdict.fit, style)
        case Granted():
            lines = style.headline("GRANTED", "good", "every request that is needed is allowed")
            lines += _vacuity(verdict.vacuous, "nothing at all is needed", style)
        case Missing(stopped_by=stopped):
            lines = [*style.headline("MISSING", "bad", "this is needed, but not allowed:"), ""]
            lines += request_lines(verdict.request, style) + fit_lines(verdict.fit, style, "is missing")
            lines += ["", *style.wrapped(f"stopped by {', '.join(stopped)}")]
        case Undecided():
            lines = style.headline("UNDECIDED", "unsure", printable(verdict.reason))
            if verdict.hinges:
                lines += ["", *hinges_lines(verdict.hinges, style)]
        case _:
            assert_never(verdict)
    lines += _why(why, style) + _plan(regions, style, whole=True) + _world(verdict.world, style)
    return "\n".join(lines + style.assuming(verdict.assumes))


def difference_text(
    difference: Difference,
    style: Style,
    *,
    old: str = "the first document",
    new: str = "the second document",
    why: WhyDifferent | None = None,
    regions: Regions | None = None,
    whole: bool = False,
) -> str:
    """Return `difference` as lines, the documents called `old` and `new`, each request with `why` where that is given,
    and all of it as `regions`, where those are given, `whole` or the severest of them.

    Of two documents without any Allow it is what they deny that differs.
    """
    only_deny = difference.only_deny
    verb = "denies" if only_deny else "allows"
    lines = style.headline(difference.relation.value.upper(), *_relation(difference, only_deny))
    lines += _vacuity(difference.vacuous, f"neither document {verb} anything at all", style)
    for name, request, fit, holder, side in (
        ("gained", difference.gained, difference.gained_fit, old if only_deny else new, why and why.gained),
        ("lost", difference.lost, difference.lost_fit, new if only_deny else old, why and why.lost),
    ):
        if request:
            title = f"{style.paint(name, 'strong')}: only {printable(holder)} {verb} this request"
            lines += ["", title, "", *request_lines(request, style), *fit_lines(fit, style), *_why(side, style)]
    for name, hinges in (("gained", difference.gained_hinges), ("lost", difference.lost_hinges)):
        if hinges:
            title = f"{style.paint(name, 'strong')} if AWS reads {the_other_way(hinges.points)}:"
            lines += ["", title, "", *hinges_lines(hinges, style)]
    if difference.reason and difference.relation is not Relation.UNDECIDED:
        lines += ["", *style.wrapped(f"not wholly decided: {printable(difference.reason)}")]
    if difference.denies_same is False and not only_deny:
        lines += [
            "",
            *style.wrapped("what they deny explicitly differs, which matters together with other documents"),
        ]
    lines += _plan(regions, style, whole=whole) + _world(difference.world, style)
    return "\n".join(lines + style.assuming(difference.assumes))


def evaluation_text(evaluation: Evaluation, style: Style) -> str:
    """Return `evaluation` as lines: the decision, the request, and what became of each statement."""
    word = evaluation.decision.value.replace("-", " ").upper()
    colour = "good" if evaluation.decision is Decision.ALLOWED else "bad"
    lines = [*style.headline(word, colour, _because(evaluation)), "", *request_lines(evaluation.request, style), ""]
    return "\n".join(lines + _statements(evaluation, style) + style.assuming(evaluation.assumes))


def request_lines(request: Request, style: Style) -> list[str]:
    """Return `request` as indented lines with aligned columns; a key that is not shown is absent."""
    rows = [("principal", plain_or_quoted(request.principal))] if request.principal else []
    rows += [("action", plain_or_quoted(request.action)), ("resource", plain_or_quoted(request.resource))]
    width = max((len(plain_or_quoted(key.name)) for key in request.context), default=0)
    context = [
        f"{plain_or_quoted(key.name):<{width}}{GAP}{value_text(value)}" for key, value in request.context.items()
    ] or ["(no keys)"]
    rows += [("context", context[0]), *(("", row) for row in context[1:])]
    return [f"  {style.paint(f'{name:<9}', 'faint')}{GAP}{row}" for name, row in rows]


def hinges_lines(hinges: Hinges, style: Style) -> list[str]:
    """Return a request that is a counterexample under another reading only, with the readings, as lines."""
    lines = [*request_lines(hinges.request, style), *fit_lines(hinges.fit, style), ""]
    for point in hinges.points:
        lines += style.wrapped(f"rule {point.rule} as usual: {point.usual}")
        lines += style.wrapped(f"rule {point.rule} the other way: {point.other}")
    return lines + style.wrapped("AWS's guide does not say which; `--reading usual` keeps to the usual reading")


def fit_lines(fit: Fit, style: Style, verb: str = "escapes") -> list[str]:
    """Return where it is a counterexample, what it leans on, and the facts that it breaks, as lines; mostly nothing."""
    leans = ["", *style.wrapped(f"where {printable(fit.where)}")] if fit.where else []
    if fit.leans:
        leans += ["", *style.headline("LEANS", "unsure", f"on what is not known before deployment; it {verb} if")]
        leans += [line for one in fit.leans for line in style.wrapped(printable(str(one)), indent=2)]
    if fit.realistic:
        return leans
    said = (
        "proved: every counterexample contradicts AWS's catalogue; this one because"
        if fit.none_fits
        else "it breaks facts about AWS, and no other was found as far as the search went:"
    )
    headline = style.headline("NOT REALISTIC", "unsure", said)
    return [*leans, "", *headline, *(line for fact in fit.breaks for line in style.wrapped(printable(fact), indent=2))]


def _plan(regions: Regions | None, style: Style, *, whole: bool) -> list[str]:
    if regions is None:
        return []
    from verifier.report.plan import plan  # noqa: PLC0415 - only where it is asked for

    return ["", *plan(regions, style, whole=whole)]


def _world(world: World, style: Style) -> list[str]:
    if world is World.ALL:
        return []
    from verifier.known_clouds import cloud_named  # noqa: PLC0415 - the catalogue only where it is needed

    cloud = cloud_named(world.value)
    return ["", *style.wrapped(f"in the world of {cloud.name}'s catalogue of {cloud.origin.date.isoformat()}")]


def _vacuity(vacuous: bool | None, because: str, style: Style) -> list[str]:
    if vacuous:
        return [f"{style.paint('VACUOUS', 'unsure')}{GAP}because {because}"]
    return ["whether anything at all is allowed was not found out"] if vacuous is None else []


def _relation(difference: Difference, only_deny: bool) -> tuple[str, str]:
    match difference.relation:
        case Relation.EQUIVALENT:
            return "good", f"both documents {'deny' if only_deny else 'allow'} the same requests"
        case Relation.NARROWER:
            return "bad", "the second document allows less"
        case Relation.WIDER:
            return "bad", "the second document allows more"
        case Relation.INCOMPARABLE:
            return "bad", "each document allows what the other does not"
        case Relation.DIFFERENT:
            side = "less" if difference.gained else "more"
            return "bad", f"they differ; whether the second document also allows {side} was not found out"
        case Relation.UNDECIDED:
            return "unsure", printable(difference.reason or "no difference was found, and none was excluded")
    assert_never(difference.relation)


def _why(why: Explanation | None, style: Style) -> list[str]:
    if why is None:
        return []
    from verifier.report.explanation_text import why_lines  # noqa: PLC0415 - only for an answer that is explained

    return ["", *why_lines(why, style)]


def _because(evaluation: Evaluation) -> str:
    match evaluation.decision:
        case Decision.ALLOWED if evaluation.by and any(evaluation.documents.resource_side()):
            return f"by the {' and the '.join(evaluation.by)} side, and no Deny matches"
        case Decision.ALLOWED:
            documents = evaluation.documents
            beside = f", or has {documents.cloud.attached.name}" if documents.open_levels() else ""
            return f"every level has an Allow that matches{beside}, and no Deny does"
        case Decision.EXPLICIT_DENY:
            return f"by {'; '.join(_name(statement) for statement in evaluation.denied_by)}"
        case Decision.IMPLICIT_DENY if any(evaluation.documents.resource_side()):
            return "no side that could allow it does"
        case Decision.IMPLICIT_DENY:
            return f"no Allow matches in: {', '.join(map(str, evaluation.not_allowed_by))}"
    assert_never(evaluation.decision)


def _statements(evaluation: Evaluation, style: Style) -> list[str]:
    sources = {place: policy.source for place, policy in evaluation.documents.placed()}
    names = [_name(statement) for statement in evaluation.statements]
    width = max(map(len, names), default=0)
    lines: list[str] = []
    for statement, name in zip(evaluation.statements, names, strict=True):
        source = printable(sources[statement.place].at(statement.statement.span.line))
        effect = f"{statement.statement.effect.value:<5}"
        lines.append(
            f"  {_result(statement, style)}{GAP}{effect}{GAP}{name:<{width}}{GAP}{style.paint(source, 'place')}"
        )
        for failure in statement.failed:
            lines += style.wrapped(f"{printable(failure.element)}: {printable(failure.reason)}", indent=11, hanging=2)
    return lines


def _result(statement: StatementTrace, style: Style) -> str:
    if not statement.matched:
        return style.paint("failed ", "faint")
    return style.paint("matched", "good" if statement.statement.effect is Effect.ALLOW else "bad")


def _name(statement: StatementTrace) -> str:
    sid = statement.statement.sid
    return f"{statement.place}, statement {statement.statement.index}{f' {printable(sid)}' if sid else ''}"
