"""Documents for the tests of large sets: small ones, of every verdict, some of them broken."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from verifier import Policy
from verifier.base.processes import Child
from verifier.bulk import pool as crew
from verifier.bulk import question_asker as asker
from verifier.questions.question import Question


def document(*actions: str, effect: str = "Allow", **others: object) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*"} | others
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy(*actions: str, **others: Any) -> Policy:
    return Policy.parse(json.dumps(document(*actions, **others)))


MAXIMUM = policy("s3:*", "sqs:*")
BOUNDARY = policy("s3:*", "iam:*", "sqs:Send*", "kms:*")
_ACTIONS = ["s3:Get*", "s3:PutObject", "iam:CreateUser", "sqs:SendMessage", "kms:Decrypt", "ec2:*", "sqs:Receive*"]
_BROKEN = ['{"Version": "2012-10-17"}', "nonsense", '{"Statement": [{"Efect": "Allow"}]}']


def some(count: int, seed: int = 2026) -> list[str]:
    """The texts of `count` documents, the same for one seed; about one in ten is broken."""
    draw = random.Random(seed)  # noqa: S311  # documents are no secret
    texts = []
    for number in range(count):
        if draw.random() < 0.1:
            texts.append(draw.choice(_BROKEN))
            continue
        actions = draw.sample(_ACTIONS, draw.randint(1, 3))
        condition = {"StringEquals": {"aws:PrincipalTag/team": f"team{number}"}}
        others: dict[str, Any] = {"Sid": f"S{number}"} | ({"Condition": condition} if draw.random() < 0.5 else {})
        texts.append(json.dumps(document(*actions, effect=draw.choice(["Allow"] * 4 + ["Deny"]), **others)))
    return texts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with 120 documents, some in folders of their own."""
    for number, text in enumerate(some(120)):
        path = tmp_path / "set" / f"team{number % 3}" / f"{number:03}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "set"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The questions that were asked, not remembered."""
    found: list[Question] = []
    real = asker.answer
    monkeypatch.setattr(asker, "answer", lambda question, *how: found.append(question) or real(question, *how))  # type: ignore[func-returns-value]  # on purpose
    return found


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """The processes of our own that were started."""
    found: list[Child] = []

    def start(*arguments: Any, **others: Any) -> Child:
        found.append(Child(*arguments, **others))
        return found[-1]

    monkeypatch.setattr(crew, "Child", start)
    return found
