"""`confine`: does a document block every service but these? The maximum is then every action of the services named."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.by_itself import by_itself
from verifier.clouds.aws.policy.check import PolicyType
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.limits import Limits
from verifier.questions.prove import contained
from verifier.questions.verdict import Verdict

_SERVICE = re.compile("[a-z0-9-]+")


def confine(
    document: Policy, services: Sequence[str], *, told: PolicyType | None = None, limits: Limits = Limits()
) -> Verdict:
    """Return whether everything that `document` allows is an action of one of `services` (`s3`, `dynamodb`, ...).

    `told` is what the document is; an RCP says it itself. Raises PolicyError for a document that is something else,
    UsageError for a name that is no service's.
    """
    documents = by_itself(document, told)
    maximum = services_maximum(services)
    return contained(documents, maximum, limits)


def services_maximum(services: Sequence[str]) -> Policy:
    """Return the policy that allows all of `services` and nothing else.

    Raises UsageError for a name that is no service's.
    """
    names = [service.lower() for service in services]
    for name, written in zip(names, services, strict=True):
        if not _SERVICE.fullmatch(name):
            raise UsageError(
                f"{quote(written)} is no service", mend="name the part before the colon of an action, as in `s3`"
            )
    if not names:
        raise UsageError("no service is named", mend="name one at least")
    statement = {"Effect": "Allow", "Action": [f"{name}:*" for name in names], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_source(Source(f"the services {', '.join(names)}", text, stand_in=True))
