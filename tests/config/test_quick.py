"""A law: what is read without pydantic, the models take and read the same; and plain tables are read without it."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from verifier.config.model import ConfigForm, ExceptedForm, RuleForm
from verifier.config.quick import _EXCEPTED, _RULE, quick_config
from verifier.config.rules import Config

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
INTENT_VALUES: dict[str, tuple[Any, ...]] = {
    "maximum": ("a.json",),
    "maximums": ([], [{"for": {"path": "/a/", "tag": {"t": ""}}, "maximum": "m"}], [{"maximum": "m"}], [{"for": {}}]),
    "never": ([{"action": ["a"], "resource": ["*"]}], [{"action": [], "resource": ["*"]}], [{"action": ["a"]}]),
    "organization": ("o-1",),
    **dict.fromkeys(("trusted_accounts", "regions", "sensitive", "boundaries", "mfa", "services"), (["a"], [], [""])),
    "networks": ({}, {"cidrs": ["10.0.0.0/8"]}, {"vpcs": []}, {"vpc": ["a"]}),
    "pass": ([{"role": "r", "services": ["s"]}], [{"role": "r"}], [{"role": "r", "services": []}]),
    "separate": ([], [[["a"], ["b"]]], [[["a"]]], [[["a"], []]]),
    "federated": ({}, {"": ["a"]}, {"p": []}, {"p": "a"}),
    "checks": ({}, {"only": ["A1"]}, {"skip": []}, {"skip": [1]}),
}
INTENTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(st.sampled_from(values), VALUES) for name, values in INTENT_VALUES.items()},
        "nmae": st.just("a"),
    },
)
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "rule": st.one_of(st.lists(st.one_of(RULES, tables(tuple(_RULE))), max_size=2), VALUES),
        "except": st.one_of(st.lists(st.one_of(EXCEPTIONS, tables(tuple(_EXCEPTED))), max_size=2), VALUES),
        "intent": st.one_of(INTENTS, VALUES),
        "rules": st.just([]),
    },
)


def plain(config: Config) -> tuple[Any, ...]:
    """What a configuration says; what is intended as plain values, whichever way it was read."""
    return config.rules, config.exceptions, _plain(config.intent)


def _plain(told: Any) -> Any:
    if isinstance(told, BaseModel):
        return told.model_dump()
    if isinstance(told, SimpleNamespace):
        return {name: _plain(value) for name, value in vars(told).items()}
    return [_plain(one) for one in told] if isinstance(told, list) else told


@given(CONFIGS)
def test_what_is_read_without_the_models_they_read_the_same(data: dict[str, Any]) -> None:
    found = quick_config(data)
    if found is not None:
        assert plain(ConfigForm.model_validate(data).config) == plain(found)


@given(CONFIGS)
def test_what_is_plain_is_read_without_the_models(data: dict[str, Any]) -> None:
    try:
        ConfigForm.model_validate(data)
    except ValidationError:
        return
    nothing = [
        value for tables in data.values() if isinstance(tables, list) for one in tables for value in one.values()
    ]
    nothing += [data.get("intent", {}), *(data.get("intent") or {}).values()]
    assert None in nothing or quick_config(data) is not None


def test_the_form_of_the_interface_is_plain() -> None:
    for whole in (PLAIN, WHOLE):
        found = quick_config(whole)
        assert found is not None
        assert plain(found) == plain(ConfigForm.model_validate(whole).config)


@pytest.mark.parametrize(("form", "known"), [(RuleForm, _RULE), (ExceptedForm, _EXCEPTED)])
def test_every_key_is_known(form: type[RuleForm | ExceptedForm], known: dict[str, Any]) -> None:
    assert set(form.model_fields) == set(known)
