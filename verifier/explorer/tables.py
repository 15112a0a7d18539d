"""Tables of an explorer: all that escapes as regions, and what becomes of the actions that AWS has.

    RegionTable      which actions, on what and under which condition, with a request of each region
    service_table    counts of actions by service and access level, as a `ServiceTable`

Of each known action it is asked whether there is a request for it that the policies grant, that the maximum leaves,
that passes all documents, and that escapes. Actions that meet the same rules of all documents have the same answers,
so each class of actions is asked about once, on one of them, by the questions' own search. In the world of AWS's
catalogue each action has its own facts: what no request makes true for the class is settled, the rest is asked anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from verifier.base.budget import Budget
from verifier.base.errors import UsageError, quote
from verifier.clouds.aws.catalogue.actions import AccessLevel, actions, services
from verifier.explorer.pin import pin
from verifier.logic.actions import ActionPattern
from verifier.logic.readings import rules_of
from verifier.questions.ask import Ask, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.prove import beyond
from verifier.questions.question import ProveQuestion
from verifier.questions.search import search
from verifier.questions.verdict import Absent, Found, Hinges, SearchResult, request_text
from verifier.questions.ways import allowed
from verifier.regions.region import Area, Region, Regions, as_documents_write
from verifier.report.formula_words import formula_words
from verifier.report.style import Cell, html_phrase, html_table, text_table
from verifier.shown import frame_of_rows
from verifier.smt.solve import Unknown

_REGION_HEAD = ("actions", "known", "exact", "where", "for example")


@dataclass(frozen=True, repr=False)
class RegionTable:
    """The regions that were found; `complete`: it is proved that nothing outside of them escapes, else `reason`."""

    found: Regions

    @property
    def complete(self) -> bool:
        """Whether the regions are all that escapes, proved."""
        return self.found.complete

    @property
    def reason(self) -> str | None:
        """Why that is not proved; None where it is."""
        return None if self.complete else self.found.reason or "not found out"

    def __iter__(self) -> Iterator[Region]:
        return iter(self.found.regions)

    def __len__(self) -> int:
        return len(self.found.regions)

    def as_rows(self) -> list[tuple[str | int, ...]]:
        """Return a row for each region: its actions, how many of them AWS has, whether it is exact, where, an example.

        A region that is exact holds nothing that does not escape.
        """
        return [
            (
                _actions(region.area),
                sum(region.levels.values()),
                "yes" if region.exact else "an outline",
                formula_words(region.part.guard) or "always",
                request_text(region.request),
            )
            for region in self
        ]

    def to_frame(self) -> Any:
        """Return the rows as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_rows(_REGION_HEAD, self.as_rows())

    def __repr__(self) -> str:
        return f"{text_table(_REGION_HEAD, self.as_rows())}\n{self._together}"

    def _repr_html_(self) -> str:
        return f"{html_table(_REGION_HEAD, self.as_rows())}<p>{html_phrase(self._together)}</p>"

    @property
    def _together(self) -> str:
        as_usual = self.found.as_usual
        usual = f", under the usual reading of {rules_of(as_usual)}" if as_usual else ""
        return f"nothing else escapes: proved{usual}" if self.complete else f"not known to be all: {self.reason}"


def _actions(area: Area) -> str:
    within = [_listed(area.actions), *(f"that are {_listed(one)}" for one in area.also)]
    return " ".join([*within, *([f"except {_listed(area.excepts)}"] if area.excepts else [])])


def _listed(patterns: Sequence[ActionPattern]) -> str:
    return ", ".join(map(as_documents_write, patterns))


_SERVICE_HEAD = ("service", "known", "granted", "left", "passing", "cut", "escaping", "undecided")
_CELL_HEAD = ("service", "access level", *_SERVICE_HEAD[1:])
_MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of known actions, by what happens to some request for them.

    It is `granted` by the policies, is `left` by the maximum, is `passing` all documents, is `escaping`. `cut` are
    granted, but no request passes the boundary and the other documents. `undecided` are those where some of this was
    not found out; they are counted in no other column except `known`.
    """

    known: int = 0
    granted: int = 0
    left: int = 0
    passing: int = 0
    cut: int = 0
    escaping: int = 0
    undecided: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))


NONE = Counts()


@dataclass(frozen=True, repr=False)
class ServiceTable:
    """Counts of known actions by service and access level, services in alphabetical order.

    `spelled` are the services that the documents name; the others are told apart from each other by the catalogue only.
    """

    cells: dict[tuple[str, AccessLevel], Counts] = field(repr=False)
    spelled: tuple[str, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The services in the table."""
        return tuple(dict.fromkeys(service for service, _ in self.cells))

    def at(self, service: str, level: AccessLevel) -> Counts:
        """Return the counts of a cell; nothing but zeros where AWS has no such action."""
        return self.cells.get((service, level), NONE)

    def of(self, service: str) -> Counts:
        """Return the counts of a service, all access levels together."""
        return sum((self.at(service, level) for level in AccessLevel), NONE)

    def only(self, names: Iterable[str]) -> ServiceTable:
        """Return the table of the services `names` alone."""
        kept = {name.lower() for name in names}
        return ServiceTable({key: counts for key, counts in self.cells.items() if key[0] in kept}, self.spelled)

    def __add__(self, other: ServiceTable) -> ServiceTable:
        spelled = dict.fromkeys((*self.spelled, *other.spelled))
        return ServiceTable(dict(sorted((self.cells | other.cells).items(), key=_by_name)), tuple(spelled))

    def as_rows(self) -> list[tuple[Cell, ...]]:
        """Return a row for each cell: service, access level, and the counts in the order of `Counts`."""
        return [
            (service, level.value, *(int(getattr(counts, one.name)) for one in fields(Counts)))
            for (service, level), counts in self.cells.items()
        ]

    def to_frame(self) -> Any:
        """Return the rows as a pandas.DataFrame, or as a list of records where pandas is not installed."""
        return frame_of_rows(_CELL_HEAD, self.as_rows())

    def __repr__(self) -> str:
        return text_table(_SERVICE_HEAD, self._summary())

    def _repr_html_(self) -> str:
        return html_table(_SERVICE_HEAD, self._summary())

    def _summary(self) -> list[tuple[Cell, ...]]:
        """A row for each service that the documents spell, as far as there is room, and one for all others together."""
        shown = self.spelled_here[:_MOST_ROWS]
        rest = [name for name in self.services if name not in shown]
        rows = [self._row(name, self.of(name)) for name in shown]
        if rest:
            rows.append(self._row(f"{len(rest)} other services", sum(map(self.of, rest), NONE)))
        return rows

    @property
    def spelled_here(self) -> tuple[str, ...]:
        """The services of the table that the documents spell: those where most escapes, or is undecided, come first."""

        def weight(name: str) -> tuple[int, str]:
            return -self.of(name).escaping - self.of(name).undecided, name

        return tuple(sorted(set(self.services) & set(self.spelled), key=weight))

    @staticmethod
    def _row(name: str, counts: Counts) -> tuple[Cell, ...]:
        return (name, *(int(getattr(counts, one.name)) for one in fields(Counts)))


