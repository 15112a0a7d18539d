"""What a policy means on every request: a `Ruleset`, one rule a statement (`logic/rules.py`).

Conditions are compiled by `conditions.py`; a policy is compiled once, when first asked about. This is the usual
reading; `readings.py` has all of them.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from verifier.base.errors import PolicyError, Unsupported
from verifier.clouds.aws.catalogue.rcp import NEVER, rcp_services
from verifier.clouds.aws.compile.conditions import compile_condition, fits
from verifier.clouds.aws.policy.syntax import Actions, Policy, Principals, Resources, Statement
from verifier.logic.actions import ActionPattern, ActionSet
from verifier.logic.formula import RESOURCE, TRUE, Formula, all_of, any_of, negate
from verifier.logic.rules import Rule, Ruleset
from verifier.strings.pattern import Pattern

_COMPILED: WeakKeyDictionary[Policy, Ruleset] = WeakKeyDictionary()


def compile_policy(policy: Policy) -> Ruleset:
    """Return the compiled policy; it is kept for as long as the policy is."""
    found = _COMPILED.get(policy)
    if found is None:
        found = _COMPILED[policy] = Ruleset(tuple(map(_rule, policy.statements)), _spelled(policy))
    return found


def _spelled(policy: Policy) -> dict[str, str]:
    entries = (entry for statement in policy.statements if statement.actions for entry in statement.actions.entries)
    return {entry.text.lower(): entry.text for entry in entries}


def _rule(statement: Statement) -> Rule:
    """Compile a statement. Raises PolicyError and Unsupported where the evaluator does (`match_statement`)."""
    actions = statement.actions
    if actions is None:
        raise PolicyError("the statement has no `Action`", span=statement.span, help="add `Action` or `NotAction`")
    if statement.principals is not None:
        _check_everyone(statement.principals)
    guard = all_of((_resources(statement.resources), *map(compile_condition, statement.conditions)))
    return Rule(statement.effect, _actions(actions), guard)


def _actions(actions: Actions) -> ActionSet:
    """The actions that the entries name; of an RCP only those that RCPs bind (rules 9, 11 and 30)."""
    patterns = tuple(dict.fromkeys(entry.pattern for entry in actions.entries if entry.pattern is not None))
    if not actions.rcp:
        return ActionSet.all_but(patterns) if actions.negated else ActionSet(patterns)
    bound = tuple(pattern for pattern in patterns if pattern.service.text in rcp_services())
    spared = tuple(map(_literal, sorted(NEVER)))
    return ActionSet.all_but((*bound, *spared)) if actions.negated else ActionSet(bound, spared)


def _literal(action: str) -> ActionPattern:
    service, _, name = action.partition(":")
    return ActionPattern(Pattern.literal(service), Pattern.literal(name))


def _check_everyone(principals: Principals) -> None:
    """An RCP says `"Principal": "*"` (rule 6), which every request meets; other principals are not modelled."""
    if principals.negated or not any(entry.type in (None, "AWS") and entry.text == "*" for entry in principals.entries):
        raise Unsupported(f"principals other than `*` are not supported here (line {principals.span.line})")


def _resources(resources: Resources | None) -> Formula:
    if resources is None:
        return TRUE
    met = any_of(fits(RESOURCE, entry.template) for entry in resources.entries)
    return negate(met) if resources.negated else met
