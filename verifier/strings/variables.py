"""Patterns with variables: what a template becomes once it is compiled, and how to do without the variables.

    fill                    puts in given values
    over_approximate        puts a wildcard in: holds every text that fits under any values
    with_fresh_constants    puts a stand-in in for each key, which only `*` and the same variable match
    bindings                the values of the keys that make a given text fit

What is shown of the stand-ins ("within the union of these") holds for all values, because a stand-in can be replaced by
any text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.strings.languages import EMPTY, Glob, Language, Wildcard
from verifier.strings.machine import STAND_INS
from verifier.strings.pattern import ArnTemplate, Template, Variable, Wild, parse_pattern
from verifier.strings.values import Key, lower


@dataclass(frozen=True, slots=True)
class VariableRef:
    """The place of a key's value in a pattern; `in_field`: inside one of the first five fields of an ARN.

    `wild`: wildcards of the value are wildcards (rule 27, the other reading).
    """

    key: Key
    in_field: bool = False
    wild: bool = False

    def __str__(self) -> str:
        return f"${{{self.key.name}{'*' if self.wild else ''}}}"


PatternPart: TypeAlias = str | Wildcard | VariableRef


@dataclass(frozen=True, slots=True)
class HowRead:
    """How wildcards are read: `within`, a `*` stays in its segment (rule 10); `wild`, those of values (rule 27)."""

    within: bool = False
    wild: bool = False


USUALLY = HowRead()
_WILD = {Wild.CHAR: Wildcard.CHAR, Wild.TEXT: Wildcard.TEXT}
_FIELD_WILD = {Wild.CHAR: Wildcard.FIELD_CHAR, Wild.TEXT: Wildcard.FIELD_TEXT}


def template_parts(
    template: Template, present: Mapping[Key, bool], how: HowRead = USUALLY
) -> tuple[PatternPart, ...] | None:
    """Return the parts of `template`; defaults stand in for the keys that are not `present` (rule 26).

    None where a variable then has no value (rule 28).
    """
    return _parts(template, present, in_field=False, how=how)


def arn_parts(
    template: ArnTemplate, present: Mapping[Key, bool], how: HowRead = USUALLY
) -> tuple[PatternPart, ...] | None:
    """Return the parts of an ARN template, likewise; None also where a value would leave its field (rule 21)."""
    if template.whole:
        return template_parts(Template((template.whole,)), present, how)
    found: list[PatternPart] = []
    for place, field in enumerate(template.parts):
        in_field = place < 5
        parts = _parts(field, present, in_field=in_field, how=how)
        if parts is None or (in_field and any(isinstance(part, str) and ":" in part for part in parts)):
            return None
        found += parts if place == 0 else (":", *parts)
    return merge(found)


def fill(parts: Iterable[PatternPart], values: Mapping[Key, str], ignores_case: bool) -> Language:
    """Return the language of `parts` with the values put in, literally but in variables that are wild (rule 27)."""
    filled: list[PatternPart] = []
    for part in parts:
        if isinstance(part, VariableRef):
            value = values[part.key]
            if part.in_field and ":" in value:
                return EMPTY
            filled += _wild_parts(value, part.in_field) if part.wild else (value,)
        else:
            filled.append(part)
    return _glob(filled, ignores_case)


def over_approximate(parts: Iterable[PatternPart], ignores_case: bool) -> Glob:
    """Return the language of `parts` with a wildcard in every variable."""
    return _glob(
        [
            (Wildcard.FIELD_TEXT if part.in_field else Wildcard.TEXT) if isinstance(part, VariableRef) else part
            for part in parts
        ],
        ignores_case,
    )


def with_fresh_constants(
    parts: Iterable[PatternPart], stand_ins: Mapping[VariableRef, str], ignores_case: bool = False
) -> Glob:
    """Return the language of `parts` with each variable's stand-in in its place."""
    return _glob([stand_ins[alike(part)] if isinstance(part, VariableRef) else part for part in parts], ignores_case)


def stand_ins(parts: Iterable[PatternPart]) -> dict[VariableRef, str]:
    """Return a stand-in for each key, and another for it where its value is put in with its wildcards.

    That one stands for a text that the value matches: such a variable of a pattern to be covered must stand there once.
    """
    variables = dict.fromkeys(alike(part) for part in parts if isinstance(part, VariableRef))
    return {variable: chr(code) for variable, code in zip(variables, STAND_INS, strict=False)}


