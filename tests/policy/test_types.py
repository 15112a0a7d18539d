"""The table of the types of policies, and all that has to know each type that takes part in questions."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields, replace

import pytest

import verifier
from verifier.cli.document_options import with_options
from verifier.clouds.aws.documents import Documents, Place, by_itself
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import ASKED, BESIDE, Multiplicity, PolicyType
from verifier.clouds.aws.read_question import read_question
from verifier.config.model import RuleForm
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Escapes

TEXT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


def document(type_: PolicyType) -> dict[str, object]:
    """A document that suits the type."""
    (statement,) = TEXT["Statement"]
    return {**TEXT, "Statement": [{**statement, **({"Principal": "*"} if type_.facts.principal else {})}]}


@pytest.mark.parametrize("type_", BESIDE, ids=lambda type_: type_.value)
def test_a_type_that_takes_part_is_known_everywhere(type_: PolicyType) -> None:
    name = type_.facts.field
    assert name in {field.name for field in fields(Documents)}
    assert name in RuleForm.model_fields
    for ask in (verifier.prove, verifier.evaluate, verifier.repair, verifier.sweep, verifier.explore):
        assert name in inspect.signature(ask).parameters, ask


@pytest.mark.parametrize("type_", BESIDE, ids=lambda type_: type_.value)
def test_a_line_of_a_batch_holds_documents_of_each_type_that_takes_part(type_: PolicyType) -> None:
    one = document(type_)
    written = {Multiplicity.ONE: one, Multiplicity.SEVERAL: [one, one], Multiplicity.LEVELS: [[one, one], one]}[
        type_.facts.many
    ]
    line = {"ask": "prove", "policies": [TEXT], "maximum": TEXT, type_.facts.field: written}
    question = read_question(json.dumps(line), Ask()).question
    assert isinstance(question, ProveQuestion)
    question.check()
    ((found, levels),) = question.documents.beside().items()
    assert found is type_
    assert [len(level) for level in levels] == {
        Multiplicity.ONE: [1],
        Multiplicity.SEVERAL: [1, 1],
        Multiplicity.LEVELS: [2, 1],
    }[type_.facts.many]


@pytest.mark.parametrize("type_", BESIDE, ids=lambda type_: type_.value)
def test_a_rule_that_compares_takes_no_document_of_a_type(type_: PolicyType) -> None:
    written = {Multiplicity.ONE: "a", Multiplicity.SEVERAL: ["a"], Multiplicity.LEVELS: [["a"]]}[type_.facts.many]
    with pytest.raises(ValueError, match="is not allowed in a rule with `compare`"):
        RuleForm.model_validate({"name": "one", "compare": ["a"], type_.facts.field: written})


@pytest.mark.parametrize("type_", [type_ for type_ in BESIDE if not type_.facts.allows], ids=lambda type_: type_.value)
def test_what_only_denies_is_asked_about_together_with_full_access(type_: PolicyType) -> None:
    documents = by_itself(Policy.parse(json.dumps(document(type_)), "one"), type_)
    (full,) = documents.policies
    assert [entry.text for one in full.statements if one.actions for entry in one.actions.entries] == ["*"]
    assert [place.type for place, _ in documents.denials()] == [type_]


def test_a_new_type_that_only_denies_is_not_read_as_an_identity_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PolicyType.SESSION.__dict__, "facts", replace(PolicyType.SESSION.facts, allows=False))
    denies = Policy.parse(json.dumps(document(PolicyType.IDENTITY)), "one")
    documents = by_itself(denies, PolicyType.SESSION)
    assert documents.session is denies
    assert [place.type for place, _ in documents.denials()] == [PolicyType.SESSION]
    assert isinstance(verifier.confine(denies, ["s3"], type="session"), Escapes)


def test_an_option_of_a_type_may_have_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PolicyType.RCP.__dict__, "facts", replace(PolicyType.RCP.facts, option="resource-control"))
    given: list[object] = []

    def command(beside: dict[PolicyType, object]) -> None:
        given.append(beside[PolicyType.RCP])

    made = with_options(command)
    parameters = inspect.signature(made).parameters
    assert "resource_control" in parameters
    made(**dict.fromkeys(parameters, "a"))
    assert given == ["a"]


def test_documents_are_the_same_by_their_types_and_by_their_names() -> None:
    policies = {type_: Policy.parse(json.dumps(document(type_)), type_.value) for type_ in ASKED}
    one = policies[PolicyType.IDENTITY]
    whole = Documents(
        (one,),
        policies[PolicyType.BOUNDARY],
        policies[PolicyType.SESSION],
        ((policies[PolicyType.SCP], one), (one,)),
        (policies[PolicyType.RCP], policies[PolicyType.RCP]),
    )
    assert Documents.of((one,), whole.beside()) == whole
    assert Documents.of((one,), {}) == Documents((one,))
    assert [str(place) for place, _ in whole.placed()] == [
        "policy 1",
        "boundary",
        "session",
        "scp level 1 document 1",
        "scp level 1 document 2",
        "scp level 2",
        "rcp 1",
        "rcp 2",
    ]
    assert [place for place, _ in whole.denials()] == [Place(PolicyType.RCP, 1), Place(PolicyType.RCP, 2)]


def test_rows_do_not_share_a_name() -> None:
    for names in (
        [type_.facts.name for type_ in PolicyType],
        [type_.facts.field for type_ in ASKED],
        [type_.facts.place for type_ in ASKED],
        [type_.facts.option for type_ in BESIDE],
    ):
        assert len(set(names)) == len(names)
        assert all(names)
