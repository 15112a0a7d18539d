"""`verifier delegate --write`: the documents of a delegation, printed once they are proved."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import typer

from verifier.base.dataclass import dataclass
from verifier.cli.commands import ExitCode
from verifier.cli.options import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from verifier.clouds.aws.delegation.write import WantedDelegation
    from verifier.delegations.written import DelegationWriting
    from verifier.questions.ask import Ask
    from verifier.report.style import Style


@dataclass(frozen=True)
class WritingOptions:
    """What `--write` is given: services with commas between them, a path, and the ARN of the boundary."""

    services: str | None
    own_services: str | None
    path: str | None
    boundary_arn: str | None

    def wanted(self) -> WantedDelegation:
        """Return what is asked for. Raises UsageError where something is missing."""
        from verifier.base.errors import UsageError
        from verifier.clouds.aws.delegation.write import WantedDelegation

        if self.services is None or self.path is None or self.boundary_arn is None:
            help = "give `--services`, `--path` and `--boundary-arn`"
            raise UsageError("what is to be written needs services, a path and the ARN of a boundary", help=help)
        return WantedDelegation(
            tuple(_names(self.services)), self.path, self.boundary_arn, tuple(_names(self.own_services or ""))
        )

    @property
    def given(self) -> bool:
        """Whether an option is there that only `--write` reads."""
        return not (self.services is None and self.own_services is None and self.path is None)


def print_written(options: WritingOptions, ask: Ask, form: Format, output: Sequence[str], *, verbose: bool) -> NoReturn:
    """Print the documents that `options` ask for, after writing them where `output` says. Raises typer.Exit."""
    from verifier.cli.outputs import outputs_of, write_file, write_folder
    from verifier.clouds.aws.delegation.proof_scripts import proof_scripts
    from verifier.clouds.aws.delegation.write import design_of, write_delegation
    from verifier.delegations.written import WrittenDelegation
    from verifier.report.style import Style, style_of

    outputs = outputs_of(output, None, ("text", "json"), ("documents", "smtlib"))
    found = write_delegation(options.wanted(), ask)
    for one in outputs:
        if one.format in ("text", "json"):
            write_file(one.path, f"{_shown(found, Format(one.format), Style(verbose=verbose))}\n", None)
        elif not isinstance(found, WrittenDelegation):
            continue
        elif one.format == "smtlib":
            write_proof(partial(proof_scripts, design_of(found.documents, found.boundary_arn), ask), one.path)
        else:
            write_folder(one.path, found.texts)
    print(_shown(found, form, style_of(sys.stdout, verbose=verbose)))
    raise typer.Exit(ExitCode.YES if isinstance(found, WrittenDelegation) else ExitCode.UNDECIDED)


def write_proof(scripts: Callable[[], Mapping[str, str] | None], folder: Path) -> None:
    """Write the `scripts` of a proof, if there is one, into `folder`. Raises UsageError."""
    from verifier.cli.outputs import write_folder

    if found := scripts():
        write_folder(folder, found)


def _shown(found: DelegationWriting, form: Format, style: Style) -> str:
    from verifier.base.safe import json_text
    from verifier.report.written_delegation import written_answer, written_text

    if form is Format.JSON:
        return json_text(written_answer(found).as_json(), indent=2)
    return written_text(found, style)


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]
