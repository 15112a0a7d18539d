"""The text of a file to values with places, whatever notation it is in.

    read_values(source)      JSON, JSON with comments and trailing commas, or YAML
    json_values(source)      JSON alone (`json_values.py`)
    values_within(text)      JSON inside a string of the file (`within.py`)

YAML is read by `yaml_values.py`. A text that begins as JSON does is JSON, and YAML only where its name says so;
a text that begins as URL-encoded JSON does is that one text.
"""

from __future__ import annotations

from verifier.base.errors import UsageError
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.sources.json_values import json_values
from verifier.sources.values import TextValue, Value
from verifier.sources.within import values_within

__all__ = ["json_values", "read_values", "values_within"]

_JSON_START = regex(r'\s*+(?:[{\["]|//|/\*)')
_URL_ENCODED = regex(r"\s*+%[75][bB]\S*+\s*+\Z")


def read_values(source: Source) -> Value:
    """Return what the file holds: JSON, perhaps with comments, or YAML. Raises UsageError for anything else."""
    if _URL_ENCODED.match(source.text):
        return _one_text(source)
    if not _JSON_START.match(source.text):
        return _yaml(source)
    try:
        return json_values(source)
    except UsageError:
        if not source.name.endswith((".yaml", ".yml")):
            raise
    return _yaml(source)


def _one_text(source: Source) -> Value:
    """Return the text that is the whole file, as a value of it."""
    from verifier.sources.yaml_place import YamlPlace  # noqa: PLC0415 - as below

    begin = len(source.text) - len(source.text.lstrip())
    end = len(source.text.rstrip())
    return TextValue((source.text[begin:end],), YamlPlace(source, begin, end))


def _yaml(source: Source) -> Value:
    from verifier.sources.yaml_values import yaml_values  # noqa: PLC0415 - its library is loaded for YAML only

    return yaml_values(source)
