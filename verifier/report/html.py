"""Answers as HTML: one page that needs no network, and the fragments that notebooks show.

    page(results)      a whole page: readable on a phone, in light and dark, without scripts (of many: `many_page.py`)
    template(name)     what other pages are made of (`audit_page.py`)
    fragment(result)   one answer with its own style
    shown(answer)      what a notebook shows of an answer, a request or an explanation

The looks stand in `templates/`. Every text that a template puts in is made printable (`verifier/base/safe.py`) and
escaped; a page tells the browser to run, load and send nothing (its Content-Security-Policy), and is cut where it is
too long.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from verifier.audits.access import Access
from verifier.audits.finding import Audited
from verifier.base.safe import printable, visible
from verifier.clouds.evaluation import Evaluation
from verifier.delegations.answer import DelegationProved, DelegationRefuted, DelegationUndecided
from verifier.delegations.repaired import DelegationRepair, NoDelegationRepair, RepairedDelegation
from verifier.explanations.explanation import Explanation, WhyAllowed, WhyContained, WhyDifferent
from verifier.logic.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Granted, Missing, Undecided
from verifier.regions.region import Regions
from verifier.repairs.repair import Repaired
from verifier.report.audited import audit_table
from verifier.report.delegate_answers import MEANINGS, parameter_text
from verifier.report.diagnostics import NOT_QUOTED
from verifier.report.edited import Edit, edit_of
from verifier.report.excerpt import excerpt
from verifier.report.plan import heading, region_rows
from verifier.report.provenance import Provenance
from verifier.report.repaired_delegation import delegation_edit
from verifier.report.results import Result
from verifier.report.style import html_phrase, html_table
from verifier.report.who_answers import access_table
from verifier.shown import Shown
from verifier.simplification.level import SimplifiedLevel
from verifier.simplification.simplified import Simplified

_MOST_CHARACTERS = 40_000_000
_MOST_WARNINGS = 100
_MOST_GROUPS = 10
# Rows of a table that are shown before somebody asks for more.
_MOST_SHOWN = 500


def page(results: Iterable[Result], made: Provenance, title: str = "What the policies can do") -> str:
    """Return `results` as the text of an HTML page, those to look at first; `made` tells where it comes from."""
    results = tuple(results)
    words = Counter((result.word, result.good) for result in results)
    counts = sorted(((word, count, good) for (word, good), count in words.items()), key=lambda row: row[2] is True)
    style = style_of_page()
    values: dict[str, Any] = {
        "counts": counts,
        "title": title,
        "made": made,
        "style": style,
        "allowed": allowed_of_page(style),
    }
    bad, good = ([result for result in results if (result.good is True) is wanted] for wanted in (False, True))
    cards = pieces_that_fit((_part("card", result, 2) for result in bad), _MOST_CHARACTERS // 2)
    lines = pieces_that_fit((_part("line", result) for result in good), _MOST_CHARACTERS // 2)
    doubts = list(
        dict.fromkeys(
            (source.at(warning.span.line), warning.message) for result in results for source, warning in result.warnings
        )
    )
    more = {"bad": len(bad) - len(cards), "good": len(good) - len(lines)}
    values |= {"cards": cards, "lines": lines, "more": more, "doubts": doubts, "most": _MOST_WARNINGS}
    return template("page.html.j2").render(values)


def answer_card(result: Result, number: int) -> Markup:
    """Return one answer of many, folded, with its number as anchor and without what is said for all once."""
    return _part("folded", result, number)


def pieces_that_fit(pieces: Iterable[Markup], room: int) -> list[Markup]:
    """Return as many of `pieces`, from the first on, as have room in `room` characters."""
    found: list[Markup] = []
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        found.append(piece)
    return found


def allowed_of_page(style: str) -> str:
    """Return what the page allows itself: its own style, and nothing else."""
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"


def allowed_by_hash(style: str, script: str) -> str:
    """Return what a page allows itself that has its own `style`, and one `script` of its own."""
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{allowed_of_page(style)}; script-src 'sha256-{own}'"


def style_of_page(*more: str) -> str:
    """Return the style of a page, with that of the files `more` of `templates/`."""
    return "\n" + "".join(map(text_of_template, ("style.css", "page.css", *more)))


def fragment(result: Result) -> str:
    """Return one answer as a piece of HTML."""
    return _piece("answer", result)


def html_shown(found: object) -> str:
    """Return what a notebook shows of an answer, a request or an explanation."""
    match found:
        case Contained() | Escapes() | Granted() | Missing() | Undecided() | Difference():
            why, regions = _told_by(found)
            return _piece("headed", Result("", "", found, why, regions=regions))
        case Request():
            return _piece("request", found)
        case WhyAllowed():
            return _piece("allowed", found)
        case WhyDifferent():
            return _piece("different", found)
        case WhyContained():
            return _piece("contained", found)
        case Evaluation():
            return _piece("evaluation", found)
        case Regions():
            return _piece("regions", found)
        case Access():
            return html_table(*access_table(found))
        case Audited():
            return html_table(*audit_table(found))
        case Repaired() | Simplified() | SimplifiedLevel() | RepairedDelegation() | NoDelegationRepair():
            return _piece("edited", _edit_of(found))
        case DelegationProved() | DelegationRefuted() | DelegationUndecided():
            return _piece("delegation", found, file="delegation_parts.html.j2", style=("style.css", "delegation.css"))
    raise TypeError(f"nothing shows a {type(found).__name__}")


def _edit_of(found: Repaired | Simplified | SimplifiedLevel | DelegationRepair) -> Edit:
    return edit_of(found) if isinstance(found, Repaired | Simplified | SimplifiedLevel) else delegation_edit(found)


def _told_by(found: Shown) -> tuple[Explanation | None, Regions | None]:
    """Return why the answer is so, and the groups of a difference, if it remembers its question."""
    if not found.remembers or isinstance(found, Contained | Granted | Undecided):
        return None, None
    return found.explain(), found.groups().cut(_MOST_GROUPS) if isinstance(found, Difference) else None


def _piece(macro: str, *values: object, file: str = "parts.html.j2", style: tuple[str, ...] = ("style.css",)) -> str:
    text = "".join(map(text_of_template, style))
    return f'<div class="verifier"><style>{text}</style>{_part(macro, *values, file=file)}</div>'


def _part(macro: str, *values: object, file: str = "parts.html.j2") -> Markup:
    return Markup(getattr(template(file).module, macro)(*values))  # noqa: S704 - what the template escaped


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("verifier.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_finalized,
    )
    found.globals |= {"not_quoted": NOT_QUOTED, "most_shown": _MOST_SHOWN}
    found.filters |= {"excerpt": excerpt, "blank": _one_row, "phrase": _phrase}
    found.filters |= {"delegation_meaning": MEANINGS.__getitem__, "parameter": parameter_text, "arns": _with_arns}
    found.filters |= {"region_rows": region_rows, "region_heading": heading}
    return found


def template(name: str) -> Template:
    """Return the template of that name; whatever it puts in is escaped and made printable."""
    return _environment().get_template(name)


def text_of_template(name: str) -> str:
    """Return the text of a file of `templates/` as it is."""
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), name)[0]


def _one_row(text: str) -> str:
    """Return a stretch of a source line with each character that is not printable as one blank."""
    return "".join(char if visible(char) == char else " " for char in text)


def _phrase(text: str) -> Markup:
    """Return a sentence with what stands in backticks as code."""
    return Markup(html_phrase(text))  # noqa: S704 - it is escaped there


def _with_arns(text: str) -> Markup:
    """Return a sentence with its ARNs as code."""
    words = printable(text).split(" ")
    return Markup(" ").join(Markup("<code>{}</code>").format(one) if one.startswith("arn:") else one for one in words)


def _finalized(value: object) -> object:
    """Return what a template puts in, printable unless it is HTML already."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
