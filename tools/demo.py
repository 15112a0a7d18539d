"""What `make demo` shows: John's and Jane's boundaries, then three questions about AWS managed policies.

The commands, and the exit codes that belong to them, are those of the folders in `examples/`. Exits 0 iff every command
exits as expected there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"
SHOWN = {
    "john-and-jane": (
        "whatever policies John and Jane are given, John stays within S3 and DynamoDB",
        "and Jane within CloudWatch and EC2",
        "John's boundary blocks every service but s3 and dynamodb",
        "and Jane's every service but cloudwatch, logs and ec2",
        "with one wildcard too many, John escapes",
        "and that boundary is not confined either",
    ),
    "managed-policies": (
        "is AmazonS3ReadOnlyAccess within AmazonS3FullAccess?",
        "is ReadOnlyAccess within PowerUserAccess?",
        "does SecurityAudit never read contents?",
    ),
}


def main() -> int:
    """Run the commands one after the other; return 0 iff each exits as expected."""
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    surprises = 0
    for name, headings in SHOWN.items():
        folder = EXAMPLES / name
        commands = (folder / "command").read_text(encoding="utf-8").splitlines()
        expected = json.loads((folder / "expected").read_text(encoding="utf-8"))
        for heading, command, entry in zip(headings, commands, expected, strict=False):
            print(f"\n# {name}: {heading}\n$ {command}", flush=True)
            shell = ["/bin/sh", "-c", command]
            code = subprocess.run(shell, cwd=folder, env=environment, check=False).returncode  # noqa: S603 - our examples
            if code != entry["exit"]:
                print(f"exit code {code}, expected {entry['exit']}", file=sys.stderr)
                surprises += 1
    print(f"\nThe documents and more examples are in {EXAMPLES.relative_to(EXAMPLES.parent)}/.")
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
