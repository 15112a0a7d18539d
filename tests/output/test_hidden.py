"""What a link leads to outside of the working directory is not quoted: it may be a secret, and our output is public."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.output.calls import Call, called
from verifier.base.files import is_hidden

WORD = "hunter2secret"
NETRC = f"machine {WORD} login {WORD}"
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": WORD, "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
# Whatever a secret may look like: the reader of documents stumbles over each in another way.
SECRETS = {
    "netrc": NETRC,
    "word": WORD,
    "string": f'"{WORD}',
    "backticks": f"`{WORD}`` {WORD}`",
    "key file": json.dumps({WORD: {"private_key": WORD}}),
    "element": json.dumps({"Version": WORD, "Statement": []}),
    "statement": json.dumps({"Statement": [{"Effect": WORD}]}),
    "operator": json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {WORD: {WORD: WORD}}}]}),
    "variable": json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": f"${{{WORD}"}]}
    ),
    "request": json.dumps({"action": WORD, "resource": WORD}),
    "not UTF-8": f"{WORD}\udcff",
    "level": json.dumps([{WORD: 1}]),
}
ASKED = [
    ("prove", "--policy", "link.json", "--maximum", "maximum.json"),
    ("prove", "--policy", "maximum.json", "--maximum", "link.json"),
    ("prove", "--policy", "maximum.json", "--maximum", "maximum.json", "--scp", "link.json"),
    ("diff", "link.json", "maximum.json"),
    ("confine", "link.json", "--to", "s3"),
    ("simplify", "link.json"),
    ("evaluate", "--policy", "maximum.json", "--request", "link.json"),
    *(
        ("sweep", place, "--jobs", "1", "--maximum", "maximum.json", "--format", form)
        for place in ("link.json", "links", "link.jsonl")
        for form in ("text", "json", "sarif", "html", "junit", "markdown")
    ),
]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with links to a secret beside it."""
    here = tmp_path / "workspace"
    (here / "links").mkdir(parents=True)
    (here / "maximum.json").write_text(json.dumps(POLICY).replace(WORD, "Max").replace("s3:*", "s3:Get*"))
    for link in ("link.json", "link.jsonl", "links/a.json"):
        (here / link).symlink_to(tmp_path / "secret")
    monkeypatch.chdir(here)
    return tmp_path


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_behind_a_link_is_not_quoted(kind: str, workspace: Path) -> None:
    (workspace / "secret").write_bytes(SECRETS[kind].encode("utf-8", "surrogateescape"))
    for arguments in ASKED:
        said = called(Call(arguments, lambda _: iter(())), {})
        assert said.code == 2
        assert WORD.encode() not in said.out + said.err, arguments
        assert b"link" in said.out + said.err, arguments


def test_what_is_not_hidden_is_quoted(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: the test above notices it."""
    (workspace / "secret").write_text(NETRC)
    monkeypatch.setattr("verifier.base.files.is_hidden", lambda _: False)
    said = called(Call(ASKED[0], lambda _: iter(())), {})
    assert b"machine" in said.err
    assert WORD.encode() in said.err


@pytest.mark.parametrize("form", ["text", "json", "html", "markdown", "junit", "sarif"])
def test_a_policy_behind_a_link_is_answered_but_not_quoted(form: str, workspace: Path) -> None:
    (workspace / "secret").write_text(
        json.dumps(POLICY).replace('"Allow"', '"Allow", "Condition": {"Bool": {"a:b": "TELLTALE"}}')
    )
    said = called(
        Call(
            ("prove", "--policy", "link.json", "--maximum", "maximum.json", "--explain", "--format", form),
            lambda _: iter(()),
        ),
        {},
    )
    assert b'"s3:*"' not in said.out + said.err
    assert b'\\"s3:*\\"' not in said.out + said.err


def test_what_is_hidden(workspace: Path) -> None:
    here = Path.cwd()
    (workspace / "secret").write_text("{}")
    (here / ".git").mkdir()
    (here / ".git" / "config").write_text("[core]")
    (here / "inside.json").symlink_to("maximum.json")
    (here / "folder").symlink_to(workspace)
    (here / "config.json").symlink_to(".git/config")
    (here / "null.json").symlink_to(os.devnull)
    (here / "gone.json").symlink_to("nowhere")
    shown = ["maximum.json", "./maximum.json", "links/../maximum.json", str(here / "maximum.json"), "inside.json", "-"]
    shown += [str(workspace / "secret"), "../secret", ".git/config", "absent.json"]
    hidden = ["link.json", "links/a.json", str(here / "link.json"), "folder/secret", "folder/workspace/../secret"]
    hidden += ["config.json", "null.json", "gone.json"]
    assert {name: is_hidden(name) for name in shown + hidden} == dict.fromkeys(shown, False) | dict.fromkeys(
        hidden, True
    )


@pytest.mark.parametrize("form", ["text", "html"])
def test_where_lines_are_not_quoted_an_answer_says_so_once(form: str, workspace: Path) -> None:
    (workspace / "secret").write_text(json.dumps(POLICY))
    call = ("prove", "--policy", "link.json", "--maximum", "maximum.json", "--format", form)
    said = called(Call(call, lambda _: iter(())), {})
    assert said.code == 1
    assert said.out.count(b"not quoted, as a link leads there out of the working directory") == 1
    assert b"not quoted" not in called(Call((*call[:2], "maximum.json", *call[3:]), lambda _: iter(())), {}).out
