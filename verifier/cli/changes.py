"""`verifier changes`: `diff` of each file against its version in git."""

from __future__ import annotations

import dataclasses
import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.codes import ExitCode
from verifier.cli.options import DEFAULT_MAX_SIZE, Format, MaxSize, ReportOption, Timeout
from verifier.errors import InputError
from verifier.questions.verdict import Difference, Relation
from verifier.safe import json_text

if TYPE_CHECKING:
    from verifier.policy.syntax import Policy
    from verifier.report.results import Result

EXAMPLES = """\b
Examples:
  verifier changes boundary.json
  verifier changes policies/*.json --since origin/main --fail-on gained
  verifier changes policies/*.json --since HEAD~1 --format markdown
"""
# What a file allowed that was not there, or does no longer where it is gone.
NOTHING = """{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": []}}}}"""


class Fails(enum.Enum):
    """What makes the exit code 1."""

    DIFFERENT = "different"
    GAINED = "gained"


def changes(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Policies, in git.", show_default=False)],
    since: Annotated[str, typer.Option("--since", metavar="REVISION", help="The version to compare with.")] = "HEAD",
    fail_on: Annotated[
        Fails, typer.Option("--fail-on", metavar="different|gained", help="What makes the exit code 1.")
    ] = Fails.DIFFERENT,
    form: ReportOption = Format.TEXT,
    timeout: Timeout = 10.0,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
) -> None:
    """Compare policies with their earlier versions in git.

    For each FILE, tell what it allows now and did not at REVISION (gained),
    and what it allowed and does not any more (lost). A file that was not
    there allowed nothing. A file that is broken is told of, and the others are
    still compared.

    \b
    Exit codes: 0 nothing differs, 1 something does, else 2 a file is broken,
    else 3 undecided.
    """
    results = [_changed(file, since, timeout, max_size) for file in files]
    if form is Format.JSON:
        from verifier.report.answers import answer_of

        for result in results:
            print(json_text(answer_of(result.answer, document=result.document).as_json()))
    elif form is Format.TEXT:
        _print(results)
    else:
        from verifier.report.render import Form, render, written

        written(render(results, Form(form.value), "changes"), sys.stdout)
    raise typer.Exit(_code([result.answer for result in results], fail_on))


def _changed(file: str, since: str, timeout: float, max_size: int) -> Result:
    from verifier import api
    from verifier.policy.load import read_source
    from verifier.policy.parse import parse
    from verifier.questions.question import DiffQuestion
    from verifier.report.results import Result
    from verifier.sources.git import earlier
    from verifier.why.explain import explain

    before = earlier(file, since)
    try:
        new = _policy(read_source(file, max_size).text if Path(file).exists() else None, file)
        old = parse(before, f"{file} at {since}") if before is not None else _policy(None, f"{file} at {since}")
    except InputError as error:
        return Result(file, f"seen from {since}", error)
    question = DiffQuestion(None, old, new)
    difference = api.diff(old, new, timeout=timeout)
    result = Result.of(question, difference, explain(question, difference))
    warnings = tuple(warning for warning in result.warnings if warning[0] == new.source and new.source.text != NOTHING)
    return dataclasses.replace(result, asked=f"seen from {since}", warnings=warnings)


def _policy(text: str | None, name: str) -> Policy:
    from verifier.policy.parse import parse

    return parse(NOTHING if text is None else text, name)


def _print(results: list[Result]) -> None:
    from verifier.report.style import style_of
    from verifier.report.text import difference_text

    style = style_of(sys.stdout)
    for place, result in enumerate(results):
        print(f"{chr(10) if place else ''}{style.paint(result.document, 'place')}")
        if isinstance(result.answer, Difference):
            from verifier.why.explanation import WhyDifferent

            why = result.why if isinstance(result.why, WhyDifferent) else None
            print(difference_text(result.answer, style, old="the earlier version", new="the new version", why=why))
        else:
            from verifier.report.diagnostics import error_text

            assert isinstance(result.answer, InputError)
            print(error_text(result.answer, style))


def _code(answers: list[object], fail_on: Fails) -> ExitCode:
    found = [answer for answer in answers if isinstance(answer, Difference)]
    if fail_on is Fails.GAINED:
        bad = any(difference.gained for difference in found)
    else:
        bad = any(difference.gained or difference.lost for difference in found)
    if bad:
        return ExitCode.NO
    if len(found) < len(answers):
        return ExitCode.WRONG_INPUT
    undecided = any(difference.relation is Relation.UNDECIDED or difference.reason for difference in found)
    return ExitCode.UNDECIDED if undecided else ExitCode.YES
