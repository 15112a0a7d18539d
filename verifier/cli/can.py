"""`verifier can`: what may one principal of an account do, and is it within a maximum?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.audit import AccountPath
from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    At,
    Format,
    FormatOption,
    Maximum,
    MaxSize,
    ReadingOption,
    RegionLimit,
    Strict,
    Timeout,
    Verbose,
    WorldOption,
)
from verifier.questions.ask import Readings, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.clouds.aws.account.model import Account, AccountPrincipal
    from verifier.clouds.aws.audit.can import Can

EXAMPLES = """\b
Examples:
  verifier can account/ --principal arn:aws:iam::111122223333:user/jane
  verifier can account/ --principal arn:aws:iam::111122223333:user/jane \\
      --maximum maximum.json
"""


def can(  # noqa: PLR0917 - typer passes them by name
    account: AccountPath,
    principal: Annotated[str, typer.Option("--principal", metavar="ARN", help="The user or role.", show_default=False)],
    maximum: Maximum = None,
    form: FormatOption = Format.TEXT,
    at: At = None,
    timeout: Timeout = 10.0,
    limit: RegionLimit = None,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Show all that a user or role of an account may do.

    Identity policies, those of groups, the boundary, and the SCPs and RCPs of
    the organization decide together. ACCOUNT may also be a folder with a folder
    for each of several accounts. The list is proved to be complete. With
    MAXIMUM, prove too that all of it is within that, or show a request that
    is not.

    \b
    Exit codes: 0 shown, and within; 1 something escapes; 2 wrong input;
    3 undecided, or the list is not complete.
    """
    from verifier.api import ask_of
    from verifier.base.safe import json_text
    from verifier.cli.inputs import Inputs
    from verifier.clouds.aws.account.load import load_accounts
    from verifier.clouds.aws.audit.can import can as answer
    from verifier.clouds.aws.audit.instant import told_or_now
    from verifier.explanations.explain import explain
    from verifier.questions.verdict import Escapes
    from verifier.report.can_answers import can_answer, can_text
    from verifier.report.style import style_of

    inputs = Inputs(max_size, strict)
    ask = ask_of(timeout, "fast", world, reading)
    top = None if maximum is None else inputs.policy(maximum)
    if top is not None:
        inputs.warn_of(top)
    loaded, asks = principal_named(load_accounts(account), principal)
    found = answer(loaded, asks, top, ask, told_or_now(at))
    regions = found.regions if limit is None else found.regions.cut(limit)
    why = explain(found.question, found.verdict, ask) if isinstance(found.verdict, Escapes) else None
    shown = found.principal, found.verdict, regions, found.assumes
    if form is Format.JSON:
        print(json_text(can_answer(*shown, why).as_json(), indent=2))
    else:
        print(can_text(*shown, style_of(sys.stdout, verbose=verbose), why))
    raise typer.Exit(inputs.code(_code(found)))


def principal_named(accounts: Sequence[Account], name: str) -> tuple[Account, AccountPrincipal]:
    """Return the user or role with this ARN, and the account that has it. Raises UsageError where there is none."""
    from verifier.base.errors import UsageError, quote

    for account in accounts:
        found = account.find(name)
        if found is not None:
            return account, found
    near = _near(accounts, name)
    help = f"did you mean {quote(near)}?" if near else "write its ARN as the account has it, path included"
    raise UsageError(f"the account has no user and no role {quote(name)}", help=help)


def _near(accounts: Sequence[Account], name: str) -> str | None:
    from difflib import get_close_matches

    arns = [one.arn for account in accounts for one in (*account.users, *account.roles)]
    near = get_close_matches(name, arns, 1)
    return near[0] if near else None


def _code(found: Can) -> ExitCode:
    from verifier.questions.verdict import Escapes, Undecided

    if isinstance(found.verdict, Escapes):
        return ExitCode.NO
    if isinstance(found.verdict, Undecided) or not found.regions.complete:
        return ExitCode.UNDECIDED
    return ExitCode.YES
