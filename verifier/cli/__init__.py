"""Arguments in, exit code out. Start at `app.py`; each command is a module of its own name."""

from verifier.pace import collect_rarely

collect_rarely()

from verifier.cli.app import main  # noqa: E402  # the modules that it loads are the first to gain

__all__ = ["main"]
