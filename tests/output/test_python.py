"""What Python shows of hostile documents: in a terminal (`str`, `repr`), and in a notebook (`_repr_html_`)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.output import reading
from tests.output.calls import TRICKS, documents
from verifier import Policy, confine, diff, evaluate, explore, prove, repair, simplify
from verifier.base.errors import InputError
from verifier.base.grammar import source_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.request import read_request
from verifier.explanations.explain import explain
from verifier.explorer.order import containment_order
from verifier.questions.ask import Ask
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.regions.regions import regions_of


def shown(trick: str) -> Iterator[object]:
    """One object of each kind that shows itself, about documents that hold `trick`."""
    texts = documents(trick)
    policy, boundary, maximum, twice = (
        parse_source(source_of(texts[name], f"{trick}{name}")) for name in ("policy", "boundary", "maximum", "twice")
    )
    escapes, contained = prove([policy], maximum, boundary), prove([maximum], policy)
    different, confined = diff(policy, maximum), confine(policy, ["ec2"])
    yield from (escapes, contained, different, confined)
    question = ProveQuestion(Documents((policy,), boundary), maximum)
    yield regions_of(question, Ask())
    yield explain(question, escapes)
    yield explain(ProveQuestion(Documents((maximum,)), policy), contained)
    yield explain(DiffQuestion(policy, maximum), different)
    yield explain(ConfineQuestion(policy, ("ec2",)), confined)
    request = read_request(texts["request"])
    yield from (request, evaluate([policy], request), evaluate([policy], request).statements[0])
    place = explore([policy], maximum, boundary)
    yield from (
        place,
        place.next(),
        place.without(resource="*"),
        place.statements(),
        place.regions(),
        place.services("s3"),
    )
    yield containment_order({f"{trick}a": policy, "b": maximum})
    yield from (simplify(twice), repair([policy], maximum, boundary))
    for name in ("broken", "operator", "effect", "cut"):
        with pytest.raises(InputError) as caught:
            parse_source(source_of(texts[name], f"{trick}{name}"))
        yield caught.value
    yield policy


@pytest.mark.parametrize("trick", TRICKS)
def test_what_python_shows_is_safe(trick: str) -> None:
    seen = 0
    for one in shown(TRICKS[trick]):
        kind = type(one).__name__
        if type(one).__str__ is not object.__str__:  # else it is the standard form of a dataclass
            assert not [f"{kind}: {wrong}" for wrong in reading.text(str(one))]
        if kind in {"Escapes", "Difference", "Explorer", "NoOther"} or isinstance(one, InputError):
            assert not [f"{kind}: {wrong}" for wrong in reading.text(repr(one))]
        if (page := getattr(one, "_repr_html_", None)) is not None:
            seen += 1
            assert not [f"{kind}: {wrong}" for wrong in reading.fragment(page())]
    assert seen > 15


def test_a_policy_stays_what_it_says() -> None:
    for trick in TRICKS.values():
        assert (
            json.loads(documents(trick)["policy"])["Statement"][0]["Sid"]
            == Policy.parse(documents(trick)["policy"]).statements[0].sid
        )
