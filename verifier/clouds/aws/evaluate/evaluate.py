"""What happens to one request, and why: the judge that replays every counterexample (rules 9 to 14, 29 and 30).

    evaluate           the decision about a request, with its trace
    allows, denies     what the documents of one level say
    meeting            the statements whose actions a request meets
    match_statement    every element of a statement that a request does not meet
    matches            whether there is none

`match_statement` yields failures as it finds them. A statement matches iff there is none, so a decision stops at the
first, and the trace takes them all.

The evaluator reads the syntax tree and a concrete request, and shares nothing with the prover except the matching of
patterns (`strings/pattern.py`), the table of operators and the readers of values. Read it with `semantics.md`: rules 9
to 13, 29 and 30 are here, 14 and 17 to 19 in `match_condition.py`, 20 to 28 in `match_value.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from verifier.base.errors import PolicyError, Unsupported, quote
from verifier.clouds.aws.catalogue.actions import bound_by_rcps
from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.evaluate.match_condition import match_condition
from verifier.clouds.aws.evaluate.match_principal import naming_principals
from verifier.clouds.aws.evaluate.match_value import matches_in_segments, substitute, variable_value
from verifier.clouds.aws.evaluate.sides import Sides, Speaks
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import (
    ActionEntry,
    Actions,
    Condition,
    Policy,
    Principals,
    ResourceEntry,
    Resources,
    Statement,
)
from verifier.clouds.aws.policy.unknown import MayMatch, unknowns_in, unknowns_of
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.clouds.evaluation import Evaluation
from verifier.clouds.trace import Decision, Failure
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.strings.pattern import Variable, split_arn

_FEW = 8
_MOST_REMEMBERED = 2**18
_INDEX = attrgetter("index")


def evaluate(documents: Documents, request: Request, reading: Reading = USUAL) -> Evaluation:
    """Return what happens to `request`, with the points that AWS's guide leaves open read as `reading` says.

    Any explicit Deny wins; else the request is allowed iff the identity policies, the boundary, the session policy and
    every SCP level have an Allow for it, where a level that only denies acts together with FullAWSAccess. RCPs only
    deny. Raises what `match_statement` does.
    """
    return Evaluation(decide(documents, request, reading), documents, request, reading)


def allows(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether the level `policies`, as one, allows `request`: iff some Allow statement matches and no Deny does."""
    return _some_matches(Effect.ALLOW, policies, request, reading) and not denies(policies, request, reading)


def denies(policies: Sequence[Policy], request: Request, reading: Reading = USUAL) -> bool:
    """Whether some Deny statement of `policies` matches `request`."""
    return _some_matches(Effect.DENY, policies, request, reading)


def decide(documents: Documents, request: Request, reading: Reading) -> Decision:
    """Return what happens to `request`, whatever is unknown of the documents turns out to be. Raises as `evaluate`."""
    policies = [policy for _, policy in documents.placed()]
    points = dict.fromkeys(point for policy in policies if unknowns_of(policy) for point in _open(policy, request))
    if len(points) > _MOST_POINTS:
        raise Unsupported(f"the decision may depend on {len(points)} entries that are not known before deployment")
    found = {_decide(documents, request, reading | choice) for choice in _choices(tuple(points))}
    if len(found) > 1:
        entries = ", ".join(quote(point.text) for point in points)
        raise Unsupported(f"the decision depends on what is not known before deployment: {entries}")
    return found.pop()


_MOST_POINTS = 10
"""How many points are tried both ways: 1,024 choices."""


def _open(policy: Policy, request: Request) -> Iterator[MayMatch]:
    """Yield the points of the statements that match for some values of what is unknown, and not for others."""
    for statement in policy.statements:
        points = tuple(dict.fromkeys(unknowns_in(statement)))
        if len(points) > _MOST_POINTS or len(_ways(statement, points, request)) > 1:
            yield from points


def _ways(statement: Statement, points: Sequence[MayMatch], request: Request) -> set[bool]:
    return {next(match_statement(statement, request, choice), None) is None for choice in _choices(points)}


def _choices(points: Sequence[MayMatch]) -> Iterator[Reading]:
    for taken in itertools.product((False, True), repeat=len(points)):
        yield frozenset(point for point, other in zip(points, taken, strict=True) if other)


def _decide(documents: Documents, request: Request, reading: Reading) -> Decision:
    if documents.asking is not None:
        return _sides(documents, documents.asking, request, reading).decide()[0]
    if denies([policy for _, policy in documents.placed()], request, reading):
        return Decision.EXPLICIT_DENY
    return Decision.IMPLICIT_DENY if any(not_allowing(documents, request, reading)) else Decision.ALLOWED


