"""A working directory that wants to run code in whoever works there.

    planted = plant_modules(folder)                     one file for each name that anybody might import
    planted.ran()                                       the names of those that were imported, by whatever process

Each planted file leaves a trace when it is imported, and then ends the import with an error, so that an answer that
still comes has not used it. `tests/test_isolation.py` shows that the traces are there where a process is not protected.
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

# Not in the list of the standard library, but looked for at each start.
_CUSTOM = {"sitecustomize", "usercustomize"}
_MODULE = """\
open({trace!r}, "a").write({name!r} + "\\n")
raise ImportError("planted: " + {name!r})
"""
# What packages look for among the installed distributions: pydantic its plugins, pytest too.
_ENTRY_POINTS = "[pydantic]\nplanted = planted_plugin\n[pytest11]\nplanted = planted_plugin\n"


@dataclass(frozen=True)
class Planted:
    """A folder with planted modules; `trace` is the file in which each names itself when it is imported."""

    folder: Path
    trace: Path

    def ran(self) -> set[str]:
        """Return the names of the planted modules that were imported so far."""
        return set(self.trace.read_text(encoding="utf-8").split()) if self.trace.exists() else set()


def plant_modules(folder: Path, *, but: Collection[str] = ()) -> Planted:
    """Put a module of every name that could be imported into `folder`, but for the names in `but`.

    These are the names of the standard library, of all that is installed, and `verifier`. A file that is there already
    stays as it is. The trace lies beside the folder, not in it.
    """
    planted = Planted(folder, folder.parent / f"{folder.name}.imported")
    for name in sorted(importable() - set(but)):
        path = folder / f"{name}.py"
        if not path.exists():
            path.write_text(_MODULE.format(trace=str(planted.trace), name=name), encoding="utf-8")
    distribution = folder / "planted-1.0.dist-info"
    distribution.mkdir(exist_ok=True)
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 1.0\n", encoding="utf-8")
    (distribution / "entry_points.txt").write_text(_ENTRY_POINTS, encoding="utf-8")
    return planted


def importable() -> set[str]:
    """Return the top-level names that a process of ours, or of the libraries that it uses, could ask for."""
    installed = {name for name in importlib.metadata.packages_distributions() if name.isidentifier()}
    return set(sys.stdlib_module_names) | installed | _CUSTOM | {"verifier", "planted_plugin"}
