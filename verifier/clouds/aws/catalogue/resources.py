"""The resource types of AWS: how their ARNs look and which condition keys they carry.

Source: `data/resources.tsv`, the union of two readings of the service authorization reference. Guarantees: a service is
read when asked for. An ARN format is text with `${Name}` for each variable part, such as
`arn:${Partition}:iam::${Account}:user/${UserNameWithPath}`; a variable part may hold slashes and colons.
"""

from __future__ import annotations

from functools import cache

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.tables import block_rows, names

_TABLE = "resources.tsv"
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A resource type of a service. `arns`: its ARN formats, one or more; `condition_keys`: templates as `${...}`."""

    service: str
    name: str
    arns: tuple[str, ...]
    condition_keys: tuple[str, ...]


@cache
def resource_types(service: str) -> tuple[ResourceType, ...]:
    """Return the resource types of `service` (its prefix, in lower case), sorted by name; none if it has none."""
    return tuple(
        ResourceType(service, name, names(arns), names(keys))
        for name, arns, keys in block_rows(_TABLE, service, _COLUMNS)
    )
