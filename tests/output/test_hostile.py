"""Each trick, through every command and every form: nothing of a document or a file name speaks through our output."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment

import verifier.report.html
import verifier.report.many_page
from tests.output import reading
from tests.output.calls import FORMS, TRICKS, Call, called, calls, documents, name_of, written
from verifier.base import safe
from verifier.cli.options import Format
from verifier.report.patch import exact_patch
from verifier.report.results import Form

CALLS = calls()
PATCHES = ("repair text", "simplify --diff text")


def wrong_in(name: str, names: dict[str, str], encoding: str = "utf-8") -> list[str]:
    """What others would make of the output of the call `name`."""
    call = CALLS[name]
    said = called(call, names, encoding)
    wrong = [f"{name}: exit code 4: {said.err!r}"] if said.code == 4 else []
    wrong += [f"{name}: {one}" for one in call.read(said.out)] if said.out else []
    return wrong + [f"{name}, standard error: {one}" for one in reading.text(said.err.decode(encoding))]


def asked_of(trick: str) -> list[str]:
    """The calls that a trick is tried on in CI: two questions in every form, patches, and every fifth of the others.

    The next trick is tried on the next fifth, so that each call meets ten tricks, and each trick every form.
    """
    place = list(TRICKS).index(trick)
    always = {*(f"{question} {form}" for question in ("prove", "sweep") for form in FORMS), *PATCHES}
    others = [name for name in CALLS if name not in always]
    return [*sorted(always), *others[place % 5 :: 5]]


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_speaks_through_our_output(trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS[trick])
    assert not [one for name in asked_of(trick) for one in wrong_in(name, names)]


@pytest.mark.long
@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_speaks_through_any_output(trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS[trick])
    assert not [one for name in CALLS for one in wrong_in(name, names)]


def test_every_call_meets_tricks_and_every_trick_every_kind_of_output() -> None:
    asked = {trick: asked_of(trick) for trick in TRICKS}
    met = Counter(name for names in asked.values() for name in names)
    assert met.keys() == CALLS.keys()
    assert min(met.values()) >= 9
    for names in asked.values():
        assert {CALLS[name].read for name in names} == {call.read for call in CALLS.values()}
        assert any(name.startswith(("a ", "an ")) for name in names)


def test_every_call_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else there would be nothing to read."""
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS["plain"])
    for name, call in CALLS.items():
        said = called(call, names)
        refused = name.startswith(("a ", "an "))
        assert (said.code == 2) == refused, name
        assert b"plain" in (said.err if refused else said.out), name


@pytest.mark.parametrize("trick", ["right to left", "not UTF-8", "HTML", "C1 control"])
def test_reports_are_what_they_say_in_every_encoding(
    trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS[trick])
    for name in asked_of(trick):
        if name.endswith(("sarif", "junit", "html", "markdown", "json")):
            assert not wrong_in(name, names, "latin-1")


def test_each_format_is_asked_for_here_and_is_one_of_the_reports() -> None:
    assert set(FORMS) == {form.value for form in Format}
    assert {form.value for form in Format if form.reports} == {form.value for form in Form}


@pytest.mark.parametrize("form", FORMS)
def test_names_in_json_lines_do_not_speak_either(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, "plain")
    document = json.loads(documents("plain")["policy"])
    said = [*TRICKS.values(), "\ud800", "a\udfffb", ""]
    lines = [json.dumps({"name": name, "document": document if place % 2 else {}}) for place, name in enumerate(said)]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = ("sweep", "lines.jsonl", "--jobs", "1", "--maximum", "{maximum}", "--format", form)
    answered = called(Call(arguments, FORMS[form]), names)
    assert answered.code == 1
    assert not list(FORMS[form](answered.out))
    assert not list(reading.text(answered.err.decode()))


def same(text: str, most: int = 0) -> str:
    return text


