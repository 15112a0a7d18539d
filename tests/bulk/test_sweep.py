"""`verifier.sweep`: `prove` for each document, whoever does the work."""

from __future__ import annotations

import dataclasses
import itertools
import json
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import verifier
from tests.bulk.conftest import BOUNDARY, MAXIMUM, document, policy
from verifier import (
    Contained,
    Escapes,
    InputError,
    Policy,
    PolicyError,
    Request,
    Swept,
    Undecided,
    UsageError,
    WorkersError,
    confine,
    prove,
    sweep,
)
from verifier.base.processes import Child
from verifier.bulk import pool
from verifier.bulk.items import Answered
from verifier.clouds.aws.assumptions import assumptions
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.write import text_as_spelled
from verifier.questions.question import Question


def facts(found: Swept) -> tuple[str, object, object]:
    """What an answer says; errors compare by their text."""
    answer = str(found.answer) if isinstance(found.answer, InputError) else found.answer
    return found.document, answer, found.warnings


def swept(folder: Path, **means: object) -> list[tuple[str, object, object]]:
    return [facts(one) for one in sweep(folder, MAXIMUM, BOUNDARY, **means)]  # type: ignore[arg-type]  # by name


def one_by_one(folder: Path) -> Iterator[tuple[str, object, object]]:
    for path in sorted(folder.rglob("*.json")):
        try:
            found = Policy.load(path)
            yield str(path), prove([found], MAXIMUM, BOUNDARY), found.warnings
        except InputError as error:
            yield str(path), str(error), ()


def test_a_sweep_is_prove_one_by_one(folder: Path) -> None:
    found = swept(folder)
    assert found == list(one_by_one(folder))
    assert {type(answer) for _, answer, _ in found} == {Contained, Escapes, str}


def test_a_text_is_answered_once_wherever_it_stands(tmp_path: Path, asked: list[Question]) -> None:
    escaping, contained = (
        json.dumps(document(action, Resource="arn:aws:kms:*:${aws:PrincipalAccount}:key/*"))
        for action in ("kms:Decrypt", "s3:Get*")
    )
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(escaping, encoding="utf-8")
    (tmp_path / "c.jsonl").write_text(f"{contained}\n{escaping}\nnonsense\n{contained}", encoding="utf-8")
    found = list(sweep([tmp_path / name for name in ("a.json", "b.json", "c.jsonl")], MAXIMUM, BOUNDARY))
    assert len(asked) == 2
    assert [one.document.removeprefix(f"{tmp_path}/") for one in found] == [
        *("a.json", "b.json", "c.jsonl:1", "c.jsonl:2", "c.jsonl:3", "c.jsonl:4")
    ]
    assert [type(one.answer) for one in found] == [Escapes, Escapes, Contained, Escapes, PolicyError, Contained]
    assert found[0].answer == found[1].answer == found[3].answer
    assert [[warning.span.line for warning in one.warnings] for one in found] == [[1], [1], [1], [2], [], [4]]
    assert not any(one.remembered for one in found)


def test_processes_answer_the_same_in_order(folder: Path, children: list[Child]) -> None:
    assert swept(folder, jobs=2) == swept(folder) == swept(folder, jobs=None)
    assert len(children) >= 2
    assert all(child.process.returncode is not None for child in children)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_will_do(folder: Path, kind: str) -> None:
    with _executor(kind) as executor:
        assert swept(folder, executor=executor, workers=2) == swept(folder)


def _executor(kind: str) -> Executor:
    if kind == "threads":
        return ThreadPoolExecutor(3)
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def test_a_process_that_is_killed_costs_no_answer(folder: Path, children: list[Child]) -> None:
    answers = sweep(folder, MAXIMUM, BOUNDARY, jobs=2)
    found = [facts(next(answers)) for _ in range(3)]
    children[0].process.kill()
    found += map(facts, answers)
    assert found == swept(folder)
    assert all(child.process.returncode is not None for child in children)


def test_a_process_that_has_answered_much_is_replaced(
    folder: Path, children: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "MOST_ANSWERS", 50)
    assert swept(folder, jobs=2) == swept(folder)
    assert len(children) > 2
    assert all(child.process.returncode is not None for child in children)


