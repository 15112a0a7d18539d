"""A compared document with one version that only denies: what others allow with it changes too.

AWS attaches its full access to an SCP that only denies, and others allow with any that does. By itself
such a document allows nothing, so a comparison of what each version allows would miss what is gained.
"""

from __future__ import annotations

from dataclasses import replace

from verifier.clouds.aws.policy.organisation import is_rcp, only_denies
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.actions import Effect
from verifier.questions.alone import alone
from verifier.questions.ask import Ask
from verifier.questions.diff import diff
from verifier.questions.question import AloneQuestion, DiffQuestion
from verifier.questions.verdict import Difference
from verifier.questions.worlds import show


def gained_beside(old: Policy, new: Policy, ask: Ask) -> Difference | None:
    """Return how the versions differ beside AWS's full access, where only one of them has an Allow; None otherwise.

    What the old one denied, and the new one does not, is gained. A new one that only denies is compared as an SCP.
    """
    before, after = only_denies((old,)), only_denies((new,))
    if before is after or is_rcp(old) or is_rcp(new):
        return None
    if after:
        return diff(DiffQuestion(old, new, PolicyType.SCP), ask, show)
    denials = tuple(statement for statement in new.statements if statement.effect is Effect.DENY)
    if not denials:
        return alone(AloneQuestion(old, appeared=False), ask, show)
    return diff(DiffQuestion(old, replace(new, statements=denials)), ask, show)
