"""A long answer on a terminal, through the reader's pager.

As git does it: `PAGER` names the program, `less` where it is not set, and nothing is paged where it is empty or `cat`.
The text holds no character that could steer a terminal but our own colours (`base/safe.py`).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

_QUIET = ("", "cat")


def show_text(text: str) -> None:
    """Print `text`, through a pager where it is longer than the terminal. The exit code is not the pager's."""
    words = _pager() if sys.stdout.isatty() and text.count("\n") >= shutil.get_terminal_size().lines else []
    if not words or not _paged(text, words):
        print(text)


def _pager() -> list[str]:
    wanted = os.environ.get("PAGER", "less").strip()
    try:
        words = shlex.split(wanted)
    except ValueError:
        return []
    return [] if wanted in _QUIET or shutil.which(words[0]) is None else words


def _paged(text: str, words: list[str]) -> bool:
    """Show `text` in the pager `words`, until the reader ends it; tell whether it could be started."""
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(  # noqa: S603 - the reader's own choice
            words, stdin=subprocess.PIPE, env={"LESS": "FRX", **os.environ}
        )
    except OSError:
        return False
    while True:
        try:
            pager.communicate(text.encode("utf-8", "backslashreplace"))
        except KeyboardInterrupt:  # is for the pager, which ends on it or not
            continue
        return True
