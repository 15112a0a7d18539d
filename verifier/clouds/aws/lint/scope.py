"""What the parts of `lint.py` share about one document: how loud to be, and how much of the work is left."""

from __future__ import annotations

from dataclasses import field

from verifier.base.dataclass import dataclass
from verifier.base.warning import Severity
from verifier.clouds.aws.policy.syntax import Statement
from verifier.logic.actions import ActionPattern, Effect

# Steps are comparisons of a pattern with a name or a form; names are those to which a near one is looked for.
MOST_STEPS = 250_000
MOST_NEAR = 50


@dataclass
class Scope:
    """A document that is looked at, `maximum` if it is one; `steps` and `near` are what may still be spent, `seen` the
    patterns that were paid for.
    """

    maximum: bool
    steps: int = MOST_STEPS
    near: int = MOST_NEAR
    seen: set[ActionPattern] = field(default_factory=set)

    @property
    def catalogue(self) -> str:
        """What messages call the catalogue."""
        return catalogue()

    def spend(self, steps: int = 1) -> bool:
        """Whether there was enough left for `steps` more; once there is not, nothing is."""
        self.steps = self.steps - steps if self.steps >= steps else -1
        return self.steps >= 0

    def looks(self) -> bool:
        """Whether a near name may be looked for once more."""
        self.near -= 1
        return self.near >= 0

    def loud(self, statement: Statement) -> bool:
        """Whether what names nothing in `statement` makes a proof mean nothing."""
        return self.maximum or statement.effect is Effect.DENY

    def raised(self, statement: Statement, quiet: Severity, loud: Severity) -> Severity:
        """Return how grave a warning in `statement` is: `loud` where it is `loud`."""
        return loud if self.loud(statement) else quiet


def catalogue() -> str:
    """Return what messages call the catalogue, with its date."""
    from verifier.clouds.aws.catalogue.tables import origin  # noqa: PLC0415 - for a warning only

    return f"the catalogue of {origin().date.isoformat()}"


def undated(message: str) -> str:
    """Return `message` as any catalogue would say it: what is remembered of a warning outlives the catalogue's date."""
    return message.replace(catalogue(), "the catalogue")
