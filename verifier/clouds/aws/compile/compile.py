"""What a policy means on every request: a `Ruleset`, one rule a statement, indexed by action.

A rule is an effect, a set of actions, and a guard: a formula about resource and context alone. Which rules an action
meets is looked up (`Ruleset.at`), so that a question costs what its actions touch. `whole` gives the same as one
formula with the action as a variable. Conditions are compiled by `conditions.py`; a policy is compiled once,
when first asked about. This is the usual reading; `readings.py` has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TypeAlias
from weakref import WeakKeyDictionary

from verifier.base.dataclass import dataclass
from verifier.base.errors import PolicyError, Unsupported
from verifier.clouds.aws.catalogue.rcp import NEVER, rcp_services
from verifier.clouds.aws.compile.conditions import compile_condition, fits
from verifier.clouds.aws.policy.readings import Reading
from verifier.clouds.aws.policy.syntax import ActionPattern, Effect, Policy, Principals, Resources, Statement
from verifier.logic.formula import ACTION, RESOURCE, TRUE, Formula, all_of, any_of, is_literal, member, negate
from verifier.logic.hinges import hangs_on
from verifier.strings.languages import Any, Glob
from verifier.strings.pattern import ANYTHING, Pattern

MOST_REMEMBERED = 20_000
EVERY_ACTION = ActionPattern(ANYTHING, ANYTHING)


@dataclass(frozen=True)
class Rule:
    """A statement, compiled: it applies iff the action is in `actions` (not in, where `negated`) and `guard` holds.

    `spared` are actions, in lower case, to which it does not apply all the same (rule 30).
    """

    effect: Effect
    actions: tuple[ActionPattern, ...]
    negated: bool
    guard: Formula = field(repr=False)
    spared: frozenset[str] = frozenset()

    @cached_property
    def hangs_on(self) -> Reading:
        """The points that the guard hangs on; none but in what `readings.py` makes."""
        return hangs_on(self.guard)

    @property
    def reach(self) -> tuple[ActionPattern, ...]:
        """Patterns that cover every action of the rule."""
        return (EVERY_ACTION,) if self.negated else self.actions

    def meets(self, action: str) -> bool:
        """Whether `action`, in lower case, is among the rule's actions (rules 9 and 11)."""
        service, _, name = action.partition(":")
        met = self.negated != any(_meets(pattern, service, name) for pattern in self.actions)
        return met and action not in self.spared

    @cached_property
    def whole(self) -> Formula:
        """The rule as a formula about the action too."""
        met = any_of(member(ACTION, action_language(pattern)) for pattern in self.actions)
        spared = (negate(is_literal(ACTION, action)) for action in self.spared)
        return all_of((negate(met) if self.negated else met, *spared, self.guard))


@dataclass(frozen=True, eq=False)
class Ruleset:
    """The compiled statements of one document, and how it spells its literal actions, by their lower case.

    `remembered` is for what claims make of it (`claims.py`), which is the same in every question.
    """

    rules: tuple[Rule, ...]
    spelled: Mapping[str, str]
    remembered: dict[object, dict[tuple[frozenset[int], ...], Formula]] = field(default_factory=dict, repr=False)

    @cached_property
    def index(self) -> ActionIndex:
        """The action patterns of all rules, by service."""
        return ActionIndex(self.rules)

    def at(self, action: str) -> frozenset[int]:
        """Return the numbers of the rules that `action`, in lower case, meets."""
        return self.index.at(action)

    @cached_property
    def reach(self) -> Mapping[Effect, Reach]:
        """What the rules of each effect can speak of."""
        return {effect: Reach.of(p for r in self.rules if r.effect is effect for p in r.reach) for effect in Effect}


@dataclass(frozen=True)
class Reach:
    """Patterns that cover every action of something; `breadth` guesses how many classes of actions they hold."""

    patterns: tuple[ActionPattern, ...]
    breadth: int

    @staticmethod
    def of(patterns: Iterable[ActionPattern]) -> Reach:
        """Return the reach of `patterns`, each once."""
        found = tuple(dict.fromkeys(patterns))
        return Reach(found, sum(map(_breadth, found)))


def _breadth(pattern: ActionPattern) -> int:
    if pattern.service.text is None:
        return 5_000
    return 1 if pattern.name.text is not None else 20 if pattern.name.head else 100


# Patterns that a rule or-s: it sees an action's name only through whether one of them matches.
Cut: TypeAlias = frozenset[Pattern]


