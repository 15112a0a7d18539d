"""parliament: every document of a folder analysed, with `analyze_policy_string` as its README says.

Called as `python parliament_scan.py FOLDER`, in an environment with parliament; prints how many it scanned, and how
many findings there were.
"""

import json
import sys
from pathlib import Path

from parliament import analyze_policy_string  # type: ignore[import-not-found]

count = findings = failed = 0
for path in sorted(Path(sys.argv[1]).rglob("*.json")):
    count += 1
    try:
        findings += len(analyze_policy_string(path.read_text(encoding="utf-8")).findings)
    except Exception:  # noqa: BLE001 - whatever a peer raises is counted
        failed += 1
print(json.dumps({"documents": count, "findings": findings, "failed": failed}))
