"""Files to texts: what can be wrong with a file, each with its message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier.base.errors import UsageError
from verifier.base.files import read_source

TEXT = '{"Statement": {"Effect": "Allow"}}'


def message(path: Path, max_size: int = 1_000) -> str:
    with pytest.raises(UsageError) as caught:
        read_source(path, max_size)
    return str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "there is no file" in message(tmp_path / "none")
    assert "is a folder" in message(tmp_path)
    (tmp_path / "file").write_text(TEXT)
    assert "cannot read" in message(tmp_path / "file" / "below")
    assert "larger than 10 bytes" in message(tmp_path / "file", 10)
    assert "cannot read" in message(Path("a\0b"))
    assert "cannot read" in message(tmp_path / ("x" * 5_000))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch(0o000)
    assert "no permission to read" in message(path)


def test_a_file_as_large_as_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(TEXT)
    assert read_source(path, len(TEXT)).text == TEXT


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'{\n "\xc3\xa9\xff"')
    assert f"{path}:2:4: byte 6 (0xff) is not UTF-8" in message(path)
    path.write_bytes("{}".encode("utf-16"))
    assert "looks like UTF-16" in message(path)
    path.write_bytes(b'\xef\xbb\xbf{"\xed\xa0\x80"}')
    assert "1:3: byte 5 (0xed)" in message(path)
    path.write_bytes(b'{"\xc3')
    assert "byte 2 (0xc3)" in message(path)


@pytest.mark.parametrize(
    ("begin", "says"),
    [
        (b"\x1f\x8b\x08\x00", "run `gunzip`"),
        (b"PK\x03\x04\x14\x00\xff", "run `unzip` (for a Terraform plan `terraform show -json`)"),
        (b"BZh9\xff", "run `bunzip2`"),
        (b"\x28\xb5\x2f\xfd", "run `unzstd`"),
        (b"%PDF-1.7\n\xff", "looks like a PDF"),
        (b"\x89PNG", "looks like an image"),
        (b"\xff\xd8\xff", "looks like an image"),
        (b"SQLite format 3\x00\xff", "looks like a database"),
        (b"\x7fELF\xff", "looks like a program"),
        (b"\xff", "save the file as UTF-8"),
    ],
)
def test_bytes_of_other_kinds_of_files(tmp_path: Path, begin: bytes, says: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(begin)
    assert says in message(path)


@pytest.mark.parametrize("name", ["policies/*.json", "a?.json", "a[12].json"])
def test_a_pattern_that_was_quoted(tmp_path: Path, name: str) -> None:
    assert "it looks like a pattern" in message(tmp_path / name)
