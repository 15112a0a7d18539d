"""`verifier batch`: JSON Lines in, JSON Lines out (`verifier/lines.py`)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

import typer

from verifier.cli.codes import ExitCode
from verifier.cli.options import DEFAULT_MAX_SIZE, EncodingOption, MaxSize, Timeout
from verifier.questions.limits import Encoding

EXAMPLES = """\b
Examples:
  verifier batch < questions.jsonl > answers.jsonl

\b
Questions:
  {"id": 1, "ask": "prove", "policies": [{...}], "maximum": {...}}
  {"id": 2, "ask": "diff", "old": {...}, "new": {...}}
  {"id": 3, "ask": "confine", "document": {...}, "services": ["s3"]}
  {"id": 4, "ask": "evaluate", "policies": [{...}], "request": {...}}
"""

_CHUNK = 1024 * 1024
_SECONDS_BETWEEN = 0.1


def batch(
    timeout: Timeout = 10.0, encoding: EncodingOption = Encoding.FAST, max_size: MaxSize = DEFAULT_MAX_SIZE
) -> None:
    """Answer many questions: JSON Lines on standard input.

    One JSON answer a line on standard output, in order. A line that is no
    question is answered with its error, and the next is still answered. The
    documents stand in the line; `prove` and `evaluate` also take `boundary`,
    `session`, `scps` and `rcps`.

    \b
    Exit codes: 0 all answered, 1 any answer is an error.
    """
    from verifier.api import limits_of
    from verifier.lines import answer_line, too_large

    limits = limits_of(timeout, encoding)
    counter, failed = Counter(), False
    for number, line in read_lines(sys.stdin.buffer, max_size):
        answer = too_large(number, max_size) if line is None else answer_line(line, number, limits)
        failed = failed or "error" in answer
        print(json.dumps(answer), flush=True)
        counter.count()
    counter.clear()
    raise typer.Exit(ExitCode.NO if failed else ExitCode.YES)


def read_lines(file: BinaryIO, max_size: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not blank, numbered from 1; None stands for one of more than `max_size` bytes."""
    number = 0
    while line := file.readline(max_size + 1):
        number += 1
        large = len(line) > max_size and not line.endswith(b"\n")
        while large and (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
            pass
        if large:
            yield number, None
        elif line.strip():
            yield number, line


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
