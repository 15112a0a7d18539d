"""Unified diffs: what git can apply, and what a terminal may be shown."""

from __future__ import annotations

from verifier.report.patch import patch_text
from verifier.report.style import Style


def test_a_diff_names_the_file_and_says_where_no_new_line_ends_it() -> None:
    cut = "\\ No newline at end of file"
    wanted = ["--- a/x.json", "+++ b/x.json", "@@ -1,2 +1,2 @@", " a", "-b", cut, "+c", cut]
    assert patch_text("a\nb", "a\nc", "/x.json", Style()).split("\n") == wanted


def test_a_new_file_comes_from_nowhere() -> None:
    assert patch_text(None, "a\n", "x.json", Style()) == "--- /dev/null\n+++ b/x.json\n@@ -0,0 +1 @@\n+a"


def test_two_equal_texts_have_no_diff() -> None:
    assert patch_text("a\n", "a\n", "x.json", Style()) == ""


def test_only_a_terminal_gets_colours_and_printable_text() -> None:
    old, new = "\ta\x9b\r\n", "\tb\x9b\r\n"
    assert "+\tb\x9b\r" in patch_text(old, new, "x.json", Style())
    shown = patch_text(old, new, "x.json", Style(colour=True, width=80))
    assert "\x1b[1;32m+\tb\\x9b\x1b[0m" in shown
    assert "\x9b" not in shown
