"""Why a request is a counterexample: the statements that decide, the nearest ones, and that the evaluator agrees."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import Json, arguments, documents, mentioned, parsed, placed, requests, worlds
from verifier import Policy, explain
from verifier.base.errors import UsageError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, denies, evaluate
from verifier.clouds.aws.policy.check import as_rcp
from verifier.clouds.aws.read_question import read_question
from verifier.clouds.aws.request import Request
from verifier.explanations.explain import explain as explain_answer
from verifier.explanations.explanation import Cited, LevelTrace, Ruling, WhyAllowed, WhyDifferent
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided

KEY = Request.of("s3:GetObject", "arn:aws:s3:::salaries/2026", {"aws:SourceIp": "203.0.113.7"})


def allow(action: object = "*", resource: object = "*", **others: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: object = "*", resource: object = "*", **others: object) -> Json:
    return {**allow(action, resource, **others), "Effect": "Deny"}


def where(**operators: object) -> Json:
    return {"Condition": operators}


TEAM = where(StringEquals={"aws:PrincipalTag/team": "finance"})
OFFICE = where(IpAddress={"aws:SourceIp": "203.0.113.0/24"})
ABSENT = where(StringNotEquals={"aws:PrincipalTag/team": "finance"})

# The statements of the maximum, what it says of KEY, and the statements cited for it: index, and each piece with its
# text; how many more there are; the Denies that nearly match, by index.
PARTS: list[tuple[list[Json], Ruling, list[tuple[int, list[tuple[str, str]]]], int, list[int]]] = [
    ([allow("s3:*")], Ruling.ALLOWED, [(0, [("Action", '"s3:*"'), ("Resource", '"*"')])], 0, []),
    (
        [allow("ec2:*"), allow(["s3:Put*", "s3:Get*", "*"], **OFFICE)],
        Ruling.ALLOWED,
        [
            (
                1,
                [
                    ("Action", '"s3:Get*"'),
                    ("Action", '"*"'),
                    ("Resource", '"*"'),
                    ("IpAddress aws:SourceIp", '"aws:SourceIp": "203.0.113.0/24"'),
                ],
            )
        ],
        0,
        [],
    ),
    ([allow(), allow("s3:*")], Ruling.ALLOWED, [(0, [("Action", '"*"'), ("Resource", '"*"')]), (1, [])], 0, []),
    # a Deny decides, whatever allows
    ([allow(), deny("s3:Get*")], Ruling.EXPLICIT_DENY, [(1, [("Action", '"s3:Get*"'), ("Resource", '"*"')])], 0, []),
    # Denies whose action matches nearly match, others do not
    (
        [allow(), deny("iam:*"), deny("s3:*", "arn:aws:s3:::a"), deny("s3:*", **TEAM)],
        Ruling.ALLOWED,
        [(0, [])],
        0,
        [2, 3],
    ),
    ([allow(), deny("s3:Put*")], Ruling.ALLOWED, [(0, [])], 0, []),
    # so does a Deny that excepts the request, by its action, its resource or a condition: exceptions come first
    (
        [
            allow(),
            deny("s3:*", "arn:aws:s3:::a"),
            {"Effect": "Deny", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::salaries/*"},
            deny("s3:*", **where(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})),
        ],
        Ruling.ALLOWED,
        [(0, [])],
        0,
        [2, 3, 4],
    ),
    # and fewer failing elements before all
    (
        [
            allow(),
            {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::salaries/*"},
            deny("s3:*", "arn:aws:s3:::a"),
            {"Effect": "Deny", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b"} | TEAM,
        ],
        Ruling.ALLOWED,
        [(0, [])],
        0,
        [2, 1, 3],
    ),
    # the action that matches is nearer than one failing element of another service
    (
        [allow("ec2:*"), allow("s3:*", "arn:aws:s3:::a", **TEAM), allow("s3:List*")],
        Ruling.IMPLICIT_DENY,
        [
            (
                1,
                [
                    ("Resource", '"Resource": "arn:aws:s3:::a"'),
                    ("StringEquals aws:PrincipalTag/team", '"aws:PrincipalTag/team": "finance"'),
                ],
            )
        ],
        2,
        [],
    ),
    # fewer failing elements are nearer
    (
        [allow("s3:*", "arn:aws:s3:::a", **TEAM), allow("s3:*", **TEAM), allow("s3:*", "arn:aws:s3:::b")],
        Ruling.IMPLICIT_DENY,
        [(1, []), (2, []), (0, [])],
        0,
        [],
    ),
    # the same service is nearer than another, also as an entry of NotAction
    (
        [allow("ec2:*"), {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}, allow("s3:List*")],
        Ruling.IMPLICIT_DENY,
        [(1, [("NotAction", '"s3:*"')]), (2, [("Action", '"Action": "s3:List*"')])],
        1,
        [],
    ),
    # three at most
    ([allow(f"s3:List{n}") for n in range(5)], Ruling.IMPLICIT_DENY, [(0, []), (1, []), (2, [])], 2, []),
    # an absent key lets a negated operator match
    (
        [allow("s3:*", **ABSENT)],
        Ruling.ALLOWED,
        [
            (
                0,
                [
                    ("Action", '"s3:*"'),
                    ("Resource", '"*"'),
                    ("StringNotEquals aws:PrincipalTag/team", '"aws:PrincipalTag/team": "finance"'),
                ],
            )
        ],
        0,
        [],
    ),
    # a negated element matches as a whole; a list of values ends with its bracket
    (
        [
            {"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": "arn:aws:s3:::a"}
            | where(IpAddress={"aws:SourceIp": ["198.51.100.1", "203.0.113.7"]})
        ],
        Ruling.ALLOWED,
        [
            (
                0,
                [
                    ("NotAction", '"NotAction": ["iam:*"]'),
                    ("NotResource", '"NotResource": "arn:aws:s3:::a"'),
                    ("IpAddress aws:SourceIp", '"aws:SourceIp": ["198.51.100.1", "203.0.113.7"]'),
                ],
            )
        ],
        0,
        [],
    ),
    ([deny("iam:*")], Ruling.IMPLICIT_DENY, [], 0, []),
]


def policy_text(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policy(statements: list[Json], name: str = "<text>") -> Policy:
    return Policy.parse(json.dumps(policy_text(*statements)), name)


def maximum_part(statements: list[Json], request: Request = KEY) -> LevelTrace:
    found = explain(Escapes(request), policies=[policy([allow()])], maximum=policy(statements))
    assert isinstance(found, WhyAllowed)
    return found.parts[-1]


@pytest.mark.parametrize(("statements", "ruling", "cited", "more", "missed"), PARTS)
def test_what_a_document_says_and_by_which_statements(
    statements: list[Json],
    ruling: Ruling,
    cited: list[tuple[int, list[tuple[str, str]]]],
    more: int,
    missed: list[int],
) -> None:
    part = maximum_part(statements)
    assert (part.name, part.ruling, part.more) == ("maximum", ruling, more)
    assert [each.statement.index for each in part.statements] == [index for index, _ in cited]
    assert [each.statement.index for each in part.missed] == missed
    for each, (_, pieces) in zip(part.statements, cited, strict=True):
        if pieces:
            assert [(piece.element, each.text_of(piece)) for piece in each.pieces] == pieces


def test_reasons_say_by_what() -> None:
    (near,) = maximum_part([allow("s3:*", "arn:aws:s3:::a", **TEAM)]).statements
    assert [piece.reason for piece in near.pieces] == [
        "no entry matches `arn:aws:s3:::salaries/2026`",
        "the key is absent",
    ]
    (met,) = maximum_part([allow("s3:*", **ABSENT, Sid="Odd")]).statements
    assert [piece.reason for piece in met.pieces][-1] == "the key is absent"
    (met,) = maximum_part([allow("s3:*", **OFFICE)]).statements
    assert [piece.reason for piece in met.pieces][-1] == "the key is `203.0.113.7`"
    (met,) = maximum_part([allow("s3:*", **where(Null={"aws:SourceIp": "false"}))]).statements
    assert [piece.reason for piece in met.pieces][-1] == "the key is present"


@pytest.mark.parametrize(
    ("statements", "note"),
    [
        ([allow("ec2:*"), allow("iam:*")], "it has no Allow for `s3`"),
        ([allow("ec2:*")], "it has no Allow for `s3`"),
        ([deny("ec2:*")], "it has no Allow"),
        ([allow("s3:List*")], ""),
    ],
)
def test_where_nothing_is_near_a_note_says_so(statements: list[Json], note: str) -> None:
    assert maximum_part(statements).note == note


def test_levels_stand_in_the_order_of_the_documents() -> None:
    full, rcp = policy([allow()]), policy([deny("s3:*", Principal="*", **TEAM)])
    found = explain(
        Escapes(KEY),
        policies=[policy([allow("ec2:*")]), policy([allow("s3:*")], "second")],
        maximum=policy([allow("ec2:*")]),
        boundary=full,
        session=full,
        scps=[full, [full, policy([allow("s3:*")])]],
        rcps=[rcp, policy([deny("ec2:*", Principal="*")])],
    )
    assert isinstance(found, WhyAllowed)
    assert [part.name for part in found.parts] == [
        "policy", "boundary", "session", "scp level 1", "scp level 2", "rcp 1", "rcp 2", "maximum",
    ]  # fmt: skip  # an answer is read by its lines
    (second,) = found.parts[0].statements
    assert (second.document, second.source.name) == ("policy 2", "second")
    assert [each.document for each in found.parts[4].statements] == ["scp level 2 document 1", "scp level 2 document 2"]
    assert [part.ruling for part in found.parts[5:7]] == [Ruling.NOT_DENIED, Ruling.NOT_DENIED]
    assert [len(part.missed) for part in found.parts[5:7]] == [1, 0]
    assert str(found).startswith(
        "policy: allowed\n  policy 2, statement 0 (Allow), second:1:41; Action: `s3:*` matches"
    )
    assert repr(found) == str(found)


def test_confine_and_diff() -> None:
    found = explain(Escapes(KEY), document=policy([allow("s3:*")]), services=["ec2", "iam"])
    assert isinstance(found, WhyAllowed)
    assert [(part.name, part.ruling) for part in found.parts] == [
        ("document", Ruling.ALLOWED),
        ("services", Ruling.IMPLICIT_DENY),
    ]
    assert found.parts[1].note == "`s3` is not one of `ec2`, `iam`"
    sides = Difference(Relation.INCOMPARABLE, gained=KEY, lost=Request.of("s3:PutObject", "*"))
    both = explain(sides, old=policy([allow("s3:Put*")]), new=policy([allow("s3:Get*")]))
    assert isinstance(both, WhyDifferent)
    assert both.gained
    assert both.lost
    assert [(part.name, part.ruling) for part in both.gained.parts] == [
        ("new", Ruling.ALLOWED),
        ("old", Ruling.IMPLICIT_DENY),
    ]
    assert [part.name for part in both.lost.parts] == ["old", "new"]


def test_of_two_denials_the_one_that_denies_comes_first() -> None:
    found = explain(
        Difference(Relation.WIDER, gained=KEY), old=policy([deny("s3:*")]), new=policy([deny("s3:*", **TEAM)])
    )
    assert isinstance(found, WhyDifferent)
    assert found.gained
    assert found.lost is None
    assert [(part.name, part.ruling) for part in found.gained.parts] == [
        ("old", Ruling.EXPLICIT_DENY),
        ("new", Ruling.NOT_DENIED),
    ]


def test_what_cannot_be_explained() -> None:
    full = policy([allow()])
    assert explain(Undecided("time"), policies=[full], maximum=full) is None
    assert explain(Difference(Relation.EQUIVALENT), old=full, new=full) == WhyDifferent()
    with pytest.raises(UsageError, match="no question given"):
        explain(Contained(vacuous=False), policies=[full])
    with pytest.raises(UsageError, match="a Contained is not an answer to a DiffQuestion"):
        explain(Contained(vacuous=False), old=full, new=full)
    with pytest.raises(UsageError, match="a Difference is not an answer to a ProveQuestion"):
        explain(Difference(Relation.EQUIVALENT), policies=[full], maximum=full)


# --- the explanation and the evaluator agree -------------------------------------------------------------------------


@st.composite
def explained(draw: st.DrawFn) -> tuple[dict[str, Any], Policy, WhyAllowed]:
    """Documents of any roles and a maximum, and why a request near them is what it is: a counterexample or not."""
    world = draw(worlds(most_keys=2))
    written, maximum = draw(placed(world, most=3)), draw(documents(world, most=3))
    flat = [*written["policies"], maximum, *(written[role] for role in ("boundary", "session") if role in written)]
    request = draw(requests(world, mentioned(flat, world)))
    given_, most = arguments(written), parsed(maximum)
    found = explain(Escapes(request), maximum=most, **given_)
    assert isinstance(found, WhyAllowed)
    return given_, most, found


def levels(given_: dict[str, Any], maximum: Policy) -> list[list[Policy]]:
    """The documents of each part, in order."""
    single = [[given_[role]] for role in ("boundary", "session") if role in given_]
    rcps = [[as_rcp(rcp)] for rcp in given_.get("rcps", ())]
    return [given_["policies"], *single, *given_.get("scps", ()), *rcps, [maximum]]


def without(policy_: Policy, cited: list[Cited]) -> Policy:
    """The policy without the statements that are cited of it."""
    gone = [each.statement for each in cited]
    return replace(policy_, statements=tuple(s for s in policy_.statements if not any(s is one for one in gone)))


@given(explained())
def test_rulings_are_those_of_the_evaluator(drawn: tuple[dict[str, Any], Policy, WhyAllowed]) -> None:
    given_, maximum, why = drawn
    for part, level in zip(why.parts, levels(given_, maximum), strict=True):
        denied, allowed = denies(level, why.request), allows(level, why.request)
        assert (part.ruling is Ruling.EXPLICIT_DENY) is denied
        assert (part.ruling is Ruling.ALLOWED) is (allowed and not part.name.startswith("rcp"))
        trace = [t for one in level for t in evaluate(Documents((one,)), why.request).statements]
        matching = {id(t.statement) for t in trace if t.matched}
        decided = part.ruling in (Ruling.ALLOWED, Ruling.EXPLICIT_DENY)
        assert all((id(each.statement) in matching) is decided for each in part.statements)
        assert all(id(each.statement) not in matching for each in part.missed)
        for each in (*part.statements, *part.missed):
            assert each.matched is (id(each.statement) in matching)


@given(explained())
def test_without_the_statements_that_decide_the_level_decides_otherwise(
    drawn: tuple[dict[str, Any], Policy, WhyAllowed],
) -> None:
    given_, maximum, why = drawn
    for part, level in zip(why.parts, levels(given_, maximum), strict=True):
        rest = [without(one, list(part.statements)) for one in level]
        if part.ruling is Ruling.ALLOWED:
            assert not allows(rest, why.request)
        if part.ruling is Ruling.EXPLICIT_DENY:
            assert not denies(rest, why.request)


@given(explained())
def test_pieces_are_what_the_trace_says_and_stand_in_the_statement(
    drawn: tuple[dict[str, Any], Policy, WhyAllowed],
) -> None:
    given_, maximum, why = drawn
    for part, level in zip(why.parts, levels(given_, maximum), strict=True):
        traces = {
            id(t.statement): t.failed for one in level for t in evaluate(Documents((one,)), why.request).statements
        }
        for each in (*part.statements, *part.missed):
            failed = [(failure.element, failure.reason) for failure in traces[id(each.statement)]]
            assert [(piece.element, piece.reason) for piece in each.pieces if not piece.met] == failed
            for piece in each.pieces:
                assert each.text_of(piece) in each.text
                if piece.met and piece.element in ("Action", "Resource"):
                    elements = json.loads(each.text)[piece.element]
                    assert json.loads(each.text_of(piece)) in (elements if isinstance(elements, list) else [elements])


def test_documents_within_a_line_of_a_batch_are_quoted_from_it() -> None:
    members = {"ask": "prove", "policies": [policy_text(allow("s3:Get*"))], "maximum": policy_text(allow("s3:List*"))}
    line = json.dumps({"id": "x" * 9_000, **members})
    question = read_question(line).question
    assert isinstance(question, ProveQuestion)
    found = explain_answer(question, Escapes(KEY))
    assert isinstance(found, WhyAllowed)
    (cited,) = found.parts[0].statements
    assert json.loads(cited.text) == allow("s3:Get*")
    assert cited.text_of(cited.pieces[0]) == '"s3:Get*"'


def test_a_question_may_be_given_whole() -> None:
    full = policy([allow()])
    for question in (ProveQuestion(Documents((full,)), full), ConfineQuestion(full, ("ec2",))):
        found = explain_answer(question, Escapes(KEY))
        assert isinstance(found, WhyAllowed)
        assert found.request is KEY
    assert explain_answer(DiffQuestion(full, full), Difference(Relation.WIDER, gained=KEY))
