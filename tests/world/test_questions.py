"""What `--world aws` answers, case by case (`questions.json`); an escape is replayed and held to the tables anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.world.check_requests import unfit
from verifier import Escapes, Policy, prove

CASES = json.loads((Path(__file__).parent / "questions.json").read_text(encoding="utf-8"))


def allowing(statement: dict[str, Any]) -> Policy:
    """A document of one Allow."""
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_world_of_aws(case: dict[str, Any]) -> None:
    found = prove([allowing(case["policy"])], allowing(case["maximum"]), world="aws", timeout=60)
    assert found.word == case["verdict"]
    if isinstance(found, Escapes):
        assert found.realistic
        assert unfit(found.request.as_json()) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_without_the_world_a_request_is_labelled_rightly(case: dict[str, Any]) -> None:
    found = prove([allowing(case["policy"])], allowing(case["maximum"]), timeout=60)
    if isinstance(found, Escapes):
        assert found.realistic is (case["verdict"] == "escapes")
        assert not found.realistic or unfit(found.request.as_json()) == []
