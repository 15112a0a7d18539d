"""The options that name the documents of a question, and who asks.

A command takes the documents that act together with identity policies as one parameter, `beside: BesideFiles`, and who
asks as another, `who: WhoFiles`; `with_options` puts the options in their places, by the table of the types.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

import typer

from verifier.base.dataclass import dataclass
from verifier.cli.completions import policy_names
from verifier.clouds.aws.policy.types import BESIDE, Multiplicity, PolicyType


@dataclass(frozen=True)
class WhoFiles:
    """Who asks, and the files of the resource's side, as options name them."""

    principal: str | None = None
    federated_by: str | None = None
    resource_policy: list[str] | None = None
    endpoint: str | None = None


NOBODY = WhoFiles()
_WHO_OPTIONS: dict[str, Any] = {
    "principal": Annotated[
        str | None,
        typer.Option(
            "--principal",
            metavar="ARN",
            help="Who asks: an ARN, a service such as `lambda.amazonaws.com`, or `*`; a role means any session of it.",
        ),
    ],
    "federated_by": Annotated[
        str | None, typer.Option("--federated-by", metavar="ARN", help="The user who federated the principal.")
    ],
    "resource_policy": Annotated[
        list[str] | None,
        typer.Option(
            "--resource-policy",
            metavar="ARN=FILE",
            help="The policy of a resource, or the trust policy of a role; repeat it for several.",
        ),
    ],
    "endpoint": Annotated[str | None, typer.Option("--endpoint", metavar="FILE", help="The policy of a VPC endpoint.")],
}
Explicit: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--explicit",
        help="Ask more: whether all outside the maximum is denied, so that no resource policy can allow it either.",
    ),
]


_BESIDE, _WHO = "beside", "who"
_SHORT = {PolicyType.BOUNDARY: ("-b",)}


def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return `command` with an option for each type instead of its parameter `beside`, and with those that tell who
    asks instead of `who`; itself if it has neither.
    """
    parameters = inspect.signature(command, eval_str=True).parameters
    if not {_BESIDE, _WHO} & set(parameters):
        return command

    def run(**options: Any) -> Any:
        if _BESIDE in parameters:
            options[_BESIDE] = {type_: options.pop(_parameter(type_)) for type_ in BESIDE}
        if _WHO in parameters:
            options[_WHO] = WhoFiles(**{name: options.pop(name) for name in _WHO_OPTIONS})
        return command(**options)

    found: list[inspect.Parameter] = []
    for name, parameter in parameters.items():
        match name:
            case "beside":
                found += map(_option, BESIDE)
            case "who":
                found += [_parameter_of(*each) for each in _WHO_OPTIONS.items()]
            case _:
                found.append(parameter)
    run.__signature__ = inspect.Signature(found)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in found}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


def _parameter_of(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation)


def _parameter(type_: PolicyType) -> str:
    """Return the parameter for the option of a type; the option itself may have dashes."""
    return type_.facts.option.replace("-", "_")


def _option(type_: PolicyType) -> inspect.Parameter:
    facts = type_.facts
    names = (f"--{facts.option}", *_SHORT.get(type_, ()))
    option = typer.Option(*names, metavar="FILE", autocompletion=policy_names, help=facts.help)
    annotation: Any = (
        Annotated[str | None, option] if facts.many is Multiplicity.ONE else Annotated[list[str] | None, option]
    )
    return _parameter_of(_parameter(type_), annotation)
