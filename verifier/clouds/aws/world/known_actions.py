"""Actions that AWS has, for counterexamples that people believe (rule 4): instead of one that merely stands for
others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import Action, actions, find_action, services
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.claims import Claim, Level
from verifier.strings.typed import ACTION_CHARS

_MOST_TRIED = 2_000
_WELL_KNOWN = ("s3", "ec2", "iam", "lambda", "dynamodb")


def known_actions(action: str, levels: Sequence[Level], budget: Budget) -> Iterator[str]:
    """Yield actions of the catalogue that meet the same rules of all `levels`; none where `action` is itself known.

    There are no more once the time is up.
    """
    lowered = action.lower()
    if find_action(lowered):
        return
    met = {level: level.met(lowered) for level in levels}
    for one in itertools.islice(_candidates(lowered), _MOST_TRIED):
        if not budget.remaining:
            return
        written = f"{one.service}:{one.name}"
        spelled = written.lower()
        if all(level.met(spelled) == rules for level, rules in met.items()):
            yield written


def _candidates(action: str) -> Iterator[Action]:
    """The actions of its service that AWS has, the likely ones first; of all services, where it has none of that name.

    A made-up name is the beginning that some pattern asks for and a filling, so names that begin alike are likely.
    """
    service, _, name = action.partition(":")
    known = services()
    if service not in known:
        yield from itertools.chain.from_iterable(map(actions, dict.fromkeys((*_WELL_KNOWN, *known))))
        return
    stem = name.rstrip(ACTION_CHARS[0])
    alike: Iterable[Action] = [one for one in actions(service) if one.name.lower().startswith(stem)]
    yield from dict.fromkeys((*alike, *actions(service)))


def policies_of(claims: Iterable[Claim]) -> Iterator[Policy]:
    """Yield the documents of `claims`, which are AWS's."""
    for claim in claims:
        for document in claim.level.policies:
            assert isinstance(document, Policy)
            yield document
