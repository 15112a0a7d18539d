"""cloudsplaining: every document of a folder scanned, by the function of `cloudsplaining scan-policy-file`.

Called as `python cloudsplaining_scan.py FOLDER`, in an environment with cloudsplaining; prints how many it scanned, and
how many findings there were.
"""

import json
import sys
from pathlib import Path

from cloudsplaining.command.scan_policy_file import scan_policy  # type: ignore[import-not-found]

count = findings = failed = 0
for path in sorted(Path(sys.argv[1]).rglob("*.json")):
    count += 1
    try:
        found = scan_policy(json.loads(path.read_text(encoding="utf-8")))
        findings += sum(
            bool(part["findings"]) for part in found.values() if isinstance(part, dict) and "findings" in part
        )
    except Exception:  # noqa: BLE001 - whatever a peer raises is counted
        failed += 1
print(json.dumps({"documents": count, "findings": findings, "failed": failed}))
