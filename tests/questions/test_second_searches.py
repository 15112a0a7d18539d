"""Answers made of several searches, where one of them is made undecided: nothing is said that was not proved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier import Contained, Policy, Undecided, confine, diff, prove
from verifier.cli.commands import ExitCode
from verifier.cli.options import FailOn
from verifier.cli.output import exit_code
from verifier.clouds.aws.assumptions import BESIDE_SCP
from verifier.clouds.aws.documents import Documents
from verifier.questions import prove as proving
from verifier.questions import search as searching
from verifier.questions.ask import Ask, World
from verifier.questions.diff import alone
from verifier.questions.question import AloneQuestion, ProveQuestion, SimplifyQuestion
from verifier.questions.verdict import Relation, SearchResult
from verifier.repairs.repair import RepairOutcome, repair
from verifier.report.answers import answer_of
from verifier.report.style import Style
from verifier.report.text import difference_text, verdict_text
from verifier.simplification.simplified import Redundancy
from verifier.simplification.simplify import simplify
from verifier.smt.solve import Unknown


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is at hand before the search, which is what these tests are about."""
    monkeypatch.setattr("verifier.questions.ways.plainly", lambda *_: None)


ASK = Ask(seconds=600)
PLAIN = Style()
_SEARCH = searching.search
_PLACES = (
    "verifier.questions.ways.search",
    "verifier.questions.search.search",
    "verifier.simplification.change.search",
    "verifier.repairs.repair.search",
)


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def says(effect: str, *actions: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": "*"}


class Planted:
    """The one search, whose calls of the numbers `undecided`, from 0, find nothing out."""

    def __init__(self, patch: pytest.MonkeyPatch, *undecided: int) -> None:
        self.calls = 0

        def search(*arguments: Any, **options: Any) -> SearchResult:
            self.calls += 1
            return Unknown("planted") if self.calls - 1 in undecided else _SEARCH(*arguments, **options)

        for place in _PLACES:
            patch.setattr(place, search)


READ, WRITE = policy(says("Allow", "s3:Get*")), policy(says("Allow", "s3:Put*"))
BOTH = policy(says("Allow", "s3:Get*", "s3:Put*"))

# Two documents, which search is undecided (0 gained, 1 lost), and what is then said.
SIDES = [
    (READ, BOTH, 1, Relation.DIFFERENT),
    (BOTH, READ, 0, Relation.DIFFERENT),
    (READ, WRITE, 0, Relation.DIFFERENT),
    (READ, WRITE, 1, Relation.DIFFERENT),
    (READ, BOTH, 0, Relation.UNDECIDED),
    (BOTH, READ, 1, Relation.UNDECIDED),
    (READ, READ, 0, Relation.UNDECIDED),
    (READ, READ, 1, Relation.UNDECIDED),
]


@pytest.mark.parametrize(("old", "new", "place", "relation"), SIDES)
def test_neither_wider_nor_narrower_is_said_of_a_side_that_is_open(
    old: Policy, new: Policy, place: int, relation: Relation, monkeypatch: pytest.MonkeyPatch
):
    planted = Planted(monkeypatch, place)
    found = diff(old, new)
    assert planted.calls > place
    assert found.relation is relation
    assert found.reason == "planted"
    answer = answer_of(found).as_json()
    assert answer["verdict"] == relation.value
    assert answer["reason"] == "planted"
    assert exit_code(found) is (ExitCode.NO if relation is Relation.DIFFERENT else ExitCode.UNDECIDED)
    if relation is Relation.DIFFERENT:
        text = difference_text(found, PLAIN)
        assert "DIFFERENT" in text
        assert "was not found out" in text


@pytest.mark.parametrize("place", [2, 3])
def test_that_the_same_is_denied_is_not_said_unless_it_is_proved(place: int, monkeypatch: pytest.MonkeyPatch):
    Planted(monkeypatch, place)
    found = diff(READ, BOTH)
    assert found.relation is Relation.WIDER
    assert found.denies_same is None
    assert found.reason == "planted"
    assert "denies" not in answer_of(found).as_json()


def test_a_vacuity_that_is_open_is_not_told_as_one_nor_as_none(monkeypatch: pytest.MonkeyPatch):
    nothing, again = (policy(says("Allow", "s3:*"), says("Deny", "s3:*")) for _ in range(2))
    assert prove(policies=[nothing], maximum=READ) == Contained(vacuous=True, assumes=ALWAYS)
    Planted(monkeypatch, 2)
    assert prove(policies=[nothing], maximum=READ) == Contained(vacuous=True, assumes=ALWAYS)  # remembered
    nothing = again
    found = prove(policies=[nothing], maximum=READ)
    assert isinstance(found, Contained)
    assert found.vacuous is None
    assert exit_code(found, FailOn.VACUOUS) is ExitCode.UNDECIDED
    assert "was not found out" in verdict_text(found, PLAIN)


def test_only_equals_can_be_vacuous() -> None:
    """What nothing allows any more is narrower; that both allow nothing is said of equals alone."""
    nothing = policy(says("Allow", "s3:*"), says("Deny", "s3:*"))
    assert [diff(*pair).vacuous for pair in ((READ, nothing), (nothing, READ), (READ, READ), (nothing, nothing))] == [
        False,
        False,
        False,
        True,
    ]


def test_full_access_beside_both_documents_is_no_assumption() -> None:
    """Rule 30: AWS attaches it where an SCP only denies, so it is told where one of the two does."""
    one, other = policy(says("Deny", "s3:*")), policy(says("Deny", "s3:Get*"))
    (both, first, second) = (diff(*pair, type="scp").assumes for pair in ((one, other), (one, READ), (READ, one)))
    assert BESIDE_SCP not in both
    assert BESIDE_SCP in first
    assert BESIDE_SCP in second


@pytest.mark.parametrize("maximum", [READ, policy(says("Allow", "*"))])
def test_full_access_beside_an_scp_is_assumed_of_documents_that_act_together(maximum: Policy) -> None:
    """Rule 30: whether something escapes or nothing does."""
    denying, alone_ = policy(says("Deny", "ec2:*")), prove(policies=[BOTH], maximum=maximum)
    found = prove(policies=[BOTH], maximum=maximum, scps=[denying])
    assert type(found) is type(alone_)
    assert [text for text in found.assumes if text not in alone_.assumes and "FullAWSAccess" in text]


def test_a_proof_says_that_it_holds_under_either_reading() -> None:
    """A counterexample is one under the usual reading, and says so of the points that the documents touch."""
    inner = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a*b"})
    proved, escaped = (prove(policies=[inner], maximum=maximum) for maximum in (inner, policy(says("Allow", "ec2:*"))))
    (one,), (other,) = ([text for text in found.assumes if text.startswith("rule 10")] for found in (proved, escaped))
    assert one != other


def test_what_is_taken_for_granted_of_a_service_that_a_document_does_not_name() -> None:
    """Rule 35: to block every service but these says something of each of them."""
    asked, said = (answer.assumes for answer in (confine(READ, services=["s3"]), prove(policies=[READ], maximum=READ)))
    assert [text for text in asked if text.startswith("rule 35: ")]
    assert not [text for text in said if text.startswith("rule 35: ")]


ALL_BUT_S3 = policy(says("Allow", "*"), says("Deny", "s3:*"))
NOTHING = policy(says("Allow", "*"), says("Deny", "*"))


@pytest.mark.parametrize(
    ("old", "new", "relation", "vacuous"),
    [
        (policy(says("Allow", "*")), policy(says("Deny", "s3:*")), Relation.NARROWER, False),
        (policy(says("Deny", "s3:*")), policy(says("Allow", "*")), Relation.WIDER, False),
        (policy(says("Deny", "s3:*")), ALL_BUT_S3, Relation.EQUIVALENT, False),
        (ALL_BUT_S3, policy(says("Deny", "s3:*")), Relation.EQUIVALENT, False),
        (NOTHING, policy(says("Deny", "*")), Relation.EQUIVALENT, True),
        (policy(says("Deny", "*")), NOTHING, Relation.EQUIVALENT, True),
    ],
)
def test_an_scp_that_only_denies_lets_the_rest_through(
    old: Policy, new: Policy, relation: Relation, vacuous: bool
) -> None:
    """Rule 30: AWS attaches full access beside it; what nothing passes is equal to what allows nothing."""
    found = diff(old, new, type="scp")
    assert (found.relation, found.vacuous) == (relation, vacuous)


@pytest.mark.parametrize("world", World)
def test_what_is_undecided_is_so_in_the_world_that_was_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Planted(monkeypatch, 0)
    found = proving.prove(ProveQuestion(Documents((READ,)), BOTH), Ask(world=world))
    assert isinstance(found, Undecided)
    assert (found.reason, found.world) == ("planted", world)


ALWAYS = ("no resource policy grants directly", "principal and resource are in member accounts")


@pytest.mark.parametrize(("came", "relation"), [(True, Relation.WIDER), (False, Relation.NARROWER)])
def test_a_document_alone(came: bool, relation: Relation, monkeypatch: pytest.MonkeyPatch):
    Planted(monkeypatch, 1)
    found = alone(AloneQuestion(READ, came), ASK)
    assert (found.relation, found.denies_same, found.reason) == (relation, None, "planted")
    Planted(monkeypatch, 0)
    assert alone(AloneQuestion(READ, came), ASK).relation is Relation.UNDECIDED


def test_a_smaller_document_that_is_not_proved_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    document = policy(says("Allow", "s3:*"), says("Allow", "s3:Get*"))
    calls = Planted(monkeypatch)
    assert simplify(SimplifyQuestion(document), ASK).redundancy is Redundancy.REDUNDANT
    for last in range(2, 6):  # the four searches of the last proof; after them it is asked whether it is vacuous
        Planted(monkeypatch, calls.calls - last)
        found = simplify(SimplifyQuestion(document), ASK)
        assert found.redundancy is Redundancy.UNDECIDED, last
        assert not found.removed


def test_a_part_of_which_nothing_is_found_out_stays(monkeypatch: pytest.MonkeyPatch):
    document = policy(says("Allow", "s3:*"), says("Allow", "s3:Get*"))
    Planted(monkeypatch, *range(40))
    found = simplify(SimplifyQuestion(document), ASK)
    assert found.redundancy is Redundancy.UNDECIDED
    assert not found.removed


def test_a_repair_whose_last_proofs_are_open_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    question = ProveQuestion(Documents((BOTH,), policy(says("Allow", "s3:*"))), READ)
    whole = Planted(monkeypatch)
    assert repair(question, ASK).outcome is RepairOutcome.REPAIRED
    for last in (1, 2, 3):  # contained, nothing lost, nothing gained
        once = Planted(monkeypatch, whole.calls - last)
        assert repair(question, ASK).outcome is RepairOutcome.REPAIRED
        assert once.calls > whole.calls  # by another change, which was proved
        Planted(monkeypatch, *range(whole.calls - last, 1_000))
        found = repair(question, ASK)
        assert (found.outcome, found.reason) == (RepairOutcome.NO_REPAIR, "planted")
    Planted(monkeypatch, 0)
    assert repair(question, ASK).outcome is RepairOutcome.NO_REPAIR
