"""However large a document is, what is quoted of it and how much is listed stays bounded, in every form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.output.calls import FORMS, Call, called

LONG = "x" * 4_000_000
# The most that a form may hold, in bytes: a log is read by people, a comment on GitHub ends at 65,536 characters.
MOST = {"text": 200_000, "sarif": 10_000_000, "html": 1_000_000, "junit": 200_000, "markdown": 65_536}


def document(**parts: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"} | parts]}


CONDITION = {"StringEquals": {"aws:PrincipalTag/a": LONG}}
DOCUMENTS = {
    "Sid": document(Sid=LONG),
    "value": document(Condition=CONDITION),
    "resource": document(Resource=f"arn:aws:s3:::{LONG[:300_000]}"),
    "key": document(Condition={"StringEquals": {f"aws:PrincipalTag/{LONG[:300_000]}": "a"}}),
    "warnings": document(Resource=[f"no ARN {number}" for number in range(20_000)] + ["*"]),
    "Sids": {
        "Version": "2012-10-17",
        "Statement": [document(Sid=f"{n} {LONG[:500]}")["Statement"][0] for n in range(5_000)],
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sizes")
    for name, one in DOCUMENTS.items():
        (made / f"{name}.json").write_text(json.dumps(one, indent=1))
    (made / "maximum.json").write_text(json.dumps(document(Action="ec2:*")))
    return made


@pytest.mark.parametrize("form", MOST)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_report_is_bounded(name: str, form: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    arguments = ("prove", "--policy", f"{name}.json", "--maximum", "maximum.json", "--format", form, "--timeout", "60")
    said = called(Call(arguments, FORMS[form]), {})
    assert said.code == 1, said.err[:1000]
    assert not list(FORMS[form](said.out))
    assert len(said.out) < MOST[form]
    assert len(said.err) < MOST["text"]
