"""Batch lines to questions; malformed lines are in `tests/policy/malformed.json`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from verifier.base.errors import InputError, PolicyError, RequestError, UsageError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.read_question import read_question
from verifier.clouds.aws.request import Request
from verifier.questions.ask import Ask, Readings, World
from verifier.questions.question import ConfineQuestion, DiffQuestion, EvaluateQuestion, ProveQuestion
from verifier.questions.read_id import read_id

DOCUMENT = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
REQUEST = {"action": "s3:Get", "resource": "*"}


def line(**elements: Any) -> str:
    return json.dumps(elements)


def test_prove() -> None:
    posed = read_question(line(ask="prove", id="q", policies=[DOCUMENT, DOCUMENT], maximum=DOCUMENT))
    assert isinstance(posed.question, ProveQuestion)
    assert (posed.id, posed.question.documents) == ("q", Documents(posed.question.documents.policies))
    assert len(posed.question.documents.policies) == 2
    beside = {"boundary": DOCUMENT, "session": DOCUMENT, "scps": [DOCUMENT, [DOCUMENT, DOCUMENT]], "rcps": [DOCUMENT]}
    posed = read_question(line(policies=[DOCUMENT], maximum=DOCUMENT, ask="prove", **beside))
    assert isinstance(posed.question, ProveQuestion)
    assert posed.id is None
    documents = posed.question.documents
    assert documents.boundary is not None
    assert documents.session is not None
    assert [len(level) for level in documents.scps] == [1, 2]
    assert len(documents.rcps) == 1


def test_a_line_is_asked_as_it_says_itself_and_otherwise_as_the_call_says() -> None:
    members = {"ask": "diff", "old": DOCUMENT, "new": DOCUMENT}
    ask = Ask(3.0, world=World.AWS)
    assert read_question(line(**members), ask).ask == ask
    said = read_question(line(**members, world="all", reading="usual"), ask).ask
    assert said == Ask(3.0, readings=Readings.USUAL)


def test_null_stands_for_a_document_left_out() -> None:
    beside = dict.fromkeys(("boundary", "session", "scps", "rcps"))
    question = read_question(line(ask="prove", policies=[DOCUMENT], maximum=DOCUMENT, **beside)).question
    assert isinstance(question, ProveQuestion)
    assert question.documents == Documents(question.documents.policies)
    with pytest.raises(UsageError, match="no `maximum`"):
        read_question(line(ask="prove", policies=[DOCUMENT], maximum=None))


def test_diff_confine_and_evaluate() -> None:
    assert isinstance(read_question(line(id=1, ask="diff", old=DOCUMENT, new=DOCUMENT)).question, DiffQuestion)
    confine = read_question(line(id=1, ask="confine", document=DOCUMENT, services=["s3", "dynamodb"])).question
    assert isinstance(confine, ConfineQuestion)
    assert confine.services == ("s3", "dynamodb")
    evaluate = read_question(line(ask="evaluate", policies=[DOCUMENT], boundary=DOCUMENT, request=REQUEST)).question
    assert isinstance(evaluate, EvaluateQuestion)
    assert evaluate.request == Request.of("s3:Get", "*")


IDENTITIES: tuple[object, ...] = (None, True, 0, -12, 1.5, "é\n", [], {}, [1, {"a": [None]}], "x" * 5_000, 10**900)


@pytest.mark.parametrize("identity", IDENTITIES, ids=range(len(IDENTITIES)))
def test_any_json_value_is_an_id(identity: object) -> None:
    text = line(ask="diff", old=DOCUMENT, new=DOCUMENT, id=identity)
    assert read_question(text).id == read_id(text) == identity


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 0


def test_an_id_is_nested_64_deep_at_most() -> None:
    for depth in (1, 63, 64):
        text = line(id=nested(depth), ask="diff", old=DOCUMENT, new=DOCUMENT)
        assert read_question(text).id == read_id(text) == nested(depth)
    with pytest.raises(UsageError, match="64 deep"):
        read_question(line(id=nested(65)))
    assert read_id(line(id=nested(65))) is None


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ('{"ask": "x", "id": 7, ,}', 7),
        ('{"policies": [{"id": 1}], "id" : "q"} tail', "q"),
        ('{"a": "\\"id\\": 1", "id": 2', 2),
        ('{"a": {"id": 1}}', None),
        ('{"id"', None),
        ('{"id":', None),
        ('{"id": NaN}', None),
        ('{"id": [NaN]}', None),
        ('{"id": 1e999}', None),
        ('{"id": "\\ud800"}', None),
        ('{"id": ' + "1" * 5_000 + "}", None),
        ("[" * 100_000, None),
        ('{"id": ' + "[" * 100_000, None),
        ('"id": 5', None),
        ("", None),
        ("\0\ud800", None),
    ],
)
def test_the_id_of_a_line_that_is_no_question(text: str, identity: object) -> None:
    assert read_id(text) == identity


def test_errors_within_documents_and_requests_know_their_place() -> None:
    wrong = json.loads(json.dumps(DOCUMENT).replace("s3:*", "**"))
    for text, kind, quoted in (
        (line(ask="diff", old=DOCUMENT, new=wrong), PolicyError, '"**"'),
        (line(ask="evaluate", policies=[DOCUMENT], request={**REQUEST, "action": "s3"}), RequestError, '"s3"'),
        (line(ask="diff", old=DOCUMENT, new=DOCUMENT, maximum=DOCUMENT), UsageError, '"maximum"'),
    ):
        with pytest.raises(InputError) as caught:
            read_question(text, name="line 3")
        error = caught.value
        assert type(error) is kind
        assert error.span is not None
        assert text[error.span.column - 1 : error.span.end_column - 1] == quoted
        assert str(error).startswith("line 3:1:")
