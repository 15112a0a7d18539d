"""Make what in `docs/reference/` the code determines: commands, public names, JSON answers, a manual, a picture.

python -m tools.make_reference

Nothing on these pages is written by hand: what a page lacks is to be said in a docstring, or in the help of an option.
A test compares the pages with `pages()`.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import verifier
from tools.answer_picture import answer_picture
from tools.man_page import man_page
from verifier.base.errors import VerifierError
from verifier.cli.app import COMMANDS
from verifier.cli.commands import ExitCode, LazyCommands
from verifier.report.answer_schema import schema

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NAMES = ("commands.md", "python.md", "json.md", "verifier.1", "answer.svg")
WIDTH = 80

_MADE = "<!-- Made from the code by `make reference`; do not edit. -->"


def main() -> None:
    """Write every page anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}: {len(text.splitlines())} lines")


def pages() -> dict[str, str]:
    """Return what each page has to hold, by its name."""
    made = ("\n\n".join((_MADE, *blocks)) + "\n" for blocks in (_commands(), _names(), _answers()))
    return dict(zip(NAMES, (*made, man_page(), answer_picture()), strict=True))


# --- commands ---------------------------------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield "What `verifier COMMAND --help` tells, for every command. The tests run the examples."
    yield _table(
        ("command", "question"), ((f"[`verifier {name}`](#verifier-{name})", line) for name, line in COMMANDS.items())
    )
    yield "## Exit codes"
    yield "Every command uses the same. 0, 1 and 3 are answers, and nothing that ends early has one of them."
    yield _table(("exit code", "meaning"), ((str(code.value), _said_of(code)) for code in ExitCode))
    commands = LazyCommands(COMMANDS)
    for name in COMMANDS:
        yield from _command(name, commands[name])


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join((f"verifier {name}", "[OPTIONS]", *(each.metavar for each in arguments)))
    yield f"## verifier {name}"
    yield _fenced(usage)
    yield from _blocks(command.help)
    if arguments:
        yield _table(("argument", "meaning"), ((f"`{each.metavar}`", each.help) for each in arguments))
    yield _table(("option", "meaning"), ((_written(each), " ".join((each.help, *_default(each)))) for each in options))
    for block in command.epilog.split("\b\n")[1:]:
        title, _, body = block.strip().partition("\n")
        yield title
        yield _fenced(textwrap.dedent(body))


def _written(option: Any) -> str:
    """Return an option as it is written, with what follows it; a bar in a table would be shown with its escape."""
    name = " ".join(f"`{each}`" for each in option.opts)
    if option.is_flag or not option.metavar:
        return name
    return f"{name} {' or '.join(f'`{each}`' for each in option.metavar.split('|'))}"


def _default(option: Any) -> Iterator[str]:
    """Yield what holds where an option is not given, if its help does not say so."""
    value = option.default.value if isinstance(option.default, enum.Enum) else option.default
    if option.required:
        yield "Required."
    elif not option.is_flag and option.show_default and value not in (None, [], ()):
        yield f"Default: `{value:g}`." if isinstance(value, float) else f"Default: `{value}`."


def _said_of(code: ExitCode) -> str:
    """Return the sentence that stands behind an exit code in the source."""
    found = re.search(rf'^    {code.name} = \d+\n    """(.*?)"""$', inspect.getsource(ExitCode), re.MULTILINE)
    assert found, code
    return found[1]


# --- public names -----------------------------------------------------------------------------------------------------


def _names() -> Iterator[str]:
    yield "# Python"
    yield (
        "The public names of the package `verifier`, with what their docstrings tell. Everything else is free to "
        "change. Rule numbers are those of [the rules](../semantics.md)."
    )
    groups: dict[str, list[str]] = {"Functions": [], "Classes": [], "Unions": [], "Errors": []}
    for name in verifier.__all__:
        groups[_group(getattr(verifier, name))].append(name)
    yield _table(
        ("kind", "names"),
        ((kind, ", ".join(f"[`{name}`](#{name.lower()})" for name in names)) for kind, names in groups.items()),
    )
    for kind, names in groups.items():
        yield f"## {kind}"
        for name in names:
            yield f"### {name}"
            yield from _name(name, getattr(verifier, name))


def _group(value: object) -> str:
    if isinstance(value, types.UnionType):
        return "Unions"
    if isinstance(value, type):
        return "Errors" if issubclass(value, VerifierError) else "Classes"
    return "Functions"


def _name(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, types.UnionType):
        yield _fenced(f"{name} = {' | '.join(each.__name__ for each in value.__args__)}", "pyi")
    elif isinstance(value, type):
        yield from _class(value)
    else:
        yield _fenced(_signature(name, value), "pyi")
        yield _documented(value)


