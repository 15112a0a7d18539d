"""How every test runs: the two profiles of the property tests.

`ci` (the default) is short and always draws the same examples. `long` draws many, new ones each time, and prints how to
draw a failing one again; choose it with `--hypothesis-profile=long` or `VERIFIER_PROFILE=long`.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

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
settings.load_profile(os.environ.get("VERIFIER_PROFILE", "ci"))
