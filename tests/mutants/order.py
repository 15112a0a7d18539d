"""The order of the tests where one failure is enough: what takes longest comes last."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that ask Z3 last, and before them those that draw their examples."""
    items.sort(key=lambda item: ("smt" in item.path.parts, item.get_closest_marker("hypothesis") is not None))
