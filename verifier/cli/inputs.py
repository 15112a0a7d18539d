"""Reading the documents that a command names: files, or `-` for standard input, once at most.

Whatever cannot be read is a UsageError; what is read is at most `max_size` bytes of UTF-8. Warnings about documents are
printed to standard error as soon as they are known.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import BinaryIO

from verifier.errors import UsageError, quote
from verifier.policy.syntax import Policy
from verifier.report.diagnostics import warnings_text
from verifier.report.style import style_of
from verifier.source import Source, Span

MAX_SIZE = 8 * 1024 * 1024


@dataclass
class Inputs:
    """The documents of one call. `max_size` bounds each of them, in bytes."""

    max_size: int = MAX_SIZE
    _stdin_read: bool = field(default=False, init=False)

    def policy(self, path: str) -> Policy:
        """Return the policy in the file `path`. Raises UsageError and PolicyError."""
        policy = Policy.parse(self.text(path), path)
        if policy.warnings:
            print(warnings_text(policy.source, policy.warnings, style_of(sys.stderr)), file=sys.stderr)
        return policy

    def policies(self, paths: list[str]) -> tuple[Policy, ...]:
        """Return the policies in the files `paths`. Raises UsageError and PolicyError."""
        return tuple(map(self.policy, paths))

    def optional(self, path: str | None) -> Policy | None:
        """Return the policy in the file `path`, or None where no path is given. Raises UsageError and PolicyError."""
        return None if path is None else self.policy(path)

    def text(self, path: str) -> str:
        """Return the text of the file `path`. Raises UsageError where it cannot be read, is too large or no UTF-8."""
        if path != "-":
            try:
                with open(path, "rb") as file:
                    return self._decoded(file, path)
            except (OSError, ValueError) as error:
                raise UsageError(f"cannot read {quote(path)}: {_reason(error)}") from error
        if self._stdin_read:
            raise UsageError("standard input can be read once only", mend="give `-` for one document at most")
        self._stdin_read = True
        return self._decoded(sys.stdin.buffer, path)

    def _decoded(self, file: BinaryIO, path: str) -> str:
        data = file.read(self.max_size + 1)
        if len(data) > self.max_size:
            raise UsageError(f"{quote(path)} is larger than {self.max_size:,} bytes", mend="raise --max-size")
        return decode(data, path)


def decode(data: bytes, name: str) -> str:
    """Return the text of `data`. Raises UsageError at the first byte that is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        source = Source(name, data.decode(errors="replace"))
        span = Span(line, column, line, column + 1)
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise UsageError(message, source=source, span=span, mend="save the file as UTF-8") from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