def _class(value: type) -> Iterator[str]:
    if issubclass(value, Exception):
        bases = [base.__name__ for base in value.__bases__ if issubclass(base, VerifierError)]
        yield " ".join((_documented(value), *(f"A kind of [`{base}`](#{base.lower()})." for base in bases)))
        return
    yield _documented(value)
    if issubclass(value, enum.Enum):
        yield _table(("member", "value"), ((f"`{each.name}`", f"`{each.value}`") for each in value))
        return
    assert dataclasses.is_dataclass(value), value
    fields = [field for field in dataclasses.fields(value) if not field.name.startswith("_")]
    lines = [f"{field.name}: {field.type}" for field in fields]
    yield _fenced("\n".join((f"class {value.__name__}:", *(f"    {line}" for line in lines))), "pyi")
    members = list(_members(value))
    if members:
        yield _table(("member", "meaning"), members)


def _members(value: type) -> Iterator[tuple[str, str]]:
    """Yield the methods and properties of a class that its docstrings speak of."""
    for name, member in vars(value).items():
        bare = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        hidden = name.startswith("_") and name != "__iter__"
        if hidden or not inspect.getdoc(bare) or isinstance(bare, types.MemberDescriptorType):
            continue
        if inspect.isfunction(bare):
            signature = _one_line(bare, bound=not isinstance(member, staticmethod))
            yield f"`{name}{signature}`", _first(bare)
        elif isinstance(bare, property) or hasattr(bare, "func"):
            yield f"`{name}`", _first(bare)


def _one_line(function: Callable[..., Any], *, bound: bool) -> str:
    parameters = list(inspect.signature(function).parameters.values())[1 if bound else 0 :]
    return f"({', '.join(each.name if each.default is each.empty else f'{each.name}=...' for each in parameters)})"


def _signature(name: str, function: Callable[..., Any]) -> str:
    found = inspect.signature(function)
    parts: list[str] = []
    for each in found.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "*" not in parts and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = "*" if each.kind is each.VAR_POSITIONAL else ""
        default = "" if each.default is each.empty else f" = {each.default!r}"
        parts.append(f"{star}{each.name}: {each.annotation}{default}")
    result = f") -> {found.return_annotation}"
    line = f"def {name}({', '.join(parts)}{result}"
    return line if len(line) <= WIDTH else "\n".join((f"def {name}(", *(f"    {part}," for part in parts), result))


def _documented(value: object) -> str:
    return inspect.getdoc(value) or ""


def _first(value: object) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join(_documented(value).split("\n\n")[0].split())


# --- JSON answers -----------------------------------------------------------------------------------------------------


def _answers() -> Iterator[str]:
    found = schema()
    models: dict[str, Any] = found["$defs"]
    yield "# JSON answers"
    yield (
        "What `--format json` writes, from `verifier --json-schema`, which prints the same for programs. A key that "
        "does not apply is left out. More keys may be added; none is renamed. [The interface](../interface.md) says "
        "what the answers mean, and what the questions of `verifier batch` look like."
    )
    order = [_named(each) for each in found["anyOf"]]
    for name in order:
        model = models[name]
        yield f"## {name}"
        yield from _blocks(model["description"])
        required = set(model.get("required", ()))
        rows = []
        for key, kind in model["properties"].items():
            rows.append((f"`{key}`", _kind(kind), "yes" if key in required else ""))
            order += [each for each in _mentioned(kind) if each not in order]
        yield _table(("key", "value", "always there"), rows)
    assert set(order) == set(models)


def _kind(kind: dict[str, Any]) -> str:
    """Return what a schema admits, in words; models are links."""
    if "$ref" in kind:
        return f"[{_named(kind)}](#{_named(kind).lower()})"
    if "anyOf" in kind:
        return " or ".join(_kind(each) for each in kind["anyOf"] if each.get("type") != "null")
    if "enum" in kind or "const" in kind:
        return " or ".join(f'`"{each}"`' for each in kind.get("enum", [kind.get("const")]))
    match kind.get("type"):
        case "array":
            return f"list of {_kind(kind['items'])}"
        case "object":
            values = kind.get("additionalProperties", True)
            return "object" if isinstance(values, bool) else f"object, each value {_kind(values)}"
        case None:
            return "any JSON"
        case plain:
            return {"integer": "whole number", "boolean": "`true` or `false`"}.get(plain, str(plain))


def _mentioned(kind: object) -> Iterator[str]:
    if isinstance(kind, dict):
        if "$ref" in kind:
            yield _named(kind)
        for each in kind.values():
            yield from _mentioned(each)
    elif isinstance(kind, list):
        for each in kind:
            yield from _mentioned(each)


def _named(kind: dict[str, Any]) -> str:
    return str(kind["$ref"]).rpartition("/")[2]


# --- Markdown ---------------------------------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text or docstring."""
    for block in inspect.cleandoc(text).replace("\b\n", "").split("\n\n"):
        yield " ".join(block.split())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(head)
    cells = [[_cell(each) for each in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (names, ("---",) * len(names), *cells))


def _cell(text: str) -> str:
    assert "|" not in text, text  # GitHub and the site do not agree how it is escaped within code
    return " ".join(text.split())


def _fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```"


if __name__ == "__main__":
    main()
