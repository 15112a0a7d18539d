"""What the models of JSON answers share: frozen, with the keys that they name and no others, made when first used."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Whole(Model):
    """An answer."""

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON values, without the keys that do not apply."""
        return self.model_dump(mode="json", exclude_none=True)
