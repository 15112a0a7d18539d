"""The questions about whole accounts as the package offers them: plain arguments in, answers out.

audit(account)                    does everybody keep to what is intended?
who(account, action, resource)    who can do something?
can(account, principal)           what may one of them do?
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.api import PathName, ReadingName, WorldName, ask_of
from verifier.base.errors import UsageError, quote

if TYPE_CHECKING:
    from typing import TypedDict

    from verifier.audits.access import Access
    from verifier.audits.finding import Audited
    from verifier.clouds.aws.account.model import Account
    from verifier.clouds.aws.audit.can import Can
    from verifier.clouds.aws.policy.syntax import Policy

    class CanHow(TypedDict, total=False):
        """The keywords of `can`."""

        timeout: float
        world: WorldName
        reading: ReadingName
        at: str | None

    class WhoHow(CanHow, total=False):
        """The keywords of `who`."""

        keys: Mapping[str, str | Sequence[str] | None] | None
        principal: str | Sequence[str]
        jobs: int | None
        executor: Executor | None
        workers: int | None

    class AuditHow(TypedDict, total=False):
        """The keywords of `audit`."""

        config: PathName | None
        maximum: Policy | None
        only: Iterable[str]
        skip: Iterable[str]
        principals: Iterable[str]
        jobs: int | None
        executor: Executor | None
        workers: int | None
        timeout: float
        reading: ReadingName
        at: str | None


def audit(  # noqa: PLR0913 - what is asked, about whom, and how
    account: Account | Sequence[Account],
    *,
    config: PathName | None = None,
    maximum: Policy | None = None,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    principals: Iterable[str] = (),
    jobs: int | None = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    timeout: float = 10.0,
    reading: ReadingName = "all",
    at: str | None = None,
) -> Audited:
    """Return what came of asking, for everybody in `account`, whether it keeps to what is intended.

    Several accounts are audited together, as one.

    `config` is the configuration that says it, looked for from the working directory upwards unless given; `maximum`
    stands in the place of its general maximum. `only` and `skip` name checks, `principals` are ARNs, perhaps with
    wildcards. `jobs` is the number of processes, None for one for each core, and `executor`, which is expected to run
    `workers` calls at once, stands in their place. `timeout` is in seconds, for each question. Requests are made from
    the instant `at` on, now unless it is given. Raises UsageError for a check that there is not, or a configuration
    that is wrong.
    """
    from verifier.audits.accept import accepted_of_each  # noqa: PLC0415 - only where it is needed
    from verifier.bulk.scheduler import Means  # noqa: PLC0415 - as above
    from verifier.clouds.aws.account.model import Account as OneAccount  # noqa: PLC0415 - as above
    from verifier.clouds.aws.audit.audit import AuditAsked  # noqa: PLC0415 - as above
    from verifier.clouds.aws.audit.instant import told_or_now  # noqa: PLC0415 - as above
    from verifier.clouds.aws.audit.read_intent import read_intent  # noqa: PLC0415 - as above
    from verifier.clouds.aws.escalation.audit import audit_everything  # noqa: PLC0415 - as above

    intent, exceptions = read_intent(Path.cwd(), None if config is None else os.fspath(config), maximum)
    ask = ask_of(timeout, "fast", reading=reading)
    asked = AuditAsked(tuple(only), tuple(skip), tuple(principals), ask, explained=True, at=told_or_now(at))
    means = Means.of(jobs=jobs, executor=executor, workers=workers, cache=None)
    found = audit_everything((account,) if isinstance(account, OneAccount) else account, intent, asked, means)
    left = accepted_of_each(found, exceptions, frozenset(), datetime.datetime.now(datetime.UTC).date())
    return left.accounts[0] if isinstance(account, OneAccount) else left.together


def who(  # noqa: PLR0913 - what is asked, and how
    account: Account | Sequence[Account],
    action: str | Sequence[str],
    resource: str | Sequence[str] = "*",
    keys: Mapping[str, str | Sequence[str] | None] | None = None,
    *,
    principal: str | Sequence[str] = (),
    jobs: int | None = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    timeout: float = 10.0,
    world: WorldName = "all",
    reading: ReadingName = "all",
    at: str | None = None,
) -> Access:
    """Return who can do some `action` on some `resource`, each perhaps with wildcards: everybody in `account`, one or
    several, and all whom its resources let in from outside.

    `keys` fixes values of the context; None says that a key is absent. Where `principal` names users and roles, by ARN
    or by pattern, they alone are asked about, and nobody outside. `jobs` is the number of processes, None for one
    for each core, and `executor`, which is expected to run `workers` calls at once, stands in their place. `timeout` is
    in seconds, for each of those who are asked about. Requests are made from the instant `at` on, now unless it is
    given, or at the time that `keys` tell. Raises UsageError for what is not an action, a resource, or a value of its
    key.
    """
    from verifier.bulk.scheduler import Means  # noqa: PLC0415 - only where it is needed
    from verifier.clouds.aws.audit.instant import told_or_now  # noqa: PLC0415 - as above
    from verifier.clouds.aws.who.question import AccessQuestion  # noqa: PLC0415 - as above
    from verifier.clouds.aws.who.who import who_can  # noqa: PLC0415 - as above

    fixed = {key: () if value is None else _texts(value) for key, value in (keys or {}).items()}
    question = AccessQuestion.of(_texts(action), _texts(resource), fixed, principals=_texts(principal))
    means = Means.of(jobs=jobs, executor=executor, workers=workers, cache=None)
    return who_can(account, question, ask_of(timeout, "fast", world, reading), means, at=told_or_now(at))


def _texts(given: str | Sequence[str]) -> Sequence[str]:
    return (given,) if isinstance(given, str) else given


def can(
    account: Account,
    principal: str,
    maximum: Policy | None = None,
    *,
    timeout: float = 10.0,
    world: WorldName = "all",
    reading: ReadingName = "all",
    at: str | None = None,
) -> Can:
    """Return all that the user or role with the ARN `principal` may do, and whether it is within `maximum`, if given.

    What is not found within `timeout` seconds is left out, and the answer says so. Requests are made from the instant
    `at` on, now unless it is given. Raises UsageError for a principal that the account does not have, UndecidedError
    where one of its documents is broken or is not there.
    """
    from verifier.clouds.aws.audit.can import can as answer  # noqa: PLC0415 - only where it is needed
    from verifier.clouds.aws.audit.instant import told_or_now  # noqa: PLC0415 - as above

    found = account.find(principal)
    if found is None:
        help = "write its ARN as the account has it, path included"
        raise UsageError(f"the account has no user and no role {quote(principal)}", help=help)
    return answer(account, found, maximum, ask_of(timeout, "fast", world, reading), told_or_now(at))
