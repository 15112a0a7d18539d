"""The tables in `data/`: which resources carry policies, and what references to resources are; tab-separated text."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass

_LOADER: Any = __spec__.loader
# Stands in a path for each item of a list.
ITEMS = "[]"


def data_text(name: str) -> str:
    """Return the text of a file in `data/`."""
    # The package may lie in an archive, so what loads its modules reads its files too.
    path = os.path.join(os.path.dirname(__file__), "data", name)  # noqa: PTH118, PTH120 - as the loader takes it
    text: str = _LOADER.get_data(path).decode()
    return text.replace("\r\n", "\n")


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table, without its comments."""
    return [line.split("\t") for line in data_text(name).splitlines() if line and line[0] != "#"]


@dataclass(frozen=True)
class ReferenceRow:
    """What references to a resource of one type give: the properties with its name and path, and a form for each."""

    name: str
    path: str
    forms: dict[str, str]


@dataclass(frozen=True)
class PolicyRow:
    """A property that holds a policy: its path, the type of the policy, and the property that says whose it is."""

    path: tuple[str, ...]
    type: str
    owner: str


@cache
def reference_rows() -> dict[str, ReferenceRow]:
    """Return the rows of `arns.tsv` by type."""
    found: dict[str, ReferenceRow] = {}
    for type_, name, path, *forms in rows("arns.tsv"):
        found[type_] = ReferenceRow(name, path, dict(_form(form) for form in forms))
    return found


@cache
def policy_rows() -> dict[str, tuple[PolicyRow, ...]]:
    """Return the rows of `policies.tsv` by type."""
    found: dict[str, tuple[PolicyRow, ...]] = {}
    for type_, path, policy, owner in rows("policies.tsv"):
        found[type_] = (*found.get(type_, ()), PolicyRow(tuple(path.split(".")), policy, owner))
    return found


def _form(text: str) -> tuple[str, str]:
    attribute, _, form = text.partition("=")
    return attribute, form
