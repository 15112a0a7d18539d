"""A document that stands in many lines of a batch is read once, and nobody notices but by the time it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import documents, worlds
from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.cli.batch_lines import batch
from verifier.clouds.aws.interned import Interner, KnownPolicy, content_of
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.quick_reader import scanned
from verifier.clouds.aws.read_question import read_question
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion

FIRST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
SECOND = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
# What is warned of, what fails where it is asked about, and what differs only in how a number is written.
WARNED = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s4:Get", "Resource": ["*", "x"]}}
OF_EVERYONE = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
CONDITION = {"NumericEquals": {"s3:max-keys": 1}}
NUMBER = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": CONDITION}}
TEXT = json.loads(json.dumps(NUMBER).replace(": 1}", ': "1"}'))
# Two that are documents, and two that are none: there is a list for an object, an object for a list.
EMPTY = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {}}}
LISTED = json.loads(json.dumps(EMPTY).replace("{}", "[]"))
NO_VALUES = json.loads(json.dumps(EMPTY).replace("{}", '{"StringEquals": {"aws:username": []}}'))
NO_LIST = json.loads(json.dumps(NO_VALUES).replace("[]", "{}"))
BODIES = (FIRST, SECOND, WARNED, OF_EVERYONE, NUMBER, TEXT, EMPTY, LISTED, NO_VALUES, NO_LIST)


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Lines in which the same documents stand again and again, in several places and with other white space."""
    pool = [*BODIES, *draw(st.lists(worlds().flatmap(documents), max_size=2))]
    body = st.sampled_from(pool)
    request = st.just({"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {"s3:max-keys": "1"}})
    optional: dict[str, st.SearchStrategy[Any]] = {
        "id": body | st.lists(body, max_size=2) | st.text(max_size=3),
        "boundary": st.none() | body,
        "scps": st.lists(body | st.lists(body, min_size=1, max_size=2), max_size=2),
        "rcps": st.lists(body, max_size=1),
    }
    policies = st.lists(body, min_size=1, max_size=2)
    question = st.one_of(
        st.fixed_dictionaries({"ask": st.just("prove"), "policies": policies, "maximum": body}, optional=optional),
        st.fixed_dictionaries(
            {"ask": st.just("evaluate"), "policies": policies, "request": request}, optional=optional
        ),
        st.fixed_dictionaries({"ask": st.just("diff"), "old": body, "new": body}),
    )
    spaced = st.sampled_from(((", ", ": "), (",", ":"), (" ,  ", " : ")))
    return [json.dumps(each, separators=draw(spaced)) for each in draw(st.lists(question, min_size=3, max_size=8))]


@given(lines())
def test_the_answers_are_those_of_each_line_alone(asked: list[str]) -> None:
    alone = [next(batch([line])) | {"line": None} for line in asked]
    together = [answer | {"line": None} for answer in batch(asked)]
    for one, other, number in zip(alone, together, range(1, len(asked) + 1), strict=True):
        assert _on_line(one, 1) == _on_line(other, number)


def _on_line(answer: Any, number: int) -> Any:
    """An answer with its lines counted from the line of the batch."""
    if isinstance(answer, dict):
        return {
            name: value - number if name == "line" and value is not None else _on_line(value, number)
            for name, value in answer.items()
        }
    return [_on_line(each, number) for each in answer] if isinstance(answer, list) else answer


def _maximum(line: str, interner: Interner) -> object:
    question = read_question(line, Ask(), interner=interner).question
    assert isinstance(question, ProveQuestion)
    return question.maximum


def _prove(maximum: object, separators: tuple[str, str] = (", ", ": ")) -> str:
    return json.dumps({"ask": "prove", "policies": [SECOND], "maximum": maximum}, separators=separators)


def test_a_document_is_the_same_object_in_every_line() -> None:
    interner = Interner()
    first, second, third, fourth = (
        _maximum(_prove(FIRST, spaced), interner) for spaced in ((",", ":"), (", ", ": "), (",", ": "), (" , ", ":"))
    )
    assert first is second
    assert second is third
    assert third is fourth


def test_two_documents_of_one_line_are_found_in_another_the_other_way_round() -> None:
    """Each has its places in the first line, so in the second one they move by different steps."""
    lines = [json.dumps({"ask": "diff", "old": old, "new": new}) for old, new in ((WARNED, SECOND), (SECOND, WARNED))]
    alone = [next(batch([line])) for line in lines]
    assert [_on_line(one, 1) for one in alone] == [_on_line(*both) for both in zip(batch(lines), (1, 2), strict=True)]


@pytest.mark.parametrize("around", ['"x%s"', '"%s"', "%s%s", "[%s", "%s x", '"\\ue0020"', '"\ue0020", "a": %s', "{%s}"])
def test_a_line_that_is_no_question_is_none_with_a_known_document_in_it(around: str) -> None:
    known = json.dumps(FIRST)
    line = _prove("MAXIMUM").replace('"MAXIMUM"', around.replace("%s", known))
    (alone,) = batch([line])
    *_, after = batch([_prove(FIRST)] * 3 + [line])
    assert "error" in alone
    assert _on_line(after, 4) == _on_line(alone, 1)


def test_a_document_that_is_wrong_is_not_kept() -> None:
    interner = Interner()
    wrong = {**FIRST, "Id": 1}
    for _ in range(3):
        with pytest.raises(InputError):
            _maximum(_prove(wrong), interner)


def test_what_stands_twice_in_one_line_is_two_documents() -> None:
    interner = Interner()
    line = json.dumps({"ask": "prove", "policies": [FIRST], "maximum": FIRST})
    for _ in range(4):
        question = read_question(line, Ask(), interner=interner).question
    assert isinstance(question, ProveQuestion)
    assert question.documents.policies[0] is not question.maximum


def test_a_number_is_not_a_text() -> None:
    interner = Interner()
    numbers = [_maximum(_prove(NUMBER), interner) for _ in range(3)]
    texts = [_maximum(_prove(TEXT), interner) for _ in range(3)]
    assert numbers[-1] is not texts[-1]


@pytest.mark.parametrize(("document", "other"), [(EMPTY, LISTED), (NO_VALUES, NO_LIST)], ids=("object", "list"))
def test_what_is_no_document_is_none_after_a_document_like_it(document: object, other: object) -> None:
    interner = Interner()
    for _ in range(3):
        _maximum(_prove(document), interner)
    with pytest.raises(InputError):
        _maximum(_prove(other), interner)


VALUES = st.recursive(
    st.sampled_from(("1", "1.0", '"1"', '"#1"', "true", '"True"', "null", '"None"', "[]", "{}", '""', '"[]"', '"\'"')),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda held: f"[{','.join(held)}]")
        | st.lists(st.tuples(st.sampled_from(('"a"', '"1"')), inner), max_size=2).map(
            lambda held: f"{{{','.join(map(':'.join, held))}}}"
        )
    ),
    max_leaves=4,
)


