"""Results in the form that another program reads: SARIF, JUnit XML, Markdown or HTML, as text."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from typing import assert_never

from verifier.report.results import Result
from verifier.version import VERSION


class Form(enum.Enum):
    """Who reads it: code scanning, a person, a CI, a pull request."""

    SARIF = "sarif"
    HTML = "html"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def render(results: Iterable[Result], form: Form, question: str) -> str:
    """Return `results` in `form`, ended by a line break; `question` names the command that was asked."""
    match form:
        case Form.SARIF:
            from verifier.report.sarif import sarif  # noqa: PLC0415  # each form only where it is asked for

            return json.dumps(sarif(results, VERSION), indent=2) + "\n"
        case Form.HTML:
            from verifier.report.html import page  # noqa: PLC0415  # as above

            return page(results, VERSION)
        case Form.JUNIT:
            from verifier.report.junit import junit  # noqa: PLC0415  # as above

            return junit(results, question)
        case Form.MARKDOWN:
            from verifier.report.markdown import markdown  # noqa: PLC0415  # as above

            return markdown(results, f"verifier {question}")
    assert_never(form)
