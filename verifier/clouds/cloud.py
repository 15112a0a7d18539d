"""What a cloud must give, so that what is anybody's can ask about its documents.

A document is parsed by its cloud and knows it (`Document.cloud`). A question is then about three readings of it, which
have to agree: the rules that it is compiled into (every request, for the prover), the evaluator (one request, which
replays every counterexample), and the domains (which texts a request can hold at all). Nothing else of a cloud is
needed to prove something; what it says of requests that could really happen is needed to show a counterexample that
people believe.

Whatever is anybody's sees documents and requests through the protocols below only. A cloud takes back what it made
itself, and `Any` stands for that: that no document of one cloud is asked about beside one of another is for whoever
reads them to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from verifier.base.budget import Budget
from verifier.base.source import Source, Span
from verifier.clouds.trace import Decision, Failure
from verifier.logic.actions import Effect
from verifier.logic.domains import Domain
from verifier.logic.formula import StringTerm
from verifier.logic.readings import Reading
from verifier.logic.request import Request
from verifier.logic.rules import Ruleset
from verifier.strings.key import Key


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


class Type(Protocol):
    """What a document is, where it does not say that itself; `value` is what options and JSON call it."""

    @property
    def value(self) -> str: ...


class Place(Protocol):
    """Where a document, or a level of documents, stands among those of a question; `str` is what answers call it."""


class Documents(Protocol):
    """The documents that together decide one request."""

    @property
    def cloud(self) -> Cloud:
        """The cloud whose documents they are."""

    def levels(self) -> Iterator[tuple[Place, Sequence[Document]]]:
        """Yield what must allow a request, each a level of documents that act as one: all of them are and-ed."""

    def open_levels(self) -> Iterable[Place]:
        """Return the levels that only deny, and beside which the cloud allows everything."""

    def denials(self) -> Iterator[tuple[Place, Document]]:
        """Yield the documents that only deny, each limiting by itself."""

    def placed(self) -> Iterator[tuple[Place, Document]]:
        """Yield every document with its place, in the order in which they are reported."""


class Cloud(Protocol):
    """A cloud."""

    def compiled(self, document: Any, *, readings: bool) -> Ruleset:
        """Return what `document` means on every request: under the usual reading of the cloud's points, or with the
        points as variables. The same object each time.
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

    def not_allowing(self, documents: Any, request: Any, reading: Reading) -> Iterator[Place]:
        """Yield the levels of `documents` that must allow `request`, and do not."""

    def failures(self, statement: Any, request: Any, reading: Reading) -> Iterator[Failure]:
        """Yield each element of `statement` that `request` does not meet: it matches iff nothing is yielded."""

    def request(self, action: str, resource: str, context: Mapping[str, Sequence[str]]) -> Request:
        """Return the request with these texts. Raises InputError for one that there is not."""

    def can_hold(self, key: Key, values: Sequence[str]) -> bool:
        """Whether a request can hold `values`, one or several, for `key`."""

    def search(self, claims: Any, budget: Budget, solver: Any) -> Any:
        """Return what a search among the requests that can really happen comes to (`questions/outcome.py`)."""

    def choose(self, claims: Any, found: Any, budget: Budget) -> Any:
        """Return `found` with the request that people are shown instead: one that can happen, wherever there is one."""

    def polish(self, claims: Any, found: Any) -> Any:
        """Return `found`, whose request can happen, with one that is easier to believe and can happen too."""

    def broken(self, request: Any) -> tuple[str, ...]:
        """Return the facts about the cloud that `request` breaks, as sentences."""
