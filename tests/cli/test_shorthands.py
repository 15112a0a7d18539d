"""Options that save a file, and names of policies: `shorthands.json`, each call with what it must say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "shorthands.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["line"]))
def test_a_call(call: Call, case: dict[str, Any]) -> None:
    words = shlex.split(case["line"])
    said = call(*words)
    assert said.code == case["code"], said
    for part in case.get("text", ()):
        assert part in said.out
    for part in case.get("err", ()):
        assert part in said.err
    if said.code == 2:
        assert (said.out, said.err.startswith("error: ")) == ("", True)
        return
    told = call(*words, "--format", "json")
    assert told.code == case["code"]
    if words[0] == "sweep":
        return
    answer = told.json
    assert case.get("json", {}).items() <= answer.items()
    assert set(case.get("assumes", ())) <= set(answer.get("assumes", ()))


@pytest.mark.parametrize("form", ["text", "json", "sarif", "html", "junit", "markdown"])
def test_what_an_option_stands_for_is_never_quoted(call: Call, form: str) -> None:
    said = call("prove", "--any-policy", "--at-most", "s3,sqss", "--format", form)
    assert said.code == 1
    assert not re.search(r"(any identity policy|services s3, sqss):\d", said.out + said.err)
    assert said.err.count("sqss") == 1


def test_any_policy_is_what_a_file_with_everything_says(call: Call) -> None:
    for maximum in ("maximum.json", "wide.json", "other.json"):
        for boundary in ("boundary.json", "wide.json", "deny.json"):
            rest = ("--boundary", boundary, "--maximum", maximum, "--format", "json")
            one, other = call("prove", "--any-policy", *rest).json, call("prove", "--policy", "wide.json", *rest).json
            assert (one["verdict"], one.get("vacuous")) == (other["verdict"], other.get("vacuous"))


def test_a_cache_keeps_what_an_answer_rests_on(call: Call) -> None:
    line = (
        "sweep policy.json aws:AmazonS3ReadOnlyAccess --maximum aws:ReadOnlyAccess --jobs 1 --cache c.db --format json"
    )
    first, second = (call(*line.split()).out.splitlines() for _ in range(2))
    told = [[one for one in json.loads(line)["assumes"] if one.startswith("aws:")] for line in second]
    assert [len(one) for one in told] == [1, 2]
    assert [json.loads(line)["assumes"] for line in first] == [json.loads(line)["assumes"] for line in second]
