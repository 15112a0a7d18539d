"""How errors and warnings look on standard error.

In quoted lines the carets stand under what is marked, whatever the source holds, and nothing passes the width.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.base.errors import PolicyError, PolicyWarning, UsageError
from verifier.base.source import Source, Span
from verifier.report.diagnostics import MOST_WARNINGS, Mark, error_text, underlined, usage_text, warnings_text
from verifier.report.style import Style, columns

PLAIN = Style()
NARROW = Style(width=80)
# What could move carets or steer a terminal: wide, combining, zero width, right to left, tabs and controls.
PIECES = ("a", "Z", '"', " ", "\t", "日", "é", "e\u0301", "\u0301", "❤\ufe0f", "\u200d", "\u202e")
PIECES += ("\u05d0", "\u0627", "\u0661", "\x1b[2J", "\x9b")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=120).map("".join)


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
    odd = [PolicyWarning(f"odd {number}", Span(1, 1, 1, 2)) for number in range(MOST_WARNINGS + 1_000)]
    many = warnings_text(source, odd, PLAIN)
    assert many.count("warning:") == MOST_WARNINGS
    assert many.endswith("and 1,000 more warnings about p.json")


def test_what_is_said_of_several_places_is_said_once() -> None:
    source = Source("p.json", "{}\n" * 40)
    odd = [PolicyWarning("odd", Span(line, column, line, column + 1)) for line in range(1, 31) for column in (1, 2)]
    said = warnings_text(source, [PolicyWarning("other", Span(2, 1, 2, 2)), *odd[:2], *odd], PLAIN).splitlines()
    assert [line for line in said if "odd" in line or " in " in line] == [
        "warning: p.json:1:1: odd",
        "  and in lines 2, 3, 4, 5, 6, 7, 8, 9 and 21 more",
    ]
    assert warnings_text(source, odd[:3], PLAIN).endswith("\n  and in line 2")
    assert "and in" not in warnings_text(source, odd[:2], PLAIN)


def test_colours() -> None:
    assert error_text(UsageError("wrong"), Style(colour=True)) == "\x1b[1;31merror\x1b[0m: wrong"


def test_pieces_of_one_line_share_it() -> None:
    source = Source("p", '{"Action": "s3:*", "Resource": "*"}')
    marks = [Mark(Span(1, 32, 1, 35)), Mark(Span(1, 12, 1, 18))]
    assert underlined(source, marks, NARROW) == [
        '   1 | {"Action": "s3:*", "Resource": "*"}',
        "     |            ^^^^^^              ^^^",
    ]


def test_lines_stand_in_order_and_a_label_behind_its_carets() -> None:
    source = Source("p", "one\ntwo\nthree")
    marks = [Mark(Span(3, 1, 3, 6), "why"), Mark(Span(1, 1, 1, 4))]
    assert underlined(source, marks, NARROW) == ["   1 | one", "     | ^^^", "   3 | three", "     | ^^^^^ why"]


def test_a_label_that_does_not_fit_stands_below() -> None:
    source = Source("p", "x" * 60 + "HERE")
    (_, carets, *labels) = underlined(source, [Mark(Span(1, 61, 1, 65), "a reason of some length " * 4)], NARROW)
    assert carets.endswith("^^^^")
    assert len(labels) > 1
    assert max(map(len, (carets, *labels))) <= 80
    assert " ".join(" ".join(label.removeprefix("     | ").split()) for label in labels) == " ".join(
        ["a reason of some length"] * 4
    )


def test_a_piece_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    source = Source("p", '"Action": [\n  "s3:*"\n]')
    assert underlined(source, [Mark(Span(1, 1, 3, 2))], NARROW) == ['   1 | "Action": [', "     | ^^^^^^^^^^^"]


def test_pieces_of_a_long_line_that_are_far_apart_have_windows_of_their_own() -> None:
    source = Source("p", f"{'x' * 3000}ONE{'y' * 3000}TWO")
    first, carets, second, more = underlined(
        source, [Mark(Span(1, 3001, 1, 3004)), Mark(Span(1, 6004, 1, 6007))], NARROW
    )
    assert first[carets.index("^") :][:3] == "ONE"
    assert second[more.index("^") :][:3] == "TWO"
    assert (first[7], first[-1], second[7], second[-1]) == ("…", "…", "…", "O")
    assert max(map(len, (first, second))) == 80


def test_a_piece_longer_than_the_room_is_underlined_as_far_as_it_is_shown() -> None:
    row, carets = underlined(Source("p", "x" * 300), [Mark(Span(1, 1, 1, 301))], NARROW)
    assert (columns(row), columns(carets)) == (80 - 1, 80 - 2)


@pytest.mark.parametrize("span", [Span(1, 3, 1, 3), Span(1, 9, 1, 12), Span(5, 1, 5, 2)])
def test_a_place_past_the_end_still_has_a_caret(span: Span) -> None:
    assert "^" in underlined(Source("p", "ab"), [Mark(span)], NARROW)[1]


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(("", "why", "\x1b[2J why " * 9)))
def test_carets_stand_under_what_is_marked(before: str, marked: str, after: str, label: str) -> None:
    """`HERE` in the middle makes it findable: it stands over carets, in a row that is safe to print."""
    source = Source("p", f"{before}HERE{marked}{after}")
    first = len(before) + 1
    row, carets, *labels = underlined(source, [Mark(Span(1, first, 1, first + 4 + len(marked)), label)], NARROW)
    assert all(char.isprintable() and char not in "\u05d0\u0627" for char in row)
    assert max(map(columns, (row, carets, *labels))) <= 80
    assert columns(row[: row.index("HERE")]) == carets.index("^")
    assert all(char.isprintable() for label_row in labels for char in label_row)
