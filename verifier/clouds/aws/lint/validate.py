"""`validate`: the warnings about a document, as the package offers them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from verifier.base.errors import UsageError, quote
from verifier.base.warning import PolicyWarning
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import ASKED, PolicyType

KindName: TypeAlias = Literal["identity", "boundary", "session", "scp", "rcp", "maximum"]

_KINDS = (*(type_.value for type_ in ASKED), "maximum", PolicyType.RESOURCE.value, PolicyType.TRUST.value)


def validate(policy: Policy, kind: KindName = "identity") -> tuple[PolicyWarning, ...]:
    """Return the warnings about `policy` in its place: what is allowed in it but hardly meant, by AWS's catalogue too.

    An action, a service or a condition key that AWS does not have; a key that none of a statement's actions carries, a
    resource that none takes; a template that was not filled in. Each has a `message`, a `span` and a `severity`. `kind`
    is `identity`, `boundary`, `session`, `scp`, `rcp` or `maximum`. Raises UsageError for another.
    """
    named = kind.lower()
    if named not in _KINDS:
        raise UsageError(f"{quote(kind)} is not a type of document", help=f"use one of {', '.join(_KINDS)}")
    return lint(policy, maximum=named == "maximum")
