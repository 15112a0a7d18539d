"""How errors and warnings look on standard error."""

from __future__ import annotations

from verifier.base.errors import PolicyError, PolicyWarning, UsageError
from verifier.base.source import Source, Span
from verifier.report.diagnostics import MOST_WARNINGS, error_text, usage_text, warnings_text
from verifier.report.style import Style

PLAIN = Style()


def caret_under(text: str) -> str:
    """Return what stands over the carets of a diagnostic."""
    line, carets = (row.split(" | ", 1)[1] for row in text.splitlines()[1:3])
    return line[carets.index("^") : carets.rindex("^") + 1]


def test_an_error_shows_its_line_with_a_caret_and_how_to_mend_it() -> None:
    source = Source("p.json", '{\n\t"Efect": "Allow"}')
    error = PolicyError("`Efect` is not an element", source=source, span=Span(2, 2, 2, 9), help="write `Effect`")
    assert error_text(error, PLAIN).splitlines() == [
        "error: p.json:2:2: `Efect` is not an element",
        '   2 |  "Efect": "Allow"}',
        "     |  ^^^^^^^",
        "  help: write `Effect`",
    ]


def test_an_error_without_a_place_is_one_line() -> None:
    assert error_text(UsageError("there is no file `x`"), PLAIN) == "error: there is no file `x`"


def test_only_the_neighbourhood_of_a_long_line_is_shown() -> None:
    for before in (0, 10, 39, 40, 41, 5000):
        for after in (0, 10, 5000):
            source = Source("p", f"{'x' * before}HERE{'y' * after}")
            span = Span(1, before + 1, 1, before + 5)
            text = error_text(PolicyError("wrong", source=source, span=span), PLAIN)
            assert caret_under(text) == "HERE"
            assert max(map(len, text.splitlines())) <= 110


def test_carets_stand_right_beside_wide_and_odd_characters() -> None:
    source = Source("p", '"日本\x1b" HERE')
    text = error_text(PolicyError("wrong", source=source, span=Span(1, 7, 1, 11)), PLAIN)
    assert text.splitlines()[2] == f"     | {' ' * 8}^^^^"
    assert "\x1b" not in text


def test_a_span_past_the_end_or_over_lines_still_has_a_caret() -> None:
    source = Source("p", "ab\ncd")
    for span in (Span(2, 3, 2, 3), Span(3, 1, 3, 1), Span(1, 2, 2, 2)):
        assert error_text(PolicyError("wrong", source=source, span=span), PLAIN).splitlines()[2].endswith("^")


def test_no_document_steers_the_terminal() -> None:
    source = Source("a\x1b[2J.json", "\x1b[2J")
    error = PolicyError("odd \x9b", source=source, span=Span(1, 1, 1, 2), help="no \u202e")
    assert all(char.isprintable() or char == "\n" for char in error_text(error, PLAIN))
    assert usage_text("two\n lines\x1b", PLAIN) == "error: two lines\\x1b"


def test_warnings_are_counted_where_they_are_many() -> None:
    source = Source("p.json", "{}")
    few = warnings_text(source, [PolicyWarning("odd", Span(1, 1, 1, 2))], PLAIN)
    assert few.splitlines() == ["warning: p.json:1:1: odd", "   1 | {}", "     | ^"]
    many = warnings_text(source, [PolicyWarning("odd", Span(1, 1, 1, 2))] * (MOST_WARNINGS + 1_000), PLAIN)
    assert many.count("warning:") == MOST_WARNINGS
    assert many.endswith("and 1,000 more warnings about p.json")


def test_colours() -> None:
    assert error_text(UsageError("wrong"), Style(colour=True)) == "\x1b[1;31merror\x1b[0m: wrong"
