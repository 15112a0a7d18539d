"""Which actions resource control policies bind (semantics.md, rule 30).

Source: AWS Organizations User Guide, *Resource control policies (RCPs)*: "List of AWS services that support RCPs", kept
by hand in `data/rcp_services.tsv` with its date, and "Resources and entities not restricted by RCPs" for `NEVER`.
"""

from __future__ import annotations

from functools import cache

from verifier.clouds.aws.catalogue.tables import flat_rows

# Actions of those services that no RCP binds, in lower case.
NEVER = frozenset({"kms:retiregrant"})


@cache
def rcp_services() -> frozenset[str]:
    """Return the prefixes of the services that support RCPs, in lower case."""
    return frozenset(service for (service,) in flat_rows("rcp_services.tsv", 1))


def bound_by_rcps(action: str) -> bool:
    """Whether RCPs bind the action written `service:Name`, in any case."""
    folded = action.lower()
    return folded.partition(":")[0] in rcp_services() and folded not in NEVER
