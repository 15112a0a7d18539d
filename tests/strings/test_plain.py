"""What is plain to see of two languages, what is surely wrong to see, and what an index of languages costs."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.interpreter import matches
from tests.strategies import texts_over
from verifier.strings import subsumption
from verifier.strings.languages import Glob, Language
from verifier.strings.pattern import parse_pattern
from verifier.strings.subsumption import SubsumptionIndex, disjoint, ends_conflict, is_subset
from verifier.strings.typed import IS_NUMBER, Host
from verifier.strings.values import read_network

NETWORKS = (
    *("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "11.0.0.0/8", "0.0.0.0/0", "128.0.0.0/1", "10.128.0.0/9"),
    *("::/0", "2001:db8::/32", "2001:db8::1", "2001:db9::/32", "0a00::/8", "8000::/1", "a01:203::"),
)
HOSTS: list[Language] = [Host(), *(Host(read_network(text)) for text in NETWORKS)]
SMALL = tuple(texts_over("ab", 3))
GLOBS = [Glob.of(parse_pattern(text)) for text in dict.fromkeys(texts_over("ab*", 3))]


def glob(text: str) -> Glob:
    """The language of a pattern."""
    return Glob.of(parse_pattern(text))


def sees(one: int, other: int) -> bool:
    """Whether a network lies in another, by Python's own library."""
    inner, outer = read_network(NETWORKS[one]), read_network(NETWORKS[other])
    assert inner is not None
    assert outer is not None
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]  # of one version


def test_networks_lie_in_one_another_as_they_do() -> None:
    for one, other in itertools.product(range(len(NETWORKS)), repeat=2):
        first, second = HOSTS[one + 1], HOSTS[other + 1]
        assert is_subset(first, second) is sees(one, other)
        assert disjoint(first, second) is (not sees(one, other) and not sees(other, one))
    assert all(is_subset(one, Host()) for one in HOSTS)
    assert not any(is_subset(Host(), one) or disjoint(Host(), one) or disjoint(one, Host()) for one in HOSTS[1:])


def test_networks_are_found_in_the_index_as_they_lie() -> None:
    for chosen in itertools.combinations(HOSTS, 2):
        index = SubsumptionIndex()
        for one in chosen:
            index.add(one)
        for language in (*HOSTS, glob("10.1.2.3"), glob("2001:db8::1"), glob("10.*"), IS_NUMBER):
            assert index.covers(language) is any(is_subset(language, other) for other in chosen)


def test_what_is_plain_of_small_patterns_is_so() -> None:
    held = {one: frozenset(text for text in SMALL if matches(one, text)) for one in GLOBS}
    for one, other in itertools.product(GLOBS, repeat=2):
        assert held[one] <= held[other] or not is_subset(one, other), (one, other)
        assert not held[one] & held[other] or not disjoint(one, other), (one, other)
        assert not held[one] & held[other] or not ends_conflict((one, other)), (one, other)


@pytest.mark.parametrize(
    ("languages", "conflict"),
    [
        (["ab*", "a*"], False),
        (["b*", "a*"], True),
        (["*b", "*ab"], False),
        (["*ab", "*bb", "*b"], True),
        (["a*b", "ab*", "*ab"], False),
        (["a*", "*b", "aab*"], False),
        (["ba*", "b*", "*", "bb*"], True),
        ([], False),
    ],
)
def test_ends_conflict_where_none_continues_another(languages: list[str], conflict: bool) -> None:
    assert ends_conflict(map(glob, languages)) is conflict
    assert ends_conflict(map(glob, reversed(languages))) is conflict
    assert ends_conflict([*map(glob, languages), IS_NUMBER, Glob(("c",), ignores_case=True)]) is conflict


@pytest.mark.parametrize("one", ["1", "10*", "*"])
def test_a_pattern_and_another_type_are_seldom_plain(one: str) -> None:
    assert disjoint(glob(one), IS_NUMBER) is disjoint(IS_NUMBER, glob(one)) is False
    assert disjoint(glob("x"), IS_NUMBER) is disjoint(IS_NUMBER, glob("x")) is True


# --- the cost of the index -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["a-{}*", "*a*z{}*", "*z{}*a*"])
def test_a_pattern_is_compared_with_few_of_many(spelled: str) -> None:
    """Each is kept under its rarest run."""
    index = SubsumptionIndex()
    numbers = range(1_000, 1_300)
    for number in numbers:
        index.add(glob(spelled.format(number)))
    for number in numbers:
        language = glob(spelled.format(number))
        assert index.covers(language)
        assert len(list(index.candidates(language))) <= 3


def test_no_more_pieces_are_looked_up_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(dict[str, list[Glob]]):
        asked = 0

        def get(self, key: str, default: Any = None) -> Any:
            Counted.asked += 1
            return super().get(key, default)

    monkeypatch.setattr(subsumption, "_MOST_PIECES", 50)
    index = SubsumptionIndex()
    for number in range(500):
        index.add(glob(f"{number:03}*"))
    runs = index._runs[False]
    runs._by_run = Counted(runs._by_run)  # type: ignore[assignment]  # nothing is added to it
    index.covers(glob("".join(map(chr, range(200, 600))) + "*"))
    assert 0 < Counted.asked <= 50
