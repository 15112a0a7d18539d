"""What is proved of policy documents that a plan knows in parts only: each case of `proofs.json` is one.

`statement` are the arguments of an `aws_iam_policy_document`, `unknown` what of them is known after apply only, as a
plan has both. The maximum is all of S3, if a case has none. A verdict holds for every value: what is `contained` stays
so whatever is put in, and what may be more than the maximum for some value escapes.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.terraform.shown import HERE
from verifier import Policy, prove
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.sources.open import open_document

CASES = json.loads((HERE / "proofs.json").read_text(encoding="utf-8"))
S3 = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_proof_holds_for_every_value(case: dict[str, Any]):
    change = {
        "actions": ["read"],
        "before": None,
        "after": {"statement": case["statement"], **case.get("after", {})},
        "after_unknown": {"json": True, "statement": case.get("unknown", []), **case.get("also_unknown", {})},
    }
    address = "data.aws_iam_policy_document.d"
    resource = {"address": address, "mode": "data", "type": "aws_iam_policy_document", "name": "d", "change": change}
    plan = json.dumps({"format_version": "1.2", "resource_changes": [resource]})
    policy = parse_source(open_document(Source("plan.json", plan), address))
    maximum = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": case.get("maximum", S3)}))
    assert prove(policies=[policy], maximum=maximum).word == case["verdict"]


def test_there_are_cases_of_each_verdict():
    assert {case["verdict"] for case in CASES} == {"contained", "escapes", "undecided"}
    assert len(CASES) >= 30
