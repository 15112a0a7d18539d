"""Places of values: each cuts to the text that the value was read from, whatever notation and however deep within."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote as url_encoded
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier.base.source import Source
from verifier.sources.notations import read_values, values_within
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Value

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ['"', "\\", "é", "😀", "\n", "\t"]
)
_SCALARS = _TEXTS | st.integers(-9, 99) | st.booleans() | st.none()
VALUES = st.recursive(
    _SCALARS, lambda held: st.lists(held, max_size=3) | st.dictionaries(_TEXTS, held, max_size=3), max_leaves=12
)
OBJECTS = st.dictionaries(_TEXTS, VALUES, min_size=1, max_size=3)


def python(value: Value) -> Any:
    """Return what JSON would make of a value."""
    match value:
        case TextValue():
            return "".join(part if isinstance(part, str) else part.name for part in value.parts)
        case Scalar():
            return json.loads(value.text)
        case ListValue():
            return [python(each) for each in value.values]
        case ObjectValue():
            return {name.known: python(held) for name, held in value.pairs}
        case AnyValue():
            raise AssertionError


def each_within(value: Value) -> Iterator[Value]:
    """Yield a value and all within it, names too."""
    yield value
    if isinstance(value, ListValue):
        for each in value.values:
            yield from each_within(each)
    elif isinstance(value, ObjectValue):
        for name, held in value.pairs:
            yield name
            yield from each_within(held)


def with_noise(text: str) -> str:
    """Return JSON with comments and trailing commas where they may stand; strings stay as they are."""
    noisy, within, escaped = [], False, False
    for letter in text:
        if letter == '"' and not escaped:
            within = not within
        escaped = within and letter == "\\" and not escaped
        if not within and letter in "]}" and noisy[-1] not in "[{":
            noisy.append(", /* , ] */ ")
        noisy.append(letter)
        if not within and letter in "[{":
            noisy.append(" // { \n\r\n")
    return "".join(noisy)


@given(VALUES, st.sampled_from([None, 1]), st.booleans(), st.booleans())
def test_json(value: Any, indent: int | None, plain: bool, noise: bool):
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    source = Source("x.json", with_noise(text) if noise else text)
    assume(text[0] in '[{"')
    found = read_values(source)
    assert python(found) == value
    for each in each_within(found):
        if isinstance(each, (TextValue, Scalar)):
            assert json.loads(source.cut(each.span)) == python(each)
        else:
            cut = source.cut(each.span)
            assert cut[0] in "[{"
            assert cut[-1] in "]}"
            assert noise or json.loads(cut) == python(each)


def escapes(text: str, pick: st.DataObject) -> str:
    """Return a string of JSON with some of its characters escaped in one of the ways that JSON has."""
    pieces = []
    for letter in text:
        ways = [json.dumps(letter)[1:-1]]
        ways += [json.dumps(letter, ensure_ascii=False)[1:-1], *(["\\/"] if letter == "/" else [])]
        if letter <= "\uffff":
            ways.append(f"\\u{ord(letter):04X}")
        pieces.append(pick.draw(st.sampled_from(ways)))
    return '"' + "".join(pieces) + '"'


@given(OBJECTS, st.data(), st.sampled_from(["plain", "url", "url all"]))
def test_json_within_a_string_of_json(value: dict[str, Any], data: st.DataObject, way: str):
    inner = json.dumps(value, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1])))
    held = {"plain": inner, "url": url_encoded(inner), "url all": url_encoded(inner, safe="")}[way]
    source = Source("x.json", '{"a": ' + escapes(held, data) + "}")
    outer = read_values(source)
    assert isinstance(outer, ObjectValue)
    text = outer.named["a"]
    assert isinstance(text, TextValue)
    found = values_within(text)
    assert found is not None
    assert python(found) == value
    for each in each_within(found):
        written = json.loads('"' + source.cut(each.span) + '"')
        assert json.loads(written if way == "plain" else unquote(written)) == python(each)


@given(OBJECTS)
def test_json_within_strings_within_strings(value: dict[str, Any]):
    text = json.dumps({"b": json.dumps({"c": json.dumps(value)})})
    source = Source("x.json", text)
    found: Value | None = read_values(source)
    for name in "bc":
        assert isinstance(found, ObjectValue)
        held = found.named[name]
        assert isinstance(held, TextValue)
        found = values_within(held)
    assert found is not None
    assert python(found) == value
    for each in each_within(found):
        written = source.cut(each.span)
        for _ in "bc":
            written = json.loads(f'"{written}"')
        assert json.loads(written) == python(each)


@given(VALUES, st.sampled_from([None, "'", '"', "|", ">"]), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_yaml(value: Any, style: Any, flow: bool, line: str):
    text = yaml.safe_dump(value, default_style=style, default_flow_style=flow, allow_unicode=True, line_break=line)
    if style is not None:  # what has quotes is a text, so numbers are written as `!!int "1"`
        value = json.loads(json.dumps(value), parse_int=str, parse_float=str)
        text = yaml.safe_dump(_texts(value), default_style=style, default_flow_style=flow, allow_unicode=True)
        value = _texts(value)
    source = Source("x.yaml", text)
    assume(text[0] not in '{["/')  # those are JSON first
    found = read_values(source)
    assert python(found) == value
    for each in each_within(found):
        if isinstance(each, (TextValue, Scalar)):
            assert yaml.safe_load(source.cut(each.span)) == python(each)


def _texts(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _texts(held) for name, held in value.items()}
        case list():
            return [_texts(each) for each in value]
        case _:
            return str(value)


@pytest.mark.parametrize("style", ["|", "|-", "|+", "'", '"', ""])
def test_json_within_a_string_of_yaml(style: str):
    inner = '{"Action": ["s3:Get*", "it\'s"], "N": 1}'
    written = {
        "'": "'" + inner.replace("'", "''") + "'",
        '"': json.dumps(inner),
        "": inner,
    }.get(style, f"{style}\n    {inner[:10]}\n\n      {inner[10:]}\n\n")
    text = f"a:\n  b: {written}\n"
    source = Source("x.yaml", text if style else "a:\n  b: " + json.dumps(inner) + "\n")
    outer = read_values(source)
    assert isinstance(outer, ObjectValue)
    middle = outer.named["a"]
    assert isinstance(middle, ObjectValue)
    held = middle.named["b"]
    assert isinstance(held, TextValue)
    found = values_within(held)
    assert found is not None
    assert python(found) == json.loads(inner)
    for each in each_within(found):
        if isinstance(each, (TextValue, Scalar)):
            cut = source.cut(each.span)
            plain = {"'": cut.replace("''", "'"), '"': None, "": None}.get(style, cut)
            assert json.loads(json.loads(f'"{cut}"') if plain is None else plain) == python(each)
