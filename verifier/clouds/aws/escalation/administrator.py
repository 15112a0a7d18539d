"""Where climbing ends if no maximum says it: at an administrator.

    below_administrator    the maximum of everybody who is none

Whoever may change IAM as he likes can give himself everything else. What shows it is a request that nobody is allowed
but by an Allow with a wildcard: for an action that works on the account as a whole, that nobody needs, and that no
document spells out. Several are asked about, since a Deny with a wildcard may take away some of them. An SCP that keeps
everybody from one action makes nobody less of an administrator, as it would if all actions were asked about. So those
that the SCPs deny everybody are not asked about; where that leaves none, what is asked about is an action that no
service has.
"""

from __future__ import annotations

from collections.abc import Iterable

from verifier.clouds.aws.audit.subject import ALL_BUT_ANY
from verifier.clouds.aws.delegation.account_invariant import AccountFacts
from verifier.clouds.aws.delegation.invariant import shape_of
from verifier.clouds.aws.delegation.proof import allows_some, top_of
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained

_OF_THE_ACCOUNT = (
    "iam:CreateAccountAlias",
    "iam:UpdateAccountPasswordPolicy",
    "iam:SetSecurityTokenServicePreferences",
)
# What is asked about where the SCPs deny everybody those, and where they deny everybody IAM.
_OTHERS = ("iam:DeleteAccountAlias", "iam:SetSTSRegionalEndpointStatus", "iam:CreateOpenIDConnectProvider")
_ELSEWHERE = ("ec2:ModifyIdFormat", "s3:PutAccountPublicAccessBlock", "account:EnableRegion")


def below_administrator(facts: AccountFacts, documents: Iterable[Policy], ask: Ask) -> Policy:
    """Return the maximum that administrators exceed, in the account of `facts`, which has `documents`."""
    texts = [document.source.text.lower() for document in documents]
    for actions in (_OF_THE_ACCOUNT, _OTHERS, _ELSEWHERE):
        open_ = [action for action in actions if _is_open(action, facts, ask)]
        unspelled = [action for action in open_ if not any(action.lower() in text for text in texts)]
        if open_:
            return top_of([shape_of([action], facts) for action in unspelled or open_])
    return ALL_BUT_ANY


def _is_open(action: str, facts: AccountFacts, ask: Ask) -> bool:
    """Whether the SCPs let somebody do `action`."""
    scps = facts.start.setting.scps
    anybody = Documents((any_identity_policy(),), scps=scps)
    return not scps or not isinstance(allows_some(anybody, [shape_of([action], facts)], ask), Contained)
