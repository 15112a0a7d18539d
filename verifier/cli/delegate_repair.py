"""`verifier delegate --repair`: the edits of a design after which nobody can climb out, printed once that is proved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from verifier.cli.commands import ExitCode
from verifier.cli.options import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.cli.inputs import Inputs
    from verifier.clouds.aws.delegation.invariant import Design
    from verifier.delegations.repaired import DelegationRepair
    from verifier.questions.ask import Ask
    from verifier.report.style import Style


def print_repaired(
    design: Design, ask: Ask, inputs: Inputs, form: Format, output: Sequence[str], *, verbose: bool
) -> NoReturn:
    """Print a repair of `design`, after writing its documents where `output` says. Raises typer.Exit, UsageError."""
    from verifier.cli.outputs import outputs_of, write_file, write_folder
    from verifier.clouds.aws.delegation.repair import repair_delegation
    from verifier.delegations.repaired import RepairedDelegation
    from verifier.report.style import Style, style_of

    outputs = outputs_of(output, None, ("text", "json"), ("documents",))
    found = repair_delegation(design, ask)
    for one in outputs:
        if one.format != "documents":
            write_file(one.path, f"{_shown(found, Format(one.format), Style(verbose=verbose))}\n", None)
        elif isinstance(found, RepairedDelegation):
            write_folder(one.path, {document.file: document.text for document in found.documents})
    print(_shown(found, form, style_of(sys.stdout, verbose=verbose)))
    raise typer.Exit(inputs.code(ExitCode.YES if isinstance(found, RepairedDelegation) else ExitCode.UNDECIDED))


def _shown(found: DelegationRepair, form: Format, style: Style) -> str:
    from verifier.base.safe import json_text
    from verifier.report.repaired_delegation import delegation_repair_answer, delegation_repair_text

    if form is Format.JSON:
        return json_text(delegation_repair_answer(found).as_json(), indent=2)
    return delegation_repair_text(found, style)
