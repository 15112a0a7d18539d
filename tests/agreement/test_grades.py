"""`diff` and `simplify` of policies of resources, roles and endpoints agree with the oracle, and a fault is noticed."""

from __future__ import annotations

import random

import pytest

from tests.agreement.campaign import campaign
from tests.agreement.grades import DrawnPair, compare_pair, drawn_pair
from tests.agreement.principals import JANE, OWN, VERSION
from tests.agreement.questions import Tally
from verifier.clouds.aws import respects
from verifier.clouds.aws.principals.named import GrantKind


def _tally(count: int, first: int = 0) -> Tally:
    tally = Tally()
    for place in range(first, first + count):
        chance = random.Random(place)  # noqa: S311  # no secret
        compare_pair(drawn_pair(chance), chance, tally)
    return tally


def test_comparisons_agree_with_the_oracle() -> None:
    tally = _tally(8)
    assert not tally.contradictions
    assert tally.counts["equivalent, tried by force"] > 1
    assert tally.counts["gained, confirmed"] + tally.counts["lost, confirmed"] > 1


def test_grants_of_one_strength_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respects, "grant", lambda _: GrantKind.ALONE)
    queue = f"arn:aws:sqs:eu-west-1:{OWN}:jobs"
    old, new = (
        {
            "Version": VERSION,
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": named}, "Action": "*", "Resource": "*"}],
        }
        for named in (OWN, [OWN, JANE])
    )
    tally = Tally()
    compare_pair(DrawnPair(old, new, "resource", queue), random.Random(1), tally)  # noqa: S311  # no secret
    assert any("says diff, but" in one for one in tally.contradictions)


@pytest.mark.long
def test_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    """At least 5,000 pairs."""
    with capsys.disabled():
        whole = campaign("grades", 5_000, 1, 2, print)
    assert not whole.contradictions
    assert whole.counts["questions"] >= 5_000
