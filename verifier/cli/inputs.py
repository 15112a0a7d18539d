"""Reading the documents that a command names: files, or `-` for standard input, once at most.

Warnings about documents are printed to standard error as soon as they are known.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from verifier.dataclass import dataclass
from verifier.errors import UsageError
from verifier.policy.load import MAX_SIZE, read_source
from verifier.policy.organisation import only_denies
from verifier.policy.parse import parse_level_source, parse_source
from verifier.policy.syntax import Policy
from verifier.policy.syntax import Warning as PolicyWarning
from verifier.source import Source

if TYPE_CHECKING:
    from verifier.semantics.request import Request


@dataclass
class Inputs:
    """The documents of one call; `max_size` bounds each of them, in bytes. Every method raises InputError."""

    max_size: int = MAX_SIZE
    _stdin_read: bool = field(default=False, init=False)
    _warned: set[str] = field(default_factory=set, init=False)

    def policy(self, path: str) -> Policy:
        """Return the policy in the file `path`."""
        source = self._source(path)
        policy = parse_source(source)
        self._warn(source, policy.warnings)
        return policy

    def policies(self, paths: Sequence[str] | None) -> tuple[Policy, ...]:
        """Return the policies in the files `paths`."""
        return tuple(map(self.policy, paths or ()))

    def optional(self, path: str | None) -> Policy | None:
        """Return the policy in the file `path`, or None where no path is given."""
        return None if path is None else self.policy(path)

    def levels(self, paths: Sequence[str] | None) -> tuple[tuple[Policy, ...], ...]:
        """Return the levels in the files `paths`, each a document or a list of them."""
        sources = map(self._source, paths or ())
        return tuple(self._level(source) for source in sources)

    def request(self, path: str) -> Request:
        """Return the request in the file `path`."""
        from verifier.semantics.read_request import read_request_source

        return read_request_source(self._source(path))

    def _source(self, path: str) -> Source:
        if path == "-":
            if self._stdin_read:
                raise UsageError("standard input can be read once only", mend="give `-` for one document at most")
            self._stdin_read = True
        return read_source(path, self.max_size)

    def _level(self, source: Source) -> tuple[Policy, ...]:
        level = parse_level_source(source)
        warnings = [warning for policy in level for warning in policy.warnings]
        if level and only_denies(level):
            message = "the level only denies: it is taken as beside FullAWSAccess, as AWS attaches it"
            warnings.append(PolicyWarning(message, level[0].statements[0].span))
        self._warn(source, warnings)
        return level

    def _warn(self, source: Source, warnings: Sequence[PolicyWarning]) -> None:
        """Print `warnings`, once for each file."""
        if warnings and source.name not in self._warned:
            from verifier.report.diagnostics import warnings_text
            from verifier.report.style import style_of

            self._warned.add(source.name)
            print(warnings_text(source, warnings, style_of(sys.stderr)), file=sys.stderr)
