"""What was once found wrong, whole: a folder each, with documents, `command` and `expected` (`tests/stories.py`).

A new one needs no code. `why` says in a sentence what the folder shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.stories import Story, check_story, folders_of, stories

FINDINGS = ROOT / "tests" / "findings"


@pytest.mark.parametrize("story", stories(FINDINGS))
def test_a_finding_stays_fixed(story: Story, tmp_path: Path) -> None:
    check_story(story, tmp_path)


def test_every_finding_says_what_it_shows() -> None:
    folders = [path for path in FINDINGS.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert sorted(folders) == folders_of(FINDINGS)
    assert all((folder / "why").read_text(encoding="utf-8").strip() for folder in folders)
