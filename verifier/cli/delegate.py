"""`verifier delegate`: can a delegated administrator ever climb out of the maximum?"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    At,
    Format,
    FormatOption,
    Maximum,
    MaxSize,
    Policies,
    ReadingOption,
    Timeout,
    Verbose,
)
from verifier.questions.ask import Readings, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.cli.delegate_write import WritingOptions
    from verifier.cli.inputs import Inputs
    from verifier.clouds.aws.delegation.account_delegation import AccountDelegation
    from verifier.clouds.aws.delegation.invariant import Design
    from verifier.delegations.answer import DelegationAnswer
    from verifier.report.style import Style

EXAMPLES = """\b
Examples:
  verifier delegate account/ --maximum maximum.json \\
      --admin arn:aws:iam::111122223333:user/jane
  verifier delegate --policy policy.json \\
      --boundary-arn arn:aws:iam::111122223333:policy/TeamBoundary \\
      --boundary boundary.json --maximum maximum.json
  verifier delegate --policy policy.json \\
      --boundary-arn arn:aws:iam::111122223333:policy/TeamBoundary \\
      --boundary boundary.json --maximum maximum.json --own policy.json
  verifier delegate --write --services s3,dynamodb --path /jack/ \\
      --boundary-arn arn:aws:iam::111122223333:policy/JohnBoundary \\
      -o documents=jack
"""


_NEEDED = "give `--admin ARN` and `--maximum FILE`"


def delegate(  # noqa: PLR0917 - typer passes them by name
    account: Annotated[
        str | None,
        typer.Argument(metavar="ACCOUNT", help="A file or a folder: an account as AWS prints it.", show_default=False),
    ] = None,
    policy: Policies = None,
    boundary_arn: Annotated[
        str | None,
        typer.Option("--boundary-arn", metavar="ARN", help="The boundary of those whom he makes.", show_default=False),
    ] = None,
    boundary: Annotated[
        str | None,
        typer.Option("--boundary", "-b", metavar="FILE", help="The document of that boundary.", show_default=False),
    ] = None,
    maximum: Maximum = None,
    own: Annotated[
        str | None,
        typer.Option(
            "--own", metavar="FILE", help="What he himself may at most do, if that is more.", show_default=False
        ),
    ] = None,
    own_boundary: Annotated[
        str | None,
        typer.Option(
            "--own-boundary",
            metavar="ARN=FILE",
            help="The boundary that he carries himself; that of `--boundary-arn` without a file.",
            show_default=False,
        ),
    ] = None,
    admin: Annotated[
        str | None, typer.Option("--admin", metavar="ARN", help="The administrator's own ARN.", show_default=False)
    ] = None,
    at: At = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Show the smallest edits of the documents after which it is proved.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write a delegation for `--services` in `--path`, and prove it.")
    ] = False,
    services: Annotated[
        str | None,
        typer.Option("--services", metavar="SERVICES", help="What whom he makes may use.", show_default=False),
    ] = None,
    own_services: Annotated[
        str | None,
        typer.Option("--own-services", metavar="SERVICES", help="What he may use himself, too.", show_default=False),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="PATH", help="Where he makes users, roles, policies.", show_default=False),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FORMAT=FILE",
            help="Also write a report; FORMAT is text, json, html, smtlib or documents.",
        ),
    ] = None,
    moves: Annotated[int, typer.Option("--moves", metavar="NUMBER", min=0, help="How long a chain may be.")] = 4,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 60.0,
    reading: ReadingOption = Readings.ALL,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 also where there are warnings, or where he can widen anybody else."),
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Prove that a delegated administrator can never climb out.

    He is the ADMIN of an ACCOUNT. Or a design that is not deployed is given: he
    has the POLICY documents, and makes users and roles that carry the boundary.
    The proof: an invariant that every move of AWS in the table keeps, and that
    implies MAXIMUM, for himself and for all whom he can act as. Otherwise show a
    shortest chain of moves, each with its request, that ends outside of MAXIMUM.

    With `--repair`, show the edits after which it is proved, as a diff; each
    is needed, and `-o documents=FOLDER` saves the documents after them.

    With `--write`, write such documents instead: they are proved before they
    are shown, and `-o documents=FOLDER` saves them.

    `-o smtlib=FOLDER` writes a proof as SMT-LIB, a file for each move, for
    another solver to check.

    \b
    Exit codes: 0 proved, 1 refuted, 2 wrong input, 3 undecided.
    """
    from verifier.api import ask_of
    from verifier.base.errors import UsageError
    from verifier.cli.delegate_write import WritingOptions, print_written, write_proof
    from verifier.cli.inputs import Inputs
    from verifier.cli.outputs import outputs_of, write_file
    from verifier.clouds.aws.delegation.delegate import delegate as answer
    from verifier.report.style import Style, style_of

    ask = ask_of(timeout, "fast", World.ALL, reading)
    writing = WritingOptions(services, own_services, path, boundary_arn)
    _check_mode(writing, write=write, documents=(account, policy, boundary, maximum, own, own_boundary, admin))
    if write and not repair:
        print_written(writing, ask, form, output or (), verbose=verbose)
    if repair:
        from verifier.cli.delegate_repair import print_repaired

        _check_repair(account, write=write)
        inputs = Inputs(max_size, strict)
        design = _design(inputs, policy, boundary_arn, boundary, maximum, own, own_boundary, admin)
        print_repaired(design, ask, inputs, form, output or (), verbose=verbose)
    outputs = outputs_of(output or (), None, ("text", "json", "html"), ("smtlib",))
    inputs = Inputs(max_size, strict)
    if account is None and at is not None:
        raise UsageError("`--at` is for an account", help="leave it out")
    proof: Callable[[], Mapping[str, str] | None]
    if account is not None:
        from verifier.clouds.aws.delegation.account_delegation import delegate_account
        from verifier.clouds.aws.delegation.account_scripts import account_proof_scripts

        _check_alone(policy, boundary_arn, boundary, own_boundary)
        asked = _asked(inputs, account, admin, maximum, own, at)
        found = delegate_account(asked, ask, moves)
        proof = partial(account_proof_scripts, asked, ask)
    else:
        from verifier.clouds.aws.delegation.proof_scripts import proof_scripts

        design = _design(inputs, policy, boundary_arn, boundary, maximum, own, own_boundary, admin)
        found = answer(design, ask, moves)
        proof = partial(proof_scripts, design, ask)
    read = () if account is None else (one.name for one in asked.account.files)
    files = (*(policy or ()), boundary, maximum, own, own_boundary, *read)
    for one in outputs:
        if one.format == "smtlib":
            write_proof(proof, one.path)
        else:
            write_file(one.path, f"{_shown(found, Format(one.format), Style(verbose=verbose), files)}\n", None)
    print(_shown(found, form, style_of(sys.stdout, verbose=verbose), files))
    raise typer.Exit(inputs.code(_code(found, strict=strict)))


