"""`confine`: does a document block every service but these? The maximum is then every action of the services named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask
from verifier.questions.prove import contained
from verifier.questions.question import ConfineQuestion
from verifier.questions.verdict import Verdict
from verifier.questions.worlds import Show, as_found

_SERVICE = re.compile("[a-z0-9-]+")


def confine(question: ConfineQuestion, ask: Ask = Ask(), show: Show = as_found) -> Verdict:
    """Return whether everything that the document allows is an action of one of the services (`s3`, `dynamodb`, ...).

    `show` is that of `prove`.
    Raises PolicyError for a document that is not what it is told to be, UsageError for a name that is no service's.
    """
    return contained(question.documents, services_maximum(question.services), ask, show, every_service=True)


def services_maximum(services: Sequence[str]) -> Policy:
    """Return the policy that allows all of `services` and nothing else.

    Raises UsageError for a name that is no service's.
    """
    names = [service.lower() for service in services]
    for name, written in zip(names, services, strict=True):
        if not _SERVICE.fullmatch(name):
            raise UsageError(
                f"{quote(written)} is no service", help="name the part before the colon of an action, as in `s3`"
            )
    if not names:
        raise UsageError("no service is named", help="name one at least")
    statement = {"Effect": "Allow", "Action": [f"{name}:*" for name in names], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_source(Source(f"the services {', '.join(names)}", text, stand_in=True))
