"""The loop between Z3 and the theory of texts, with faults planted: what settles nothing ends in its reason."""

from __future__ import annotations

import builtins
import importlib.util
import inspect
import sys
import threading
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import z3

from verifier import smt
from verifier.base.budget import Budget
from verifier.base.errors import LimitReached
from verifier.clouds.aws.compile.domains import domains
from verifier.logic.formula import FALSE, RESOURCE, TRUE, Formula, Member, Not, all_of, any_of, member
from verifier.logic.theory import Lemmas, Model
from verifier.smt import lazy_loop
from verifier.smt.encode import Encoder
from verifier.smt.lazy_loop import Stuck, lazy_smt, on_thread, propose
from verifier.smt.process import SolverReply
from verifier.smt.solve import Sat, Unknown, Unsat, solve
from verifier.strings.languages import EMPTY, Glob, Wildcard
from verifier.strings.typed import IS_NUMBER, Number
from verifier.strings.values import Comparison

BEGINS, ENDS = Member(RESOURCE, Glob(("arn:aws:s3:::a", Wildcard.TEXT))), Member(RESOURCE, Glob((Wildcard.TEXT, "b")))
EITHER = any_of((BEGINS, ENDS))
BUDGET = 600


def ask(formula: Formula) -> Model | None:
    return lazy_smt(formula, domains, Budget.of(BUDGET))


def test_z3_answers_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_loop, "solve_script", lambda *_: pytest.fail("another process was asked"))
    found = ask(all_of((EITHER, Not(BEGINS))))
    assert isinstance(found, Model)
    assert found.texts[RESOURCE].endswith("b")
    assert ask(all_of((EITHER, Not(BEGINS), Not(ENDS)))) is None
    assert ask(all_of((BEGINS, Member(RESOURCE, Glob(("arn:aws:s3:::b", Wildcard.TEXT)))))) is None


def test_lemmas_that_say_nothing_end_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_loop, "check_theory", lambda *_: Lemmas((), splitting=False))
    with pytest.raises(
        LimitReached, match=r"^no values of the policy variables were found, nor a proof that there are "
    ):
        ask(EITHER)


def test_rounds_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_loop, "check_theory", lambda *_: Lemmas((TRUE,), splitting=True))
    monkeypatch.setattr(lazy_loop, "_MOST_ROUNDS", 3)
    with pytest.raises(LimitReached, match=r"^3 rounds between Z3 and the theory of texts did not settle it$"):
        ask(EITHER)


def test_a_call_that_does_not_come_back_ends_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*_: object) -> None:
        raise Stuck

    monkeypatch.setattr(lazy_loop, "guarded_check", stuck)
    with pytest.raises(LimitReached, match=r"^Z3 did not come back from its interruption$"):
        ask(EITHER)


def test_plain_formulas_need_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.smt.solve._by_lazy_loop", lambda *_: pytest.fail("Z3 was asked"))
    assert member(RESOURCE, EMPTY) == FALSE
    assert solve(FALSE, domains, Budget.of(BUDGET)) == Unsat()
    assert isinstance(solve(all_of((BEGINS, ENDS)), domains, Budget.of(BUDGET)), Sat)
    apart = all_of((BEGINS, Member(RESOURCE, Glob(("arn:aws:s3:::b", Wildcard.TEXT)))))
    assert solve(apart, domains, Budget.of(BUDGET)) == Unsat()


def below(name: str) -> Formula:
    return Member(RESOURCE, Glob((f"arn:aws:s3:::{name}", Wildcard.TEXT)))


def test_few_cases_need_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of these folders or those, and none of these nor of the buckets that hold those."""
    monkeypatch.setattr("verifier.smt.solve._by_lazy_loop", lambda *_: pytest.fail("Z3 was asked"))
    either = any_of((below("a/1"), below("b/1"), below("c/1")))
    other = any_of((below("a/2"), below("b/2"), below("c/2")))
    assert solve(all_of((either, other)), domains, Budget.of(BUDGET)) == Unsat()


def test_many_cases_go_to_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Formula] = []
    monkeypatch.setattr("verifier.smt.solve._by_lazy_loop", lambda formula, *_: asked.append(formula) or Unsat())
    either, other = (any_of(below(f"{number:03}/{folder}") for number in range(100)) for folder in "ab")
    assert solve(all_of((either, other)), domains, Budget.of(BUDGET)) == Unsat()
    assert asked


@pytest.mark.parametrize(
    ("formula", "splitting", "asks"),
    [(BEGINS, False, False), (BEGINS, True, True), (EITHER, False, True), (EITHER, True, True)],
)
def test_only_literals_alone_are_refuted_without_z3(
    formula: Formula, splitting: bool, asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What forbids the first literals forbids a conjunction, if it needs no other values; else Z3 looks further."""
    monkeypatch.setattr("verifier.smt.solve.check_theory", lambda *_: Lemmas((TRUE,), splitting))
    found = solve(formula, domains, Budget.of(BUDGET))
    assert isinstance(found, Sat) if asks else found == Unsat()


def test_a_limit_says_which() -> None:
    def reached(*_: object) -> None:
        raise LimitReached("planted")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("verifier.smt.solve.check_theory", reached)
        assert solve(EITHER, domains, Budget.of(BUDGET)) == Unknown("planted")


