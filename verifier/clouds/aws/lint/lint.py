"""What is allowed in a document but hardly meant, by AWS's catalogue too: `lint(policy)`.

    a name that AWS does not have     an action, a service, a condition key; a wildcard that matches no action
    nothing that carries or takes it  a key that none of the statement's actions carries, a resource that none takes
    a template not filled in          `${PARTITION}`, `{{ account }}`, `arn:aws:iam::<ACCOUNT_ID>:...`

A warning states a fact about the catalogue, which may lag behind AWS: it never changes a verdict (semantics.md, rules 1
and 4). How grave it is depends on the place. A Deny or an exception that names nothing leaves out what it was written
for, and a proof that rests on it means nothing; so does a maximum that is wider than it looks: these are `SERIOUS`. An
Allow of an action that AWS no longer has does no harm, and is a `NOTE`, unless another name is so near that it was
meant. On which keys and resources an action takes, the catalogue is less sure, so they are one step lower.

It is computed when it is asked for, once for each policy, as a maximum or not, and its work is bounded (`MOST_STEPS`,
`MOST_NEAR`).
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from verifier.base.warning import PolicyWarning, Severity
from verifier.clouds.aws.lint.actions import lint_actions
from verifier.clouds.aws.lint.scope import Scope
from verifier.clouds.aws.policy.syntax import Policy, Statement

_DONE: WeakKeyDictionary[Policy, dict[bool, tuple[PolicyWarning, ...]]] = WeakKeyDictionary()


def lint(policy: Policy, *, maximum: bool = False) -> tuple[PolicyWarning, ...]:
    """Return all warnings about `policy`, a `maximum` or not: those of the parser and the catalogue's, in their order.

    Where both speak of one place the catalogue's stands alone, which says more.
    """
    done = _DONE.setdefault(policy, {})
    if maximum not in done:
        done[maximum] = _linted(policy, maximum=maximum)
    return done[maximum]


def _linted(policy: Policy, *, maximum: bool) -> tuple[PolicyWarning, ...]:
    found = tuple(_of_catalogue(policy, maximum=maximum))
    places = {warning.span for warning in found}
    written = (warning for warning in policy.warnings if warning.span not in places)
    return tuple(sorted((*written, *found), key=lambda warning: warning.span))


def _of_catalogue(policy: Policy, *, maximum: bool) -> Iterator[PolicyWarning]:
    scope = Scope(maximum=maximum)
    for statement in policy.statements:
        yield from lint_actions(statement, scope)
        if not _plain(statement):
            # With them comes what AWS's world is made of, which small documents do not need.
            from verifier.clouds.aws.lint.keys import lint_keys  # noqa: PLC0415 - as it says
            from verifier.clouds.aws.lint.resources import lint_resources  # noqa: PLC0415 - as it says

            yield from lint_keys(statement, scope)
            yield from lint_resources(statement, scope)
    if scope.steps < 0:
        message = f"the document is too large to compare all of it with {scope.catalogue}"
        yield PolicyWarning(message, policy.statements[0].span, Severity.NOTE)


def _plain(statement: Statement) -> bool:
    """Whether a statement has no conditions, and no resources but `*`."""
    return not statement.conditions and (
        statement.resources is None or all(entry.text == "*" for entry in statement.resources.entries)
    )
