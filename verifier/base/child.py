"""What runs first in a process of our own, as a script under `python -P` (`processes.py` starts it).

    python -P child.py LIFELINE MODULE [ARGUMENT...]

It takes for `verifier` the package above it, so that a process is never of another installation than its parent,
and calls `main` of MODULE with the arguments. It ends at once when its parent is gone, however that ended: only the
parent holds the other end of the pipe whose descriptor is LIFELINE, and never writes to it.
"""

import importlib.util
import os
import sys
import threading
from pathlib import Path


def main() -> None:
    """Be the process that the arguments name."""
    lifeline, module, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(int(lifeline),), daemon=True).start()
    _find_package()
    importlib.import_module(module).main(*arguments)


def _end_with_parent(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(1)


def _find_package() -> None:
    folder = Path(__file__).parent.parent
    spec = importlib.util.spec_from_file_location(
        "verifier", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["verifier"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


if __name__ == "__main__":
    main()
