"""From the texts of a model to the request that has them."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.clouds.aws.request import Request
from verifier.logic.claims import Claim
from verifier.logic.formula import ACTION, RESOURCE, Element
from verifier.logic.theory import Model
from verifier.strings.key import Key


def decode(claims: Iterable[Claim], action: str | None, model: Model) -> Request:
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
    return Request.of(_as_written(claims, lowered), model.texts.get(RESOURCE, "*"), context)


def _as_written(claims: Iterable[Claim], action: str) -> str:
    """Return the action in the case in which some document spells it."""
    spelled = (ruleset.spelled.get(action) for claim in claims for ruleset in claim.level.rulesets)
    return next(filter(None, spelled), action)
