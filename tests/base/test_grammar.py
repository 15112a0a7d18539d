"""The kept parse tables are those of the grammars, and a reader with them reads as one that makes its own."""

from __future__ import annotations

import json
from pathlib import Path

import lark
import pytest

from tools.make_tables import readers, tables
from verifier.base.grammar import grammar_folder, grammar_text, make_tables, parser_of

KEPT = grammar_folder() / "tables"
READERS = {reader.grammar: reader for reader in readers()}
NO_ACTIONS = object()

TEXTS = {
    "policy": [
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["a:*", "b:c"], "Resource": "*"}}',
        '{"Statement": [{"Sid": "x", "NotPrincipal": {"AWS": ["*"]}, "Condition": {"Bool": {"a": true}}}]}',
        '[{"Id": "\\u0041", "Statement": []}]',
        '{"Statement": [{"Efect": "Allow"}]}',
        '{"Statement": {"Effect": "Allow",}}',
        '{"Statement": {"Effect": "Allow"',
        '{"Version": 3}',
        "{} {}",
        "%",
        "",
    ],
    "pattern": ["a*b?${*}", "${aws:username, 'x'}/${aws:PrincipalTag/a b}", "$$ {", "${", "${a,b}", "", "${}"],
    "request": ['{"action": "s3:x", "resource": "*", "context": {"a": [1, true, "x"]}}', '{"action": []}', '{"x"'],
    "question": ['{"id": {"a": [null]}, "ask": "diff", "old": {"Statement": []}, "new": null}', '{"ask": "x"}', "[]"],
}


def outcome(parser: lark.Lark, text: str, start: str) -> object:
    """What a parser makes of a text: its tree with the places, or its error with all that it says."""
    try:
        tree = parser.parse(text, start=start)
    except lark.UnexpectedToken as wrong:
        return wrong.token, wrong.token.start_pos, wrong.expected
    except lark.UnexpectedCharacters as wrong:
        return wrong.pos_in_stream, wrong.allowed
    tokens = [(token, token.type, token.line, token.end_column) for token in tree.scan_values(bool)]
    return tree, tokens


def test_the_tables_are_those_of_the_grammars() -> None:
    found = {path.stem: path.read_text(encoding="utf-8") for path in KEPT.glob("*.json")}
    assert found == tables(), "run `make tables`"
    assert set(found) == set(READERS)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TEXTS.items() for text in texts])
def test_kept_and_made_tables_read_alike(name: str, text: str) -> None:
    reader = READERS[name]
    kept, made = (
        parser_of(grammar_text(name), reader.starts, NO_ACTIONS, path) for path in (KEPT / f"{name}.json", KEPT)
    )
    for start in reader.starts:
        assert outcome(kept, text, start) == outcome(made, text, start)


GRAMMAR = 'first: "a"\nsecond: "b"\n'
OLD = json.dumps(make_tables(GRAMMAR, ("first",)))


@pytest.mark.parametrize(
    ("grammar", "start", "text"),
    [(GRAMMAR.replace('"a"', '"c"'), "first", "c"), (GRAMMAR, "second", "b"), (GRAMMAR, "first", "a")],
)
@pytest.mark.parametrize("kept", [OLD, OLD.replace(lark.__version__, "0.0.1"), OLD[:-9], None])
def test_tables_of_another_grammar_are_not_used(
    tmp_path: Path, kept: str | None, grammar: str, start: str, text: str
) -> None:
    path = tmp_path / "tables.json"
    if kept is not None:
        path.write_text(kept, encoding="utf-8")
    assert parser_of(grammar, (start,), NO_ACTIONS, path).parse(text) == lark.Tree(start, [])


def test_kept_tables_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tables.json"
    path.write_text(OLD, encoding="utf-8")
    monkeypatch.setattr(lark.Lark, "__init__", lambda *args, **options: pytest.fail("the tables were made anew"))
    assert parser_of(GRAMMAR, ("first",), NO_ACTIONS, path).parse("a") == lark.Tree("first", [])


def test_the_grammars_are_found() -> None:
    names = {path.stem for path in grammar_folder().glob("*.lark")}
    assert names == {"json", "pattern", "policy", "question", "request"}
