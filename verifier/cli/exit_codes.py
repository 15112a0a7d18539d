"""The exit codes, in one place (interface.md)."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """What the process says when it ends."""

    YES = 0
    """Contained, equivalent, confined, allowed, all answered."""
    NO = 1
    """Escapes, different, denied, an error; vacuous under `--fail-on vacuous`, a warning under `--strict`."""
    WRONG_INPUT = 2
    """The documents or the call are wrong."""
    UNDECIDED = 3
    """A limit was reached, or a construct lies outside the decided fragment."""
    INTERNAL_ERROR = 4
    """A defect of the verifier itself."""
    INTERRUPTED = 130
    """Ctrl-C, as the shells count it."""
    BROKEN_PIPE = 141
    """The reader of standard output went away, as the shells count it."""
