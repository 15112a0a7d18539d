"""`dataclass`, as in the standard library, whose frozen classes get their methods when one of them is first used.

Making its classes is what starting up costs a package like this most, and `verifier prove` is a process of its own for
each small proof. Most classes that a command loads it never uses: theirs are never compiled, and the others' in one go,
where the standard library compiles each method by itself. So what a proof loads imports `dataclass` from here; it is a
drop-in, and type checkers see the standard one. An option that is not known here, or a base that is a dataclass itself,
gets the standard class.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, repr=True, **options):  # noqa: A002 - its name
        """Return `cls` as a dataclass, or the decorator that does."""

        def made(cls: type) -> type:
            if not frozen or options or any(dataclasses.is_dataclass(base) for base in cls.__mro__[1:]):
                return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, repr=repr, **options)(cls)
            return _frozen(dataclasses.dataclass(init=False, eq=False, repr=False, slots=slots)(cls), eq, repr, slots)

        return made if cls is None else made(cls)


def _frozen(cls: Any, eq: bool, repr_: bool, slots: bool) -> type:
    """Give `cls`, whose fields are known, the methods of a frozen dataclass that it does not define itself."""
    own = vars(cls)
    wanted = [] if "__init__" in own else ["__init__"]
    if repr_ and "__repr__" not in own:
        wanted.append("__repr__")
    if eq and "__eq__" not in own:
        wanted.append("__eq__")
    if eq and own.get("__hash__") is None:
        wanted.append("__hash__")
    late = _Late(cls, wanted, slots)
    for name in wanted:
        setattr(cls, name, _LateMethod(late, name))
    if slots:
        cls.__getstate__, cls.__setstate__ = _get_state, _set_state
    cls.__dataclass_params__.frozen = True  # what a class derived from it asks
    cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete
    result: type = cls
    return result


class _Late:
    """Makes the methods of a class, once."""

    def __init__(self, cls: type, wanted: Sequence[str], slots: bool) -> None:
        self._cls, self._wanted, self._slots = cls, wanted, slots

    def made(self, name: str) -> Any:
        """Return the method `name`, and let the class have all."""
        cls, fields = self._cls, dataclasses.fields(self._cls)
        # The descriptor of a slot sets it in half the time that `object.__setattr__` takes.
        setters = {f"_set_{field.name}": vars(cls)[field.name].__set__ for field in fields} if self._slots else {}
        sources = [_source(name, cls, fields, by_slot=self._slots) for name in self._wanted]
        for each, method in _compiled(sources, fields, setters).items():
            method.__qualname__ = f"{cls.__qualname__}.{each}"
            setattr(cls, each, recursive_repr()(method) if each == "__repr__" else method)
        return vars(cls)[name]


class _LateMethod:
    """Stands for a method until it is asked for, of the class or of an object."""

    def __init__(self, late: _Late, name: str) -> None:
        self._late, self._name = late, name

    def __get__(self, of: Any, owner: type) -> Any:
        return self._late.made(self._name).__get__(of, owner)


def _source(name: str, cls: Any, fields: Sequence[dataclasses.Field[Any]], *, by_slot: bool) -> str:
    """Return the text of the method `name`."""
    compared = [field.name for field in fields if field.compare]
    match name:
        case "__init__":
            return _init(fields, hasattr(cls, "__post_init__"), by_slot=by_slot)
        case "__repr__":
            shown = ", ".join(f"{field.name}={{self.{field.name}!r}}" for field in fields if field.repr)
            return f"def __repr__(self): return f'{{self.__class__.__qualname__}}({shown})'"
        case "__eq__":
            return (
                "def __eq__(self, other):\n"
                " if other.__class__ is not self.__class__: return NotImplemented\n"
                f" return {_tuple('self', compared)} == {_tuple('other', compared)}"
            )
        case _:
            hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
            return f"def __hash__(self): return hash({_tuple('self', hashed)})"


def _init(fields: Iterable[dataclasses.Field[Any]], then: bool, *, by_slot: bool) -> str:
    head, body = ["self"], []
    for field in fields:
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            value = f"_{name}_made()"
            if field.init:
                head.append(f"{name}=_missing")
                value += f" if {name} is _missing else {name}"
        elif field.default is not dataclasses.MISSING:
            head += [f"{name}=_{name}_default"] if field.init else []
            value = name if field.init else f"_{name}_default"
        elif field.init:
            head.append(name)
        else:
            continue
        body.append(f" _set_{name}(self, {value})" if by_slot else f" _set(self, {name!r}, {value})")
    body += [" self.__post_init__()"] if then else []
    return "\n".join([f"def __init__({', '.join(head)}):", *(body or [" pass"])])


def _tuple(of: str, names: Iterable[str]) -> str:
    return "(" + "".join(f"{of}.{name}, " for name in names) + ")"


def _compiled(
    sources: Iterable[str], fields: Iterable[dataclasses.Field[Any]], setters: dict[str, Callable[..., Any]]
) -> dict[str, Callable[..., Any]]:
    """Compile the functions, which reach the defaults of `fields` by name, all in one go."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING, **setters}
    known |= {f"_{field.name}_default": field.default for field in fields}
    known |= {f"_{field.name}_made": field.default_factory for field in fields}
    found: dict[str, Callable[..., Any]] = {}
    exec("\n".join(sources), known, found)  # noqa: S102 - as dataclasses do; of names of fields only
    return found


def _refuse_to_set(self: Any, name: str, value: object) -> NoReturn:  # noqa: ARG001 - methods
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:  # noqa: ARG001 - methods
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
