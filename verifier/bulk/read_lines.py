"""Lines of a file, each within a bound, so that no input can fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1024 * 1024


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
