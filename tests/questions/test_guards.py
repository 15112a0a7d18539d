"""Faults planted where an answer is made, each of which a guard must catch before anybody sees the answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from verifier import Contained, Encoding, Escapes, Policy, Request, Undecided, prove
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached, PolicyError, Unsupported
from verifier.clouds.aws.catalogue.actions import NEVER
from verifier.clouds.aws.compile.compile import compile_policy
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, denies
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.questions import search
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.question import ProveQuestion, SimplifyQuestion
from verifier.questions.verdict import Absent
from verifier.repairs.move import Choice
from verifier.repairs.repair import Repairer, RepairOutcome, repair
from verifier.simplification.change import Prover
from verifier.simplification.simplify import simplify
from verifier.smt.solve import Unknown


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No request is at hand before the search, which is what these tests are about."""
    monkeypatch.setattr("verifier.questions.ways.plainly", lambda *_: None)


ASK = Ask(seconds=600)


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | more


@pytest.mark.parametrize("escaped", [Request.of("s3:GetObject", "*"), Request.of("ec2:StopInstances", "*")])
def test_a_model_that_does_not_replay_is_no_counterexample(monkeypatch: pytest.MonkeyPatch, escaped: Request):
    """The solver is made to decode to a request that is allowed by both, and to one that is allowed by neither."""
    narrow, wide = policy(allow("s3:GetObject")), policy(allow("s3:*"))
    assert isinstance(prove(policies=[wide], maximum=narrow), Escapes)
    monkeypatch.setattr(search, "decode", lambda *_: escaped)
    answer = prove(policies=[wide], maximum=narrow)
    assert isinstance(answer, Undecided)
    assert "does not confirm" in answer.reason


def test_the_encoding_that_is_asked_for_is_asked(monkeypatch: pytest.MonkeyPatch):
    """The string solver is made to give up, which only who asks for it sees."""

    def gives_up(*_: object) -> NoReturn:
        raise LimitReached("the string solver was asked")

    monkeypatch.setattr("verifier.smt.strings.solve_strings", gives_up)
    narrow, wide = policy(allow("s3:GetObject")), policy(allow("s3:*"))
    answer = prove(policies=[narrow], maximum=wide, encoding=Encoding.STRINGS)
    assert isinstance(answer, Undecided)
    assert "the string solver was asked" in answer.reason
    assert isinstance(prove(policies=[narrow], maximum=wide, encoding=Encoding.FAST), Contained)


def test_that_nothing_is_allowed_is_judged_by_the_usual_reading(monkeypatch: pytest.MonkeyPatch):
    """Under the other readings something may be allowed, or stay unknown, and that says nothing of the proof."""
    document = policy(allow("s*:Get*"), allow("s*:Get*", Effect="Deny"))
    monkeypatch.setattr(
        search, "touch", lambda _, readings: readings is Readings.ALL and pytest.fail("other readings were looked at")
    )
    assert search.empty((Claim(Level((document,)), Says.ALLOWS),), Budget.of(600), ASK) is True
    assert search.empty((Claim(Level((policy(allow("s3:*")),)), Says.ALLOWS),), Budget.of(600), ASK) is False


def test_what_stays_unknown_under_another_reading_says_so(monkeypatch: pytest.MonkeyPatch):
    asked = search._asked

    def planted(claims: Sequence[Claim], *more: Any) -> Any:
        return Unknown("planted") if any(claim.level.readings for claim in claims) else asked(claims, *more)

    monkeypatch.setattr(search, "_asked", planted)
    answer = prove(policies=[policy(allow("s*:Get*"))], maximum=policy(allow("s*:Get*")))
    assert isinstance(answer, Undecided)
    assert answer.reason == "there is none under the usual reading of AWS's guide; under the others, planted"


@pytest.mark.parametrize("world", World)
def test_a_limit_ends_in_an_answer_of_the_world_that_was_asked(monkeypatch: pytest.MonkeyPatch, world: World):
    def reached(*_: object, **__: object) -> NoReturn:
        raise LimitReached("planted")

    monkeypatch.setattr("verifier.questions.prove._contained", reached)
    answer = prove(policies=[policy(allow("*"))], maximum=policy(allow("*")), world=world)
    assert answer == Undecided("planted", world=world)


def test_a_simplification_that_drops_too_much_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    """Every part is said to change nothing, so all but one statement go; the last proof sees it."""
    document = policy(allow("s3:GetObject"), allow("ec2:*"))
    monkeypatch.setattr(Prover, "covered", lambda *_: Absent())
    found = simplify(SimplifyQuestion(document), ASK)
    assert not found.removed
    assert found.reason is not None
    assert "defect" in found.reason


def test_a_repair_that_takes_away_too_much_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    """The one change proposed denies everything, and is said to be harmless; the proofs of the whole see it."""
    documents = Documents((policy(allow("s3:*", "ec2:*")),), policy(allow("*")))
    everything = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    monkeypatch.setattr("verifier.repairs.repair.denials", lambda *_: [everything])
    monkeypatch.setattr("verifier.repairs.repair.narrowings", lambda *_: [])
    monkeypatch.setattr(Repairer, "_is_harmless", lambda *_: True)
    assert repair(ProveQuestion(documents, policy(allow("s3:*"))), ASK).outcome is RepairOutcome.NO_REPAIR


