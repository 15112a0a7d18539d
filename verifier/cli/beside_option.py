"""The options of the documents that act together with identity policies: one for each type, by the table of the types.

A command takes them as one parameter, `beside: BesideFiles`; `with_options` puts the options in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from verifier.clouds.aws.policy.types import BESIDE, Many, PolicyType

_NAME = "beside"


def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return `command` with an option for each type instead of its parameter `beside`; itself if it has none."""
    parameters = inspect.signature(command, eval_str=True).parameters
    if _NAME not in parameters:
        return command

    def run(**options: Any) -> Any:
        beside = {type_: options.pop(type_.facts.option) for type_ in BESIDE}
        return command(**options, beside=beside)

    found: list[inspect.Parameter] = []
    for name, parameter in parameters.items():
        found += map(_option, BESIDE) if name == _NAME else [parameter]
    run.__signature__ = inspect.Signature(found)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in found}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


def _option(type_: PolicyType) -> inspect.Parameter:
    facts = type_.facts
    option = typer.Option(f"--{facts.option}", metavar="FILE", help=facts.help)
    annotation: Any = Annotated[str | None, option] if facts.many is Many.ONE else Annotated[list[str] | None, option]
    return inspect.Parameter(facts.option, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)
