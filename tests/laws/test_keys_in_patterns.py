"""Conditions on keys that also stand in patterns: what the string encoding decides, the fast one decides alike.

The string encoding knows nothing of the theory of patterns, so it shows where that theory sees too little: here an
undecided answer breaks the law. Both are given effort that is counted, not timed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agreement.solvers import Solvers
from tests.commands import PATIENCE
from tests.profiles import share
from tests.strategies import Json
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.ask import Ask, Encoding
from verifier.questions.prove import prove
from verifier.questions.question import ProveQuestion

HOURS = 10_000.0
KEYS = ("acme:one", "acme:two")
_LIKE = ("StringLike", "StringNotLike", "StringLikeIfExists")
_EQUAL = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
_PLAIN = st.sampled_from(("a", "b", "/", "*", "?", "ab"))
_DEFAULTS = st.sampled_from(("", ", 'a'", ", 'b'"))


@st.composite
def holes(draw: st.DrawFn, keys: tuple[str, ...]) -> str:
    """A variable, with a default now and then."""
    return f"${{{draw(st.sampled_from(keys))}{draw(_DEFAULTS)}}}"


@st.composite
def resources(draw: st.DrawFn) -> str:
    """A resource with one variable, perhaps twice, or two."""
    parts = draw(st.lists(_PLAIN, min_size=1, max_size=3))
    for hole in draw(st.lists(holes(KEYS), max_size=2)):
        parts.insert(draw(st.integers(0, len(parts))), hole)
    return "arn:aws:s3:::b/" + "".join(parts)


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    """At most two conditions on the keys, whose values may hold the other key once."""
    found: Json = {}
    for _ in range(draw(st.integers(0, 2))):
        key, other = draw(st.permutations(KEYS))
        equal = draw(st.booleans())
        plain = st.sampled_from(("a", "b", "ab")) if equal else _PLAIN
        parts = draw(st.lists(plain, max_size=2)) or ["a"]
        if draw(st.booleans()):
            parts[draw(st.integers(0, len(parts) - 1))] = f"${{{other}}}"
        field = draw(st.sampled_from((None, None, None, "ArnLike", "ArnNotLike")))
        if field and not equal:
            value = f"arn:aws:{parts[0].replace('/', 'x')}:::{''.join(parts[1:]) or '*'}"
            found.setdefault(field, {})[key] = value
        else:
            found.setdefault(draw(st.sampled_from(_EQUAL if equal else _LIKE)), {})[key] = "".join(parts)
    return found


@st.composite
def statements(draw: st.DrawFn, effect: str = "Allow") -> Json:
    """A statement about objects."""
    made: Json = {"Effect": effect, "Action": "s3:GetObject", "Resource": draw(resources())}
    about = draw(conditions())
    return made | ({"Condition": about} if about else {})


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Policy, Policy]:
    """A policy of one statement, and a maximum that is likely near it."""
    allow = draw(statements())
    wide: Json = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/" + draw(_PLAIN) + "*"}
    maximum = [draw(st.sampled_from((wide, {**allow, "Resource": wide["Resource"]}))), draw(statements())]
    if draw(st.integers(0, 3)) == 0:
        maximum.append(draw(statements("Deny")))
    return parsed([allow]), parsed(maximum)


def parsed(found: list[Json]) -> Policy:
    """Return the document of some statements."""
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": found}))


@pytest.fixture(scope="module")
def solvers() -> Iterator[Solvers]:
    """Z3's string theory with a small effort, and killed where it does not count it."""
    made = Solvers(PATIENCE, z3_units=300_000)
    yield made
    made.end()


def test_what_the_string_encoding_decides_is_decided(solvers: Solvers):
    tally: Counter[tuple[str, str]] = Counter()

    @share(0.8)
    @given(pairs())
    def run(pair: tuple[Policy, Policy]) -> None:
        ask = partial(prove, ProveQuestion(Documents((pair[0],)), pair[1]))
        with mock.patch("verifier.smt.lazy_loop._MOST_ROUNDS", 60):
            fast = type(ask(Ask(HOURS))).__name__
        with mock.patch("verifier.smt.strings.solve_script", solvers.decide):
            strings = type(ask(Ask(HOURS, Encoding.STRINGS))).__name__
        tally[fast, strings] += 1
        assert strings in ("Undecided", fast), (pair, fast, strings)

    run()
    assert tally["Contained", "Contained"], tally
    assert tally["Escapes", "Escapes"], tally
