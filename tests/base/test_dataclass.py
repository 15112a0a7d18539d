"""The package's own `dataclass` makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from typing import Any, ClassVar

import pytest

import verifier.base.dataclass

Decorator = Callable[..., Any]


def plain(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Plain:
        """Two fields."""

        a: int
        b: object = "x"

    return Plain


def empty(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Empty:
        """No field."""

    return Empty


def fields(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Fields:
        """All that a field can be."""

        a: object
        b: list[int] = field(default_factory=list, compare=False)
        c: int = field(default=3, repr=False, hash=False)
        d: list[int] = field(default_factory=lambda: [7], init=False, compare=False)
        e: ClassVar[int] = 5

    return Fields


def methods(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Methods:  # noqa: PLW1641 - the hash is the decorator's
        """Its own methods, which are kept."""

        a: object
        b: object = 0

        def __post_init__(self) -> None:
            object.__setattr__(self, "b", (self.a, self.b))

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and bool(self.a == other.a)

        def __repr__(self) -> str:
            return f"<{self.a}>"

    return Methods


def hashed(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Hashed:
        """Its own hash and its own initialiser."""

        a: object

        def __init__(self, a: object, _: object = None) -> None:
            object.__setattr__(self, "a", a)

        def __hash__(self) -> int:
            return 42

    return Hashed


def derived(dataclass: Decorator, **options: bool) -> type:
    @dataclass(**{"frozen": True, **options})
    class Derived(plain(dataclass, **options)):  # type: ignore[misc]  # made here
        """A field more than its base."""

        c: int = 0

    return Derived


DEFINITIONS = [plain, empty, fields, methods, hashed, derived]
OPTIONS: list[dict[str, bool]] = [
    {},
    {"slots": True},
    {"eq": False},
    {"repr": False},
    {"order": True},
    {"frozen": False},
    {"frozen": False, "slots": True},
    {"frozen": False, "eq": False},
]
CALLS: list[tuple[Any, ...]] = [(), (1,), (2,), ([],), (1, 2), (1, 3), (1, [2]), (1, 2, 3), (1, 2, 4), (1, 2, 3, 4)]


def attempt(call: Callable[[], Any]) -> Any:
    """What a call returns, or its kind of error with the text."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - any may be right
        return type(error), str(error)


def described(cls: type, made: Any) -> list[Any]:
    """All that can be seen of an object without its identity."""
    names = [each.name for each in dataclasses.fields(cls)]
    bare = object.__repr__(made)
    other = copy.copy(made)
    return [
        attempt(lambda: repr(made)) if cls.__repr__ is not object.__repr__ else bare[:0],
        [getattr(made, name) for name in names],
        attempt(lambda: hash(made)) if cls.__hash__ is not object.__hash__ else None,
        [attempt(lambda name=name: setattr(other, name, 0)) for name in names],
        [attempt(lambda name=name: delattr(other, name)) for name in names],
        hasattr(made, "__dict__"),
        [getattr(copied, name) for copied in (copy.copy(made), copy.deepcopy(made)) for name in names],
        attempt(lambda: dataclasses.replace(made, **dict.fromkeys(names[:1], "new")).a),
    ]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("define", DEFINITIONS)
def test_objects_are_those_of_the_standard_library(define: Callable[..., type], options: dict[str, bool]) -> None:
    ours, standard = (
        define(dataclass, **options) for dataclass in (verifier.base.dataclass.dataclass, dataclasses.dataclass)
    )
    assert ours.__match_args__ == standard.__match_args__  # type: ignore[attr-defined]  # of any dataclass
    assert [*inspect.signature(ours).parameters] == [*inspect.signature(standard).parameters]
    made = []
    for call in CALLS:
        here, there = (attempt(lambda cls=cls, call=call: cls(*call)) for cls in (ours, standard))
        if isinstance(there, tuple):
            assert here == there
            continue
        assert described(ours, here) == described(standard, there)
        assert (here == there) is (there == here) is False
        made.append((here, there))
    for here, there in made:
        for other, another in made:
            assert (here == other) is (there == another)
            assert attempt(lambda a=here, b=other: a < b) == attempt(
                lambda a=there, b=another: a < b
            ) or not options.get("order")


def test_what_is_computed_once_may_be_remembered() -> None:
    @verifier.base.dataclass.dataclass(frozen=True)
    class Remembering:
        """A class with a cached property."""

        a: int

        @cached_property
        def double(self) -> list[int]:
            return [self.a, self.a]

    made = Remembering(1)
    assert made.double is made.double
    assert made == Remembering(1)


def test_without_options_and_not_frozen() -> None:
    @verifier.base.dataclass.dataclass
    class Loose:
        """Not frozen."""

        a: int = 1

    made = Loose()
    made.a = 2
    assert made == Loose(2)
