"""What `[tool.mutmut]` names is there: a folder that moves, or a test that is renamed, is not left out in silence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]


def test_every_pattern_is_of_modules() -> None:
    assert not [pattern for pattern in SETTINGS["only_mutate"] if not any(ROOT.glob(pattern))]


def test_every_test_is_there() -> None:
    for named in SETTINGS["pytest_add_cli_args_test_selection"]:
        path, _, name = named.removeprefix("--deselect=").partition("::")
        assert (ROOT / path).exists(), named
        assert not name or f"def {name.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8"), named
