"""The most memory that this process had, for programs that tests run."""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory() -> int:
    """Return it in KiB. On Linux, `getrusage` says at least what the parent had when it started this process."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    (line,) = (one for one in _STATUS.read_text(encoding="ascii").splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1])
