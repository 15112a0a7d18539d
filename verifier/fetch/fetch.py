"""One account, fetched into its folder: what is asked, in which order, and what is written.

    Plan          asks for the dump and the regions, and says which parts are still to be asked
    Plan.ask      asks for them, several at once, and keeps each part as it comes
    Plan.publish  writes the files that readers read, of all parts that are there

A part is one chain of the tables in one region, or one of the questions about the account as a whole. A part in which a
call was not answered is kept too, and asked again the next time. What follows from missing answers:

- no dump: there is no account, and `Plan` raises NotRead;
- the organization: `organization.json` is left out;
- what runs as which role, somewhere: `services.json` is left out, because a reader takes a role that it does not list
  to be in use nowhere;
- anything else: what was read is written, and `fetched.json` lists what was not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.fetch.account_folder import AccountFolder, KeptPart
from verifier.fetch.aws_session import AwsCaller
from verifier.fetch.calls import DETAILS, ENABLED_REGIONS, ORGANIZATION, POLICY, CallChain, NotRead, Unread
from verifier.fetch.chains import policy_chains, role_chains
from verifier.fetch.dump import details, omitted_policies
from verifier.fetch.fetched import Fetched, timestamp
from verifier.fetch.organization import organization_above
from verifier.fetch.resource_policies import joined_policies
from verifier.fetch.services import running_as

AT_ONCE = 8
_WORLDWIDE = "worldwide"
DUMP, POLICIES, LEVELS = "authorization-details.json", "policies.json", "organization.json"
RESOURCES, RUNNING = "resource-policies.json", "services.json"
_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Step:
    """A part that is still to be asked: the file that it serves, its name, its calls, and how it is asked."""

    file: str
    name: str
    calls: tuple[str, ...]
    run: Callable[[], tuple[Any, Sequence[Unread]]]


class Plan:
    """What is known of an account, and what is still to be asked. `steps` are in no order: none needs another."""

    def __init__(
        self, caller: AwsCaller, folder: AccountFolder, regions: Sequence[str], callers: Sequence[AwsCaller]
    ) -> None:
        self._caller = caller
        self._folder = folder
        self._callers = callers
        self.steps: list[Step] = []
        self._apart: list[Unread] = []
        self._parts: dict[str, tuple[str, KeptPart]] = {}
        self._not_offered: defaultdict[str, list[str]] = defaultdict(list)
        self._dump = self._now(DUMP, "details", (DETAILS.operation,), lambda: (details(caller), []))
        self._enabled = self._regions(wanted=not regions)
        self._wanted = list(regions) or self._enabled
        self._later(POLICIES, "policies", (POLICY.operation,), lambda: omitted_policies(caller, self._dump))
        self._later(LEVELS, "organization", (ORGANIZATION.operation,), self._levels)
        for file, chains in ((RESOURCES, policy_chains()), (RUNNING, role_chains())):
            for chain in chains:
                for region in [_WORLDWIDE] if chain.worldwide else sorted({*self._wanted, *self._enabled}):
                    self._chain(file, chain, region)

    def ask(self, done: Callable[[], None]) -> None:
        """Ask for all steps, and keep each part; `done` is called after each. Raises UsageError."""
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            running = {pool.submit(step.run): step for step in self.steps}
            for future in as_completed(running):
                step = running[future]
                found, unread = future.result()
                self._keep(step.file, step.name, step.calls, found, unread)
                done()
        except BaseException:
            self._caller.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def publish(self) -> Fetched:
        """Write the files of the account, and say what they hold and lack. Raises UsageError."""
        left_out: dict[str, str] = {}
        files = {
            DUMP: self._dump,
            POLICIES: {"Policies": self._found(POLICIES)} if self._found(POLICIES) else None,
            LEVELS: self._organization(left_out),
            RESOURCES: self._resource_policies(),
            RUNNING: self._services(left_out),
        }
        counts = {name: len(found) for name, found in self._dump.items()}
        unread = [(file, one) for file, part in self._parts.values() for one in part.unread]
        unread += [(RESOURCES, one) for one in self._apart]
        fetched = Fetched(
            folder=self._folder.path,
            account=self._caller.account,
            caller=self._caller.arn,
            unread=tuple(unread),
            counts=counts | {"ResourcePolicies": len(files[RESOURCES] or ())},
            asked={file: date for file, date in self._dates() if files[file] is not None},
            left_out=left_out,
            regions=tuple(sorted({name.rpartition(".")[2] for name in self._parts if "." in name} - {_WORLDWIDE})),
            not_offered={name: regions for name, regions in self._not_offered.items() if regions},
        )
        self._folder.publish(files, fetched.as_manifest())
        return fetched

    def _chain(self, file: str, chain: CallChain, region: str) -> None:
        caller = self._caller
        where = caller.region if chain.worldwide else region
        if caller.offers(chain.calls[0].client, where):
            calls = tuple(call.operation for call in chain.calls)
            asked = chain.worldwide or region in self._wanted
            self._later(file, f"{chain.name}.{region}", calls, lambda: caller.walk(chain, where), asked=asked)
        else:
            self._not_offered[chain.name].append(region)

    def _regions(self, *, wanted: bool) -> list[str]:
        """Return the regions that are enabled; none where they are not known and not `wanted`. Raises NotRead."""

        def ask() -> tuple[Any, Sequence[Unread]]:
            return checked_regions(str(one["name"]) for one in self._caller.ask(ENABLED_REGIONS, {})), []

        try:
            return list(self._now(RUNNING, "regions", (ENABLED_REGIONS.operation,), ask))
        except NotRead:
            if wanted:
                raise
            return []

    def _levels(self) -> tuple[Any, Sequence[Unread]]:
        return organization_above(self._caller.account, self._callers)

    def _now(self, file: str, name: str, calls: Sequence[str], run: Callable[[], tuple[Any, Sequence[Unread]]]) -> Any:
        """Return a part that everything else needs, asked now where it is not there. Raises NotRead."""
        part = self._folder.part(name, calls)
        if part is None:
            found, unread = run()
            return self._keep(file, name, calls, found, unread).found
        self._parts[name] = file, part
        return part.found

    def _later(
        self,
        file: str,
        name: str,
        calls: tuple[str, ...],
        run: Callable[[], tuple[Any, Sequence[Unread]]],
        *,
        asked: bool = True,
    ) -> None:
        part = self._folder.part(name, calls)
        if part is not None:
            self._parts[name] = file, part
        elif asked:
            self.steps.append(Step(file, name, calls, run))

    def _keep(self, file: str, name: str, calls: Sequence[str], found: Any, unread: Sequence[Unread]) -> KeptPart:
        part = KeptPart(timestamp(), tuple(calls), found, tuple(unread))
        self._folder.keep(name, part)
        self._parts[name] = file, part
        return part

    def _found(self, file: str) -> list[Any]:
        parts = (part for name, (of, part) in sorted(self._parts.items()) if of == file and name != "regions")
        return [one for part in parts for one in part.found]

    def _resource_policies(self) -> list[dict[str, Any]]:
        policies, apart = joined_policies(self._found(RESOURCES))
        self._apart = [
            Unread("", "", arn, "SeveralPolicies", "they differ in version: join them by hand") for arn in apart
        ]
        return policies

    def _organization(self, left_out: dict[str, str]) -> Any:
        part = self._parts["organization"][1]
        if part.found is None:
            refused = ", ".join(f"{one.call} is refused ({one.reason})" for one in part.unread)
            reason = f"{refused}: SCPs and RCPs are not known" if refused else "the account is in no organization"
            left_out[LEVELS] = reason
        return part.found

    def _services(self, left_out: dict[str, str]) -> Any:
        unread = [one for file, part in self._parts.values() if file == RUNNING for one in part.unread]
        not_asked = [
            region
            for region in self._enabled
            for chain in role_chains()
            if region not in self._not_offered[chain.name] and f"{chain.name}.{region}" not in self._parts
        ]
        if not self._enabled:
            left_out[RUNNING] = "it is not known which regions are enabled"
        elif not_asked:
            left_out[RUNNING] = f"not all enabled regions were asked, {not_asked[0]} was not"
        elif unread:
            left_out[RUNNING] = f"{unread[0].call} was not answered in {unread[0].region} ({unread[0].reason})"
        else:
            try:
                return running_as(self._found(RUNNING), self._dump, self._caller.partition, self._caller.account)
            except ValueError as error:
                left_out[RUNNING] = str(error)
        return None

    def _dates(self) -> list[tuple[str, str]]:
        """Return each file with the time at which its oldest part was asked."""
        return sorted(((file, part.asked) for file, part in self._parts.values()), reverse=True)


def checked_regions(names: Iterable[str]) -> list[str]:
    """Return names of regions, sorted. Raises UsageError for what is not one."""
    found = sorted(set(names))
    for name in found:
        if not _REGION.fullmatch(name):
            raise UsageError(f"{quote(name)} is not a region", help="write it as in `eu-west-1`")
    return found
