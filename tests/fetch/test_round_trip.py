"""An account that was written to AWS over HTTP is fetched back as it was written."""

from __future__ import annotations

from pathlib import Path

from tests.fetch.seeding import fetched, seed_everything, seeded


def test_what_was_written_is_fetched(fetch, aws, tmp_path: Path):
    seed_everything()
    done = fetch()
    assert done.err == ""
    assert done.code == 0
    assert fetched(tmp_path / "account") == seeded()
