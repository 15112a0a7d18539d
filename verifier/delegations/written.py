"""A delegation that was written, as values: its documents, each proved, or why there are none.

DelegationDocuments    the documents
WrittenDelegation      the documents with their proof
NothingWritten         why there are none
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.delegations.answer import DelegationProved


@dataclass(frozen=True)
class DelegationDocuments:
    """The `policies` of the administrator, each a managed policy, the `boundary` that he gives, and the `maximum`.

    Every document is a JSON value.
    """

    policies: tuple[Mapping[str, Any], ...]
    boundary: Mapping[str, Any]
    maximum: Mapping[str, Any]

    def files(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each document with the name of its file."""
        several = len(self.policies) > 1
        for number, policy in enumerate(self.policies, start=1):
            yield f"policy-{number}.json" if several else "policy.json", policy
        yield "boundary.json", self.boundary
        yield "maximum.json", self.maximum


@dataclass(frozen=True)
class LeftOut:
    """What of the services is not delegated, as `actions`, and `why`."""

    actions: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class WrittenDelegation:
    """`documents` that are proved: nobody can climb out, and all of the services but what is `left_out` is allowed."""

    word: ClassVar[str] = "proved"

    boundary_arn: str
    documents: DelegationDocuments
    left_out: tuple[LeftOut, ...]
    proof: DelegationProved

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of each document by the name of its file."""
        return {name: json.dumps(document, indent=2) + "\n" for name, document in self.documents.files()}


@dataclass(frozen=True)
class NothingWritten:
    """Nothing that is proved was found, for `reason`."""

    word: ClassVar[str] = "undecided"

    reason: str


DelegationWriting: TypeAlias = WrittenDelegation | NothingWritten