def bare(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(name, same)


def without_commands(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(safe, "_COMMAND", re.compile("(?!)"))


def without_escapes(patch: pytest.MonkeyPatch) -> None:
    broken = Environment(loader=verifier.report.html._environment().loader, trim_blocks=True)  # noqa: S701 - the fault
    broken.filters |= verifier.report.html._environment().filters
    patch.setattr("verifier.report.html._environment", lambda: broken)


def with_another_script(patch: pytest.MonkeyPatch) -> None:
    read = verifier.report.many_page.text_of_template
    patch.setattr("verifier.report.many_page.text_of_template", lambda name: f"{read(name)}alert(1)")


# What is switched off, and where it must be noticed.
FAULTS: list[tuple[str, Callable[[pytest.MonkeyPatch], None], str, str]] = [
    ("terminal colours in text", bare("verifier.base.safe.visible"), "terminal colours", "prove text"),
    ("bidi in HTML", bare("verifier.base.safe.visible"), "bidi override", "prove html"),
    ("bidi in Markdown", bare("verifier.base.safe.visible"), "bidi override", "prove markdown"),
    ("controls in JUnit", bare("verifier.report.junit.printable"), "C1 control", "sweep junit"),
    ("controls in a sweep", bare("verifier.base.safe.visible"), "terminal colours", "sweep text"),
    ("controls in a refusal", bare("verifier.base.safe.visible"), "bidi override", "a document: broken"),
    ("commands in text", without_commands, "GitHub error", "prove text"),
    ("commands in a refusal", without_commands, "Azure", "a document: operator"),
    ("commands in JSON", without_commands, "Azure", "prove json"),
    ("commands in a line of a source", without_commands, "short Azure", "diff text"),
    ("commands in SARIF", without_commands, "Azure", "prove sarif"),
    ("commands in HTML", without_commands, "Azure", "sweep html"),
    ("commands in JUnit", without_commands, "Azure", "sweep junit"),
    ("commands in Markdown", without_commands, "Azure", "sweep markdown"),
    ("lone surrogates in JSON", bare("verifier.base.safe._paired"), "not UTF-8", "sweep json"),
    ("links in SARIF", bare("verifier.report.sarif.prose"), "Markdown link", "sweep sarif"),
    ("mentions in SARIF", bare("verifier.report.sarif.prose"), "mention", "prove sarif"),
    ("mentions in Markdown", bare("verifier.report.markdown.code"), "mention", "prove markdown"),
    ("a table in Markdown", bare("verifier.report.markdown.code"), "Markdown structure", "sweep markdown"),
    ("words in Markdown", bare("verifier.report.markdown.markdown_words"), "address", "sweep markdown"),
    ("HTML in Markdown", bare("verifier.report.markdown.html_code"), "short HTML", "prove markdown"),
    ("HTML in HTML", without_escapes, "HTML", "prove html"),
    ("another script in HTML", with_another_script, "plain", "sweep html"),
    ("names in a patch", bare("verifier.report.patch.file_name"), "patch", "simplify --diff text"),
]


@pytest.mark.parametrize(("switch_off", "trick", "name"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_is_switched_off_is_noticed(
    switch_off: Callable[[pytest.MonkeyPatch], None],
    trick: str,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    names = written(tmp_path, TRICKS[trick])
    assert not wrong_in(name, names)
    switch_off(monkeypatch)
    assert wrong_in(name, names)


@pytest.mark.parametrize("trick", TRICKS)
def test_git_applies_the_patch_to_the_one_file(trick: str, tmp_path: Path) -> None:
    name = name_of(TRICKS[trick], "boundary")
    old = documents(TRICKS[trick])["boundary"]
    new = old.replace('"Effect": "Allow"', '"Effect": "Deny"')
    (tmp_path / name).write_text(old, encoding="utf-8")
    (tmp_path / "x").write_text("a\n", encoding="utf-8")
    patch = exact_patch(old, new, name) + "\n"
    subprocess.run(["git", "apply", "-"], input=patch.encode("utf-8", "surrogateescape"), cwd=tmp_path, check=True)
    assert (tmp_path / name).read_text(encoding="utf-8") == new
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "x"])
    assert (tmp_path / "x").read_text(encoding="utf-8") == "a\n"


@pytest.mark.parametrize("trick", TRICKS)
def test_json_stays_what_it_was(trick: str) -> None:
    value = {TRICKS[trick]: [TRICKS[trick], f"##[x]::error::{TRICKS[trick]}"]}
    read = json.loads(safe.json_text(value, indent=1))
    if trick != "not UTF-8":
        assert read == value
    json.dumps(read, ensure_ascii=False).encode()  # fails for a lone surrogate
