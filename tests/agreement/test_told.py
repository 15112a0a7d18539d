"""Where it is told who asks: scripts of SMT-LIB and groups of requests agree with proofs and with the oracle."""

from __future__ import annotations

import json
import random

import pytest

from tests.agreement.oracle import Json, LeftOpen, decide, outside
from tests.agreement.principals import JANE, JOHN, drawn, near_requests
from tests.agreement.solvers import Solvers
from verifier.clouds.aws.principals.tied import complete
from verifier.clouds.aws.read_question import read_question
from verifier.clouds.aws.request import read_request
from verifier.logic.holds import holds
from verifier.logic.request import Request
from verifier.questions import answer as questions
from verifier.questions.answer import answer, export_question
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes
from verifier.questions.ways import allowed_ways
from verifier.regions.region import Regions
from verifier.regions.regions import regions_of
from verifier.strings.values import Key

_ASK = Ask(seconds=2.0)
_TIED = "userid username PrincipalArn PrincipalAccount PrincipalType PrincipalIsAWSService ResourceAccount"
_READ = tuple(Key.of(f"aws:{name}") for name in _TIED.split())


def _question(line: Json) -> ProveQuestion:
    found = read_question(json.dumps({**line, "ask": "prove"})).question
    assert isinstance(found, ProveQuestion)
    return found


def _drawn(number: int) -> Json:
    while True:
        chance = random.Random(f"told.{number}")  # noqa: S311  # no secret
        line = drawn(chance)
        if line.get("principal") in (JANE, JOHN) and not line.get("explicit"):
            return line
        number += 1_000


def test_scripts_agree_with_proofs() -> None:
    solvers, decided = Solvers(1.0), 0
    try:
        for number in range(16):
            question = _question(_drawn(number))
            found = answer(question, _ASK)
            (script,) = export_question(question, _ASK)
            said = solvers.check(script)
            assert (type(found), said) not in ((Contained, "sat"), (Escapes, "unsat")), script
            decided += said in ("sat", "unsat")
    finally:
        solvers.end()
    assert decided > 8


def test_groups_hold_every_request_that_escapes() -> None:
    """The oracle says which requests those are."""
    complete = 0
    for number in range(16):
        line = _drawn(number)
        groups = regions_of(_question(line), _ASK)
        complete += groups.complete
        for written in near_requests(line):
            if groups.complete and _escapes(line, written):
                assert _is_in(groups, _request(written)), (line, written)
    assert complete > 8


def test_a_way_that_is_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "allowed_ways", lambda *documents: allowed_ways(*documents)[:1])
    assert any(
        not _is_in(regions_of(_question(line), _ASK), _request(written))
        for line in map(_drawn, range(12))
        for written in near_requests(line)
        if _escapes(line, written)
    )


@pytest.mark.parametrize("principal", [None, JANE])
def test_groups_need_a_name(principal: str | None) -> None:
    everything = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}}
    narrow = {"Statement": {"Effect": "Allow", "Action": "sqs:Get*", "Resource": "*"}}
    queue = {"resource": "arn:aws:sqs:eu-west-1:111122223333:jobs", "policy": everything}
    line: Json = {"resource_policies": [queue], "maximum": narrow}
    groups = regions_of(_question(line | ({"principal": principal} if principal else {})), _ASK)
    assert bool(groups.regions) is (principal is not None)
    assert groups.complete is (principal is not None)


def _escapes(line: Json, written: Json) -> bool:
    try:
        return outside(line, written) and decide(line, written)[0] == "allowed"
    except (LeftOpen, ValueError):
        return False


def _request(written: Json) -> Request:
    """Return the request as a proof sees it: keys that follow from who asks are there."""
    return complete(read_request(json.dumps(written)), _READ)


def _is_in(groups: Regions, request: Request) -> bool:
    return any(holds(rule.whole, request) for region in groups.regions for rule in region.rules)
