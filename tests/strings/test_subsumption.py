"""Languages are found in the index as if all were tried, with work that grows as their number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.hostile_inputs.documents import BUILDERS
from tests.profiles import share
from tests.strategies import globs, numbers
from verifier.base.budget import Budget
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.formula import negate
from verifier.logic.propagate import unit_propagate
from verifier.questions.claims import Claim, Level, Says
from verifier.strings import subsumption as module
from verifier.strings.languages import Glob, Language, Wildcard
from verifier.strings.subsumption import SubsumptionIndex, is_subset
from verifier.strings.typed import Host
from verifier.strings.values import read_network

NETWORKS = ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "11.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1")
LANGUAGES: st.SearchStrategy[Language] = st.one_of(
    globs(),
    numbers(),
    st.sampled_from([Host(), *(Host(read_network(text)) for text in NETWORKS)]),
    st.sampled_from([Glob.literal(text) for text in ("", "1", "10", "10.1.2.3", "aB", "ab")]),
)


@share(5)
@given(st.lists(LANGUAGES, max_size=6), LANGUAGES)
def test_what_is_found_is_what_trying_all_finds(languages: list[Language], language: Language):
    index = SubsumptionIndex()
    for one in languages:
        index.add(one)
    assert index.covers(language) == any(is_subset(language, other) for other in languages)


@given(st.lists(globs(), max_size=6), globs())
@example([Glob(("ab", Wildcard.TEXT)), Glob((Wildcard.TEXT, "cd", Wildcard.TEXT))], Glob(("ab.cd.ab", Wildcard.TEXT)))
def test_few_are_found_in_the_order_in_which_many_are(languages: list[Glob], language: Glob):
    index, other = SubsumptionIndex(), SubsumptionIndex()
    for one in languages:
        index.add(one)
        other.add(one)
    for runs in other._runs.values():
        runs._among_few = runs._pieces  # type: ignore[method-assign]  # the other way
    assert list(index.candidates(language)) == list(other.candidates(language))


def test_few_are_found_without_looking_at_every_piece(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module._Runs, "_pieces", lambda *_: pytest.fail("every piece was looked at"))
    index = SubsumptionIndex()
    for name in ("logs", "data", "prod"):
        index.add(Glob((f"arn:aws:s3:::{name}-", Wildcard.TEXT)))
    assert index.covers(Glob(("arn:aws:s3:::data-1/", Wildcard.TEXT, "/file")))
    assert not index.covers(Glob(("arn:aws:s3:::team-1/", Wildcard.TEXT, "/file")))


@pytest.mark.parametrize("name", ["many_networks", "many_numbers", "many_values", "values_in_any_case"])
def test_twice_as_many_take_twice_the_work(name: str, monkeypatch: pytest.MonkeyPatch):
    def work(size: int) -> int:
        tried = 0

        def counted(one: Language, other: Language) -> bool:
            nonlocal tried
            tried += 1
            return is_subset(one, other)

        monkeypatch.setattr(module, "is_subset", counted)
        policy = Policy.parse(BUILDERS[name](size)[1])
        claim = Claim(Level((policy,)), Says.ALLOWS)
        unit_propagate(negate(claim.whole), Budget.of(1_000))
        return tried

    count: Callable[[int], int] = work
    assert count(8_000) <= 2.2 * count(4_000) + 10
