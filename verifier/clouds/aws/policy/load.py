"""Files to policies."""

from __future__ import annotations

from os import PathLike

from verifier.base.read_file import read_source
from verifier.clouds.aws.policy.parse import parse_level_source, parse_source
from verifier.clouds.aws.policy.syntax import Policy


def load(path: str | PathLike[str]) -> Policy:
    """Return the policy in the file at `path`; `-` is standard input. Raises UsageError or PolicyError."""
    return parse_source(read_source(path))


def load_level(path: str | PathLike[str]) -> tuple[Policy, ...]:
    """Return the documents of the level in the file at `path`: one, or a list. Raises UsageError or PolicyError."""
    return parse_level_source(read_source(path))
