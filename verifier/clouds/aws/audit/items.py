"""What travels in an audit: the items that are asked about, and what came of each.

    SubjectItem                  a group of principals with equal documents
    VersionsItem, ResourceItem   two versions of a policy; the policy of a resource
    NarrowedItem                 whether what was found of one principal gets past policies of resources
    SubjectFault, SubjectAnswer  what was found of one

Documents travel as texts; those that several groups share travel once, with what all items share (`auditor.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.logic.request import Request

BOUNDARY_PLACE = -1
"""The place of a boundary among the identity policies of its principals."""


@dataclass(frozen=True, slots=True)
class SubjectFault:
    """What was found of a group of principals.

    `place` is that of the document that causes it among their identity policies, -1 the boundary, None where no
    document alone does; `statement` is the number of its statement. `fence` is the number of the fence, `principal` the
    place of the one principal that it is about, None for all. `resource` is that whose policy allows it.
    """

    check: str
    fence: int | None = None
    place: int | None = None
    statement: int | None = None
    detail: str = ""
    request: Request | None = None
    breaks: tuple[str, ...] = ()
    principal: int | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectAnswer:
    """What came of an item; `unneeded` are the Allows of the boundary that nobody of the group needs.

    `assumes` is what the answer rests on, as far as the process has not said it before.
    """

    faults: tuple[SubjectFault, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    unneeded: frozenset[int] | None = None
    assumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectItem:
    """A group of principals: `identity`, `boundary` and `pins` name documents by their keys; `texts` are those that no
    other group has. `fences` are the numbers of those that are asked, `maximum` that of the maximum, `given` are the
    places of AWS's own policies, `arns` those of the principals. `granting` are, of each principal, the numbers of
    the policies of resources that name it, and `there` what follows from who it is, of the keys that these read, as a
    document.
    """

    identity: Sequence[str]
    boundary: str | None
    pins: str | None
    fences: Sequence[int]
    maximum: int | None
    given: Sequence[int]
    arns: Sequence[str]
    texts: Mapping[str, str]
    granting: Sequence[Sequence[int]]
    there: Sequence[str]

    @property
    def text(self) -> str:
        """The item as it travels."""
        return json.dumps([getattr(self, name) for name in self.__slots__])

    @staticmethod
    def of(text: str) -> SubjectItem:
        """Return what `text` says."""
        return SubjectItem(*json.loads(text))


@dataclass(frozen=True, slots=True)
class ResourceItem:
    """The policy of a resource, or the trust policy of a role, and the numbers of the fences that are asked."""

    resource: str
    policy: str
    fences: Sequence[int]

    @property
    def text(self) -> str:
        """The item as it travels."""
        return json.dumps({"resource": self.resource, "policy": self.policy, "fences": list(self.fences)})

    @staticmethod
    def of(text: str) -> ResourceItem:
        """Return what `text` says."""
        return ResourceItem(**json.loads(text))


@dataclass(frozen=True, slots=True)
class NarrowedItem:
    """Whether the one principal of `subject`, an item, is allowed something outside of a fence once the policies
    `shown` are asked too, each as the ARN, the owner and the text. `found` is what was found without them, as JSON.
    `limits` are RCPs by the account that has them.
    """

    subject: str
    fence: int
    shown: Sequence[Sequence[str]]
    limits: Mapping[str, Sequence[str]]
    found: Any

    @property
    def text(self) -> str:
        """The item as it travels."""
        return json.dumps({"narrowed": [getattr(self, name) for name in self.__slots__]})

    @staticmethod
    def of(text: str) -> NarrowedItem:
        """Return what `text` says."""
        return NarrowedItem(*json.loads(text)["narrowed"])


@dataclass(frozen=True, slots=True)
class VersionsItem:
    """Two versions of a policy, the one in force and the one before it, as texts."""

    old: str
    new: str

    @property
    def text(self) -> str:
        """The item as it travels."""
        return json.dumps({"old": self.old, "new": self.new})

    @staticmethod
    def of(text: str) -> VersionsItem:
        """Return what `text` says."""
        return VersionsItem(**json.loads(text))
