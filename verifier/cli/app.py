"""The command `verifier`: its commands put together, and what happens when something goes wrong.

No traceback reaches a user: input errors exit 2, a defect of the verifier exits 4 with one line (`commands.py`). The
exit codes 0, 1 and 3 are answers, so nothing that ends early may use them.

The command line must cost less than a small proof. So help is plain text, only the command that is asked for is
imported and made, and each imports what it needs when it runs. To add a command: write a module in `verifier/cli/` with
a function of the same name, whose signature is its options and whose docstring is its help, and with its `EXAMPLES`;
then give it a row in `GROUPS`. (A `-` of the name is a `_` of the module and the function.)
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import sys
import threading
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer

from verifier.base.errors import InputError, UndecidedError, reason_of
from verifier.base.regex import regex
from verifier.base.safe import printable
from verifier.cli.commands import HELP_NAMES, ExitCode, LazyCommands, QuickGroup
from verifier.cli.provenance import called_with
from verifier.report.style import style_of
from verifier.version import VERSION, version_of

# In the order of the help: the groups of commands, and each command with its one line there.
GROUPS = {
    "Prove": {
        "prove": "Is all that is allowed within the maximum?",
        "confine": "Does a document block every service but these?",
        "sweep": "`prove` for each of many documents, in parallel.",
        "audit": "Does everybody in an account keep to what is intended?",
        "delegate": "Can a delegated administrator ever climb out?",
    },
    "Inspect": {
        "diff": "Do two documents allow the same requests?",
        "evaluate": "What happens to one request, and why?",
        "who": "Who in an account, and outside of it, can do something?",
        "can": "What may a user or role of an account do?",
        "explain": "What does a rule or a check say that an answer names?",
        "managed": "Which policies can be named, and what do they say?",
        "fetch-account": "Write an account of AWS into a folder, by calls that only read.",
    },
    "Fix": {
        "simplify": "Which parts of a document change nothing?",
        "repair": "Which small change keeps a boundary to the maximum?",
    },
    "Automate": {
        "check": "Do the rules of `verifier.toml` hold? What CI runs.",
        "review": "What does a change gain and lose, for whom?",
        "changes": "`diff` of each file against its version in git.",
        "batch": "Answer many questions, as JSON Lines.",
    },
}
COMMANDS = {name: line for lines in GROUPS.values() for name, line in lines.items()}
# Words that people try, and the command or option that does it.
_MEANT = {
    "help": "--help",
    "version": "--version",
    "compare": "diff",
    "simulate": "evaluate",
    "test": "evaluate",
    "scan": "sweep",
    "lint": "simplify",
    "fix": "repair",
    "verify": "prove",
}
_EPILOG = """\b
Examples:
  verifier prove policy.json --maximum maximum.json
  verifier prove aws:IAMReadOnlyAccess --maximum aws:ReadOnlyAccess
  verifier diff old.json new.json
  verifier COMMAND --help

\b
Exit codes:
  0  contained, equivalent, confined, allowed, all answered
  1  escapes, different, denied, an answer of a batch is an error;
     under --strict also a warning
  2  the input or the call is wrong, a document of a sweep is broken
  3  undecided: a limit was reached, or an unsupported construct
  4  internal error: a defect of verifier itself
"""


class Verifier(QuickGroup):
    """The group of all commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.groups, self.meant = GROUPS, _MEANT
        self.commands = LazyCommands(COMMANDS)  # type: ignore[assignment]  # typer could add some to its own, but does not


app = typer.Typer(
    name="verifier",
    cls=Verifier,
    add_completion=True,
    context_settings=dict(HELP_NAMES),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)


@app.callback(epilog=_EPILOG)
def verifier(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=print_version, is_eager=True, help="Show the versions and exit.")
    ] = False,
    json_schema: Annotated[
        bool,
        typer.Option(
            "--json-schema", callback=print_schema, is_eager=True, help="Show the schema of JSON answers and exit."
        ),
    ] = False,
) -> None:
    """Prove what AWS IAM policies can never do."""


