"""Warnings about documents: something that is allowed but hardly meant."""

from __future__ import annotations

import enum

from verifier.base.dataclass import dataclass
from verifier.base.source import Source, Span

# What the services that a question names are called among its documents: they stand in no file.
SERVICES = "services"


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
    """Something that is allowed but hardly meant; `span` is where."""

    message: str
    span: Span
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Placed:
    """A warning, the source that it is about, and what its document is called in the question (`boundary`, ...)."""

    name: str
    source: Source
    warning: PolicyWarning
