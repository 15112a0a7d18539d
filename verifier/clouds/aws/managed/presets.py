"""Ready-made maxima: policies that allow everything except what a published list names.

    find_preset(name)   one preset, None where there is no such preset
    presets()           all of them, in the order of the list

Source: `data/presets.tsv` and `data/preset-NAME.json`, made by `tools/make_presets.py` from `tools/presets.toml`, which
has the sources of every entry, and from the catalogue of actions. `docs/presets.md` says what each contains and why.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass

_LOADER: Any = __spec__.loader


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made maximum: `text` is its document, `meaning` one line, `date` that of the catalogue behind it."""

    name: str
    date: str
    meaning: str
    text: str


@cache
def presets() -> tuple[Preset, ...]:
    """Return all presets."""
    rows = (line.split("\t") for line in _text("presets.tsv").splitlines() if not line.startswith("#"))
    return tuple(Preset(name, date, meaning, _text(f"preset-{name}.json").rstrip("\n")) for name, date, meaning in rows)


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return tuple(preset.name for preset in presets())


def find_preset(name: str) -> Preset | None:
    """Return the preset called `name`, exactly so; None where there is no such preset."""
    return next((preset for preset in presets() if preset.name == name), None)


def _text(file: str) -> str:
    data: bytes = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "data", file))  # noqa: PTH118, PTH120 - as the loader takes it
    return data.decode().replace("\r\n", "\n")
