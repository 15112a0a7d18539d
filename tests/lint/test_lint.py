"""Warnings about documents, by AWS's catalogue: each case of `cases.json`, a statement and all that is warned of.

`at` is the text that a warning underlines, `says` pieces of its message, `silent` pieces that it must not hold.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from verifier import Policy, Severity, UsageError, validate
from verifier.clouds.aws.lint.lint import lint, lint_services
from verifier.clouds.aws.lint.scope import MOST_NEAR, MOST_STEPS

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))


def document(*statements: dict[str, Any]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_statement_is_warned_of(case: dict[str, Any]) -> None:
    policy = document(case["statement"])
    found = validate(policy, case.get("kind", "identity"))
    assert [warning.severity.value for warning in found] == [wanted["severity"] for wanted in case["warns"]], found
    for warning, wanted in zip(found, case["warns"], strict=True):
        assert json.loads(policy.source.cut(warning.span)) == wanted["at"]
        assert [piece for piece in wanted["says"] if piece not in warning.message] == [], warning.message
        assert [piece for piece in wanted.get("silent", ()) if piece in warning.message] == [], warning.message


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_without_notes_nothing_graver_is_left_out(case: dict[str, Any]) -> None:
    policy = document(case["statement"])
    all_of_them, without = lint(policy), lint(policy, notes=False)
    assert [one for one in all_of_them if one.severity is not Severity.NOTE or one in without] == list(without)


def test_the_names_of_cases_differ() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_a_policy_is_looked_at_once() -> None:
    policy = document(CASES[0]["statement"])
    assert validate(policy) is validate(policy, "boundary")
    assert validate(policy, "maximum") is validate(policy, "maximum")
    with pytest.raises(UsageError, match="`nonsense` is not a type of document"):
        validate(policy, "nonsense")  # type: ignore[arg-type]  # on purpose


# AWS's own policies, of which the catalogue knows nearly all: what it does not know of them by kind, with why.
KNOWN = {
    "has no service": 90,  # DeepRacer, DeepLens, DeepComposer, WorkDocs as zocalo: services that are gone
    "has no action": 60,  # CloudHSM Classic, Payments and SecurityAgent, which the reference lists in part
    "has no condition key": 10,
    "supports the condition key": 20,
    "supports the resource": 60,  # a VPC beside what is deleted in it, codeconnections under its former name
    "looks like an unfilled template": 0,
}


def test_warnings_are_rare_in_the_policies_of_aws() -> None:
    policies = json.loads(aws_managed_policies_data)
    count: Counter[str] = Counter()
    loud: Counter[str] = Counter()
    for name, each in policies.items():
        policy = Policy.parse(json.dumps(each["Document"]), name)
        for warning in validate(policy):
            count[next((kind for kind in KNOWN if kind in warning.message), warning.message)] += 1
            loud[name] += warning.severity is not Severity.NOTE
    assert {kind: number for kind, number in count.items() if number > KNOWN.get(kind, 1)} == {}
    assert len(+loud) <= 20, loud


@pytest.mark.parametrize(("size", "element"), [(20_000, "Action"), (20_000, "Resource"), (20_000, "Condition")])
def test_a_hostile_size_takes_bounded_work(size: int, element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statement: dict[str, Any] = {"Effect": "Deny", "Action": ["ec2:*", "s3:*"], "Resource": "arn:aws:sqs:*:*:q"}
    match element:
        case "Action":
            statement["Action"] = [f"ec2:*{number}x" for number in range(size)]
        case "Resource":
            statement["Resource"] = [f"arn:aws:sqs:*:*:*{number}*" for number in range(size)]
        case _:
            statement["Condition"] = {"StringEquals": {f"ec2:k{number}": "x" for number in range(size)}}
    work: Counter[str] = Counter()
    for name in ("keys.near_key", "actions.near_action"):
        monkeypatch.setattr(f"verifier.clouds.aws.lint.{name}", lambda *_: work.update(["near"]) or "")
    monkeypatch.setattr("verifier.clouds.aws.lint.resources.meets", lambda *_: work.update(["meets"]) is not None)
    monkeypatch.setattr(
        "verifier.clouds.aws.lint.actions.matching", lambda _: work.update(dict.fromkeys(["matching"], 700)) or ()
    )
    found = validate(document(statement), "maximum")
    assert work["near"] <= MOST_NEAR
    assert work["meets"] + work["matching"] <= 2 * MOST_STEPS
    assert (element != "Action") or "too large to compare all of it" in found[0].message


def test_services_of_a_call() -> None:
    (found,) = lint_services(["s3", "dynamo-db"])
    assert found.source.cut(found.warning.span) == "dynamo-db"
    assert "did you mean `dynamodb`?" in found.warning.message
    assert lint_services(["S3", "iam"]) == ()


def test_every_kind_may_be_asked() -> None:
    policy = document(CASES[0]["statement"])
    kinds = ("identity", "boundary", "session", "scp", "rcp", "maximum", "resource", "trust")
    assert all(validate(policy, kind) for kind in kinds)  # type: ignore[arg-type]  # those of the message