def _check_mode(writing: WritingOptions, *, write: bool, documents: tuple[object, ...]) -> None:
    """Raise UsageError where options of `--write` and of a design that is there come together."""
    from verifier.base.errors import UsageError

    if write and any(documents):
        help = "leave out the account, `--policy`, `--boundary`, `--maximum`, `--own`, `--own-boundary` and `--admin`"
        raise UsageError("`--write` makes the documents itself", help=help)
    if writing.given and not write:
        help = "add `--write`, or leave them out"
        raise UsageError("`--services`, `--own-services` and `--path` are options of `--write`", help=help)


def _check_repair(account: str | None, *, write: bool) -> None:
    from verifier.base.errors import UsageError

    if account is not None or write:
        raise UsageError("`--repair` is about a design", help="give `--policy`, `--boundary` and so on, without others")


def _shown(found: DelegationAnswer, form: Format, style: Style, files: Sequence[str | None]) -> str:
    from verifier.base.safe import json_text
    from verifier.report.delegate_answers import delegate_answer, delegate_text

    if form is Format.JSON:
        return json_text(delegate_answer(found).as_json(), indent=2)
    if form is Format.HTML:
        from verifier.cli.provenance import made_by_call
        from verifier.report.delegation_page import delegation_page

        return delegation_page(found, made_by_call(filter(None, files)))
    return delegate_text(found, style)


def _check_alone(*documents: object) -> None:
    from verifier.base.errors import UsageError

    if any(documents):
        help = "leave out `--policy`, `--boundary-arn`, `--boundary` and `--own-boundary`: the account says it"
        raise UsageError("both an account and a design are given", help=help)


def _asked(
    inputs: Inputs, path: str, admin: str | None, maximum: str | None, own: str | None, at: str | None
) -> AccountDelegation:
    from verifier.base.errors import UsageError
    from verifier.cli.can import principal_named
    from verifier.clouds.aws.account.load import load_accounts
    from verifier.clouds.aws.audit.instant import told_or_now
    from verifier.clouds.aws.delegation.account_delegation import AccountDelegation

    if admin is None or maximum is None:
        raise UsageError("a delegation in an account needs an administrator and a maximum", help=_NEEDED)
    top = inputs.policy(maximum)
    own_top = None if own is None else inputs.policy(own)
    for document in (top, *([own_top] if own_top else [])):
        inputs.warn_of(document)
    account, principal = principal_named(load_accounts(path), admin)
    return AccountDelegation(account, principal.arn, top, own_top, told_or_now(at))


def _design(  # noqa: PLR0917 - the documents of a design
    inputs: Inputs,
    policy: list[str] | None,
    boundary_arn: str | None,
    boundary: str | None,
    maximum: str | None,
    own: str | None,
    own_boundary: str | None,
    admin: str | None,
) -> Design:
    from verifier.base.errors import UsageError, quote
    from verifier.clouds.aws.delegation.invariant import Design

    if not policy or boundary_arn is None or boundary is None or maximum is None:
        help = "give `--policy`, `--boundary-arn`, `--boundary` and `--maximum`"
        raise UsageError("a delegation needs its policy, its boundary and a maximum", help=help)
    carried = None
    if own_boundary is not None and own_boundary != boundary_arn:
        arn, equals, path = own_boundary.partition("=")
        if not (equals and path):
            raise UsageError(f"{quote(own_boundary)} names no file", help="write `--own-boundary ARN=FILE`")
        carried = arn, inputs.policy(path)
        if arn == boundary_arn:
            raise UsageError("`--own-boundary` has the ARN of `--boundary-arn`", help="give each boundary once")
    policies = inputs.policies(policy)
    limit = inputs.policy(boundary)
    top = inputs.policy(maximum)
    for document in (*policies, limit, top):
        inputs.warn_of(document)
    if own_boundary == boundary_arn:
        carried = boundary_arn, limit
    own_top = None if own is None else inputs.policy(own)
    return Design(policies, boundary_arn, limit, top, admin, carried, own_top)


def _code(found: DelegationAnswer, *, strict: bool) -> ExitCode:
    from verifier.delegations.answer import DelegationProved, DelegationRefuted

    if isinstance(found, DelegationRefuted):
        return ExitCode.NO
    if isinstance(found, DelegationProved):
        return ExitCode.NO if strict and found.widened else ExitCode.YES
    return ExitCode.UNDECIDED
