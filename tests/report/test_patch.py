"""Unified diffs: what git can apply, and what a terminal may be shown."""

from __future__ import annotations

from verifier.report.patch import exact_patch, patch_text
from verifier.report.style import Style


def test_a_diff_names_the_file_and_says_where_no_new_line_ends_it() -> None:
    cut = "\\ No newline at end of file"
    wanted = ["--- a/x.json", "+++ b/x.json", "@@ -1,2 +1,2 @@", " a", "-b", cut, "+c", cut]
    assert patch_text("a\nb", "a\nc", "/x.json", Style()).split("\n") == wanted


def test_a_new_file_comes_from_nowhere() -> None:
    assert patch_text(None, "a\n", "x.json", Style()) == "--- /dev/null\n+++ b/x.json\n@@ -0,0 +1 @@\n+a"


def test_two_equal_texts_have_no_diff() -> None:
    assert patch_text("a\n", "a\n", "x.json", Style()) == ""


def test_what_would_steer_a_terminal_is_shown_as_an_escape_and_said_so() -> None:
    old, new = "\ta\x9b\r\n", "\tb\x9b\r\n"
    assert "+\tb\x9b\r" in exact_patch(old, new, "x.json")
    assert "\x9b" not in patch_text(old, new, "x.json", Style())
    assert "only to look at" in patch_text(old, new, "x.json", Style())
    assert patch_text("\ta\r\n", "\tb\r\n", "x", Style()) == exact_patch("\ta\r\n", "\tb\r\n", "x")
    shown = patch_text(old, new, "x.json", Style(colour=True, width=80))
    assert "\x1b[1;32m+\tb\\x9b\x1b[0m" in shown
    assert "\x9b" not in shown


def test_only_git_s_own_line_break_ends_a_line() -> None:
    old, new = "a\u2028b\rc\x0cd\n", "a\u2028b\rc\x0ce\n"
    wanted = ["--- a/x", "+++ b/x", "@@ -1 +1 @@", "-a\u2028b\rc\x0cd", "+a\u2028b\rc\x0ce"]
    assert exact_patch(old, new, "x").split("\n") == wanted


def test_a_name_cannot_add_to_a_patch() -> None:
    head, other, *_ = exact_patch("a\n", "b\n", 'x\n+++ b/y "\t\udcff').split("\n")
    assert head == r'--- "a/x\012+++ b/y \042\011\377"'
    assert other == r'+++ "b/x\012+++ b/y \042\011\377"'
