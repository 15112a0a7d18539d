"""The questions that a line of `verifier batch` may ask, as `read_question.py` reads them; answers carry their `id`.

`world` narrows one question to the requests that AWS can make, `readings` says how AWS's guide is read; None leaves
that to the limits of the call. `told` is what documents by themselves are, where they do not say it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.by_itself import by_itself
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import PolicyType
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.questions.limits import Readings, World

MAX_DEPTH = 64

# Any JSON value: None, bool, int, float, str, and lists and dicts of them, at most MAX_DEPTH deep.
JsonValue: TypeAlias = Any
Level: TypeAlias = tuple[Policy, ...]


@dataclass(frozen=True)
class ProveQuestion:
    """`prove`: is what the documents allow together within the maximum?"""

    id: JsonValue
    policies: tuple[Policy, ...]
    maximum: Policy
    boundary: Policy | None = None
    session: Policy | None = None
    scps: tuple[Level, ...] = ()
    rcps: tuple[Policy, ...] = ()
    world: World | None = None
    readings: Readings | None = None

    @property
    def documents(self) -> Documents:
        """All but the maximum, each in its place."""
        return Documents(self.policies, self.boundary, self.session, self.scps, self.rcps)


@dataclass(frozen=True)
class DiffQuestion:
    """`diff`: do the two documents allow the same requests?"""

    id: JsonValue
    old: Policy
    new: Policy
    world: World | None = None
    readings: Readings | None = None
    told: PolicyType | None = None


@dataclass(frozen=True)
class ConfineQuestion:
    """`confine`: does the document block every service but these?"""

    id: JsonValue
    document: Policy
    services: tuple[str, ...]
    world: World | None = None
    readings: Readings | None = None
    told: PolicyType | None = None

    @property
    def documents(self) -> Documents:
        """The document in its place. Raises PolicyError where it does not suit that, UsageError as `by_itself`."""
        return by_itself(self.document, self.told)


@dataclass(frozen=True)
class EvaluateQuestion:
    """`evaluate`: what happens to this one request?"""

    id: JsonValue
    policies: tuple[Policy, ...]
    request: Request
    boundary: Policy | None = None
    session: Policy | None = None
    scps: tuple[Level, ...] = ()
    rcps: tuple[Policy, ...] = ()

    @property
    def documents(self) -> Documents:
        """All of them, each in its place."""
        return Documents(self.policies, self.boundary, self.session, self.scps, self.rcps)


Question: TypeAlias = ProveQuestion | DiffQuestion | ConfineQuestion | EvaluateQuestion
