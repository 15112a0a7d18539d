"""A law: what is read without pydantic, the models take and read the same; and plain tables are read without it."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from verifier.config.model import ConfigForm, ExceptedForm, RuleForm
from verifier.config.quick import _EXCEPTED, _RULE, quick_config

WHOLE = tomllib.loads((Path(__file__).parent / "whole.toml").read_text(encoding="utf-8"))
PLAIN = {name: WHOLE[name] for name in ("rule", "except")}
TEXTS = st.sampled_from(("a", "", "b*", "escapes", "gained", "warnings"))
LISTS = st.lists(TEXTS, max_size=2)
VALUES: st.SearchStrategy[Any] = st.one_of(
    TEXTS,
    LISTS,
    st.lists(LISTS, max_size=2),
    st.sampled_from((None, True, 1, 1.5, {}, [1], [[1]], datetime.date(2030, 1, 2))),
    st.just(datetime.datetime(2030, 1, 2, tzinfo=datetime.UTC)),
    st.just(datetime.time(1, 2)),
)
FITTING: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("name", "maximum", "boundary", "rule", "check", "where", "reason"), st.just("a")),
    **dict.fromkeys(("policies", "compare", "exclude", "at_most"), st.just(["a"])),
    "scps": st.just([["a"], ["b"]]),
    "fail_on": st.lists(st.sampled_from(("escapes", "gained", "warnings")), max_size=2),
    "until": st.just(datetime.date(2030, 1, 2)),
}


@st.composite
def tables(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    """A table with some keys; most values are of the form of their key."""
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    return {name: draw(FITTING.get(name, VALUES) if draw(st.integers(0, 5)) else VALUES) for name in chosen}


RULES = tables((*_RULE, "nmae")).map(lambda table: {"name": "a", **table})
EXCEPTIONS = tables((*_EXCEPTED, "untli")).map(lambda table: {"reason": "a", **table})
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "rule": st.one_of(st.lists(st.one_of(RULES, tables(tuple(_RULE))), max_size=2), VALUES),
        "except": st.one_of(st.lists(st.one_of(EXCEPTIONS, tables(tuple(_EXCEPTED))), max_size=2), VALUES),
        "intent": st.sampled_from(({}, {"regions": ["x"]}, 1)),
        "rules": st.just([]),
    },
)


@given(CONFIGS)
def test_what_is_read_without_the_models_they_read_the_same(data: dict[str, Any]) -> None:
    found = quick_config(data)
    if found is not None:
        assert ConfigForm.model_validate(data).config == found


@given(CONFIGS)
def test_what_is_plain_is_read_without_the_models(data: dict[str, Any]) -> None:
    try:
        ConfigForm.model_validate(data)
    except ValidationError:
        return
    nothing = [
        value for tables in data.values() if isinstance(tables, list) for one in tables for value in one.values()
    ]
    assert "intent" in data or None in nothing or quick_config(data) is not None


def test_the_form_of_the_interface_is_plain() -> None:
    assert quick_config(PLAIN) == ConfigForm.model_validate(PLAIN).config
    assert quick_config(WHOLE) is None


@pytest.mark.parametrize(("form", "known"), [(RuleForm, _RULE), (ExceptedForm, _EXCEPTED)])
def test_every_key_is_known(form: type[RuleForm | ExceptedForm], known: dict[str, Any]) -> None:
    assert set(form.model_fields) == set(known)
