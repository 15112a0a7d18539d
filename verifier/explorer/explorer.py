"""`Explorer`: a place among the counterexamples of one question, from which one goes to others.

    explorer = explore(policies, maximum, boundary)     at the first counterexample
    explorer.where(service="s3").without(key="aws:SourceIp")     only those that are so, and not so
    explorer.next(), explorer.back(), explorer.first()  another one, unlike all before it; the one before; the first
    for escape in explorer: ...                         all of them, one of each kind
    explorer.statements(), explorer.services()          what each statement does; a table of services
    explorer.regions(), explorer.explain()              all of it as regions; why this one is allowed

`explore` takes the arguments of `prove`. For two documents, what `new` allows and `old` does not is
`explore([new], maximum=old)`, and what is lost the other way round.

An explorer never changes: each step makes another. It is lazy: the search is made when `verdict` is first asked for.
Every pin is a document (`pin.py`) and so is every kind of request already shown (`alike.py`); each joins the claims of
the question. So the one search of all questions serves here, every counterexample is replayed by the evaluator, and the
end is a proof that no other kind is left. The next counterexample is of another service if there is one, else of
another action, else of another resource or under other conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from verifier.api import ReadingName, WorldName, ask_of
from verifier.api_documents import Levels, documents_given
from verifier.base.budget import Budget
from verifier.base.errors import UsageError
from verifier.base.memo import cached_property
from verifier.clouds.aws.documents import aws_policy
from verifier.clouds.aws.policy.syntax import Policy
from verifier.explorer.alike import actions_alike, all_alike, services_alike
from verifier.explorer.pin import Keys, Pin, PinnedCondition, TextOrTexts, pin
from verifier.logic.readings import Reading
from verifier.logic.request import Request
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import assumptions_of, beyond
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Escapes, Found, Hinges, SearchResult, Undecided
from verifier.questions.ways import allowed
from verifier.questions.worlds import show, with_leaning
from verifier.regions.region import Side
from verifier.report.style import html_phrase
from verifier.smt.solve import Unknown

if TYPE_CHECKING:
    from verifier.explanations.explanation import Explanation
    from verifier.explorer.browse import Browser
    from verifier.explorer.contributions import Contributions
    from verifier.explorer.tables import RegionTable, ServiceTable


_MOST_KINDS = 1_000
# What part of the time a preference may take.
_SHARE = 0.25


@dataclass(frozen=True, repr=False)
class NoOther:
    """A proof: every request that escapes and meets the pins is of a kind that was shown.

    `shown` is how many were; where that is 0 and nothing is pinned, the documents are contained in the maximum.
    """

    shown: int
    pins: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    world: World = World.ALL

    def __str__(self) -> str:
        rest = f"no other kind of request escapes than the {self.shown} shown" if self.shown else "no request escapes"
        narrowed = ["of those that AWS can make"] if self.world is World.AWS else []
        return ", ".join((rest, *narrowed, *self.pins))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<p>{html_phrase(str(self))}</p>"


@dataclass(frozen=True)
class Count:
    """How many regions there are; `reason` says why it is not proved that they are all, None where it is."""

    regions: int
    reason: str | None = None

    def __str__(self) -> str:
        found = f"{self.regions} region{'' if self.regions == 1 else 's'}"
        return found if self.reason is None else f"{found} found, not known to be all: {self.reason}"

    def __repr__(self) -> str:
        return str(self)


Stand: TypeAlias = Escapes | NoOther | Undecided


@dataclass(frozen=True, eq=False, repr=False)
class Explorer:
    """A place among the counterexamples of a question: see the head of this module. `explore` makes one.

    `shown` are the counterexamples before this one, `pins` what it was asked to meet and not to meet.
    """

    question: ProveQuestion
    ask: Ask = Ask()
    pins: tuple[Pin, ...] = ()
    shown: tuple[Escapes, ...] = ()

    @cached_property
    def verdict(self) -> Stand:
        """The counterexample at this place (Escapes); or that there is no other; or that neither was found out."""
        match self._found():
            case Found(request, fit):
                return Escapes(request, self._assumes(), fit, self.ask.world)
            case Hinges() as found:
                return Undecided(found.reason("escapes"), self._assumes(), self.ask.world, found)
            case Unknown(reason):
                return Undecided(reason, self._assumes(), self.ask.world)
            case Absent():
                pins = tuple(map(str, self.pins))
                return NoOther(len(self.shown), pins, self._assumes(proved=True), self.ask.world)

    @property
    def request(self) -> Request | None:
        """The request at this place, or None where there is no counterexample."""
        return self.verdict.request if isinstance(self.verdict, Escapes) else None

    def next(self) -> Explorer:
        """Go to another counterexample, unlike this one and all before it. At the end, stay."""
        found = self.verdict
        return replace(self, shown=(*self.shown, found)) if isinstance(found, Escapes) else self

    def back(self) -> Explorer:
        """Go to the counterexample before this one. At the first, stay."""
        return replace(self, shown=self.shown[:-1]) if self.shown else self

    def first(self) -> Explorer:
        """Go to the first counterexample."""
        return replace(self, shown=()) if self.shown else self

    def __iter__(self) -> Iterator[Escapes | Undecided]:
        """Yield this counterexample and those after it, one of each kind.

        That no other is left is proved when the loop ends. Where it is not proved, the last item is an `Undecided` that
        says why, also past a thousand kinds.
        """
        place = self
        while not isinstance(place.verdict, NoOther):
            yield place.verdict
            if isinstance(place.verdict, Undecided):
                return
            place = place.next()
            if len(place.shown) >= _MOST_KINDS:
                yield Undecided(f"stopped after {_MOST_KINDS} kinds of counterexamples", self._assumes())
                return

    def where(
        self,
        *,
        action: TextOrTexts | None = None,
        service: TextOrTexts | None = None,
        resource: TextOrTexts | None = None,
        key: Keys | None = None,
        condition: PinnedCondition | None = None,
    ) -> Explorer:
        """Return an explorer of the counterexamples that meet all parts given, from the first on; see `pin`.

        `key` names keys that must be present, or gives values: `{"aws:SourceIp": "203.0.113.0/24"}`. Raises UsageError.
        """
        return self._with(pin(action=action, service=service, resource=resource, key=key, condition=condition))

    def without(
        self,
        *,
        action: TextOrTexts | None = None,
        service: TextOrTexts | None = None,
        resource: TextOrTexts | None = None,
        key: Keys | None = None,
        condition: PinnedCondition | None = None,
    ) -> Explorer:
        """Return an explorer of the counterexamples that do not meet all parts given, from the first on.

        What `where` and `without` show of the same parts is together all there is. Raises UsageError.
        """
        return self._with(
            pin(action=action, service=service, resource=resource, key=key, condition=condition, wanted=False)
        )

    def unpin(self, number: int = -1) -> Explorer:
        """Return an explorer without the last pin, or without pin `number` (from 0), from the first counterexample on.

        Raises UsageError where there is no such pin; without any pin, the last is left out of none.
        """
        if not self.pins and number == -1:
            return self
        if not -1 <= number < len(self.pins):
            help = f"there are {len(self.pins)}, counted from 0"
            raise UsageError(f"there is no pin {number}", help=help)
        place = number % len(self.pins)
        return replace(self, pins=(*self.pins[:place], *self.pins[place + 1 :]), shown=())

    def statements(self) -> Contributions:
        """Return what each statement does: what escapes because of it alone, or what it alone holds back."""
        from verifier.explorer.contributions import contributions  # noqa: PLC0415  # only where it is asked for

        return contributions(self.question, self._pinned, self.ask)

    def services(self, *names: str) -> ServiceTable:
        """Return, by service and access level, how many known actions are left by the maximum, let through, cut off and
        escaping: of all services, or of those named. Raises UsageError for one that AWS has not.
        """
        from verifier.explorer.tables import service_table  # noqa: PLC0415  # the catalogue only where it is needed

        return service_table(self.question, self._pinned, self.ask, names)

    def regions(self) -> RegionTable:
        """Return all requests that escape and meet the pins, as regions proved to be complete."""
        from verifier.explorer.tables import RegionTable  # noqa: PLC0415  # only where it is asked for
        from verifier.regions.regions import regions  # noqa: PLC0415  # as above

        return RegionTable(regions([(Side.ESCAPES, self._claims)], Budget.of(self.ask.seconds), self.ask.world))

    def count(self) -> Count:
        """Return how many regions the requests that escape and meet the pins make up."""
        found = self.regions()
        return Count(len(found), found.reason)

    def explain(self) -> Explanation | None:
        """Return why the request at this place is allowed, and not by the maximum; None where there is none."""
        from verifier.explanations.explain import explain  # noqa: PLC0415  # as above

        if not isinstance(self.verdict, Escapes):
            return None
        return explain(self.question, self.verdict, self.ask)

    def browse(self) -> Browser:
        """Return a browser of buttons and lists for Jupyter. Raises UsageError where ipywidgets is not installed."""
        from verifier.explorer.browse import browse  # noqa: PLC0415  # an extra

        return browse(self)

    def _with(self, one: Pin) -> Explorer:
        return replace(self, pins=(*self.pins, one), shown=())

    @property
    def _pinned(self) -> tuple[Claim, ...]:
        return tuple(one.claim for one in self.pins)

    @cached_property
    def _claims(self) -> tuple[Claim, ...]:
        """The claims of a request that escapes and meets the pins."""
        return (*beyond(allowed(self.question.documents), self.question.maximum), *self._pinned)

    def _assumes(self, *, proved: bool = False) -> tuple[str, ...]:
        policies = (*self.question.policies(), *(one.policy for one in self.pins))
        return assumptions_of(policies, self.ask, self.question.documents, proved=proved)

    @property
    def _policies(self) -> tuple[Policy, ...]:
        return tuple(map(aws_policy, self.question.policies()))

    def _found(self) -> SearchResult:
        """Look for another kind: in another service, else of another action, else at all."""
        shown = [(one.request, _reading(one)) for one in self.shown]
        claims = (*self._claims, *_unlike(all_alike(self._policies, shown)))
        budget = Budget.of(self.ask.seconds)
        if self.shown:
            services = (services_alike(one.request for one in self.shown),)
            actions = actions_alike(self._policies, shown)
            for preferred in (services, actions):
                share = Budget.of(budget.remaining * _SHARE)
                narrowed = (*claims, *_unlike(preferred))
                outcome = search(narrowed, share, self.ask)
                if isinstance(outcome, Found):
                    return with_leaning(narrowed, show(narrowed, outcome, share, self.ask))
        return with_leaning(claims, show(claims, search(claims, budget, self.ask), budget, self.ask))

    def __repr__(self) -> str:
        return f"{self._place}\n{self.verdict}"

    def _repr_html_(self) -> str:
        shown = self.verdict._repr_html_()  # Jupyter's name, not ours
        return f"<div><p><strong>{html_phrase(self._place)}</strong></p>{shown}</div>"

    @property
    def _place(self) -> str:
        number = len(self.shown)
        if self.request:
            name = f"counterexample {number + 1}"
        else:
            name = f"after {number} counterexample{'s' if number > 1 else ''}" if number else "no counterexample"
        return ", ".join((name, *map(str, self.pins)))


def _reading(found: Escapes) -> Reading:
    return frozenset(one.point for one in found.fit.leans if one.matches)


def _unlike(policies: Sequence[Policy]) -> Iterator[Claim]:
    return (Claim(Level((policy,)), Says.ALLOWS, holds=False) for policy in policies)


def explore(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    policies: Iterable[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    timeout: float = 10.0,
    world: WorldName = "all",
    reading: ReadingName = "all",
) -> Explorer:
    """Return an explorer of the requests that the documents allow together and `maximum` does not, at the first.

    `timeout` is in seconds, for each step; `world="aws"` leaves out requests that AWS cannot make. Raises PolicyError
    for a document that does not suit its place, UsageError where no identity policy is given or an option is
    impossible.
    """
    question = ProveQuestion(documents_given(policies, boundary, session, scps, rcps), maximum)
    question.check()
    return Explorer(question, ask_of(timeout, "fast", world, reading))
