"""`verifier audit`: does everybody in an account keep to what is intended (`verifier/clouds/aws/audit/audit.py`)?"""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.commands import ExitCode
from verifier.cli.options import At, Dask, Jobs, Maximum, OutputOption, ReadingOption, Strict, Timeout
from verifier.questions.ask import Readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.audits.finding import Audited, AuditedAccounts
    from verifier.cli.outputs import Output
    from verifier.clouds.aws.account.model import Account
    from verifier.config.rules import Excepted

EXAMPLES = """\b
Examples:
  aws iam get-account-authorization-details > account/account.json
  verifier audit account/
  verifier audit account/ --maximum maximum.json --skip A29
  verifier audit account/ --only A5 --only A16
  verifier audit account/ --format sarif > audit.sarif
  verifier audit account/ -o html=audit.html
  verifier audit account/ --write-baseline known.json
  verifier audit account/ --baseline known.json --fail-on high

\b
A verifier.toml:
  [intent]
  maximum = "maximum.json"
  boundaries = ["arn:aws:iam::111122223333:policy/Team"]
  regions = ["eu-west-1"]
"""


class AuditFormat(enum.Enum):
    """How the answer of an audit is written."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    JUNIT = "junit"
    HTML = "html"


class FailOnSeverity(enum.Enum):
    """How grave a finding has to be for the exit code 1; the first is the gravest."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"


AccountPath = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="A file or a folder: an account as AWS prints it.", show_default=False)
]


def audit(  # noqa: PLR0917 - typer passes them by name
    account: AccountPath,
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="What is intended; searched for upwards by default."),
    ] = None,
    maximum: Maximum = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CHECK", help="Ask only this check; repeat it for several.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="CHECK", help="Leave out this check; repeat it for several.")
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option("--principal", metavar="ARN", help="Ask about this user or role, perhaps with wildcards."),
    ] = None,
    output: OutputOption = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Accept the findings that this file lists.")
    ] = None,
    write_baseline: Annotated[
        str | None, typer.Option("--write-baseline", metavar="FILE", help="Write the current findings to FILE.")
    ] = None,
    form: Annotated[
        AuditFormat,
        typer.Option("--format", metavar="|".join(one.value for one in AuditFormat), help="How the answer is written."),
    ] = AuditFormat.TEXT,
    everything: Annotated[
        bool, typer.Option("--all", "-v", "--verbose", help="In text, show every finding and every principal.")
    ] = False,
    fail_on: Annotated[
        FailOnSeverity,
        typer.Option(
            "--fail-on",
            metavar="|".join(one.value for one in FailOnSeverity),
            help="How grave a finding must be to make the exit code 1; others are only shown.",
        ),
    ] = FailOnSeverity.NOTE,
    at: At = None,
    timeout: Timeout = 10.0,
    jobs: Jobs = None,
    dask: Dask = None,
    reading: ReadingOption = Readings.ALL,
    strict: Strict = False,
) -> None:
    """Prove, for everybody in an account, that nothing exceeds what is intended.

    ACCOUNT is what `aws iam get-account-authorization-details` printed, or a
    folder with it and what it omits, or a folder with such a folder for each
    of several accounts, which are audited together. What is intended stands in the table
    `[intent]` of `verifier.toml`; a check whose list is not there is skipped,
    and named. Each finding has a request that was replayed, or is a proof that
    there is none. A principal with a broken document is undecided, and the
    others are still asked about; `--timeout` is for each question.

    \b
    Exit codes: 0 all hold, 1 something as grave as `--fail-on` was found,
    else 3 undecided.
    """
    from verifier.api import ask_of
    from verifier.base.errors import Severity
    from verifier.cli.inputs import strictly
    from verifier.cli.options import means
    from verifier.cli.progress import progress
    from verifier.clouds.aws.account.load import load_accounts
    from verifier.clouds.aws.audit.audit import AuditAsked
    from verifier.clouds.aws.audit.instant import told_or_now
    from verifier.clouds.aws.audit.read_intent import read_intent
    from verifier.clouds.aws.escalation.audit import audit_everything
    from verifier.clouds.aws.policy.syntax import Policy

    outputs = _outputs(output)
    ask = ask_of(timeout, "fast", reading=reading)
    intent, exceptions = read_intent(Path.cwd(), config, None if maximum is None else Policy.load(maximum))
    known = _known(baseline)
    loaded = load_accounts(account)
    quiet = form is not AuditFormat.TEXT
    asked = AuditAsked(
        tuple(only or ()),
        tuple(skip or ()),
        tuple(principal or ()),
        ask,
        explained=_explains(form, outputs),
        at=told_or_now(at),
    )
    with means(jobs, dask, None) as by, progress(lambda: None, quiet=quiet) as bar:

        def watch(count: int | None) -> None:
            if count is None:
                bar.advance()
            else:
                bar.expect(count)

        found = audit_everything(loaded, intent, asked, by, watch)
    found = _accepted(found, exceptions, known, write_baseline)
    _print(found, form, loaded, everything=everything)
    for one in outputs:
        from verifier.cli.outputs import write_file

        write_file(one.path, _text(found, AuditFormat(one.format), loaded, everything=True), None)
    together = found.together
    raise typer.Exit(strictly(_code(together, fail_on), [Severity.WARNING for _ in together.notes], strict=strict))


