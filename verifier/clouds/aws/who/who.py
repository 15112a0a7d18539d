"""Who can: everybody in an account or in several, and everybody outside of them, each different question once.

    who_can(accounts, question, ask)    -> Access

    accounts -callers-> groups, side -outsiders-> items -asker (in whichever process)-> Access

"cannot" is a proof. Whoever has a document that is broken or missing is undecided, and so is everybody who might be let
in by a policy of a resource that cannot be read. Of several accounts the policies of resources of each are shown to the
principals of all: across accounts both sides have to allow.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from verifier.audits.access import Access, AccessVerdict, CallerAccess
from verifier.base.errors import UsageError, quote
from verifier.base.memo import cached_property
from verifier.bulk.items import Item
from verifier.bulk.scheduler import Means, answer_items
from verifier.clouds.aws.account.effective import CarriedDocument, account_limits
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.assumed import account_assumptions
from verifier.clouds.aws.audit.instant import instant_assumed, instant_read
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.clouds.aws.who.asker import AccessCommon
from verifier.clouds.aws.who.callers import Caller, CallerGroup, caller_groups
from verifier.clouds.aws.who.items import AccessFound, CallerItem, OutsiderItem
from verifier.clouds.aws.who.outside import OutsideKind, Outsider, outsiders
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
    accounts: Account | Sequence[Account],
    question: AccessQuestion,
    ask: Ask = Ask(),
    means: Means = _ALONE,
    watch: Callable[[int | None], None] = lambda _: None,
    at: str = "",
) -> Access:
    """Return who can do what `question` asks, of all `accounts` and outside of them, from the instant `at` on, if there
    is one and `question` tells no time.

    `ask` bounds the question about each of them. `watch` is told how many questions there are, and then None for each
    that is answered. Raises UsageError for a resource policy of what is not a resource, and where nobody is of the
    principals that are asked about; WorkersError where the processes are lost.
    """
    several = (accounts,) if isinstance(accounts, Account) else tuple(accounts)
    at = "" if question.tells_time else instant_read(at, several)
    side = ResourceSide.of(several, question)
    sure = _Run(several, question, ask, side, at).access(means, watch)
    if side.at_most is None:
        return sure
    most = _Run(several, question, ask, side.at_most, at).access(means, watch)
    principals = tuple(_between(sure, most, side.vague))
    others = sure.others if question.principals else tuple(_with_everybody(sure.others, side.vague))
    return replace(sure, principals=principals, others=others)


def _between(sure: Access, most: Access, vague: str) -> Iterator[CallerAccess]:
    """Yield the principals: those who can for `sure`, and those who cannot do even what may be allowed at `most`."""
    able = {one.name: one for one in sure.principals if one.verdict is AccessVerdict.CAN}
    for one in most.principals:
        if one.name in able:
            yield able[one.name]
        elif one.verdict is AccessVerdict.CANNOT:
            yield one
        else:
            yield CallerAccess(one.kind, one.name, AccessVerdict.UNDECIDED, reason=one.reason or vague)


def _with_everybody(others: Iterable[CallerAccess], reason: str) -> Iterator[CallerAccess]:
    """Yield those outside who can, or may be able to; and everybody as undecided, where there is a `reason`."""
    found = [one for one in others if one.verdict is not AccessVerdict.CANNOT]
    yield from found
    if reason and not any(one.kind == _EVERYBODY and one.name == EVERYONE for one in found):
        yield CallerAccess(_EVERYBODY, EVERYONE, AccessVerdict.UNDECIDED, reason=reason)


class _Home:
    """One of the accounts: its principals, in groups, and what all questions about them share."""

    def __init__(self, account: Account, question: AccessQuestion, side: ResourceSide) -> None:
        self.account = account
        self.groups, self.unasked = caller_groups(account, question, side)
        counts = Counter(each for group in self.groups for each in group.documents)
        self.shared = {each.key: each.text for each, count in counts.items() if count > 1}
        self.scps, self.rcps = account_limits(account)

    def readable(self, held: Iterable[CarriedDocument]) -> tuple[str, ...]:
        """Return the keys of `held`; where one is broken none, since everybody is undecided then."""
        documents = [one.document for one in held]
        return () if any(one.error for one in documents) else tuple(one.key for one in documents)

    def in_order(self) -> Iterator[Caller]:
        """Yield the principals who are asked about, as the account has them, the root user last."""
        everybody = {caller.arn: caller for group in self.groups for caller in group.callers}
        everybody.update((caller.arn, caller) for caller, _ in self.unasked)
        for carrier in (*self.account.users, *self.account.roles):
            if carrier.arn in everybody:
                yield everybody.pop(carrier.arn)
        yield from everybody.values()


class _Run:
    """One question about some accounts."""

    def __init__(
        self, accounts: Sequence[Account], question: AccessQuestion, ask: Ask, side: ResourceSide, at: str
    ) -> None:
        self._accounts, self._question, self._ask, self._side, self._at = accounts, question, ask, side, at
        self._homes = [_Home(account, question, self._side) for account in accounts]
        if question.principals and not any(home.groups or home.unasked for home in self._homes):
            named = " or ".join(map(quote, question.principals))
            raise UsageError(f"no user or role is called {named}", help="write an ARN, perhaps with wildcards")
        self._outside = () if question.principals else tuple(self._outsider_items())
        self._assumes: dict[str, None] = {}

    def access(self, means: Means, watch: Callable[[int | None], None]) -> Access:
        """Ask everything."""
        watch(sum(len(home.groups) for home in self._homes) + len(self._outside))
        principals: list[CallerAccess] = []
        others: list[CallerAccess] = []
        for home in self._homes:
            outside = [item for item in self._outside if self._is_asked_at(home, item.outsider)]
            asked: list[CallerItem | OutsiderItem] = [group.item(home.shared) for group in home.groups]
            found = {one.arn: self._undecided(one.kind, one.arn, reason) for one, reason in home.unasked}
            with contextlib.closing(answer_items(_items([*asked, *outside]), self._common(home), means)) as answers:
                for group in home.groups:
                    found.update((one.name, one) for one in self._of_group(home, group, next(answers), means))
                    watch(None)
                for item in outside:
                    others.append(self._of_outsider(item.outsider, next(answers)))
                    watch(None)
            principals += (found[caller.arn] for caller in home.in_order())
        federated = [one for one in others if one.kind == OutsideKind.FEDERATED.value]
        principals += (one for one in federated if one.verdict is not AccessVerdict.CANNOT)
        others = [one for one in others if one not in federated]
        return Access(
            tuple(account.id for account in self._accounts),
            str(self._question),
            self._question.as_json(),
            tuple(principals),
            tuple(self._let_in(others)),
            tuple(dict.fromkeys((*self._assumes, *self._standing()))),
        )

    def _is_asked_at(self, home: _Home, outsider: Outsider) -> bool:
        """Whether `outsider` is asked about with `home`: its federated users, whom its SCPs bind; others at the end."""
        if outsider.kind is OutsideKind.FEDERATED:
            return outsider.name == home.account.id
        return home is self._homes[-1]

    def _of_outsider(self, outsider: Outsider, found: AccessFound) -> CallerAccess:
        federated = outsider.kind is OutsideKind.FEDERATED
        name = f"arn:aws:sts::{outsider.name}:federated-user/*" if federated else outsider.name
        return self._of(outsider.kind.value, name, found)

    def _common(self, home: _Home) -> AccessCommon:
        limits = [held.document for level in home.scps for held in level]
        limits += [held.document for each in self._homes for held in each.rcps]
        shown = [each.document for each in self._side.shown]
        return AccessCommon(
            self._ask,
            self._question,
            home.account.id,
            {**home.shared, **{each.key: each.text for each in (*limits, *shown)}},
            tuple(home.readable(level) for level in home.scps),
            self._rcps,
            tuple((each.arn, each.document.key, each.owner) for each in self._side.shown),
            tuple(cover for cover, _ in self._side.broken),
            self._side.reasons,
            self._at,
        )

    @cached_property
    def _rcps(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """The accounts with the same RCPs, with the keys of those."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for home in self._homes:
            keys = home.readable(home.rcps)
            if keys:
                alike.setdefault(keys, []).append(home.account.id)
        return tuple((tuple(accounts), keys) for keys, accounts in alike.items())

    def _of_group(self, home: _Home, group: CallerGroup, found: AccessFound, means: Means) -> Iterator[CallerAccess]:
        first, *others = group.callers
        yield self._of(first.kind, first.arn, found)
        if found.request is None:
            yield from (self._of(one.kind, one.arn, found) for one in others)
            return
        for caller, request in zip(others, found.requests, strict=True):
            if request is None:
                items = _items([replace(group, callers=[caller]).item({})])
                with contextlib.closing(answer_items(items, self._common(home), replace(means, jobs=1))) as answers:
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
        accounts = [account.id for account in self._accounts]
        for outsider in outsiders((each.policy for each in self._side.shown), accounts):
            shown = [number for number, each in enumerate(self._side.shown) if outsider.may_be_in(each.policy)]
            if shown:
                yield OutsiderItem(outsider, tuple(shown))

    @cached_property
    def _broken_limits(self) -> str:
        """Which RCPs cannot be read, so that nothing is known of who is kept out."""
        broken = [one for home in self._homes for one in home.rcps if one.document.error is not None]
        return "; ".join(f"the document {one.name} is broken: {one.document.error}" for one in broken)

    def _let_in(self, others: Iterable[CallerAccess]) -> Iterator[CallerAccess]:
        """Yield the outsiders who can, or may be able to."""
        reasons = (self._side.reasons, self._broken_limits if self._side.shown else "")
        asks = not self._question.principals
        yield from _with_everybody(others, "; ".join(filter(None, reasons)) if asks else "")

    def _standing(self) -> Iterator[str]:
        for account in self._accounts:
            yield from account_assumptions(account)
            if not account.resource_policies:
                yield _NO_RESOURCES
        if self._outside:
            yield _OUTSIDERS
        yield _KEYS
        yield from instant_assumed(self._at)


def _items(asked: Iterable[CallerItem | OutsiderItem]) -> Iterator[Item]:
    for number, item in enumerate(asked):
        yield Item(str(number), item.text, "<account>")
