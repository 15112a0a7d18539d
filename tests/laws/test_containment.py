"""Laws of containment and of `diff`. An undecided answer breaks no law, a false one does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.profiles import share
from tests.strategies import Json, documents, parsed, statements, varied, worlds
from verifier.base.errors import InputError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Ask
from verifier.questions.diff import diff
from verifier.questions.prove import prove
from verifier.questions.question import DiffQuestion, ProveQuestion
from verifier.questions.verdict import Contained, Escapes, Relation, Verdict

ASK = Ask(seconds=0.5)
_EXCHANGED = {Relation.WIDER: Relation.NARROWER, Relation.NARROWER: Relation.WIDER}


def ask(policy: Policy, maximum: Policy, boundary: Policy | None = None) -> Verdict:
    """Return the verdict on whether `policy`, within `boundary`, lies within `maximum`."""
    return prove(ProveQuestion(Documents((policy,), boundary), maximum), ASK)


def body(document: Json) -> list[Json]:
    """The statements of a document."""
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def also(document: Json, statement: Json) -> Json:
    """Return the document with one more statement."""
    return {**document, "Statement": [*body(document), statement]}


@st.composite
def chains(draw: st.DrawFn) -> tuple[Json, Json, Json]:
    """Three documents, each near the one before."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    second = draw(varied(world, first))
    return first, second, draw(varied(world, second))


@st.composite
def with_deny(draw: st.DrawFn) -> tuple[Json, Json, Json]:
    """A document, one near it, and a Deny statement."""
    world = draw(worlds(most_keys=2))
    first = draw(documents(world, most=2))
    version = first.get("Version", "2008-10-17")
    return first, draw(varied(world, first)), draw(statements(world, version=version, effects=("Deny",)))


@given(chains())
def test_reflexive(chain: tuple[Json, Json, Json]):
    policy = parsed(chain[0])
    assert not isinstance(ask(policy, policy), Escapes)
    assert not isinstance(ask(policy, parsed(chain[0])), Escapes)


@share(0.5)
@given(chains())
def test_transitive(chain: tuple[Json, Json, Json]):
    first, second, third = map(parsed, chain)
    if isinstance(ask(first, second), Contained) and isinstance(ask(second, third), Contained):
        assert not isinstance(ask(first, third), Escapes)


@given(with_deny())
def test_a_deny_more_in_the_policy_keeps_contained(drawn: tuple[Json, Json, Json]):
    policy, maximum, deny = drawn
    if isinstance(ask(parsed(policy), parsed(maximum)), Contained):
        assert not isinstance(ask(parsed(also(policy, deny)), parsed(maximum)), Escapes)


@given(with_deny())
def test_a_deny_less_in_the_maximum_keeps_contained(drawn: tuple[Json, Json, Json]):
    maximum, policy, deny = drawn
    if isinstance(ask(parsed(policy), parsed(also(maximum, deny))), Contained):
        assert not isinstance(ask(parsed(policy), parsed(maximum)), Escapes)


@given(chains())
def test_policy_and_boundary_lie_within_each(chain: tuple[Json, Json, Json]):
    policy, boundary, _ = map(parsed, chain)
    assert not isinstance(ask(policy, policy, boundary), Escapes)
    assert not isinstance(ask(policy, boundary, boundary), Escapes)


@share(0.67)
@given(chains())
def test_diff_is_symmetric(chain: tuple[Json, Json, Json]):
    old, new = parsed(chain[0]), parsed(chain[1])
    there, back = diff(DiffQuestion(old, new), ASK), diff(DiffQuestion(new, old), ASK)
    if there.reason is None and back.reason is None:
        assert back.relation == _EXCHANGED.get(there.relation, there.relation)
        assert (there.gained is None, there.lost is None) == (back.lost is None, back.gained is None)
        assert there.denies_same == back.denies_same


@share(0.67)
@given(chains())
def test_diff_and_prove_agree(chain: tuple[Json, Json, Json]):
    """For two documents with an Allow between them, nothing is lost iff the first lies within the second."""
    old, new = parsed(chain[0]), parsed(chain[1])
    if any(one["Effect"] == "Allow" for one in (*body(chain[0]), *body(chain[1]))):
        found, verdict = diff(DiffQuestion(old, new), ASK), ask(old, new)
        assert not (found.lost is not None and isinstance(verdict, Contained))
        assert not (found.reason is None and found.lost is None and isinstance(verdict, Escapes))


@share(0.67)
@given(chains())
def test_documents_of_a_level_are_one_document_with_all_statements(chain: tuple[Json, Json, Json]):
    first, second = chain[0], chain[1] | {"Version": chain[0].get("Version", "2008-10-17")}
    try:
        one, other = parsed(first), parsed(second)
    except InputError:  # a variable where the older version has none
        return
    whole = parsed({**first, "Statement": [*body(first), *body(second)]})
    found = diff(DiffQuestion.of_levels((one, other), (whole,), PolicyType.SCP), ASK)
    assert found.gained is None
    assert found.lost is None
    assert found.denies_same is not False


# --- rewriting that changes nothing ----------------------------------------------------------------------------------


def _differ(one: Json, other: Json) -> bool:
    """Whether `diff` shows a difference."""
    found = diff(DiffQuestion(parsed(one), parsed(other)), ASK)
    return found.gained is not None or found.lost is not None or found.denies_same is False


def split_entries(document: Json, name: str) -> Json:
    """Return the document with each statement split into one for each entry of `name`."""
    whole = []
    for statement in body(document):
        entries = statement.get(name)
        whole += [{**statement, name: one} for one in entries] if isinstance(entries, list) else [statement]
    return {**document, "Statement": whole}


def split_values(document: Json) -> Json:
    """Return the document with each statement split by the values of its first positive condition with several."""
    whole = []
    for statement in body(document):
        place = next(_positive_lists(statement), None)
        if place is None:
            whole.append(statement)
            continue
        operator, key = place
        for value in statement["Condition"][operator][key]:
            members = {**statement["Condition"][operator], key: value}
            whole.append({**statement, "Condition": {**statement["Condition"], operator: members}})
    return {**document, "Statement": whole}


def _positive_lists(statement: Json) -> Any:
    for operator, members in statement.get("Condition", {}).items():
        if "Not" not in operator and not operator.startswith("ForAllValues:"):
            yield from ((operator, key) for key, values in members.items() if isinstance(values, list) and values)


def reordered(value: Any) -> Any:
    """Return a JSON value with every list and every object back to front."""
    if isinstance(value, dict):
        return {name: reordered(inner) for name, inner in reversed(value.items())}
    return [reordered(inner) for inner in reversed(value)] if isinstance(value, list) else value


@share(0.67)
@given(chains())
def test_splitting_by_action_or_resource_changes_nothing(chain: tuple[Json, Json, Json]):
    assert not _differ(chain[0], split_entries(chain[0], "Action"))
    assert not _differ(split_entries(chain[0], "Resource"), chain[0])


@given(chains())
def test_splitting_by_the_values_of_a_positive_operator_changes_nothing(chain: tuple[Json, Json, Json]):
    assert not _differ(chain[0], split_values(chain[0]))


@share(0.67)
@given(chains())
def test_order_changes_nothing(chain: tuple[Json, Json, Json]):
    assert not _differ(chain[0], reordered(chain[0]))


@share(0.5)
@given(chains())
def test_a_statement_twice_changes_nothing(chain: tuple[Json, Json, Json]):
    assert not _differ(chain[0], {**chain[0], "Statement": [*body(chain[0]), *body(chain[0])]})
