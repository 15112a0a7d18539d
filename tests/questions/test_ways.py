"""What documents allow together, and do not, as claims; and the time that each of several searches has."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from verifier import Policy
from verifier.base.errors import Unsupported
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.cloud import AllowingWay
from verifier.questions import ways as module
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Absent
from verifier.questions.ways import allowed, allowed_ways, search_ways, ways_not_allowed


def policy(effect: str, **more: Any) -> Policy:
    """A document of one statement."""
    statement = {"Effect": effect, "Action": "s3:*", "Resource": "*", **more}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))


IDENTITY, BOUNDARY, SESSION, SCP = (policy("Allow") for _ in range(4))
DENYING_SCP, RCP = policy("Deny"), policy("Deny", Principal="*")
TOGETHER = Documents((IDENTITY,), BOUNDARY, SESSION, ((SCP,), (DENYING_SCP,)), (RCP,))


def said(claims: tuple[Claim, ...]) -> list[tuple[int, Says, bool]]:
    """Each claim, its documents by their number in the order above."""
    known = [IDENTITY, BOUNDARY, SESSION, SCP, DENYING_SCP, RCP]
    return [
        (next(number for number, one in enumerate(known) if one.source is each.source), claim.says, claim.holds)
        for claim in claims
        for each in claim.level.policies
    ]


def test_what_all_documents_allow_together() -> None:
    """Rule 30: an SCP that only denies stands beside AWS's full access, and RCPs only deny."""
    allows = [(number, Says.ALLOWS, True) for number in range(4)]
    assert said(allowed(TOGETHER)) == [*allows, (4, Says.DENIES, False), (5, Says.DENIES, False)]


def test_several_ways_are_not_one() -> None:
    with pytest.raises(Unsupported, match=r"^this is not answered where it is told who asks$"):
        allowed(Documents((IDENTITY,), asking=Asking()))


def test_a_way_is_what_allows_what_is_silent_and_what_lacks() -> None:
    way = AllowingWay(((IDENTITY,), (BOUNDARY,)), ((DENYING_SCP,),), ((SCP,),))
    documents: Any = SimpleNamespace(tells_who=True, ways=lambda _: (way,))
    (claims,) = allowed_ways(documents)
    assert said(claims) == [
        (0, Says.ALLOWS, True),
        (1, Says.ALLOWS, True),
        (4, Says.DENIES, False),
        (3, Says.ALLOWS, False),
    ]


@pytest.mark.parametrize("apart", [False, True])
def test_what_is_needed_is_stopped_by_one_after_the_other(apart: bool) -> None:
    """Apart, each way is about what those before let through."""
    needed = (Claim(Level((policy("Allow"),)), Says.ALLOWS),)
    levels = said(allowed(TOGETHER))
    found = ways_not_allowed(needed, TOGETHER, apart=True) if apart else ways_not_allowed(needed, TOGETHER)
    assert [way[0] for way in found] == [*needed * len(levels)]
    for number, way in enumerate(found):
        *before, last = said(way[1:])
        assert before == (levels[:number] if apart else [])
        assert last == (*levels[number][:2], not levels[number][2])


def test_each_search_has_its_share_of_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    monkeypatch.setattr(module, "search", lambda _, share, __: (shares.append(share.seconds), Absent())[1])
    budget: Any = SimpleNamespace(remaining=600.0)
    assert search_ways(3 * [allowed(TOGETHER)], budget, Ask()) == Absent()
    assert shares == [200, 300, 600]
