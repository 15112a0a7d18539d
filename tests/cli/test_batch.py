"""`batch`: an answer to each line, in order, whatever the lines hold."""

from __future__ import annotations

import io
import json

import pytest

import verifier
from tests.cli.conftest import DOCUMENTS, QUESTION, REQUEST, Call
from verifier import UsageError
from verifier.bulk.documents import read_lines

POLICY, MAXIMUM, WIDE = DOCUMENTS["policy.json"], DOCUMENTS["maximum.json"], DOCUMENTS["wide.json"]


def jsonl(*questions: object) -> str:
    return "".join(json.dumps(question) + "\n" for question in questions)


def test_each_question_has_its_answer(call: Call) -> None:
    done = call(
        "batch",
        stdin=jsonl(
            {"id": "q1", "ask": "prove", "policies": [POLICY], "maximum": MAXIMUM},
            {"id": "q2", "ask": "prove", "policies": [WIDE], "boundary": MAXIMUM, "scps": [[WIDE]], "maximum": MAXIMUM},
            {"id": "q3", "ask": "diff", "old": POLICY, "new": WIDE},
            {"id": "q4", "ask": "confine", "document": WIDE, "services": ["s3"]},
            {"id": "q5", **QUESTION},
            {"ask": "evaluate", "policies": [POLICY], "request": REQUEST, "boundary": DOCUMENTS["deny.json"]},
        ),
    )
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [next(iter(answer.items())) for answer in answers] == [*(("id", f"q{n}") for n in range(1, 6)), ("id", None)]
    found = [answer.get("verdict", answer.get("decision")) for answer in answers]
    assert found == ["contained", "contained", "wider", "escapes", "allowed", "explicit-deny"]


def test_a_bad_line_is_answered_and_the_next_too(call: Call) -> None:
    stdin = "\n".join(["", "nonsense", '{"id": 7}', "  ", json.dumps(QUESTION | {"id": 8}), json.dumps({"id": [9]})])
    done = call("batch", stdin=stdin)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (1, "")
    assert [answer["id"] for answer in answers] == [None, 7, 8, [9]]
    errors = [answer.get("error", {}) for answer in answers]
    assert [error.get("line") for error in errors] == [2, 3, None, 6]
    assert all({"message", "line", "column"} <= set(errors[place]) for place in (0, 1, 3))


def test_documents_that_do_not_suit_their_place_are_errors(call: Call) -> None:
    done = call("batch", stdin=jsonl({"id": 1, "ask": "prove", "policies": [WIDE], "rcps": [WIDE], "maximum": WIDE}))
    assert done.code == 1
    assert "needs" in json.loads(done.out)["error"]["message"]


def test_a_level_that_only_denies_is_told_of(call: Call) -> None:
    question = {"id": 1, "ask": "prove", "policies": [WIDE], "scps": [DOCUMENTS["deny.json"]], "maximum": WIDE}
    answer = json.loads(call("batch", stdin=jsonl(question)).out)
    assert (answer["verdict"], answer["vacuous"]) == ("contained", True)
    assert "together with FullAWSAccess" in answer["warnings"][0]["message"]


def test_lines_that_are_no_text_or_too_large(call: Call) -> None:
    good = json.dumps(QUESTION).encode()
    stdin = b'{"id": 1, "\xff"}\n{"id": "' + b"x" * 5000 + b'"}\n' + good + b"\n" + b"y" * 5000
    done = call("batch", "--max-size", "1000", stdin=stdin)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1
    assert [answer.get("decision") for answer in answers] == [None, None, "allowed", None]
    assert [answer["error"]["line"] for answer in answers if "error" in answer] == [1, 2, 4]
    assert answers[0]["id"] == 1
    assert "larger than 1,000 bytes" in answers[1]["error"]["message"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_lines_are_read_within_their_bound(size: int) -> None:
    texts = [b"", b"a", b"bb", b"ccc", b"dddd"]
    for end in (b"", b"\n"):
        found = dict(read_lines(io.BytesIO(b"\n".join(texts) + end), size))
        wanted = {number: text if len(text) <= size else None for number, text in enumerate(texts, 1) if text}
        assert {number: line and line.rstrip(b"\n") for number, line in found.items()} == wanted


def test_a_defect_is_answered_as_an_error(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("verifier.questions.answer.Evaluation.of", fail)
    done = call("batch", stdin=jsonl({"id": 1, **QUESTION}))
    assert done.code == 1
    assert json.loads(done.out)["error"]["message"] == "internal error: RuntimeError: broken"


def test_warnings_join_the_answer(call: Call) -> None:
    question = {"id": 1, "ask": "evaluate", "policies": [DOCUMENTS["odd.json"]], "request": REQUEST}
    answer = json.loads(call("batch", stdin="\n" + jsonl(question)).out)
    assert answer["warnings"][0]["line"] == 2
    assert answer["statements"][0]["failed"][0]["line"] == 2


def test_warnings_of_lines_fail_under_strict(call: Call) -> None:
    question = {"id": 1, "ask": "confine", "document": DOCUMENTS["policy.json"], "services": ["s3", "dynamo-db"]}
    stdin = jsonl(question)
    assert call("batch", stdin=stdin).code == 0
    strict = call("batch", "--strict", stdin=stdin)
    assert (strict.code, strict.err) == (1, "strict: 1 warning, so the exit code is 1\n")
    (warning,) = json.loads(strict.out)["warnings"]
    assert (warning["document"], warning["severity"], "line" in warning) == ("services", "warning", False)
    assert call("batch", "--strict", stdin=jsonl(question | {"services": ["s3"]})).code == 0


def test_the_package_answers_lines_too() -> None:
    answers = verifier.batch(iter([json.dumps(QUESTION | {"id": 1}), b"", b"{}"]))
    assert [set(answer) for answer in answers] == [{"id", "decision", "by", "statements"}, {"id", "error"}]
    with pytest.raises(UsageError):
        verifier.batch([], timeout=-1)


def test_a_line_tells_what_its_documents_are(call: Call) -> None:
    denies = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}}
    confine = {"ask": "confine", "document": denies, "services": ["s3"]}
    wrong = {"ask": "diff", "old": denies, "new": denies, "type": "rcp"}
    lines = jsonl(confine, confine | {"type": "scp"}, wrong, confine | {"type": "trust"})
    first = call("batch", "--cache", "../typed.sqlite", stdin=lines)
    alone, beside, other, unknown = map(json.loads, first.out.splitlines())
    assert (alone["vacuous"], beside["vacuous"]) == (True, False)
    assert (
        "rule 30: scp level 1 only denies, and is read together with FullAWSAccess, which AWS attaches"
        in beside["assumes"]
    )
    assert "`Principal`" in other["error"]["message"]
    assert "error" in unknown
    assert call("batch", "--cache", "../typed.sqlite", stdin=lines).out == first.out
