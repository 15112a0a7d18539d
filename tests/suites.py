"""Which tests run together: `suites.json`.

python -m tests.suites quick    the paths of the quick suite, for pytest: what `make test` runs
python -m tests.suites shown    those of what the documentation shows, which CI asks the wheel
python -m tests.suites own      every other test, the quick ones too, with more examples: what CI asks the checkout
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from tests.commands import ROOT

SUITES: dict[str, list[str]] = json.loads((ROOT / "tests" / "suites.json").read_text(encoding="utf-8"))


def files() -> Iterator[str]:
    """Every test file of the checkout."""
    yield from sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))


def arguments(suite: str) -> list[str]:
    """What pytest is given for `quick`, `shown` or `own`."""
    return SUITES.get(suite) or ["tests", *(f"--ignore={path}" for path in SUITES["shown"])]


if __name__ == "__main__":
    print(" ".join(arguments(sys.argv[1])))  # noqa: T201 - what a Makefile reads
