"""Where the pages of this call come from: its command line, the commit that is checked out, the files.

The command line is kept for the time of the call, as typer takes it apart before a command sees it. The value of a
template's parameter may be a secret, and stays out of pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.base.errors import UsageError

if TYPE_CHECKING:
    from verifier.report.provenance import Provenance

_CALL: ContextVar[tuple[str, ...]] = ContextVar("the arguments of this call", default=())


@contextmanager
def called_with(arguments: Sequence[str]) -> Iterator[None]:
    """Keep the arguments of the call until it ends."""
    token = _CALL.set(tuple(arguments))
    try:
        yield
    finally:
        _CALL.reset(token)


def made_by_call(files: Iterable[str]) -> Provenance:
    """Return where a page comes from that this call makes of `files`."""
    from verifier.report.provenance import Provenance

    return Provenance.of(_command_line(_CALL.get()), _commit(), files)


def _command_line(arguments: tuple[str, ...]) -> str:
    import shlex

    shown, before = ["verifier"], ""
    for word in arguments:
        name, _, value = word.removeprefix("--parameter=").partition("=")
        is_parameter = value and (before == "--parameter" or word.startswith("--parameter="))
        shown.append(f"{'--parameter=' if before != '--parameter' else ''}{name}=..." if is_parameter else word)
        before = word
    return shlex.join(shown)


def _commit() -> str:
    """Return the commit that is checked out here, or nothing where there is none."""
    from verifier.sources.git import Repository

    try:
        return Repository.around(Path.cwd()).commit("HEAD")
    except (UsageError, OSError):
        return ""
