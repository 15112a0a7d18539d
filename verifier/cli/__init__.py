"""Arguments in, exit code out. Start at `app.py`; each command is a module of its own name."""

from verifier.base.processes import collect_rarely

__all__ = ["main"]


def main() -> None:
    """Run the command line of this process and exit with its code.

    A worker of a sweep imports this module again, as the one that started its parent, and needs nothing of the command.
    """
    collect_rarely()
    from verifier.cli.app import main as run

    run()
