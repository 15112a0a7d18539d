"""Which actions AWS can be asked for where a formula is true, as in a region of a difference, and a request of one.

A region is of all requests (rules 1 to 3). Of the actions that the catalogue knows in it some may never happen there:
`iam:PassRole` where the guard asks for `iam:PermissionsBoundary`, which IAM never sends with it. Those stand apart,
each proved, with the facts of `world/`; what is not proved dead within the time counts among the others. A region
with only dead actions is not one of the world of AWS, and in a question about that world it is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.base.budget import Budget, bounded
from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError
from verifier.clouds.aws.catalogue.actions import Action
from verifier.clouds.aws.world.examples import resource_like
from verifier.clouds.aws.world.facts import Facts, broken, facts_about, facts_of, like
from verifier.clouds.aws.world.key_forms import domains_of_world
from verifier.clouds.aws.world.search import Narrowed, narrowed_request, outcomes
from verifier.clouds.aws.world.select import fitted, labelled, polished
from verifier.clouds.aws.world.shrink import Judge
from verifier.logic.formula import Formula
from verifier.logic.holds import holds
from verifier.logic.request import Request
from verifier.questions.claims import Claim
from verifier.questions.verdict import Found, Happening
from verifier.smt.solve import Sat, Satisfiability, Unsat, solve

_MOST_TRIED = 24
_MOST_SOLVED = 64
_MOST_SECONDS = 1.0


@dataclass(frozen=True)
class _Alike:
    """Whether actions with the same facts can happen: `found` is a request of one, `dead` that there is none."""

    found: Request | None
    dead: bool


_NOT_FOUND_OUT = _Alike(None, dead=False)


class Today:
    """Holds the requests of one difference to the facts; what was solved is remembered for all of them."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        """Begin with nothing known."""
        self._claims = claims
        self._budget = Budget.of(0)
        self._solved: dict[Formula, Satisfiability] = {}

    def among(self, known: Sequence[Action], guard: Formula, request: Request, budget: Budget) -> Happening:
        """Return which of `known` can happen where `guard` is true, the dead ones apart, and an example that fits if
        one does. Once the time of `budget` is used up, no further action is found dead.
        """
        seconds = budget.remaining
        judge = Judge(self._claims, Budget.of(_MOST_SECONDS), also=lambda asked: holds(guard, asked))
        names = _names(request, known)
        plain = next(self._like(judge, request, names, likely=True), None)
        shown = None if plain is None else Found(polished(judge, plain))
        self._budget = Budget.of(seconds)
        there = self._sorted(guard, known, plain)
        dead = tuple(action for action, found in zip(known, there, strict=True) if found.dead)
        living = tuple(action for action, found in zip(known, there, strict=True) if not found.dead)
        return Happening(living, dead, shown or self._example(guard, request, living, _found(there), names))

    def _sorted(self, guard: Formula, actions: Sequence[Action], plain: Request | None) -> list[_Alike]:
        """Return what is found out about each of `actions`; `plain` is a request of one that fits, which is shown.

        What takes its resource, or one like it, and carries its keys can happen too, and needs no search. Where the
        question mentions nothing that actions differ in, all can.
        """
        question = Narrowed(guard)
        if plain is not None and not (question.keys or question.about_resource):
            return [_NOT_FOUND_OUT] * len(actions)
        by_resource = not question.keys and (plain is None or not plain.context)
        kinds: dict[object, _Alike] = {}
        alike: dict[object, _Alike] = {}
        found: list[_Alike] = []
        for action in actions:
            kind = (action.service, action.fields[0]) if by_resource else like(action)
            if kind not in kinds and self._budget.remaining:
                facts = facts_about(action)
                if plain is not None and _can_happen_like(plain, facts, guard):
                    kinds[kind] = _NOT_FOUND_OUT
                else:
                    same = (question.narrowed(facts), facts.forms, facts.any_resource)
                    if same not in alike:
                        alike[same] = self._happens(facts, question)
                    kinds[kind] = alike[same]
            found.append(kinds.get(kind, _NOT_FOUND_OUT))
        return found

    def _happens(self, facts: Facts, question: Narrowed) -> _Alike:
        dead = True
        try:
            with bounded():
                for _, _, outcome in outcomes([(facts, question)], self._solve):
                    if isinstance(outcome, Sat):
                        return _Alike(narrowed_request(self._claims, facts, outcome, question), dead=False)
                    dead = dead and isinstance(outcome, Unsat)
        except UndecidedError:
            return _NOT_FOUND_OUT
        return _Alike(None, dead)

    def _solve(self, formula: Formula) -> Satisfiability:
        if formula not in self._solved:
            self._budget.check()
            self._solved[formula] = solve(formula, domains_of_world, self._budget)
        return self._solved[formula]

    def _example(
        self, guard: Formula, first: Request, living: Sequence[Action], solved: Iterable[Request], tried: Sequence[str]
    ) -> Found:
        """Return the request to show where none like `first` fits for the actions `tried`: one that can happen.

        One on a resource of a type that its action takes goes before one on any ARN.
        """
        judge = Judge(self._claims, Budget.of(_MOST_SECONDS), also=lambda request: holds(guard, request))
        names = _names(first, living)
        known = [request for request in itertools.islice(solved, _MOST_SOLVED) if judge.accepts(request)]
        proposed = (
            self._like(judge, first, [name for name in names if name not in tried], likely=True),
            self._likelier(judge, filter(_is_of_a_type, known)),
            self._like(judge, first, names, likely=False),
            self._likelier(judge, known),
        )
        for request in itertools.chain.from_iterable(proposed):
            if not broken(request):
                return Found(polished(judge, request))
        return labelled(judge, first, (), none_fits=not living)

    def _like(self, judge: Judge, first: Request, names: Sequence[str], *, likely: bool) -> Iterator[Request]:
        """Yield requests like `first` that break no fact, with what AWS always sends, for each action of `names`."""
        for action in names:
            request = fitted(judge, action, first, likely=likely)
            if request is not None:
                yield request

    def _likelier(self, judge: Judge, solved: Iterable[Request]) -> Iterator[Request]:
        """Yield the requests that the solver found, each on a likelier resource where one will do."""
        return (fitted(judge, request.action, request) or request for request in solved)


def _can_happen_like(plain: Request, facts: Facts, guard: Formula) -> bool:
    """Whether the action of `facts` carries the keys of `plain`, and takes its resource or one like it where `guard` is
    true.
    """
    if not all(map(facts.carries, plain.context)):
        return False
    if facts.takes(plain.resource):
        return True
    proposed = ("*", *filter(None, (resource_like(form, plain.resource) for form in facts.forms)))
    return any(facts.takes(text) and holds(guard, replace(plain, resource=text)) for text in proposed)


def _names(first: Request, actions: Sequence[Action]) -> tuple[str, ...]:
    """Return the actions for which requests like `first` are tried: its own, and some of `actions`."""
    return tuple(dict.fromkeys((first.action, *map(str, actions[:_MOST_TRIED]))))


def _found(there: Iterable[_Alike]) -> list[Request]:
    """The requests that were found, each once; requests are not hashable."""
    return list({id(one.found): one.found for one in there if one.found is not None}.values())


def _is_of_a_type(request: Request) -> bool:
    facts = facts_of(request.action)
    return request.resource == "*" or (facts is not None and not facts.any_arn)
