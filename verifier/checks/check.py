"""`check`: the rules of a configuration, asked about a repository, as the package offers it."""

from __future__ import annotations

import os
from pathlib import Path

from verifier.api import PathName, ReadingName, ask_of
from verifier.checks.outcome import Checked
from verifier.checks.run import run
from verifier.checks.situation import Wanted, repository_of, situation_of


def check(
    config: PathName | None = None,
    base: str | None = None,
    *,
    baseline: PathName | None = None,
    strict: bool = False,
    timeout: float = 10.0,
    reading: ReadingName = "all",
) -> Checked:
    """Return what comes of all rules of a configuration, in the repository that holds the working directory.

    `config` is a file, looked for from the working directory upwards unless given. `base` is the revision that a change
    is held against, `baseline` a file of findings that are accepted; with `strict` every rule fails on warnings.
    `timeout` is in seconds, for each document; `reading` is that of `prove`. A rule or document that cannot be read is
    in the result. Raises UsageError where nothing can be asked: no configuration or a broken one, no such revision.
    """
    ask = ask_of(timeout, "fast", reading=reading)
    wanted = Wanted(_named(config), base, _named(baseline), strict=strict)
    return run(situation_of(repository_of(Path.cwd()), wanted, ask))


def _named(path: PathName | None) -> str | None:
    return None if path is None else os.fspath(path)
