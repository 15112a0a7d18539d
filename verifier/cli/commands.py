"""Commands of typer's that start quickly, and their exit codes.

    HELP_NAMES                how help is asked for
    LazyCommands              imports and makes a command when it is first asked for
    QuickCommand, QuickGroup  read their options without pydantic
    ExitCode                  the exit codes, in one place (interface.md)

A command is its module's function of the same name, by typer's own rules.

Typer makes a pydantic adapter for every option of the command that runs, even for those that are absent; to import and
set up pydantic would cost more than most proofs. A `LightReader` takes its place for the few types that the commands
use. Every other type, and every typer that keeps its readers elsewhere, goes typer's own way. In the help an argument
is called by its name alone.

If an option that takes one value is given twice, that is an error here: typer would take the last in silence.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from verifier.cli.document_options import with_options

HELP_NAMES = {"help_option_names": ["--help", "-h"]}


class LazyCommands(Mapping[str, Any]):
    """The commands by name, for a group of typer's; `lines` are their lines in the help of the group."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _command(name, self._lines[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _command(name: str, line: str) -> Any:
    """Return the command `name` of typer's, with `line` as its line in the help of the group."""
    word = name.replace("-", "_")
    module = import_module(f"verifier.cli.{word}")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    made = alone.command(
        name, cls=QuickCommand, short_help=line, epilog=module.EXAMPLES, context_settings=dict(HELP_NAMES)
    )
    made(with_options(getattr(module, word)))
    return get_command(alone)


# What asks one question after the other: the limit is for each.
_OF_MANY = ("sweep", "batch", "changes", "check", "audit", "review", "who")


class QuickCommand(TyperCommand):
    """A command whose options are read by `LightReader`, and whose `--timeout` holds for all that it does."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; where it ends before it has an answer, print that it is undecided. Raises typer.Exit."""
        seconds = ctx.params.get("timeout")
        if seconds is None or self.name in _OF_MANY:
            return super().invoke(ctx)
        from verifier.base.budget import deadline
        from verifier.base.errors import UndecidedError

        try:
            with deadline(seconds):
                return super().invoke(ctx)
        except UndecidedError as why:
            from verifier.cli.output import print_undecided

            print_undecided(str(self.name), ctx.params, str(why))

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those that typer adds included."""
        return _lightened(super().get_params(ctx))

    def make_parser(self, ctx: Any) -> Any:
        """Return the parser of the arguments, one that refuses what is given twice."""
        return _strict(super().make_parser(ctx), ctx)


class QuickGroup(TyperGroup):
    """A group whose options are read by `LightReader`; no command is made for its name alone.

    Its help shows the commands first, by `groups`, and so does a call without any argument.
    """

    groups: Mapping[str, Mapping[str, str]]
    meant: Mapping[str, str] = {}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first argument names; other words for one are suggested (`meant`)."""
        word = args[0].lower() if args else ""
        if word in self.meant:
            ctx.fail(f"No such command {args[0]!r}. Did you mean '{self.meant[word]}'?")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; none at all ask for help."""
        return super().parse_args(ctx, args or ["--help"])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, and then the options."""
        widest = max(len(name) for lines in self.groups.values() for name in lines)
        for title, lines in self.groups.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{widest}}", line) for name, line in lines.items()])
        with formatter.section("Options"):
            formatter.write_dl(
                [each for each in (param.get_help_record(ctx) for param in self.get_params(ctx)) if each]
            )

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, those that typer adds included."""
        return _lightened(super().get_params(ctx))

    def make_parser(self, ctx: Any) -> Any:
        """Return the parser of the arguments, one that refuses what is given twice."""
        return _strict(super().make_parser(ctx), ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(self.commands)


class LightReader:
    """Reads the values of one option or argument."""

    def coerce(self, value: Any, param: Any, ctx: typer.Context) -> Any:
        """Return `value` in the type of `param`, as typer does. Raises typer.BadParameter for a value that is none."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        kind = param.type_descriptor.annotation
        if kind is str or kind == list[str]:
            return value
        try:
            if kind in (int, float):
                return kind(value)
            if isinstance(kind, type) and issubclass(kind, enum.Enum):
                return kind(value)
        except ValueError:
            raise typer.BadParameter(f"'{value}' is not {_wanted(kind)}", ctx=ctx, param=param) from None
        param._runtime_param = None  # noqa: SLF001 - typer's own reader again
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _lightened(params: list[Any]) -> list[Any]:
    for param in params:
        param._runtime_param = LightReader()  # noqa: SLF001 - typer has no public place for it
        if param.param_type_name == "argument":
            name = param.metavar
            param._usage_display_name = lambda name=name: name  # noqa: SLF001 - `OLD`, where typer writes `{OLD}`
            param.display_type_rich = lambda ctx: None  # noqa: ARG005 - and `OLD <str>`
    return params


def _strict(parser: Any, ctx: Any) -> Any:
    read = parser.parse_args

    def parse_args(args: list[str]) -> Any:
        found = _, _, order = read(args=args)
        if not any(param.is_eager for param in order):  # help and versions answer whatever else is given
            _refuse_repeated(order, ctx)
        return found

    parser.parse_args = parse_args
    return parser


def _refuse_repeated(order: list[Any], ctx: Any) -> None:
    """Raise typer.BadParameter where an option of one value stands twice in `order`, the parameters as they came."""
    seen: set[str] = set()
    for param in order:
        if param.param_type_name != "option" or param.multiple or param.is_flag:
            continue
        if param.name in seen:
            raise typer.BadParameter("it was given twice, but takes one value", ctx=ctx, param=param)
        seen.add(param.name)


def _wanted(kind: type) -> str:
    if issubclass(kind, enum.Enum):
        return f"one of: {', '.join(str(each.value) for each in kind)}"
    return "a whole number" if kind is int else "a number"


class ExitCode(enum.IntEnum):
    """What the process says when it ends."""

    YES = 0
    """Contained, equivalent, confined, allowed, all answered."""
    NO = 1
    """Escapes, different, denied, an error; vacuous under `--fail-on vacuous`, a warning under `--strict`."""
    WRONG_INPUT = 2
    """The documents or the call are wrong."""
    UNDECIDED = 3
    """A limit was reached, or a construct lies outside the decided fragment."""
    INTERNAL_ERROR = 4
    """A defect of the verifier itself."""
    INTERRUPTED = 130
    """Ctrl-C, as the shells count it."""
    BROKEN_PIPE = 141
    """The reader of standard output went away, as the shells count it."""
