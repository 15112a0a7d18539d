"""The requests of steps: found by the prover, with the values that the state ties.

    StepRequests.request    a request for an action on what a pattern matches, in certain conditions
    StepRequests.targets    users or roles of a state, one of those that are alike
    Onward                  steps that are taken together, and the state after them

What a request has to hold besides, such as MFA, the prover chooses. A request that AWS could not make is not taken, nor
one that leans on what is not known. What was asked once is remembered.

Those who carry the same documents, and whom the documents of the actor do not tell apart, are alike: a step on one
leads as far as a step on another. So an account of thousands has a few targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.clouds.aws.audit.owners import is_escape, whoever_owns
from verifier.clouds.aws.audit.shapes import DeniedShape, denial
from verifier.clouds.aws.delegation.invariant import BOUNDARY_KEY, not_carried
from verifier.clouds.aws.delegation.proof import allows_some, is_certain, top_of
from verifier.clouds.aws.delegation.state import AccountSetting, Actor, DelegationState
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import meeting
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.world.examples import in_account
from verifier.delegations.answer import DelegationStep
from verifier.logic.actions import Effect
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained, Escapes
from verifier.questions.worlds import show
from verifier.strings.pattern import Pattern, parse_pattern

_VARIABLE = regex(r"\$\{[^}]*\}")
_USER_NAME = regex(r"\$\{\s*aws:username\s*\}", re.IGNORECASE)
_FEW = 64
StepConditions = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Onward:
    """Steps that are taken together, and the state after them."""

    steps: tuple[DelegationStep, ...]
    state: DelegationState


def one_step(who: str, request: Request, parameters: Mapping[str, Any], effect: str, state: DelegationState) -> Onward:
    """Return the step that `who` takes by `request`, after which the state is `state`."""
    move = request.action.partition(":")[2]
    return Onward((DelegationStep(who, move, request, parameters, effect),), state)


class StepRequests:
    """See above; `keys` are those of IAM that documents read."""

    def __init__(self, setting: AccountSetting, keys: Sequence[str], ask: Ask) -> None:
        self._setting, self._ask = setting, ask
        tags = (f"{prefix}:ResourceTag/{key}" for key in setting.resource_tags for prefix in ("aws", "iam"))
        self._tags = tuple(tags)
        self._keys = tuple(dict.fromkeys((BOUNDARY_KEY, *keys, *self._tags)))
        self._known: dict[object, Request | None] = {}
        self._open: dict[object, bool] = {}
        self._alike: dict[object, tuple[str, ...]] = {}
        self._patterns: dict[Documents, tuple[tuple[Pattern, bool], ...]] = {}

    def request(
        self, mine: Documents, action: str, resource: str = "*", conditions: StepConditions | None = None
    ) -> Request | None:
        """Return a request of `mine` for `action` on what `resource` matches; None where none was found."""
        if not self.may(mine, action):
            return None
        every = carried(action, self._keys, conditions or {})
        shape = denial([action], [resource], **every)
        key = (mine, repr(shape))
        if key not in self._known:
            found = allows_some(mine, [shape], self._ask, show)
            sure = isinstance(found, Escapes) and is_certain(found) and not self.is_unreadable(found.request)
            request = found.request if sure and isinstance(found, Escapes) else None
            self._known[key] = request and self._in_account(mine, shape, request)
        return self._known[key]

    def _in_account(self, mine: Documents, shape: DeniedShape, request: Request) -> Request:
        """Return `request` on what is in the account, where that will do as well as on something of an example's."""
        ours = in_account(request, self._setting.account)
        will_do = ours == request or is_escape([whoever_owns(mine)], top_of([shape]), ours)
        return ours if will_do and not self.is_unreadable(ours) else request

    def is_unreadable(self, request: Request) -> bool:
        """Whether a policy of a resource covers `request` that cannot be read."""
        return any(cover.holds(request) for cover in self._setting.unreadable)

    def may(self, mine: Documents, *actions: str) -> bool:
        """Whether some request for one of `actions` may be allowed; False is sure."""
        key = (mine, actions)
        if key not in self._open:
            self._open[key] = not isinstance(allows_some(mine, [denial(actions)], self._ask), Contained)
        return self._open[key]

    def about(self, actor: Actor, boundary: str | None = None, *, now: bool = True) -> StepConditions:
        """Return the conditions that a request is about `actor`: its tags, and its boundary, another if not `now`."""
        carried = actor.boundary if now else boundary
        equals: dict[str, Any] = {BOUNDARY_KEY: carried} if carried else {}
        absent: dict[str, Any] = {} if carried else {BOUNDARY_KEY: "true"}
        for key in self._tags:
            value = actor.tag(key.partition("/")[2])
            if value is None:
                absent[key] = "true"
            else:
                equals[key] = value
        return {**({"StringEquals": equals} if equals else {}), **({"Null": absent} if absent else {})}

    def targets(self, state: DelegationState, mine: Documents, kind: str = "") -> Iterator[Actor]:
        """Yield the users or roles of `state`, or all; of those that are alike, one that is as it was at the start."""
        changed = state.actors.changes
        for actor in changed.values():
            if not kind or actor.kind == kind:
                yield actor
        for arn in self._representatives(state, mine) if state.among is None else state.among:
            found = state.actors.get(arn)
            if found is not None and arn not in changed and (not kind or found.kind == kind):
                yield found

    def _representatives(self, state: DelegationState, mine: Documents) -> tuple[str, ...]:
        key = (mine, state.acting[0])
        if key not in self._alike:
            found: dict[object, str] = {}
            start = state.actors.start
            for actor in start.values():
                found.setdefault(self._likeness(actor, mine, distinct=len(start) <= _FEW), actor.arn)
            self._alike[key] = tuple(dict.fromkeys((state.acting[0], *found.values())))
        return self._alike[key]

    def _likeness(self, actor: Actor, mine: Documents, *, distinct: bool) -> object:
        if distinct or actor.arn in self._setting.named:
            return actor.arn
        if mine not in self._patterns:
            self._patterns[mine] = resource_patterns(mine)
        own = (actor.inline, actor.attached, actor.boundary, actor.groups, actor.trust, actor.runs, actor.profiled)
        return actor.kind, own, actor.tags, likeness_of(actor.arn, self._patterns[mine])


