"""Results in the form that another program reads: SARIF, JUnit XML, Markdown or HTML, as text.

One list of results can be rendered in every form. The text is to be written as UTF-8 (`written`), whatever the encoding
of the terminal: HTML and XML say that they are.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO, assert_never

from verifier.base.safe import json_text
from verifier.report.results import Result
from verifier.version import VERSION


class Form(enum.Enum):
    """Who reads it: code scanning, a person, a CI, a pull request."""

    SARIF = "sarif"
    HTML = "html"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def render(results: Iterable[Result], form: Form, question: str, root: Path | None = None) -> str:
    """Return `results` in `form`, ended by a line break; none at all are a whole report too.

    `question` names the command that was asked. `root` is the folder of the repository, which the addresses of SARIF
    are relative to; the working directory unless given.
    """
    match form:
        case Form.SARIF:
            from verifier.report.sarif import sarif  # noqa: PLC0415  # each form only where it is asked for

            return json_text(sarif(results, VERSION, root), indent=2) + "\n"
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


def written(text: str, stream: TextIO) -> None:
    """Write the report `text` to `stream` in UTF-8, whatever the encoding of `stream` is."""
    stream.flush()
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(text)
    else:
        raw.write(text.encode("utf-8", "backslashreplace"))
        raw.flush()
