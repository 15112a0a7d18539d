"""Answers as text: words, alignment, width."""

from __future__ import annotations

import io

import pytest

from verifier import Policy, evaluate
from verifier.base.safe import plain_or_quoted, printable
from verifier.clouds.aws.request import Request
from verifier.questions.verdict import Contained, Difference, Escapes, Relation, Undecided
from verifier.report.style import Style, columns, style_of
from verifier.report.text import CONFINE, difference_text, evaluation_text, request_lines, verdict_text

PLAIN = Style()
NARROW = Style(width=80)
REQUEST = Request.of(
    "s3:GetObject",
    "arn:aws:s3:::bucket/key",
    {"aws:TagKeys": ["a", "b, c"], "acme:note": " \x1b", "acme:empty": ""},
    "arn:aws:iam::111122223333:user/jane",
)


def test_a_request_stands_in_columns() -> None:
    assert request_lines(REQUEST, PLAIN) == [
        "  principal  arn:aws:iam::111122223333:user/jane",
        "  action     s3:GetObject",
        "  resource   arn:aws:s3:::bucket/key",
        '  context    acme:empty   ""',
        '             acme:note    " \\u001b"',
        '             aws:TagKeys  ["a", "b, c"]',
    ]
    assert request_lines(Request.of("s3:x", "*"), PLAIN)[-1] == "  context    (no keys)"


def test_verdicts_begin_with_their_word() -> None:
    assert verdict_text(Contained(vacuous=False), PLAIN).startswith("CONTAINED  every request")
    assert verdict_text(Contained(vacuous=False), PLAIN, CONFINE).startswith("CONFINED  every other service")
    assert "\nVACUOUS  because nothing at all is allowed" in verdict_text(Contained(vacuous=True), PLAIN)
    assert "was not found out" in verdict_text(Contained(vacuous=None), PLAIN)
    assert verdict_text(Escapes(REQUEST), PLAIN).startswith("ESCAPES  this is allowed, but not by the maximum:\n\n")
    assert verdict_text(Undecided("the time\nis over"), PLAIN) == "UNDECIDED  the time\\nis over"


def test_assumptions_are_broken_at_blanks() -> None:
    text = verdict_text(Contained(vacuous=False, assumes=("short", "long " * 40)), NARROW)
    lines = text.splitlines()
    assert lines[lines.index("assuming") + 1] == "  short"
    assert text.count("long") == 40
    assert max(map(len, lines)) <= 80
    assert verdict_text(Contained(vacuous=False, assumes=("long " * 40,)), PLAIN).count("\n") == 3


def test_differences_name_the_documents() -> None:
    both = Difference(Relation.INCOMPARABLE, REQUEST, REQUEST, denies_same=False)
    text = difference_text(both, PLAIN, old="old.json", new="new.json")
    assert text.startswith("INCOMPARABLE  ")
    assert "gained: only new.json allows this request" in text
    assert "lost: only old.json allows this request" in text
    assert "what they deny explicitly differs" in text


def test_of_two_denials_the_other_document_denies() -> None:
    wider = Difference(Relation.WIDER, REQUEST, denies_same=False, only_deny=True)
    text = difference_text(wider, PLAIN, old="old.json", new="new.json")
    assert "gained: only old.json denies this request" in text
    assert "deny explicitly differs" not in text


def test_a_difference_with_an_undecided_side() -> None:
    text = difference_text(Difference(Relation.WIDER, REQUEST, reason="the time is over"), PLAIN)
    assert text.startswith("WIDER  the second document allows more\n")
    assert text.endswith("\nnot wholly decided: the time is over")
    assert difference_text(Difference(Relation.UNDECIDED, reason="why"), PLAIN) == "UNDECIDED  why"


def policy(text: str, name: str) -> Policy:
    return Policy.parse(f'{{"Version": "2012-10-17", "Statement": [{text}]}}', name)


def test_an_evaluation_tells_of_each_statement() -> None:
    allow = policy('{"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}', "p.json")
    deny = policy('{"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::other/*"}', "b.json")
    text = evaluation_text(evaluate([allow], REQUEST, boundary=deny), NARROW)
    assert text.splitlines()[0] == "IMPLICIT DENY  no Allow matches in: boundary"
    assert "  matched  Allow  policy 1, statement 0 All  p.json:1" in text
    assert "  failed   Deny   boundary, statement 0      b.json:1" in text
    assert "           Action: no entry matches `s3:GetObject`" in text
    assert evaluation_text(evaluate([allow], REQUEST), PLAIN).startswith("ALLOWED  ")
    full = policy('{"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}', "d.json")
    assert evaluation_text(evaluate([full], REQUEST), PLAIN).startswith("EXPLICIT DENY  by policy 1, statement 0 No\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("plain é", "plain é"), ("", '""'), (" a", '" a"'), ('"', '"\\""'), ("[x", '"[x"'), ("\u202e", '"\\u202e"')],
)
def test_values_are_quoted_only_where_they_must(text: str, wanted: str) -> None:
    assert plain_or_quoted(text) == wanted


def test_style() -> None:
    assert style_of(io.StringIO()) == PLAIN
    assert Style(colour=True).paint("", "good") == ""
    assert printable("a\x1b\u202eé") == "a\\x1b\\u202eé"
    assert (columns("abc"), columns("日本"), columns("e\u0301"), columns("a\ufe0f")) == (3, 4, 1, 1)


@pytest.mark.parametrize(
    ("env", "colour"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)]
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], colour: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name, value in {"TERM": "xterm", "NO_COLOR": "", "COLUMNS": "300"}.items():
        monkeypatch.setenv(name, env.get(name, value))
    assert style_of(Terminal()) == Style(colour, 120)
