"""Texts of every notation: those that are wrong, as data, and what the others hold.

`broken.json`: the text, in pieces, each a text or a text and how often it stands there; and how its error begins.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.test_places import python
from verifier.base.errors import UsageError
from verifier.base.source import Source
from verifier.sources.notations import read_values, values_within
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value

BROKEN = json.loads((Path(__file__).parent / "broken.json").read_text(encoding="utf-8"))


def walked(value: Value) -> int:
    """Return how many values there are, all of them read."""
    count, waiting = 0, [value]
    while waiting:
        count += 1
        match waiting.pop():
            case ListValue() as held:
                waiting += held.values
            case ObjectValue() as held:
                waiting += [each for pair in held.pairs for each in pair]
            case _:
                pass
    return count


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_broken(case: dict[str, Any]):
    text = "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in case["text"])
    with pytest.raises(UsageError) as told:
        walked(read_values(Source("file", text)))
    assert case["error"] in str(told.value)
    assert str(told.value).startswith("file:")
    assert told.value.help


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("{\r\n// a\r\n'a': [1, 2,], /* , } */ }".replace("'", '"'), {"a": [1, 2]}),
        ('{"a": "// no comment, /* either */ ,]"}', {"a": "// no comment, /* either */ ,]"}),
        ("Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Action: s3:*\n    Resource: '*'\n", None),
        ("base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3\n", {"base": {"x": 1, "y": 2}, "more": {"y": 3, "x": 1}}),
        ("a: !Sub '${AWS::Region}'\nb: !GetAtt x.y\nc: !Ref z\n", None),
        ("%YAML 1.1\n---\na: ~\nb:\nc: !!str 12\nd: true\n", {"a": None, "b": None, "c": "12", "d": True}),
        ("1: a\ntrue: b\n", {"1": "a", "true": "b"}),
        ("a: |\n  x\n   y\n", {"a": "x\n y\n"}),
    ],
)
def test_read(text: str, held: Any):
    found = python(read_values(Source("file", text)))
    assert held is None or found == held
    assert held is not None or found in (
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]},
        {"a": {"Fn::Sub": "${AWS::Region}"}, "b": {"Fn::GetAtt": "x.y"}, "c": {"Ref": "z"}},
    )


def test_wide_and_deep_values_are_walked():
    assert walked(read_values(Source("file", "[" * 100 + "]" * 100))) == 100
    assert walked(read_values(Source("file", "[" + "0," * 200_000 + "]"))) == 200_001
    assert walked(read_values(Source("file", "a: " + "x" * 1_000_000))) == 3


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (' {"a": [1]}', {"a": [1]}),
        ("%7B%22a%22%3A%20%22b+c%22%7D", {"a": "b+c"}),
        ("%7b%22a%22:1%7D", {"a": 1}),
        ('{\\"a\\": \\"b\\"}', {"a": "b"}),
        ("%7B%22a%22%3A%22%FF%22%7D", None),
        ("%7B", None),
        ("[" * 200 + "]" * 200, None),
        ("[" * 100_000, None),
        ('{"a": "\\ud800"}', {"a": "\ud800"}),
        ("text", None),
        ("", None),
        ("{", None),
    ],
)
def test_text_within_text(text: str, held: Any):
    outer = read_values(Source("file", json.dumps([text])))
    assert isinstance(outer, ListValue)
    inner = outer.values[0]
    assert isinstance(inner, TextValue)
    found = values_within(inner)
    assert (None if found is None else python(found)) == held


def test_aliases_that_make_a_text_deep():
    text = "a0: &a0 [x]\n" + "".join(f"a{number + 1}: &a{number + 1} [*a{number}]\n" for number in range(150))
    with pytest.raises(UsageError, match="nested more than 100 deep"):
        read_values(Source("file", text))
