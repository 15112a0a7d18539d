"""What a containment needs: what the cases say, and that the prover, asked about the documents so cut, agrees.

A least set that is enough is found for any monotone test, also for one that cannot always tell.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import Json, arguments, as_documents, documents, parsed, placed, varied, worlds
from verifier import Policy, explain, prove
from verifier.clouds.aws.documents import Documents
from verifier.explanations.explain import explain as explain_answer
from verifier.explanations.explanation import Grant, Held, Limit, WhyContained
from verifier.explanations.needed import Least, least
from verifier.logic.actions import Effect
from verifier.questions.ask import Ask
from verifier.questions.prove import prove as ask
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes


def policy(*statements: Json) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action: object = "*", resource: str = "*", **others: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: object = "*", resource: str = "*", **others: object) -> Json:
    return {**allow(action, resource, **others), "Effect": "Deny"}


FULL = policy(allow())
STORAGE = policy(allow("s3:*"))
HELD_BY_BOUNDARY = "what boundary does not allow"

# The documents, all within s3: how each grant is held, what is needed, what is not, and which Allows of the boundary
# let nothing through.
CASES: list[tuple[dict[str, Any], list[list[str]], list[str], list[str], list[int]]] = [
    ({"policies": [policy(allow("s3:Get*"), allow("s3:List*"))]}, [[], []], [], [], []),
    ({"policies": [FULL], "boundary": STORAGE}, [[HELD_BY_BOUNDARY]], [HELD_BY_BOUNDARY], [], []),
    (
        {"policies": [policy(allow("s3:Get*"), allow())], "boundary": policy(allow("s3:Get*"), allow("s3:Put*"))},
        [[], [HELD_BY_BOUNDARY]],
        [HELD_BY_BOUNDARY],
        [],
        [],
    ),
    (
        {"policies": [policy(allow("s3:Get*"))], "boundary": policy(allow("s3:Get*"), allow("ec2:*"))},
        [[]],
        [],
        [HELD_BY_BOUNDARY],
        [1],
    ),
    # a Deny of the policy itself holds
    (
        {
            "policies": [
                policy(allow(), deny("ec2:*")),
                policy({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}),
            ]
        },
        [["policy 2, statement 0 (Deny)"]],
        ["policy 2, statement 0 (Deny)"],
        ["policy 1, statement 1 (Deny)"],
        [],
    ),
    # the boundary and a Deny together
    (
        {"policies": [FULL], "boundary": policy(allow(["s3:*", "ec2:*"]), deny("ec2:*"), deny("s3:Put*"))},
        [[HELD_BY_BOUNDARY, "boundary, statement 1 (Deny)"]],
        [HELD_BY_BOUNDARY, "boundary, statement 1 (Deny)"],
        ["boundary, statement 2 (Deny)"],
        [],
    ),
    # where more than one thing is enough, the boundary is named
    (
        {"policies": [FULL], "boundary": STORAGE, "session": STORAGE, "scps": [[STORAGE]]},
        [[HELD_BY_BOUNDARY]],
        [HELD_BY_BOUNDARY],
        ["what session does not allow", "what scp level 1 does not allow"],
        [],
    ),
    (
        {"policies": [FULL], "scps": [[FULL], [STORAGE, policy(allow("s3:*"))]]},
        [["what scp level 2 does not allow"]],
        ["what scp level 2 does not allow"],
        ["what scp level 1 does not allow"],
        [],
    ),
    (
        {
            "policies": [policy(allow(["s3:*", "sqs:*"]))],
            "rcps": [policy(deny("s3:*", "arn:aws:s3:::a", Principal="*"), deny("sqs:*", Principal="*"))],
        },
        [["rcp 1, statement 1 (Deny)"]],
        ["rcp 1, statement 1 (Deny)"],
        ["rcp 1, statement 0 (Deny)"],
        [],
    ),
]


def named(limits: tuple[Limit, ...]) -> list[str]:
    return list(map(str, limits))


def why(given_: dict[str, Any], maximum: Policy = STORAGE) -> WhyContained:
    verdict = prove(maximum=maximum, **given_)
    found = explain(verdict, maximum=maximum, **given_)
    assert isinstance(found, WhyContained)
    return found


@pytest.mark.parametrize(("given_", "held", "needed", "unneeded", "idle"), CASES)
def test_what_is_needed(
    given_: dict[str, Any], held: list[list[str]], needed: list[str], unneeded: list[str], idle: list[int]
) -> None:
    found = why(given_)
    assert [named(grant.limits) for grant in found.grants] == held
    assert [grant.held for grant in found.grants] == [Held.BY_LIMITS if limits else Held.BY_ITSELF for limits in held]
    assert all(grant.least for grant in found.grants)
    assert (named(found.needed), named(found.unneeded), named(found.unknown)) == (needed, unneeded, [])
    assert [cited.statement.index for cited in found.idle] == idle


def test_which_allows_of_the_boundary_let_a_grant_through() -> None:
    boundary = policy(allow("s3:Get*"), allow("s3:List*"), allow("s3:Put*"), deny("s3:Put*"))
    found = why({"policies": [policy(allow("s3:GetObject"), allow("s3:*"), allow("ec2:*"))], "boundary": boundary})
    through = [[cited.statement.index for cited in grant.through] for grant in found.grants]
    assert through == [[0], [0, 1], []]
    assert [grant.blocked for grant in found.grants] == [False, False, True]
    assert [cited.statement.index for cited in found.idle] == [2]


@pytest.mark.parametrize(
    ("given_", "blocked_by"),
    [
        ({"policies": [policy(allow("ec2:*"))], "boundary": STORAGE, "session": FULL}, [HELD_BY_BOUNDARY]),
        ({"policies": [policy(allow("ec2:*"))], "scps": [[STORAGE]]}, ["what scp level 1 does not allow"]),
        ({"policies": [policy(allow("ec2:*"), deny())]}, ["policy 1, statement 1 (Deny)"]),
        ({"policies": [policy(deny())]}, []),
        ({"policies": [policy(allow("ec2 Run"))], "boundary": STORAGE}, []),
    ],
)
def test_why_nothing_at_all_is_allowed(given_: dict[str, Any], blocked_by: list[str]) -> None:
    found = why(given_)
    assert found.vacuous
    assert named(found.blocked_by) == blocked_by
    assert all(grant.blocked for grant in found.grants)


def test_the_document_that_is_confined_is_called_so() -> None:
    document = policy(allow(), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})
    found = explain(Contained(vacuous=False), document=document, services=["s3"])
    assert isinstance(found, WhyContained)
    assert named(found.needed) == ["document, statement 1 (Deny)"]


def test_what_the_time_does_not_allow_to_find_out_is_said() -> None:
    question = ProveQuestion(Documents((FULL,), STORAGE), STORAGE)
    found = explain_answer(question, Contained(vacuous=False), Ask(seconds=1e-9))
    assert isinstance(found, WhyContained)
    (grant,) = found.grants
    assert (grant.held, grant.least, grant.blocked) == (Held.NOT_FOUND_OUT, False, None)
    assert (found.needed, found.unneeded, named(found.unknown)) == ((), (), [HELD_BY_BOUNDARY])
    assert found.idle == ()


def test_a_containment_that_does_not_follow_from_the_documents_is_not_explained_by_them() -> None:
    """The verdict is not believed: it may rest on facts beside the documents."""
    found = explain_answer(ProveQuestion(Documents((FULL,)), STORAGE), Contained(vacuous=False))
    assert isinstance(found, WhyContained)
    assert found.grants[0].held is Held.NOT_FOUND_OUT


def test_a_containment_in_a_narrower_world_is_explained_there() -> None:
    """No object is read on a queue: only in AWS's world is that nothing."""
    question = {"policies": [policy(allow("s3:GetObject", "arn:aws:sqs:*"))], "maximum": policy(allow("ec2:*"))}
    verdict = prove(**question, world="aws")
    found = explain(verdict, **question)
    assert isinstance(found, WhyContained)
    assert (found.vacuous, found.grants[0].held) == (True, Held.BY_ITSELF)


