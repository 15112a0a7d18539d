"""What is remembered: the same answers, for the same question only, and nothing from a file that is damaged."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import verifier
from tests.bulk.conftest import BOUNDARY, MAXIMUM, document, policy
from tests.commands import BIN, PATIENCE, ROOT
from verifier import CacheError, Contained, Escapes, Policy, Swept, batch, sweep
from verifier.api import TypeName
from verifier.bulk import cache
from verifier.bulk import records as memory
from verifier.bulk.cache import Cache
from verifier.bulk.records import question_key, recalled, record_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.answer import answer
from verifier.questions.ask import Ask, Encoding
from verifier.questions.question import ConfineQuestion, DiffQuestion, Posed, ProveQuestion, Question
from verifier.questions.verdict import Difference, Relation, Undecided

ESCAPING, INSIDE = policy("s3:Get*", "ec2:Run*"), policy("s3:Get*")


def shown(found: Swept) -> str:
    return f"{found.document} {found.answer} {getattr(found.answer, 'assumes', ())} {found.warnings}"


def test_a_second_run_asks_nothing_and_says_the_same(folder: Path, asked: list[Question]) -> None:
    file = folder.parent / "answers.sqlite"
    first = list(sweep(folder, MAXIMUM, BOUNDARY, cache=file))
    count = len(asked)
    second = list(sweep(folder, MAXIMUM, BOUNDARY, cache=file))
    assert [*map(shown, second)] == [*map(shown, first)]
    assert 0 < count == len(asked)
    assert [one.remembered for one in second] == [isinstance(one.answer, Contained | Escapes) for one in first]
    alike = sum(one.remembered for one in first)  # some documents say the same but for their Sid
    assert alike == sum(isinstance(one.answer, Contained | Escapes) for one in first) - count
    with ThreadPoolExecutor(1) as executor:
        third = list(sweep(folder, MAXIMUM, BOUNDARY, cache=file, executor=executor))
    assert [*map(shown, third)] == [*map(shown, first)]
    assert len(asked) == count


def test_processes_and_executors_fill_it_too(folder: Path, asked: list[Question]) -> None:
    for means in ({"jobs": 2}, {"executor": ThreadPoolExecutor(1)}):
        file = folder.parent / f"{next(iter(means))}.sqlite"
        first = list(sweep(folder, MAXIMUM, BOUNDARY, cache=file, **means))  # type: ignore[arg-type]  # by name
        if "jobs" in means:  # an executor of the caller's keeps its file open
            assert sorted(folder.parent.glob("jobs.sqlite*")) == [file]
        asked.clear()
        assert [*map(shown, sweep(folder, MAXIMUM, BOUNDARY, cache=file))] == [*map(shown, first)]
        assert not asked


def test_a_batch_remembers_too(tmp_path: Path, asked: list[Question]) -> None:
    wide, narrow = document("*"), document("s3:Get*")
    lines = [
        {"id": 1, "ask": "prove", "policies": [wide], "maximum": narrow},
        {"id": 2, "ask": "prove", "policies": [narrow], "maximum": wide},
        {"id": 3, "ask": "diff", "old": narrow, "new": wide},
        {"id": 4, "ask": "diff", "old": narrow, "new": narrow},
        {"id": 5, "ask": "confine", "document": wide, "services": ["s3"]},
        {"id": 6, "ask": "evaluate", "policies": [wide], "request": {"action": "s3:GetObject", "resource": "*"}},
        {"id": 7, "ask": "nothing"},
    ]
    texts = [json.dumps(line) for line in lines]
    first = list(batch(texts, cache=tmp_path / "c"))
    asked.clear()
    assert list(batch(texts, cache=tmp_path / "c")) == first == list(batch(texts, jobs=2))
    assert [type(question).__name__ for question in asked] == ["EvaluateQuestion"]


def question(**others: Any) -> ProveQuestion:
    parts = {"policies": (ESCAPING,), "boundary": BOUNDARY} | others
    maximum = parts.pop("maximum", MAXIMUM)
    return ProveQuestion(Documents(**parts), maximum)


def parsed(**others: Any) -> Policy:
    return Policy.parse(json.dumps(document("s3:Get*", "ec2:Run*", **others), indent=3))


def test_the_key_is_what_the_question_means() -> None:
    key = question_key(Posed(question(), Ask()))
    same = parsed(Sid="Another")
    assert question_key(Posed(question(policies=(same,)), Ask())) == key
    others: list[Question] = [
        question(policies=(INSIDE,)),
        question(policies=(ESCAPING, INSIDE)),
        question(policies=(policy("ec2:Run*", "s3:Get*"),)),
        question(policies=(policy("S3:Get*", "ec2:Run*"),)),
        question(maximum=INSIDE),
        question(boundary=None),
        question(boundary=None, session=BOUNDARY),
        question(boundary=None, scps=((BOUNDARY,),)),
        question(scps=((BOUNDARY,), (INSIDE,))),
        question(scps=((BOUNDARY, INSIDE),)),
        question(rcps=(policy("*", effect="Deny", Principal="*"),)),
        question(policies=(parsed(Condition={"Bool": {"a": "true"}}),)),
        question(policies=(Policy.parse(json.dumps(document("s3:Get*", "ec2:Run*") | {"Version": "2008-10-17"})),)),
        DiffQuestion(ESCAPING, MAXIMUM),
        DiffQuestion(MAXIMUM, ESCAPING),
        ConfineQuestion(ESCAPING, ("s3",)),
        ConfineQuestion(INSIDE, ("s3", "sts")),
        ConfineQuestion(ESCAPING, ("s3", "sqs")),
    ]
    keys = [question_key(Posed(other, Ask())) for other in others]
    keys += [question_key(Posed(question(), how)) for how in (Ask(5.0), Ask(encoding=Encoding.STRINGS))]
    assert len({key, *keys}) == len(keys) + 1


def test_answers_about_a_document_as_something_else_are_kept_apart(tmp_path: Path, asked: list[Question]) -> None:
    (tmp_path / "scp.json").write_text(json.dumps(document("iam:*", effect="Deny")), encoding="utf-8")
    file = tmp_path / "answers.sqlite"
    types: tuple[TypeName | None, ...] = ("identity", "scp", None, "boundary")
    for again in (False, True):
        found = [next(sweep(tmp_path / "scp.json", MAXIMUM, type=told, cache=file)) for told in types]
        assert [type(one.answer) for one in found] == [Contained, Escapes, Contained, Contained]
        assert [one.remembered for one in found] == [again, again, True, True]
    assert len(asked) == 2


def test_two_scps_are_remembered_with_what_they_assume() -> None:
    old, new = policy("s3:*"), policy("iam:*", effect="Deny")
    asked = DiffQuestion(old, new, told=PolicyType.SCP)
    found = answer(asked, Ask())
    assert isinstance(found, Difference)
    assert found.relation is Relation.WIDER
    assert (
        found.assumes[-1] == "rule 30: the SCP that only denies is read together with FullAWSAccess, which AWS attaches"
    )
    record = record_of(found)
    assert record is not None
    assert recalled(Posed(asked, Ask()), record) == found
    assert question_key(Posed(asked, Ask())) != question_key(Posed(DiffQuestion(old, new), Ask()))


def test_another_installation_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    key = question_key(Posed(question(), Ask()))
    monkeypatch.setattr(memory, "installed", lambda: "verifier 99")
    assert question_key(Posed(question(), Ask())) != key


NEVER: dict[str, Any] = {"Condition": {"StringEquals": {"aws:username": []}}}
NOTHING, NO_DENIAL = policy("a:*", **NEVER), policy("a:*", effect="Deny", **NEVER)
QUESTIONS: list[Question] = [
    question(),
    question(policies=(INSIDE,)),
    question(policies=(policy("*", effect="Deny"),)),
    ConfineQuestion(ESCAPING, ("s3",)),
    ConfineQuestion(INSIDE, ("s3", "sts")),
    DiffQuestion(ESCAPING, INSIDE),
    DiffQuestion(INSIDE, ESCAPING),
    DiffQuestion(policy("a:*"), policy("b:*")),
    DiffQuestion(INSIDE, INSIDE),
    DiffQuestion(policy("a:*", effect="Deny"), policy("b:*", effect="Deny")),
    DiffQuestion(NOTHING, NOTHING),
    DiffQuestion(NO_DENIAL, NO_DENIAL),
]


@pytest.mark.parametrize("asked_about", QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_record_is_the_answer_again(asked_about: Question) -> None:
    found = answer(asked_about, Ask())
    record = record_of(found)
    assert record is not None
    assert recalled(Posed(asked_about, Ask()), record) == found


def test_what_was_not_found_out_is_not_kept() -> None:
    for found in (Undecided("time"), Contained(None), Difference(Relation.UNDECIDED), Difference(Relation.WIDER)):
        assert record_of(found) is None


@pytest.mark.parametrize(
    "record",
    [
        "",
        "[]",
        "{}",
        '{"verdict": "undecided"}',
        '{"verdict": "contained"}',
        '{"verdict": "contained", "vacuous": null}',
        '{"verdict": "contained", "vacuous": false, "more": 1}',
        '{"verdict": "escapes", "request": {"action": "s3:GetObject", "resource": "*", "context": {}}}',
        '{"verdict": "escapes", "request": {"action": "nonsense", "resource": "*", "context": {}}}',
        '{"verdict": "escapes", "request": null}',
        '{"denies": "same", "sides": [null, null]}',
    ],
)
def test_a_record_that_cannot_be_the_answer_is_refused(record: str) -> None:
    with pytest.raises(ValueError, match=r"record|replay|Expecting"):
        recalled(Posed(question(), Ask()), record)


def filled(folder: Path) -> Path:
    file = folder.parent / "answers.sqlite"
    list(sweep(folder, MAXIMUM, BOUNDARY, cache=file))
    return file


def change(file: Path, statement: str) -> None:
    database = sqlite3.connect(file)
    database.execute(statement)
    database.commit()
    database.close()


def overwrite(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(bytes(data))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def replace(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "an answer": (
        lambda file: change(file, """UPDATE answers SET record = '{"verdict": "contained", "vacuous": false}'"""),
        "is damaged: a checksum",
    ),
    "a checksum": (lambda file: change(file, "UPDATE answers SET checksum = x'00'"), "is damaged: a checksum"),
    "a number": (lambda file: change(file, "UPDATE answers SET record = 7"), "is damaged: a checksum"),
    "bytes": (overwrite, "is damaged: database disk image is malformed"),
    "an end": (cut, "is damaged"),
    "a table": (lambda file: change(file, "DROP TABLE answers"), "is damaged: it does not hold the table"),
    "a format": (lambda file: change(file, "PRAGMA user_version = 99"), "has format 99"),
    "a database": (lambda file: change(file, "PRAGMA application_id = 5"), "was not written by verifier"),
    "a text": (lambda file: file.write_text("x" * 5000), "is not a cache of verifier"),
    "a folder": (lambda file: (file.unlink(), file.mkdir()), "cannot use the cache"),
    "no folder": (lambda file: shutil.rmtree(file.parent), "there is no folder"),
}


DAMAGES |= {
    "a schema": (lambda file: replace(file, b"checksum BLOB", b"checks\xffm BLOB"), "is damaged"),
    "a trigger": (
        lambda file: change(file, "CREATE TRIGGER t AFTER INSERT ON answers BEGIN SELECT 1; END"),
        "is damaged",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_an_error_and_no_answer(folder: Path, damage: str) -> None:
    file = filled(folder)
    texts = [Policy.load(path) for path in folder.rglob("*.json") if "Action" in path.read_text()]
    DAMAGES[damage][0](file)
    with pytest.raises(CacheError, match=re.escape(DAMAGES[damage][1])) as caught:
        list(sweep(texts, MAXIMUM, BOUNDARY, cache=file))
    assert caught.value.help


def test_an_answer_moved_to_another_question_is_found_out(folder: Path) -> None:
    file = filled(folder)
    keys = [row[0].hex() for row in sqlite3.connect(file).execute("SELECT key FROM answers LIMIT 2")]
    change(file, f"DELETE FROM answers WHERE key = x'{keys[0]}'")  # noqa: S608  # hexadecimal
    change(file, f"UPDATE answers SET key = x'{keys[0]}' WHERE key = x'{keys[1]}'")  # noqa: S608  # as above
    with pytest.raises(CacheError, match="checksum"):
        list(sweep(folder, MAXIMUM, BOUNDARY, cache=file))


def test_a_counterexample_that_does_not_replay_is_damage(tmp_path: Path) -> None:
    key = question_key(Posed(ProveQuestion(Documents((INSIDE,)), MAXIMUM), Ask()))
    assert key is not None
    memo = Cache(str(tmp_path / "c"))
    memo.put(key, '{"verdict": "escapes", "request": {"action": "s3:GetObject", "resource": "*", "context": {}}}')
    memo.close()
    with pytest.raises(CacheError, match="a counterexample does not replay"):
        list(sweep([INSIDE], MAXIMUM, cache=tmp_path / "c"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A cache of ten records."""
    file = tmp_path_factory.mktemp("small") / "c"
    memo = Cache(str(file))
    for number in range(10):
        memo.put(number.to_bytes(32, "big"), RECORD)
    memo.close()
    return file.read_bytes()


