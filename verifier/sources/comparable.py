"""What of a file can be compared with what of another version of it: its documents, and which unknowns are the same.

    unknown_scope(opened, ...)    what tells unknown parts apart: two with one name and one scope have the same value

A part without a value yet that has one name in both versions is taken to have the same value before and after the
change. That does not hold where the file itself may give it another value: in a template where a parameter, a mapping
or a condition changed that its name mentions, and between two plans.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from verifier.sources.cloudformation.decided import unknown_digest
from verifier.sources.cloudformation.kind import Templates
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan

OTHER_CONDITIONS = "parameters or conditions of the template changed, which decide when this document is there"
# What tells unknown parts apart, if nothing in the file does: the same for both sides.
_SCOPE = "the change"


def unknown_scope(opened: OpenedFile, time: str) -> Callable[[str], str]:
    """Return what tells unknown parts of a file apart from those of others, by their names; `time` is the side of the
    change.
    """
    match opened.kind:
        case TerraformPlan():
            return lambda _: f"{_SCOPE}, {time}"
        case Templates():
            value = opened.value
            return cache(lambda name: f"{_SCOPE}, {unknown_digest(name, value)}")
        case _:
            return lambda _: _SCOPE
