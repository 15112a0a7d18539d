"""Who can do what was asked: the answer about an account, as values for reports.

Access         all of it: everybody of the account, and those outside whom a resource lets in
CallerAccess   one of them
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping

from verifier.base.dataclass import dataclass
from verifier.logic.request import Request
from verifier.questions.verdict import Fit
from verifier.regions.region import Region
from verifier.shown import Tabular


class AccessVerdict(enum.Enum):
    """Whether some request that was asked about is allowed; `CANNOT` is proved."""

    CAN = "can"
    CANNOT = "cannot"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class CallerAccess:
    """What one of them can do. `kind` is what `name` is: `user`, `role`, `account`, `service`, ...; a `*` stands for
    all that no policy names.

    `request` is allowed, says the evaluator, and `region` is what it is a part of; `reason` says why nothing is
    decided.
    """

    kind: str
    name: str
    verdict: AccessVerdict
    request: Request | None = None
    fit: Fit = Fit()
    region: Region | None = None
    reason: str | None = None


@dataclass(frozen=True, repr=False)
class Access(Tabular):
    """See above, of one account or several. `asked` is the question as JSON values, `question` as sentences say it."""

    accounts: tuple[str, ...]
    question: str
    asked: Mapping[str, object]
    principals: tuple[CallerAccess, ...]
    others: tuple[CallerAccess, ...]
    assumes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = Counter(one.verdict.value for one in self.every())
        return f"{self.verdict.value}: {', '.join(f'{count:,} {word}' for word, count in counts.items())}"

    def records(self) -> list[dict[str, str | None]]:
        """Return a record for each of them, as for a data frame: who, the verdict, and the request that is allowed."""
        return [
            {
                "kind": one.kind,
                "name": one.name,
                "verdict": one.verdict.value,
                "action": one.request.action if one.request else None,
                "resource": one.request.resource if one.request else None,
                "reason": one.reason,
            }
            for one in self.every()
        ]

    def every(self) -> Iterator[CallerAccess]:
        """Yield all of them."""
        yield from self.principals
        yield from self.others

    def those(self, verdict: AccessVerdict) -> tuple[CallerAccess, ...]:
        """Return those with this verdict."""
        return tuple(one for one in self.every() if one.verdict is verdict)

    @property
    def verdict(self) -> AccessVerdict:
        """Whether anybody can; undecided where nobody is known to, and that is not proved of all."""
        found = Counter(one.verdict for one in self.every())
        return next(
            verdict
            for verdict in (AccessVerdict.CAN, AccessVerdict.UNDECIDED, AccessVerdict.CANNOT)
            if found[verdict] or verdict is AccessVerdict.CANNOT
        )
