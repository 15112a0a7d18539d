"""`confine`: does a document block every service but these? The maximum is then every action of the services named."""

from __future__ import annotations

from verifier.clouds.cloud import Document
from verifier.questions.ask import Ask
from verifier.questions.prove import contained
from verifier.questions.question import ConfineQuestion
from verifier.questions.verdict import Verdict
from verifier.questions.worlds import Show, as_found


def confine(question: ConfineQuestion, ask: Ask = Ask(), show: Show = as_found) -> Verdict:
    """Return whether everything that the document allows is an action of one of the services (`s3`, `dynamodb`, ...).

    `show` is that of `prove`.
    Raises PolicyError for a document that is not what it is told to be, UsageError for a name that is no service's.
    """
    return contained(question.documents, maximum_of(question), ask, show, every_service=True)


def maximum_of(question: ConfineQuestion) -> Document:
    """Return the document that allows all of the services and nothing else. Raises as `confine`."""
    return question.document.cloud.only_services(question.services)
