"""What of a file can be compared with what of another version of it: its documents, and which unknowns are the same.

    unknown_scope(opened, ...)    what tells unknown parts apart: two with one name and one scope have the same value

A part without a value yet that has one name in both versions is taken to have the same value before and after the
change. That does not hold where the file itself may give it another value: in a template whose parameters, mappings or
conditions changed, and between two plans.
"""

from __future__ import annotations

import hashlib

from verifier.sources.cloudformation.kind import Templates
from verifier.sources.open import OpenedFile
from verifier.sources.terraform.plan import TerraformPlan
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Value, under

OTHER_CONDITIONS = "parameters or conditions of the template changed, which decide when this document is there"
# What tells unknown parts apart, if nothing in the file does: the same for both sides.
_SCOPE = "the change"
# What else than resources gives a value in a template, or decides which documents there are.
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Globals", "Transform")


def unknown_scope(opened: OpenedFile, time: str) -> str:
    """Return what tells the unknown parts of a file apart from those of others; `time` is the side of the change."""
    match opened.kind:
        case TerraformPlan():
            return f"{_SCOPE}, {time}"
        case Templates():
            sections = [_plain(under(opened.value, name)) for name in _SECTIONS]
            return f"{_SCOPE}, {hashlib.sha256(repr(sections).encode()).hexdigest()}"
        case _:
            return _SCOPE


def _plain(value: Value | None) -> object:
    """Return a value without its place, the members of objects in order of their names."""
    match value:
        case ObjectValue():
            return sorted((repr(_plain(name)), repr(_plain(held))) for name, held in value.pairs)
        case ListValue():
            return [_plain(each) for each in value.values]
        case TextValue():
            return value.parts
        case Scalar():
            return value.text
        case AnyValue():
            return value.unknown
        case None:
            return None
