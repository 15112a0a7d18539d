"""How every test runs: the profiles of the property tests.

`ci` (the default) is short and always draws the same examples; `quick`, that of `make test`, draws fewer. `long` draws
many, new ones each time, and prints how to draw a failing one again; choose it with `--hypothesis-profile=long` or
`VERIFIER_PROFILE=long`. `mutants` draws few: `make mutants` runs the tests thousands of times.

Time limits are counted in tests, not timed, also in the processes that they start (`clock/sitecustomize.py`). Ctrl-C
reaches those processes even where a shell started the tests in the background, which ignores it.
"""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, Phase, settings

from tests.clock import sitecustomize
from tests.commands import python_path

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sitecustomize.install()
os.environ["PYTHONPATH"] = python_path(*filter(None, [os.environ.get("PYTHONPATH")]))

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
settings.register_profile("quick", parent=settings.get_profile("ci"), max_examples=15)
settings.register_profile(
    "mutants",
    parent=settings.get_profile("ci"),
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],  # a failure is enough: it is not made smaller
)
settings.load_profile(os.environ.get("VERIFIER_PROFILE", "ci"))