class Liar(ThreadPoolExecutor):
    """An executor whose answers are changed on their way."""

    def __init__(self, change: Callable[[Answered[Any]], Any]) -> None:
        super().__init__(1)
        self._change = change

    def submit(self, fn: Any, /, *arguments: Any, **others: Any) -> Any:
        def changed() -> Any:
            reply = fn(*arguments, **others)
            return dataclasses.replace(reply, answers=tuple(map(self._change, reply.answers)))

        return super().submit(changed)


ELSEWHERE = json.dumps({"verdict": "escapes", "request": {"action": "s3:GetObject", "resource": "*", "context": {}}})


@pytest.mark.parametrize("record", [ELSEWHERE, "{}", '{"verdict": "contained"}', "nonsense"])
def test_an_answer_from_elsewhere_that_cannot_be_right_is_refused(record: str) -> None:
    with (
        Liar(lambda found: dataclasses.replace(found, record=record)) as executor,
        pytest.raises(WorkersError, match="a worker sent an answer that cannot be right"),
    ):
        list(sweep([policy("*")], MAXIMUM, executor=executor))


@pytest.mark.parametrize("sent", [None, "contained", 7])
def test_what_is_not_an_answer_is_refused(sent: object) -> None:
    with Liar(lambda _: sent) as executor, pytest.raises(WorkersError, match="what is not an answer"):
        list(sweep([policy("*")], MAXIMUM, executor=executor))


@pytest.mark.parametrize("shown", [Contained(True), Contained(None), Escapes(Request.of("s3:GetObject", "*", {}))])
def test_what_is_shown_is_made_here(folder: Path, shown: object) -> None:
    """Whatever a worker shows, its record counts; without one, the question is asked here."""
    false = Swept("x", shown)  # type: ignore[arg-type]  # verdicts, all of them
    for change in ({"shown": false}, {"shown": false, "record": None}):
        with Liar(lambda found, change=change: dataclasses.replace(found, **change)) as executor:  # type: ignore[misc]  # as above
            assert swept(folder, executor=executor) == swept(folder)


def test_an_executor_that_is_lost_is_said() -> None:
    with _executor("processes") as executor:
        answers = sweep(itertools.repeat(policy("s3:Get*")), MAXIMUM, BOUNDARY, executor=executor, workers=2)
        next(answers)
        for child in multiprocessing.active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
        with pytest.raises(WorkersError, match="the executor does not work any more"):
            deque(answers, maxlen=0)
    with ThreadPoolExecutor(1) as ended:
        pass
    with pytest.raises(WorkersError, match="after shutdown"):
        next(sweep([policy("s3:Get*")], MAXIMUM, executor=ended))


def test_answers_come_while_documents_are_read() -> None:
    """No more than a bounded number of documents is held, however many there are."""
    taken = 0

    def endless() -> Iterator[Policy]:
        nonlocal taken
        while True:
            taken += 1
            yield policy("s3:Get*")

    answers = sweep(endless(), MAXIMUM)
    assert isinstance(next(answers).answer, Contained)
    assert taken == 1
    with ThreadPoolExecutor(1) as executor:
        answers = sweep(endless(), MAXIMUM, executor=executor, workers=1)
        for _ in range(200):
            next(answers)
        assert taken < 1 + 200 + 4 * 128
        answers.close()  # type: ignore[attr-defined]  # a generator


def test_documents_may_be_policies() -> None:
    wide, wrong = policy("*"), Policy.parse(json.dumps(document("s3:*", Principal="*")), "wrong.json")
    found = list(sweep([policy("s3:Get*"), wide, wrong], MAXIMUM, scps=[[policy("*")]], session=policy("s3:*", "a:*")))
    assert [type(one.answer) for one in found] == [Contained, Escapes, UsageError]
    assert [one.document for one in found] == ["<text>", "<text>", "wrong.json"]


def test_all_that_stands_beside_counts(folder: Path) -> None:
    beside = {
        "boundary": policy("s3:*", "sqs:*", "ec2:*", "iam:*"),
        "session": policy("s3:*", "sqs:*", "ec2:Run*", Condition={"stringlike": {"aws:username": ["a*", "b?"]}}),
        "scps": [policy("*"), [policy("s3:*"), policy("sqs:*", "ec2:*")]],
        "rcps": [
            policy("sqs:Receive*", effect="Deny", Principal="*", Condition={"Bool": {"aws:SecureTransport": False}})
        ],
    }
    answers = {one.document: one.answer for one in sweep(folder, MAXIMUM, **beside)}  # type: ignore[arg-type]  # by name
    for path in folder.rglob("*.json"):
        if isinstance(answers[str(path)], InputError):
            continue
        assert answers[str(path)] == prove([Policy.load(path)], MAXIMUM, **beside)  # type: ignore[arg-type]  # as above


