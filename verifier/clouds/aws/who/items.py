"""What travels when it is asked who can: the items, and what came of each.

    CallerItem     principals of the account for whom the question is one; documents are named by their keys
    OutsiderItem   somebody outside of the account
    AccessFound    what was found out of one of them

Documents travel as texts; those that several groups share travel once, with what all items share (`asker.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.who.outside import OutsideKind, Outsider
from verifier.logic.request import Request
from verifier.questions.verdict import Fit
from verifier.regions.region import Region


@dataclass(frozen=True)
class AccessFound:
    """What was found out: `request` is allowed, or none is; `reason` says why that is not known.

    `region` is what `request` is a part of: all its requests are allowed, if it is exact. `requests` are the same
    request as each of the other principals of the item asks for it. `assumes` is what the answer rests on.
    """

    request: Request | None = None
    fit: Fit = Fit()
    region: Region | None = None
    reason: str | None = None
    requests: tuple[Request | None, ...] = ()
    assumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallerItem:
    """`arns` are the principals: the first is asked about. `fixed` are keys that follow from who asks, and
    their values.
    """

    arns: tuple[str, ...]
    identity: tuple[str, ...]
    boundary: str | None
    fixed: tuple[tuple[str, tuple[str, ...]], ...]
    texts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The item as it travels."""
        return json.dumps([self.arns, self.identity, self.boundary, self.fixed, self.texts])


@dataclass(frozen=True, slots=True)
class OutsiderItem:
    """An outsider, and the numbers of the policies that may let it in."""

    outsider: Outsider
    shown: tuple[int, ...]

    @property
    def text(self) -> str:
        """The item as it travels."""
        one = self.outsider
        return json.dumps({"outsider": [one.kind.value, one.name, sorted(one.but)], "shown": self.shown})


def read_item(text: str) -> CallerItem | OutsiderItem:
    """Return what `text` says."""
    told = json.loads(text)
    if isinstance(told, dict):
        kind, name, but = told["outsider"]
        return OutsiderItem(Outsider(OutsideKind(kind), name, frozenset(but)), tuple(told["shown"]))
    arns, identity, boundary, fixed, texts = told
    return CallerItem(
        tuple(arns), tuple(identity), boundary, tuple((key, tuple(values)) for key, values in fixed), texts
    )
