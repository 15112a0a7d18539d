"""The text of `simplify` and `repair`: what is said of sizes and changes, and that long lists are cut."""

from __future__ import annotations

import json

from verifier import Request
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


def test_a_notebook_shows_the_diff_and_what_is_said() -> None:
    changes = (Change(0, None, 1, (STATEMENT,)),)
    text = '{"Statement": [\n  1,\n  2\n]}\n'
    found = Repaired(RepairOutcome.REPAIRED, Source("b.json", text), text.replace("2", "<3>"), (), changes)
    shown = found._repr_html_()
    assert '<span class="badge good">REPAIRED</span>' in shown
    assert '<span class="row removed">-  2\n</span><span class="row added">+  &lt;3&gt;\n</span>' in shown
    assert "<li>statement 0 is narrowed</li>" in shown
    shown = simplified(["s3:*", "s3:Get`", *(f"s3:Get{number}" for number in range(42))])._repr_html_()
    assert '<span class="badge unsure">REDUNDANT</span>' in shown
    assert "<li>and 3 more</li>" in shown
    assert '<span class="row hunk">' in shown
    nothing = Repaired(RepairOutcome.NO_REPAIR, None, reason="x", request=Request.of("s3:GetObject", "*", {}))
    assert "still allowed by the nearest proposal" in nothing._repr_html_()
    assert "<pre" not in simplified(["s3:*"])._repr_html_()
