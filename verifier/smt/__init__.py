"""The only place that knows a solver: encode, solve, decode, export. Start at `solve.py`.

Z3's Python package looks for its library in the working directory first, and what lies there may be a stranger's. A
builtin name tells it where to look instead (`z3core.py`): in its own folder, and in `lib` of the Python that runs.
"""

import builtins
import importlib.util
import sys
from pathlib import Path


def _own_library_first() -> None:
    spec = importlib.util.find_spec("z3")
    if spec is None or spec.origin is None or hasattr(builtins, "Z3_LIB_DIRS"):
        return
    package = Path(spec.origin).parent
    folders = [package / "lib", package, Path(sys.prefix) / "lib"]
    builtins.Z3_LIB_DIRS = [str(folder) for folder in folders]  # type: ignore[attr-defined]  # Z3 reads it there


_own_library_first()
