"""What the models of JSON answers share: the keys that they name and no others, given by name, and never changed.

    class Side(AnswerPart):            an object of JSON; annotations are its keys, with the types that pydantic knows
        request: RequestPart
        breaks: list[str] | None = None

    Side(request=...).as_json()   {"request": {...}}; a key that is None does not apply, and is left out

Pydantic makes the schema of the models, and checks answers where somebody asks for that. It is imported then and no
earlier, for importing it takes longer than a small question.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, ClassVar, NoReturn, Self, cast, dataclass_transform, get_type_hints

_NEEDED = object()


@dataclass_transform(kw_only_default=True, frozen_default=True)
class AnswerPart:
    """A part of an answer."""

    # Each key with the value that it has where it is not given, or _NEEDED; and those with a value.
    _keys: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        """Note the keys of a model: those of its base come first."""
        own = {name: vars(cls).get(name, _NEEDED) for name in vars(cls).get("__annotations__", {})}
        cls._keys = MappingProxyType({**cls._keys, **own})
        cls._defaults = {name: value for name, value in cls._keys.items() if value is not _NEEDED}

    def __init__(self, **values: Any) -> None:
        """Set the keys. Raises TypeError for one that is missing or that the model does not have."""
        found = self._defaults | values
        if found.keys() != self._keys.keys():
            wrong = values.keys() - self._keys.keys() or self._keys.keys() - found.keys()
            raise TypeError(f"{type(self).__name__} has other keys: {', '.join(sorted(wrong))}")
        vars(self).update(found)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the part whose keys are `values`, JSON values except the parts in it."""
        return cls(**values)

    def but(self, **values: Any) -> Self:
        """Return a copy with other values."""
        return type(self)(**{**vars(self), **values})

    def as_json(self) -> dict[str, Any]:
        """Return the part as JSON values, without the keys that do not apply."""
        own = vars(self)
        return {
            name: value if type(value) in _PLAIN else _plain(value)
            for name in self._keys
            if (value := own[name]) is not None
        }

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse."""
        raise AttributeError(f"an answer does not change: `{name}` cannot be set")

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, handler: Any) -> Any:
        """Return what pydantic makes of the keys."""
        return handler(_checked(cast("Any", cls)))


@cache
def _checked(model: Any) -> Any:
    from pydantic import ConfigDict, create_model  # noqa: PLC0415 - see the header

    hints = get_type_hints(model, include_extras=True)
    defaults = model._keys.items()  # noqa: SLF001 - of this module
    keys: dict[str, Any] = {name: (hints[name], ... if value is _NEEDED else value) for name, value in defaults}
    return create_model(model.__name__, __config__=ConfigDict(extra="forbid"), __doc__=model.__doc__, **keys)


_PLAIN = {str, int, bool, float, NoneType}


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    match value:
        case AnswerPart():
            return value.as_json()
        case list() | tuple():
            return [each if type(each) in _PLAIN else _plain(each) for each in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value