def carried(action: str, keys: Sequence[str], conditions: StepConditions) -> dict[str, Any]:
    """Return `conditions`, and that those of `keys` are absent which `action` does not carry."""
    absent: dict[str, str] = not_carried(action, keys).get("Null", {})
    folded = {key.lower() for key in absent}
    every: dict[str, Any] = {}
    for operator, values in conditions.items():
        kept = {key: value for key, value in values.items() if key.lower() not in folded}
        if kept:
            every[operator] = kept
    if absent:
        every["Null"] = {**absent, **every.get("Null", {})}
    return every


def likeness_of(arn: str, patterns: Sequence[tuple[Pattern, bool]]) -> object:
    """Return what `patterns` say of `arn`: those with equal ones are alike. Of one that a variable may mean, itself."""
    met = [number for number, (pattern, _) in enumerate(patterns) if pattern.matches(arn)]
    return tuple(met), arn if any(patterns[number][1] for number in met) else ""


def resources_allowed(documents: Documents, action: str, every: str) -> tuple[str, ...]:
    """Return patterns of all resources on which identity policies, or else the boundary, may allow `action`.

    That is `every` where they do not spell them.
    """
    asked = Request(action, "*", {})
    for level in (documents.policies, (documents.boundary,) if documents.boundary else ()):
        if any(policy.unknown or isinstance(policy, Premise) for policy in level):
            continue
        allowing = [one for policy in level for one in meeting(policy, asked) if one.effect is Effect.ALLOW]
        named = [one.resources for one in allowing]
        if all(one and not one.negated and not any(each.unknown for each in one.entries) for one in named):
            texts = dict.fromkeys(_VARIABLE.sub("*", entry.text) for one in named if one for entry in one.entries)
            if texts and "*" not in texts:
                return tuple(texts)
    return (every,)


def resource_patterns(documents: Documents, user: str | None = None) -> tuple[tuple[Pattern, bool], ...]:
    """Return the resources that `documents` name, and whether a variable stands in them: for anything.

    `user` is the name of who asks, where that is known.
    """
    texts: dict[str, None] = {}
    for _, policy in documents.placed():
        for statement in policy.statements:
            texts.update((entry.text, None) for entry in (statement.resources.entries if statement.resources else ()))
    named = texts if user is None else dict.fromkeys(_USER_NAME.sub(lambda _: user, text) for text in texts)
    return tuple((parse_pattern(_VARIABLE.sub("*", text)), bool(_VARIABLE.search(text))) for text in named)
