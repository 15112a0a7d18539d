"""Commands that are imported and made when they are first asked for, so that one command does not pay for the others.

A command is its module's function of the same name, by typer's own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

from verifier.cli.beside_option import with_options
from verifier.cli.quick import QuickCommand


class LazyCommands(Mapping[str, Any]):
    """The commands by name, for a group of typer's; `lines` are their lines in the help of the group."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _command(name, self._lines[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _command(name: str, line: str) -> Any:
    """Return the command `name` of typer's, with `line` as its line in the help of the group."""
    word = name.replace("-", "_")
    module = import_module(f"verifier.cli.{word}")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name, cls=QuickCommand, short_help=line, epilog=module.EXAMPLES)(with_options(getattr(module, word)))
    return get_command(alone)
