"""Patterns with holes: what a template becomes once it is compiled, and the three ways to do without the holes.

`fill` puts in given values. `loosen` puts a wildcard in: the result holds every text that fits under any values.
`generalise` puts a stand-in character in for each key, which only `*` and the same hole match: what is shown of the
stand-ins ("within the union of these") holds for all values, because a stand-in can be replaced by any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from verifier.dataclass import dataclass
from verifier.logic.languages import EMPTY, Any, Glob, Language
from verifier.logic.machine import STAND_INS
from verifier.policy.key import Key, lower
from verifier.policy.pattern import ArnTemplate, Template, Variable, Wild


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of a key's value in a pattern; `in_field`: inside one of the first five fields of an ARN."""

    key: Key
    in_field: bool = False

    def __str__(self) -> str:
        return f"${{{self.key.name}}}"


HoledPart: TypeAlias = str | Any | Hole
_WILD = {Wild.CHAR: Any.CHAR, Wild.TEXT: Any.TEXT}
_FIELD_WILD = {Wild.CHAR: Any.FIELD_CHAR, Wild.TEXT: Any.FIELD_TEXT}


def template_parts(template: Template, present: Mapping[Key, bool]) -> tuple[HoledPart, ...] | None:
    """Return the parts of `template`; defaults stand in for the keys that are not `present` (rule 26).

    None where a variable then has no value (rule 28).
    """
    return _parts(template, present, _WILD, in_field=False)


def arn_parts(template: ArnTemplate, present: Mapping[Key, bool]) -> tuple[HoledPart, ...] | None:
    """Return the parts of an ARN template, likewise; None also where a value would leave its field (rule 21)."""
    if template.whole:
        return template_parts(Template((template.whole,)), present)
    found: list[HoledPart] = []
    for place, field in enumerate(template.parts):
        in_field = place < 5
        parts = _parts(field, present, _FIELD_WILD if in_field else _WILD, in_field)
        if parts is None or (in_field and any(isinstance(part, str) and ":" in part for part in parts)):
            return None
        found += parts if place == 0 else (":", *parts)
    return merge(found)


def fill(parts: Iterable[HoledPart], values: Mapping[Key, str], ignores_case: bool) -> Language:
    """Return the language of `parts` with the values put in literally (rule 27)."""
    filled: list[HoledPart] = []
    for part in parts:
        if isinstance(part, Hole):
            value = values[part.key]
            if part.in_field and ":" in value:
                return EMPTY
            filled.append(value)
        else:
            filled.append(part)
    return _glob(filled, ignores_case)


def loosen(parts: Iterable[HoledPart], ignores_case: bool) -> Glob:
    """Return the language of `parts` with a wildcard in every hole."""
    return _glob(
        [(Any.FIELD_TEXT if part.in_field else Any.TEXT) if isinstance(part, Hole) else part for part in parts],
        ignores_case,
    )


def generalise(parts: Iterable[HoledPart], stand_ins: Mapping[Key, str]) -> Glob:
    """Return the language of `parts` with each key's stand-in in its holes."""
    return _glob([stand_ins[part.key] if isinstance(part, Hole) else part for part in parts], ignores_case=False)


def stand_ins(keys: Iterable[Key]) -> dict[Key, str]:
    """Return a stand-in for each key."""
    return {key: chr(code) for key, code in zip(dict.fromkeys(keys), STAND_INS, strict=False)}


def merge(parts: Iterable[HoledPart]) -> tuple[HoledPart, ...]:
    """Return the parts with neighbouring literals joined and repeated wildcards for text dropped."""
    found: list[HoledPart] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        elif part != "" and not (part is last and part in (Any.TEXT, Any.FIELD_TEXT)):
            found.append(part)
    return tuple(found)


def _glob(parts: Iterable[HoledPart], ignores_case: bool) -> Glob:
    plain = (part for part in merge(parts) if not isinstance(part, Hole))
    return Glob(tuple(lower(part) if ignores_case and isinstance(part, str) else part for part in plain), ignores_case)


def _parts(
    template: Template, present: Mapping[Key, bool], wild: Mapping[Wild, Any], in_field: bool
) -> tuple[HoledPart, ...] | None:
    found: list[HoledPart] = []
    for part in template.parts:
        match part:
            case Variable(key, default):
                if not present[key] and default is None:
                    return None
                found.append(Hole(key, in_field) if present[key] else default or "")
            case Wild():
                found.append(wild[part])
            case _:
                found.append(part)
    return merge(found)
