"""Garbage-collector settings for processes that verifier owns.

Parsing and compiling make many objects that live long, and few cycles: the collector's own pace costs a fifth of the
time and, over a large set of policies, pauses of a third of a second. The package never touches the pace of a program
that imports it; the command and the workers of a sweep call this first.
"""

import gc


def collect_rarely() -> None:
    """Let the collector of this process run a hundred times more rarely."""
    gc.set_threshold(100_000, 20, 100)
