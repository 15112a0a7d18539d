"""The manual page of the command, made of the same code as its help: `man ./docs/reference/verifier.1`.

`make_reference.py` writes it; a wheel installs it as `share/man/man1/verifier.1`.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from verifier.cli.app import COMMANDS, GROUPS
from verifier.cli.commands import ExitCode, LazyCommands
from verifier.version import VERSION

_ABOUT = "prove what AWS IAM policies can never do"


def man_page() -> str:
    """Return the page in the language of troff, in the macros of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield '.\\" Made from the code by `make reference`; do not edit.'
    yield f'.TH VERIFIER 1 "" "iam-verifier {VERSION}" "User Commands"'
    yield from (".SH NAME", f"verifier \\- {_ABOUT}", ".SH SYNOPSIS", ".B verifier", ".I COMMAND", "[OPTIONS] [ARGS]")
    yield ".SH DESCRIPTION"
    yield from _text(
        "An answer is a proof for every request that AWS could be sent, a request that contradicts it, or undecided."
    )
    commands = LazyCommands(COMMANDS)
    for group, lines in GROUPS.items():
        yield f'.SS "{group}"'
        for name, line in lines.items():
            yield from (".TP", f".B verifier {_said(name)}", *_text(line))
    for name in COMMANDS:
        yield f'.SH "VERIFIER {name.upper()}"'
        yield from _command(name, commands[name])
    yield '.SH "EXIT STATUS"'
    for code in ExitCode:
        found = re.search(rf'^    {code.name} = \d+\n    """(.*?)"""$', inspect.getsource(ExitCode), re.MULTILINE)
        assert found, code
        yield from (".TP", f".B {code.value}", *_text(found[1]))
    yield from (".SH FILES", ".TP", ".I verifier.toml")
    yield from _text("The rules of a repository, and what is intended in an account.")


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    yield from (f".B verifier {_said(name)}", " ".join(("[OPTIONS]", *(_said(each.metavar) for each in arguments))))
    for block in inspect.cleandoc(command.help).replace("\b\n", "").split("\n\n"):
        yield from (".PP", *_text(block))
    for each in command.params:
        names = ", ".join(each.opts) if each.param_type_name == "option" else each.metavar
        value = f" {each.metavar}" if each.param_type_name == "option" and not each.is_flag and each.metavar else ""
        yield from (".TP", f".B {_said(names)}{_said(value)}", *_text(each.help or ""))
    for block in command.epilog.split("\b\n")[1:]:
        title, _, body = block.strip().partition("\n")
        yield from (".PP", *_text(title), ".nf", *map(_line, textwrap.dedent(body).splitlines()), ".fi")


def _text(text: str) -> Iterable[str]:
    return [_line(" ".join(text.split()))]


def _line(text: str) -> str:
    """Return a line that troff shows as it is: no control line, no escape."""
    said = _said(text)
    return f"\\&{said}" if said[:1] in (".", "'") else said


def _said(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")
