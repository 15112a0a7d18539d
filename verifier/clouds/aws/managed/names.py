"""What the names of documents mean that stand in no file.

    aws:ReadOnlyAccess                        an AWS managed policy, by its name
    arn:aws:iam::aws:policy/ReadOnlyAccess    the same, by its ARN, path included
    preset:no-escalation                      a ready-made maximum (`presets.py`)

    document_named(text)    the document, with what answers say of it
    find_named(text)        the same with its version and date, `aws:` may be left out

Names are case-sensitive, as AWS's ARNs are; the error for one that is not known has the nearest. Guarantees: no name
leads to a file; a policy of another partition or of a customer is an error, and never taken for one that is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.managed.prefixes import BY_ARN, BY_NAME, PRESET
from verifier.clouds.aws.managed.presets import Preset, find_preset, preset_names
from verifier.clouds.aws.managed.shipped import (
    COPIED_PARTITION,
    ManagedPolicy,
    copy_origin,
    find_managed,
    managed_names,
)

NamedDocument: TypeAlias = ManagedPolicy | Preset

_LONGEST = 128
_MOST_NEAR = 3
_LEAST = 4
_ARN = regex(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>aws|[0-9]+):policy/(?P<rest>.+)", re.DOTALL)
_OF_ORGANIZATIONS = regex(r"arn:aws[a-z-]*:organizations::(?:aws|[0-9]+):policy/.")
_FULL_ACCESS = ("FullAWSAccess", "RCPFullAWSAccess")  # the SCP and the RCP that every organization has
_SAVE = "save the policy with `aws iam get-policy-version` to a file, and name the file"


def document_named(name: str) -> Source:
    """Return the document called `name`, which begins as `prefixes.py` says. Raises UsageError for an unknown name."""
    found = find_named(name)
    return Source(full_name(found), found.text, origin=origin_of(found))


def find_named(name: str) -> NamedDocument:
    """Return what has this name, or the AWS managed policy that has it without `aws:`. Raises UsageError."""
    if name.startswith(PRESET):
        return _preset(name.removeprefix(PRESET))
    return _by_arn(name) if name.startswith(BY_ARN) else _known(name.removeprefix(BY_NAME))


def full_name(found: NamedDocument) -> str:
    """Return the name by which a document is called in place of a file."""
    return f"{BY_NAME if isinstance(found, ManagedPolicy) else PRESET}{found.name}"


def origin_of(found: NamedDocument) -> str:
    """Return what answers that rest on a document say of it."""
    if isinstance(found, ManagedPolicy):
        dated = f"version {found.version} of {found.updated.isoformat()}"
        return f"{full_name(found)} is AWS's {dated}, by {copy_origin()}"
    return f"{full_name(found)} is a list of {found.date}: what AWS has added since is not on it"


def _by_arn(arn: str) -> ManagedPolicy:
    parts = _ARN.fullmatch(arn)
    if _OF_ORGANIZATIONS.match(arn) is not None:
        raise _not_of_iam(arn)
    if parts is None:
        help = "write it as in `arn:aws:iam::aws:policy/ReadOnlyAccess`; a file of this name is `./arn:...`"
        raise UsageError(f"{quote(arn)} is not the ARN of a policy", help=help)
    partition = parts["partition"]
    if parts["account"] != "aws":
        raise UsageError(f"{quote(arn)} is a policy of an account, not one of AWS's", help=_SAVE)
    if partition != COPIED_PARTITION:
        message = f"the copy is of the partition `{COPIED_PARTITION}`, and in `{partition}` a policy may differ"
        raise UsageError(f"{quote(arn)} is not shipped: {message}", help=_SAVE)
    found = _known(parts["rest"].rpartition("/")[2])
    if found.arn != arn:
        raise UsageError(f"{quote(arn)} has another path than the policy of that name", help=f"write `{found.arn}`")
    return found


def _known(name: str) -> ManagedPolicy:
    found = find_managed(name)
    if found is not None:
        return found
    if not name:
        raise UsageError("the name of the AWS managed policy is empty", help="write it as in `aws:ReadOnlyAccess`")
    if name in _FULL_ACCESS:
        raise _not_of_iam(name)
    near = _listed([f"{BY_NAME}{one}" for one in near_managed(name)])
    meant = f"did you mean {near}? " if near else ""
    help = f"{meant}`verifier managed list` has all names; if the policy is newer, {_SAVE}"
    raise UsageError(f"there is no AWS managed policy {quote(name)} in {copy_origin()}", help=help)


def _not_of_iam(name: str) -> UsageError:
    help = "save the policy with `aws organizations describe-policy` to a file, and name the file"
    return UsageError(f"{quote(name)} is one of the policies of AWS Organizations, which are not shipped", help=help)


def _preset(name: str) -> Preset:
    found = find_preset(name)
    if found is None:
        help = f"use {_listed([f'{PRESET}{one}' for one in preset_names()])}"
        raise UsageError(f"there is no preset {quote(name)}", help=help)
    return found


def near_managed(name: str) -> list[str]:
    """Return up to three names of AWS managed policies that whoever wrote `name` may have meant, the nearest first."""
    return list(dict.fromkeys(_near(name[:_LONGEST].rpartition("/")[2], managed_names())))[:_MOST_NEAR]


def _near(name: str, names: Sequence[str]) -> Iterator[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - for names that are wrong only

    folded = {one.lower(): one for one in names}
    word = name.lower()
    if word in folded:
        yield folded[word]
        return
    if len(word) >= _LEAST:
        yield from sorted((one for lower, one in folded.items() if lower.startswith(word)), key=len)[:_MOST_NEAR]
    yield from (folded[one] for one in get_close_matches(word, folded, _MOST_NEAR, 0.7))


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)
