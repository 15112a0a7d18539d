"""verifier: every document of a folder parsed and validated, with `validate`.

Called as `python verifier_scan.py FOLDER`; prints how many it scanned, and how many warnings there were.
"""

import json
import sys
from pathlib import Path

from verifier import Policy, validate

count = findings = 0
for path in sorted(Path(sys.argv[1]).rglob("*.json")):
    count += 1
    findings += len(list(validate(Policy.load(path))))
print(json.dumps({"documents": count, "findings": findings, "failed": 0}))