def _outputs(wanted: Sequence[str] | None) -> list[Output]:
    """Return the reports that options name. Raises UsageError for a format that an audit does not have."""
    if not wanted:
        return []
    from verifier.base.errors import UsageError, quote
    from verifier.cli.outputs import outputs_of

    found = outputs_of(wanted, None)
    known = [one.value for one in AuditFormat]
    for one in found:
        if one.format not in known:
            raise UsageError(f"an audit is not written as {quote(one.format)}", help=f"use one of {', '.join(known)}")
    return found


def _known(baseline: str | None) -> frozenset[str]:
    if baseline is None:
        return frozenset()
    from verifier.base.files import read_source
    from verifier.checks.accept import Baseline

    return Baseline.parse(read_source(baseline)).fingerprints


def _accepted(
    found: AuditedAccounts, exceptions: Sequence[Excepted], known: frozenset[str], write: str | None
) -> AuditedAccounts:
    """Return what counts; the baseline that is to be written accepts all of that."""
    import datetime

    from verifier.audits.accept import accepted_of_each, baseline_text

    left = accepted_of_each(found, exceptions, known, datetime.datetime.now(datetime.UTC).date())
    if write is None:
        return left
    from verifier.cli.outputs import write_file

    write_file(Path(write).absolute(), baseline_text(left.together), None)
    every = frozenset(finding.fingerprint for finding in left.together.findings)
    return accepted_of_each(left, (), every, datetime.date.min)


def _explains(form: AuditFormat, outputs: Sequence[Output]) -> bool:
    """Whether a report shows why: text shows the statement alone."""
    shown = (AuditFormat.JSON, AuditFormat.JSONL, AuditFormat.HTML)
    return form in shown or any(AuditFormat(one.format) in shown for one in outputs)


def _print(found: AuditedAccounts, form: AuditFormat, accounts: Sequence[Account], *, everything: bool) -> None:
    from verifier.report.style import style_of

    if form is AuditFormat.TEXT:
        from verifier.report.audited import accounts_text

        print(accounts_text(found, style_of(sys.stdout, verbose=everything), everything=everything))
    else:
        from verifier.report.results import write_report

        write_report(_text(found, form, accounts, everything=True), sys.stdout)


def _text(found: AuditedAccounts, form: AuditFormat, accounts: Sequence[Account], *, everything: bool) -> str:
    from verifier.base.safe import json_text
    from verifier.report.audited import accounts_answer, accounts_lines, accounts_text
    from verifier.report.audited_report import audited_report
    from verifier.report.style import Style
    from verifier.version import VERSION

    match form:
        case AuditFormat.TEXT:
            return accounts_text(found, Style(verbose=everything), everything=everything) + "\n"
        case AuditFormat.JSON:
            return json_text(accounts_answer(found).as_json(), indent=2) + "\n"
        case AuditFormat.JSONL:
            return "".join(f"{line}\n" for line in accounts_lines(found))
        case AuditFormat.SARIF | AuditFormat.JUNIT:
            return audited_report(found.together, form.value, VERSION)
        case AuditFormat.HTML:
            from verifier.cli.provenance import made_by_call
            from verifier.report.audit_page import audit_page

            made = made_by_call(file.name for account in accounts for file in account.files)
            return audit_page(found.together, made)


def _code(found: Audited, fail_on: FailOnSeverity) -> ExitCode:
    from verifier.audits.accept import at_least
    from verifier.audits.finding import CheckSeverity

    if at_least(found, CheckSeverity(fail_on.value)):
        return ExitCode.NO
    return ExitCode.UNDECIDED if found.undecided else ExitCode.YES
