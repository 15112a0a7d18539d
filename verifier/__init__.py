"""Prove what AWS IAM policies can never do.

    from verifier import Policy, prove
    verdict = prove(policies=[Policy.load("p.json")], boundary=Policy.load("b.json"), maximum=Policy.load("m.json"))

Names are imported when they are first used, so that `import verifier` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.api import confine, diff, differences, evaluate, explain, prove, repair, simplify
    from verifier.bulk.sweep import Swept, sweep
    from verifier.checks.check import check
    from verifier.checks.outcome import Checked, Finding, Outcome, Status
    from verifier.errors import (
        CacheError,
        InputError,
        PolicyError,
        RequestError,
        UsageError,
        VerifierError,
        WorkersError,
    )
    from verifier.explorer.explore import explore
    from verifier.explorer.explorer import Explorer, NoOther
    from verifier.explorer.order import containment_order
    from verifier.lines import batch
    from verifier.lint.validate import validate
    from verifier.mend.repaired import Repaired, RepairOutcome
    from verifier.mend.simplified import Redundancy, Simplified
    from verifier.policy.syntax import Policy, Severity
    from verifier.questions.limits import Encoding
    from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided, Verdict
    from verifier.regions.region import Region, Regions
    from verifier.scaling.growth import growth
    from verifier.semantics.evaluate import Decision, Evaluation
    from verifier.semantics.request import Request
    from verifier.why.explanation import Explanation, WhyAllowed, WhyContained, WhyDifferent

__all__ = [
    "CacheError",
    "Checked",
    "Contained",
    "Decision",
    "Difference",
    "Encoding",
    "Escapes",
    "Evaluation",
    "Explanation",
    "Explorer",
    "Finding",
    "InputError",
    "NoOther",
    "Outcome",
    "Policy",
    "PolicyError",
    "Redundancy",
    "Region",
    "Regions",
    "Relation",
    "RepairOutcome",
    "Repaired",
    "Request",
    "RequestError",
    "Severity",
    "Simplified",
    "Status",
    "Swept",
    "Undecided",
    "UsageError",
    "Verdict",
    "VerifierError",
    "WhyAllowed",
    "WhyContained",
    "WhyDifferent",
    "WorkersError",
    "batch",
    "check",
    "confine",
    "containment_order",
    "diff",
    "differences",
    "evaluate",
    "explain",
    "explore",
    "growth",
    "prove",
    "repair",
    "simplify",
    "sweep",
    "validate",
]

_HOMES = {
    "verifier.api": (
        "confine",
        "diff",
        "differences",
        "evaluate",
        "explain",
        "prove",
        "repair",
        "simplify",
    ),
    "verifier.bulk.sweep": ("Swept", "sweep"),
    "verifier.checks.check": ("check",),
    "verifier.checks.outcome": ("Checked", "Finding", "Outcome", "Status"),
    "verifier.errors": (
        "CacheError",
        "InputError",
        "PolicyError",
        "RequestError",
        "UsageError",
        "VerifierError",
        "WorkersError",
    ),
    "verifier.why.explanation": ("Explanation", "WhyAllowed", "WhyContained", "WhyDifferent"),
    "verifier.explorer.explore": ("explore",),
    "verifier.explorer.explorer": ("Explorer", "NoOther"),
    "verifier.scaling.growth": ("growth",),
    "verifier.explorer.order": ("containment_order",),
    "verifier.lines": ("batch",),
    "verifier.lint.validate": ("validate",),
    "verifier.mend.repaired": ("RepairOutcome", "Repaired"),
    "verifier.mend.simplified": ("Redundancy", "Simplified"),
    "verifier.policy.syntax": ("Policy", "Severity"),
    "verifier.questions.limits": ("Encoding",),
    "verifier.questions.verdict": ("Contained", "Difference", "Escapes", "Relation", "Undecided", "Verdict"),
    "verifier.regions.region": ("Region", "Regions"),
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
