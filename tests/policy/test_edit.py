"""Changing a JSON text: what stays keeps its layout, what is new looks like its neighbours, and the value is right."""

from __future__ import annotations

import json
import sys
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import Json, documents, statements, varied, worlds
from verifier.clouds.aws.policy.edit import amend, policy_text, rewrite, scan
from verifier.clouds.aws.policy.parse import parse_level
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import characters, too_large_for

DENY = {"Effect": "Deny", "Action": ["iam:*", "sts:*"], "Resource": "*"}

TABBED = """{
\t"Statement": [
\t\t{
\t\t\t"a": "1"
\t\t},
\t\t{
\t\t\t"Effect": "Deny",
\t\t\t"Action": [
\t\t\t\t"iam:*",
\t\t\t\t"sts:*"
\t\t\t],
\t\t\t"Resource": "*"
\t\t}
\t]
}
"""
NARROW = """{
 "Statement": [
  {
   "a": [
    "1",
    "3",
    "2"
   ],
   "C": {
    "op": {
     "k": "v"
    }
   }
  }
 ]
}"""

# A text, the changes, what is added, and the text afterwards.
CASES: list[tuple[str, dict[int, Any], list[Any], str]] = [
    ('{"Statement":[{"a":"1"},{"a":"2"},{"a":"3"}]}', {1: ()}, [], '{"Statement":[{"a":"1"},{"a":"3"}]}'),
    ('{"Statement": [ {"a": "1"} , {"a": "2"} ]}', {0: ()}, [], '{"Statement": [ {"a": "2"} ]}'),
    ('{"Statement":{"a":"1"}}', {}, [{"b": ["x", "y"]}], '{"Statement":[{"a":"1"},{"b":["x","y"]}]}'),
    ('{"Statement": {"a": [true, 10, "x"]}}', {0: [{"a": ["true", "x"]}]}, [], '{"Statement": {"a": [true, "x"]}}'),
    ('{"Statement": {"a": "\\u0078"}}', {0: [{"a": ["x"]}]}, [], '{"Statement": {"a": "\\u0078"}}'),
    ('{"Statement": {"a": "x"}}', {0: [{"a": ["x", "y"]}]}, [], '{"Statement": {"a": ["x", "y"]}}'),
    ('{"Statement": {"a": ["x", "y"]}}', {0: [{"a": "y"}]}, [], '{"Statement": {"a": ["y"]}}'),
    (
        '{"Statement": {"a": ["w", "x", "z"]}}',
        {0: [{"a": ["w", "y", "z"]}]},
        [],
        '{"Statement": {"a": ["w", "y", "z"]}}',
    ),
    ('{"Statement": {"C": {}, "a": "x", "b": "y"}}', {0: [{"a": "x"}]}, [], '{"Statement": {"C": {}, "a": "x"}}'),
    (
        '{"Statement": {"C": {"op": {"K": "v"}}}}',
        {0: [{"C": {"Op": {"K": "v"}}}]},
        [],
        '{"Statement": {"C": {"op": {"K": "v"}}}}',
    ),
    (
        '{"Statement": [{"a": "1"}]}',
        {0: [{"a": "1"}, {"a": "2"}]},
        [{"a": "3"}],
        '{"Statement": [{"a": "1"}, {"a": "2"}, {"a": "3"}]}',
    ),
    (
        '{\n\t"Statement": [\n\t\t{\n\t\t\t"a": "1"\n\t\t}\n\t]\n}\n',
        {},
        [DENY],
        TABBED,
    ),
    (
        '{\r\n  "Statement": [{\r\n    "a": "1"\r\n  }]\r\n}',
        {},
        [{"a": "2"}],
        '{\r\n  "Statement": [{\r\n    "a": "1"\r\n  }, {\r\n    "a": "2"\r\n  }]\r\n}',
    ),
    (
        '{\n "Statement": [\n  {\n   "a": [\n    "1",\n    "2"\n   ]\n  }\n ]\n}',
        {0: [{"a": ["1", "3", "2"], "C": {"op": {"k": "v"}}}]},
        [],
        NARROW,
    ),
]


