"""Finding and reading a configuration.

    find_config(tree, folder)  the path of the configuration that holds in `folder`, None where there is none
    read_config(tree, path)    -> LoadedConfig: the configuration, and where it stands

It is looked for in `folder` and then upwards to the root of the repository, and no further: what lies above belongs to
somebody else, and could switch every rule off. The first folder with a `verifier.toml`, or with a `pyproject.toml` that
has a table `[tool.verifier]`, has it; with both, neither is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.grammar import span_at
from verifier.base.regex import regex
from verifier.base.source import Source, Span
from verifier.config.places import Path, toml_places
from verifier.config.quick import quick_config
from verifier.config.rules import Config
from verifier.sources.tree import Tree, kind_of, label, text

OWN, SHARED = "verifier.toml", "pyproject.toml"
_TABLE = ("tool", "verifier")
_MOST = 1024 * 1024
_PLACE = regex(r" \(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True)
class LoadedConfig:
    """A configuration that was read: `path` is its file from the root, and `folder` what its paths are relative to."""

    config: Config
    path: str
    source: Source
    within: Path

    @property
    def folder(self) -> str:
        """The folder of the file, from the root; empty for the root itself."""
        return self.path.rpartition("/")[0]

    def place(self, *path: str | int) -> Span | None:
        """Return where a key stands, or the nearest table around it."""
        return _place(toml_places(self.source.text), (*self.within, *path))


def find_config(tree: Tree, folder: str) -> str | None:
    """Return the path of the configuration that holds in `folder`. Raises UsageError where two are in one folder."""
    while True:
        inside = [f"{folder}/{name}" if folder else name for name in (OWN, SHARED)]
        found = [path for path in inside if kind_of(tree, path) is not None and _has_table(tree, path)]
        if len(found) > 1:
            message = f"there are two configurations, {quote(label(tree, found[0]))} and {quote(label(tree, found[1]))}"
            raise UsageError(message, help="keep one, or name it with `--config`")
        if found or not folder:
            return found[0] if found else None
        folder = folder.rpartition("/")[0]


def read_config(tree: Tree, path: str) -> LoadedConfig:
    """Return the configuration in the file at `path`.

    Raises UsageError, with line and column, where it is missing, not TOML, or says what is not known.
    """
    source = text(tree, path, _MOST)
    data = _loaded(source)
    within: Path = _TABLE if path.rpartition("/")[2] == SHARED else ()
    for name in within:
        found = data.get(str(name))
        if not isinstance(found, dict):
            message = f"{quote(source.name)} has no table `[tool.verifier]`"
            raise UsageError(message, help="write `[[tool.verifier.rule]]`, or name another file")
        data = found
    found = LoadedConfig(quick_config(data) or _config(data, source, within), path, source, within)
    _check_names(found)
    return found


def _config(data: Mapping[str, Any], source: Source, within: Path) -> Config:
    from pydantic import ValidationError  # noqa: PLC0415 - as `model.py` says

    from verifier.config.model import ConfigForm  # noqa: PLC0415 - as above

    try:
        return ConfigForm.model_validate(dict(data)).config
    except ValidationError as wrong:
        raise _error(wrong.errors(include_url=False)[0], source, within) from None


def _check_names(found: LoadedConfig) -> None:
    """Raise UsageError where two rules have one name, or an exception is to a rule that does not exist."""
    names: set[str] = set()
    for number, rule in enumerate(found.config.rules):
        if rule.name in names:
            raise UsageError(
                f"two rules are called {quote(rule.name)}",
                source=found.source,
                span=found.place("rule", number, "name"),
                help="give each its own name",
            )
        names.add(rule.name)
    for number, excepted in enumerate(found.config.exceptions):
        if excepted.rule is not None and excepted.rule not in names:
            near = get_close_matches(excepted.rule, names, 1)
            raise UsageError(
                f"there is no rule {quote(excepted.rule)}",
                source=found.source,
                span=found.place("except", number, "rule"),
                help=f"did you mean {quote(near[0])}?" if near else "name one of the rules",
            )


def _has_table(tree: Tree, path: str) -> bool:
    if path.rpartition("/")[2] == OWN:
        return True
    try:
        tool = _loaded(text(tree, path, _MOST)).get("tool")
    except UsageError as error:
        if error.span is None or error.source is None or ".".join(_TABLE) in error.source.text:
            raise
        return False  # a broken file of another tool
    return isinstance(tool, Mapping) and _TABLE[1] in tool


def _loaded(source: Source) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415 - only where there is a configuration

    try:
        return tomllib.loads(source.text)
    except RecursionError:
        raise UsageError(
            "the configuration is nested too deep", source=source, help="use fewer levels of nesting"
        ) from None
    except tomllib.TOMLDecodeError as wrong:
        said = str(wrong)
        found = _PLACE.search(said)
        line, column = (int(found[1]), int(found[2])) if found else (source.text.count("\n") + 1, 1)
        message = _PLACE.sub("", said).replace(" (at end of document)", "")
        span = Span(line, column, line, column + 1)
        help = "write TOML, as `docs/how-to/ci.md` shows"
        raise UsageError(f"not TOML: {_lower(message)}", source=source, span=span, help=help) from None


def _error(found: Mapping[str, Any], source: Source, within: Path) -> UsageError:
    path = tuple(part for part in found["loc"] if not _is_tag(part))
    place = _place(toml_places(source.text), (*within, *path)) or span_at(source.text, 0)
    message, help = _in_words(found, path)
    return UsageError(message, source=source, span=place, help=help)


def _in_words(found: Mapping[str, Any], path: Path) -> tuple[str, str]:
    name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    match found["type"]:
        case "extra_forbidden":
            near = get_close_matches(name, _known(path[:-1]), 1)
            known = ", ".join(_known(path[:-1]))
            return (
                f"{quote(name)} is not a known key here",
                f"did you mean {quote(near[0])}?" if near else f"use one of {known}",
            )
        case "missing":
            return f"the key {quote(name)} is missing", "add it"
        case "value_error":
            return _lower(found["msg"].removeprefix("Value error, ")), "see `docs/how-to/ci.md` for the forms"
        case "too_short":
            return f"{quote(name)} is empty, so nothing would be checked", "name something, or leave it out"
        case "string_too_short":
            return f"{quote(name)} contains an empty string", "write one"
        case _:
            return f"{quote(name)}: {_lower(found['msg'])}", "see `docs/how-to/ci.md` for its form"


def _known(path: Path) -> list[str]:
    """Return the keys of the table at `path`."""
    from verifier.config.model import ConfigForm  # noqa: PLC0415 - as above

    schema: dict[str, Any] = ConfigForm.model_json_schema()
    models, here = schema.get("$defs", {}), schema
    for part in path:
        here = here.get("properties", {}).get(part, {}) if isinstance(part, str) else here.get("items", {})
        here = next((one for one in (here, *here.get("anyOf", ())) if "$ref" in one or "items" in one), here)
        if "$ref" in here:
            here = models[here["$ref"].rpartition("/")[2]]
    return sorted(here.get("properties", {}))


def _is_tag(part: str | int) -> bool:
    return isinstance(part, str) and "[" in part


def _place(known: Mapping[Path, Span], path: Path) -> Span | None:
    return next((known[path[:end]] for end in range(len(path), 0, -1) if path[:end] in known), None)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
