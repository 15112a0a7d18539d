"""How every test runs: the profiles of the property tests.

`ci` (the default) is short and always draws the same examples. `long` draws many, new ones each time, and prints how to
draw a failing one again; choose it with `--hypothesis-profile=long` or `VERIFIER_PROFILE=long`. `mutants` draws few:
`make mutants` runs the tests thousands of times.

Time limits are counted in tests, not timed: each look at the clock of `base/budget.py` is a moment later than the last,
so that a limit is reached after as many steps on every machine. Only processes of their own have the machine's clock.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "ci",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "mutants",
    parent=settings.get_profile("ci"),
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],  # a failure is enough: it is not made smaller
)
settings.load_profile(os.environ.get("VERIFIER_PROFILE", "ci"))

LOOK = 100e-6


@pytest.fixture(scope="session", autouse=True)
def counted_time() -> Iterator[None]:
    """A clock that tells how often it was looked at."""
    looks = itertools.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.base.budget.monotonic", lambda: next(looks) * LOOK)
        patch.setattr("verifier.base.budget._GRACE", 3_600.0)  # of the machine's clock
        yield
