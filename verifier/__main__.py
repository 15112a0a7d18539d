"""`python -m verifier` is the command `verifier`, except where Python looks first: in the working directory.

A checkout of somebody else may hold a `json.py`. From here on nothing is imported from there, but it comes too late for
what `-m` itself imports, and for a folder `verifier`: only `verifier` and `python -P -m verifier` never look there.
"""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]
    from verifier.cli import main

    main()
