"""What `make demo` shows: a boundary with a hole, the request that escapes, and the proof once the hole is closed.

The commands, and the exit codes that belong to them, are those of `examples/john-and-jane`. Exits 0 iff each exits as
expected there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "john-and-jane"
# What is shown, by its beginning in the file `command`, and what to say before.
SHOWN = {
    "verifier prove --policy any-policy.json --boundary john-boundary-loose.json": (
        "John may get any policy. Does this boundary keep him within S3 and DynamoDB? It has one wildcard too many:"
    ),
    "verifier prove --policy any-policy.json --boundary john-boundary.json": (
        "The same question with the wildcard closed. The answer is a proof, for every request that can be made:"
    ),
}
NEXT = """
Now ask about a policy of your own:

  . .venv/bin/activate
  verifier prove my-policy.json --maximum aws:PowerUserAccess

`verifier` alone lists the commands. The documents of this answer are in examples/john-and-jane/.
"""


def main() -> int:
    """Run the commands one after the other; return 0 iff each exits as expected."""
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}", "PAGER": "cat"}
    commands = (EXAMPLE / "command").read_text(encoding="utf-8").splitlines()
    expected = json.loads((EXAMPLE / "expected").read_text(encoding="utf-8"))
    surprises = 0
    for beginning, said in SHOWN.items():
        number, command = next((at, one) for at, one in enumerate(commands) if one.startswith(f"{beginning} "))
        print(f"\n{said}\n\n$ {command}", flush=True)
        shell = ["/bin/sh", "-c", command]
        code = subprocess.run(shell, cwd=EXAMPLE, env=environment, check=False).returncode  # noqa: S603 - our example
        if code != expected[number]["exit"]:
            print(f"exit code {code}, expected {expected[number]['exit']}", file=sys.stderr)
            surprises += 1
    print(NEXT)
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
