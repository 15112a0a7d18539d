"""The conditions of a template: which combinations of them there can be, and what a combination says of parameters.

    Conditions(...)                the section of a template
    conditions.can_be(choices)     whether some values of the parameters make the chosen conditions so
    conditions.implied(choices)    the parameters that then have one value only

A condition is a formula over comparisons. A comparison of a parameter with a text is a statement about the parameter,
so two of them can exclude each other, and `AllowedValues` can leave one value only. Any other comparison of what is not
known is open: it may be true or false. What is taken to be possible can be more than what is, never less.

Source: AWS CloudFormation User Guide, "Condition functions".
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.sources.cloudformation.budget import TemplateBudget
from verifier.sources.cloudformation.parameters import Parameter
from verifier.sources.values import Value

MOST_ASSIGNMENTS = 4096


@dataclass(frozen=True)
class ParameterIs:
    """The parameter has this text as its value."""

    parameter: str
    text: str


@dataclass(frozen=True)
class OpenCondition:
    """Something that may be true or false: a comparison of values that are not known."""

    name: str


@dataclass(frozen=True)
class NamedCondition:
    """Another condition."""

    name: str


@dataclass(frozen=True)
class AllHold:
    """All of these."""

    each: tuple[ConditionFormula, ...]


@dataclass(frozen=True)
class OneHolds:
    """At least one of these."""

    each: tuple[ConditionFormula, ...]


@dataclass(frozen=True)
class Opposite:
    """Not this."""

    of: ConditionFormula


ConditionFormula: TypeAlias = "bool | ParameterIs | OpenCondition | NamedCondition | AllHold | OneHolds | Opposite"


class Conditions:
    """The formulas of a template by the names of its conditions."""

    def __init__(
        self,
        formulas: Mapping[str, ConditionFormula],
        parameters: Mapping[str, Parameter],
        budget: TemplateBudget,
        places: Mapping[str, Value],
    ) -> None:
        self._formulas = formulas
        self._parameters = parameters
        self._budget = budget
        self._mentioned: dict[str, list[str]] = {}
        for formula in formulas.values():
            for leaf in _leaves(formula):
                if isinstance(leaf, ParameterIs) and leaf.text not in self._mentioned.setdefault(leaf.parameter, []):
                    self._mentioned[leaf.parameter].append(leaf.text)
        self._known: dict[frozenset[tuple[str, bool]], dict[str, str] | None] = {}
        self._variables: dict[str, tuple[str | OpenCondition, ...]] = {}
        for name in formulas:
            self._check(name, (), places)
        self._group = self._groups()

    def __contains__(self, name: str) -> bool:
        return name in self._formulas

    def can_be(self, choices: Mapping[str, bool]) -> bool:
        """Whether there may be values with which each chosen condition is as chosen."""
        return all(self._about(part) is not None for part in self._parts(choices))

    def implied(self, choices: Mapping[str, bool]) -> dict[str, str]:
        """Return the parameters that have one known value wherever each chosen condition is as chosen."""
        found: dict[str, str] = {}
        for part in self._parts(choices):
            found |= self._about(part) or {}
        return found

    def _parts(self, choices: Mapping[str, bool]) -> Sequence[frozenset[tuple[str, bool]]]:
        """Return the choices in parts that share no variable, so that each can be looked at on its own."""
        parts: dict[int, list[tuple[str, bool]]] = {}
        for choice in choices.items():
            parts.setdefault(self._group[choice[0]], []).append(choice)
        return [frozenset(held) for held in parts.values()]

    def _groups(self) -> dict[str, int]:
        """Return a number for each condition; those that share a variable, also through others, have the same."""
        of_variable: dict[str | OpenCondition, int] = {}
        members: dict[int, list[str | OpenCondition]] = {}
        for number, variables in enumerate(self._variables.values()):
            members[number] = []
            for other in {of_variable[each] for each in variables if each in of_variable}:
                members[number] += members.pop(other)
            members[number] += [each for each in variables if each not in of_variable]
            of_variable |= dict.fromkeys(members[number], number)
        return {name: of_variable[variables[0]] if variables else -1 for name, variables in self._variables.items()}

    def _about(self, part: frozenset[tuple[str, bool]]) -> dict[str, str] | None:
        """Return what the choices of `part` imply; None where they exclude each other."""
        if part not in self._known:
            choices = dict(part)
            self._known[part] = self._implied_by(choices) if self._countable(choices) else {}
        return self._known[part]

    def _implied_by(self, choices: Mapping[str, bool]) -> dict[str, str] | None:
        found: dict[str, str | bool | None] | None = None
        for assignment in self._assignments(choices):
            values = {name: value for name, value in assignment.items() if isinstance(name, str)}
            found = values if found is None else {n: v for n, v in found.items() if values[n] == v}
        return None if found is None else {name: value for name, value in found.items() if isinstance(value, str)}

    def _check(self, name: str, open_: tuple[str, ...], places: Mapping[str, Value]) -> tuple[str | OpenCondition, ...]:
        if name in self._variables:
            return self._variables[name]
        if name in open_ or len(open_) > _MOST_NESTED:
            what = "depends on itself" if name in open_ else "depends on too many others"
            raise UsageError(
                f"the condition {quote(name)} {what}",
                source=self._budget.source,
                span=places[name].span,
                help="write it with other conditions",
            )
        found: dict[str | OpenCondition, None] = {}
        for leaf in _leaves(self._formulas[name]):
            self._budget.spend(1)
            match leaf:
                case ParameterIs():
                    found[leaf.parameter] = None
                case OpenCondition():
                    found[leaf] = None
                case NamedCondition() if leaf.name in self._formulas:
                    found |= dict.fromkeys(self._check(leaf.name, (*open_, name), places))
                case NamedCondition():
                    found[OpenCondition(leaf.name)] = None
        self._variables[name] = tuple(found)
        return self._variables[name]

    def _domain(self, variable: str | OpenCondition) -> tuple[str | bool | None, ...]:
        if isinstance(variable, OpenCondition):
            return (True, False)
        mentioned, allowed = self._mentioned[variable], self._parameters[variable].allowed
        if allowed is None:
            return (*mentioned, None)
        others = [each for each in allowed if each not in mentioned]
        rest: tuple[str | None, ...] = (None,) if len(others) > 1 else tuple(others)
        return (*(each for each in mentioned if each in allowed), *rest)

    def _all_variables(self, choices: Mapping[str, bool]) -> tuple[str | OpenCondition, ...]:
        return tuple(dict.fromkeys(each for name in choices for each in self._variables[name]))

    def _countable(self, choices: Mapping[str, bool]) -> bool:
        number = 1
        for variable in self._all_variables(choices):
            number *= max(len(self._domain(variable)), 1)
            if number > MOST_ASSIGNMENTS:
                return False
        return True

    def _assignments(self, choices: Mapping[str, bool]) -> Iterator[dict[str | OpenCondition, str | bool | None]]:
        variables = self._all_variables(choices)
        for values in itertools.product(*map(self._domain, variables)):
            assignment = dict(zip(variables, values, strict=True))
            known: dict[str, bool] = {}
            if all(self._holds(NamedCondition(name), assignment, known) is chosen for name, chosen in choices.items()):
                yield assignment

    def _holds(
        self,
        formula: ConditionFormula,
        assignment: Mapping[str | OpenCondition, str | bool | None],
        known: dict[str, bool],
    ) -> bool:
        self._budget.spend(1)
        match formula:
            case bool():
                return formula
            case ParameterIs():
                return assignment[formula.parameter] == formula.text
            case OpenCondition():
                return assignment[formula] is True
            case NamedCondition() if formula.name not in self._formulas:
                return assignment[OpenCondition(formula.name)] is True
            case NamedCondition():
                if formula.name not in known:
                    known[formula.name] = self._holds(self._formulas[formula.name], assignment, known)
                return known[formula.name]
            case AllHold():
                return all(self._holds(each, assignment, known) for each in formula.each)
            case OneHolds():
                return any(self._holds(each, assignment, known) for each in formula.each)
            case Opposite():
                return not self._holds(formula.of, assignment, known)


_MOST_NESTED = 60


def _leaves(formula: ConditionFormula) -> Iterator[ParameterIs | OpenCondition | NamedCondition]:
    match formula:
        case ParameterIs() | OpenCondition() | NamedCondition():
            yield formula
        case AllHold() | OneHolds():
            for each in formula.each:
                yield from _leaves(each)
        case Opposite():
            yield from _leaves(formula.of)
        case _:
            pass
