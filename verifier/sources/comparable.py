"""What of a file can be compared with what of another version of it: its documents, and which unknowns are the same.

    unknown_scope(opened, ...)    what tells unknown parts apart: two with one name and one scope have the same value

A part without a value yet that has one name in both versions is taken to have the same value before and after the
change. That does not hold where the file itself may give it another value: in a template whose parameters, mappings or
conditions changed, and between two plans.
"""

from __future__ import annotations

from verifier.sources.cloudformation.decided import sections_digest
from verifier.sources.cloudformation.kind import Templates
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan

OTHER_CONDITIONS = "parameters or conditions of the template changed, which decide when this document is there"
# What tells unknown parts apart, if nothing in the file does: the same for both sides.
_SCOPE = "the change"


def unknown_scope(opened: OpenedFile, time: str) -> str:
    """Return what tells the unknown parts of a file apart from those of others; `time` is the side of the change."""
    match opened.kind:
        case TerraformPlan():
            return f"{_SCOPE}, {time}"
        case Templates():
            return f"{_SCOPE}, {sections_digest(opened.value)}"
        case _:
            return _SCOPE
