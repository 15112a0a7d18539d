"""The clock of the tests, in this process and in each that it starts: it counts, so that nothing depends on speed.

Each look at the clock of `verifier/base/budget.py` is a moment later than the last, so that a limit is reached after as
many steps on every machine. What only the machine's clock can end (Z3, and processes) may take an hour: nothing but
what hangs takes as long. What is replaced is `__wrapped__` in its replacement.

Python imports a `sitecustomize` when it starts, and `tests/conftest.py` puts this folder on PYTHONPATH. Nothing else is
imported here: a module that is there already would not be missed where it is imported from the wrong place.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from typing import Any

LOOK = 100e-6
PATIENCE = 3_600.0


def _budget(module: Any) -> None:
    looks = itertools.count()
    module.monotonic = lambda: next(looks) * LOOK
    module._GRACE = PATIENCE


def _process(module: Any) -> None:
    solve = module.solve_script

    def solve_script(script: Any, constants: Any, budget: Any) -> Any:
        return solve(script, constants, module.Budget(budget.end + PATIENCE, budget.seconds))

    solve_script.__wrapped__ = solve  # type: ignore[attr-defined]  # as `functools.wraps` does
    module.solve_script = solve_script


def _lazy_loop(module: Any) -> None:
    check = module.guarded_check

    def guarded_check(solver: Any, seconds: float) -> Any:
        return check(solver, seconds and PATIENCE)

    guarded_check.__wrapped__ = check  # type: ignore[attr-defined]  # as above
    module.guarded_check = guarded_check


def _patient(name: str) -> Callable[[Any], None]:
    return lambda module: setattr(module, name, PATIENCE)


CHANGES: dict[str, Callable[[Any], None]] = {
    "verifier.base.budget": _budget,
    "verifier.smt.process": _process,
    "verifier.smt.lazy_loop": _lazy_loop,
    "verifier.bulk.pool": _patient("MARGIN_SECONDS"),
    "verifier.bulk.cache": _patient("_BUSY_SECONDS"),
    "verifier.bulk.cluster": _patient("_SECONDS"),
}


class Changing:
    """Finds the modules of `CHANGES` where they are, and changes each once it has been read."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        """Return the specification of a module that is changed; None for others."""
        if name not in CHANGES:
            return None
        others = (finder for finder in sys.meta_path if getattr(finder, "__name__", "") == "PathFinder")
        spec = next(others).find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def changed(module: Any) -> None:
                execute(module)
                CHANGES[name](module)

            spec.loader.exec_module = changed  # type: ignore[method-assign]  # of this loader, which reads one module
        return spec


def installed() -> bool:
    """Tell whether the modules of this process are changed already."""
    return any(getattr(finder, "__name__", "") == Changing.__name__ for finder in sys.meta_path)


def install() -> None:
    """Change the modules as they are imported, once."""
    if not installed():
        sys.meta_path.insert(0, Changing)  # type: ignore[arg-type]  # a class is enough


if os.environ.get("VERIFIER_SLOW") and not installed():
    sys.path.append(os.path.dirname(__file__))  # noqa: PTH120 - `pathlib` would be there already
    import slow

    SLOWER = slow.changes(float(os.environ["VERIFIER_SLOW"]))
    for name in SLOWER.keys() & sys.modules.keys():
        SLOWER.pop(name)(sys.modules[name])
    CHANGES |= SLOWER
install()
