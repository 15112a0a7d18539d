"""How many examples a law draws that is dearer or cheaper than others: a share of those of the profile (`conftest.py`).

So every profile draws more or fewer of each law, and the dear ones do not take most of the time.
"""

from __future__ import annotations

from hypothesis import settings


def share(times: float) -> settings:
    """Return the settings under which a law draws `times` as many examples as the profile says."""
    return settings(max_examples=max(1, round(settings().max_examples * times)))
