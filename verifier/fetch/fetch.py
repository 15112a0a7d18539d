"""One account, fetched into its folder: what is asked, in which order, and what is written.

    Plan          asks for the dump and the regions, and says which parts are still to be asked
    Plan.ask      asks for them, several at once, and keeps each part as it comes
    Plan.publish  writes the files that readers read, of all parts that are there

A part is one chain of the tables in one region, or one of the questions about the account as a whole. A part in which a
call was not answered is kept too, and asked again the next time; without the dump there is no account. Parts of regions
that are not asked this time stay, with what they lack.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.fetch.account_folder import AccountFolder, KeptPart
from verifier.fetch.aws_session import AwsCaller
from verifier.fetch.calls import DETAILS, ENABLED_REGIONS, ORGANIZATION, POLICY, CallChain, NotRead, Unread
from verifier.fetch.chains import policy_chains, role_chains
from verifier.fetch.compose import (
    DETAILS_PART,
    DUMP,
    LEVELS,
    LEVELS_PART,
    POLICIES,
    POLICIES_PART,
    REGIONS_PART,
    RESOURCES,
    RUNNING,
    WORLDWIDE,
    AnsweredParts,
)
from verifier.fetch.dump import details, omitted_policies
from verifier.fetch.fetched import Fetched, timestamp
from verifier.fetch.organization import organization_above

AT_ONCE = 8
THREAD_NAME = "fetch-account"
_REGION = regex(r"[a-z]+(-[a-z]+)+-\d{1,2}")
Answers: TypeAlias = tuple[Any, Sequence[Unread]]


@dataclass(frozen=True, slots=True)
class Step:
    """A part that is still to be asked: the file that it serves, its name, its calls, and how it is asked."""

    file: str
    name: str
    calls: tuple[str, ...]
    run: Callable[[], Answers]


class Plan:
    """What is known of an account, and what is still to be asked. `steps` are in no order: none needs another.

    `callers` are those who may know the organization. Raises NotRead where the dump, or which regions there are, cannot
    be had, and UsageError.
    """

    def __init__(
        self, caller: AwsCaller, folder: AccountFolder, regions: Sequence[str], callers: Sequence[AwsCaller]
    ) -> None:
        self.steps: list[Step] = []
        self._caller = caller
        self._folder = folder
        self._known = AnsweredParts(caller.account, caller.partition)
        dump = self._now(DUMP, DETAILS_PART, (DETAILS.operation,), lambda: (details(caller), ()))
        enabled = self._enabled(needed=not regions)
        wanted = set(regions) or set(enabled)
        self._later(POLICIES, POLICIES_PART, (POLICY.operation,), lambda: omitted_policies(caller, dump))
        above = lambda: organization_above(caller.account, callers)  # noqa: E731 - like the others
        self._later(LEVELS, LEVELS_PART, (ORGANIZATION.operation,), above)
        known = {name.rpartition(".")[2] for name in folder.names()}
        every = sorted({*wanted, *enabled, *filter(_REGION.fullmatch, known)})
        for file, chains in ((RESOURCES, policy_chains()), (RUNNING, role_chains())):
            for chain in chains:
                for region in [WORLDWIDE] if chain.worldwide else every:
                    self._chain(file, chain, region, asked=chain.worldwide or region in wanted)

    def ask(self, done: Callable[[], None]) -> None:
        """Ask for all steps, and keep each part; `done` is called after each. Raises UsageError."""
        for step, (found, unread) in _side_by_side(self.steps):
            self._keep(step.file, step.name, step.calls, found, unread)
            done()

    def publish(self) -> Fetched:
        """Write the files of the account, and say what they hold and lack. Raises UsageError."""
        known = self._known
        files = known.files()
        counts = {name: len(found) for name, found in files[DUMP].items()}
        fetched = Fetched(
            folder=self._folder.path,
            account=self._caller.account,
            caller=self._caller.arn,
            unread=known.missing(),
            counts=counts | {"ResourcePolicies": len(files[RESOURCES])},
            asked=known.asked(),
            left_out=known.left_out,
            regions=known.regions(),
            not_offered={name: regions for name, regions in known.not_offered.items() if regions},
        )
        self._folder.publish(files, fetched.as_manifest())
        return fetched

    def _chain(self, file: str, chain: CallChain, region: str, *, asked: bool) -> None:
        caller = self._caller
        where = caller.region if chain.worldwide else region
        if caller.offers(chain.calls[0].client, where):
            calls = tuple(call.operation for call in chain.calls)
            self._later(file, f"{chain.name}.{region}", calls, lambda: caller.walk(chain, where), asked=asked)
        else:
            self._known.not_offered[chain.name].append(region)

    def _enabled(self, *, needed: bool) -> list[str]:
        """Return the regions that are enabled; none where they are not known and not `needed`. Raises NotRead."""

        def ask() -> Answers:
            return checked_regions(str(one["name"]) for one in self._caller.ask(ENABLED_REGIONS, {})), ()

        try:
            return list(self._now(RUNNING, REGIONS_PART, (ENABLED_REGIONS.operation,), ask))
        except NotRead:
            if needed:
                raise
            return []

    def _now(self, file: str, name: str, calls: tuple[str, ...], run: Callable[[], Answers]) -> Any:
        """Return a part that everything else needs, asked now where it is not there. Raises NotRead."""
        if not self._is_known(file, name, calls):
            self._keep(file, name, calls, *run())
        return self._known.found(name)

    def _later(
        self, file: str, name: str, calls: tuple[str, ...], run: Callable[[], Answers], *, asked: bool = True
    ) -> None:
        if not self._is_known(file, name, calls) and asked:
            self.steps.append(Step(file, name, calls, run))

    def _is_known(self, file: str, name: str, calls: tuple[str, ...]) -> bool:
        """Return whether a part is there and whole; one that is there is known until it is asked again."""
        part = self._folder.part(name, calls)
        if part is not None:
            self._known.parts[name] = file, part
        return part is not None and not part.unread

    def _keep(self, file: str, name: str, calls: tuple[str, ...], found: Any, unread: Sequence[Unread]) -> None:
        part = KeptPart(timestamp(), calls, found, tuple(unread))
        self._folder.keep(name, part)
        self._known.parts[name] = file, part


def checked_regions(names: Iterable[str]) -> list[str]:
    """Return names of regions, sorted. Raises UsageError for what is not one."""
    found = sorted(set(names))
    for name in found:
        if not _REGION.fullmatch(name):
            raise UsageError(f"{quote(name)} is not a region", help="write it as in `eu-west-1`")
    return found


def _side_by_side(steps: Sequence[Step]) -> Iterator[tuple[Step, Answers]]:
    """Yield the answers to steps as they come, several asked at once.

    The threads are daemons, so that Ctrl-C need not wait for what AWS has yet to answer: no part is written by them.
    """
    waiting: queue.SimpleQueue[Step] = queue.SimpleQueue()
    answered: queue.SimpleQueue[tuple[Step, Answers | BaseException]] = queue.SimpleQueue()
    for step in steps:
        waiting.put(step)

    def work() -> None:
        while True:
            try:
                step = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                answered.put((step, step.run()))
            except BaseException as error:  # noqa: BLE001 - raised where the answers are read
                answered.put((step, error))

    for _ in range(min(AT_ONCE, len(steps))):
        threading.Thread(target=work, name=THREAD_NAME, daemon=True).start()
    for _ in steps:
        step, answers = answered.get()
        if isinstance(answers, BaseException):
            raise answers
        yield step, answers
