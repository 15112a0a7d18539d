"""What is intended of an account, as a call names it: a configuration, a maximum, both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.policy.syntax import Policy
from verifier.config.audit import intent_of
from verifier.config.rules import Excepted


def read_intent(folder: Path, config: str | None, maximum: Policy | None) -> tuple[Intent, Sequence[Excepted]]:
    """Return what is intended, and which findings are accepted: by the file `config`, or what holds in `folder`.

    `maximum` stands in the place of its general maximum. Raises UsageError or PolicyError for what cannot be read.
    """
    found = intent_of(folder, config)
    if found is None:
        return Intent(maximum), ()
    return Intent.of(found.intent, lambda name: Policy.load(found.within(name)), maximum), found.exceptions