def _by_name(item: tuple[tuple[str, AccessLevel], Counts]) -> tuple[str, int]:
    (service, level), _ = item
    return service, list(AccessLevel).index(level)


def service_table(
    question: ProveQuestion, pinned: Sequence[Claim], ask: Ask, names: Sequence[str] = ()
) -> ServiceTable:
    """Return the table of all known actions, among the requests that make the claims `pinned` true.

    Of the services `names` alone, where any is named; raises UsageError for one that the catalogue does not know. The
    time of `ask` is for the whole table; actions that it does not suffice for are counted as undecided.
    """
    asked = _Asked.of(question, pinned, ask)
    cells: Counter[tuple[str, AccessLevel, Counts]] = Counter()
    for service in _known(names):
        for action in actions(service):
            cells[service, action.access_level, asked.counts(str(action))] += 1
    found: dict[tuple[str, AccessLevel], Counts] = {}
    for (service, level, counts), number in cells.items():
        times = Counts(*(number * getattr(counts, one.name) for one in fields(Counts)))
        found[service, level] = found.get((service, level), NONE) + times
    return ServiceTable(dict(sorted(found.items(), key=_by_name)), tuple(asked.spelled()))


def _known(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name.lower() not in services():
            raise UsageError(f"AWS has no service {quote(name)}", help="write the part before the colon of an action")
    return tuple(sorted({name.lower() for name in names})) or services()


@dataclass(frozen=True)
class _Asked:
    """The questions of one action, each as claims, and the answers of the classes of actions asked about so far."""

    granted: tuple[Claim, ...]
    left: tuple[Claim, ...]
    passing: tuple[Claim, ...]
    escaping: tuple[Claim, ...]
    budget: Budget
    ask: Ask
    known: dict[object, tuple[SearchResult, ...]] = field(default_factory=dict)

    @staticmethod
    def of(question: ProveQuestion, pinned: Sequence[Claim], ask: Ask) -> _Asked:
        """Return the questions about the documents and the maximum of `question`."""
        documents, maximum = question.documents, question.maximum
        passing = allowed(documents)
        return _Asked(
            (Claim(Level(tuple(documents.policies)), Says.ALLOWS), *pinned),
            (Claim(Level((maximum,)), Says.ALLOWS), *pinned),
            (*passing, *pinned),
            (*beyond(passing, maximum), *pinned),
            Budget.of(ask.seconds),
            ask,
        )

    def counts(self, action: str) -> Counts:
        """Return the counts of one action: each 0 or 1."""
        met = tuple(claim.level.met(action.lower()) for claim in self.escaping)
        found = self.known.get(met)
        if found is None:
            found = self.known[met] = self._asked(action, replace(self.ask, world=World.ALL))
        if self.ask.world is World.AWS:
            found = self._asked(action, self.ask, found)
        return _counts(found)

    def spelled(self) -> Iterator[str]:
        """Yield the services that the documents spell, in alphabetical order."""
        rulesets = [ruleset for claim in self.escaping for ruleset in claim.level.rulesets]
        yield from sorted({service for ruleset in rulesets for service in ruleset.index.services})

    def _asked(self, action: str, ask: Ask, known: Sequence[SearchResult] = ()) -> tuple[SearchResult, ...]:
        """The outcomes for one action: granted, left, passing, escaping. What is `known` to be absent stays so; what
        escapes passes, and what passes is granted.
        """
        one = pin(action=action).claim

        def outcome(place: int, claims: tuple[Claim, ...]) -> SearchResult:
            settled = known[place] if known else None
            if isinstance(settled, Absent):
                return settled
            return search((one, *claims), self.budget, ask)

        escaping = outcome(3, self.escaping)
        passing = escaping if isinstance(escaping, Found) else outcome(2, self.passing)
        granted = passing if isinstance(passing, Found) else outcome(0, self.granted)
        return granted, outcome(1, self.left), passing, escaping


def _counts(outcomes: Sequence[SearchResult]) -> Counts:
    if any(isinstance(outcome, Unknown | Hinges) for outcome in outcomes):
        return Counts(known=1, undecided=1)
    granted, left, passing, escaping = (isinstance(outcome, Found) for outcome in outcomes)
    return Counts(1, granted, left, passing, granted and not passing, escaping)
