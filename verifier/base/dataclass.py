"""`dataclass`, as in the standard library, made in a small part of the time.

Making its classes is what starting up costs a package like this most, and `verifier prove` is a process of its own for
each small proof. Most classes that a command loads it never uses, and most others it only makes objects of, which it
neither shows nor compares. So each method is compiled when it is first asked for, and what a proof loads imports
`dataclass` from here; it is a drop-in, and type checkers see the standard one. An option that is not known here, or a
base that is a dataclass itself, gets the standard class. `InitVar` and `KW_ONLY` are not known.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

__all__ = ["dataclass"]

_Field: TypeAlias = dataclasses.Field[Any]
_Fields: TypeAlias = Mapping[str, _Field]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, repr=True, **options):  # noqa: A002 - its name
        """Return `cls` as a dataclass, or the decorator that does."""

        def made(cls: type) -> type:
            if options or any(map(dataclasses.is_dataclass, cls.__mro__[1:])):
                return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, repr=repr, **options)(cls)
            fields = _fields(cls)
            return _finished(_slotted(cls, fields) if slots else cls, fields, frozen, slots, eq, repr)

        return made if cls is None else made(cls)


@dataclasses.dataclass(init=False, repr=False, eq=False)
class _Loose:
    """A class with a field, for what the standard library makes of both."""

    ordinary: None


@dataclasses.dataclass(init=False, repr=False, eq=False, frozen=True)
class _Frozen:
    """The same, frozen."""


_KIND = dataclasses.fields(_Loose)[0]._field_type  # type: ignore[attr-defined]  # noqa: SLF001 - `fields` asks for it
_OPTIONS = {False: vars(_Loose)["__dataclass_params__"], True: vars(_Frozen)["__dataclass_params__"]}


def _fields(cls: Any) -> _Fields:
    """Return the fields of `cls`, whose defaults stay with it."""
    found: dict[str, Any] = {}
    for name, text in cls.__annotations__.items():
        if str(text).startswith(("ClassVar", "typing.ClassVar")):
            continue
        value = vars(cls).get(name, dataclasses.MISSING)
        field: Any = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
        field.name, field.type, field.kw_only, field._field_type = name, text, False, _KIND  # noqa: SLF001 - as above
        found[name] = field
        if field is value and field.default is dataclasses.MISSING:
            delattr(cls, name)
        elif field is value:
            setattr(cls, name, field.default)
    return found


def _slotted(cls: Any, fields: _Fields) -> Any:
    """Return `cls` once more, with slots: a class that is there gets none."""
    own = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__", *fields}}
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    own["__slots__"] = tuple(name for name in fields if name not in inherited)
    made = type(cls)(cls.__name__, cls.__bases__, own)
    made.__qualname__ = cls.__qualname__
    return made


def _finished(cls: Any, fields: _Fields, frozen: bool, slots: bool, eq: bool, repr_: bool) -> Any:
    """Return `cls` with the methods of a dataclass that it does not define itself."""
    own = vars(cls)
    if eq and not frozen and "__hash__" not in own:
        cls.__hash__ = None
    asked = {"__init__": True, "__repr__": repr_, "__eq__": eq, "__hash__": eq and frozen}
    for name in (name for name, wanted in asked.items() if wanted and own.get(name) is None):
        setattr(cls, name, _LateMethod(cls, name, frozen, slots))
    cls.__dataclass_fields__, cls.__dataclass_params__ = fields, _OPTIONS[frozen]
    cls.__match_args__ = tuple(name for name, field in fields.items() if field.init)  # type: ignore[misc]  # a dataclass in the making
    cls.__replace__ = dataclasses.replace
    if frozen:
        cls.__setattr__, cls.__delattr__ = _refuse_to_set, _refuse_to_delete
    if frozen and slots:
        cls.__getstate__, cls.__setstate__ = _get_state, _set_state
    return cls


class _LateMethod:
    """Stands for a method until it is asked for, of the class or of an object."""

    def __init__(self, cls: type, name: str, frozen: bool, slots: bool) -> None:
        self._cls, self._name, self._frozen, self._slots = cls, name, frozen, slots

    def __get__(self, of: Any, owner: type) -> Any:
        cls, name, fields = self._cls, self._name, dataclasses.fields(self._cls)
        known: dict[str, Any] = self._known(fields) if name == "__init__" else {}
        exec(self._source(fields), known)  # noqa: S102 - as dataclasses do; of names of fields only
        method = known[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, recursive_repr()(method) if name == "__repr__" else method)
        return vars(cls)[name].__get__(of, owner)

    def _known(self, fields: Sequence[_Field]) -> dict[str, Any]:
        """Return what `__init__` reaches by name."""
        known: dict[str, Any] = {"_missing": dataclasses.MISSING}
        for field in fields:
            known[f"_{field.name}_default"], known[f"_{field.name}_made"] = field.default, field.default_factory
            if self._slots:  # the descriptor of a slot sets it in half the time that `object.__setattr__` takes
                known[f"_set_{field.name}"] = vars(self._cls)[field.name].__set__
        return known

    def _source(self, fields: Sequence[_Field]) -> str:
        """Return the text of the method."""
        compared = [field.name for field in fields if field.compare]
        match self._name:
            case "__init__":
                return self._init(fields)
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

    def _init(self, fields: Sequence[_Field]) -> str:
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
            body.append(self._setting(name, value))
        if self._frozen and not self._slots and body:
            body.insert(0, " _held = self.__dict__")  # `object.__setattr__` takes longer
        body += [" self.__post_init__()"] if hasattr(self._cls, "__post_init__") else []
        return "\n".join([f"def __init__({', '.join(head)}):", *(body or [" pass"])])

    def _setting(self, name: str, value: str) -> str:
        if not self._frozen:
            return f" self.{name} = {value}"
        return f" _set_{name}(self, {value})" if self._slots else f" _held[{name!r}] = {value}"


def _tuple(of: str, names: Iterable[str]) -> str:
    return "(" + "".join(f"{of}.{name}, " for name in names) + ")"


def _refuse_to_set(self: Any, name: str, value: object) -> NoReturn:  # noqa: ARG001 - methods
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:  # noqa: ARG001 - methods
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
