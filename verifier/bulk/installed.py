"""Which verifier this is: what an answer may depend on beside the question.

versions()       verifier, Z3 and catalogue: two processes that work together must agree on them
installed()      the same, the Python, and a digest of the code itself: answers of another are not used
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from verifier.catalogue.origin import origin
from verifier.policy.grammar import grammar_folder

_ROOT = Path(__file__).parent.parent
_CODE = ("*.py", "*.lark", "*.tsv")


@cache
def versions() -> tuple[str, ...]:
    """Return the versions of verifier, Z3 and the catalogue as texts."""
    return (f"verifier {version('verifier')}", f"z3 {version('z3-solver')}", str(origin()))


@cache
def installed() -> str:
    """Return a text that differs wherever answers could: a checkout that is worked on keeps its version for long."""
    digest = hashlib.sha256()
    for root in (_ROOT, grammar_folder()):
        for path in sorted(path for kind in _CODE for path in root.rglob(kind)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return "; ".join((*versions(), python, digest.hexdigest()))
