"""`verifier sweep`: `prove` for each of many documents (`verifier/bulk/sweep.py`)."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    NO_FILES,
    AtMost,
    BesideFiles,
    CacheOption,
    Dask,
    EncodingOption,
    FailOn,
    FailOnOption,
    Format,
    Jobs,
    Maximum,
    MaxSize,
    OutputOption,
    Parameters,
    ReadingOption,
    ReportOption,
    Strict,
    Timeout,
    TypesOption,
    Verbose,
    WorldOption,
)
from verifier.questions.ask import Encoding, Readings, World

if TYPE_CHECKING:
    from verifier.bulk.sweep import Swept
    from verifier.cli.presentation import Presentation
    from verifier.cli.sweep_report import SweepLines, SweepReport
    from verifier.questions.ask import Ask
    from verifier.questions.question import Standard
    from verifier.report.swept import Tally

EXAMPLES = """\b
Examples:
  verifier sweep policies/ --boundary boundary.json --maximum maximum.json
  verifier sweep 'policies/*.json' policies.jsonl --maximum maximum.json \\
      --format json > answers.jsonl
  verifier sweep scps/ --type scp --maximum maximum.json
  verifier sweep policy.json,deny.json --type scp --maximum maximum.json
  verifier sweep policies/ --maximum maximum.json --jobs 2 \\
      --cache ~/.cache/answers.sqlite

\b
A line of JSON Lines:
  {"Version": "2012-10-17", "Statement": [...]}
  {"name": "web-server", "document": {"Version": "2012-10-17", ...}}
"""


def sweep(  # noqa: PLR0917 - typer passes them by name
    documents: Annotated[
        list[str],
        typer.Argument(metavar="FILE_OR_FOLDER...", help="Files, folders, globs, JSON Lines.", show_default=False),
    ],
    maximum: Maximum = None,
    at_most: AtMost = None,
    beside: BesideFiles = NO_FILES,
    kind: TypesOption = None,
    form: ReportOption = Format.TEXT,
    output: OutputOption = None,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    jobs: Jobs = None,
    dask: Dask = None,
    cache: CacheOption = None,
    encoding: EncodingOption = Encoding.FAST,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Prove, for each document on its own, that it stays within MAXIMUM.

    Documents that are contained are only counted, and of many that are not the
    first are shown, and what escapes from all; `-v` shows a line for each.
    A folder stands for every `*.json` in it and below. A `*.jsonl` holds a
    document a line, and so does `-`, standard input. Boundary, session policy,
    SCPs and RCPs act together with each document. A document that is broken is a
    line of its own, and the others are still answered; `--timeout` is for
    each. Answers come in order; Ctrl-C ends with those that have come. An RCP,
    or with `--type scp` a document that only denies, acts together with AWS's
    full access. With `--type scp` or `rcp`, a file with a list of documents is
    a level, which acts as one, and so are names with commas between. Of what a
    tool has written, the policies and boundaries of principals are taken, or
    with `--type` the documents of that type; the others are counted.

    \b
    Exit codes: 0 all contained, 1 any escapes, else 2 any is broken,
    else 3 any is undecided.
    """
    from verifier.api import ask_of
    from verifier.base.budget import deadline
    from verifier.base.errors import Severity
    from verifier.bulk.documents import count_documents, read_documents
    from verifier.bulk.scheduler import answer_items, started
    from verifier.bulk.sweep import Sweep
    from verifier.cli.inputs import Inputs, strictly, told_parameters
    from verifier.cli.options import means
    from verifier.cli.presentation import Presentation
    from verifier.cli.progress import progress
    from verifier.clouds.aws.documents import LEVELED
    from verifier.questions.question import Standard
    from verifier.report.swept import Tally
    from verifier.sources.named import document_at, every_document

    tally, interrupted = Tally(), False
    wanted = Presentation.of(form, output, verbose=verbose)
    warned: list[Severity] = []
    parameters = told_parameters(parameter)
    names = partial(document_at, max_size=max_size, parameters=parameters, level=kind in LEVELED)
    opened = partial(every_document, parameters=parameters, told=kind, left_out=tally.left_out)
    source_items = read_documents(documents, max_size, names, opened, levels=kind is not None and kind.has_levels)
    # The processes start first: they get ready while the limiting documents are read.
    with means(jobs, dask, cache) as resources, started(source_items, resources) as (items, by):
        inputs = Inputs(max_size, strict, parameters)
        with deadline(timeout):
            top = inputs.maximum(maximum, at_most)
            standard = Standard(inputs.documents((), beside), top, kind)
            inputs.warn(standard)
        ask = ask_of(timeout, encoding, world, reading)
        common = Sweep.of(standard, ask, validate=True, notes=form is not Format.TEXT or bool(output))
        report, lines = _report(wanted, standard, ask), _lines(wanted, tally)
        answers = answer_items(report.watch(items) if report else items, common, by)
        with progress(lambda: count_documents(documents), quiet=form is Format.JSON) as bar:
            printers: list[Callable[[Swept], None]] = [one.add for one in (report, *lines) if one is not None]
            if not form.reports:
                printers.append(_printer(form, bar.say, bar.complain, tally, verbose=verbose))
            try:
                with contextlib.closing(answers):
                    for swept in answers:
                        tally.add(swept)
                        warned += [warning.severity for warning in swept.warnings if strict]
                        for printer in printers:
                            printer(swept)
                        bar.advance()
            except KeyboardInterrupt:
                interrupted = True
    _write(wanted, report, lines, tally)
    _summarise(tally, form, interrupted=interrupted, verbose=verbose)
    if interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    warned += [placed.warning.severity for placed in inputs.warnings]
    raise typer.Exit(strictly(_code(tally, fail_on), warned, strict=strict))


