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
from verifier.base.memo import cached_property
from verifier.clouds.aws.catalogue.actions import Action
from verifier.clouds.aws.world.examples import resource_like
from verifier.clouds.aws.world.facts import Facts, broken, facts_about, facts_of, like
from verifier.clouds.aws.world.key_forms import domains_of_world
from verifier.clouds.aws.world.search import Narrowed, narrowed_request, outcomes
from verifier.clouds.aws.world.select import fitted, labelled, polished
from verifier.clouds.aws.world.shrink import Judge
from verifier.clouds.cloud import AccessLevel
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
        self.claims = claims
        self._solved: dict[Formula, Satisfiability] = {}

    def among(self, known: Sequence[Action], guard: Formula, request: Request, budget: Budget) -> Happening:
        """Return which of `known` can happen where `guard` is true, the dead ones apart, and an example that fits if
        one does. Once the time of `budget` is used up, no further action is found dead.

        Where a request like `request` fits, the actions are sifted when somebody asks which of them can happen.
        """
        seconds = budget.remaining
        judge = Judge(self.claims, Budget.of(_MOST_SECONDS), also=lambda asked: holds(guard, asked))
        names = _names(request, known)
        plain = next(self._like(judge, request, names, likely=True), None)
        there = _Sifted(self, known, guard, plain, seconds)
        shown = self._example(guard, request, there, names) if plain is None else Found(polished(judge, plain))
        return Happening(there, shown)

    def solve(self, formula: Formula, budget: Budget) -> Satisfiability:
        """Solve a formula about requests that AWS can make. Raises LimitReached."""
        if formula not in self._solved:
            budget.check()
            self._solved[formula] = solve(formula, domains_of_world, budget)
        return self._solved[formula]

    def _example(self, guard: Formula, first: Request, there: _Sifted, tried: Sequence[str]) -> Found:
        """Return the request to show where none like `first` fits for the actions `tried`: one that can happen.

        One on a resource of a type that its action takes goes before one on any ARN.
        """
        names = _names(first, there.living)  # which may take long, so the time of the judge begins after it
        judge = Judge(self.claims, Budget.of(_MOST_SECONDS), also=lambda request: holds(guard, request))
        known = [request for request in itertools.islice(there.found, _MOST_SOLVED) if judge.accepts(request)]
        proposed = (
            self._like(judge, first, [name for name in names if name not in tried], likely=True),
            self._likelier(judge, filter(_is_of_a_type, known)),
            self._like(judge, first, names, likely=False),
            self._likelier(judge, known),
        )
        for request in itertools.chain.from_iterable(proposed):
            if not broken(request):
                return Found(polished(judge, request))
        return labelled(judge, first, (), none_fits=not there.living)

    def _like(self, judge: Judge, first: Request, names: Sequence[str], *, likely: bool) -> Iterator[Request]:
        """Yield requests like `first` that break no fact, with what AWS always sends, for each action of `names`."""
        for action in names:
            request = fitted(judge, action, first, likely=likely)
            if request is not None:
                yield request

    def _likelier(self, judge: Judge, solved: Iterable[Request]) -> Iterator[Request]:
        """Yield the requests that the solver found, each on a likelier resource where one will do."""
        return (fitted(judge, request.action, request) or request for request in solved)


class _Sifted:
    """Which of some actions can happen where a formula is true; `plain` is a request of one that fits.

    What takes its resource, or one like it, and carries its keys can happen too, and needs no search. Where the
    question mentions nothing that actions differ in, all can.
    """

    def __init__(
        self, today: Today, actions: Sequence[Action], guard: Formula, plain: Request | None, seconds: float
    ) -> None:
        self._today, self._actions, self._guard, self._plain, self._seconds = today, actions, guard, plain, seconds
        self._question = Narrowed(guard)
        self._kinds: dict[object, _Alike] = {}
        self._alike: dict[object, _Alike] = {}

    @cached_property
    def severest(self) -> Action | None:
        """The first that can happen: no other is looked at."""
        return next((action for action, found in self._each(self._actions) if not found.dead), None)

    def has(self, level: AccessLevel) -> bool:
        """Whether one of this level can happen."""
        of_level = (action for action in self._actions if action.access_level is level)
        return not all(found.dead for _, found in self._each(of_level))

    @cached_property
    def _parted(self) -> tuple[tuple[Action, ...], tuple[Action, ...], tuple[Request, ...]]:
        each = list(self._each(self._actions))
        requests = {id(found.found): found.found for _, found in each if found.found is not None}  # they have no hash
        living, dead = (tuple(action for action, found in each if found.dead is dead) for dead in (False, True))
        return living, dead, tuple(requests.values())

    @property
    def living(self) -> Sequence[Action]:
        """Those that can happen, or may."""
        return self._parted[0]

    @property
    def dead(self) -> Sequence[Action]:
        """Those that are proved not to."""
        return self._parted[1]

    @property
    def found(self) -> Sequence[Request]:
        """The requests that were found by the way, each once."""
        return self._parted[2]

    def _each(self, actions: Iterable[Action]) -> Iterator[tuple[Action, _Alike]]:
        """Yield each of `actions` with what is found out about it."""
        question, plain = self._question, self._plain
        if plain is not None and not (question.keys or question.about_resource):
            yield from ((action, _NOT_FOUND_OUT) for action in actions)
            return
        by_resource = not question.keys and (plain is None or not plain.context)
        budget = Budget.of(self._seconds)
        for action in actions:
            kind = (action.service, action.fields[0]) if by_resource else like(action)
            if kind not in self._kinds:  # what there is no time for stays so, whoever asks once more
                self._kinds[kind] = self._of_kind(facts_about(action), budget) if budget.remaining else _NOT_FOUND_OUT
            yield action, self._kinds[kind]

    def _of_kind(self, facts: Facts, budget: Budget) -> _Alike:
        if self._plain is not None and _can_happen_like(self._plain, facts, self._guard):
            return _NOT_FOUND_OUT
        same = (self._question.narrowed(facts), facts.forms, facts.any_resource)
        if same not in self._alike:
            self._alike[same] = self._happens(facts, budget)
        return self._alike[same]

    def _happens(self, facts: Facts, budget: Budget) -> _Alike:
        question, claims, dead = self._question, self._today.claims, True
        try:
            with bounded():
                for _, _, outcome in outcomes([(facts, question)], lambda formula: self._today.solve(formula, budget)):
                    if isinstance(outcome, Sat):
                        return _Alike(narrowed_request(claims, facts, outcome, question), dead=False)
                    dead = dead and isinstance(outcome, Unsat)
        except UndecidedError:
            return _NOT_FOUND_OUT
        return _Alike(None, dead)


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


def _is_of_a_type(request: Request) -> bool:
    facts = facts_of(request.action)
    return request.resource == "*" or (facts is not None and not facts.any_arn)
