"""Which attributes of the AWS provider's resources hold policies: the table `policies.tsv`.

The provider `awscc` has CloudFormation's resource types and properties under names of its own form, so its attributes
are those of CloudFormation's table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.cloudformation.tables import ITEMS, policy_rows

_LOADER: Any = __spec__.loader
_COLUMNS = 5
# Between two words of a name in CloudFormation: `VPCEndpoint`, `PolicyDocument`.
_WORD = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_HERE = ("no", "?")


@dataclass(frozen=True, slots=True)
class Holder:
    """An attribute that holds a policy.

    `path` leads to it, with dots between names, through `block` where it stands in blocks of that name; it is empty
    where the resource is one statement of a policy (`permission.py`). `type` is what the policy is; None where another
    attribute says so. `of` is the attribute that names what the policy is for, empty where that is the resource itself;
    `what` says what it is.
    """

    path: str
    block: str
    type: PolicyType | None
    of: str
    what: str


def holders(resource: str) -> Sequence[Holder]:
    """Return the attributes of the resource type `resource` that hold a policy."""
    return (_cloud_control() if resource.startswith("awscc_") else _table()).get(resource, ())


@cache
def _cloud_control() -> Mapping[str, Sequence[Holder]]:
    table: dict[str, list[Holder]] = {}
    for name, several in policy_rows().items():
        kind = cloud_control_type(name)
        for row in several:
            block, _, path = ".".join(map(snake_case, row.path)).rpartition(f".{ITEMS}.")
            type_ = PolicyType(row.type) if row.type else PolicyType.IDENTITY
            table.setdefault(kind, []).append(Holder(path, block, type_, "", ""))
    return table


def cloud_control_type(name: str) -> str:
    """Return what the provider `awscc` calls a resource type of CloudFormation."""
    _, service, resource = name.split("::")
    return f"awscc_{service.lower()}_{snake_case(resource)}"


def snake_case(name: str) -> str:
    """Return what the provider `awscc` calls a property of CloudFormation."""
    return name if name == ITEMS else _WORD.sub("_", name).lower()


@cache
def _table() -> Mapping[str, Sequence[Holder]]:
    # What loads the package's modules reads its files too: it may lie in an archive.
    text: str = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "policies.tsv")).decode()  # noqa: PTH118, PTH120 - as the loader takes it
    table: dict[str, list[Holder]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, attribute, is_, of, what = (line.split("\t") + [""] * _COLUMNS)[:_COLUMNS]
            if is_ not in _NOT_HERE:
                block, _, path = attribute.rpartition("[].")
                type_ = None if is_ == "type" else PolicyType(is_)
                table.setdefault(kind, []).append(Holder(path, block, type_, of, what))
    return table
