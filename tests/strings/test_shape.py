"""Shapes: the machine and the regular expression of one agree, and stand-ins match nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.strategies import texts_over
from verifier.strings.languages import State
from verifier.strings.machine import STAND_INS
from verifier.strings.shape import Alternation, Chars, Run, Shape

DIGIT = Chars("01")
SHAPES = (
    Shape(("a", Run(DIGIT, 2, 3), Alternation((("-",), ("--", Run(Chars(":/", others=True))), ())), Run(DIGIT, 0))),
    Shape((Run(Chars("", others=True)),)),
    Shape((Run(DIGIT, 0), "-")),
    Shape(("a0", Run(DIGIT, 2))),
    Shape(("a", Run(DIGIT, 0))),
    Shape(("a", Run(Chars(":-", others=True)))),
    Shape(("a", Run(Chars("", others=True), 2))),
    Shape((Alternation(((Run(DIGIT, 2, 2),), ("a",))), ":", Run(Chars(":", others=True), 0))),
)


def read(shape: Shape, text: str) -> bool:
    """Whether the machine accepts `text`."""
    state = shape.start()
    for char in text:
        after = shape.step(state, char)
        if after is None:
            return False
        state = after
    return shape.accepts(state)


@given(st.sampled_from(SHAPES), st.text("a01-:/é\n", max_size=8))
@example(SHAPES[0], "a01--a0")
@example(SHAPES[-1], "01:é")
def test_a_text_is_read_alike(shape: Shape, text: str) -> None:
    assert shape.matches(text) is read(shape, text)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_small_text_is_read_alike(shape: Shape) -> None:
    for text in texts_over("a01-:", 5):
        assert shape.matches(text) is read(shape, text), text
        assert not shape.absorbs(shape.start())


def test_as_many_states_as_there_are_ways_to_go_on() -> None:
    """Every search through a shape ends, however long the text."""
    shape = Shape((Alternation((("ab",), ("a", Run(DIGIT, 0)))), Run(DIGIT, 0), "-"))
    states: set[State | None] = {shape.start()}
    for text in texts_over("ab01-", 5):
        state: State | None = shape.start()
        for char in text:
            state = shape.step(state, char) if state is not None else None
        states.add(state)
    assert len(states) <= 8


@pytest.mark.parametrize("text", ["2", "a2", "a0-", "ab"])
def test_no_state_where_nothing_can_follow(text: str) -> None:
    shape = Shape(("a", Run(DIGIT, 2), "-"))
    state: State | None = shape.start()
    for char in text[:-1]:
        state = shape.step(state, char)
    assert state is not None
    assert shape.step(state, text[-1]) is None


def test_a_stand_in_is_no_character() -> None:
    assert not any(shape.matches(f"a:{chr(STAND_INS.start)}") for shape in SHAPES)


def test_a_state_stands_for_one_way_to_go_on_whatever_another_thread_does_meanwhile() -> None:
    shape = Shape((Alternation((("a", "x"), ("b", "y"))),))
    machine, meanwhile = shape._machine, ["b"]

    class Meanwhile(type(machine._ways)):  # type: ignore[misc]  # whatever holds the states
        """Another thread reads a `b` once the number of states was asked for."""

        def __len__(self) -> int:
            found = super().__len__()
            if meanwhile:
                shape.step(shape.start(), meanwhile.pop())
            return found

    machine._ways = Meanwhile(machine._ways)
    shape.step(shape.start(), "a")
    assert [text for text in ("ax", "ay", "bx", "by") if read(shape, text)] == ["ax", "by"]
