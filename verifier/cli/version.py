"""What `--version` and `--json-schema` print."""

from __future__ import annotations

import json

import typer

from verifier.cli.exit_codes import ExitCode
from verifier.version import VERSION


def print_version(wanted: bool) -> None:
    """Print the versions of the verifier, its solver and its catalogue, and exit; do nothing unless `wanted`."""
    if not wanted:
        return
    from verifier.clouds.aws.catalogue.tables import origin

    typer.echo(f"verifier {VERSION}\nz3 {_installed('z3-solver')}\ncatalogue {origin().date.isoformat()}")
    raise typer.Exit(ExitCode.YES)


def print_schema(wanted: bool) -> None:
    """Print the JSON schema of every answer and exit; do nothing unless `wanted`."""
    if not wanted:
        return
    from verifier.report.answers import schema  # pydantic only where it is needed

    typer.echo(json.dumps(schema(), indent=2))
    raise typer.Exit(ExitCode.YES)


def _installed(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # costly, and needed here only

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed)"
