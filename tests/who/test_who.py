"""Who can, in accounts written in short: `cases.json`, and laws about accounts that are drawn.

A case, of one account or of several (`organizations.json`), says who can (`can`; `root` is the root user), of whom it
is not known (`undecided`), and who outside can or may be able to (`others`); all others cannot. Where it is about the
time, `at` is the instant from which on requests are made.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.who.accounts_of_cases import ID, account_in
from verifier import who
from verifier.audits.access import Access, AccessVerdict
from verifier.base.errors import UsageError
from verifier.base.source import Source
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.load import load_accounts
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.who import asker
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.read import read_questions
from verifier.clouds.aws.who.who import who_can
from verifier.plots import access_map
from verifier.questions.verdict import Found

READS = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
FOLDER = Path(__file__).parent
ORGANIZATIONS: list[dict[str, Any]] = json.loads((FOLDER / "organizations.json").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))


def asked_of(said: Mapping[str, Any]) -> AccessQuestion:
    """The question of a case: a line of a file of questions."""
    (question,) = read_questions(Source("questions", json.dumps(said)))
    return question


def short(arn: str) -> str:
    """What a case calls a principal."""
    return arn.rpartition(f":{ID}:")[2]


def told(found: Access) -> dict[str, set[str]]:
    """Who has which verdict."""
    return {
        verdict.value: {short(one.name) for one in found.principals if one.verdict is verdict}
        for verdict in AccessVerdict
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case(case: dict[str, Any], tmp_path: Path) -> None:
    account = account_in(case["account"], tmp_path / "account")
    found = who_can(account, asked_of(case["question"]), at=case.get("at", ""))
    said = told(found)
    assert said["can"] == set(case["can"])
    assert said["undecided"] == set(case["undecided"])
    assert {f"{one.kind}:{one.name}": one.verdict.value for one in found.others} == case["others"]
    for one in found.every():
        assert (one.request is not None) == (one.verdict is AccessVerdict.CAN)
        assert bool(one.reason) == (one.verdict is AccessVerdict.UNDECIDED)


@pytest.mark.parametrize("case", ORGANIZATIONS, ids=lambda case: case["name"])
def test_several_accounts(case: dict[str, Any], tmp_path: Path) -> None:
    for id_, said in case["accounts"].items():
        account_in(said, tmp_path / id_, id_)
    found = who_can(load_accounts(tmp_path), asked_of(case["question"]))
    said = {
        verdict: {one.name.partition("::")[2] for one in found.principals if one.verdict is verdict}
        for verdict in AccessVerdict
    }
    assert said[AccessVerdict.CAN] == set(case["can"])
    assert said[AccessVerdict.UNDECIDED] == set(case["undecided"])
    assert {f"{one.kind}:{one.name}": one.verdict.value for one in found.others} == case["others"]


def test_a_question_about_nobody_is_an_error(tmp_path: Path) -> None:
    account = account_in({"users": {"jane": {}}}, tmp_path / "account")
    with pytest.raises(UsageError, match=r"no user or role is called `\*:user/j`"):
        who(account, "s3:GetObject", principal="*:user/j")


def test_two_folders_of_one_account_are_an_error(tmp_path: Path) -> None:
    account_in({}, tmp_path / "a")
    account_in({}, tmp_path / "b")
    with pytest.raises(UsageError, match="is of an account that another folder holds"):
        load_accounts(tmp_path)


def test_several_processes_say_the_same(tmp_path: Path) -> None:
    allow = {"Effect": "Allow", "Resource": "*"}
    statements = [{**allow, "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]
    users = {f"user-{number}": {"policies": [statements][: number % 2]} for number in range(20)}
    named = {f"named-{number}": {"policies": [[{**statements[0], "Sid": f"n{number}"}]]} for number in range(20)}
    put = {**allow, "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}
    resources = {"arn:aws:s3:::b": [put]}
    account = account_in({"users": users | named, "resources": resources}, tmp_path / "account")
    question = AccessQuestion.of(["s3:GetObject"], ["*"])
    alone, together = (who_can(account, question, means=Means.of(jobs=jobs, cache=None)) for jobs in (1, 2))
    assert told(alone) == told(together)
    assert [one.request for one in alone.every()] == [one.request for one in together.every()]


def test_questions_about_equal_principals_are_asked_once(tmp_path: Path) -> None:
    users = {f"user-{number}": {"groups": ["all"]} for number in range(50)}
    groups = {"all": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    account = account_in({"users": users, "groups": groups}, tmp_path / "account")
    counts: list[int | None] = []
    found = who_can(account, AccessQuestion.of(["s3:GetObject"], ["*"]), watch=counts.append)
    assert counts == [2, None, None]  # the users, and the root user
    assert {one.request.principal for one in found.principals if one.request} == {one.name for one in found.principals}


def test_a_question_travels() -> None:
    question = AccessQuestion.of(["s3:*"], ["*"], {"aws:SourceIp": []}, "name")
    assert question.premise is not None
    again = pickle.loads(pickle.dumps(question))  # noqa: S301 - our own bytes
    assert again == question


def test_what_could_not_be_fetched_is_undecided(tmp_path: Path) -> None:
    account_in({"users": {"jane": {"policies": [[READS]]}, "bob": {}}}, tmp_path / "account")
    unread = {"file": "resource-policies.json", "call": "s3 get-bucket-policy", "reason": "AccessDenied"}
    fetched = {"left_out": {}, "not_read": [unread]}
    (tmp_path / "account" / "fetched.json").write_text(json.dumps(fetched), encoding="utf-8")
    found = who_can(load_accounts(tmp_path / "account"), AccessQuestion.of(["s3:GetObject"], ["*"]))
    assert told(found) == {"can": {"user/jane", "root"}, "cannot": set(), "undecided": {"user/bob"}}
    assert [(one.name, one.verdict) for one in found.others] == [("*", AccessVerdict.UNDECIDED)]


def test_python_asks_too(tmp_path: Path) -> None:
    account = account_in({"users": {"jane": {"policies": [[READS]]}, "bob": {}}}, tmp_path / "account")
    found = who(account, "s3:GetObject", ["arn:aws:s3:::b/*"], {"aws:SourceIp": None})
    records = found.records()
    assert [(str(one["name"]).rpartition("/")[2], one["verdict"]) for one in records[:2]] == [
        ("jane", "can"),
        ("bob", "cannot"),
    ]
    assert set(records[0]) == set(records[1])
    assert records[0]["action"] == "s3:GetObject"
    assert repr(found) == "can: 2 can, 1 cannot"
    assert "user/jane" in found._repr_html_()


def test_the_map_has_a_row_for_each(tmp_path: Path) -> None:
    account = account_in({"users": {"jane": {"policies": [[READS]]}, "bob": {}}}, tmp_path / "account")
    picture = access_map({service: who(account, f"{service}:*") for service in ("s3", "sqs")})
    (axes,) = picture.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        f"{ID}:{one}" for one in ("root", "user/jane", "user/bob")
    ]
    assert [text.get_text() for text in axes.texts] == ["can", "can", "can", "·", "·", "·"]
    assert picture.says == "Of 3 principals 2 can do something of s3, sqs."


def test_a_request_that_the_evaluator_does_not_confirm_is_no_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A planted fault: the search finds what jane may not do, and so do the groups of requests."""
    wrong = Found(Request.of("s3:GetObject", "arn:aws:s3:::data/x", None, f"arn:aws:iam::{ID}:user/jane"))
    groups = SimpleNamespace(regions=[SimpleNamespace(request=wrong.request, fit=wrong.fit)])
    for step, planted in (("search", wrong), ("show", wrong), ("regions", groups)):
        monkeypatch.setattr(asker, step, lambda *_, planted=planted: planted)
    puts = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    account = account_in({"users": {"jane": {"policies": [[puts]]}}}, tmp_path / "account")
    found = who_can(account, asked_of({"action": "s3:GetObject", "resource": "arn:aws:s3:::data/x"}))
    (jane,) = (one for one in found.principals if short(one.name) == "user/jane")
    assert jane.verdict is AccessVerdict.UNDECIDED
    assert jane.reason == "a request was found that the evaluator does not confirm"
