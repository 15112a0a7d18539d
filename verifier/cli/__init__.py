"""Arguments in, exit code out. Start at `app.py`; each command is a module of its own name."""

from verifier.cli.app import main

__all__ = ["main"]
