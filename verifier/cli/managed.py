"""`verifier managed`: which policies can be named in place of a file, and what do they say?"""

from __future__ import annotations

import enum
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli.options import Format, FormatOption, Strict

if TYPE_CHECKING:
    from verifier.clouds.aws.managed.names import NamedDocument
    from verifier.report.managed_answers import ListedPart

EXAMPLES = """\b
Examples:
  verifier managed list
  verifier managed list 'Amazon*ReadOnlyAccess'
  verifier managed list preset
  verifier managed show ReadOnlyAccess > read-only.json
  verifier managed show preset:no-escalation --format json
"""


class Task(enum.Enum):
    """What is asked about the policies that have a name."""

    LIST = "list"
    SHOW = "show"


def managed(
    task: Annotated[Task, typer.Argument(metavar="TASK", help="`list` or `show`.", show_default=False)],
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The name; for `list`, a part of it or a pattern.", show_default=False),
    ] = None,
    form: FormatOption = Format.TEXT,
    strict: Strict = False,  # noqa: ARG001 - every command has it; there is nothing to warn about
) -> None:
    """List the policies that can be named in place of a file, or show one.

    AWS managed policies are named `aws:NAME`, or by their ARN; ready-made
    maxima are named `preset:NAME`. `list` lists them with version and date:
    those with NAME in their name, or, where NAME has a `*` or a `?`, those
    whose name it matches, in any case. `show` prints the document, with the
    lines that reports quote.

    \b
    Exit codes: 0, or 2 if nothing has such a name.
    """
    match task:
        case Task.LIST:
            _list(name or "", form)
        case Task.SHOW:
            _show(name or "", form)


def _list(wanted: str, form: Format) -> None:
    from verifier.base.errors import UsageError, quote
    from verifier.base.safe import json_text
    from verifier.clouds.aws.managed.presets import presets
    from verifier.clouds.aws.managed.shipped import copy_origin, managed_policies
    from verifier.report.managed_answers import CopyPart, ManagedListAnswer

    fits = _fitting(wanted.lower())
    every: list[NamedDocument] = [*presets(), *managed_policies()]
    found = [part for part in map(_part, every) if fits(part.name.lower())]
    if not found:
        help = "give a part of a name, or a pattern such as `*ReadOnly*`"
        raise UsageError(f"no name fits {quote(wanted)}", help=help)
    if form is Format.JSON:
        origin = copy_origin()
        copied = CopyPart(date=origin.date.isoformat(), package=origin.package, package_version=origin.package_version)
        print(json_text(ManagedListAnswer(copied=copied, policies=found).as_json(), indent=2))
        return
    width, middle = (max(len(getattr(part, name) or "") for part in found) for name in ("name", "version"))
    for part in found:
        print(f"{part.name:<{width}}  {part.version or '':<{middle}}  {part.date}  {part.arn or part.meaning}")


def _fitting(wanted: str) -> Callable[[str], bool]:
    """Return whether a name, in lower case, fits what is wanted; its prefix may be left out."""
    from verifier.strings.pattern import Pattern, Wild

    if "*" not in wanted and "?" not in wanted:
        return lambda name: wanted in name
    wild = {each.value: each for each in Wild}
    pattern = Pattern.of(wild.get(part, part) for part in re.split(r"([*?])", wanted))
    return lambda name: pattern.matches(name) or pattern.matches(name.partition(":")[2])


def _show(name: str, form: Format) -> None:
    import json

    from verifier.base.safe import json_text
    from verifier.clouds.aws.managed.names import find_named, origin_of
    from verifier.report.managed_answers import ManagedShowAnswer

    found = find_named(name)
    if form is Format.JSON:
        document = json.loads(found.text)
        answer = ManagedShowAnswer(**vars(_part(found)), origin=origin_of(found), document=document)
        print(json_text(answer.as_json(), indent=2))
    else:
        print(f"note: {origin_of(found)}", file=sys.stderr)
        print(found.text)


def _part(found: NamedDocument) -> ListedPart:
    from verifier.clouds.aws.managed.names import full_name
    from verifier.clouds.aws.managed.shipped import ManagedPolicy
    from verifier.report.managed_answers import ListedPart

    name = full_name(found)
    if isinstance(found, ManagedPolicy):
        return ListedPart(name=name, arn=found.arn, version=found.version, date=found.updated.isoformat())
    return ListedPart(name=name, date=found.date, meaning=found.meaning)