def alike(variable: VariableRef) -> VariableRef:
    """The variable wherever it stands: inside a field or not."""
    return VariableRef(variable.key, wild=variable.wild)


def merge(parts: Iterable[PatternPart]) -> tuple[PatternPart, ...]:
    """Return the parts with neighbouring literals joined and repeated wildcards for text dropped."""
    found: list[PatternPart] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        elif part != "" and not (part is last and part in (Wildcard.TEXT, Wildcard.FIELD_TEXT)):
            found.append(part)
    return tuple(found)


def _glob(parts: Iterable[PatternPart], ignores_case: bool) -> Glob:
    plain = (part for part in merge(parts) if not isinstance(part, VariableRef))
    return Glob(tuple(lower(part) if ignores_case and isinstance(part, str) else part for part in plain), ignores_case)


def _wild_parts(value: str, in_field: bool) -> Iterator[PatternPart]:
    """Yield the parts of a value whose wildcards are wildcards."""
    wild = _FIELD_WILD if in_field else _WILD
    return (wild[part] if isinstance(part, Wild) else part for part in parse_pattern(value).parts)


def stays_within(template: Template, place: int) -> bool:
    """Whether the `*` at `place` stays in its segment (rule 10, the other reading): neither a colon nor the end
    follows.
    """
    rest = template.parts[place + 1 : place + 2]
    return bool(rest) and not (isinstance(rest[0], str) and rest[0].startswith(":"))


def _parts(
    template: Template, present: Mapping[Key, bool], *, in_field: bool, how: HowRead
) -> tuple[PatternPart, ...] | None:
    wild = _FIELD_WILD if in_field else _WILD
    template = template if how.within else template.normal
    found: list[PatternPart] = []
    for place, part in enumerate(template.parts):
        match part:
            case Variable(key, default):
                if not present[key] and default is None:
                    return None
                if present[key]:
                    found.append(VariableRef(key, in_field, how.wild))
                else:
                    found += _wild_parts(default or "", in_field) if how.wild else (default or "",)
            case Wild.TEXT if how.within and stays_within(template, place):
                found.append(Wildcard.FIELD_TEXT)
            case Wild():
                found.append(wild[part])
            case _:
                found.append(part)
    return merge(found)


_MOST_STEPS = 20_000
_MOST_PARTS = 200


def bindings(parts: Sequence[PatternPart], text: str, *, ignores_case: bool = False) -> tuple[dict[Key, str], ...]:
    """Return every choice of values with which `text` matches `parts`, each once; in lower case where case is ignored.

    Raises LimitReached rather than leave one out.
    """
    if len(parts) > _MOST_PARTS:
        raise LimitReached(f"a pattern with variables has more than {_MOST_PARTS} parts")
    text = lower(text) if ignores_case else text
    read = tuple(lower(part) if ignores_case and isinstance(part, str) else part for part in parts)
    steps = iter(range(_MOST_STEPS))
    found = (tuple(values.items()) for values in _walk(read, text, 0, {}, steps))
    return tuple(map(dict, dict.fromkeys(found)))


def _walk(  # noqa: C901  # one case a part
    parts: tuple[PatternPart, ...], text: str, place: int, values: dict[Key, str], steps: Iterator[int]
) -> Iterator[dict[Key, str]]:
    if next(steps, None) is None:
        raise LimitReached(f"reading the values of keys out of a text took more than {_MOST_STEPS:,} steps")
    if not parts:
        if place == len(text):
            yield values
        return
    first, rest = parts[0], parts[1:]
    match first:
        case str():
            if text.startswith(first, place):
                yield from _walk(rest, text, place + len(first), values, steps)
        case VariableRef(key) if key in values:
            yield from _walk((values[key], *rest), text, place, values, steps)
        case VariableRef(key, in_field):
            for end in _ends(text, place, in_field):
                yield from _walk(rest, text, end, values | {key: text[place:end]}, steps)
        case Wildcard.CHAR | Wildcard.FIELD_CHAR:
            if place < len(text) and (first is Wildcard.CHAR or text[place] != ":"):
                yield from _walk(rest, text, place + 1, values, steps)
        case Wildcard():
            for end in _ends(text, place, first is Wildcard.FIELD_TEXT):
                yield from _walk(rest, text, end, values, steps)


def _ends(text: str, place: int, in_field: bool) -> range:
    """Where a piece that begins at `place` may end; within a field not behind a colon."""
    colon = text.find(":", place) if in_field else -1
    return range(place, (len(text) if colon < 0 else colon) + 1)
