"""The tables of chains: which services have resource policies, and what runs as which role.

Source: `data/resource-policies.toml` and `data/running-roles.toml`, kept by hand; their heads say what each chain ends
in, and where it is from. Read when they are asked for.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import Any

from verifier.fetch.calls import Call, CallChain

_LOADER: Any = __spec__.loader


@cache
def policy_chains() -> tuple[CallChain, ...]:
    """Return the chains that end in resource policies: objects with `policy` and `arn`."""
    return _chains("resource-policies.toml")


@cache
def role_chains() -> tuple[CallChain, ...]:
    """Return the chains that end in what runs as a role: objects with `roles` and `arn`."""
    return _chains("running-roles.toml")


@cache
def covered_services() -> frozenset[str]:
    """Return the services, without their domain, that are asked for all that runs there as a role."""
    return frozenset(_read("running-roles.toml")["covered"])


def _chains(file: str) -> tuple[CallChain, ...]:
    return tuple(_chain(**row) for row in _read(file)["chain"])


def _chain(*, calls: list[dict[str, Any]], **row: Any) -> CallChain:
    return CallChain(calls=tuple(map(_call, calls)), **row)


def _call(row: dict[str, Any]) -> Call:
    several = {key: tuple(value) for key, value in row.items() if key in ("nothing", "next_token")}
    return Call(**(row | several))


def _read(file: str) -> dict[str, Any]:
    data: bytes = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "data", file))  # noqa: PTH118, PTH120 - as the loader takes it
    return tomllib.loads(data.decode())
