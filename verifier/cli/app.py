"""The command `verifier`: its commands put together, and what happens when something goes wrong.

No traceback reaches a user: input errors exit 2, a defect of the verifier exits 4 with one line (`codes.py`). The exit
codes 0, 1 and 3 are answers, so nothing that ends early may use them. Commands import what they need when they run, and
help is plain text, so that the command line costs little beside a small proof.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from verifier.cli import batch, confine, diff, evaluate, prove
from verifier.cli.codes import ExitCode
from verifier.cli.version import print_schema, print_version
from verifier.errors import InputError, UndecidedError
from verifier.report.diagnostics import error_text, usage_text
from verifier.report.style import printable, style_of

EXAMPLES = """\b
Examples:
  verifier prove --policy policy.json --maximum maximum.json
  verifier diff old.json new.json
  verifier COMMAND --help
"""

app = typer.Typer(
    name="verifier", add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=False
)


@app.callback(epilog=EXAMPLES)
def verifier(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the versions and exit.")
    ] = False,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", callback=print_schema, is_eager=True, help="Show the schema of the JSON answers and exit.")
    ] = False,
) -> None:
    """Prove what AWS IAM policies can never do.

    \b
    Exit codes:
      0  contained, equivalent, confined, allowed, all answered
      1  escapes, different, denied, an answer of a batch is an error
      2  the input or the call is wrong
      3  undecided: a limit was reached, or an unsupported construct
      4  internal error: a defect of the verifier
    """


app.command("prove", epilog=prove.EXAMPLES)(prove.prove)
app.command("diff", epilog=diff.EXAMPLES)(diff.diff)
app.command("confine", epilog=confine.EXAMPLES)(confine.confine)
app.command("evaluate", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.command("batch", epilog=batch.EXAMPLES)(batch.batch)


def main() -> None:
    """Run the command line of this process and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = ExitCode.BROKEN_PIPE
    if code == ExitCode.BROKEN_PIPE:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(int(code))


def run(arguments: Sequence[str]) -> int:
    """Run the command line `arguments` and return the exit code, having said on standard error what went wrong."""
    try:
        return _run(arguments)
    except typer.TyperException as error:
        _complain(usage_text(f"{_lower_first(error.format_message())} (see `verifier --help`)", style_of(sys.stderr)))
        return ExitCode.WRONG_INPUT
    except InputError as error:
        _complain(error_text(error, style_of(sys.stderr)))
        return ExitCode.WRONG_INPUT
    except UndecidedError as why:
        _complain(f"undecided: {printable(str(why))}")
        return ExitCode.UNDECIDED
    except (KeyboardInterrupt, typer.Abort):
        _complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last resort: a user never sees a traceback
        what = printable(" ".join(f"{type(error).__name__}: {error}".split()))
        _complain(f"internal error: {what}; please report it with the documents that lead to it")
        return ExitCode.INTERNAL_ERROR


def _run(arguments: Sequence[str]) -> int:
    code = app(list(arguments), prog_name="verifier", standalone_mode=False)
    return code if isinstance(code, int) else ExitCode.YES


def _complain(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except BrokenPipeError:
        pass


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
