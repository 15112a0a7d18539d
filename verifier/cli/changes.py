"""`verifier changes`: `diff` of each file against its version in git."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    Format,
    MaxSize,
    ReadingOption,
    ReportOption,
    Strict,
    Timeout,
    TypeOption,
    Verbose,
)
from verifier.questions.ask import Readings
from verifier.questions.verdict import Difference, Relation

if TYPE_CHECKING:
    from verifier.checks.compare import Compared

EXAMPLES = """\b
Examples:
  verifier changes boundary.json
  verifier changes policies/*.json --since origin/main --fail-on gained
  verifier changes policies/*.json --since HEAD~1 --format markdown
  verifier changes scps/full.json,scps/region.json --type scp
"""


class Fails(enum.Enum):
    """What makes the exit code 1."""

    DIFFERENT = "different"
    GAINED = "gained"


def changes(  # noqa: PLR0917 - typer passes them by name
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Policies, in git.", show_default=False)],
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="REVISION",
            help="The version to compare with; HEAD by default.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        Fails, typer.Option("--fail-on", metavar="different|gained", help="What makes the exit code 1.")
    ] = Fails.DIFFERENT,
    pre_commit: Annotated[
        bool, typer.Option("--pre-commit", help="Compare the revisions that pre-commit hands to a hook.")
    ] = False,
    form: ReportOption = Format.TEXT,
    timeout: Timeout = 10.0,
    reading: ReadingOption = Readings.ALL,
    kind: TypeOption = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Compare policies with their earlier versions in git.

    For each FILE, tell what it allows now and did not at REVISION (gained),
    and what it allowed and does not any more (lost). A new file gains all that
    it allows, a file that is gone loses it, and one that was only moved is
    compared with what it was. A file that is broken, that was never there, or
    that became a link is reported, and the others are still compared.
    `A.json,B.json`, or a file with a list of documents, is a level of SCPs or
    RCPs, which acts as one. Of a template all documents are compared, each with
    the one of its name.

    Git is not run, and its configuration is not read: objects are read from
    the repository that holds the working directory.

    \b
    Exit codes: 0 nothing differs, 1 something does, else 2 a file is broken,
    else 3 undecided.
    """
    from verifier.api import ask_of
    from verifier.checks.compare import compare_level
    from verifier.checks.revisions import compared_trees, inside
    from verifier.checks.within import compare_file
    from verifier.cli.inputs import strictly
    from verifier.sources.git import Repository

    ask = ask_of(timeout, "fast", reading=reading)
    repository = Repository.around(Path.cwd())
    trees = compared_trees(repository, since, hook=pre_commit)
    how: dict[str, Any] = {"told": kind, "ask": ask, "max_size": max_size}
    found: list[Compared] = []
    for file in files:
        names = file.split(",") if "," in file and not Path(file).exists() else [file]
        path, *others = (inside(repository.root, name) for name in names)
        if others:
            found.append(compare_level(trees.old, trees.new, (path, *others), **how))
        else:
            found += compare_file(trees.old, trees.new, path, **how)
    _print(found, form, repository.root, verbose=verbose)
    warned = [warning.severity for one in found for warning in one.warnings]
    raise typer.Exit(strictly(_code([one.answer for one in found], fail_on), warned, strict=strict))


def _print(found: list[Compared], form: Format, root: Path, *, verbose: bool) -> None:
    if form is Format.JSON:
        from verifier.report.checked import compared_answer

        for one in found:
            print(json_text(compared_answer(one).as_json()))
    elif form is Format.TEXT:
        from verifier.base.safe import plain_or_quoted
        from verifier.report.checked import compared_text
        from verifier.report.diagnostics import warnings_text
        from verifier.report.style import style_of

        style = style_of(sys.stdout, verbose=verbose)
        for place, one in enumerate(found):
            print(f"{chr(10) if place else ''}{style.paint(plain_or_quoted(one.path), 'place')}")
            print(compared_text(one, style))
            if one.new and one.warnings:
                print(warnings_text(one.new.source, one.warnings, style_of(sys.stderr)), file=sys.stderr)
    else:
        from verifier.cli.provenance import made_by_call
        from verifier.report.checked import compared_result
        from verifier.report.results import Form, render, write_report

        results = map(compared_result, found)
        write_report(render(results, Form(form.value), "changes", root, made_by_call), sys.stdout)


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
