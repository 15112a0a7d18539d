"""The search among the requests that AWS can make asks about each action, and about one of those that say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier import Policy
from verifier.base.budget import Budget
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.world import search
from verifier.clouds.aws.world.facts import Facts, like
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Absent

ALL_ACTIONS = [action for service in services() for action in actions(service)]


def asked(monkeypatch: pytest.MonkeyPatch, *statements: dict[str, Any]) -> list[Facts]:
    """The facts that were asked about, where no action fits what the statements allow."""
    found: list[Facts] = []
    outcomes = search.outcomes

    def noted(questions: Any, decide: Any) -> Any:
        def each() -> Any:
            for facts, question in questions:
                found.append(facts)
                yield facts, question

        return outcomes(each(), decide)

    monkeypatch.setattr(search, "outcomes", noted)
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    assert isinstance(search.fitting([Claim(Level((policy,)), Says.ALLOWS)], Budget.of(600)), Absent)
    return found


# No request carries this key: AWS has none of this name.
UNLISTED = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"iam:NoSuchKey": "false"}}}


def test_of_actions_with_the_same_facts_one_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(monkeypatch, UNLISTED)
    assert [like(facts.action) for facts in found] == list(dict.fromkeys(map(like, ALL_ACTIONS)))


def test_actions_that_a_rule_tells_apart_are_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    named = UNLISTED | {"Action": ["s3:PutObject", "sqs:*Message"]}
    found = [facts.action for facts in asked(monkeypatch, UNLISTED, named)]
    assert "s3:PutObject" in map(str, found)
    told = dict.fromkeys((each.name.endswith("Message"), like(each)) for each in actions("sqs"))
    assert [(each.name.endswith("Message"), like(each)) for each in found if each.service == "sqs"] == list(told)
    assert len({kind for _, kind in told}) < len(told)