class ActionIndex:
    """Which rules an action meets, found by service and name instead of by trying every pattern."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Index the action patterns of `rules` by literal action, by literal service, and the rest."""
        self.names: dict[str, dict[str, set[int]]] = {}
        self.wild: dict[str, dict[ActionPattern, set[int]]] = {}
        self.anywhere: dict[ActionPattern, set[int]] = {}
        self._spared: dict[str, set[int]] = {}
        self._heads: dict[str, dict[str, set[int]]] = {}
        self._headless: dict[str, dict[ActionPattern, None]] = {}
        negated = []
        for number, rule in enumerate(rules):
            if rule.negated:
                negated.append(number)
            for pattern in rule.actions:
                self._add(pattern, number)
            for action in rule.spared:
                self._spare(action, number)
        self._negated = frozenset(negated)
        self._met: dict[str, frozenset[int]] = {}
        self._sets: dict[frozenset[int], frozenset[int]] = {}
        self._cuts: dict[str, frozenset[Cut]] = {}

    def _add(self, pattern: ActionPattern, number: int) -> None:
        service, name = pattern.service.text, pattern.name.text
        if service is None:
            self.anywhere.setdefault(pattern, set()).add(number)
        elif name is None:
            self.wild.setdefault(service, {}).setdefault(pattern, set()).add(number)
            head = pattern.name.head
            if head is None:
                self._headless.setdefault(service, {})[pattern] = None
            else:
                self._heads.setdefault(service, {}).setdefault(head, set()).add(number)
        else:
            self.names.setdefault(service, {}).setdefault(name, set()).add(number)

    def _spare(self, action: str, number: int) -> None:
        """An action that a rule spares stands for itself, as if it were spelled."""
        service, _, name = action.partition(":")
        self.names.setdefault(service, {}).setdefault(name, set())
        self._spared.setdefault(action, set()).add(number)

    def at(self, action: str) -> frozenset[int]:
        """Return the numbers of the rules that `action` meets; what was asked is remembered, within a bound.

        There is one object for each set: thousands of actions meet the same rules, most of them none.
        """
        found = self._met.get(action)
        if found is None:
            if len(self._met) >= MOST_REMEMBERED:
                self._met.clear()
                self._sets.clear()
            found = self._at(action)
            found = self._met[action] = self._sets.setdefault(found, found)
        return found

    def _at(self, action: str) -> frozenset[int]:
        service, _, name = action.partition(":")
        found = set(self.names.get(service, {}).get(name, ()))
        heads = self._heads.get(service, {})
        for end in range(len(name) + 1) if heads else ():
            found |= heads.get(name[:end], set())
        for pattern in self._headless.get(service, ()):
            if pattern.name.matches(name):
                found |= self.wild[service][pattern]
        for pattern, numbers in self.anywhere.items():
            if _meets(pattern, service, name):
                found |= numbers
        met = frozenset(found ^ self._negated) if self._negated else frozenset(found)
        return met - self._spared[action] if action in self._spared else met

    @property
    def services(self) -> Iterator[str]:
        """The services that stand literally in some pattern."""
        yield from self.names
        yield from self.wild

    def patterns(self, service: str) -> Iterator[ActionPattern]:
        """The patterns with a wildcard that can meet an action of `service`."""
        yield from self.wild.get(service, ())
        yield from (pattern for pattern in self.anywhere if pattern.service.matches(service))

    def cuts(self, service: str) -> frozenset[Cut]:
        """Return, for each rule, the patterns with which it tells apart the names of `service` that nobody spells."""
        found = self._cuts.get(service)
        if found is None:
            if len(self._cuts) >= MOST_REMEMBERED:
                self._cuts.clear()
            found = self._cuts[service] = self._cut(service)
        return found

    def _cut(self, service: str) -> frozenset[Cut]:
        by_rule: dict[int, dict[Pattern, None]] = {}
        for pattern in self.patterns(service):
            for number in self.wild.get(service, {}).get(pattern) or self.anywhere[pattern]:
                if pattern.name.text is None:
                    by_rule.setdefault(number, {})[pattern.name] = None
        return frozenset(frozenset(names) for names in by_rule.values())


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


def action_language(pattern: ActionPattern) -> Glob:
    """Return the language of the actions that `pattern` matches, as `service:name` in lower case."""
    service, name = Glob.of(pattern.service).parts, Glob.of(pattern.name).parts
    parts: list[str | Any] = []
    for part in (*service, ":", *name):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return Glob(tuple(parts))


def _rule(statement: Statement) -> Rule:
    """Compile a statement. Raises PolicyError and Unsupported where the evaluator does (`match_statement`)."""
    actions = statement.actions
    if actions is None:
        raise PolicyError("the statement names no action", span=statement.span, mend="add `Action` or `NotAction`")
    if statement.principals is not None:
        _check_everyone(statement.principals)
    guard = all_of((_resources(statement.resources), *map(compile_condition, statement.conditions)))
    patterns = dict.fromkeys(entry.pattern for entry in actions.entries if entry.pattern is not None)
    if actions.rcp:
        bound = (pattern for pattern in patterns if pattern.service.text in rcp_services())
        return Rule(statement.effect, tuple(bound), actions.negated, guard, NEVER)
    return Rule(statement.effect, tuple(patterns), actions.negated, guard)


def _check_everyone(principals: Principals) -> None:
    """An RCP says `"Principal": "*"` (rule 6), which every request meets; other principals are not modelled."""
    if principals.negated or not any(entry.type in (None, "AWS") and entry.text == "*" for entry in principals.entries):
        raise Unsupported(f"principals other than `*` are not decided here (line {principals.span.line})")


def _resources(resources: Resources | None) -> Formula:
    if resources is None:
        return TRUE
    met = any_of(fits(RESOURCE, entry.template) for entry in resources.entries)
    return negate(met) if resources.negated else met


def _meets(pattern: ActionPattern, service: str, name: str) -> bool:
    return pattern.service.matches(service) and pattern.name.matches(name)
