"""A question as one value: what is handed on, what its script says, and a version of a document that does not exist."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Policy
from verifier.base.budget import Budget
from verifier.base.errors import UsageError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.principals.asking import Asking
from verifier.questions.answer import Exported, answer, counterclaims, documents_of, export_question, write_question
from verifier.questions.ask import Ask, Readings
from verifier.questions.claims import Claim, Level, Says, replays
from verifier.questions.diff import alone, diff
from verifier.questions.question import AloneQuestion, ConfineQuestion, DiffQuestion, NeedsQuestion, ProveQuestion
from verifier.questions.verdict import Difference, Fit, SearchResult
from verifier.questions.worlds import judged


def policy(*more: dict[str, object], **statement: object) -> Policy:
    """A document of a statement, and more of them."""
    statements = [{"Resource": "*", **one} for one in (statement, *more)]
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))


WIDE, NARROW = policy(Effect="Allow", Action="s3:*"), policy(Effect="Allow", Action="s3:GetObject")
UNCLEAR = policy(Effect="Allow", Action="s*:GetObject")

QUESTIONS: Mapping[str, tuple[Exported, tuple[str, ...]]] = {
    "prove": (ProveQuestion(Documents((WIDE,)), NARROW), ("is allowed, but not by the maximum",)),
    "needs": (NeedsQuestion(Documents((NARROW,)), WIDE), ("is needed, but not allowed",)),
    "confine": (ConfineQuestion(WIDE, ("ec2",)), ("is allowed outside the services named",)),
    "diff": (
        DiffQuestion(WIDE, policy(Effect="Allow", Action=["s3:GetObject", "ec2:StopInstances"])),
        ("only the second document allows", "only the first document allows"),
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_whoever_shows_an_answer_is_asked_about_each_counterexample(name: str) -> None:
    question, _ = QUESTIONS[name]
    shown: list[Sequence[Claim]] = []

    def show(claims: Sequence[Claim], outcome: SearchResult, _: Budget, __: Ask) -> SearchResult:
        shown.append(claims)
        return outcome

    answer(question, Ask(), show)
    assert [said(claims) for claims in shown] == [said(claims) for (claims,) in counterclaims(question)]


def said(claims: Sequence[Claim]) -> list[object]:
    """What claims are about, as values that compare."""
    return [(len(claim.level.policies), claim.says, claim.holds) for claim in claims]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_script_says_which_requests_there_are_none_of(name: str) -> None:
    question, what = QUESTIONS[name]
    scripts = export_question(question, Ask())
    for script, which in zip(scripts, what, strict=True):
        heading = f"; Made by verifier. If this is unsatisfiable, there is no request that {which}."
        assert [line for line in script.splitlines() if "Made by" in line] == [heading]
        assert "the other way" not in script.replace("_", " ")


@pytest.mark.parametrize("readings", Readings)
def test_a_script_is_about_every_reading_unless_it_is_asked_about_the_usual_one(readings: Readings) -> None:
    question = ProveQuestion(Documents((UNCLEAR,)), NARROW)
    (script,) = export_question(question, Ask(readings=readings))
    assert "; Made by verifier. If this is unsatisfiable, there is no request that is allowed, but not by" in script
    assert ("; A constant whose name ends in `the_other_way` says" in script) == (readings is Readings.ALL)
    assert ("_the_other_way Bool" in script) == (readings is Readings.ALL)


def test_what_smtlib_cannot_say_is_a_mistake_of_the_user(tmp_path: Any) -> None:
    unsayable = policy(
        Effect="Allow", Action="s3:*", Condition={"StringEqualsIgnoreCase": {"acme:k": "${aws:username}"}}
    )
    with pytest.raises(UsageError, match="cannot be written as SMT-LIB: a policy variable stands") as refused:
        write_question(ProveQuestion(Documents((unsayable,)), NARROW), Ask(), str(tmp_path / "script"))
    assert refused.value.help == "ask without an SMT-LIB file"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "files"), [("prove", ["script"]), ("diff", ["script", "script.lost"])])
def test_what_is_gained_and_what_is_lost_are_written_to_two_files(name: str, files: list[str], tmp_path: Any) -> None:
    question, _ = QUESTIONS[name]
    write_question(question, Ask(), str(tmp_path / "script"))
    assert [(tmp_path / file).read_text(encoding="utf-8") for file in files] == [*export_question(question, Ask())]
    assert len(list(tmp_path.iterdir())) == len(files)


def test_a_script_says_who_asks() -> None:
    asked = ProveQuestion(Documents((WIDE,), asking=Asking()), NARROW)
    assert len(export_question(asked, Ask())) == 1
    everybody = policy(Effect="Allow", Action="s3:*", Principal="*")
    assert len(export_question(DiffQuestion(everybody, everybody, PolicyType.RESOURCE), Ask())) == 2


def test_ways_are_told_which_documents_they_are_asked_about() -> None:
    """The keys that the maximum reads are tied to who asks too."""
    beside: list[object] = []
    documents: Any = SimpleNamespace(tells_who=True, ways=lambda asked: beside.append(asked) or ())
    assert counterclaims(ProveQuestion(documents, NARROW)) == ((),)
    assert beside == [(NARROW,)]


def test_what_is_unknown_stays_open_where_the_guide_is_read_as_usual() -> None:
    statement = {"Effect": "Allow", "Action": "s*:GetObject", "Resource": "⟦b⟧"}
    question = ProveQuestion(Documents((with_holes({"Version": "2012-10-17", "Statement": statement}),)), NARROW)
    for readings in Readings:
        (script,) = export_question(question, Ask(readings=readings))
        assert "_matches Bool" in script
        assert ("_the_other_way Bool" in script) == (readings is Readings.ALL)


def test_the_documents_of_a_question_are_those_it_is_asked_about() -> None:
    compared = QUESTIONS["diff"][0]
    assert isinstance(compared, DiffQuestion)
    assert [list(documents_of(question)) for question, _ in QUESTIONS.values()] == [
        [WIDE, NARROW],
        [NARROW, WIDE],
        [WIDE],
        [one for level in compared.levels() for one in level],
    ]


# A document, and one that says nothing in its place.
NOTHING = {"Condition": {"StringEquals": {"acme:k": []}}}
# No value matches a pattern that is itself and a character more, unless its wildcards count as wildcards (rule 27).
ITSELF = {"Condition": {"StringLike": {"acme:k": "${acme:k}?"}}}
ALONE: Mapping[str, Sequence[dict[str, Any]]] = {
    "allows": [{"Effect": "Allow", "Action": "s3:GetObject"}],
    "allows what there is not": [{"Effect": "Allow", "Action": "s3:GetTheMoon"}],
    "denies": [{"Effect": "Deny", "Action": "s3:GetObject"}],
    "denies what there is not": [{"Effect": "Deny", "Action": "s3:GetTheMoon"}],
    "allows nothing": [{"Effect": "Allow", "Action": "s3:GetObject", **NOTHING}],
    "denies nothing": [{"Effect": "Deny", "Action": "s3:GetObject", **NOTHING}],
    "allows under another reading": [{"Effect": "Allow", "Action": "s3:GetObject", **ITSELF}],
    "denies under another reading": [{"Effect": "Deny", "Action": "s3:GetObject", **ITSELF}],
    "denies all it allows, but for another reading": [
        {"Effect": "Allow", "Action": "s3:GetObject"},
        {"Effect": "Deny", "Action": "s?:*"},
    ],
}


@pytest.mark.parametrize("came", [True, False])
@pytest.mark.parametrize("name", ALONE)
def test_a_document_alone_differs_from_nothing_as_from_one_that_says_nothing(name: str, came: bool) -> None:
    statement, *more = ALONE[name]
    document = policy(*more, **statement)
    nothing = policy(Effect=statement["Effect"], Action="s3:GetObject", **NOTHING)
    found = alone(AloneQuestion(document, came), Ask(), judged)
    other = diff(DiffQuestion(nothing, document) if came else DiffQuestion(document, nothing), Ask(), judged)
    for one in (found, other):
        assert (one.gained_fit, one.lost_fit) == (fit(one.gained), fit(one.lost))
    assert seen(found) == seen(other)
    assert ((found.gained_hinges or found.lost_hinges) is not None) == ("another reading" in name)
    claims = [Claim(Level((document,)), Says.ALLOWS if statement["Effect"] == "Allow" else Says.DENIES)]
    assert all(replays(claims, request) for request in (found.gained, found.lost) if request)


def fit(request: Any) -> Fit:
    """What the cloud says against a request."""
    return Fit(WIDE.cloud.broken(request)) if request else Fit()


def seen(found: Difference) -> list[object]:
    """What two answers about the same have in common."""
    asked = (found.gained, found.lost, found.gained_hinges, found.lost_hinges)
    return [found.relation, found.denies_same, found.reason, found.only_deny, *(one is None for one in asked)]
