"""`verifier fetch-account`: an account of AWS, written into a folder by calls that only read (`verifier/fetch/`)."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.base.errors import UsageError, quote
from verifier.base.safe import json_text, printable
from verifier.cli.commands import ExitCode
from verifier.cli.options import Format, FormatOption, Strict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.fetch.calls import NotRead
    from verifier.fetch.fetched import Fetched
    from verifier.report.fetch_answers import FetchedPart

EXAMPLES = """\b
Examples:
  verifier fetch-account account/
  verifier fetch-account account/ --profile audit --region eu-west-1
  verifier fetch-account account/ --role arn:aws:iam::111122223333:role/audit
  verifier fetch-account accounts/ --organization --role-name audit
  verifier fetch-account --permissions > permissions.json
"""
_EXTRA = ("boto3", "botocore", "jmespath")
_MOST_SHOWN = 10


def fetch_account(  # noqa: PLR0917 - typer passes them by name
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="Where the account is written.", show_default=False)
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", metavar="NAME", help="The profile of the AWS configuration.")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(
            "--region", metavar="REGION", help="A region to ask; repeat it for several. Without it: all enabled ones."
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="ARN", help="A role to assume: its account is fetched.", show_default=False),
    ] = None,
    organization: Annotated[
        bool,
        typer.Option(
            "--organization", help="Fetch every active account of the organization, into FOLDER/ACCOUNT_ID each."
        ),
    ] = False,
    role_name: Annotated[
        str | None,
        typer.Option(
            "--role-name",
            metavar="NAME",
            help="With `--organization`: the role to assume in each account.",
            show_default=False,
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask for everything again.")] = False,
    permissions: Annotated[
        bool, typer.Option("--permissions", help="Print the policy that the caller needs, and exit.")
    ] = False,
    form: FormatOption = Format.TEXT,
    strict: Strict = False,  # noqa: ARG001 - every command has it; there is nothing to warn about
) -> None:
    """Write an account of AWS into a folder, by calls that only read.

    Users, groups, roles and policies, the SCPs and RCPs above the account,
    resource policies, and what runs as which role. Nothing is changed, and
    no data is read. A call that AWS refuses does not end the run: the file
    `fetched.json` of the folder lists what could not be read. Whatever is
    whole in the folder is not asked again, so a run that was stopped goes on.
    Needs boto3.

    \b
    Exit codes: 0 all is read, 2 the call is wrong or AWS does not take it,
    3 something could not be read.
    """
    if permissions:
        from verifier.fetch.permissions import permissions as needed

        print(json_text(needed(), indent=2))
        return
    if folder is None:
        raise UsageError("no folder is named", help="name the folder to write to, as in `account/`")
    if organization != (role_name is not None) or (organization and role is not None):
        raise UsageError(
            "`--organization` goes with `--role-name`, and not with `--role`", help="give both, or neither"
        )
    try:
        import verifier.fetch.accounts  # noqa: F401 - whether it can be imported
    except ImportError as error:
        if str(error.name).partition(".")[0] not in _EXTRA:
            raise
        raise UsageError("boto3 is not installed", help="in a checkout of verifier: pip install '.[aws]'") from None
    quiet = form is Format.JSON
    if role_name is not None:
        found = _members(Path(folder), profile, region or [], role_name, fresh=fresh, quiet=quiet)
    else:
        found = [_one(Path(folder), profile, region or [], role, fresh=fresh, quiet=quiet)]
    _show(found, form)
    if not all(each.whole for each in found):
        raise typer.Exit(ExitCode.UNDECIDED)


def _one(
    folder: Path, profile: str | None, regions: Sequence[str], role: str | None, *, fresh: bool, quiet: bool
) -> Fetched:
    from verifier.cli.progress import progress
    from verifier.fetch.accounts import planned
    from verifier.fetch.aws_session import caller_of
    from verifier.fetch.calls import NotRead
    from verifier.fetch.fetch import checked_regions

    wanted = checked_regions(regions)
    with closing(caller_of(profile)) as caller:
        try:
            with planned(caller, folder, role=role, regions=wanted, fresh=fresh) as plan:
                with progress(lambda: len(plan.steps), quiet=quiet) as bar:
                    plan.ask(bar.advance)
                return plan.publish()
        except NotRead as refused:
            raise _refused(refused) from None


def _members(
    folder: Path, profile: str | None, regions: Sequence[str], role_name: str, *, fresh: bool, quiet: bool
) -> list[Fetched]:
    from verifier.cli.progress import progress
    from verifier.fetch.accounts import fetch_members, members
    from verifier.fetch.aws_session import caller_of
    from verifier.fetch.fetch import checked_regions

    wanted = checked_regions(regions)
    with closing(caller_of(profile)) as caller:
        accounts = members(caller)
        with progress(lambda: len(accounts), quiet=quiet) as bar:
            return list(
                fetch_members(
                    caller, accounts, folder, role_name=role_name, regions=wanted, fresh=fresh, done=bar.advance
                )
            )


def _refused(refused: NotRead) -> UsageError:
    unread = refused.unread
    message = f"AWS refuses {quote(unread.call)}, without which there is no account: {quote(unread.reason)}"
    return UsageError(message, help="`verifier fetch-account --permissions` prints the policy that the caller needs")


def _show(found: Sequence[Fetched], form: Format) -> None:
    from verifier.report.fetch_answers import FetchAnswer

    if form is Format.JSON:
        print(json_text(FetchAnswer(accounts=[_part(each) for each in found]).as_json(), indent=2))
        return
    for each in found:
        counts = each.counts
        if counts:
            print(
                f"{each.account}  {counts['UserDetailList']} users, {counts['GroupDetailList']} groups, "
                f"{counts['RoleDetailList']} roles, {counts['Policies']} policies, "
                f"{counts['ResourcePolicies']} resource policies, in {printable(str(each.folder))}"
            )
        for file, reason in each.left_out.items():
            print(f"note: {each.account}: {file} is left out: {printable(reason)}", file=sys.stderr)
        for _, unread in each.unread[:_MOST_SHOWN]:
            parts = (("", unread.call), (" in ", unread.region), (" on ", unread.resource))
            where = "".join(f"{word}{part}" for word, part in parts if part).strip()
            print(f"not read: {each.account}: {printable(f'{where}: {unread.reason}')}", file=sys.stderr)
        if len(each.unread) > _MOST_SHOWN:
            more = len(each.unread) - _MOST_SHOWN
            print(f"not read: {each.account}: {more} more, listed in `fetched.json`", file=sys.stderr)


def _part(fetched: Fetched) -> FetchedPart:
    from verifier.report.fetch_answers import FetchedPart, UnreadPart

    manifest = fetched.as_manifest()
    return FetchedPart(
        folder=str(fetched.folder),
        counts=dict(fetched.counts),
        not_read=[UnreadPart(**one) for one in manifest["not_read"]],
        **{key: manifest[key] for key in ("account", "caller", "regions", "left_out", "not_offered")},
    )
