"""`verifier check`: the rules of a configuration, asked about a repository (`verifier/checks/run.py`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.base.errors import InputError
from verifier.cli.commands import ExitCode
from verifier.cli.options import Format, FormatOption, OutputOption, ReadingOption, Strict, Timeout, Verbose
from verifier.questions.ask import Readings

if TYPE_CHECKING:
    from verifier.checks.outcome import Checked
    from verifier.checks.run import Time
    from verifier.cli.outputs import Output
    from verifier.report.results import Result

EXAMPLES = """\b
Examples:
  verifier check
  verifier check --base origin/main -o sarif=verifier.sarif
  verifier check --list

\b
A verifier.toml:
  [[rule]]
  name = "teams"
  policies = ["policies/**/*.json"]
  boundary = "boundary.json"
  maximum = "maximum.json"
  [[rule]]
  name = "boundaries only narrow"
  compare = ["boundary.json"]
"""


def check(  # noqa: PLR0917 - typer passes them by name
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="The configuration; searched for upwards by default."),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="REVISION",
            help="The revision to compare with; `none` if there is none.",
            show_default=False,
        ),
    ] = None,
    output: OutputOption = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Accept the findings that this file lists.")
    ] = None,
    write_baseline: Annotated[
        str | None, typer.Option("--write-baseline", metavar="FILE", help="Write the current findings to FILE.")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Show the rules and their documents, and prove nothing.")
    ] = False,
    pre_commit: Annotated[
        bool, typer.Option("--pre-commit", help="Compare the revisions that pre-commit hands to a hook.")
    ] = False,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    reading: ReadingOption = Readings.ALL,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Check the rules of `verifier.toml`, and fail where anything is not found out.

    The configuration is `verifier.toml`, or `[tool.verifier]` of
    `pyproject.toml`, in the working directory or above it in the repository.
    Every document of every rule is asked about. With --base, rules that
    compare are asked, and what has changed must also pass the rules, limits,
    exceptions and baseline of that revision.

    Reports are written whatever the answer is: sarif, junit, markdown, html,
    json and text.

    \b
    Exit codes: 0 all rules hold, 1 a rule fails, else 2 something could not
    be read or found, else 3 undecided. It is never 0 when nothing was checked.
    """
    from verifier.api import ask_of
    from verifier.checks.check import Wanted, repository_of, situation_of
    from verifier.checks.run import run_rules as asked
    from verifier.cli.outputs import outputs_of

    config, baseline = config or None, baseline or None  # an input of a CI that is left out is an empty text
    repository = repository_of(Path.cwd())
    root = repository.root if repository else None
    outputs = outputs_of(output or (), root)
    try:
        ask = ask_of(timeout, "fast", reading=reading)
        wanted = Wanted(config, base, baseline, strict=strict, hook=pre_commit)
        situation = situation_of(repository, wanted, ask)
        if list_:
            _list(situation.now, form)
            return
        checked = asked(situation)
    except InputError as error:
        _write(outputs, [_unasked(error)], error, root)
        raise
    if write_baseline is not None:
        checked = _with_baseline(checked, write_baseline, root)
    from verifier.report.checked import checked_results

    _print(checked, form, verbose=verbose)
    _write(outputs, checked_results(checked), checked, root)
    raise typer.Exit(ExitCode(checked.exit_code))


def _with_baseline(checked: Checked, path: str, root: Path | None) -> Checked:
    """Write what counts now to a baseline, and return what came of the check with all of that accepted."""
    import dataclasses

    from verifier.checks.accept import Baseline
    from verifier.cli.outputs import write_file

    text = Baseline.text(checked.outcomes)
    write_file(Path(path).absolute(), text, root)
    written = frozenset(one.fingerprint for outcome in checked.outcomes for one in outcome.all_findings())
    return dataclasses.replace(checked, outcomes=tuple(outcome.accepting(written) for outcome in checked.outcomes))


def _unasked(error: InputError) -> Result:
    """Return what reports say where nothing could be asked."""
    from verifier.report.results import Result

    source = error.source
    name = source.name if source else "verifier.toml"
    return Result(name, "the whole check", error, file=source.name if source and source.file else None)


def _write(outputs: list[Output], results: list[Result], found: Checked | InputError, root: Path | None) -> None:
    from verifier.cli.outputs import write_file
    from verifier.cli.provenance import made_by_call
    from verifier.report.results import Form, render

    for one in outputs:
        if one.format in ("text", "json"):
            text = _text(found, Format(one.format))
        else:
            text = render(results, Form(one.format), "check", root, made_by_call)
        write_file(one.path, text, root)


def _text(found: Checked | InputError, form: Format) -> str:
    from verifier.base.safe import json_text
    from verifier.report.answers import answer_of
    from verifier.report.checked import checked_answer, checked_text
    from verifier.report.diagnostics import error_text
    from verifier.report.style import Style

    if form is Format.JSON:
        answer = answer_of(found) if isinstance(found, InputError) else checked_answer(found)
        return json_text(answer.as_json(), indent=2) + "\n"
    text = error_text(found, Style()) if isinstance(found, InputError) else checked_text(found, Style(verbose=True))
    return f"{text}\n"


def _print(checked: Checked, form: Format, *, verbose: bool) -> None:
    from verifier.report.checked import checked_text
    from verifier.report.style import style_of

    if form is Format.JSON:
        print(_text(checked, form), end="")
    else:
        print(checked_text(checked, style_of(sys.stdout, verbose=verbose)))


def _list(now: Time, form: Format) -> None:
    from verifier.base.safe import json_text, plain_or_quoted
    from verifier.checks.run import listed

    rules = [(rule.name, paths) for rule, paths in listed(now)]
    if form is Format.JSON:
        print(json_text({"rules": [{"name": name, "documents": paths} for name, paths in rules]}, indent=2))
        return
    for name, paths in rules:
        print(f"{plain_or_quoted(name)}  {len(paths):,} document{'' if len(paths) == 1 else 's'}")
        for path in paths:
            print(f"  {plain_or_quoted(path)}")
