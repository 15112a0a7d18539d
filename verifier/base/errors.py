"""Every exception of the package, and the warnings about documents.

    VerifierError
    ├── InputError          what was given is wrong (exit code 2); names file, line, column, reason, fix
    │   ├── PolicyError     a policy document
    │   ├── RequestError    a request
    │   └── UsageError      the call itself: options, files, lines of a batch
    │       ├── CacheError      the cache file: damaged, or not written by verifier
    │       └── WorkersError    the worker processes or the cluster
    └── UndecidedError      a limit was reached or a construct lies outside the decided fragment (exit code 3);
        │                   questions turn it into an `Undecided` verdict, so users of the package never see it
        ├── LimitReached    time, memory or steps
        └── Unsupported     a construct that cannot be encoded

    PolicyWarning           something that is allowed but hardly meant, with its `Severity`

A message starts in lower case, quotes the user's text in backticks, and says what is wrong; `help` says what to do.
"""

from __future__ import annotations

import enum
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.base.safe import printable
from verifier.base.source import Source, Span

if TYPE_CHECKING:
    from typing import Self


_QUOTED_WIDTH = 60
_QUOTED = regex("`.*`", re.DOTALL)


class VerifierError(Exception):
    """The root: catch this to catch everything that the package raises on purpose."""


class InputError(VerifierError):
    """What was given is wrong. `str(error)` is one line: `file:line:column: message; help`."""

    def __init__(self, message: str, *, source: Source | None = None, span: Span | None = None, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.help = help

    def as_shown(self) -> Self:
        """Return the error without what it quotes, where its source is hidden; the error itself otherwise.

        A link may lead to a secret, and the first word of it must not end in the log of a CI.
        """
        if self.source is None or not self.source.hidden:
            return self
        help = "name the file itself: what a link leads to outside of the working directory is not quoted"
        message = _QUOTED.sub("`…`", self.message)
        return type(self)(message, source=self.source, span=self.span, help=help)

    def __str__(self) -> str:
        place = printable(self.source.name) if self.source else ""
        if self.span:
            place = f"{place}:{self.span.line}:{self.span.column}" if place else f"{self.span.line}:{self.span.column}"
        return (f"{place}: " if place else "") + self.message + (f"; {self.help}" if self.help else "")


class PolicyError(InputError):
    """A policy document is malformed, or is not what its role requires (semantics.md, rules 5 to 8)."""


class RequestError(InputError):
    """A request is malformed (semantics.md, rules 1 to 3)."""


class UsageError(InputError):
    """The call is wrong: an option, a file that cannot be read, a batch line that is not a question."""


class CacheError(UsageError):
    """The cache file is damaged, was not written by verifier, or cannot be used."""


class WorkersError(UsageError):
    """The worker processes or the cluster are gone, or cannot be used."""


class UndecidedError(VerifierError):
    """No answer was reached. Questions turn it into `Undecided`; it is never read as `contained`."""


class LimitReached(UndecidedError):
    """Time, memory or a bound on steps ran out."""


class Unsupported(UndecidedError):
    """A construct lies outside the decided fragment."""


def quote(text: str) -> str:
    """Return `text` in backticks, printable, without backticks inside, and cut to a readable width."""
    shown = printable(text[:_QUOTED_WIDTH]).replace("`", r"\x60")
    return f"`{shown}{'…' if len(text) > _QUOTED_WIDTH else ''}`"


def reason_of(error: OSError | ValueError) -> str:
    """Return why the system refused to read or write something, in lower case, as a part of a message."""
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


# What the services that a question names are called among its documents: they stand in no file.
SERVICES = "services"
# What the request of a question is called among its documents.
REQUEST = "request"


class Severity(enum.Enum):
    """How grave a warning is."""

    NOTE = "note"
    """Worth knowing; `--strict` lets it pass."""
    WARNING = "warning"
    """Hardly meant."""
    SERIOUS = "serious"
    """Hardly meant, and a proof that rests on it may mean nothing."""

    def __lt__(self, other: Severity) -> bool:
        order = list(Severity)
        return order.index(self) < order.index(other)


@dataclass(frozen=True, slots=True)
class PolicyWarning:
    """Something that is allowed but hardly meant; `span` is where. `is_dead`: it is an entry that matches nothing."""

    message: str
    span: Span
    severity: Severity = Severity.WARNING
    is_dead: bool = False


def told_elsewhere(warning: PolicyWarning, source: Source) -> PolicyWarning:
    """Return a warning about `source` to stand with another file: it names its place itself."""
    place = source.at(warning.span.line, warning.span.column)
    return replace(warning, message=f"{place}: {warning.message}", span=Span(1, 1, 1, 2))


@dataclass(frozen=True, slots=True)
class PlacedWarning:
    """A warning, the source that it is about, and what its document is called in the question (`boundary`, ...)."""

    name: str
    source: Source
    warning: PolicyWarning
