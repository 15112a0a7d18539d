"""Prove what AWS IAM policies can never do.

    from verifier import Policy, prove
    verdict = prove(policies=[Policy.load("p.json")], boundary=Policy.load("b.json"), maximum=Policy.load("m.json"))

Names are imported when they are first used, so that `import verifier` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.api import confine, diff, evaluate, prove, prove_needs, repair, simplify
    from verifier.api_account import audit, can, who
    from verifier.api_delegation import delegate, repair_delegation, write_delegation
    from verifier.api_explain import differences, explain
    from verifier.api_sweep import sweep
    from verifier.audits.access import Access, AccessVerdict, CallerAccess
    from verifier.audits.finding import Audited, AuditFinding
    from verifier.base.errors import (
        CacheError,
        InputError,
        PolicyError,
        RequestError,
        Severity,
        UsageError,
        VerifierError,
        WorkersError,
    )
    from verifier.bulk.sweep import Swept
    from verifier.checks.check import check
    from verifier.checks.outcome import Checked, Finding, Outcome, Status
    from verifier.cli.batch_lines import batch
    from verifier.clouds.aws.account.model import Account
    from verifier.clouds.aws.audit.can import Can
    from verifier.clouds.aws.lint.lint import validate
    from verifier.clouds.aws.managed.presets import Preset, presets
    from verifier.clouds.aws.managed.shipped import ManagedPolicy, managed_policies
    from verifier.clouds.aws.policy.syntax import Policy
    from verifier.clouds.aws.request import Request
    from verifier.clouds.evaluation import Evaluation
    from verifier.clouds.trace import Decision
    from verifier.explanations.explanation import Explanation, WhyAllowed, WhyContained, WhyDifferent
    from verifier.explorer.explorer import Explorer, NoOther, explore
    from verifier.explorer.order import containment_order
    from verifier.questions.ask import Encoding
    from verifier.questions.verdict import (
        Contained,
        Difference,
        Escapes,
        Granted,
        Missing,
        Relation,
        Undecided,
        Verdict,
    )
    from verifier.regions.region import Region, Regions
    from verifier.repairs.repair import Repaired, RepairOutcome
    from verifier.scaling.growth import growth
    from verifier.simplification.level import SimplifiedLevel
    from verifier.simplification.simplified import Redundancy, Simplified

__all__ = [
    "Access",
    "AccessVerdict",
    "Account",
    "AuditFinding",
    "Audited",
    "CacheError",
    "CallerAccess",
    "Can",
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
    "Granted",
    "InputError",
    "ManagedPolicy",
    "Missing",
    "NoOther",
    "Outcome",
    "Policy",
    "PolicyError",
    "Preset",
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
    "SimplifiedLevel",
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
    "audit",
    "batch",
    "can",
    "check",
    "confine",
    "containment_order",
    "delegate",
    "diff",
    "differences",
    "evaluate",
    "explain",
    "explore",
    "growth",
    "managed_policies",
    "presets",
    "prove",
    "prove_needs",
    "repair",
    "repair_delegation",
    "simplify",
    "sweep",
    "validate",
    "who",
    "write_delegation",
]

_HOMES = {
    "verifier.api": (
        "confine",
        "diff",
        "evaluate",
        "prove",
        "prove_needs",
        "repair",
        "simplify",
    ),
    "verifier.api_account": ("audit", "can", "who"),
    "verifier.audits.access": ("Access", "AccessVerdict", "CallerAccess"),
    "verifier.audits.finding": ("AuditFinding", "Audited"),
    "verifier.clouds.aws.account.model": ("Account",),
    "verifier.clouds.aws.audit.can": ("Can",),
    "verifier.api_delegation": ("delegate", "repair_delegation", "write_delegation"),
    "verifier.api_explain": ("differences", "explain"),
    "verifier.api_sweep": ("sweep",),
    "verifier.bulk.sweep": ("Swept",),
    "verifier.checks.check": ("check",),
    "verifier.checks.outcome": ("Checked", "Finding", "Outcome", "Status"),
    "verifier.base.errors": (
        "CacheError",
        "InputError",
        "PolicyError",
        "RequestError",
        "Severity",
        "UsageError",
        "VerifierError",
        "WorkersError",
    ),
    "verifier.explanations.explanation": ("Explanation", "WhyAllowed", "WhyContained", "WhyDifferent"),
    "verifier.explorer.explorer": ("Explorer", "NoOther", "explore"),
    "verifier.scaling.growth": ("growth",),
    "verifier.explorer.order": ("containment_order",),
    "verifier.cli.batch_lines": ("batch",),
    "verifier.clouds.aws.lint.lint": ("validate",),
    "verifier.repairs.repair": ("RepairOutcome", "Repaired"),
    "verifier.simplification.level": ("SimplifiedLevel",),
    "verifier.simplification.simplified": ("Redundancy", "Simplified"),
    "verifier.clouds.aws.managed.presets": ("Preset", "presets"),
    "verifier.clouds.aws.managed.shipped": ("ManagedPolicy", "managed_policies"),
    "verifier.clouds.aws.policy.syntax": ("Policy",),
    "verifier.questions.ask": ("Encoding",),
    "verifier.questions.verdict": (
        "Contained",
        "Difference",
        "Escapes",
        "Granted",
        "Missing",
        "Relation",
        "Undecided",
        "Verdict",
    ),
    "verifier.regions.region": ("Region", "Regions"),
    "verifier.clouds.evaluation": ("Evaluation",),
    "verifier.clouds.trace": ("Decision",),
    "verifier.clouds.aws.request": ("Request",),
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
