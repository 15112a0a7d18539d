"""The services of AWS that a question names: the policy that allows all of them and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from verifier.base.errors import UsageError, quote
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy

_SERVICE = re.compile("[a-z0-9-]+")


def services_maximum(services: Sequence[str]) -> Policy:
    """Return the policy that allows all of `services` and nothing else.

    Raises UsageError for a name that is not a service's.
    """
    names = [service.lower() for service in services]
    for name, written in zip(names, services, strict=True):
        if not _SERVICE.fullmatch(name):
            raise UsageError(
                f"{quote(written)} is not a service", help="name the part before the colon of an action, as in `s3`"
            )
    if not names:
        raise UsageError("no service given", help="name at least one")
    statement = {"Effect": "Allow", "Action": [f"{name}:*" for name in names], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_source(Source(f"the services {', '.join(names)}", text, stand_in=True))


def services_named(maximum: Policy) -> tuple[str, ...]:
    """Return the services that a policy of `services_maximum` was made for."""
    statements = (statement.actions for statement in maximum.statements)
    return tuple(entry.text.removesuffix(":*") for one in statements if one for entry in one.entries)
