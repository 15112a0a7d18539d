"""Prove what AWS IAM policies can never do.

    from verifier import Policy, prove
    verdict = prove(policies=[Policy.load("p.json")], boundary=Policy.load("b.json"), maximum=Policy.load("m.json"))

Names are imported when they are first used, so that `import verifier` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.api import confine, diff, evaluate, prove
    from verifier.bulk.sweep import Swept, sweep
    from verifier.errors import (
        CacheError,
        InputError,
        PolicyError,
        RequestError,
        UsageError,
        VerifierError,
        WorkersError,
    )
    from verifier.lines import batch
    from verifier.policy.syntax import Policy
    from verifier.questions.limits import Encoding
    from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided, Verdict
    from verifier.semantics.evaluate import Decision, Evaluation
    from verifier.semantics.request import Request

__all__ = [
    "CacheError",
    "Contained",
    "Decision",
    "Difference",
    "Encoding",
    "Escapes",
    "Evaluation",
    "InputError",
    "Policy",
    "PolicyError",
    "Relation",
    "Request",
    "RequestError",
    "Swept",
    "Undecided",
    "UsageError",
    "Verdict",
    "VerifierError",
    "WorkersError",
    "batch",
    "confine",
    "diff",
    "evaluate",
    "prove",
    "sweep",
]

_HOMES = {
    "verifier.api": ("confine", "diff", "evaluate", "prove"),
    "verifier.bulk.sweep": ("Swept", "sweep"),
    "verifier.errors": (
        "CacheError",
        "InputError",
        "PolicyError",
        "RequestError",
        "UsageError",
        "VerifierError",
        "WorkersError",
    ),
    "verifier.lines": ("batch",),
    "verifier.policy.syntax": ("Policy",),
    "verifier.questions.limits": ("Encoding",),
    "verifier.questions.verdict": ("Contained", "Difference", "Escapes", "Relation", "Undecided", "Verdict"),
    "verifier.semantics.evaluate": ("Decision", "Evaluation"),
    "verifier.semantics.request": ("Request",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'verifier' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
