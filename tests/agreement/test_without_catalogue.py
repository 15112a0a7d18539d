"""The generated catalogue changes no answer to a question as asked (rule 3): all are the same with its tables empty."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agreement.managed import draw
from verifier.clouds.aws.catalogue.keys import KeyFacts, documented_facts
from verifier.clouds.aws.catalogue.tables import flat_rows

ROOT = Path(__file__).parents[2]
_SEED = 2026


def answered(lines: str, *options: str) -> dict[str, str]:
    """The answers of a process of its own, which has read no table before."""
    command = [sys.executable, "-m", "tests.agreement.without_catalogue", *options]
    done = subprocess.run(command, input=lines, cwd=ROOT, capture_output=True, text=True, check=True)  # ours
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("count", [40, pytest.param(3_000, marks=pytest.mark.long)])
def test_no_answer_depends_on_the_generated_catalogue(count: int) -> None:
    drawn = (draw(random.Random(f"{_SEED}.{place}")) for place in range(count))  # noqa: S311  # no secret
    lines = "".join(f"{json.dumps(question.line)}\n" for question in drawn)
    whole, without = answered(lines), answered(lines, "--empty")
    assert len(whole) >= 500 + count
    assert whole.keys() == without.keys()
    assert {name: (whole[name], without[name]) for name in whole if whole[name] != without[name]} == {}


def test_every_fact_of_a_key_that_questions_rest_on_names_its_page() -> None:
    rows = flat_rows("documented.tsv", 4)
    assert all(page.startswith("IAM: ") for _, _, _, page in rows)
    others = [key for key, *_, page in rows if "reference_policies_condition-keys" not in page]
    assert others == ["iam:PermissionsBoundary"]  # the delegated administrator of `examples/` needs it
    assert len(rows) > 50


@pytest.mark.parametrize("key", ["route53:VPCs", "ram:Principal", "s3:max-keys", "iam:PassedToService", "acme:x"])
def test_what_no_page_says_is_not_taken_for_granted(key: str) -> None:
    assert documented_facts(key) is None


@pytest.mark.parametrize(
    "key", ["aws:CalledVia", "aws:TagKeys", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList"]
)
def test_a_page_that_says_multivalued_is_believed(key: str) -> None:
    facts = documented_facts(key)
    assert isinstance(facts, KeyFacts)
    assert facts.multivalued
