"""Many answers as one page: the question is its title, what escapes is grouped, each answer is folded and linked."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.report.results import HOSTILE, results
from tests.report.test_audit_page import PROVENANCE, Read
from verifier import Contained, Escapes, Request
from verifier.report.many_page import many_page
from verifier.report.results import Form, Result, render

ESCAPES = Escapes(Request.of("iam:PassRole", "arn:aws:iam::111122223333:role/r", {}), assumes=("one", "two"))
HOLDS = Contained(vacuous=False, assumes=("one",))
ASKED = "under boundary.json, within maximum.json"


def of(*answers: Escapes | Contained) -> list[Result]:
    return [Result(f"p{number}.json", ASKED, answer) for number, answer in enumerate(answers)]


def test_the_title_is_the_question_and_the_counts_stand_above() -> None:
    shown = many_page(of(HOLDS, ESCAPES, ESCAPES), PROVENANCE, "sweep")
    assert f"<title>Is each of 3 documents {ASKED}?</title>" in shown
    assert '<li class="tile bad"><b>2</b>escapes</li>' in shown
    assert '<li class="tile good"><b>1</b>contained</li>' in shown


def test_what_escapes_is_grouped_and_leads_to_each_answer() -> None:
    shown = many_page(of(HOLDS, ESCAPES, ESCAPES), PROVENANCE, "sweep")
    assert '<code>iam:PassRole</code></td><td class="count">2</td>' in shown
    read = Read(shown)
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)
    assert "<details open" not in shown


def test_groups_for_which_there_is_no_room_are_counted() -> None:
    many = [Escapes(Request.of(f"iam:Get{number}", "*", {})) for number in range(130)]
    shown = many_page(of(*many), PROVENANCE, "sweep")
    assert "<summary>and 120 more</summary>" in shown
    assert "and 30 more, for which this page has no room" in shown


def test_what_is_assumed_is_said_once() -> None:
    shown = many_page(of(HOLDS, ESCAPES, ESCAPES, ESCAPES), PROVENANCE, "sweep")
    assert shown.count("<li>two</li>") == shown.count("<li>one</li>") == 1


def test_nothing_of_a_document_becomes_part_of_the_page() -> None:
    shown = many_page(
        [Result(HOSTILE, HOSTILE, one.answer, one.why) for one in results()],
        replace(PROVENANCE, command=HOSTILE),
        "sweep",
    )
    assert Read(shown).tags.count("script") == 1
    assert "\x1b" not in shown
    assert "<script>alert" not in shown
    assert all(link.startswith("#") for link in Read(shown).links)


def test_few_answers_are_a_page_without_a_script() -> None:
    assert "<script>" not in render(of(HOLDS, ESCAPES), Form.HTML, "prove")
    assert "<script>" in render(of(*[ESCAPES] * 4), Form.HTML, "sweep")
    assert re.search(r"script-src &#39;sha256-|script-src 'sha256-", render(of(*[ESCAPES] * 4), Form.HTML, "sweep"))


def test_the_folder_of_all_documents_is_said_once() -> None:
    def page(*names: str) -> str:
        return many_page([Result(name, "within", ESCAPES) for name in names], PROVENANCE, "sweep")

    shown = page("policies/a/x.json", "policies/b.json", "policies/b2.json")
    assert "All of them are in <code>policies/</code>" in shown
    table = shown.partition('<table id="table"')[2].partition("</table>")[0]
    assert re.findall(r'<a href="#a\d">(.*?)</a>', table) == ["a/x.json", "b.json", "b2.json"]
    for names in (("policies/x.json", "policy.json"), ("./x.json", "./y.json"), ("policies/x.json",) * 2):
        assert "All of them are in" not in page(*names)
        assert f">{names[0]}</a>" in page(*names)
