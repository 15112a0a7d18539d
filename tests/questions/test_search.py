"""The search looks at every case, and what it remembers is what asking again would say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agreement.unknowns import with_holes
from tests.strategies import documents, parsed, worlds
from verifier import Contained, Escapes, Undecided, prove
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached, Unsupported
from verifier.clouds.aws.assumptions import ALWAYS_ASSUMED
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.formula import FALSE, RESOURCE, TRUE, Element, member
from verifier.logic.request import PRINCIPAL
from verifier.logic.theory import Model
from verifier.questions import search as module
from verifier.questions.ask import Ask, Encoding
from verifier.questions.claims import Claim, Level, Says, decode
from verifier.questions.search import solve_memoised, speaker
from verifier.questions.verdict import Absent, Found
from verifier.smt.solve import Satisfiability, Unknown, Unsat, solve
from verifier.strings.languages import Glob
from verifier.strings.values import Key

_FORMULA = member(RESOURCE, Glob.literal("*"))


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Two documents about the same actions."""
    world = draw(worlds(most_keys=1))
    return tuple(parsed(draw(documents(world, most=2))) for _ in range(2))


@given(policies())
def test_what_is_remembered_is_what_is_so(drawn: tuple[Policy, ...]):
    claims = [Claim(Level((policy,)), Says.ALLOWS, holds) for policy, holds in zip(drawn, (True, False), strict=True)]
    for action in ("s3:getobject", "s3:a", "iam:passrole", "x:y"):
        said = [claim.at(claim.level.met(action)) for claim in claims]
        alone = speaker(claims, said)
        others = [formula for formula in said if formula != TRUE]
        assert (alone is not None) == (len(others) == 1)
        if alone is not None:
            again = [solve_memoised(others[0], alone, domains, Budget.of(10)) for _ in range(2)]
            assert again[0] is again[1] or isinstance(again[0], Unknown)
            assert type(again[0]) is type(solve(others[0], domains, Budget.of(10)))


def test_several_documents_have_no_one_speaker():
    allow = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    claims = [Claim(Level((parsed(allow), parsed(allow))), Says.ALLOWS), Claim(Level((parsed(allow),)), Says.ALLOWS)]
    assert speaker(claims, [_FORMULA, TRUE]) is None
    assert speaker(claims, [TRUE, _FORMULA]) is claims[1].level.policies[0]
    assert speaker(claims, [_FORMULA, _FORMULA]) is None
    assert speaker(claims, [TRUE, TRUE]) is None


def test_what_was_not_found_out_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    outcomes: list[Satisfiability] = [Unknown("too long"), Unsat()]
    monkeypatch.setattr(module, "solve", lambda *_: outcomes.pop(0))
    policy = parsed({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    budget = Budget.of(1)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unknown)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unsat)
    assert isinstance(solve_memoised(FALSE, policy, domains, budget), Unsat)


def document(*statements: dict[str, Any]) -> Policy:
    """A document of statements on every resource."""
    return parsed({"Version": "2012-10-17", "Statement": [{"Resource": "*", **one} for one in statements]})


def allow(*actions: str) -> Policy:
    """A document that allows actions."""
    return document({"Effect": "Allow", "Action": list(actions)})


def nothing() -> Policy:
    """A document that allows nothing, and is known to."""
    found = document({"Effect": "Allow", "Action": "s3:*"}, {"Effect": "Deny", "Action": "s3:*"})
    assert prove([found], allow("ec2:*")) == Contained(vacuous=True, assumes=ALWAYS_ASSUMED)
    return found


def test_what_allows_nothing_proves_nothing_in_another_place() -> None:
    """That a document allows nothing is remembered: it is no proof where it is the maximum, or one of several."""
    assert isinstance(prove([allow("s3:*")], nothing()), Escapes)
    assert isinstance(prove([nothing(), allow("ec2:*")], allow("s3:*")), Escapes)
    assert isinstance(prove([allow("ec2:*")], allow("s3:*"), scps=[[nothing(), allow("*")]]), Escapes)
    assert isinstance(prove([allow("s3:*")], allow("ec2:*"), boundary=nothing()), Contained)


def test_a_document_that_only_denies_allows_nothing_and_lets_others_through() -> None:
    """Rule 30: as an SCP it stands beside AWS's full access."""
    denying = document({"Effect": "Deny", "Action": "s3:*"})
    assert isinstance(prove([denying], allow("ec2:*")), Contained)
    assert isinstance(prove([allow("ec2:*")], allow("s3:*"), scps=[[denying]]), Escapes)


