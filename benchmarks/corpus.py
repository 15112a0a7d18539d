"""The corpus: every AWS managed policy that moto ships, as texts, as policies, or as a folder of files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from verifier import Policy

SEED = 2026


@cache
def texts() -> dict[str, str]:
    """Return the text of each document, by name, in the order of the names."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - large, and not always needed

    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {name: json.dumps(found[name]["Document"]) for name in sorted(found)}


@cache
def policies() -> dict[str, Policy]:
    """Return each document, parsed, by name."""
    return {name: Policy.parse(text, name) for name, text in texts().items()}


def write(folder: Path, names: Iterable[str] | None = None) -> None:
    """Write each document, or those of `names`, to a file of its own in `folder`, indented as people have them."""
    for name in texts() if names is None else names:
        text = json.dumps(json.loads(texts()[name]), indent=4)
        (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def sample(count: int, seed: int) -> list[str]:
    """Return the names of a seeded sample, the same in every run."""
    names = list(texts())
    return sorted(random.Random(seed).sample(names, min(count, len(names))))  # noqa: S311 - a sample is no secret
