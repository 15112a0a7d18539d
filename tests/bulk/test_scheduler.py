"""Work over processes that die: every item is answered once and in order, and only the one that kills is lost."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.commands import ROOT, python_path
from verifier.base.errors import UsageError, WorkersError
from verifier.bulk import pool as crew
from verifier.bulk import worker
from verifier.bulk.answerer import Asker, Common
from verifier.bulk.cache import Cache
from verifier.bulk.items import Answered, Item, chunks
from verifier.bulk.pool import GivenExecutor, OwnProcesses
from verifier.bulk.question_asker import ItemAnswer, QuestionAsker
from verifier.bulk.scheduler import Means, answer_items, started
from verifier.bulk.spread import Spread
from verifier.questions.ask import Ask
from verifier.questions.question import Posed


@dataclass(frozen=True)
class Echo(Common[str]):
    """Answers with the name of the item: `kill` kills its process, `once` only where `folder` knows of none before."""

    folder: str = ""
    ask: Ask = Ask()

    def asker(self, cache: Cache | None) -> EchoAsker:
        if self.folder:
            with (Path(self.folder) / "askers").open("a") as file:
                file.write("x")
        return EchoAsker(self.folder)

    def lost(self, item: Item, reason: str) -> str:
        return f"lost {item.name}"


class EchoAsker(Asker[str]):
    def __init__(self, folder: str) -> None:
        super().__init__(Ask(), None)
        self.folder = folder

    def answer(self, item: Item) -> Answered[str]:
        if item.text == "kill":
            os._exit(9)
        if item.text == "once":
            try:
                (Path(self.folder) / item.name).touch(exist_ok=False)
                os._exit(9)
            except FileExistsError:
                pass
        if item.text == "stuck":
            (Path(self.folder) / "stuck").touch()
            time.sleep(1_000_000)
        if item.text == "slow":
            time.sleep(0.3)
        if item.text == "fail":
            raise MemoryError
        return Answered(item.name)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our processes must find `Echo`, and look for nothing in the working directory."""
    monkeypatch.setenv("PYTHONPATH", python_path(ROOT))


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def shown(answers: Iterable[Answered[str]]) -> list[str]:
    return [answered.shown for answered in answers]


def items(count: int, **texts: str) -> list[Item]:
    return [Item(f"i{number}", texts.get(f"i{number}", "x"), "") for number in range(count)]


def names(count: int, *lost: int) -> list[str]:
    return [f"lost i{number}" if number in lost else f"i{number}" for number in range(count)]


def test_only_the_item_that_kills_is_lost() -> None:
    found = shown(Spread(Echo(), OwnProcesses(2)).answers(items(60, i7="kill", i40="kill")))
    assert found == names(60, 7, 40)


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    found = shown(Spread(Echo(str(tmp_path)), OwnProcesses(2)).answers(items(60, i3="once", i30="once")))
    assert found == names(60)


def test_what_is_shared_is_made_once_a_process(tmp_path: Path) -> None:
    found = shown(Spread(Echo(str(tmp_path)), OwnProcesses(2)).answers(items(400)))
    assert found == names(400)
    assert len((tmp_path / "askers").read_text()) <= 2


def test_a_slow_chunk_comes_in_parts() -> None:
    slow = {f"i{number}": "slow" for number in range(6)}
    crew = OwnProcesses(1)
    answers = Spread(Echo(), crew).answers(items(6, **slow))
    assert next(answers).shown == "i0"
    assert shown(answers) == names(6)[1:]


def test_a_process_that_is_stuck_is_ended_and_only_its_item_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_time(connection: Connection, _: float) -> bool:
        while not connection.poll(0.02):
            if (tmp_path / "stuck").exists():
                (tmp_path / "stuck").unlink()
                return False
        return True

    monkeypatch.setattr(crew, "comes", in_time)
    ours = OwnProcesses(1)
    (before,) = ours.pids()
    found = shown(Spread(Echo(str(tmp_path)), ours).answers(items(60, i7="stuck")))
    assert found == names(60, 7)
    assert not runs(before)