def allowed_by(documents: Documents, request: Request, reading: Reading = USUAL) -> tuple[str, ...] | None:
    """Return the sides that allow `request`, sorted; None where it is not told who asks (interface.md)."""
    if documents.asking is None:
        return None
    return _sides(documents, documents.asking, request, reading).decide()[1]


def is_confirmed(documents: Documents, asking: Asking, request: Request) -> bool:
    """Whether `request` is allowed as a proof takes it, where it is told who asks. Raises Unsupported."""
    return _sides(documents, asking, request, USUAL, proof=True).decide()[0] is Decision.ALLOWED


def _sides(documents: Documents, asking: Asking, request: Request, reading: Reading, *, proof: bool = False) -> Sides:
    def says(judge: Callable[..., bool]) -> Speaks:
        return lambda policies: judge(policies, request, reading)

    return Sides(documents, asking, request, says(allows), says(denies), proof)


def not_allowing(documents: Documents, request: Request, reading: Reading) -> Iterator[Place]:
    """Yield the levels in which no Allow matches, except those that act together with FullAWSAccess (rule 30)."""
    beside_full_access = documents.open_levels()
    for place, level in documents.levels():
        if place not in beside_full_access and not _some_matches(Effect.ALLOW, level, request, reading):
            yield place


def _some_matches(effect: Effect, policies: Sequence[Policy], request: Request, reading: Reading) -> bool:
    service, _ = request.words
    for policy in policies:
        if policy.unknown:
            raise Unsupported(f"`{policy.unknown}` is not known before deployment")
        if isinstance(policy, Premise):
            if effect is Effect.ALLOW and policy.test(request):
                return True
            continue
        statements = policy.naming(effect, service)
        if len(statements) > _FEW and not reading:
            statements = tuple([one for one in meeting(policy, request) if one.effect is effect])
        for statement in statements:
            if matches(statement, request, reading):
                return True
    return False


def meeting(policy: Policy, request: Request) -> tuple[Statement, ...]:
    """Return the statements of `policy` whose actions `request` meets, or that have none, in their order.

    Those of the actions last asked about are remembered: requests that are tried differ in the resource mostly.
    """
    service, _ = request.words
    found = policy.meeting.get(request.words)
    if found is None:
        named = (one for effect in Effect for one in policy.naming(effect, service))
        met = [one for one in named if one.actions is None or meets_actions(one.actions, request)]
        found = tuple(sorted(met, key=_INDEX))
        if len(policy.meeting) * len(policy.statements) >= _MOST_REMEMBERED:
            policy.meeting.clear()
        policy.meeting[request.words] = found
    return found


def matches(statement: Statement, request: Request, reading: Reading = USUAL) -> bool:
    """Whether `match_statement` yields nothing, told without words. Raises what it raises."""
    if statement.actions is not None and not meets_actions(statement.actions, request, reading):
        return False
    if statement.actions is None or statement.principals is not None:
        return next(match_statement(statement, request, reading), None) is None
    if statement.resources is not None and not _meets_resources(statement.resources, request, reading):
        return False
    if not all(match_condition(each, request, reading) is None for each in statement.conditions):
        return False
    return all(unknown in reading for unknown in statement.unknowns)


def match_statement(statement: Statement, request: Request, reading: Reading = USUAL) -> Iterator[Failure]:
    """Yield each element of `statement` that `request` does not meet; it matches iff nothing is yielded.

    Raises PolicyError for a statement without Action and NotAction, and Unsupported where it matters who asks and that
    cannot be told.
    """
    if statement.actions is None:
        raise PolicyError("the statement has no `Action`", span=statement.span, help="add `Action` or `NotAction`")
    if statement.principals is not None:
        yield from _match_principals(statement.principals, request, reading)
    yield from _match_actions(statement.actions, request, reading)
    if statement.resources is not None:  # rule 12
        yield from _match_resources(statement.resources, request, reading)
    for condition in statement.conditions:
        yield from _match_condition(condition, request, reading)
    for unknown in statement.unknowns:
        if unknown not in reading:
            yield Failure("Condition", f"the condition `{unknown.text}` is not known", statement.place)


