"""The fixtures of commands, for reviews too."""

from __future__ import annotations

from tests.cli.conftest import call, folder

__all__ = ["call", "folder"]
