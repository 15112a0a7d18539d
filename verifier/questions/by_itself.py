"""A document that a question asks about by itself, in the place where AWS would attach it (rule 30).

An RCP only denies, and so do most SCPs: AWS attaches its full access beside them, so all that they do not deny passes.
Any other document acts as an identity policy does: what it allows is what its Allow statements match.
"""

from __future__ import annotations

from functools import cache

from verifier.policy.check import PolicyType, alike
from verifier.policy.organisation import is_rcp, only_denies
from verifier.policy.syntax import Policy
from verifier.semantics.documents import Documents

_FULL_ACCESS = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def by_itself(document: Policy, told: PolicyType | None = None) -> Documents:
    """Return the documents of a question about `document`; `told` is what it is, and an RCP says it itself.

    Raises PolicyError for a document that is something else, UsageError for a type that is not supported yet.
    """
    (read,) = alike((document,), told)
    if told is PolicyType.RCP or (told is None and is_rcp(document)):
        return Documents((_full_access(),), rcps=(read,))
    if told is PolicyType.SCP and only_denies((read,)):
        return Documents((_full_access(),), scps=((read,),))
    return Documents((read,))


@cache
def _full_access() -> Policy:
    return Policy.parse(_FULL_ACCESS, "<FullAWSAccess>")
