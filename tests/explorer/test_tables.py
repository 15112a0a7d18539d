"""What each statement does, the table of services, and the order of a family: each said again by other means."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands import ROOT
from tests.profiles import share
from tests.strategies import Json, arguments, as_documents, documents, parsed, placed, varied, worlds
from verifier import (
    Contained,
    Escapes,
    Policy,
    PolicyError,
    UsageError,
    containment_order,
    evaluate,
    explore,
    prove,
)
from verifier.clouds.aws.catalogue.actions import AccessLevel, actions, services
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows
from verifier.clouds.aws.evaluate.evaluate import evaluate as judge
from verifier.clouds.trace import Decision
from verifier.explorer.contributions import Does, contributions
from verifier.explorer.order import Order
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion


def load(name: str) -> Policy:
    return Policy.load(ROOT / "examples" / name)


ANY = load("john-and-jane/any-policy.json")
JACK = explore(
    [ANY],
    load("jack-delegated-admin/jack-maximum.json"),
    boundary=load("jack-delegated-admin/jack-boundary-loose.json"),
)


# --- statements ------------------------------------------------------------------------------------------------------


def _escapes(found: Documents, maximum: Policy, request: object) -> bool:
    return judge(found, request).decision is Decision.ALLOWED and not allows([maximum], request)  # type: ignore[arg-type]


def _changed(found: Documents, maximum: Policy, number: int) -> tuple[Documents, Policy]:
    """The documents and the maximum without statement `number` of all."""
    left = itertools.count()

    def less(policy: Policy) -> Policy:
        return dataclasses.replace(policy, statements=tuple(one for one in policy.statements if next(left) != number))

    policies = tuple(map(less, found.policies))
    boundary = less(found.boundary) if found.boundary else None
    session = less(found.session) if found.session else None
    scps = tuple(tuple(map(less, level)) for level in found.scps)
    rcps = tuple(map(less, found.rcps))
    return Documents(policies, boundary, session, scps, rcps), less(maximum)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Documents, Policy]:
    world = draw(worlds(most_keys=2))
    return as_documents(arguments(draw(placed(world)))), parsed(draw(documents(world, most=2)))


@share(0.5)
@given(questions())
def test_a_statement_matters_on_its_example_and_on_no_other_where_it_makes_no_difference(
    drawn: tuple[Documents, Policy],
):
    found, maximum = drawn
    table = contributions(ProveQuestion(found, maximum), (), Ask(1.0))
    statements = [one for _, policy in found.placed() for one in policy.statements] + list(maximum.statements)
    assert [one.statement for one in table] == statements
    for number, one in enumerate(table):
        less, top = _changed(found, maximum, number)
        if less.open_levels() != found.open_levels():
            continue  # an SCP without its last Allow is read in another way (rule 30), which is not what is asked
        if one.request is not None:
            with_it, without = _escapes(found, maximum, one.request), _escapes(less, top, one.request)
            assert (with_it, without) == (one.does is Does.OPENS, one.does is Does.CLOSES)
        elif one.does is Does.NOTHING:
            for other in table:
                if other.request is not None:
                    assert _escapes(found, maximum, other.request) == _escapes(less, top, other.request)


def test_the_last_allow_of_an_scp_opens_what_the_scp_allows():
    """Without it the level allows nothing: it is not read as one that only denies (rule 30)."""
    table = explore([ANY], load("john-and-jane/john-maximum.json"), scps=[[ANY]]).statements()
    assert {one.document: one.does for one in table}["scp level 1"] is Does.OPENS


def test_the_statements_of_jacks_loose_boundary():
    does = {(one.document, one.statement.sid): one.does for one in JACK.statements()}
    assert does["policy 1", "Everything"] is Does.OPENS
    assert does["boundary", "HisUsers"] is Does.OPENS
    assert does["boundary", "Look"] is Does.NOTHING
    assert does["boundary", "OnlyWithJohnsBoundary"] is Does.CLOSES
    assert does["maximum", "TheirCredentials"] is Does.CLOSES
    pinned = {(one.document, one.statement.sid): one.does for one in JACK.where(action="iam:Get*").statements()}
    assert pinned["boundary", "HisUsers"] is Does.NOTHING
    assert pinned["maximum", "Look"] is Does.CLOSES


def test_a_document_that_stands_in_two_places_is_told_apart():
    table = explore([ANY, ANY], load("john-and-jane/john-maximum.json"), boundary=ANY).statements()
    assert [(one.document, one.does) for one in table] == [
        ("policy 1", Does.NOTHING),
        ("policy 2", Does.NOTHING),
        ("boundary", Does.OPENS),
        ("maximum", Does.CLOSES),
    ]


def test_statements_in_text_and_html():
    table = JACK.statements()
    assert repr(table).splitlines()[0].split() == [
        "document",
        "statement",
        "effect",
        "line",
        "alone",
        "it",
        "for",
        "example",
    ]
    assert table._repr_html_().count("<tr>") == len(table) + 1
    assert all(len(row) == 6 for row in table.as_rows())


# --- services --------------------------------------------------------------------------------------------------------


def test_the_table_of_johns_boundaries():
    maximum = load("john-and-jane/john-maximum.json")
    for name, passing in (("john-boundary", 0), ("john-boundary-loose", 1)):
        table = explore([ANY], maximum, boundary=load(f"john-and-jane/{name}.json")).services()
        assert table.services == services()
        assert table.spelled == ("dynamodb", "s3")
        for service in ("dynamodb", "s3", "iam", "ec2"):
            own = service in ("dynamodb", "s3")
            for level in AccessLevel:
                counts = table.at(service, level)
                known = sum(one.access_level is level for one in actions(service))
                assert (counts.known, counts.granted, counts.undecided) == (known, known, 0)
                assert counts.left == (known if own else 0)
                assert counts.passing == (known if own or passing else 0)
                assert counts.cut == counts.granted - counts.passing
                assert counts.escaping == (0 if own else counts.passing)


def test_the_table_agrees_with_questions_asked_one_by_one():
    policy, maximum = load("managed-policies/SecurityAudit.json"), load("managed-policies/no-contents.json")
    explorer = explore([policy], maximum)
    table = explorer.services()
    for service in ("rds", "s3", "iam"):
        escaping = [one for one in actions(service) if isinstance(explorer.where(action=str(one)).verdict, Escapes)]
        assert table.of(service).escaping == len(escaping)
    assert table.only(["RDS"]).services == ("rds",)


def test_in_the_world_of_aws_each_action_is_asked_about():
    loose = load("john-and-jane/john-boundary-loose.json")
    explorer = explore([ANY], load("john-and-jane/john-maximum.json"), loose, world="aws", timeout=60)
    table = explorer.services("Backup")
    assert table.services == ("backup",)
    counts = table.of("backup")
    assert 0 < counts.escaping < counts.known
    assert counts.undecided == counts.left == 0
    assert counts.cut + counts.escaping == counts.known
    for name in ("DeleteRecoveryPoint", "DescribeBackupVault"):
        one = explorer.where(action=f"backup:{name}")
        assert isinstance(one.verdict, Escapes) == (name == "DeleteRecoveryPoint")
    with pytest.raises(UsageError, match="AWS has no service `bckup`"):
        explorer.services("bckup")


def test_a_pin_narrows_the_table():
    table = explore([ANY], load("john-and-jane/john-maximum.json")).where(service="ec2").services()
    assert table.of("ec2").escaping == table.of("ec2").known > 0
    assert table.of("iam").granted == 0
    assert table.of("ec2").left == 0


def test_services_in_text_and_html():
    table = explore([ANY], load("john-and-jane/john-maximum.json")).services()
    lines = repr(table).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["service", "dynamodb", "s3"]
    assert lines[3].startswith(f"{len(services()) - 2} other services")
    assert table._repr_html_().count("<tr>") == 4
    assert sum(row[2] for row in table.as_rows() if isinstance(row[2], int)) == sum(
        len(actions(name)) for name in services()
    )


def test_time_that_runs_out_is_counted_as_undecided():
    table = explore([ANY], load("john-and-jane/john-maximum.json"), timeout=1e-9).services()
    counts = table.of("iam")
    assert counts.undecided == counts.known
    assert counts.escaping == counts.granted == 0


# --- the order of a family -------------------------------------------------------------------------------------------


@st.composite
def families(draw: st.DrawFn) -> dict[str, Json]:
    world = draw(worlds(most_keys=1))
    first = draw(documents(world, most=2))
    return {"a": first, "b": draw(varied(world, first)), "c": draw(varied(world, first)), "d": draw(documents(world))}


@share(0.2)
@given(families())
def test_the_order_is_what_proofs_say_and_has_no_needless_pair(drawn: dict[str, Json]):
    family = {name: parsed(document) for name, document in drawn.items()}
    order = containment_order(family, timeout=1.0)
    assert sorted(name for one in order.classes for name in one) == sorted(family)
    for one, other in itertools.permutations(family, 2):
        verdict = prove(policies=[family[one]], maximum=family[other], timeout=1.0)
        if isinstance(verdict, Contained) and (one, other) not in order.undecided:
            assert order.within(one, other)
        if isinstance(verdict, Escapes):
            assert not order.within(one, other)
    for pair in order.covers:
        rest = Order(order.classes, tuple(cover for cover in order.covers if cover != pair))
        assert not rest.within(pair[0][0], pair[1][0])


def test_the_order_of_johns_boundaries():
    names = ("any-policy", "john-boundary", "john-maximum", "john-boundary-loose", "jane-boundary")
    order = containment_order({name: load(f"john-and-jane/{name}.json") for name in names})
    assert ("john-boundary", "john-maximum") in order.classes
    assert set(order.covers) == {
        (("john-boundary", "john-maximum"), ("any-policy",)),
        (("john-boundary-loose",), ("any-policy",)),
        (("jane-boundary",), ("any-policy",)),
    }
    assert order.within("jane-boundary", "any-policy")
    assert not order.within("jane-boundary", "john-boundary")
    with pytest.raises(KeyError):
        order.within("jane-boundary", "nobody")
    assert "john-boundary, john-maximum" in repr(order)
    assert "<table>" in order._repr_html_()


def test_what_is_not_found_out_is_said():
    family = {name: load(f"leaked-keys/{name}.json") for name in ("boundary", "boundary-mfa")}
    order = containment_order(family, timeout=1e-9)
    assert order.covers == ()
    assert order.undecided == (("boundary", "boundary-mfa"), ("boundary-mfa", "boundary"))
    assert "not found out: whether boundary lies within boundary-mfa" in repr(order)
    assert "not found out" in order._repr_html_()


def test_a_family_must_be_one():
    with pytest.raises(UsageError, match="no document"):
        containment_order({})
    trust = Policy.parse('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}')
    with pytest.raises(PolicyError, match="`Principal` is not allowed in"):
        containment_order({"trust": trust})


def test_examples_of_statements_are_decided_by_evaluate():
    for one in JACK.statements():
        if one.does is Does.OPENS:
            assert one.request
            documents_ = JACK.question.documents
            evaluation = evaluate(documents_.policies, one.request, boundary=documents_.boundary)
            assert evaluation.decision is Decision.ALLOWED
