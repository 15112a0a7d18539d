"""Who can: everybody in an account, and everybody outside of it, asked about once for each different question.

    who_can(account, question, ask)    -> Access

    account -callers-> groups, side -outsiders-> items -asker (in whichever process)-> Access

"cannot" is a proof. Whoever has a document that is broken or missing is undecided, and so is everybody who might be let
in by a policy of a resource that cannot be read.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from verifier.audits.access import Access, AccessVerdict, CallerAccess
from verifier.base.memo import cached_property
from verifier.bulk.items import Item
from verifier.bulk.scheduler import Means, answer_items
from verifier.clouds.aws.account.effective import account_limits
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.assumed import account_assumptions
from verifier.clouds.aws.principals.asking import Membership
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.clouds.aws.who.asker import AccessCommon
from verifier.clouds.aws.who.callers import CallerGroup, caller_groups
from verifier.clouds.aws.who.items import AccessFound, CallerItem, OutsiderItem
from verifier.clouds.aws.who.outside import OutsideKind, outsiders
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.side import ResourceSide
from verifier.questions.ask import Ask

_EVERYBODY = OutsideKind.ACCOUNT.value
_ALONE = Means.of(jobs=1, cache=None)
_OUTSIDERS = "a principal of another account needs a policy of its own account too, which is taken to allow it"
_NO_RESOURCES = (
    "there is no `resource-policies.json`: no policy of a resource, except trust policies, is taken to let anybody "
    "in or to keep anybody out"
)
_KEYS = "the encryption key behind a resource is not asked about"


def who_can(
    account: Account,
    question: AccessQuestion,
    ask: Ask = Ask(),
    means: Means = _ALONE,
    watch: Callable[[int | None], None] = lambda _: None,
) -> Access:
    """Return who can do what `question` asks.

    `ask` bounds the question about each of them. `watch` is told how many questions there are, and then None for each
    that is answered. Raises UsageError for a resource policy of what is not a resource, WorkersError where the
    processes are lost.
    """
    return _Run(account, question, ask).access(means, watch)


class _Run:
    """One question about one account."""

    def __init__(self, account: Account, question: AccessQuestion, ask: Ask) -> None:
        self._account, self._question, self._ask = account, question, ask
        self._side = ResourceSide.of(account, question)
        self._groups, self._unasked = caller_groups(account, question, self._side)
        self._outside = tuple(self._outsider_items())
        counts = Counter(each for group in self._groups for each in group.documents)
        self._shared = {each.key: each.text for each, count in counts.items() if count > 1}
        self._assumes: dict[str, None] = {}

    def access(self, means: Means, watch: Callable[[int | None], None]) -> Access:
        """Ask everything."""
        items = [group.item(self._shared) for group in self._groups]
        asked: list[CallerItem | OutsiderItem] = [*items, *self._outside]
        watch(len(asked))
        found = {caller.arn: self._undecided(caller.kind, caller.arn, reason) for caller, reason in self._unasked}
        others: list[CallerAccess] = []
        answers = answer_items(self._items(asked), self._common(), means)
        with contextlib.closing(answers):
            for group in self._groups:
                found.update((one.name, one) for one in self._of_group(group, next(answers), means))
                watch(None)
            for item in self._outside:
                others.append(self._of(item.outsider.kind.value, item.outsider.name, next(answers)))
                watch(None)
        principals = tuple(found[arn] for arn in self._in_order())
        return Access(
            self._account.id,
            str(self._question),
            self._question.as_json(),
            principals,
            tuple(self._let_in(others)),
            (*self._assumes, *self._standing()),
        )

    def _in_order(self) -> Iterator[str]:
        """Yield the ARNs as the account has them, the root user last."""
        asked = {caller.arn for group in self._groups for caller in group.callers}
        unasked = {caller.arn for caller, _ in self._unasked}
        carriers = [one.arn for one in (*self._account.users, *self._account.roles)]
        yield from carriers
        yield from (asked | unasked).difference(carriers)

    def _items(self, asked: Iterable[CallerItem | OutsiderItem]) -> Iterator[Item]:
        for number, item in enumerate(asked):
            yield Item(str(number), item.text, "<account>")

    def _common(self) -> AccessCommon:
        scps, rcps = account_limits(self._account)
        limits = [held.document for level in scps for held in level] + [held.document for held in rcps]
        shown = [each.document for each in self._side.shown]
        documents = {each.key: each.text for each in (*limits, *shown)}
        readable = all(each.error is None for each in limits)
        return AccessCommon(
            self._ask,
            self._question,
            self._account.id,
            _membership(self._account),
            {**self._shared, **documents},
            tuple(tuple(held.document.key for held in level) for level in scps) if readable else (),
            tuple(held.document.key for held in rcps) if readable else (),
            tuple((each.arn, each.document.key) for each in self._side.shown),
            tuple(cover for cover, _ in self._side.broken),
            self._side.reasons,
        )

    def _of_group(self, group: CallerGroup, found: AccessFound, means: Means) -> Iterator[CallerAccess]:
        first, *others = group.callers
        yield self._of(first.kind, first.arn, found)
        if found.request is None:
            yield from (self._of(one.kind, one.arn, found) for one in others)
            return
        for caller, request in zip(others, found.requests, strict=True):
            if request is None:
                alone = replace(group, callers=[caller])
                items = self._items([alone.item({})])
                with contextlib.closing(answer_items(items, self._common(), replace(means, jobs=1))) as answers:
                    yield self._of(caller.kind, caller.arn, next(answers))
            else:
                yield self._of(caller.kind, caller.arn, replace(found, request=request))

    def _of(self, kind: str, name: str, found: AccessFound) -> CallerAccess:
        self._assumes.update(dict.fromkeys(found.assumes))
        if found.request is not None:
            return CallerAccess(kind, name, AccessVerdict.CAN, found.request, found.fit, found.region)
        if found.reason is not None:
            return self._undecided(kind, name, found.reason)
        return CallerAccess(kind, name, AccessVerdict.CANNOT)

    @staticmethod
    def _undecided(kind: str, name: str, reason: str) -> CallerAccess:
        return CallerAccess(kind, name, AccessVerdict.UNDECIDED, reason=reason)

    def _outsider_items(self) -> Iterator[OutsiderItem]:
        """Yield who may be let in from outside, each with the policies that may do it."""
        if self._broken_limits:
            return
        for outsider in outsiders((each.policy for each in self._side.shown), self._account.id):
            shown = [number for number, each in enumerate(self._side.shown) if outsider.may_be_in(each.policy)]
            if shown:
                yield OutsiderItem(outsider, tuple(shown))

    @cached_property
    def _broken_limits(self) -> str:
        """Which RCPs of the account cannot be read, so that nothing is known of who is kept out."""
        _, rcps = account_limits(self._account)
        return "; ".join(
            f"the document {one.name} is broken: {one.document.error}" for one in rcps if one.document.error
        )

    def _let_in(self, others: Iterable[CallerAccess]) -> Iterator[CallerAccess]:
        """Yield the outsiders who can, or may be able to."""
        found = [one for one in others if one.verdict is not AccessVerdict.CANNOT]
        yield from found
        reason = "; ".join(filter(None, (self._side.reasons, self._broken_limits if self._side.shown else "")))
        if reason and not any(one.kind == _EVERYBODY and one.name == EVERYONE for one in found):
            yield self._undecided(_EVERYBODY, EVERYONE, reason)

    def _standing(self) -> Iterator[str]:
        yield from account_assumptions(self._account)
        if not self._account.resource_policies:
            yield _NO_RESOURCES
        if self._outside:
            yield _OUTSIDERS
        yield _KEYS


def _membership(account: Account) -> Membership | None:
    organization = account.organization
    if organization is None:
        return None
    accounts = frozenset((*organization.accounts, account.id)) if organization.accounts else None
    return Membership(organization.id or None, accounts, account.id if organization.management else None)
