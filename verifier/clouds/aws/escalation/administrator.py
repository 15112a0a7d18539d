"""Where climbing ends if no maximum says it: at an administrator.

    below_administrator    the maximum of everybody who is none

Whoever may change IAM as he likes can give himself everything else. What shows it is a request that nobody is allowed
but by an Allow with a wildcard: for an action that works on the account as a whole, that nobody needs, and that no
document spells out. Several are asked about, since a Deny with a wildcard may take away some of them. An SCP that keeps
everybody from one action makes nobody less of an administrator, as it would if all actions were asked about.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.clouds.aws.delegation.account_invariant import AccountFacts
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.proof import top_of
from verifier.clouds.aws.policy.syntax import Policy

_OF_THE_ACCOUNT = (
    "iam:CreateAccountAlias",
    "iam:UpdateAccountPasswordPolicy",
    "iam:SetSecurityTokenServicePreferences",
)


def below_administrator(facts: AccountFacts, documents: Iterable[Policy]) -> Policy:
    """Return the maximum that administrators exceed, in the account of `facts`, which has `documents`."""
    texts = [document.source.text.lower() for document in documents]
    spelled = {action for action in _OF_THE_ACCOUNT if any(action.lower() in text for text in texts)}
    asked = [action for action in _OF_THE_ACCOUNT if action not in spelled] or list(_OF_THE_ACCOUNT)
    return top_of([shape_of([action], facts) for action in asked])
