"""`verifier who`: who in an account, and outside of it, can do something?"""

from __future__ import annotations

import enum
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.audit import AccountPath
from verifier.cli.commands import ExitCode
from verifier.cli.options import At, Dask, Jobs, ReadingOption, Strict, Timeout, WorldOption
from verifier.questions.ask import Readings, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.audits.access import Access
    from verifier.clouds.aws.who.question import AccessQuestion

EXAMPLES = """\b
Examples:
  verifier who account/ --action sts:AssumeRole \\
      --resource arn:aws:iam::111122223333:role/admin
  verifier who account/ --action sts:AssumeRole --resource "*" \\
      --key aws:MultiFactorAuthPresent=
  verifier who account/ --questions who.jsonl --format jsonl
"""


class WhoFormat(enum.Enum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


def who(  # noqa: PLR0917 - typer passes them by name
    account: AccountPath,
    action: Annotated[
        list[str] | None,
        typer.Option("--action", metavar="ACTION", help="The action, perhaps with wildcards; repeat it for several."),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="ARN", help="The resource, perhaps with wildcards; repeat it for several."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="KEY=VALUE", help="A condition key that is fixed; `KEY=` says that it is absent."
        ),
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option("--principal", metavar="ARN", help="Ask about these alone, perhaps with wildcards; repeat it."),
    ] = None,
    questions: Annotated[
        str | None,
        typer.Option("--questions", metavar="FILE", help="Instead of these: several questions, as JSON Lines."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", "-v", "--verbose", help="In text, list those too that cannot.")
    ] = False,
    form: Annotated[
        WhoFormat,
        typer.Option("--format", metavar="|".join(one.value for one in WhoFormat), help="How the answer is written."),
    ] = WhoFormat.TEXT,
    at: At = None,
    timeout: Timeout = 10.0,
    jobs: Jobs = None,
    dask: Dask = None,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    strict: Strict = False,
) -> None:
    """Show who can do something: everybody in an account, and outside of it.

    Each user, role and root user is asked about, and all that policies of
    resources let in from outside. "can" shows a request that was replayed,
    and when it is allowed; "cannot" is proved for all requests. With
    wildcards it is asked about some action, and some resource, that matches.
    ACCOUNT may also be a folder with a folder for each of several accounts.
    With `--principal` only these users, roles and root users are asked about,
    and nobody outside of the account.
    A question with `--key aws:CurrentTime=TIME` is about that time.
    Whoever has a document that is broken or missing is undecided;
    `--timeout` is for each of them.

    A line of `--questions` is {"id": "1", "action": "s3:*", "resource": "*",
    "keys": {"aws:SourceIp": null}}; `action`, `resource` and `principal`,
    which may be left out, may be lists.

    \b
    Exit codes: 0 nobody can, 1 somebody can, 2 wrong input, 3 undecided.
    """
    from verifier.api import ask_of
    from verifier.cli.inputs import strictly
    from verifier.cli.options import means
    from verifier.cli.progress import progress
    from verifier.clouds.aws.account.load import load_accounts
    from verifier.clouds.aws.audit.instant import told_or_now
    from verifier.clouds.aws.who.who import who_can

    asked = _asked(action, resource, key, principal, questions)
    ask = ask_of(timeout, "fast", world, reading)
    loaded = load_accounts(account)
    found: list[Access] = []
    with means(jobs, dask, None) as by, progress(lambda: None, quiet=form is not WhoFormat.TEXT) as bar:

        def watch(count: int | None) -> None:
            if count is None:
                bar.advance()
            else:
                bar.expect(count)

        found += (who_can(loaded, question, ask, by, watch, told_or_now(at)) for question in asked)
    _print(found, form, everything=everything)
    raise typer.Exit(strictly(_code(found), (), strict=strict))


def _asked(
    actions: Sequence[str] | None,
    resources: Sequence[str] | None,
    keys: Sequence[str] | None,
    principals: Sequence[str] | None,
    file: str | None,
) -> Sequence[AccessQuestion]:
    """Return what is asked. Raises UsageError where that is told twice, or not at all."""
    from verifier.base.errors import UsageError
    from verifier.base.files import read_source
    from verifier.cli.request_options import given_keys
    from verifier.clouds.aws.who.question import AccessQuestion
    from verifier.clouds.aws.who.read import read_questions

    if file is None:
        fixed = given_keys(keys or (), absent=True)
        return [AccessQuestion.of(actions or (), resources or (), fixed, principals=principals or ())]
    if actions or resources or keys or principals:
        raise UsageError("`--questions` and another question exclude each other", help="leave out one")
    return read_questions(read_source(file))


def _print(found: Sequence[Access], form: WhoFormat, *, everything: bool) -> None:
    from verifier.base.safe import json_text
    from verifier.report.style import style_of
    from verifier.report.who_answers import who_answer, who_text

    match form:
        case WhoFormat.TEXT:
            style = style_of(sys.stdout, verbose=everything)
            print("\n\n".join(who_text(one, style, everything=everything) for one in found))
        case WhoFormat.JSON:
            answers = [who_answer(one).as_json() for one in found]
            print(json_text(answers if len(answers) > 1 else answers[0], indent=2))
        case WhoFormat.JSONL:
            for one in found:
                print(json_text(who_answer(one).as_json()))


def _code(found: Sequence[Access]) -> ExitCode:
    from verifier.audits.access import AccessVerdict

    verdicts = {one.verdict for one in found}
    if AccessVerdict.CAN in verdicts:
        return ExitCode.NO
    return ExitCode.UNDECIDED if AccessVerdict.UNDECIDED in verdicts else ExitCode.YES
