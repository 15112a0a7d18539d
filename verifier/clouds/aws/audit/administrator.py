"""A4: is there a condition under which a principal is allowed every action on every resource?

The search goes back and forth. A context in which some action that no document spells is allowed is a candidate: if
every request in this context is allowed, the principal is an administrator, which is a proof level by level. If one is
not, either no context lets this action on this resource through, so that he is none, or another context does, and is
the next candidate.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from verifier.base.source import Source
from verifier.clouds.aws.audit.owners import belongs_to
from verifier.clouds.aws.audit.shapes import denial, literal, maximum_of_shapes
from verifier.clouds.aws.audit.subject import ALL_BUT_ANY, EVERY_REQUEST, Subject, merged_policy
from verifier.clouds.aws.audit.with_resources import escape_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import as_rcp
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Escapes, Undecided

_SHOWN = "iam:CreateUser"
_MOST_CANDIDATES = 8


def administers(subject: Subject, account: str, ask: Ask) -> Request | Undecided | None:
    """Return a request of an administrator, None where `subject` is none; `account` is the number of its account."""
    found = subject.within(ALL_BUT_ANY, ask)
    for _ in range(_MOST_CANDIDATES):
        if not isinstance(found, Escapes):
            return found if isinstance(found, Undecided) else None
        context = found.request.context
        if any(not isinstance(value, str) for value in context.values()):
            return Undecided("whether every action is allowed depends on a key that is a list")
        refused = _refused(subject, _everything_in(subject, found.request), ask)
        if refused is None:
            shown = Request(_SHOWN, f"arn:aws:iam::{account}:user/somebody", context)
            return shown if subject.allows(shown) else Undecided("the evaluator does not confirm that all is allowed")
        if isinstance(refused, Undecided):
            return refused
        found = subject.within(_except(refused.action, literal(refused.resource)), ask)
    return Undecided("whether every action is allowed in one context was not found out")


def _refused(subject: Subject, everything: Policy, ask: Ask) -> Request | Undecided | None:
    """Return a request of `everything` that is not allowed; None where all are."""
    for level in _levels(subject):
        verdict = prove(ProveQuestion(Documents((everything,)), level), ask)
        if isinstance(verdict, Escapes):
            return verdict.request
        if isinstance(verdict, Undecided):
            return verdict
    return _refused_by_rcps(subject, everything, ask)


def _refused_by_rcps(subject: Subject, everything: Policy, ask: Ask) -> Request | Undecided | None:
    """Return a request of `everything` that an RCP denies, which is one on a resource of the account."""
    ours = belongs_to(frozenset({subject.account}), subject.somebody)
    for rcp in subject.rcps:
        denied = merged_policy([*EVERY_REQUEST.statements, *as_rcp(rcp).statements], "all that an RCP does not deny")
        verdict = escape_of([(Documents((everything,)), (ours,))], denied, ask, any_request=True)
        if verdict is not None:
            return verdict if isinstance(verdict, Undecided) else verdict.request
    return None


def _levels(subject: Subject) -> Iterator[Policy]:
    """Yield what must allow a request, each as one policy: SCP levels that only deny let all else through."""
    documents, everything = subject.documents, EVERY_REQUEST.statements
    open_ = documents.open_levels()
    for place, policies in documents.levels():
        statements = [statement for policy in policies for statement in policy.statements]
        yield merged_policy([*everything, *statements] if place in open_ else statements, str(place))


def _everything_in(subject: Subject, request: Request) -> Policy:
    """Return the policy that allows every action on every resource in the context of `request`."""
    context = {key.name: str(value) for key, value in request.context.items()}
    policies = (*(policy for _, policy in subject.documents.placed()), *subject.rcps)
    named = {key.name for policy in policies for key in keys_of(policy)}
    known = {name.lower() for name in context}
    absent = {name: "true" for name in sorted(named) if name.lower() not in known}
    condition = {operator: keys for operator, keys in (("StringEquals", context), ("Null", absent)) if keys}
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    text = json.dumps({"Version": "2008-10-17", "Statement": statement})
    return parse_source(Source("everything in one context", text, stand_in=True))


@cache
def _except(action: str, resource: str) -> Policy:
    """Return the maximum that allows everything except one action on one resource."""
    return parse_source(Source("everything else", maximum_of_shapes([denial([action], [resource])]), stand_in=True))
