"""A delegation that was repaired, as values: the edits and the documents after them, proved, or why there are none.

DelegationEdit            one edit, in words
EditedDocument            a document before and after
RepairedDelegation        the edits, with the proof
NoDelegationRepair        why there is none
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.safe import printable
from verifier.delegations.answer import DelegationProved, Sentence


@dataclass(frozen=True)
class DelegationEdit:
    """What is done to `actions` in a document: in its statement number `statement`, from 0, or in a new one."""

    document: str
    statement: int | None
    sid: str | None
    actions: tuple[str, ...]
    what: str


@dataclass(frozen=True)
class EditedDocument:
    """A document of the design: its name, what its file may be called, its text before and after."""

    name: str
    file: str
    before: str
    text: str

    @property
    def is_changed(self) -> bool:
        """Whether the edits change it."""
        return self.text != self.before


@dataclass(frozen=True, repr=False)
class RepairedDelegation(Sentence):
    """With `edits` the delegation is proved, and each is needed; without any it was proved before."""

    word: ClassVar[str] = "repaired"

    edits: tuple[DelegationEdit, ...]
    documents: tuple[EditedDocument, ...]
    proof: DelegationProved

    def __str__(self) -> str:
        return f"{self.word}: {len(self.edits)} edit{'' if len(self.edits) == 1 else 's'}"


@dataclass(frozen=True, repr=False)
class NoDelegationRepair(Sentence):
    """No edits were found after which the delegation is proved, for `reason`."""

    word: ClassVar[str] = "no-repair"

    reason: str

    def __str__(self) -> str:
        return f"{self.word}: {printable(self.reason)}"


DelegationRepair: TypeAlias = RepairedDelegation | NoDelegationRepair