@pytest.mark.parametrize(("text", "changed", "added", "after"), CASES)
def test_a_case(text: str, changed: dict[int, Any], added: list[Any], after: str) -> None:
    assert amend(text, "Statement", changed, added) == after


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, list[Json], dict[int, list[Json]], list[Json]]:
    """A document in some layout, its statements, changes to some, and new ones."""
    world = draw(worlds())
    whole = draw(documents(world))
    body = whole["Statement"] if isinstance(whole["Statement"], list) else [whole["Statement"]]
    changed = {
        number: [draw(varied(world, {"Statement": one}))["Statement"][0]][: draw(st.sampled_from((0, 1, 1, 1)))]
        for number, one in enumerate(body)
        if draw(st.booleans())
    }
    added = [draw(statements(world, version="2012-10-17")) for _ in range(draw(st.integers(0, 2)))]
    if not added and all(changed.get(number) == [] for number in range(len(body))):
        changed = {}
    indent = draw(st.sampled_from((None, 1, 2, 4, "\t")))
    separators = (",", ":") if indent is None and draw(st.booleans()) else None
    return json.dumps(whole, indent=indent, separators=separators), body, changed, added


@given(changes())
def test_the_text_says_the_new_value(drawn: tuple[str, list[Json], dict[int, list[Json]], list[Json]]) -> None:
    text, body, changed, added = drawn
    as_texts = {number: [_texts(one) for one in some] for number, some in changed.items()}
    after = json.loads(amend(text, "Statement", as_texts, [_texts(one) for one in added]))
    wanted = [new for number, one in enumerate(body) for new in changed.get(number, [one])] + added
    found = after["Statement"] if isinstance(after["Statement"], list) else [after["Statement"]]
    assert [_plain(one) for one in found] == [_plain(one) for one in wanted]
    assert {**after, "Statement": None} == {**json.loads(text), "Statement": None}


@given(changes())
def test_a_text_that_says_it_already_stays(drawn: tuple[str, list[Json], dict[int, list[Json]], list[Json]]) -> None:
    text, body, *_ = drawn
    assert amend(text, "Statement", {number: [_texts(one)] for number, one in enumerate(body)}) == text
    assert scan(text).end == len(text)


def _texts(value: Any) -> Any:
    """The value with Booleans and numbers as their JSON texts, as a policy has them."""
    if isinstance(value, dict):
        return {name: _texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return value if isinstance(value, str) else json.dumps(value)


def _plain(value: Any) -> Any:
    """The value as far as it matters: without order of members, a list of one bare, empty objects gone."""
    if isinstance(value, dict):
        inner = {name.lower(): _plain(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one != {}}
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else [_plain(one) for one in value]
    return _texts(value)


def test_a_policy_within_another_text_is_written_anew() -> None:
    statement = '{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}'
    text = f'[{{"Statement": [{statement}]}}, {{"Statement": [{statement}, {statement}]}}]'
    policy = parse_level(text)[1]
    assert policy_text(policy).startswith('{\n  "Statement": [\n    {\n')
    assert json.loads(rewrite(policy, {0: ()}, [DENY]))["Statement"] == [json.loads(statement), DENY]
    alone = Policy.parse(f'{{"Statement": [{statement}]}}')
    assert policy_text(alone) == alone.source.text


def test_sizes_are_counted_without_white_space() -> None:
    assert characters('{ "a" :\n\t"b" }\r\n') == 9
    assert too_large_for(2_048) == ()
    assert too_large_for(2_049) == ("inline policy of a user",)
    assert too_large_for(6_145)[0] == "managed policy"


@pytest.mark.parametrize("char", ["a", "\\u0061", "\\n"])
def test_a_long_string_takes_little_memory(char: str) -> None:
    text = '{"Statement": [{"a": "%s"}]}' % (char * (3_000_000 // len(char)))
    tracemalloc.start()
    try:
        assert amend(text, "Statement", {0: [{"b": "x"}]}) == '{"Statement": [{"b": "x"}]}'
        assert tracemalloc.get_traced_memory()[1] < 4 * len(text)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("order", [1, -1])
def test_the_work_of_a_long_list_grows_as_its_length(order: int) -> None:
    def calls(count: int) -> int:
        old, new = [f"w{number}" for number in range(count)], [f"w{number}" for number in range(count // 2, 2 * count)]
        counted = 0

        def count_calls(_: object, event: str, __: object) -> None:
            nonlocal counted
            counted += event == "call"

        text = json.dumps({"Statement": [{"a": old}]})
        sys.setprofile(count_calls)
        try:
            changed = amend(text, "Statement", {0: [{"a": new[::order]}]})
        finally:
            sys.setprofile(None)
        assert json.loads(changed) == {"Statement": [{"a": new[::order]}]}
        return counted

    assert calls(2_000) < 11 * calls(200)
