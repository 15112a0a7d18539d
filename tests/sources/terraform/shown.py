"""Values, documents and principals as the data of these tests write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from verifier.base.source import Source
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.notations import read_values
from verifier.sources.terraform.plan import PLAN
from verifier.sources.terraform.planned import Planned
from verifier.sources.terraform.principals import PlannedLink, planned_principals
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Value

HERE = Path(__file__).parent
PLANS = sorted(path.stem for path in (HERE / "plans").glob("*.json"))
MODES: dict[str, dict[str, bool]] = {
    "after": {},
    "before": {"before": True},
    "plain_references": {"plain_references": True},
}


def source(name: str) -> Source:
    """Return the plan `name`."""
    path = HERE / "plans" / f"{name}.json"
    return Source(path.name, path.read_text(encoding="utf-8"), True)


def shown(value: Value | None) -> Any:
    """Return a value as JSON: `${name}` for an unknown part, `{"?": name}` for an unknown value."""
    match value:
        case None:
            return None
        case TextValue():
            return "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in value.parts)
        case Scalar():
            return json.loads(value.text)
        case AnyValue():
            return {"?": value.unknown.name}
        case ListValue():
            return [shown(each) for each in value.values]
        case ObjectValue():
            return {shown(name): shown(held) for name, held in value.pairs}


def document(found: FoundDocument) -> dict[str, Any]:
    """Return a document as the data write it."""
    written: dict[str, Any] = {"selector": found.selector, "type": found.type.value if found.type else None}
    if found.owner:
        written["owner"] = found.owner
    if found.assumes:
        written["assumes"] = found.assumes
    if found.file.hidden:
        written["hidden"] = True
    return {**written, "document": shown(found.value)}


def documents(name: str, mode: str) -> list[dict[str, Any]]:
    """Return the documents of a plan."""
    file = source(name)
    return [document(each) for each in PLAN.documents(read_values(file), Opening(file, **MODES[mode]))]


def link(tied: PlannedLink) -> dict[str, Any]:
    """Return a link as the data write it."""
    return {"named": shown(tied.named), "address": tied.address, "certain": tied.certain, "by": tied.by}


def principals(name: str) -> list[dict[str, Any]]:
    """Return the principals of a plan."""
    file = source(name)
    return [
        {
            "kind": each.kind,
            "address": each.address,
            **{part: shown(getattr(each, part)) for part in ("name", "path", "arn", "tags")},
            "trust": each.trust.selector if each.trust else None,
            "boundary": link(each.boundary) if each.boundary else None,
            "attached": [link(tied) for tied in each.attached],
            "inline": [found.selector for found in each.inline],
            "groups": [link(tied) for tied in each.groups],
            "only_inline": each.only_inline,
            "only_attached": each.only_attached,
        }
        for each in planned_principals(Planned(read_values(file), Opening(file)))
    ]
