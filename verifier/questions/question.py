"""The questions, each one value. How one is asked is another value (`ask.py`); `answer.py` answers any of them.

    ProveQuestion      is what the documents allow together within the maximum?
    DiffQuestion       do the two documents allow the same requests?
    AloneQuestion      the same, where one of the two versions does not exist
    ConfineQuestion    does the document block every service but these?
    EvaluateQuestion   what happens to this one request?
    SimplifyQuestion   which parts of the document change nothing?

`told` is what documents by themselves are, where they do not say it. A `Standard` is what many documents are held to,
each in a `ProveQuestion` of its own. Whether documents suit their places is checked when a question is answered.
"""

from __future__ import annotations

from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.by_itself import by_itself, placed
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import alike, check_maximum
from verifier.clouds.aws.policy.organisation import is_rcp
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.read_id import JsonValue


@dataclass(frozen=True)
class ProveQuestion:
    """`prove`, and `repair` of its boundary: is what the documents allow together within the maximum?"""

    documents: Documents
    maximum: Policy

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires, ValueError without an identity policy."""
        if not self.documents.policies:
            raise ValueError("at least one identity policy is needed")
        self.documents.check()
        check_maximum(self.maximum)

    def policies(self) -> tuple[Policy, ...]:
        """Return every document, the maximum last."""
        return (*(policy for _, policy in self.documents.placed()), self.maximum)


@dataclass(frozen=True)
class DiffQuestion:
    """`diff`: do the two documents allow the same requests?"""

    old: Policy
    new: Policy
    told: PolicyType | None = None


@dataclass(frozen=True)
class AloneQuestion:
    """`diff` of a document that has `appeared`, or else vanished: there is no other version."""

    document: Policy
    appeared: bool
    told: PolicyType | None = None


@dataclass(frozen=True)
class ConfineQuestion:
    """`confine`: does the document block every service but these?"""

    document: Policy
    services: tuple[str, ...]
    told: PolicyType | None = None

    @property
    def documents(self) -> Documents:
        """The document in its place. Raises PolicyError where it does not suit that, UsageError as `by_itself`."""
        return by_itself(self.document, self.told)


@dataclass(frozen=True)
class EvaluateQuestion:
    """`evaluate`: what happens to this one request?"""

    documents: Documents
    request: Request


@dataclass(frozen=True)
class SimplifyQuestion:
    """`simplify`: which parts of the document change nothing?"""

    document: Policy
    told: PolicyType | None = None


Question: TypeAlias = ProveQuestion | DiffQuestion | ConfineQuestion | EvaluateQuestion


@dataclass(frozen=True)
class Posed:
    """A question with how it is to be asked; `id` is what the line of a batch gives its answer to carry."""

    question: Question
    ask: Ask
    id: JsonValue = None


@dataclass(frozen=True)
class Standard:
    """What each of many documents is held to: the `documents` beside it, none of them its own, and the maximum.

    `told` is what each of them is; None leaves that to them: an RCP says it itself, and others are identity policies.
    """

    documents: Documents
    maximum: Policy
    told: PolicyType | None = PolicyType.IDENTITY

    def check(self) -> None:
        """Raise PolicyError where a document is not what its place requires, UsageError for a type of the others that
        is not supported yet.
        """
        alike((), self.told)
        self.documents.check()
        check_maximum(self.maximum)

    def question(self, policy: Policy) -> ProveQuestion:
        """Return the question about one document. Raises PolicyError where it is something else than it is told."""
        told = self.told or (PolicyType.RCP if is_rcp(policy) else PolicyType.IDENTITY)
        return ProveQuestion(placed(policy, told, self.documents), self.maximum)

    def policies(self) -> tuple[Policy, ...]:
        """Return every document as it is written, the maximum last."""
        given = self.documents.beside().values()
        return (*(policy for levels in given for level in levels for policy in level), self.maximum)