def test_an_executor_whose_calls_fail_loses_only_those() -> None:
    with ThreadPoolExecutor(2) as executor:
        found = shown(Spread(Echo(), GivenExecutor(executor, 2)).answers(items(30, i5="fail")))
    assert found == names(30, 5)


def test_a_worker_of_another_installation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "installed", lambda: "verifier 0")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(WorkersError, match="a worker has another installation, verifier 0, than the verifier "),
    ):
        shown(Spread(Echo(), GivenExecutor(executor, 1)).answers(items(3)))


def read_before_the_first_answer(*, file: bool) -> int:
    """How many of endlessly many items are read before the first answer is given."""
    read = itertools.count()
    coming = (Item("i", "x" * 30_000, "", file=file, line=next(read)) for _ in itertools.repeat(None))
    answers = Spread(Echo(), OwnProcesses(2)).answers(coming)
    assert next(answers).shown == "i"
    answers.close()
    return next(read)


def test_files_are_read_further_ahead_than_lines_for_which_one_may_have_to_wait() -> None:
    lines, files = read_before_the_first_answer(file=False), read_before_the_first_answer(file=True)
    assert lines <= 2 * 6 + 1 < 10 * 6 < files <= 2 * 40 + 1


def test_chunks_hold_everything_once_and_are_bounded() -> None:
    sizes = [1, 2_000, 70_000, 3, 9_000] * 40
    given = [Item(str(number), "x" * size, "") for number, size in enumerate(sizes)]
    found = list(chunks(iter(given)))
    assert [item for chunk in found for item in chunk] == given
    assert all(len(chunk) == 1 or sum(item.cost for item in chunk) <= 64 * 1024 for chunk in found)
    assert len(found) < len(given)
    assert not list(chunks([]))


def test_processes_that_are_started_early_answer_and_end() -> None:
    with started(items(60), Means.of(jobs=2, cache=None)) as (coming, means):
        assert means.crew is not None
        assert list(answer_items(coming, Echo(), means)) == names(60)


def test_processes_that_are_started_early_end_with_an_error() -> None:
    pids: list[int] = []

    def goes_wrong() -> None:
        with started(items(60), Means.of(jobs=2, cache=None)) as (_, means):
            assert means.crew is not None
            pids.extend(means.crew.pids())
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        goes_wrong()
    assert len(pids) == 2
    assert not any(map(runs, pids))


def test_no_process_is_started_early_for_few_items() -> None:
    with started(items(3), Means.of(jobs=None, cache=None)) as (coming, means):
        assert means.crew is None
        assert list(coming) == items(3)


def test_an_answer_from_elsewhere_that_cannot_be_checked_is_made_anew(tmp_path: Path) -> None:
    item, *_ = items(1)
    asker = EchoAsker(str(tmp_path))
    assert asker.checked(item, Answered("what a worker said")) == asker.answer(item)
    assert asker.recall(item) == (None, item)


@dataclass(frozen=True)
class Endless(Echo):
    """Asks questions whose reading never ends, nor looks at any budget; the alarm that is set comes at once."""

    def asker(self, cache: Cache | None) -> EndlessAsker:
        return EndlessAsker(self.ask, cache)


class EndlessAsker(QuestionAsker[str]):
    def read(self, item: Item) -> Posed:
        if item.text == "endless":
            assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.2)
        while item.text == "endless":
            pass
        raise UsageError("it has an end")

    def claims_nothing(self, shown: object) -> bool:
        raise AssertionError("nothing is checked")

    def show(self, item: Item, posed: Posed | None, found: ItemAnswer, *, remembered: bool) -> str:
        return f"{item.name}: {found}"


def test_the_alarm_of_the_system_ends_a_question_in_a_process_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: the parent, which would end the process much later, waits for ever here."""
    monkeypatch.setattr(crew, "comes", lambda connection, _: connection.poll(None))
    ours = OwnProcesses(1)
    (before,) = ours.pids()
    answers = Spread(Endless(ask=Ask(seconds=600)), ours).answers(items(3, i1="endless"))
    assert shown(itertools.islice(answers, 2)) == [
        "i0: it has an end",
        "i1: undecided: the time limit of 600 s was reached",
    ]
    assert ours.pids() == [before]
    assert shown(answers) == ["i2: it has an end"]
