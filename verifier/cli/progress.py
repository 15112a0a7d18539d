"""The bar of a long command, on standard error where that is a terminal; printing goes on above it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """Where lines go while there may be a bar, and the bar itself."""

    def say(self, line: str) -> None:
        """Print a line of the answer, whole: Ctrl-C comes before it or after it."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def complain(self, line: str) -> None:
        """Print a line on standard error."""
        print(line, file=sys.stderr, flush=True)

    def advance(self) -> None:
        """Count one more that is done."""

    def expect(self, total: int) -> None:
        """Say how many there are, where that was not known at first."""


class ShownBar(Bar):
    """A bar that is seen; `above` tells whether the answer goes to a terminal too."""

    def __init__(self, bar: Progress, task: TaskID, *, above: bool) -> None:
        self._bar = bar
        self._task = task
        self._above = above

    def say(self, line: str) -> None:
        if self._above:
            self.complain(line)
        else:
            super().say(line)

    def complain(self, line: str) -> None:
        from rich.text import Text

        # On the bar's own stream, so that the bar makes room; the terminal breaks the line, so that it can be copied.
        self._bar.console.print(Text.from_ansi(line), soft_wrap=True, highlight=False)

    def expect(self, total: int) -> None:
        self._bar.update(self._task, total=total)

    def advance(self) -> None:
        self._bar.advance(self._task)
        state = next(task for task in self._bar.tasks if task.id == self._task)
        speed = state.finished_speed or state.speed
        if speed:
            self._bar.update(self._task, rate=f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s")


@contextmanager
def progress(total: Callable[[], int | None], *, quiet: bool) -> Iterator[Bar]:
    """Give a bar towards `total`, which is asked for only where the bar is seen.

    It is seen on a terminal, unless the answer is `quiet` and goes elsewhere.
    """
    if not sys.stderr.isatty() or (quiet and not sys.stdout.isatty()):
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    bar = Progress(*columns, console=console, redirect_stdout=False, redirect_stderr=False, expand=True, transient=True)
    with bar:
        yield ShownBar(bar, bar.add_task("", total=total(), rate=""), above=sys.stdout.isatty())