def test_a_repair_that_leaves_an_escape_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    """The search for a remaining escape is made to miss it; the last proofs see it."""
    documents = Documents((policy(allow("s3:*", "ec2:*")),), policy(allow("*")))
    nothing = {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}
    monkeypatch.setattr("verifier.repairs.repair.denials", lambda *_: [nothing])
    monkeypatch.setattr("verifier.repairs.repair.narrowings", lambda *_: [])
    monkeypatch.setattr(
        Choice, "cheapest", lambda self, usable: next(filter(usable, [(move,) for move in self.moves]), None)
    )
    honest, asked = Repairer._escape, []

    def missing(self: Repairer, boundary: Policy | None) -> Any:
        asked.append(boundary)
        return honest(self, boundary) if len(asked) == 1 else Absent()

    monkeypatch.setattr(Repairer, "_escape", missing)
    assert repair(ProveQuestion(documents, policy(allow("s3:*"))), ASK).outcome is RepairOutcome.NO_REPAIR
    assert len(asked) > 1


def test_a_repair_whose_proofs_are_refused_is_not_shown(monkeypatch: pytest.MonkeyPatch):
    documents = Documents((policy(allow("s3:*", "ec2:*")),), policy(allow("*")))
    maximum = policy(allow("s3:*"))
    assert repair(ProveQuestion(documents, maximum), ASK).outcome is RepairOutcome.REPAIRED
    monkeypatch.setattr(Repairer, "_exact", lambda *_: False)
    assert repair(ProveQuestion(documents, maximum), ASK).outcome is RepairOutcome.NO_REPAIR


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": {"CanonicalUser": "79a59df900b949e5"}},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": "jane"}},
    ],
)
def test_a_principal_that_cannot_be_told_is_refused_by_both_semantics(statement: dict[str, Any]):
    document, request = policy(statement), Request.of("s3:GetObject", "*", principal=EVERYONE)
    with pytest.raises(Unsupported, match=r"which principal .* is cannot be told"):
        compile_policy(document)
    with pytest.raises(Unsupported, match=r"which principal .* is cannot be told"):
        (allows if statement["Effect"] == "Allow" else denies)((document,), request)


def test_a_way_that_leaves_a_limit_out_shows_no_counterexample(monkeypatch: pytest.MonkeyPatch):
    """Its claims are all true of the request; only the evaluator's whole decision tells that a boundary is missing."""
    wide, narrow = policy(allow("s3:*")), policy(allow("s3:GetObject"))
    jane = "arn:aws:iam::111122223333:user/jane"
    assert isinstance(prove([wide], narrow, boundary=narrow, principal=jane), Contained)
    planted = ((Claim(Level((wide,)), Says.ALLOWS),),)
    monkeypatch.setattr("verifier.questions.prove.allowed_ways", lambda *_: planted)
    answer = prove([wide], narrow, boundary=narrow, principal=jane)
    assert isinstance(answer, Undecided)
    assert "does not confirm" in answer.reason


def test_where_it_matters_who_asks_that_has_to_be_said():
    document = policy(allow("s3:*", Principal={"AWS": "111122223333"}))
    with pytest.raises(Unsupported, match="who asks is not said"):
        allows((document,), Request.of("s3:GetObject", "*"))


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}])
def test_everyone_is_everyone_in_both_semantics(principal: object):
    document = policy({"Effect": "Deny", "Principal": principal, "Action": "s3:*", "Resource": "*"})
    assert compile_policy(document).at("s3:getobject")
    assert denies((document,), Request.of("s3:GetObject", "*"))


def test_a_statement_without_actions_is_refused_by_both_semantics():
    whole = policy(allow("s3:*"))
    document = replace(whole, statements=(replace(whole.statements[0], actions=None),))
    for refuses in (lambda: compile_policy(document), lambda: allows((document,), Request.of("s3:GetObject", "*"))):
        with pytest.raises(PolicyError) as caught:
            refuses()
        assert str(caught.value) == "1:41: the statement has no `Action`; add `Action` or `NotAction`"


@pytest.mark.parametrize(
    ("statement", "spelled"),
    [
        (allow("s3:GetObject", "EC2:runInstances"), {"s3:GetObject", "EC2:runInstances"}),
        ({"Effect": "Allow", "NotAction": ["s3:Get*"], "Resource": "*"}, {"s3:Get*"}),
    ],
)
def test_actions_are_shown_as_the_document_spells_them(statement: dict[str, Any], spelled: set[str]):
    """By their lower case (rule 9)."""
    found = compile_policy(policy(statement)).spelled
    assert dict(found) == {text.lower(): text for text in spelled}


def test_an_rcp_spells_the_actions_that_no_rcp_binds_too():
    """Rule 30: a request that escapes it may be of one of these."""
    document = policy({"Effect": "Deny", "Principal": "*", "Action": "kms:Get*", "Resource": "*"})
    (document,) = document.cloud.alike((document,), PolicyType.RCP)
    assert compile_policy(document).spelled == {**NEVER, "kms:get*": "kms:Get*"}