def main() -> None:
    """Run the command line of this process and exit with its code."""
    _repair_streams()
    code = run_command_line(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as error:
        code = _lost(error)
    if code in (ExitCode.BROKEN_PIPE, ExitCode.WRONG_INPUT):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the interpreter's own flush has nothing to complain of
    _leave(code)


def run_command_line(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` and return the exit code, having said on standard error what went wrong."""
    try:
        return _run(arguments)
    except typer.TyperException as error:
        _complain(_usage(error))
        return ExitCode.WRONG_INPUT
    except InputError as error:
        from verifier.report.diagnostics import error_text

        _complain(error_text(error, style_of(sys.stderr)))
        return ExitCode.WRONG_INPUT
    except UndecidedError as why:
        _complain(f"undecided: {printable(str(why))}")
        return ExitCode.UNDECIDED
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _lost(error)
    except Exception as error:  # noqa: BLE001 - the last resort: a user never sees a traceback
        what = printable(" ".join(f"{type(error).__name__}: {error}".split()))
        _complain(f"internal error: {what}; please report it with the documents that lead to it")
        return ExitCode.INTERNAL_ERROR


def _run(arguments: Sequence[str]) -> int:
    try:
        with called_with(arguments):
            code = app(list(arguments), prog_name="verifier", standalone_mode=False)
    except SystemExit as ended:
        if isinstance(ended.__context__, OSError):  # typer's own end of a broken pipe has the exit code of an answer
            raise ended.__context__ from None
        raise
    return code if isinstance(code, int) else ExitCode.YES


def _usage(error: typer.TyperException) -> str:
    from verifier.report.diagnostics import usage_text

    message = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "verifier"
    said = f"{message[:1].lower()}{message[1:]}"
    unknown = _UNKNOWN_OPTION.fullmatch(said)
    if unknown:
        said = f"no such option: {unknown['option']}{_instead(unknown['option'], unknown['near'], command)}"
    return usage_text(f"{said} (see `{command} --help`)", style_of(sys.stderr))


_UNKNOWN_OPTION = regex(r"no such option: (?P<option>\S+)(?: \(Possible options: (?P<near>[^)]*)\))?")


def _instead(option: str, near: str | None, command: str) -> str:
    """Return what may have been meant by an option that there is not."""
    if near:
        best = max(near.split(", "), key=lambda other: (other.startswith(option), _likeness(option, other)))
        return f"; did you mean `{best}`?"
    return "; a command comes first, as in `verifier prove`" if command == "verifier" else ""


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio()


def _lost(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        return ExitCode.BROKEN_PIPE
    from verifier.report.diagnostics import usage_text

    _complain(usage_text(f"cannot read or write: {reason_of(error)}", style_of(sys.stderr)))
    return ExitCode.WRONG_INPUT


def _complain(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _leave(code: int) -> NoReturn:
    """End the process, without taking apart object by object what it holds: that takes longer than a small proof.

    What was registered to run at the end is run. Where a thread is left that must come to its end, the interpreter ends
    as it always does; one that need not, as Z3's after Ctrl-C, could make that take long.
    """
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter itself would call
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _repair_streams() -> None:
    """Open the streams that the caller closed, and let none fail on a character that its encoding lacks."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_version(wanted: bool) -> None:
    """Print the versions of the verifier, its solver and its catalogue, and exit; do nothing unless `wanted`."""
    if not wanted:
        return
    from verifier.clouds.aws.catalogue.tables import origin

    typer.echo(f"iam-verifier {VERSION}\nz3 {version_of('z3-solver')}\ncatalogue {origin().date.isoformat()}")
    raise typer.Exit(ExitCode.YES)


def print_schema(wanted: bool) -> None:
    """Print the JSON schema of every answer and exit; do nothing unless `wanted`."""
    if not wanted:
        return
    from verifier.report.answer_schema import schema  # pydantic only where it is needed

    typer.echo(json.dumps(schema(), indent=2))
    raise typer.Exit(ExitCode.YES)
