"""Answers as HTML: one page that needs no network, and the fragments that notebooks show.

    page(results)      a whole page: readable on a phone, in light and dark, without scripts
    fragment(result)   one answer with its own style
    shown(answer)      what a notebook shows of an answer, a request or an explanation

The looks stand in `templates/`. Everything that comes from a document is escaped by the templates, and what is not
printable is shown escaped (`style.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from verifier.questions.verdict import Contained, Difference, Escapes, Undecided
from verifier.regions.region import Regions
from verifier.report.excerpt import excerpt
from verifier.report.plan import heading, region_rows
from verifier.report.results import Result
from verifier.safe import printable
from verifier.semantics.evaluate import Evaluation
from verifier.semantics.request import Request
from verifier.why.explanation import WhyAllowed, WhyContained, WhyDifferent


def page(results: Iterable[Result], version: str, title: str = "What the policies can do") -> str:
    """Return `results` as the text of an HTML page, those to look at first; `version` is that of the tool."""
    results = tuple(results)
    words = Counter((result.word, result.good) for result in results)
    counts = sorted(((word, count, good) for (word, good), count in words.items()), key=lambda row: row[2] is True)
    values = {"results": results, "counts": counts, "title": title, "version": version}
    return _template("page.html.j2").render(values | {"style": _text("style.css"), "page_style": _text("page.css")})


def fragment(result: Result) -> str:
    """Return one answer as a piece of HTML."""
    return _piece("answer", result)


def shown(found: object) -> str:
    """Return what a notebook shows of an answer, a request or an explanation."""
    match found:
        case Contained() | Escapes() | Undecided() | Difference():
            result = Result("", "", found)
            return _piece("headed", result)
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
    raise TypeError(f"nothing shows a {type(found).__name__}")


def _piece(macro: str, *values: object) -> str:
    made = getattr(_template("parts.html.j2").module, macro)(*values)
    return f'<div class="verifier"><style>{_text("style.css")}</style>{made}</div>'


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("verifier.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    found.filters |= {"shown": printable, "excerpt": excerpt, "blank": _one_row, "phrase": _phrase}
    found.filters |= {"region_rows": region_rows, "region_heading": heading}
    return found


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _text(name: str) -> str:
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), name)[0]


def _one_row(text: str) -> str:
    """Return a stretch of a source line with each character that is not printable as one blank."""
    return "".join(char if char.isprintable() else " " for char in text)


def _phrase(text: str) -> Markup:
    """Return a sentence with what stands in backticks as code."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return escape(printable(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(one) if place % 2 else escape(one) for place, one in enumerate(parts)
    )
