"""A document that a question asks about by itself, in the place where AWS would attach it (rule 30).

    by_itself(document, told)        the documents of a question about this one
    placed(document, told, others)   the same where others take part too, as in a sweep

An RCP only denies, and so do most SCPs: AWS attaches its full access too, so all that they do not deny passes.
Any other document acts as an identity policy does: what it allows is what its Allow statements match.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from verifier.base.source import Source
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import alike
from verifier.clouds.aws.policy.organisation import is_rcp, only_denies
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType

_FULL_ACCESS = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
# What answers call the documents that AWS attaches: no file holds them, so they have no line.
_BESIDE_SCP = "AWS's FullAWSAccess, attached to it too"
_BESIDE_RCP = "AWS's RCPFullAWSAccess, attached to it too"


def by_itself(document: Policy, told: PolicyType | None = None) -> Documents:
    """Return the documents of a question about `document`; `told` is what it is, and an RCP says it itself.

    Raises PolicyError for a document that is something else, UsageError for a type that is not supported yet.
    """
    return placed(document, told, Documents(()))


def placed(document: Policy, told: PolicyType | None, others: Documents) -> Documents:
    """Return `others` with `document` in its place among them. Raises as `by_itself`.

    `others` hold no identity policy. An SCP is a level of its own, the last one.
    """
    (read,) = alike((document,), told)
    if told is PolicyType.RCP or (told is None and is_rcp(document)):
        return replace(others, policies=(_full_access(_BESIDE_RCP),), rcps=(*others.rcps, read))
    if told is PolicyType.SCP and only_denies((read,)):
        return replace(others, policies=(_full_access(_BESIDE_SCP),), scps=(*others.scps, (read,)))
    return replace(others, policies=(read,))


@cache
def _full_access(name: str) -> Policy:
    return parse_source(Source(name, _FULL_ACCESS, stand_in=True))
