"""The examples: every line of `command` is run, in text and in JSON, and compared with its entry in `expected`
(`tests/stories.py`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import ROOT
from tests.stories import Story, check_story, folders_of, stories

EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("story", stories(EXAMPLES))
def test_an_example_is_answered_as_expected(story: Story, tmp_path: Path) -> None:
    assert "answer" in story.expected
    check_story(story, tmp_path)


def test_every_example_tells_its_story() -> None:
    folders = [path for path in EXAMPLES.iterdir() if path.is_dir()]
    assert sorted(folders) == folders_of(EXAMPLES)
    assert all((folder / "README.md").is_file() for folder in folders)
    assert all(each.values[0].line.startswith("verifier ") for each in stories(EXAMPLES))