def test_a_document_in_a_place_that_it_does_not_suit_is_an_error_at_once() -> None:
    rcp = policy("*", effect="Deny", Principal="*")
    with pytest.raises(PolicyError):
        sweep([], MAXIMUM, rcps=[rcp])
    with pytest.raises(PolicyError):
        sweep([], MAXIMUM, scps=[[]])
    for wrong in ({"jobs": 0}, {"workers": 0}, {"timeout": -1}, {"encoding": "slow"}):
        with pytest.raises(UsageError):
            sweep([], MAXIMUM, **wrong)  # type: ignore[arg-type]  # on purpose


def all_but(*actions: str) -> Policy:
    statement = {"Effect": "Deny", "NotAction": list(actions), "Resource": "*"}
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_each_document_is_what_it_is_told_to_be() -> None:
    only_s3 = all_but("s3:*")
    rcp = policy("sqs:*", effect="Deny", Principal="*")
    allows = policy("s3:*")
    beside = {"scps": [[all_but("s3:*", "sqs:*")]]}
    for told, expected in (
        (None, [Contained, Contained, Contained]),
        ("identity", [Contained, PolicyError, Contained]),
        ("scp", [Contained, PolicyError, Contained]),
        ("rcp", [PolicyError, Contained, PolicyError]),
    ):
        found = list(sweep([only_s3, rcp, allows], policy("s3:*"), type=told, **beside))  # type: ignore[arg-type]  # by name
        assert [type(one.answer) for one in found] == expected, told
    (inside,) = sweep([only_s3], policy("s3:*"), type="scp")
    blocked = confine(only_s3, ["s3"], type="scp")  # which asks about every service, and so about rule 35
    assert isinstance(blocked, Contained)
    assert inside.answer == dataclasses.replace(
        blocked, assumes=tuple(one for one in blocked.assumes if "rule 35" not in one)
    )
    assert isinstance(inside.answer, Contained)
    assert inside.answer.vacuous is False
    assert isinstance(next(sweep([rcp], policy("s3:*"))).answer, Escapes)
    with pytest.raises(UsageError):
        sweep([], MAXIMUM, type="role")  # type: ignore[arg-type]  # on purpose


def test_what_aws_attaches_is_not_warned_of() -> None:
    rcp = policy("sqs:*", "lambda:*", effect="Deny", Principal="*")
    for validate in (False, True):
        (found,) = sweep([rcp], MAXIMUM, boundary=policy("s3:*"), validate=validate)
        assert [warning.message for warning in found.warnings] == [
            "the action `lambda:*` limits nothing: `lambda` does not support RCPs"
        ]


def test_a_policy_travels_as_it_is_spelled() -> None:
    condition = {"stringequals": {"aws:username": "jane"}, "ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*"]}}
    first = Policy.parse(json.dumps(document("S3:Get*", Condition=condition, Sid="One") | {"Id": "x"}))
    again = parse(text_as_spelled(first), "again")
    assert (again.version, again.id, again.statements) == (first.version, first.id, first.statements)
    assert assumptions((again,)) == assumptions((first,))
    assert "rule 15: operator names are not case-sensitive" in assumptions((again,))


def test_a_defect_is_the_answer_of_one_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = verifier.bulk.question_asker.answer
    count = iter(range(1_000))

    def sometimes(*arguments: object) -> object:
        if next(count) == 2:
            raise RuntimeError("broken")
        return real(*arguments)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr("verifier.bulk.question_asker.answer", sometimes)
    found = swept(folder)
    defects = [answer for _, answer, _ in found if str(answer).startswith("internal error: RuntimeError: broken")]
    assert (len(found), len(defects)) == (120, 1)


def test_what_takes_too_long_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.bulk.question_asker.answer", lambda *_: Undecided("time"))
    assert [one.answer for one in sweep([policy("s3:*")], MAXIMUM)] == [Undecided("time")]
