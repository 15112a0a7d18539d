"""From the texts of a model to a request, and whether all claims are true of it: every counterexample is replayed.

The cloud's evaluator alone says what documents do with the request; it shares no code with the search that found the
model. It must also be a request that there is: a key of which the cloud says so holds one value only, or values of one
type (`can_hold`), which the evaluator, who judges any request, does not ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from verifier.clouds.cloud import Cloud
from verifier.logic.formula import ACTION, RESOURCE, Element
from verifier.logic.readings import USUAL, Reading
from verifier.logic.request import Request
from verifier.logic.theory import Model
from verifier.questions.claims import Claim, Says, cloud_of
from verifier.strings.key import Key


def decode(claims: Sequence[Claim], action: str | None, model: Model) -> Request:
    """Return the request of `model`, for `action` where the model does not name it.

    The action is written as some document spells it. A key's list repeats its value where the model needs only one.
    """
    values: dict[Key, list[str]] = {}
    for text, value in model.texts.items():
        if isinstance(text, Element):
            values.setdefault(text.key, []).append(value)
    for key in model.lists:
        if len(values[key]) == 1:
            values[key] *= 2
    lowered = action or model.texts.get(ACTION, "any:action")
    context = {key.name: value for key, value in values.items()}
    return cloud_of(claims).request(_as_written(claims, lowered), model.texts.get(RESOURCE, "*"), context)


def _as_written(claims: Iterable[Claim], action: str) -> str:
    """Return the action in the case in which some document spells it."""
    spelled = (ruleset.spelled.get(action) for claim in claims for ruleset in claim.level.rulesets)
    return next(filter(None, spelled), action)


def replays(claims: Sequence[Claim], request: Request, reading: Reading = USUAL) -> bool:
    """Whether all claims are true of `request` under `reading`, by the evaluator alone, and its keys hold what they can
    hold.
    """
    cloud = cloud_of(claims)
    judged = all(_is_true(claim, cloud, request, reading) for claim in claims)
    return judged and all(cloud.can_hold(key, request.values(key)) for key in request.context)


def _is_true(claim: Claim, cloud: Cloud, request: Request, reading: Reading) -> bool:
    match claim.says:
        case Says.ALLOWS:
            said = cloud.allows(claim.level.policies, request, reading)
        case Says.DENIES:
            said = cloud.denies(claim.level.policies, request, reading)
        case _:
            assert_never(claim.says)
    return said == claim.holds