# --- the explanation and the prover agree ----------------------------------------------------------------------------

ASK = Ask(seconds=2)


@st.composite
def contained(draw: st.DrawFn) -> tuple[dict[str, Any], Policy]:
    """Documents, and a maximum that is near one that holds them."""
    world = draw(worlds(most_keys=1))
    written = draw(placed(world, most=3))
    near = written.get("boundary", written["policies"][0])
    maximum = draw(st.one_of(st.just(near), varied(world, near), documents(world, most=2)))
    return arguments(written), parsed(maximum)


def only(given_: dict[str, Any], grants: tuple[Grant, ...], limits: tuple[Limit, ...]) -> dict[str, Any]:
    """The documents with these grants and these limits alone, the others made to hold nothing."""
    kept = {id(limit.statement.statement) for limit in limits if limit.statement}
    kept |= {id(grant.statement.statement) for grant in grants}
    levels_kept = {limit.document for limit in limits if limit.statement is None}
    full = parsed(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    ).statements[0]

    def cut(one: Policy, level: str | None) -> Policy:
        own = [s for s in one.statements if id(s) in kept or (s.effect is Effect.ALLOW and level in levels_kept)]
        return replace(one, statements=(*own, *([full] if level is not None and level not in levels_kept else [])))

    found: dict[str, Any] = {"policies": tuple(cut(one, None) for one in given_["policies"])}
    found |= {role: cut(given_[role], role) for role in ("boundary", "session") if role in given_}
    found["scps"] = [
        [cut(one, f"scp level {number}") for one in level] for number, level in enumerate(given_.get("scps", ()), 1)
    ]
    found["rcps"] = [cut(one, None) for one in given_.get("rcps", ())]
    return found


