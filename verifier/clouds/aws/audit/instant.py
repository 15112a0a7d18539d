"""The instant from which on requests are made: what is allowed in the past alone does not count.

    reads_time        whether some document reads the time of a request
    check_instant     whether it is one
    told_or_now       one, or that of the call
    instant_read      an instant, checked; empty where none is given, or no document of some accounts reads the time
    not_before        the document that refuses requests before an instant
    without_past      the policy of a resource that does
    made_from         the same as a premise, where a condition would be shown to people
    instant_assumed   what answers say of it

A condition that holds only before some date says what was once allowed, and requests are not made in the past. The
fingerprint of a finding does not depend on the instant, so it lasts; a finding ends when the time for it is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from verifier.base.errors import UsageError, quote
from verifier.base.memo import once
from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.clouds.aws.account.effective import account_documents
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.compile.conditions import single
from verifier.clouds.aws.compile.domains import member_of_domain
from verifier.clouds.aws.evaluate.evaluate import denies
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.premise import EVERY, Premise, premise
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.logic.formula import Element, all_of, any_of, negate
from verifier.logic.request import Request
from verifier.strings.typed import Instant
from verifier.strings.values import Comparison, Key, read_instant

# AWS STS API Reference, *GetSessionToken*: credentials last for 36 hours at most.
_LONGEST_SESSION = 36 * 60 * 60
_NOW = (Key.of("aws:CurrentTime"), Key.of("aws:EpochTime"))
_ISSUED = Key.of("aws:TokenIssueTime")
TIMES = frozenset(key.folded for key in (*_NOW, _ISSUED))


def reads_time(documents: Iterable[Policy]) -> bool:
    """Whether some document reads the time of a request."""
    return any(key.folded in TIMES for policy in documents for key in keys_of(policy))


def check_instant(at: str) -> None:
    """Raise UsageError for what is not an instant, unless it is empty."""
    if at and read_instant(at) is None:
        raise UsageError(f"{quote(at)} is not an instant", help="write one as in `2027-01-01T00:00:00Z`")


def told_or_now(at: str | None) -> str:
    """Return the instant `at`, or this one where it is not given. Raises UsageError for what is not an instant."""
    check_instant(at or "")
    return at or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_read(at: str, accounts: Iterable[Account], others: Iterable[Policy] = ()) -> str:
    """Return the instant `at` if some document of `accounts`, or one of `others`, reads the time; else no instant.

    Raises UsageError for what is not an instant.
    """
    check_instant(at)
    held = (document for account in accounts for document in account_documents(account))
    return at if at and (reads_time(others) or any(map(_reads_time, held))) else ""


@once
def _reads_time(document: AccountDocument) -> bool:
    """Whether `document` reads the time; of a broken one nothing is known."""
    return "time" in document.text.lower() and document.policy is not None and reads_time((document.policy,))


def _earliest(at: str) -> Iterator[tuple[Key, str]]:
    """Yield the keys of time, with the earliest that each may hold: of a session, when it did not end before `at`."""
    yield from ((key, at) for key in _NOW)
    yield _ISSUED, str(max(0, int(_seconds(at)) - _LONGEST_SESSION))


def _seconds(instant: str) -> Decimal:
    seconds = read_instant(instant)
    assert seconds is not None
    return seconds


@cache
def not_before(at: str) -> Policy:
    """Return the document that refuses requests before the instant `at`, and of sessions that had ended by then."""
    every = {"Action": "*", "Resource": "*"}
    denials = [{"Effect": "Deny", **every, "Condition": one} for one in _before(at)]
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **every}, *denials]})
    return parse_source(Source("the time of the question", text, stand_in=True))


def without_past(policy: str, at: str, *, trust: bool) -> str:
    """Return the text of the policy of a resource, or of a trust policy, that refuses these requests as well."""
    said = json.loads(policy)
    several = said["Statement"] if isinstance(said["Statement"], list) else [said["Statement"]]
    on = {} if trust else {"Resource": "*"}
    earlier = [{"Effect": "Deny", "Principal": "*", "Action": "*", **on, "Condition": one} for one in _before(at)]
    return json.dumps({**said, "Statement": [*several, *earlier]})


def _before(at: str) -> list[dict[str, dict[str, str]]]:
    """Return conditions: of a request before `at` one of them holds."""
    return [{"DateLessThan": {key.name: earliest}} for key, earliest in _earliest(at)]


def made_from(at: str) -> Premise:
    """Return the premise that a request is made at the instant `at` or later."""
    earlier = [
        all_of((single(key), member_of_domain(Element(key), Instant(Comparison.LESS, _seconds(earliest)))))
        for key, earliest in _earliest(at)
    ]

    def holds(request: Request) -> bool:
        return not denies((not_before(at),), request)

    return premise(f"the request is not made before {at}", [(EVERY, negate(any_of(earlier)))], holds)


def instant_assumed(at: str) -> Iterator[str]:
    """Yield what is taken for granted of the time of requests."""
    if at:
        yield f"no request is made before {printable(at)}"
