"""`verifier review`: what does a change of a plan, template or folder gain and lose, for whom?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.base.errors import UsageError, quote
from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    Format,
    MaxSize,
    OutputOption,
    Parameters,
    ReadingOption,
    ReportOption,
    Strict,
    Timeout,
    TypeOption,
)
from verifier.questions.ask import Readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.review.reviewed import Reviewed, ReviewFailure

EXAMPLES = """\b
Examples:
  verifier review old.json new.json
  verifier review old.json new.json --type boundary --format markdown
  verifier review account/ account/ -o html=review.html
"""


def review(  # noqa: PLR0917 - typer passes them by name
    before: Annotated[
        str,
        typer.Argument(metavar="BEFORE", help="A file or folder; or a Terraform plan alone.", show_default=False),
    ],
    after: Annotated[
        str | None, typer.Argument(metavar="AFTER", help="What it is after the change.", show_default=False)
    ] = None,
    maximum: Annotated[
        str | None,
        typer.Option("--maximum", "-m", metavar="FILE", help="Also ask whether what changed stays within this."),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="gained,escape,boundary,undecided",
            help="What makes the exit code 1; all but `undecided` by default.",
            show_default=False,
        ),
    ] = "gained,escape,boundary",
    everything: Annotated[bool, typer.Option("-v", "--verbose", help="Leave nothing out of the text.")] = False,
    output: OutputOption = None,
    form: ReportOption = Format.TEXT,
    timeout: Timeout = 10.0,
    kind: TypeOption = None,
    reading: ReadingOption = Readings.ALL,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
) -> None:
    """Tell what a change of policies gains and loses, and for whom.

    BEFORE and AFTER are files or folders: policy documents, Terraform plans,
    templates of CloudFormation, accounts. A Terraform plan alone holds both.
    Documents are paired by name, those that moved by content. Where roles and
    users are in the files, what each can do with its boundary, and in an
    account with its SCPs, is compared too, and a boundary that was detached,
    replaced or loosened is told. `--timeout` is for each question.

    \b
    Exit codes: 0 nothing is gained and no boundary is looser, 1 something is,
    else 2 something cannot be read, else 3 undecided.
    """
    from verifier.api import ask_of
    from verifier.cli.inputs import Inputs, strictly, told_parameters
    from verifier.cli.outputs import outputs_of, write_file
    from verifier.review.read import HowToRead, read_sides
    from verifier.review.review import review_sides

    fails = _fails(fail_on)
    outputs = outputs_of(output or (), None)
    inputs = Inputs(max_size)
    most = inputs.policy(maximum) if maximum is not None else None
    sides = read_sides(before, after, HowToRead(kind, told_parameters(parameter), max_size))
    reviewed = review_sides(*sides, ask_of(timeout, "fast", reading=reading), most)
    files = [before, *([after] if after else ())]
    for one in outputs:
        write_file(one.path, f"{_shown(reviewed, one.format, files)}\n", None)
    print(_shown(reviewed, form.value, files, everything=everything, terminal=True))
    _complain(reviewed)
    warned = [warning.severity for one in reviewed.documents for warning in one.warnings]
    raise typer.Exit(strictly(ExitCode(reviewed.exit_code(fails)), warned, strict=strict))


def _complain(reviewed: Reviewed) -> None:
    """Print to standard error what could not be read, and the warnings about what is new, each with its place; the
    documents with the gravest first.
    """
    warned = [one for one in reviewed.documents if one.warnings and one.new is not None]
    warned.sort(key=lambda one: max(warning.severity for warning in one.warnings), reverse=True)
    if reviewed.broken or warned:
        from verifier.report.diagnostics import MOST_WARNINGS, error_text, warnings_text
        from verifier.report.style import style_of

        style = style_of(sys.stderr)
        for _, error in reviewed.broken[:MOST_WARNINGS]:
            print(error_text(error, style), file=sys.stderr)
        for one in warned[:MOST_WARNINGS]:
            assert one.new is not None
            print(warnings_text(one.new.source, one.warnings, style), file=sys.stderr)
        more = sum(max(0, len(several) - MOST_WARNINGS) for several in (reviewed.broken, warned))
        if more:
            said = f"and {more:,} more documents with errors or warnings; --format json has them all"
            print(said, file=sys.stderr)


def _fails(words: str) -> frozenset[ReviewFailure]:
    from verifier.review.reviewed import ReviewFailure

    known = {failure.value: failure for failure in ReviewFailure}
    named = [word.strip() for word in words.split(",")]
    for word in named:
        if word not in known:
            raise UsageError(f"{quote(word)} is not one of: {', '.join(known)}", help="write them with commas between")
    return frozenset(known[word] for word in named)


def _shown(
    reviewed: Reviewed, form: str, files: Sequence[str], *, everything: bool = True, terminal: bool = False
) -> str:
    match form:
        case "json":
            from verifier.base.safe import json_text
            from verifier.report.review_answers import review_answer

            return json_text(review_answer(reviewed).as_json(), indent=2)
        case "sarif":
            from verifier.base.safe import json_text
            from verifier.report.review_answers import review_findings
            from verifier.report.sarif import sarif_of
            from verifier.version import VERSION

            return json_text(sarif_of(list(review_findings(reviewed)), VERSION), indent=2)
        case "html":
            from verifier.cli.provenance import made_by_call
            from verifier.report.review_page import review_page

            return review_page(reviewed, made_by_call(files))
        case "junit":
            from verifier.report.junit import junit_of
            from verifier.report.review_answers import review_cases

            return junit_of(review_cases(reviewed), "review").rstrip("\n")
        case "markdown":
            from verifier.report.review_text import review_markdown

            return review_markdown(reviewed).rstrip("\n")
        case _:
            from verifier.report.review_text import review_text
            from verifier.report.style import Style, style_of

            return review_text(
                reviewed, style_of(sys.stdout, verbose=everything) if terminal else Style(), everything=everything
            )
