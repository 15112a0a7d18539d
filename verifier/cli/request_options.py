"""The options of `evaluate` that name a request: a file, or `--action`, `--resource` and `--key` in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from verifier.base.errors import UsageError, quote
from verifier.base.safe import printable

if TYPE_CHECKING:
    from verifier.clouds.aws.request import Request

RequestFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--request",
        metavar="FILE",
        help="The request: JSON, an event of CloudTrail (`FILE#EVENT-ID`), or a message that access was denied.",
        show_default=False,
    ),
]
ActionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--action",
        metavar="ACTION",
        help="Instead of `--request`: its action, as in `s3:GetObject`.",
        show_default=False,
    ),
]
ResourceOption: TypeAlias = Annotated[
    str | None, typer.Option("--resource", metavar="ARN", help="Its resource, an ARN or `*`.", show_default=False)
]
KeyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEY=VALUE",
        help="A condition key of it; repeat it for several, and for a key with several values.",
    ),
]


def request_named(
    action: str | None, resource: str | None, keys: Sequence[str] | None, *, file: str | None, files: Sequence[str] = ()
) -> Request | None:
    """Return the request that options name; None where it is in `file`. `files` are the policies of the call.

    A key that is given several times has several values. Raises UsageError where a call names its request twice, in
    part or not at all, and for what is not `KEY=VALUE`; RequestError where rules 1 to 3 are broken.
    """
    given = [name for name, value in (("--action", action), ("--resource", resource), ("--key", keys)) if value]
    if file is not None:
        if given:
            raise UsageError(f"`--request` and `{given[0]}` exclude each other", help="leave out one")
        return None
    if not (action and resource):
        missing = "--resource" if action else "--action"
        help = "give `--request FILE`, or `--action` and `--resource`"
        if len(files) > 1 and not given:
            help = f"{help}; if {quote(files[-1])} is the request, write `--request {printable(files[-1])}`"
        raise UsageError(f"the request has no `{missing}`" if given else "no request given", help=help)
    from verifier.clouds.aws.request import Request

    return Request.of(action, resource, given_keys(keys or ()))


def given_keys(keys: Sequence[str], *, absent: bool = False) -> dict[str, list[str]]:
    """Return the values of each key, by the name that it has first. `KEY=` says that a key is absent: it is left out,
    or with `absent` has no value. Raises UsageError for what is not `KEY=VALUE`.
    """
    found: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for given in keys:
        key, equals, value = given.partition("=")
        if not (key and equals):
            help = "write it as in `aws:SourceIp=203.0.113.7`"
            raise UsageError(f"{quote(given)} is not a key with a value", help=help)
        found.setdefault(names.setdefault(key.lower(), key), []).append(value)
    for key, values in found.items():
        if "" in values and len(values) > 1:
            help = "leave out one; `KEY=` says that the key is absent"
            raise UsageError(f"the key {quote(key)} is absent and has a value", help=help)
    if absent:
        return {key: [value for value in values if value] for key, values in found.items()}
    return {key: values for key, values in found.items() if values != [""]}
