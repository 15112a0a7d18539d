"""What was found of a principal, asked again together with the policies of the resources that it is about.

    Narrowing       the rounds: a finding stands once no policy of a resource that is shown covers its request
    still_escapes   one question of a round, in the process that answers it

Identity policies, boundaries and SCPs alone say more than what is allowed where the policy of the resource denies it,
or does not let in another account, or where the account of the resource has RCPs of its own (rules 29 to 35). So a
counterexample on a resource whose policy is shown is replayed with that policy. If the policy refuses it, the question
is asked again with that policy, and if this finds a request on another such resource, with both, until a request is
found that all let through, or there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from verifier.audits.finding import AuditUndecided
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.bulk.items import Item
from verifier.clouds.aws.audit.groups import PrincipalGroup
from verifier.clouds.aws.audit.items import NarrowedItem, SubjectAnswer, SubjectFault, SubjectItem
from verifier.clouds.aws.audit.owners import by_owner
from verifier.clouds.aws.audit.plan import AuditPlan
from verifier.clouds.aws.audit.shown import Granting, ShownDocument, ShownSide
from verifier.clouds.aws.audit.subject import Subject
from verifier.clouds.aws.audit.with_resources import escape_of, shown_policies
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy, keys_of
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import Principal, PrincipalKind, read_principal, session_arn
from verifier.clouds.aws.principals.resource_policy import account_in
from verifier.clouds.aws.principals.tied import complete, owner_of
from verifier.clouds.aws.request import Request as AwsRequest
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.verdict import Undecided
from verifier.strings.values import Key

_MOST_ROUNDS = 8
_PRINCIPAL_ARN = Key.of("aws:PrincipalArn")
_TOO_MANY = "each request that was found is refused by the policy of its resource, and too many have been tried"


@dataclass(frozen=True, eq=False)
class _Open:
    """A fault of one member of a group, whose request has to get past `shown` and the RCPs of `owners`, which are
    those of its own account, if that has some, and of the accounts whose resources were found.
    """

    group: PrincipalGroup
    place: int
    fault: SubjectFault
    shown: Mapping[ShownDocument, None] = field(default_factory=dict)
    owners: frozenset[str] = frozenset()
    rounds: int = 0


class Narrowing:
    """See above, of what was found in `account`; `ask` answers the items of a round, in their order."""

    def __init__(
        self,
        account: str,
        side: ShownSide,
        plan: AuditPlan,
        shared: Mapping[str, str],
        granting: Granting,
        ask: Callable[[list[Item]], Iterator[SubjectAnswer]],
    ) -> None:
        self._account, self._side, self._plan, self._shared, self._ask = account, side, plan, shared, ask
        self._granting = granting
        self.undecided: list[AuditUndecided] = []

    def standing(self, group: PrincipalGroup, faults: Iterable[SubjectFault]) -> tuple[list[SubjectFault], list[_Open]]:
        """Return the faults of `group` that stand as they are, and those that have to be asked about again."""
        stand: list[SubjectFault] = []
        opened: list[_Open] = []
        for fault in faults:
            if not self._is_of_identity(fault):
                stand.append(fault)
                continue
            places = range(len(group.members)) if fault.principal is None else [fault.principal]
            first = self._with_more(_Open(group, places[0], fault, owners=self._with_rcps(self._account)))
            if first is None:
                stand.append(fault)
            else:
                opened += (self._granted(replace(first, place=place)) for place in places)
        return stand, opened

    def _granted(self, one: _Open) -> _Open:
        """Return `one` with the policies that may let in its principal by themselves.

        They have not been asked about, as the principal seemed to be allowed too much without them.
        """
        granting = self._granting.every(one.group.members[one.place].principal.arn)
        return replace(one, shown={**one.shown, **granting})

    def _is_of_identity(self, fault: SubjectFault) -> bool:
        """Whether policies of resources have not been asked about what was found."""
        if fault.fence is None or fault.request is None or fault.resource is not None:
            return False
        return self._plan.fences[fault.fence].of == "effective"

    def _with_more(self, one: _Open) -> _Open | None:
        """Return `one` with the policies and RCPs that its request has to get past too; None where it has got past
        all of them.
        """
        request = one.fault.request
        assert request is not None
        covering = self._side.covering(request)
        told = account_in(request.resource) or next((each.owner for each in covering), "")
        owners = one.owners | self._with_rcps(told or owner_of(request, None))
        shown = {**one.shown, **dict.fromkeys(covering)}
        if len(shown) == len(one.shown) and owners == one.owners:
            return None
        return replace(one, shown=shown, owners=owners, rounds=one.rounds + 1)

    def _with_rcps(self, account: str) -> frozenset[str]:
        """Return `account`, if it has RCPs."""
        return frozenset({account} if self._side.together.rcps(account) else ())

    def rounds(self, opened: list[_Open]) -> Iterator[tuple[PrincipalGroup, SubjectFault]]:
        """Yield what stands of `opened` in the end, each fault as one of its member alone."""
        while opened:
            more: list[_Open] = []
            for one, answer in zip(opened, self._ask(list(map(self._item, opened))), strict=True):
                self._note(one, answer.undecided)
                for fault in answer.faults:
                    further = self._with_more(replace(one, fault=fault))
                    if further is None:
                        yield one.group, replace(fault, principal=one.place)
                    elif further.rounds > _MOST_ROUNDS:
                        self._note(one, [(fault.check, _TOO_MANY)])
                    else:
                        more.append(further)
            opened = more

    def _note(self, one: _Open, undecided: Iterable[tuple[str, str]]) -> None:
        arn = one.group.members[one.place].principal.arn
        self.undecided += (AuditUndecided(arn, check or one.fault.check, reason) for check, reason in undecided)

    def _item(self, one: _Open) -> Item:
        assert one.fault.request is not None
        limits = {owner: [rcp.text for rcp in self._side.together.rcps(owner)] for owner in sorted(one.owners)}
        subject = one.group.of_one(one.place, self._shared)
        shown = [each.parts for each in one.shown]
        assert one.fault.fence is not None
        item = NarrowedItem(subject.text, one.fault.fence, shown, limits, one.fault.request.as_json())
        return Item(subject.arns[0], item.text, "<account>")


def still_escapes(
    subject: Subject, asked: SubjectItem, item: NarrowedItem, maximum: Policy, check: str, ask: Ask
) -> SubjectAnswer:
    """Return the fault of the one principal of `asked` that is left of one, or why that is not known."""
    principal = read_principal(asked.arns[0])
    asking = Asking(principal, shown_policies(item.shown))
    documents = replace(subject.asked_by(asking, asked.there[0]), rcps=())
    rcps = {frozenset({owner}): tuple(map(_rcp, texts)) for owner, texts in item.limits.items()}
    parts = list(by_owner(documents, rcps, principal))
    known = AwsRequest.of(**item.found)
    found = escape_of(parts, maximum, ask, _as_asked_by(principal, known, parts[0][0], maximum))
    if found is None:
        return SubjectAnswer()
    if isinstance(found, Undecided):
        return SubjectAnswer(undecided=((check, found.reason),))
    place, statement = subject.cause(found.request)
    return SubjectAnswer((SubjectFault(check, item.fence, place, statement, "", found.request, found.breaks),))


def _rcp(text: str) -> Policy:
    return parse_source(Source("an RCP", text, stand_in=True))


def _as_asked_by(principal: Principal, request: Request, documents: Documents, maximum: Policy) -> Iterator[Request]:
    """Yield `request` as `principal` asks for it; nothing where its context contradicts that."""
    read = frozenset[Key]().union(*(keys_of(policy) for _, policy in documents.placed()), keys_of(maximum))
    text, context = principal.text, dict(request.context)
    if principal.kind is PrincipalKind.ROLE:
        text = session_arn(principal.partition, principal.account, principal.name, "session")
    if _PRINCIPAL_ARN in read:
        context.setdefault(_PRINCIPAL_ARN, principal.text)
    try:
        yield complete(replace(request, principal=text, context=context), read)
    except InputError:
        return
