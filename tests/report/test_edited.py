"""The text of `simplify` and `repair`: what is said of sizes and changes, and that long lists are cut."""

from __future__ import annotations

import json

from verifier.base.source import Source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.question import SimplifyQuestion
from verifier.repairs.repair import Change, Repaired, RepairOutcome
from verifier.report.edited import repaired_text, simplified_text
from verifier.report.style import Style
from verifier.simplification.simplified import Simplified
from verifier.simplification.simplify import simplify

STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def simplified(actions: list[str]) -> Simplified:
    document = json.dumps({"Statement": [STATEMENT | {"Action": actions}]})
    return simplify(SimplifyQuestion(Policy.parse(document, "p.json")))


def test_a_long_list_is_cut_and_the_sizes_are_told() -> None:
    found = simplified(["s3:*", *(f"s3:Get{'x' * 60}{number}" for number in range(42))])
    shown = simplified_text(found, Style())
    assert shown.startswith("REDUNDANT  42 parts change nothing; proved: without them")
    assert "  and 2 more, which --format json lists" in shown
    before, after = found.characters
    assert (
        f"{before:,} characters without white space become {after:,}, which now fit an inline policy of a user" in shown
    )


def test_what_no_terminal_should_see_is_escaped() -> None:
    shown = simplified_text(simplified(["s3:*", "s3:\u009bGet"]), Style())
    assert "\u009b" not in shown


def test_every_kind_of_change_is_told() -> None:
    changes = tuple(Change(index, None, 1, (STATEMENT,) * index) for index in range(3))
    found = Repaired(RepairOutcome.REPAIRED, Source("b.json", "{}"), "x" * 7_000, (STATEMENT,), changes)
    assert found.statements == 5
    shown = repaired_text(found, Style())
    for line in ("0 is dropped", "1 is narrowed", "2 becomes 2"):
        assert f"  statement {line}\n" in shown
    assert (
        "  1 statement is added\n  7,000 characters without white space, more than the 6,144 of a managed policy"
        in shown
    )
