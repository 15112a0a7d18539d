"""What a cloud must give, so that what is anybody's can ask about its documents.

A document is parsed by its cloud and knows it (`Document.cloud`). A question is then about three readings of it, which
have to agree: the rules that it is compiled into (every request, for the prover), the evaluator (one request, which
replays every counterexample), and the domains (which texts a request can hold at all). Nothing else of a cloud is
needed to prove something; what it says of requests that can happen is needed for a counterexample to be believed.

Whatever is anybody's sees documents and requests through the protocols below only. A cloud takes back what it made
itself, and `Any` stands for that: whoever reads documents sees to it that those of two clouds are not mixed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from verifier.base.budget import Budget
from verifier.base.errors import PolicyWarning
from verifier.base.source import Source, Span
from verifier.clouds.split import AllowingWay, Respect
from verifier.clouds.trace import Attached, Decision, ElementTrace, Failure, Nearness
from verifier.logic.actions import ActionPattern, Effect
from verifier.logic.formula import Formula, StringTerm
from verifier.logic.readings import Reading
from verifier.logic.request import Domain, Request
from verifier.logic.rules import Ruleset
from verifier.logic.theory import Model
from verifier.strings.values import Key


class Statement(Protocol):
    """One statement of a document; `index` counts from 0, `sid` is the name that it gives itself."""

    @property
    def index(self) -> int: ...
    @property
    def sid(self) -> str | None: ...
    @property
    def effect(self) -> Effect: ...
    @property
    def span(self) -> Span: ...


class Document(Protocol):
    """A parsed document: a policy, a boundary, a maximum. Compared and hashed by identity."""

    @property
    def source(self) -> Source:
        """The text that it was read from."""

    @property
    def cloud(self) -> Cloud:
        """The cloud whose document it is."""

    @property
    def statements(self) -> Sequence[Statement]:
        """Its statements, in their order."""

    @property
    def warnings(self) -> Sequence[PolicyWarning]:
        """What was hardly meant, as far as the text alone shows it."""

    def only(self, statements: Collection[int]) -> Document:
        """Return the document with the statements that have these indices, and no others."""


class DocumentType(Protocol):
    """What a document is, where somebody tells it; `value` is what options and JSON call it."""

    @property
    def value(self) -> str: ...


class Place(Protocol):
    """Where a document, or a level of documents, stands among those of a question; `str` is what answers call it."""

    @property
    def opens(self) -> bool:
        """Whether answers tell which Allows of the level let something through."""


class Origin(Protocol):
    """Where a catalogue comes from; `str` says it, `date` is the day of the newest data in it."""

    @property
    def date(self) -> dt.date: ...


class AccessLevel(Protocol):
    """What an action does; `value` is what JSON calls it, `label` what the cloud does, and the lower its `severity` is
    the graver it is.
    """

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def severity(self) -> int: ...


class KnownAction(Protocol):
    """An action that the cloud has; `str` writes it as documents do."""

    @property
    def access_level(self) -> AccessLevel: ...


class Documents(Protocol):
    """The documents that together decide one request."""

    @property
    def cloud(self) -> Cloud:
        """The cloud whose documents they are."""

    @property
    def policies(self) -> Sequence[Document]:
        """Those that grant, which act as one; whatever else there is limits them."""

    def beside(self) -> Mapping[Any, Sequence[Sequence[Document]]]:
        """Return what limits them, level by level, by its `DocumentType`."""

    def check(self) -> None:
        """Raise InputError where a document is not what its place requires."""

    def levels(self) -> Iterator[tuple[Place, Sequence[Document]]]:
        """Yield what must allow a request, each a level of documents that act as one: all of them are and-ed."""

    def open_levels(self) -> Collection[Place]:
        """Return the levels that only deny, so that the cloud allows everything else."""

    def denials(self) -> Iterator[tuple[Place, Document]]:
        """Yield the documents that only deny, each limiting by itself."""

    def placed(self) -> Iterator[tuple[Place, Document]]:
        """Yield every document with its place: those of each level in their order, then those that only deny, then
        those of the resource's side.
        """

    @property
    def tells_who(self) -> bool:
        """Whether it is told who asks, so that there need not be a document that grants."""

    @property
    def names_who(self) -> bool:
        """Whether it is told by name who asks."""

    def resource_side(self, request: Any = None) -> Iterator[tuple[Place, Document]]:
        """Yield the documents that say who may do something with a resource; those that bear on `request`, if given."""

    def ways(self, beside: Sequence[Any] = ()) -> Sequence[AllowingWay]:
        """Return the ways in which a request can be allowed where it is told who asks: it is iff one of them holds.

        `beside` are documents that the question is about, too. Raises Unsupported for a way that has no form here.
        """

    def sure_ways(self, beside: Sequence[Any] = ()) -> Sequence[AllowingWay]:
        """Return `ways`, for a proof that something is allowed. Raises Unsupported where they may hold too much."""


class Happens(Protocol):
    """Whether actions can really happen; what was found out once is remembered."""

    def among(self, known: Sequence[Any], guard: Formula, request: Any, budget: Budget) -> Any:
        """Return which of `known` can happen in a request that makes `guard` true, and what is shown instead of
        `request`, one of those (`questions/verdict.py`).
        """


class Cloud(Hashable, Protocol):
    """A cloud: what its documents are, what they mean, what its evaluator says, and what could really happen in it."""

    @property
    def name(self) -> str:
        """What sentences call it."""

    @property
    def example(self) -> str:
        """The text of some small document."""

    @property
    def attached(self) -> Attached:
        """What it attaches to documents that only deny."""

    @property
    def origin(self) -> Origin:
        """Where its catalogue comes from."""

    def parse(self, source: Source) -> Document:
        """Return the document that `source` holds. Raises InputError."""

    def parse_level(self, source: Source, told: Any) -> Sequence[Document]:
        """Return the documents that `source` holds: one, or of a type with several a list, which acts as one.

        Raises InputError.
        """

    def text(self, document: Any) -> str:
        """Return a text that says what `document` says, so that it can travel."""

    def said(self, document: Any) -> Any:
        """Return what `document` says as JSON values, without the names in it."""

    def warnings(self, document: Any, *, notes: bool = True) -> Sequence[PolicyWarning]:
        """Return what was hardly meant in `document`, by the catalogue too; without `notes`, what matters more."""

    def documents(self, policies: Sequence[Any], beside: Mapping[Any, Any]) -> Documents:
        """Return `policies` with what limits them, as `Documents.beside` gives it."""

    def alike(self, documents: Sequence[Any], told: Any) -> Sequence[Document]:
        """Return documents that are compared with each other as what they are: `told`, or by themselves.

        Raises InputError for a document, or a `DocumentType`, that does not suit.
        """

    def respects(self, documents: Any, told: Any) -> Sequence[Respect]:
        """Return the respects in which `documents`, which `alike` took, are compared. Raises Unsupported."""

    def check_maximum(self, document: Any, documents: Any = None) -> None:
        """Raise InputError where `document` is not what a maximum of `documents` must be."""

    def check_common_maximum(self, document: Any, told: Any) -> None:
        """Raise InputError where `document` is not what a maximum of documents of the type `told` must be."""

    def by_itself(self, document: Any, told: Any) -> Documents:
        """Return the documents of a question about `document` and what the cloud attaches. Raises as `alike`."""

    def among(self, level: Sequence[Any], told: Any, others: Any) -> Documents:
        """Return `others` with the documents of `level`, which act as one and which they limit, in their place among
        them. Raises as `alike`.
        """

    def only_denies(self, documents: Iterable[Any], told: Any = None) -> bool:
        """Whether `documents` allow nothing, so that what they deny is all that can be compared."""

    def attaches(self, documents: Sequence[Any], told: Any) -> str | None:
        """Return what an answer assumes if the cloud attaches full access to `document`; None if it does not."""

    def every_assumption(self) -> Iterator[str]:
        """Yield whatever an answer may take for granted, in the order in which answers do, without what narrows it."""

    def services_named(self, document: Any) -> Sequence[str]:
        """Return the names that `document` was made of by `only_services`."""

    def only_services(self, names: Sequence[str]) -> Document:
        """Return the document that allows all of the services `names` and nothing else. Raises InputError."""

    def assumptions(
        self,
        documents: Iterable[Any],
        together: Any,
        *,
        narrowed: bool,
        as_usual: bool,
        proved: bool,
        every_service: bool,
        granting: bool = False,
    ) -> tuple[str, ...]:
        """Return what an answer about `documents` takes for granted, and about their places `together`, if given.

        `narrowed`: to requests that can really happen; `as_usual`: to the usual reading; `proved`: of all requests;
        `every_service`: whatever services the documents name; `granting`: that something is allowed.
        """

    def compiled(self, document: Any, *, readings: bool, only_unknown: bool = False) -> Ruleset:
        """Return what `document` means on every request: under the usual reading of the cloud's points, or with the
        points as variables, or those that are unknown. The same object each time.
        """

    def touched(self, document: Any) -> Reading:
        """Return the points that `document` touches."""

    def domains(self, text: StringTerm) -> Domain:
        """Return which texts a request can hold."""

    def allows(self, documents: Sequence[Any], request: Any, reading: Reading) -> bool:
        """Whether some statement of `documents` allows `request`, and none denies it, by the evaluator."""

    def denies(self, documents: Sequence[Any], request: Any, reading: Reading) -> bool:
        """Whether some statement of `documents` denies `request`, by the evaluator."""

    def decide(self, documents: Any, request: Any, reading: Reading) -> Decision:
        """Return what happens to `request`, which `documents` decide together."""

    def allowed_by(self, documents: Any, request: Any, reading: Reading) -> Sequence[str] | None:
        """Return which sides of `documents` allow `request`; None where they have one side only."""

    def contradicts(self, documents: Any, request: Any) -> bool:
        """Whether the evaluator says of `documents` together that `request`, found in one of their ways, is not
        allowed.
        """

    def not_allowing(self, documents: Any, request: Any, reading: Reading) -> Iterator[Place]:
        """Yield the levels of `documents` that must allow `request`, and do not."""

    def failures(self, statement: Any, request: Any, reading: Reading) -> Iterator[Failure]:
        """Yield each element of `statement` that `request` does not meet: it matches iff nothing is yielded."""

    def pieces(self, document: Any, statement: Any, request: Any, reading: Reading) -> Sequence[ElementTrace]:
        """Return the elements of `statement` that fail; where it matches, those by which it does."""

    def nearness(self, statement: Any, request: Any, reading: Reading) -> Nearness:
        """Return how near `statement` is to `request`, by its actions."""

    def request(
        self, action: str, resource: str, context: Mapping[str, Sequence[str]], principal: str | None = None
    ) -> Request:
        """Return the request with these texts. Raises InputError for one that there is not."""

    def can_hold(self, key: Key, values: Sequence[str]) -> bool:
        """Whether a request can hold `values`, one or several, for `key`."""

    def single(self, key: Key) -> Formula:
        """Return the formula that a request holds `key` with one value."""

    def known(
        self,
        actions: Sequence[ActionPattern],
        excepted: Sequence[ActionPattern],
        also: Sequence[Sequence[ActionPattern]],
    ) -> Sequence[KnownAction]:
        """Return the actions that it has, by one of `actions`, none of `excepted` and one of each of `also`, all in
        lower case; the gravest first.
        """

    def likely(self, claims: Any, known: Sequence[Any], model: Model) -> Iterator[Request]:
        """Yield requests of `model`, for some of the actions `known`, that can really happen."""

    def easier(self, claims: Any, request: Any, accepts: Callable[[Request], bool]) -> Request:
        """Return a request like `request` that is easier to believe, and that passes `accepts` too."""

    def happening(self, claims: Any) -> Happens:
        """Return what tells which actions can happen where all of `claims` are true."""

    def search(self, claims: Any, budget: Budget, solver: Any) -> Any:
        """Return what a search among the requests that can really happen comes to (`questions/verdict.py`)."""

    def choose(self, claims: Any, found: Any, budget: Budget) -> Any:
        """Return `found` with the request that people are shown instead: one that can happen, wherever there is one."""

    def at_hand(self, claims: Any, budget: Budget) -> Any:
        """Return a request at hand that can happen and makes all claims true, as what is found; None says nothing."""

    def polish(self, claims: Any, found: Any) -> Any:
        """Return `found`, whose request can happen, with one that is easier to believe and can happen too."""

    def broken(self, request: Any) -> tuple[str, ...]:
        """Return the facts about the cloud that `request` breaks, as sentences."""