def _match_principals(principals: Principals, request: Request, reading: Reading) -> Iterator[Failure]:
    """Rules 33 and 34."""
    entry = next(iter(naming_principals(principals, request, reading)), None)
    if (entry is None) is principals.negated:
        return
    asks = quote(request.principal or EVERYONE)
    if entry is None:
        yield Failure("Principal", f"no entry names {asks}", principals.place)
    else:
        reason = f"the entry {quote(entry.text)} names {asks}"
        yield Failure("NotPrincipal", reason, entry.place, exception=True)


def _match_actions(actions: Actions, request: Request, reading: Reading) -> Iterator[Failure]:
    """Rules 9, 11 and 30."""
    if actions.rcp and not bound_by_rcps(request.action):
        yield Failure("Action", f"no RCP applies to {quote(request.action)}", actions.place)
        return
    entry = next(naming_actions(actions, request, reading), None)
    if (entry is None) is actions.negated:
        return
    if entry is None:
        yield Failure("Action", f"no entry matches {quote(request.action)}", actions.place)
    else:
        yield Failure(
            "NotAction", f"the entry {quote(entry.text)} matches {quote(request.action)}", entry.place, exception=True
        )


def meets_actions(actions: Actions, request: Request, reading: Reading = USUAL) -> bool:
    """Whether `match_statement` yields nothing about the action: what most statements fail on, told without words."""
    if actions.rcp and not bound_by_rcps(request.action):
        return False
    service, name = request.words
    for entry in actions.spelling(service, name):
        if _names_action(entry, service, name, reading):
            return not actions.negated
    return actions.negated


def naming_actions(actions: Actions, request: Request, reading: Reading = USUAL) -> Iterator[ActionEntry]:
    """Yield the entries that match the action, those that spell its service first."""
    service, name = request.words
    return (entry for entry in actions.naming(service) if _names_action(entry, service, name, reading))


def naming_resources(resources: Resources, request: Request, reading: Reading = USUAL) -> Iterator[ResourceEntry]:
    """Yield the entries that match the resource."""
    return (entry for entry in resources.entries if _names_resource(entry, request, reading))


def _names_action(entry: ActionEntry, service: str, name: str, reading: Reading) -> bool:
    pattern = entry.pattern
    if entry.unknown is not None and entry.unknown not in reading:
        return False
    if pattern is None or not pattern.service.matches(service) or not pattern.name.matches(name):
        return False
    return (
        entry.unknown is not None
        or Point.WILD_SERVICE not in reading
        or pattern.service.text is not None
        or entry.text == "*"
    )


def _match_resources(resources: Resources, request: Request, reading: Reading) -> Iterator[Failure]:
    """Rules 10, 11 and 13: an action without resource-level permission is asked on the text `*`."""
    entry = next(naming_resources(resources, request, reading), None)
    if (entry is None) is resources.negated:
        return
    if entry is None:
        reason = f"no entry matches {quote(request.resource)}{_lacking(resources, request)}"
        yield Failure("Resource", reason, resources.place)
    else:
        yield Failure(
            "NotResource",
            f"the entry {quote(entry.text)} matches {quote(request.resource)}",
            entry.place,
            exception=True,
        )


def _meets_resources(resources: Resources, request: Request, reading: Reading) -> bool:
    return (next(naming_resources(resources, request, reading), None) is None) is resources.negated


def _names_resource(entry: ResourceEntry, request: Request, reading: Reading) -> bool:
    """An entry with a variable without a value matches nothing (rule 28)."""
    if entry.unknown is not None:
        wild = entry.unknown in reading and substitute(entry.template, request)
        return bool(wild and wild.matches(request.resource))
    if Point.EARLY_VARIABLE in reading and _has_early_variable(entry):
        return False
    if Point.STAR_CROSSES in reading:
        return matches_in_segments(entry.template, request, reading)
    pattern = substitute(entry.template, request, wild=Point.WILD_VALUE in reading)
    return pattern is not None and pattern.matches(request.resource)


def _has_early_variable(entry: ResourceEntry) -> bool:
    return any(isinstance(part, Variable) for field in split_arn(entry.template.parts)[:5] for part in field)


def _lacking(resources: Resources, request: Request) -> str:
    variables = dict.fromkeys(variable for entry in resources.entries for variable in entry.template.variables)
    return "".join(f"; {quote(str(v))} has no value" for v in variables if variable_value(v, request) is None)


def _match_condition(condition: Condition, request: Request, reading: Reading) -> Iterator[Failure]:
    """Rule 14: the conditions of a statement are and-ed."""
    reason = match_condition(condition, request, reading)
    if reason is not None:
        excepts = condition.test.operator.negated
        yield Failure(f"{condition.test} {condition.key}", reason(), condition.key_place, excepts)
