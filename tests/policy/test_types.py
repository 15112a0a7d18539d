"""The table of the types of policies, and all that has to know each type that takes part in questions."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields

import pytest

import verifier
from verifier.clouds.aws.documents import Documents, Place
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import ASKED, BESIDE, Multiplicity, PolicyType
from verifier.clouds.aws.read_question import read_question
from verifier.config.model import ConfigRule
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion

TEXT = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}


def document(type_: PolicyType) -> dict[str, object]:
    """A document that suits the type."""
    (statement,) = TEXT["Statement"]
    return {**TEXT, "Statement": [{**statement, **({"Principal": "*"} if type_.facts.principal else {})}]}


@pytest.mark.parametrize("type_", BESIDE, ids=lambda type_: type_.value)
def test_a_type_that_takes_part_is_known_everywhere(type_: PolicyType) -> None:
    name = type_.facts.field
    assert name in {field.name for field in fields(Documents)}
    assert name in ConfigRule.model_fields
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