@given(contained())
def test_limits_that_are_named_hold_and_none_can_be_left_out(drawn: tuple[dict[str, Any], Policy]) -> None:
    given_, maximum = drawn
    verdict = ask(_question(given_, maximum), ASK)
    if not isinstance(verdict, Contained):
        return
    found = explain_answer(_question(given_, maximum), verdict, ASK)
    assert isinstance(found, WhyContained)
    sets = [((grant,), grant.limits, grant.least) for grant in found.grants if grant.held is not Held.NOT_FOUND_OUT]
    if not found.unknown:
        sets.append((found.grants, found.needed, True))
    for grants, limits, is_least in sets:
        assert not isinstance(ask(_question(only(given_, grants, limits), maximum), ASK), Escapes)
        for limit in limits if is_least else ():
            fewer = tuple(other for other in limits if other is not limit)
            assert not isinstance(ask(_question(only(given_, grants, fewer), maximum), ASK), Contained)


def _question(given_: dict[str, Any], maximum: Policy) -> ProveQuestion:
    return ProveQuestion(as_documents(given_), maximum)


ITEMS = range(9)
# Sets of items; what holds one of them whole is enough.
REASONS = st.lists(st.frozensets(st.sampled_from(ITEMS), max_size=4), max_size=4)


def enough(reasons: list[frozenset[int]], kept: frozenset[int]) -> bool:
    return any(reason <= kept for reason in reasons)


@given(REASONS)
def test_what_is_kept_is_enough_and_none_of_it_can_be_left_out(reasons: list[frozenset[int]]) -> None:
    found = least(ITEMS, lambda kept: enough(reasons, kept))
    if found is None:
        assert not enough(reasons, frozenset(ITEMS))
        return
    assert found.unsure == frozenset()
    assert enough(reasons, found.kept)
    assert all(not enough(reasons, found.kept - {item}) for item in found.kept)


@given(REASONS, st.integers(0, 12))
def test_what_cannot_be_told_stays_and_is_named(reasons: list[frozenset[int]], told: int) -> None:
    asked = 0

    def tells(kept: frozenset[int]) -> bool | None:
        nonlocal asked
        asked += 1
        return enough(reasons, kept) if asked <= told else None

    found = least(ITEMS, tells)
    if found is not None:
        assert enough(reasons, found.kept)
        assert found.unsure <= found.kept
        assert all(not enough(reasons, found.kept - {item}) for item in found.kept - found.unsure)


def test_the_front_is_left_out_first() -> None:
    assert least(ITEMS, bool) == Least(frozenset({8}))
    assert least((), lambda _: False) is None
    assert least((), lambda _: True) == Least(frozenset())
