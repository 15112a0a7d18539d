"""What a policy means on every request: a `Ruleset`, one rule for each statement (`logic/rules.py`).

    compile_policy      under the usual reading of AWS's guide
    compile_readings    under every reading of the points that the guide leaves open
    compile_unknown     under the usual one, where only what is unknown of a document is open

Conditions are compiled by `conditions.py`. A policy is compiled once, when it is first asked about.

For `compile_readings`, each point is a Boolean of the question, `Reads(point)`, shared by all documents, so what is
proved of the formula holds under every combination of readings. Only the statements that touch a point (`touched.py`)
are compiled anew. The usual reading is not proved by these formulas, so it costs no more: `questions/search.py` asks
about them only if nothing was found under it.

Under the other reading of rule 9 an action entry with a wildcard in its service matches nothing. Actions are looked up,
not solved for, so such a statement becomes two rules: one that both readings have, and one that only one of them has.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from verifier.base.errors import PolicyError, Unsupported
from verifier.base.memo import once
from verifier.clouds.aws.catalogue.actions import NEVER, rcp_services
from verifier.clouds.aws.compile.conditions import MOST_ACCEPTED, compile_condition, fits, some
from verifier.clouds.aws.compile.guards import Guards
from verifier.clouds.aws.compile.principals import compile_principals
from verifier.clouds.aws.compile.touched import (
    has_early_variable,
    has_inner_star,
    has_wild_service,
    may_hold_wildcards,
    points_of,
    touched,
)
from verifier.clouds.aws.policy.check import is_everyone
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import (
    ActionEntry,
    Actions,
    ConditionValue,
    Policy,
    ResourceEntry,
    Resources,
    Statement,
)
from verifier.logic.actions import ActionPattern, ActionSet, distinct
from verifier.logic.formula import FALSE, RESOURCE, TRUE, Atom, Formula, Reads, Some, all_of, any_of, map_atoms, negate
from verifier.logic.hinges import read_either_way
from verifier.logic.rules import Rule, Ruleset
from verifier.strings.pattern import Pattern
from verifier.strings.variables import HowRead


@once
def compile_policy(policy: Policy) -> Ruleset:
    """Return the compiled policy; it is kept for as long as the policy is."""
    if isinstance(policy, Premise):
        return policy.ruleset
    if policy.unknown:
        raise Unsupported(f"`{policy.unknown}` is not known before deployment")
    return Ruleset(tuple(map(_rule, policy.statements)), partial(_spelled, policy.statements))


def _spelled(statements: Iterable[Statement]) -> dict[str, str]:
    named = [statement.actions for statement in statements if statement.actions]
    spared = NEVER if any(actions.rcp for actions in named) else {}
    return spared | {entry.text.lower(): entry.text for actions in named for entry in actions.entries}


def _rule(statement: Statement) -> Rule:
    """Compile a statement. Raises PolicyError and Unsupported where the evaluator does (`match_statement`)."""
    actions = statement.actions
    if actions is None:
        raise PolicyError("the statement has no `Action`", span=statement.span, help="add `Action` or `NotAction`")
    known = _actions(actions, _known(actions.entries))
    if statement.unknowns:
        return Rule.of(statement.effect, known, FALSE)
    rule = Rule(statement.effect, known, partial(_GUARDS.of, statement))
    if _may_be_refused(statement):
        rule.guard  # noqa: B018 - what cannot be compiled is refused here, whatever is asked
    return rule


def _may_be_refused(statement: Statement) -> bool:
    """Whether its principals, or so many policy variables in one text, may be refused by what compiles them."""
    if statement.principals is not None and not is_everyone(statement.principals):
        return True
    entries = statement.resources.entries if statement.resources is not None else ()
    values = itertools.chain.from_iterable(condition.values for condition in statement.conditions)
    written: Iterable[ResourceEntry | ConditionValue] = itertools.chain(entries, values)
    return any(one.unknown is not None or one.text.count("${") > MOST_ACCEPTED for one in written)


def _known(entries: Iterable[ActionEntry]) -> list[ActionEntry]:
    return [entry for entry in entries if entry.unknown is None]


def _actions(actions: Actions, entries: Iterable[ActionEntry]) -> ActionSet:
    """The actions that `entries` name; of an RCP only those that RCPs bind (rules 9, 11 and 30)."""
    patterns = distinct([entry.pattern for entry in entries if entry.pattern is not None])
    if not actions.rcp:
        return ActionSet.all_but(patterns) if actions.negated else ActionSet(patterns)
    bound = tuple(pattern for pattern in patterns if pattern.service.text in rcp_services())
    spared = tuple(map(_literal, sorted(NEVER)))
    return ActionSet.all_but((*bound, *spared)) if actions.negated else ActionSet(bound, spared)


def _literal(action: str) -> ActionPattern:
    service, _, name = action.partition(":")
    return ActionPattern(Pattern.literal(service), Pattern.literal(name))


def _resources(resources: Resources | None) -> Formula:
    if resources is None:
        return TRUE
    met = any_of(fits(RESOURCE, entry.template) for entry in resources.entries if entry.unknown is None)
    return negate(met) if resources.negated else met


@once
def compile_readings(policy: Policy) -> Ruleset:
    """Return the policy compiled for every reading; the usual rules where it touches no point. Kept as they are."""
    usual = compile_policy(policy)
    if not touched(policy):
        return usual
    pairs = zip(policy.statements, usual.rules, strict=True)
    rules = tuple(rule for each in pairs for rule in _rules(*each))
    return Ruleset(rules, usual.spell, alike=usual if _are_about_the_same(rules, usual.rules) else None)


@once
def compile_unknown(policy: Policy) -> Ruleset:
    """Return the policy compiled under the usual reading, with what is unknown of it as variables. Kept as they are."""
    every = compile_readings(policy)
    if not any(point.is_unknown for point in touched(policy)):
        return compile_policy(policy)
    rules = tuple(Rule.of(rule.effect, rule.actions, map_atoms(rule.guard, _as_usual)) for rule in every.rules)
    return Ruleset(rules, every.spell)


def _as_usual(atom: Atom) -> Formula:
    match atom:
        case Reads(point) if not point.is_unknown:
            return FALSE
        case Some(key, test):
            return some(key, map_atoms(test, _as_usual))
        case _:
            return atom


def _are_about_the_same(rules: Sequence[Rule], others: Sequence[Rule]) -> bool:
    """Whether it is plain that the rules, one by one, are about the same actions as the others."""
    return len(rules) == len(others) and all(map(operator.is_, _sets(rules), _sets(others)))


def _sets(rules: Sequence[Rule]) -> Iterator[ActionSet]:
    return (rule.actions for rule in rules)


def _rules(statement: Statement, usual: Rule) -> Iterator[Rule]:
    """Yield the rules of a statement; `usual` is the one of its usual reading."""
    if next(points_of(statement), None) is None:
        yield usual
        return
    guard = all_of((*map(Reads, statement.unknowns), _GUARDS_READ.of(statement)))
    rule = Rule.of(usual.effect, usual.actions, guard)
    if statement.actions is not None and len(_known(statement.actions.entries)) < len(statement.actions.entries):
        yield from _unknown_actions(statement.actions, rule)
        return
    entries = statement.actions.entries if statement.actions is not None else ()
    wild = {entry.pattern for entry in entries if has_wild_service(entry)}
    plain = {entry.pattern for entry in entries if not has_wild_service(entry)}
    reads, actions = Reads(Point.WILD_SERVICE), rule.actions
    if not wild:
        yield rule
    elif statement.actions is not None and statement.actions.negated:
        kept = tuple(pattern for pattern in actions.excepted if pattern in plain or pattern not in wild)
        yield rule
        yield Rule.of(rule.effect, ActionSet.all_but(kept), all_of((reads, guard)))
    else:
        kept = tuple(pattern for pattern in actions.these if pattern in plain)
        dropped = tuple(pattern for pattern in actions.these if pattern in wild)
        if kept:
            yield Rule.of(rule.effect, replace(actions, these=kept), guard)
        yield Rule.of(rule.effect, replace(actions, these=dropped), all_of((negate(reads), guard)))


def _unknown_actions(actions: Actions, rule: Rule) -> Iterator[Rule]:
    """Yield the rules of a statement with actions that are not known; those of rule 9 are read both ways too.

    Of NotAction the entries that are not known match together, or none does: one that does not match an action anyway
    may be taken not to.
    """
    unknown = {entry: entry.unknown for entry in actions.entries if entry.unknown is not None}
    wild = [entry for entry in _known(actions.entries) if has_wild_service(entry)]
    plain = [entry for entry in _known(actions.entries) if not has_wild_service(entry)]
    reads = Reads(Point.WILD_SERVICE)
    found: list[tuple[Formula, list[ActionEntry]]]
    if actions.negated:
        spared = all_of(negate(Reads(point)) for point in unknown.values())
        found = [(TRUE, [*plain, *wild, *unknown]), (spared, [*plain, *wild])]
        if wild:
            found += [(reads, [*plain, *unknown]), (all_of((spared, reads)), plain)]
    else:
        found = [(Reads(point), [entry]) for entry, point in unknown.items()]
        found += [(TRUE, plain)] * bool(plain) + [(negate(reads), wild)] * bool(wild)
    for guard, entries in found:
        yield Rule.of(rule.effect, _actions(actions, entries), all_of((guard, rule.guard)))


def _guard(statement: Statement, readings: bool) -> Formula:
    """Return what the statement says of who asks, the resource and the context. Raises Unsupported."""
    principals = statement.principals
    asks = TRUE if principals is None else compile_principals(principals, readings=readings)
    resources = (_resources_read if readings else _resources)(statement.resources)
    return all_of((asks, resources, *(compile_condition(each, readings=readings) for each in statement.conditions)))


_GUARDS = Guards(partial(_guard, readings=False))
_GUARDS_READ = Guards(partial(_guard, readings=True))


def forget_guards() -> None:
    """Forget what was made of statements, as if the process were new."""
    _GUARDS.forget()
    _GUARDS_READ.forget()


def _resources_read(resources: Resources | None) -> Formula:
    if resources is None:
        return TRUE
    met = any_of(map(_entry, resources.entries))
    return negate(met) if resources.negated else met


def _entry(entry: ResourceEntry) -> Formula:
    """Return that the resource matches the entry (rules 10, 25 and 27)."""
    if entry.unknown is not None:
        return all_of((Reads(entry.unknown), fits(RESOURCE, entry.template)))
    found = _valued(entry, within=False)
    if has_inner_star(entry):
        found = read_either_way(Point.STAR_CROSSES, usual=found, other=_valued(entry, within=True))
    return all_of((negate(Reads(Point.EARLY_VARIABLE)), found)) if has_early_variable(entry) else found


def _valued(entry: ResourceEntry, *, within: bool) -> Formula:
    usual = fits(RESOURCE, entry.template, how=HowRead(within))
    if not may_hold_wildcards(entry.template):
        return usual
    wild = fits(RESOURCE, entry.template, how=HowRead(within, wild=True))
    return read_either_way(Point.WILD_VALUE, usual=usual, other=wild)
