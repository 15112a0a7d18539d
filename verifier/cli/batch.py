"""`verifier batch`: JSON Lines in, JSON Lines out (`verifier/cli/batch_lines.py`)."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Annotated

import typer

from verifier.base.safe import json_text
from verifier.cli.commands import ExitCode
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    CacheOption,
    Dask,
    EncodingOption,
    Format,
    MaxSize,
    ReadingOption,
    Strict,
    Timeout,
    WorldOption,
    some_jobs,
)
from verifier.questions.ask import Encoding, Readings, World

EXAMPLES = """\b
Examples:
  verifier batch < questions.jsonl > answers.jsonl
  verifier batch --cache ~/.cache/answers.sqlite < questions.jsonl

\b
Questions:
  {"id": 1, "ask": "prove", "policies": [{...}], "maximum": {...}}
  {"id": 5, "ask": "needs", "policies": [{...}], "needs": {...}}
  {"id": 2, "ask": "diff", "old": {...}, "new": {...}}
  {"id": 3, "ask": "confine", "document": {...}, "services": ["s3"]}
  {"id": 4, "ask": "evaluate", "policies": [{...}], "request": {...}}
"""

_SECONDS_BETWEEN = 0.1


def batch(  # noqa: PLR0917 - typer passes them by name
    timeout: Timeout = 10.0,
    encoding: EncodingOption = Encoding.FAST,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    form: Annotated[  # noqa: ARG001 - an option of every command, without a difference here
        Format, typer.Option("--format", metavar="text|json", help="As everywhere; answers are JSON either way.")
    ] = Format.JSON,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    jobs: Annotated[
        int,
        typer.Option("--jobs", metavar="NUMBER", callback=some_jobs, help="How many processes answer; 1 is this one."),
    ] = 1,
    dask: Dask = None,
    cache: CacheOption = None,
    strict: Strict = False,
) -> None:
    """Answer many questions: JSON Lines on standard input.

    One JSON answer a line on standard output, in order. A line that is not a
    question is answered with its error, and the next is still answered. The
    documents stand in the line; `prove` and `evaluate` also take `boundary`,
    `session`, `scps` and `rcps`. With several processes, or a cluster, lines
    are read ahead, so an answer may have to wait for the lines after it.

    \b
    Exit codes: 0 all answered, 1 any answer is an error.
    """
    from verifier.api import ask_of
    from verifier.base.errors import Severity
    from verifier.bulk.documents import read_lines
    from verifier.cli.batch_lines import answers, item_of
    from verifier.cli.inputs import strictly
    from verifier.cli.options import means

    ask = ask_of(timeout, encoding, world, reading)
    counter, failed = Counter(), False
    warned: list[Severity] = []
    items = (item_of(line, number, max_size) for number, line in read_lines(sys.stdin.buffer, max_size))
    with means(jobs, dask, cache) as by, contextlib.closing(answers(items, ask, by)) as found:
        for answer in found:
            failed = failed or "error" in answer
            warned += [Severity(warning["severity"]) for warning in answer.get("warnings", ()) if strict]
            print(json_text(answer), flush=True)
            counter.count()
    counter.clear()
    raise typer.Exit(strictly(ExitCode.NO if failed else ExitCode.YES, warned, strict=strict))


class Counter:
    """How many questions are answered, on standard error where that is a terminal and the answers go elsewhere."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._count = 0
        self._last = 0.0

    def count(self) -> None:
        """Count one answer."""
        self._count += 1
        if self._shown and (now := time.monotonic()) - self._last >= _SECONDS_BETWEEN:
            self._last = now
            print(f"\r{self._count:,} answered", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Replace the running count by the last one."""
        if self._shown:
            print(f"\r{self._count:,} answered", file=sys.stderr, flush=True)
