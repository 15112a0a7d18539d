"""The files of an account, of the parts that are known: what each holds, and what follows from parts that are missing.

    AnsweredParts            the parts, each with the file that it serves
    AnsweredParts.files      the content of each file, None for one that is left out
    AnsweredParts.missing    what was not answered
    AnsweredParts.regions    the regions whose parts are all there

- `organization.json` is left out if the organization could not be asked, or if the account is in none.
- `services.json` is left out if it is not known everywhere what runs as which role: a reader takes a role that the file
  does not list to be in use nowhere.
- A policy of many resources, such as one of CloudWatch Logs, is in a file of its own: no reader asks about it yet.
- Everything else is written as far as it is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from verifier.fetch.account_folder import KeptPart
from verifier.fetch.calls import Given, Unread
from verifier.fetch.chains import policy_chains, role_chains
from verifier.fetch.resource_policies import joined_policies
from verifier.fetch.services import running_as

WORLDWIDE = "worldwide"
DUMP, POLICIES, LEVELS = "authorization-details.json", "policies.json", "organization.json"
RESOURCES, OF_MANY, RUNNING = "resource-policies.json", "other-policies.json", "services.json"
DETAILS_PART, REGIONS_PART, POLICIES_PART, LEVELS_PART = "details", "regions", "policies", "organization"


class AnsweredParts:
    """What is known of an account: `parts` by name, each with its file; `not_offered`, regions by chain."""

    def __init__(self, account: str, partition: str) -> None:
        self.account = account
        self.partition = partition
        self.parts: dict[str, tuple[str, KeptPart]] = {}
        self.not_offered: defaultdict[str, list[str]] = defaultdict(list)
        self.left_out: dict[str, str] = {}
        self._apart: list[str] = []

    def found(self, name: str) -> Any:
        """Return what a part found; nothing where it is not there."""
        return self.parts[name][1].found if name in self.parts else []

    def files(self) -> dict[str, Any]:
        """Return the content of each file, and note why one is left out."""
        omitted = self.found(POLICIES_PART)
        policies, self._apart = joined_policies(self._of(RESOURCES))
        of_many = [one for one in policies if "*" in one["resource"]]
        return {
            DUMP: self.found(DETAILS_PART),
            POLICIES: {"Policies": omitted} if omitted else None,
            LEVELS: self._levels(),
            RESOURCES: [one for one in policies if one not in of_many],
            OF_MANY: of_many or None,
            RUNNING: self._running(),
        }

    def missing(self) -> tuple[tuple[str, Unread], ...]:
        """Return what was not answered, each with the file that lacks it."""
        unread = [(file, one) for file, part in self.parts.values() for one in part.unread]
        told = "they differ in version: join them by hand"
        unread += [(RESOURCES, Unread("", "", arn, "SeveralPolicies", told)) for arn in self._apart]
        return tuple(dict.fromkeys(unread))

    def regions(self) -> tuple[str, ...]:
        """Return the regions whose parts are all there, also if a call in one was not answered."""
        asked = {name.rpartition(".")[2] for name in self.parts if "." in name} - {WORLDWIDE}
        chains = (*policy_chains(), *role_chains())
        names = [chain.name for chain in chains if not chain.worldwide]
        return tuple(sorted(region for region in asked if all(self._has(name, region) for name in names)))

    def asked(self) -> dict[str, str]:
        """Return since when the oldest part of each file is known."""
        dates = sorted(((file, part.asked) for file, part in self.parts.values()), reverse=True)
        return {file: date for file, date in dates if file not in self.left_out}

    def _has(self, chain: str, region: str) -> bool:
        return f"{chain}.{region}" in self.parts or region in self.not_offered[chain]

    def _of(self, file: str) -> Iterator[Given]:
        """Yield what the chains of a file found."""
        for name, (served, part) in sorted(self.parts.items()):
            if served == file and "." in name:
                yield from part.found

    def _levels(self) -> Any:
        part = self.parts[LEVELS_PART][1]
        if part.found is None:
            refused = ", ".join(f"{one.call} is refused ({one.reason})" for one in part.unread)
            reason = f"{refused}: SCPs and RCPs are not known" if refused else "the account is in no organization"
            self.left_out[LEVELS] = reason
        return part.found

    def _running(self) -> Any:
        enabled = self.found(REGIONS_PART)
        names = [chain.name for chain in role_chains()]
        not_asked = [region for region in enabled for name in names if not self._has(name, region)]
        unread = [one for file, part in self.parts.values() if file == RUNNING for one in part.unread]
        if not enabled:
            self.left_out[RUNNING] = "it is not known which regions are enabled"
        elif not_asked:
            self.left_out[RUNNING] = f"not all enabled regions were asked, {not_asked[0]} was not"
        elif unread:
            self.left_out[RUNNING] = f"{unread[0].call} was not answered in {unread[0].region} ({unread[0].reason})"
        else:
            try:
                return running_as(self._of(RUNNING), self.found(DETAILS_PART), self.partition, self.account)
            except ValueError as error:
                self.left_out[RUNNING] = str(error)
        return None
