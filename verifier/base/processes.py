"""Processes that verifier owns: the solver's, and those that answer the questions of a sweep.

    Child              a process that runs `main` of a module
    command()          how such a Python is started
    collect_rarely()   the garbage collector's settings in a process of ours

A process is started afresh, because threads and Z3 do not survive a fork. It imports nothing from the working
directory, which may be somebody else's checkout (`-P`; what PYTHONPATH names is the user's own). It ignores Ctrl-C,
because its parent ends it, and it does not outlive its parent (`child.py`).

Parsing and compiling make many objects that live long, and few cycles. With Python's own settings the collector costs a
fifth of the time and, over a large set of policies, pauses of a third of a second. The package never changes the
settings of a program that imports it; the command and the workers of a sweep call `collect_rarely` first.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = str(Path(__file__).with_name("child.py"))


class Child:
    """A process that runs `main` of `module` with `arguments`; `files` are the descriptors that it inherits.

    Its standard input and output are pipes where `piped`, and nothing otherwise; `process` is what to talk to.
    """

    def __init__(self, module: str, *arguments: str, files: Sequence[int] = (), piped: bool = False) -> None:
        theirs, self._lifeline = os.pipe()
        stream = subprocess.PIPE if piped else subprocess.DEVNULL
        try:
            with _interrupts_blocked():
                self.process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - our own script
                    [*command(), _SCRIPT, str(theirs), module, *arguments],
                    pass_fds=(theirs, *files),
                    stdin=stream,
                    stdout=stream,
                    stderr=subprocess.DEVNULL if piped else None,
                )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(theirs)

    def end(self) -> None:
        """End the process, whatever it does, once and for all."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        os.close(self._lifeline)


def command() -> list[str]:
    """Return what starts a Python that looks for modules where this one does, but not in the working directory."""
    flags = {"-I": sys.flags.isolated, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    return [sys.executable, "-P", *(flag for flag, wanted in flags.items() if wanted)]


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Hold Ctrl-C back: a process that starts meanwhile has it blocked for good, and so have those that it starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def collect_rarely() -> None:
    """Let the collector of this process run only where there are four million objects more than before.

    It finds next to nothing: of what a sweep makes, less than one object in a hundred is in a cycle. In a proof about
    10,000 statements each run would look at all that was made.
    """
    gc.set_threshold(4_000_000, 10, 10)