def test_what_is_nothing_among_the_requests_of_aws_is_not_nothing() -> None:
    """What is found out in one world is not taken for the other."""
    unreal = allow("s3:GetTheMoon")
    inside = prove([unreal], allow("ec2:*"), world="aws")
    assert isinstance(inside, Contained)
    assert inside.vacuous
    assert isinstance(prove([unreal], allow("ec2:*")), Escapes)
    assert isinstance(prove([unreal], allow("ec2:*"), chosen=False), Escapes)


ESCAPING = (
    Claim(Level((allow("s3:*", "ec2:*", "sqs:*"),)), Says.ALLOWS),
    Claim(Level((allow("s3:*"),)), Says.ALLOWS, False),
)


def test_every_case_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those behind one that was met before."""
    actions = ["s3:a", "s3:b", "ec2:a", "ec2:b", "s3:c", "sqs:a"]
    monkeypatch.setattr(module, "standing_for", lambda *_: iter(actions))
    assert [action for action, _ in module._cases(ESCAPING, Budget.of(10))] == ["ec2:a"]
    wide = (
        allow("s3:*"),
        allow("ec2:*"),
        document({"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:::q"}),
    )
    claims = (Claim(Level(wide), Says.ALLOWS),)
    assert [action for action, _ in module._cases(claims, Budget.of(10))] == ["s3:a", "sqs:a"]


def test_under_other_readings_every_case_that_hangs_on_a_point_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those behind one that hangs on none."""
    monkeypatch.setattr(module, "standing_for", lambda *_: iter(["s3:a", "ec2:a", "sqs:a"]))
    crossing = {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:::a*b"}
    level = Level((document({"Effect": "Allow", "Action": ["s3:*", "ec2:*"]}, crossing),), readings=True)
    assert [action for action, _ in module._cases((Claim(level, Says.ALLOWS),), Budget.of(10))] == ["sqs:a"]


@pytest.mark.parametrize("many", [False, True])
def test_why_nothing_was_found_out_is_the_reason(many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the actions are too many to be told apart, one formula is asked about; another limit is an answer."""

    def raising(*_: object) -> NoReturn:
        raise LimitReached("planted") if many else Unsupported("planted")

    monkeypatch.setattr(module, "standing_for", raising)
    found = module.search(ESCAPING, Budget.of(600), Ask())
    assert isinstance(found, Found) if many else found == Unknown("planted")


@pytest.mark.parametrize(("values", "held"), [(["a"], ("a", "a")), (["a", "b"], ("a", "b"))])
def test_a_list_of_a_model_is_one_in_its_request(values: list[str], held: tuple[str, ...]) -> None:
    key = Key.of("acme:k")
    texts = {Element(key, place): value for place, value in enumerate(values)}
    assert decode(ESCAPING, "s3:a", Model(texts, frozenset({key}))).values(key) == held
    single = Model({Element(key): "a", Element(PRINCIPAL): "lambda.amazonaws.com"}, frozenset())
    request = decode(ESCAPING, "s3:b", single)
    assert (request.values(key), request.principal, set(request.context)) == (("a",), "lambda.amazonaws.com", {key})


def test_the_usual_reading_leaves_only_what_is_unknown_open() -> None:
    """A point of AWS's guide that the documents touch too stays as usual."""
    unknown = with_holes(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "⟦b⟧"}]}
    )
    maximum = document({"Effect": "Allow", "Action": "s?:*"})
    assert isinstance(prove([unknown], maximum, reading="usual"), Contained)
    assert isinstance(prove([unknown], maximum), Undecided)


def test_the_usual_reading_is_kept_to_within_lists_too() -> None:
    """Under the other reading of rule 24 a tag key that is no number is one that is not 2."""

    def when(test: str) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Action": "s3:Get*",
            "Condition": {f"ForAnyValue:Numeric{test}": {"aws:TagKeys": "2"}},
        }

    unknown = with_holes({"Version": "2012-10-17", "Statement": [{"Resource": "⟦b⟧", **when("NotEquals")}]})
    maximum = document(when("LessThan"), when("GreaterThan"))
    assert isinstance(prove([unknown], maximum, reading="usual"), Contained)
    assert isinstance(prove([unknown], maximum), Undecided)


def test_a_document_within_itself_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Policy.parse(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    )
    again = Policy.parse(document.source.text)
    one, other, same = (Claim(Level((each,)), Says.ALLOWS) for each in (document, again, document))
    monkeypatch.setattr(module, "_asked", lambda *_: None)
    assert module.search((one, replace(same, holds=False)), Budget.of(1), Ask()) == Absent()
    for claims in ((one, replace(other, holds=False)), (one, replace(same, says=Says.DENIES, holds=False))):
        assert module.search(claims, Budget.of(1), Ask()) is None
    assert module.search((one, replace(same, holds=False)), Budget.of(1), Ask(encoding=Encoding.STRINGS)) is None
