"""A law of the world of AWS: what AWS's own policies allow can happen there, but for the exceptions in `vacuous.json`.

Each of those has its reason. A statement that AWS adds and that comes out vacuous shows a key, a form or an action
that the world lacks.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from verifier import Policy
from verifier.base.budget import Budget
from verifier.clouds.aws.world.search import fitting
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Found

EXCEPTIONS = json.loads((Path(__file__).parent / "vacuous.json").read_text(encoding="utf-8"))
NAMED = {name for names in EXCEPTIONS.values() for name in names}


def allows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each Allow statement of a managed policy, as a document of its own, called by the policy and its place there."""
    for name, managed in sorted(json.loads(aws_managed_policies_data).items()):
        document = managed["Document"]
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        for place, statement in enumerate(statements):
            if statement["Effect"] == "Allow":
                yield f"{name} {place}", {**document, "Statement": statement}


def can_happen(document: dict[str, Any]) -> bool:
    """Whether AWS can make some request that the document allows."""
    policy = Policy.parse(json.dumps(document))
    return isinstance(fitting([Claim(Level((policy,)), Says.ALLOWS)], Budget.of(60)), Found)


@pytest.mark.parametrize("count", [400, pytest.param(None, marks=pytest.mark.long)])
def test_what_aws_allows_can_happen(count: int | None) -> None:
    every = [(name, document) for name, document in allows() if name not in NAMED]
    drawn = every if count is None else random.Random(1).sample(every, count)  # noqa: S311 - a sample is no secret
    assert [name for name, document in drawn if not can_happen(document)] == []


def test_each_exception_is_one() -> None:
    every = dict(allows())
    assert [name for name in sorted(NAMED) if name not in every or can_happen(every[name])] == []