RECORD = '{"verdict": "contained", "vacuous": false}'


@given(st.data())
def test_bytes_that_are_flipped_are_an_error_or_change_nothing(
    small: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Never another record than the one that was written, and never another error."""
    spoilt = bytearray(small)
    first_page = st.integers(0, 2_000)  # with the schema; most of the file is empty
    for place in data.draw(st.lists(first_page | st.integers(0, len(small) - 1), min_size=1, max_size=3)):
        spoilt[place] ^= data.draw(st.integers(1, 255))
    file = tmp_path_factory.mktemp("spoilt") / "c"
    file.write_bytes(spoilt)
    with contextlib.suppress(CacheError):
        memo = Cache(str(file))
        try:
            assert {memo.get(number.to_bytes(32, "big")) for number in range(11)} <= {RECORD, None}
            memo.put(b"another", RECORD)
        finally:
            memo.close()


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c"
    Cache(str(file)).close()
    for beside in ("", "-wal"):
        spoilt = tmp_path / f"c{beside}"
        spoilt.touch()
        spoilt.chmod(0o666)
        with pytest.raises(CacheError, match="others may write the cache"):
            Cache(str(file))
        spoilt.chmod(0o600)
    Cache(str(file)).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c"
    Cache(str(file)).close()
    os.chown(file, 12345, 12345)
    with pytest.raises(CacheError, match="others may write the cache"):
        Cache(str(file))


@pytest.mark.parametrize("git", ["folder", "file"])
def test_a_file_in_a_repository_is_refused(tmp_path: Path, git: str) -> None:
    (tmp_path / "checkout/in").mkdir(parents=True)
    marker = tmp_path / "checkout/.git"
    marker.mkdir() if git == "folder" else marker.write_text("gitdir: elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "checkout/in/c")
    for path in (tmp_path / "checkout/in/c", tmp_path / "link"):
        with pytest.raises(CacheError, match="lies in the git repository"):
            Cache(str(path))
    assert list((tmp_path / "checkout/in").iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_ends_no_sweep(folder: Path, jobs: int) -> None:
    """A bound on the size of files, which a process hands down, is the disk that fills up."""
    file = folder.parent / "c"
    Cache(str(file)).close()
    (folder.parent / "maximum.json").write_text(MAXIMUM.source.text)
    verify = f"{BIN}/verifier sweep {folder} --maximum {folder.parent}/maximum.json --jobs {jobs} -v"
    plain = subprocess.run(["sh", "-c", verify], capture_output=True, text=True, check=False)
    full = subprocess.run(
        ["sh", "-c", f"ulimit -f 64; {verify} --cache {file}"], capture_output=True, text=True, check=False
    )
    assert (full.returncode, full.stdout.splitlines()[:120]) == (plain.returncode, plain.stdout.splitlines()[:120])
    assert re.search("^documents +120$", full.stdout, re.MULTILINE)
    assert full.stderr.count("answers are no longer stored in the cache") == 1


def test_a_full_disk_is_a_warning_in_python(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cache, "put", lambda *_: "full")
    for means in ({}, {"executor": ThreadPoolExecutor(1)}):
        with pytest.warns(RuntimeWarning, match="full"):
            found = list(sweep(folder, MAXIMUM, cache=folder.parent / "c", **means))  # type: ignore[arg-type]  # by name
        assert len(found) == 120


WRITER = """
import sys
from verifier.bulk.cache import Cache
cache = Cache(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    cache.put(number.to_bytes(32, "big"), f"record {number}" * 50)
    if number == int(sys.argv[2]):
        print("ready", flush=True)
print("done", flush=True)
"""


def writer(file: Path, start: int, end: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(file), str(start), str(end)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def test_several_may_write_at_once_and_one_may_be_killed(tmp_path: Path) -> None:
    file = tmp_path / "c"
    others = [writer(file, start, start + 600) for start in (0, 300)]
    victim = writer(file, 1_000, 10_000_000)
    assert victim.stdout
    victim.stdout.readline()
    outs = [other.communicate(timeout=PATIENCE)[0] for other in others]
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert [out.split() for out in outs] == [[b"ready", b"done"]] * 2
    memo = Cache(str(file))
    assert all(memo.get(number.to_bytes(32, "big")) == f"record {number}" * 50 for number in range(900))
    assert memo.get((1_000).to_bytes(32, "big"))
    memo.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c"]


@pytest.mark.parametrize(("look", "late"), [("_is_empty", 0), ("_pragma", 0), ("_pragma", 1)])
def test_another_process_may_make_the_file_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: str, late: int
) -> None:
    """Between any look at the file and the next one."""
    file, looked, before = str(tmp_path / "c"), 0, getattr(Cache, look)

    def and_then(self: Cache, *names: str) -> object:
        nonlocal looked
        found = before(self, *names)
        looked += 1
        if looked == late + 1:
            Cache(file).close()
        return found

    monkeypatch.setattr(Cache, look, and_then)
    memo = Cache(file)
    memo.put(bytes(32), "a record")
    assert memo.get(bytes(32)) == "a record"
    memo.close()


def test_the_version_of_the_file_is_its_own() -> None:
    assert cache.FORMAT == 1
    assert verifier.CacheError.__mro__[1] is verifier.UsageError
