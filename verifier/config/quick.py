"""A configuration read without pydantic, where its tables are plainly of the form that `model.py` defines.

    quick_config    what the tables say; None where there is any doubt

Whatever is taken here, the models take, and read the same; a law compares them. Where it doubts, the models decide, and
tell what is wrong. What is intended of an account is read in `quick_intent.py`, when there is such a table.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from verifier.config.rules import Config, ConfigRule, Excepted
from verifier.config.words import COMPARE_WORDS, NEEDS_WORDS, PROVE_WORDS

_Fits = Callable[[Any], bool]


def quick_config(data: Mapping[str, Any]) -> Config | None:
    """Return the configuration that `data`, of TOML, holds; None where that is not plain."""
    rules, exceptions = data.get("rule", []), data.get("except", [])
    if not (
        data.keys() <= {"rule", "except", "intent"} and _are_tables(rules, _RULE) and _are_tables(exceptions, _EXCEPTED)
    ):
        return None
    try:
        intent = _intent(data["intent"]) if "intent" in data else None
        config = Config([ConfigRule(**one) for one in rules], [Excepted(**one) for one in exceptions], intent)
        for rule in config.rules:
            rule.check()
        for excepted in config.exceptions:
            excepted.check_keys()
    except (TypeError, ValueError):  # a key is missing, or keys do not fit together
        return None
    return config


def _intent(table: object) -> object:
    from verifier.config.quick_intent import quick_intent  # noqa: PLC0415 - most configurations have no such table

    return quick_intent(table)


def _are_tables(found: object, fields: Mapping[str, _Fits]) -> bool:
    return type(found) is list and all(
        type(table) is dict and all(name in fields and fields[name](value) for name, value in table.items())
        for table in found
    )


def _is_text(found: object) -> bool:
    return type(found) is str and found != ""


def _is_list(found: object, fits: _Fits) -> bool:
    return type(found) is list and bool(found) and all(map(fits, found))


def _are_texts(found: object) -> bool:
    return _is_list(found, _is_text)


def _are_levels(found: object) -> bool:
    return _is_list(found, _are_texts)


def _are_words(found: object) -> bool:
    known = (*PROVE_WORDS, *NEEDS_WORDS, *COMPARE_WORDS)
    return type(found) is list and all(type(word) is str and word in known for word in found)


def _is_day(found: object) -> bool:
    return type(found) is datetime.date


_BY_TYPE: dict[str, _Fits] = {
    "str": _is_text,
    "list[str]": _are_texts,
    "list[list[str]]": _are_levels,
    "list[OutcomeWord]": _are_words,
}
_RULE = {each.name: _BY_TYPE[str(each.type).removesuffix(" | None")] for each in fields(ConfigRule)}
_EXCEPTED: dict[str, _Fits] = {
    **dict.fromkeys(("rule", "check", "where", "principal", "fingerprint", "reason"), _is_text),
    "until": _is_day,
}
