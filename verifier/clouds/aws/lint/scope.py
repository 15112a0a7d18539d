"""What all warnings about one document share: how grave they are, how much work is left, and the nearest right name.

    Scope                    the document that is looked at, and what may still be spent on it
    near_action, near_service, near_key, split_action    the name of AWS that was probably meant, or ""

The work on one document is bounded, whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from functools import cache, lru_cache

from verifier.base.dataclass import dataclass
from verifier.base.errors import Severity
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.catalogue.keys import known_keys
from verifier.clouds.aws.policy.syntax import Actions, Statement
from verifier.logic.actions import ActionPattern, Effect

# Steps are comparisons of a pattern with a name or a form; names are those to which a near one is looked for.
MOST_STEPS = 250_000
MOST_NEAR = 50


@dataclass
class Scope:
    """A document that is looked at, `maximum` if it is one; `steps` and `near` are what may still be spent, `seen` the
    patterns that were paid for. `named` are the actions of AWS that some entries name, the last ones that were asked
    about. `placeholders` are the names of what a tool has yet to fill in. Without `notes`, those that cost time are not
    looked for.
    """

    maximum: bool
    placeholders: frozenset[str] = frozenset()
    steps: int = MOST_STEPS
    near: int = MOST_NEAR
    seen: set[ActionPattern] = field(default_factory=set)
    named: tuple[Actions, tuple[str, ...] | None] | None = None
    notes: bool = True

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


_LONGEST = 96
_ALIKE = 0.86
_ALIKE_SERVICES = 0.84


@lru_cache(maxsize=1024)
def near_service(name: str) -> str:
    """Return the service that is nearest to `name`, in lower case."""
    return _nearest(name, services(), _ALIKE_SERVICES)


@lru_cache(maxsize=1024)
def near_action(service: str, name: str) -> str:
    """Return the action of `service`, as `service:Name`, that is nearest to `name`; both in lower case."""
    names = {action.name.lower(): str(action) for action in actions(service)}
    return names.get(_nearest(name, names, _ALIKE), "")


@lru_cache(maxsize=1024)
def split_action(text: str) -> str:
    """Return the action that `text` spells without its colon, as `s3GetObject` does."""
    folded = text.lower()
    for cut in range(2, len(folded)):
        if folded[:cut] in services():
            for action in actions(folded[:cut]):
                if action.name.lower() == folded[cut:].lstrip(".-_/ "):
                    return str(action)
    return ""


@lru_cache(maxsize=1024)
def near_key(folded: str) -> str:
    """Return the condition key that is nearest to `folded`, in lower case; what follows a `/` stays as it is."""
    head, slash, tag = folded.partition("/")
    if slash:
        found = _nearest(head, _heads(), _ALIKE)
        return f"{_heads()[found]}/{tag}" if found else ""
    if ":" not in folded:
        return next((name for key, name in _names().items() if key.partition(":")[2] == folded), "")
    return _names().get(_nearest(folded, _names(), _ALIKE), "")


@cache
def _names() -> dict[str, str]:
    """The keys without a variable part, by their lower case."""
    return {name.lower(): name for name in known_keys() if "${" not in name}


@cache
def _heads() -> dict[str, str]:
    """What stands before the `/` of the keys with a variable part behind it."""
    heads = (name.partition("/${")[0] for name in known_keys() if "/${" in name)
    return {head.lower(): head for head in heads}


def _nearest(name: str, names: Iterable[str], alike: float) -> str:
    if len(name) > _LONGEST:
        return ""
    import difflib  # noqa: PLC0415 - only for a name that is wrong

    return next(iter(difflib.get_close_matches(name, names, n=1, cutoff=alike)), "")