@pytest.mark.parametrize(
    ("value", "words"), [(b"out of \xff memory", "out of \ufffd memory"), ("canceled", "canceled")]
)
def test_z3_gives_up_in_its_own_words(value: object, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(*_: object) -> None:
        raise z3.Z3Exception(value)

    monkeypatch.setattr(z3.Solver, "check", gives_up)
    with pytest.raises(LimitReached, match=f"^Z3 gave up: {words}$"):
        ask(EITHER)


@pytest.mark.parametrize(
    ("answer", "found"),
    [("sat", ("arn:aws:s3:::a", "b")), ("unsat", None), ("unknown", "^Z3 answered unknown: planted$")],
)
def test_what_z3_leaves_open_is_asked_of_a_process(
    answer: str, found: tuple[str, str] | str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Z3's answer there is taken as it is: no request, or one that makes true what it says is true."""
    monkeypatch.setattr(lazy_loop, "guarded_check", lambda *_: z3.unknown)
    reply = {f"truth{number}": True for number in range(2)}
    monkeypatch.setattr(lazy_loop, "solve_script", lambda *_: SolverReply(answer, "planted", reply))
    if isinstance(found, str):
        with pytest.raises(LimitReached, match=found):
            ask(all_of((BEGINS, ENDS)))
        return
    model = ask(all_of((BEGINS, ENDS)))
    assert (model is None) == (found is None)
    if model and found:
        assert model.texts[RESOURCE].startswith(found[0])
        assert model.texts[RESOURCE].endswith(found[1])


def in_this_process(script: str, constants: Iterable[str], _: Budget) -> SolverReply:
    """What the process would reply, if it has all the time that it needs."""
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(script)
    answer = solver.check()
    model = solver.model() if answer == z3.sat else ()
    values: dict[str, bool | str] = {one.name(): z3.is_true(model[one]) for one in model}
    return SolverReply(str(answer), "", {name: values[name] for name in constants if name in values})


@pytest.mark.parametrize("left_open", [False, True])
def test_the_truths_are_those_of_one_model(left_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here or in the process; also of an atom that no assertion holds, as another assertion may hang on it."""
    if left_open:
        monkeypatch.setattr(lazy_loop, "guarded_check", lambda *_: z3.unknown)
    monkeypatch.setattr(lazy_loop, "solve_script", in_this_process)
    encoding, context = _encoder()
    solver = z3.SimpleSolver(ctx=context)
    number, less, more = (
        Member(RESOURCE, one)
        for one in (
            IS_NUMBER,
            Number(Comparison.LESS, Decimal(5)),
            Number(Comparison.GREATER_EQUALS, Decimal(5)),
        )
    )
    solver.add(encoding.term(number))
    found = propose(solver, encoding, (number, less, more, BEGINS, ENDS), Budget.of(BUDGET))
    assert found is not None
    assert found[number]
    assert found[less] is not found[more]
    solver.add(encoding.term(all_of((less, BEGINS, Not(ENDS)))))
    expected = {number: True, less: True, more: False, BEGINS: True, ENDS: False}
    assert propose(solver, encoding, tuple(expected), Budget.of(BUDGET)) == expected
    solver.add(encoding.term(ENDS))
    assert propose(solver, encoding, tuple(expected), Budget.of(BUDGET)) is None


def _encoder() -> tuple[Encoder, z3.Context]:
    context = z3.Context()
    return Encoder(context), context


def test_a_question_shares_no_z3_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interruption ends what runs in one context: not what another thread asks."""
    monkeypatch.setattr(z3.z3, "main_ctx", lambda: pytest.fail("the context that all share"))
    assert isinstance(ask(EITHER), Model)


def test_an_interruption_that_comes_late_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise z3.Z3Exception("canceled")

    monkeypatch.setattr(z3.Solver, "model", interrupted)
    with pytest.raises(LimitReached, match=r"^Z3 was interrupted$"):
        ask(EITHER)


@pytest.mark.parametrize(("seconds", "milliseconds"), [(2.5, 2_500), (0.0001, 1), (-1.0, 1)])
def test_z3_is_told_its_time_and_leaves_ctrl_c_alone(
    seconds: float, milliseconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 would be no limit."""
    told: dict[Any, Any] = {}
    monkeypatch.setattr(z3.Solver, "set", lambda _, name, value: told.update({name: value}))
    monkeypatch.setattr(lazy_loop, "on_thread", lambda *_: z3.unknown)
    assert inspect.unwrap(lazy_loop.guarded_check)(z3.Solver(), seconds) == z3.unknown
    assert told == {"timeout": milliseconds, "ctrl_c": False}


def test_a_thread_that_is_left_behind_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is interrupted once, each wait for it ends, and the program may end before it does."""
    waits: list[float | None] = []
    interruptions: list[int] = []

    class Lost(threading.Thread):
        def start(self) -> None:
            assert self.daemon

        def join(self, timeout: float | None = None) -> None:
            waits.append(timeout)

        def is_alive(self) -> bool:
            return True

    monkeypatch.setattr(threading, "Thread", Lost)
    with pytest.raises(Stuck):
        on_thread(lambda: None, 0.5, lambda: interruptions.append(1))
    assert waits[0] == 0.5
    assert None not in waits
    assert interruptions == [1]


def test_z3_looks_for_its_library_in_its_own_folder_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(builtins, "Z3_LIB_DIRS", raising=False)
    with monkeypatch.context() as patch:
        patch.setattr(importlib.util, "find_spec", lambda _: None)
        smt._own_library_first()
    assert not hasattr(builtins, "Z3_LIB_DIRS")
    smt._own_library_first()
    package = Path(str(importlib.util.find_spec("z3").origin)).parent
    folders = [str(package / "lib"), str(package), str(Path(sys.prefix) / "lib")]
    assert folders == builtins.Z3_LIB_DIRS
    monkeypatch.setattr(builtins, "Z3_LIB_DIRS", ["told before"])
    smt._own_library_first()
    assert builtins.Z3_LIB_DIRS == ["told before"]
