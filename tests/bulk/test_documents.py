"""Where documents come from: files, folders, globs and JSON Lines, and what cannot be read."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.bulk.conftest import document
from verifier.base.errors import UsageError
from verifier.bulk.documents import count_documents, read_documents, read_named
from verifier.clouds.aws.policy.parse import parse

TEXT = json.dumps(document("s3:*"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.json", "a.json", "in/c.json", "in/deep/d.json", "in/notes.txt", "x[1].json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*places: str) -> list[str]:
    found = list(read_documents(places, 10_000))
    assert count_documents(places) in (len(found), None)
    return [f"{item.name}: {item.error.message}" if item.error else item.name for item in found]


def test_files_folders_and_globs(place: Path) -> None:
    assert names("b.json", "a.json", "a.json") == ["b.json", "a.json", "a.json"]
    assert names("in") == ["in/c.json", "in/deep/d.json"]
    assert names("[ab].json") == ["a.json", "b.json"]
    assert names("**/d*.json") == ["in/deep/d.json"]
    assert names("i*") == ["in/c.json", "in/deep/d.json"]
    assert names("x[1].json") == ["x[1].json"]


def test_a_template_of_a_folder_is_read_if_it_may_hold_a_document(place: Path) -> None:
    words = {"plain": "Statement", "sam": "AWS::Serverless-2016-10-31", "permission": "AWS::Lambda::Permission"}
    words |= {"none": "AWS::S3::Bucket", "layer": "AWS::Lambda::LayerVersionPermission"}
    for name, word in words.items():
        (place / "empty" / f"{name}.yaml").write_text(f"a: {word}\n")
    assert names("empty") == [f"empty/{name}.yaml" for name in ("layer", "permission", "plain", "sam")]


def test_what_is_not_there_is_an_error_of_its_own(place: Path) -> None:
    assert names("none.json", "a.json") == ["none.json: there is no file `none.json`", "a.json"]
    assert names("q*") == ["q*: nothing matches `q*`"]
    assert names("empty") == ["empty: there is no document in `empty`"]
    assert names("none.jsonl") == ["none.jsonl: cannot read `none.jsonl`: no such file or directory"]
    (place / "in" / "gone.json").symlink_to("nowhere")
    assert "in/gone.json: there is no file `in/gone.json`" in names("in")


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("x" * 300, "file name too long"),
        ("x" * 300 + "/*.json", "nothing matches"),
        ("x" * 300 + ".jsonl", "file name too long"),
        ("x/" * 3_000, "file name too long"),
        ("round", "too many levels of symbolic links"),
        ("a.json/b", "not a directory"),
        ("a\0b", "null"),
        ("", "the path is empty"),
    ],
)
def test_a_path_that_cannot_be_used_is_an_error_of_its_own(place: Path, path: str, wrong: str) -> None:
    (place / "round").symlink_to("round")
    found = list(read_documents(["a.json", path, "b.json"], 10_000))
    assert [item.name for item in found] == ["a.json", path, "b.json"]
    assert [item.error is None for item in found] == [True, False, True]
    assert found[1].error
    assert wrong in found[1].error.message
    assert count_documents([path]) == 1


def test_the_case_of_a_name_hides_no_document(place: Path) -> None:
    (place / "in" / "EVIL.JSON").write_text(TEXT)
    assert names("in") == ["in/EVIL.JSON", "in/c.json", "in/deep/d.json"]


def test_a_link_that_leads_in_a_circle_is_an_error_within_a_folder(place: Path) -> None:
    (place / "in" / "round").symlink_to("round")
    assert names("in")[-1] == "in/round: cannot read the folder `in/round`: too many levels of symbolic links"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_an_error_of_its_own(place: Path) -> None:
    (place / "in" / "deep").chmod(0)
    try:
        assert names("in") == ["in/c.json", "in/deep: cannot read the folder `in/deep`: permission denied"]
    finally:
        (place / "in" / "deep").chmod(0o700)


def test_folders_may_be_deep(place: Path) -> None:
    deep = place / "empty"
    for _ in range(1_500):
        deep /= "x"
        deep.mkdir()
    (deep / "e.json").write_text(TEXT)
    found = names("empty")
    (deep / "e.json").unlink()
    for _ in range(1_500):  # pytest itself cannot remove what is so deep
        deep.rmdir()
        deep = deep.parent
    assert found == ["/".join(["empty", *["x"] * 1_500, "e.json"])]


def test_links_are_followed_but_not_in_a_circle(place: Path) -> None:
    (place / "empty" / "link").symlink_to(place / "in")
    (place / "in" / "deep" / "up").symlink_to(place / "in")
    assert names("empty") == ["empty/link/c.json", "empty/link/deep/d.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_an_error(place: Path) -> None:
    (place / "in").chmod(0)
    assert names("in") == ["in: cannot read the folder `in`: permission denied"]
    (place / "in").chmod(0o700)


def test_lines(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = f'{{"name": "web", "document": {TEXT}}}'
    data = b"\n".join([TEXT.encode(), b"  ", named.encode(), b'{"name": 1}', b"\xff", b"x" * 11_000, b'{"a": 1}'])
    (place / "many.jsonl").write_bytes(data)
    wanted = [
        "1",
        "web",
        "4: the name is not a string",
        "5: byte 0 (0xff) is not UTF-8",
        "6: the line is larger than 10,000 bytes",
        "7",
    ]
    found = list(read_documents(["many.jsonl"], 10_000))
    assert [item.line for item in found] == [1, 3, 4, 5, 6, 7]
    told = [f"{item.name}: {item.error.message}" if item.error else item.name for item in found]
    assert told == [line if line == "web" else f"many.jsonl:{line}" for line in wanted]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert [item.name for item in read_documents(["-"], 10_000)][:2] == ["-:1", "web"]
    assert count_documents(["a.json", "-"]) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (TEXT, None),
        (f'{{"document": {TEXT}}}', None),
        (f' {{ "name" : "a\\u0062" , "document" : {TEXT} }} ', "ab"),
        (f'{{"document":{TEXT},"name":"n"}}', "n"),
    ],
)
def test_a_document_keeps_its_place_in_the_line(line: str, name: str | None) -> None:
    found = read_named(line)
    assert found.name == name
    span = parse(found.text).statements[0].span
    assert line[span.column - 1 :].startswith('{"Effect"')


def test_a_mistake_in_a_named_document_is_not_lost() -> None:
    twice = TEXT.replace('"Effect": "Allow"', '"Effect": "Allow", "Effect": "Deny"')
    with pytest.raises(UsageError) as wrapped:
        read_named(f'{{"name": "a", "name": "b", "document": {TEXT}}}')
    assert wrapped.value.message == "`name` appears twice"
    found = read_named(f'{{"name": "a", "document": {twice}}}')
    assert found.text.lstrip() == twice


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"name": "a"}', "the object has no `document`"),
        ('{"name": "a", "document": {}, "more": 1}', "`more` is not allowed in a named document"),
        ('{"name": "a", "document": {}} tail', "the line goes on after the object"),
        ('{"name": "a", "document": {}', "the line is not valid JSON: `}` is missing"),
        ('{"name": "a", "document" {}}', "the line is not valid JSON: `:` is missing"),
        ('{"name": "a",', "the line is not valid JSON: expecting value"),
        ('{"name": ' + "9" * 5_000 + "}", "the line is not valid JSON: a number is too long"),
        ('{"name": ' + "[" * 200_000, "the line is nested too deep"),
    ],
)
def test_lines_that_are_no_named_document(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_named(line)
    assert caught.value.message == message
    assert caught.value.span
