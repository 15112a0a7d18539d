"""The search among the requests that AWS can make: those that fit the facts of `verifier/clouds/aws/world/` (rule 4).

    Found(request)   one that makes every claim true, breaks no fact, and carries the keys of every request; under
                     another reading of AWS's guide than the usual one, where the claims are of levels with readings
    Absent           none: a proof about the world of this catalogue
    Unknown(reason)  neither was found out

AWS has finitely many actions, so each one within reach is asked about with its own facts: no class has to be told
apart. Actions that meet the same rules give the same formula, and many the same facts: of those one is asked about.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from verifier.base.budget import Budget, bounded
from verifier.base.errors import UndecidedError
from verifier.clouds.aws.catalogue.actions import Action, actions, find_action, services
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.examples import resource as believable
from verifier.clouds.aws.world.facts import (
    OF_ANY_ARN,
    AboutKeys,
    Facts,
    broken,
    facts_of,
    like,
    mentioned,
    of_form,
    read_under,
)
from verifier.clouds.aws.world.key_forms import domains_of_world
from verifier.clouds.aws.world.ties import in_time, made_whole
from verifier.logic.actions import ActionPattern
from verifier.logic.formula import FALSE, RESOURCE, Formula, all_of, is_literal
from verifier.logic.request import Request
from verifier.logic.rules import ActionIndex
from verifier.questions.claims import ActionCase, Claim, cases, decode, reach, replays
from verifier.questions.verdict import Absent, Found, SearchResult
from verifier.questions.worlds import Solver
from verifier.smt import solve as smt
from verifier.smt.solve import Sat, Unknown, Unsat
from verifier.strings.pattern import ANYTHING, Pattern

Decide: TypeAlias = Callable[[Formula], smt.Satisfiability]


def fitting(claims: Sequence[Claim], budget: Budget, solver: Solver = smt.solve, *, first: str = "") -> SearchResult:
    """Look for a request that fits the facts and makes all `claims` true; at least one must be one that holds.

    `first` is the service to begin with.
    """
    unknown: Unknown | None = None
    asked: dict[Formula, smt.Satisfiability] = {}

    def decide(formula: Formula) -> smt.Satisfiability:
        if formula not in asked:
            budget.check()
            asked[formula] = solver(formula, domains_of_world, budget)
        return asked[formula]

    try:
        with bounded():
            for facts, question, outcome in outcomes(_questions(claims, budget, first), decide):
                match outcome:
                    case Sat():
                        request, reading = narrowed_request(claims, facts, outcome, question), outcome.model.reading
                        if replays(claims, request, reading) and not broken(request):
                            return Found(request, reading=reading)
                        unknown = unknown or Unknown(
                            "a request was found that the evaluator or the facts do not confirm"
                        )
                    case Unknown():
                        unknown = unknown or outcome
                    case Unsat():
                        pass
    except UndecidedError as limit:
        return Unknown(str(limit))
    return unknown or Absent()


def outcomes(
    questions: Iterable[tuple[Facts, Narrowed]], decide: Decide
) -> Iterator[tuple[Facts, Narrowed, smt.Satisfiability]]:
    """Yield what each question comes to on each form of resource; on none, where its keys alone forbid it.

    An action that takes no type of resource is asked on ARNs last, when nothing likelier was found.
    """
    later: list[tuple[Facts, Narrowed]] = []
    for facts, question in questions:
        formula = question.narrowed(facts)
        outcome = decide(formula)
        if isinstance(outcome, Unsat) or not question.about_resource:
            yield facts, question, outcome
            continue
        for form in facts.forms:
            read = question.read_under(formula, form)
            if read != FALSE:
                yield facts, question, decide(all_of((read, of_form(form))))
        if facts.any_resource:
            yield facts, question, decide(all_of((formula, is_literal(RESOURCE, "*"))))
        if facts.any_arn:
            later.append((facts, question))
    for facts, question in later:
        yield facts, question, decide(all_of((question.narrowed(facts), OF_ANY_ARN)))


class Narrowed:
    """The claims for the actions that meet certain rules, as `formula`; `about_resource`: it mentions the resource."""

    def __init__(self, formula: Formula) -> None:
        """Begin with no action."""
        self.formula = all_of((formula, *in_time(formula)))
        keys, self.about_resource = mentioned(formula)
        self.keys = keys
        self._keys = AboutKeys(keys)
        self._narrowed: dict[Formula, Formula] = {}
        self._read: dict[tuple[Formula, ArnForm], Formula] = {}

    def narrowed(self, facts: Facts) -> Formula:
        """Return the question for requests that carry what the action of `facts` can carry."""
        about = self._keys.of(facts)
        if about not in self._narrowed:
            self._narrowed[about] = all_of((self.formula, about))
        return self._narrowed[about]

    def read_under(self, formula: Formula, form: ArnForm) -> Formula:
        """Return `formula`, which is narrowed, as it reads on resources of `form`."""
        if (formula, form) not in self._read:
            self._read[formula, form] = read_under(formula, form)
        return self._read[formula, form]


def _questions(claims: Sequence[Claim], budget: Budget, first: str) -> Iterator[tuple[Facts, Narrowed]]:
    """Yield the facts about each action within reach, with the question about it. Those are left out that cannot be,
    and of those that say the same all but one.
    """
    known: dict[ActionCase, Narrowed] = {}
    seen: set[tuple[Narrowed, object]] = set()
    indices = [ruleset.index for claim in claims for ruleset in claim.level.rulesets]
    within, once_more = itertools.tee(_within(reach(claims), budget, first, indices))
    names = (str(action).lower() for action in once_more)
    for action, (_, case) in zip(within, cases(claims, names, budget), strict=True):
        budget.check()
        question = known.get(case)
        if question is None:
            question = known[case] = Narrowed(case.formula)
        if question.formula == FALSE:
            continue
        kind = like(action) if question.keys else (action.service, action.fields[0])
        facts = facts_of(str(action)) if (question, kind) not in seen else None
        if facts is not None:
            seen.add((question, kind))
            yield facts, question


def _within(
    patterns: Iterable[ActionPattern], budget: Budget, first: str, indices: Sequence[ActionIndex]
) -> Iterator[Action]:
    """Yield the actions that AWS has and that `patterns` match, each once, those of the service `first` first.

    Where no rule of `indices` tells the names of a service apart, one stands for all about which the facts are the
    same.
    """
    patterns = sorted(patterns, key=lambda pattern: pattern.service.text != first)
    wild: list[ActionPattern] = []
    literal: dict[Action, None] = {}
    for pattern in patterns:
        if pattern.service.text is None or pattern.name.text is None:
            wild.append(pattern)
            continue
        action = find_action(f"{pattern.service.text}:{pattern.name.text}")
        if action is not None and action not in literal:
            literal[action] = None
            yield action
    if wild:
        for service in sorted(services(), key=lambda name: name != first):
            budget.check()
            names = [pattern.name for pattern in wild if pattern.service.matches(service)]
            if names:
                some_matches = _union(names)
                matching = (one for one in actions(service) if some_matches(one.name.lower()))
                others = (action for action in matching if action not in literal)
                yield from others if _tells_apart(service, names, indices) else _told_apart_by_facts(others)


def _tells_apart(service: str, names: Sequence[Pattern], indices: Iterable[ActionIndex]) -> bool:
    """Whether `names` or a rule look at more of an action of `service` than its service."""
    cuts = (cut for index in indices for cut in index.cuts(service))
    spelled = (name for index in indices for name in index.spelled(service))
    return any(name != ANYTHING for name in itertools.chain(names, *cuts)) or any(True for _ in spelled)


def _told_apart_by_facts(found: Iterable[Action]) -> Iterator[Action]:
    """Yield the first of the actions about which the facts are the same."""
    seen: set[object] = set()
    for action in found:
        kind = like(action)
        if kind not in seen:
            seen.add(kind)
            yield action


def _union(names: Iterable[Pattern]) -> Callable[[str], bool]:
    """Return what tells whether some of `names` matches: those that are a literal run and a `*` are looked up."""
    names = tuple(names)
    heads = {name.head for name in names if name.head is not None}
    lengths = set(map(len, heads))
    others = [name.matches for name in names if name.head is None]

    def some_matches(word: str) -> bool:
        return any(word[:length] in heads for length in lengths) or any(matches(word) for matches in others)

    return some_matches


def narrowed_request(claims: Sequence[Claim], facts: Facts, found: Sat, question: Narrowed) -> Request:
    """Return the request for the action of `facts` that was `found` for the question."""
    request = decode(claims, str(facts.action), found.model)
    resource = request.resource
    if not question.about_resource and not facts.takes(resource):
        resource = believable(facts.forms[0])
    context = made_whole(request.context, question.keys, facts.carries)
    return replace(request, resource=resource, context=context)
