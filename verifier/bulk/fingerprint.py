"""Which verifier this is: what an answer may depend on besides the question.

An answer of another installation is not used: neither one that a cache remembers, nor one of a worker elsewhere. The
version alone would not do, for a checkout that is worked on keeps its version for long.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from verifier.base.grammar import grammar_folder
from verifier.known_clouds import clouds
from verifier.version import VERSION

_ROOT = Path(__file__).parent.parent
_GRAMMAR = "grammar"


@cache
def installed() -> str:
    """Return the versions of verifier, Z3, catalogue and Python, and a digest of the code, as one text."""
    parts = (
        f"verifier {VERSION}",
        f"z3 {_version('z3-solver')}",
        *(str(cloud.origin) for cloud in clouds()),
        f"python {sys.version_info.major}.{sys.version_info.minor}",
        f"code {_digest()}",
    )
    return "; ".join(parts)


def _digest() -> str:
    """A digest of all that decides answers, the same for a checkout and a wheel made of it."""
    files = [path for kind in ("*.py", "*.tsv") for path in _ROOT.rglob(kind)]
    named = [(path.relative_to(_ROOT).as_posix(), path) for path in files]
    grammar = grammar_folder()
    files = [path for kind in ("*.lark", "tables/*.json") for path in grammar.glob(kind)]
    named += [(f"{_GRAMMAR}/{path.relative_to(grammar).as_posix()}", path) for path in files]
    digest = hashlib.sha256()
    for name, path in sorted(named):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed)"