def _report(wanted: Presentation, standard: Standard, ask: Ask) -> SweepReport | None:
    if not any(form.reports for form in wanted.forms):
        return None
    from verifier.cli.sweep_report import SweepReport

    return SweepReport(standard, ask)


def _lines(wanted: Presentation, tally: Tally) -> list[SweepLines]:
    """Return what keeps the lines of each file of text or JSON."""
    if all(Format(one.format).reports for one in wanted.outputs):
        return []
    from verifier.cli.sweep_report import SweepLines

    return [SweepLines(one.format, tally) for one in wanted.outputs if not Format(one.format).reports]


def _write(wanted: Presentation, report: SweepReport | None, lines: list[SweepLines], tally: Tally) -> None:
    """Write the files that are wanted, and print the report, if one is."""
    if report is None and not lines:
        return
    from verifier.cli.outputs import write_file
    from verifier.report.results import Form, write_report

    kept = iter(lines)
    for one in wanted.outputs:
        if Format(one.format).reports:
            assert report is not None
            write_file(one.path, report.render(Form(one.format), tally), None)
        else:
            write_file(one.path, next(kept).render(), None)
    if wanted.form.reports:
        assert report is not None
        write_report(report.render(Form(wanted.form.value), tally), sys.stdout)


def _printer(
    form: Format, say: Callable[[str], None], complain: Callable[[str], None], tally: Tally, *, verbose: bool
) -> Callable[[Swept], None]:
    """Return what prints the answer that `tally` counted last."""
    from verifier.base.errors import Severity
    from verifier.report.diagnostics import MOST_WARNINGS
    from verifier.report.style import style_of
    from verifier.report.swept import is_shown, swept_answer, swept_text, swept_warning

    style, warned = style_of(sys.stdout, verbose=verbose), dict.fromkeys(Severity, 0)

    def as_json(swept: Swept) -> None:
        say(json_text(swept_answer(swept).as_json()))

    def as_text(swept: Swept) -> None:
        if is_shown(swept, tally, style):
            say(swept_text(swept, style))
        for warning in swept.warnings:
            if warning.severity is Severity.NOTE:  # a large set has many; reports and JSON have them all
                continue
            warned[warning.severity] += 1
            if warned[warning.severity] <= MOST_WARNINGS:
                complain(swept_warning(swept, warning))
            elif warned[warning.severity] == MOST_WARNINGS + 1:
                complain("more warnings are left out; --format json has them all")

    return as_json if form is Format.JSON else as_text


def _summarise(tally: Tally, form: Format, *, interrupted: bool, verbose: bool) -> None:
    from verifier.report.style import style_of
    from verifier.report.swept import left_out_answer, summary_text

    if form is Format.JSON and tally.left_out:
        print(json_text(left_out_answer(tally.left_out).as_json()), flush=True)

    stream = sys.stdout if form is Format.TEXT else sys.stderr
    text = summary_text(tally, style_of(stream, verbose=verbose), with_assumptions=form is Format.TEXT)
    above = form is Format.TEXT and (tally.to_look_at or verbose)
    print(f"\n{text}" if above else text, file=stream, flush=True)
    if interrupted:
        said = f"interrupted: {tally.total:,} documents were answered, the others were not"
        print(said, file=sys.stderr, flush=True)


def _code(tally: Tally, fail_on: FailOn | None) -> ExitCode:
    matters = fail_on is FailOn.VACUOUS
    if tally.verdicts["escapes"] or (matters and tally.vacuous):
        return ExitCode.NO
    if tally.verdicts["error"]:
        return ExitCode.WRONG_INPUT
    if tally.verdicts["undecided"] or (matters and tally.maybe_vacuous):
        return ExitCode.UNDECIDED
    if not tally.total:
        from verifier.base.errors import UsageError
        from verifier.report.swept import left_out_text

        if tally.left_out:
            raise UsageError("no document of this type found", help=f"there are {left_out_text(tally.left_out)}")
        raise UsageError("no document found", help="name files, folders or JSON Lines with documents")
    return ExitCode.YES