LIKE = (("{}", "[]"), ("[]", "{}"), ('"1"', "1"), ("1", "1.0"), ("null", '"None"'), ("true", '"True"'))


@given(VALUES.flatmap(lambda one: st.tuples(st.just(one), VALUES | st.sampled_from([one.replace(*by) for by in LIKE]))))
def test_other_texts_have_other_contents(two: tuple[str, str]) -> None:
    """The texts have no white space, so two say the same only where they are the same."""
    one, other = two
    contents = [content_of(scanned(Source("", text))) for text in two]
    assert (contents[0] == contents[1]) is (one == other)


def test_what_is_kept_has_a_bound_and_the_oldest_goes_first() -> None:
    text = json.dumps(FIRST)
    interner = Interner(most_characters=2 * len(text))
    known = KnownPolicy(parse(text), 0, 9)
    for content in (b"a", b"b"):
        interner.keep(content, known)
    assert interner.find(b"a") is known
    interner.keep(b"c", known)
    assert interner.find(b"b") is None
    assert interner.find(b"a") is known
    interner.keep(b"d", KnownPolicy(parse(text + " " * 2 * len(text)), 0, 9))
    assert interner.find(b"d") is None


def test_a_stretch_of_an_excerpt_is_found_in_the_whole() -> None:
    part = Source("part", '{ "a" :\n ["bcd", 1] }')
    whole = Source("whole", '{"x": 1, "y": {"a": ["bcd",\n 1]}}')
    of_list = part.span_of_tokens(2, 5)
    stretch = part.stretch_of_tokens(of_list)
    assert whole.cut(whole.span_of_stretch(stretch, 4)) == '["bcd",\n 1]'
    inner = of_list._replace(column=of_list.column + 2, end_line=2, end_column=of_list.column + 4)
    assert part.cut(inner) == "bc"
    assert whole.cut(whole.span_of_stretch(part.stretch_of_tokens(inner), 4)) == "bc"
