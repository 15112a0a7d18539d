"""Which tests `make test` runs, and which the rest are: `suites.json`.

    python -m tests.suites quick    the paths of the quick suite, for pytest
    python -m tests.suites rest     those of the rest

A test file belongs to the suite of the longest path above it. Those of `both` run in each: quickly, and with more
examples.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.commands import ROOT

SUITES: dict[str, list[str]] = json.loads((ROOT / "tests" / "suites.json").read_text(encoding="utf-8"))


def suite_of(file: str) -> str:
    """The suite of a test file, by its path in the checkout."""
    parents = {file, *(parent.as_posix() for parent in Path(file).parents)}
    above = [(len(path), suite) for suite, paths in SUITES.items() for path in paths if path in parents]
    return max(above)[1]


def files() -> Iterator[str]:
    """Every test file of the checkout."""
    yield from sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))


def arguments(suite: str) -> list[str]:
    """What pytest is given for `quick` or `rest`."""
    if suite == "quick":
        return [*SUITES["quick"], *SUITES["both"]]
    return ["tests", *(f"--ignore={path}" for path in SUITES["quick"])]


if __name__ == "__main__":
    print(" ".join(arguments(sys.argv[1])))  # noqa: T201 - what a Makefile reads
