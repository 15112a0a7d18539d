"""A slow machine: what is still measured in seconds ends `VERIFIER_SLOW` times earlier, in every process of the tests.

    VERIFIER_SLOW=20 .venv/bin/python -m pytest -n 2 tests/cli

A test that fails here alone would fail on a busy machine. The clock of `time.monotonic` goes faster, and so do the
limits that Z3, threads, processes, pipes and alarms are given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any


def changes(factor: float) -> dict[str, Callable[[Any], None]]:
    """Make the clock faster, and return what changes each module of the standard library and of Z3."""
    real = time.monotonic
    time.monotonic = lambda: real() * factor

    def less(seconds: float | None) -> float | None:
        return seconds and seconds / factor

    def threads(module: Any) -> None:
        join = module.Thread.join
        module.Thread.join = lambda self, timeout=None: join(self, less(timeout))

    def processes(module: Any) -> None:
        class Popen(module.Popen):  # type: ignore[misc]  # a class that the module has
            talking = False

            def communicate(self, input: Any = None, timeout: float | None = None) -> Any:  # noqa: A002 - its name
                self.talking = True  # it waits for what is left of its own limit
                try:
                    return super().communicate(input, less(timeout))
                finally:
                    self.talking = False

            def wait(self, timeout: float | None = None) -> Any:
                return super().wait(timeout if self.talking else less(timeout))

        module._time, module.Popen = real, Popen

    def signals(module: Any) -> None:
        alarm = module.setitimer
        module.setitimer = lambda which, seconds, interval=0.0: alarm(which, seconds / factor, interval)

    def pipes(module: Any) -> None:
        poll = module._ConnectionBase.poll
        module._ConnectionBase.poll = lambda self, timeout=0.0: poll(self, less(timeout))
        module.time = SimpleNamespace(monotonic=real, sleep=time.sleep)

    def solver(module: Any) -> None:
        give = module.Solver.set

        def set_(self: Any, *words: Any, **named: Any) -> None:
            if len(words) == 2 and words[0] == "timeout":
                words = ("timeout", max(1, int(words[1] / factor)))
            give(self, *words, **named)

        module.Solver.set = set_

    return {
        "threading": threads,
        "subprocess": processes,
        "signal": signals,
        "multiprocessing.connection": pipes,
        "z3.z3": solver,
    }
