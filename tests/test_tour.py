"""The tour of the code (`docs/tour.md`) is true: three questions are followed, and each file they enter stands in it.

The tables of a section are read in their order. The first section holds what a contained question enters, the others
what is entered in addition. `Helpers` stand in no order.
"""

from __future__ import annotations

import re
import sys

import pytest

from tests.commands import ROOT, run

PAGE = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "verifier"
ROOMS, HELPERS, CHANGES = "The rooms", "Helpers", "Where does a change go?"
STOPS = {
    "contained": "A request that is contained",
    "escapes": "A request that escapes",
    "reaches Z3": "A request that reaches Z3",
}
Entered = dict[str, list[str]]


@pytest.fixture(scope="module")
def entered() -> Entered:
    """The files that each question enters, in a process of its own, where nothing is remembered of other tests."""
    printed = run(f"{sys.executable} tools/files_entered.py --list", ROOT)
    assert printed.code == 0, printed.err
    listed = re.findall(r"^(\w[\w ]*?) +\d+ files,.*\n((?: +\S+\n)+)", printed.out, re.MULTILINE)
    return {question: files.split() for question, files in listed}


def section(page: str, title: str) -> str:
    """The text under the heading `title`, up to the next heading of its level."""
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(page: str, title: str) -> list[str]:
    """What stands in the first column of the tables under `title`."""
    return re.findall(r"^\| `([^`]+)` \| \S", section(page, title), re.MULTILINE)


def faults(page: str, entered: Entered) -> list[str]:
    """What the page says that is not so: files left out, files that are not entered there, files in another order."""
    helpers = rows(page, HELPERS)
    everything = {file for files in entered.values() for file in files}
    found = [f"{file} is called a helper, and no question enters it" for file in helpers if file not in everything]
    seen = set(helpers)
    for question, title in STOPS.items():
        told, wanted = rows(page, title), [file for file in entered[question] if file not in seen]
        seen |= set(wanted)
        missing, extra = [f for f in wanted if f not in told], [f for f in told if f not in wanted]
        found += [f"{file} is missing in: {title}" for file in missing]
        found += [f"{file} is not entered first in: {title}" for file in extra]
        if not missing and not extra and told != wanted:
            place = next(number for number, pair in enumerate(zip(told, wanted, strict=True)) if pair[0] != pair[1])
            found.append(f"{told[place]} comes too early in: {title}; {wanted[place]} is entered before")
    return found


def planted(page: str, entered: Entered) -> list[str]:
    """The faults of `page` that the tour as it stands does not have."""
    before = faults(PAGE, entered)
    return [fault for fault in faults(page, entered) if fault not in before]


def absent(page: str) -> list[str]:
    """The files and folders that the page names and that are not there."""
    named = {name for name in re.findall(r"`([\w./-]+)`", page) if "/" in name and not name.startswith(".")}
    return sorted(name for name in named if not ((PACKAGE / name).exists() or (ROOT / name).exists()))


def without(page: str, file: str) -> str:
    """The page without the row of `file`."""
    left = re.sub(rf"^\| `{re.escape(file)}` .*\n", "", page, flags=re.MULTILINE)
    assert left != page
    return left


def swapped(page: str, one: str, other: str) -> str:
    """The page with two files in each other's place."""
    return page.replace(f"| `{one}`", "| `?`").replace(f"| `{other}`", f"| `{one}`").replace("| `?`", f"| `{other}`")


def test_the_tour_stops_at_each_file_that_is_entered_in_its_order(entered: Entered) -> None:
    assert list(entered) == list(STOPS)
    assert faults(PAGE, entered) == []


def test_every_file_that_the_tour_names_is_there() -> None:
    assert absent(PAGE) == []


def test_every_room_is_named_and_none_is_made_up() -> None:
    there = {path.parent.relative_to(PACKAGE).as_posix() + "/" for path in PACKAGE.rglob("__init__.py")} - {"./"}
    assert sorted(rows(PAGE, ROOMS)) == sorted(there)


def test_each_stop_is_explained_in_at_most_two_sentences_and_once() -> None:
    lines = [line for title in [*STOPS.values(), HELPERS] for line in section(PAGE, title).splitlines()]
    stops = [line for line in lines if line.startswith("| `")]
    named = [line.split("`")[1] for line in stops]
    assert len(named) == len(set(named))
    assert not [line for line in stops if len(re.findall(r"[.?:](?= [A-Z|])", line)) > 2]


def test_the_tour_ends_with_where_a_change_goes() -> None:
    changes = section(PAGE, CHANGES)
    for what in ("A new operator", "A new type of document", "A new output format", "A new fact about AWS"):
        assert f"**{what}.**" in changes
    assert PAGE.rstrip().endswith(changes.rstrip())


def test_a_file_that_is_left_out_is_noticed(entered: Entered) -> None:
    for title in (*STOPS.values(), HELPERS):
        for file in rows(PAGE, title):
            assert any(fault.startswith(f"{file} is missing") for fault in planted(without(PAGE, file), entered))


def test_a_wrong_order_is_noticed(entered: Entered) -> None:
    assert planted(swapped(PAGE, "questions/search.py", "questions/prove.py"), entered) == [
        "questions/search.py comes too early in: A request that is contained; questions/prove.py is entered before"
    ]


def test_a_file_that_is_made_up_is_noticed(entered: Entered) -> None:
    page = PAGE.replace("| `questions/search.py` |", "| `questions/sought.py` |")
    assert set(absent(page)) - set(absent(PAGE)) == {"questions/sought.py"}
    assert planted(page, entered) == [
        "questions/search.py is missing in: A request that is contained",
        "questions/sought.py is not entered first in: A request that is contained",
    ]
