"""A regular expression is compiled when it is first used, and is what the standard library compiles."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from verifier.base.regex import regex


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The expressions that were compiled since the test began."""
    found: list[str] = []
    compile_: Callable[..., Any] = re.compile
    monkeypatch.setattr(re, "compile", lambda *asked: found.append(asked[0]) or compile_(*asked))
    return found


def test_it_is_compiled_when_it_is_first_used(compiled: list[str]) -> None:
    made = regex("a+", re.IGNORECASE)
    assert compiled == []
    assert made.fullmatch("aA") is not None
    assert made.fullmatch("b") is None
    assert compiled == ["a+"]


def test_it_is_what_the_standard_library_compiles() -> None:
    made, standard = regex("(?P<a>x)|y", re.ASCII), re.compile("(?P<a>x)|y", re.ASCII)
    assert (made.pattern, made.flags, made.groups) == (standard.pattern, standard.flags, standard.groups)
    assert made.sub("z", "xyz") == standard.sub("z", "xyz")
    assert [found["a"] for found in made.finditer("xyz")] == [found["a"] for found in standard.finditer("xyz")]


def test_a_wrong_one_says_so_when_it_is_used() -> None:
    with pytest.raises(re.error):
        regex("(").match("")


def test_a_copy_is_one_too() -> None:
    assert copy.deepcopy(regex("a")).match("a") is not None
