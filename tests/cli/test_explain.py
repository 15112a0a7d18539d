"""`verifier explain`: every rule and every check that an answer may name can be asked for."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Call
from verifier.clouds.aws.assumptions import rules_named
from verifier.clouds.aws.audit.table import CHECKS
from verifier.clouds.aws.policy.readings import Point
from verifier.report.style import Style


def test_every_rule_that_an_answer_names_is_explained(call: Call) -> None:
    for sentence in rules_named():
        found = re.match(r"rule (\d+)\b", sentence)
        assert found, sentence
        shown = call("explain", found[1], "--format", "json").json
        assert shown["name"] == f"rule {found[1]}"
        assert len(shown["text"]) > 40


def test_a_rule_with_readings_has_them_all(call: Call) -> None:
    for point in Point:
        if not point.is_unknown:
            assert call("explain", f"rule {point.rule}", "--format", "json").json["readings"]


def test_every_check_is_explained(call: Call) -> None:
    for check in CHECKS:
        assert check.title in call("explain", check.id.lower()).out


def test_all_are_listed(call: Call) -> None:
    listed = call("explain").out.splitlines()
    assert sum(line.startswith("rule ") for line in listed) == 36
    assert len(listed) == 36 + len(CHECKS)


@pytest.mark.parametrize("wanted", ["0", "37", "A99", "rule", "10x"])
def test_what_there_is_not(call: Call, wanted: str) -> None:
    done = call("explain", wanted)
    assert (done.code, done.out) == (2, "")
    assert "`verifier explain` lists them" in done.err


def test_assumptions_are_short_and_said_once() -> None:
    said = (*rules_named(), "nothing else")
    short = Style(width=120).assuming(said)
    assert "  nothing else" in short
    assert len(short) <= 5
    assert len(Style(verbose=True).assuming(said)) == len(said) + 2
