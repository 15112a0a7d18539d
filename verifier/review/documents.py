"""Documents of both sides in pairs, and how each pair differs.

    paired(before, after)          the pairs, those that are plainly the same included
    document_change(pair, ask)     how one differs; None where nothing does

A document is paired with the one of its name, or of the name that Terraform moved it from. What is left is paired by
its content: a document that went and one that came, with the same statements, have moved. That holds for documents
whose place does not say where they act. A bucket policy of another bucket is another one, also under one name.

The comparison is that of `changes` and `check` (`checks/compare.py`). What is added here: a request that a document
denied and does not deny any more, because other documents may allow it. All that differs is told as regions, but of
documents that name principals: whom their differences are about would fill pages, so one request is shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import TypeAlias

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, Unsupported
from verifier.checks.compare import PathChange, difference_of
from verifier.clouds.aws.cloud import AWS
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.policy.canonical import canonical
from verifier.clouds.aws.policy.check import only_denies, type_alike
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import ASKED, PolicyType
from verifier.clouds.split import Respect
from verifier.logic.actions import Effect
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.diff import given, not_compared, sides
from verifier.questions.question import DiffQuestion
from verifier.questions.verdict import Absent, Difference, Found, Relation, SearchResult
from verifier.questions.ways import Way, search_ways
from verifier.questions.worlds import open_reason, show
from verifier.regions.region import Regions, Side
from verifier.regions.regions import regions
from verifier.review.reviewed import DocumentChange
from verifier.review.side import ReviewSide, SideDocument
from verifier.review.without_policy import opens_without
from verifier.smt.solve import Unknown
from verifier.sources.comparable import OTHER_CONDITIONS

_OF_ANYBODY = {None, PolicyType.IDENTITY, PolicyType.BOUNDARY}
_OPEN_WITHOUT = "what it was for may still be there, and lets more through without a policy"
# What limits what others allow: nothing is limited where it is gone.
_LIMITS = (PolicyType.ENDPOINT, PolicyType.SESSION, PolicyType.BOUNDARY)
_MOVABLE = (None, PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SCP, PolicyType.RCP)


@dataclass(frozen=True)
class DocumentPair:
    """A document as it was and as it is; one of them may not be there. `moved_from` is the name that it had."""

    name: str
    old: SideDocument | None
    new: SideDocument | None
    moved_from: str = ""

    @property
    def case(self) -> PathChange:
        """How it stands on the two sides."""
        if self.old is None or self.new is None:
            return PathChange.NEW if self.old is None else PathChange.GONE
        return PathChange.MOVED if self.moved_from else PathChange.CHANGED

    @property
    def type(self) -> PolicyType | None:
        """What it is."""
        return next((one.type for one in (self.new, self.old) if one and one.type), None)

    @property
    def is_same(self) -> bool:
        """Whether both plainly say the same, whatever their layout, order and Sids."""
        return is_same(self.old, self.new)


def paired(before: ReviewSide, after: ReviewSide) -> tuple[DocumentPair, ...]:
    """Return the documents of both sides in pairs, in the order of what is after; then those that are gone."""
    left = dict(before.documents)
    held = _of_principals(before) | _of_principals(after)
    found: dict[str, DocumentPair] = {}
    for name, document in after.documents.items():
        earlier = left.pop(after.previous(name), None) or left.pop(name, None)
        if earlier is not None and _is_another(earlier, document, held):
            left[earlier.name], earlier = earlier, None
        found[name] = DocumentPair(name, earlier, document, _other_name(earlier, name))
    for name, pair in found.items():
        if pair.old is None and pair.new is not None:
            earlier = next((one for one in left.values() if _moved(one, pair.new)), None)
            if earlier is not None:
                del left[earlier.name]
                found[name] = DocumentPair(name, earlier, pair.new, earlier.name)
    return (*found.values(), *(DocumentPair(name, document, None) for name, document in left.items()))


def _of_principals(side: ReviewSide) -> Set[str]:
    """Return the names of the documents that principals of the files have."""
    return {link.selector for principal in side.principals.values() for link in principal.policies}


def _is_another(old: SideDocument, new: SideDocument, held: Set[str]) -> bool:
    """Whether a document is of another type than before, or for another resource: that of what principals have is
    judged with the principals.
    """
    if old.type is not new.type and not {old.type, new.type} <= _OF_ANYBODY:
        return True
    return old.on != new.on and not (new.type in _OF_ANYBODY and {old.name, new.name} & held)


def _other_name(earlier: SideDocument | None, name: str) -> str:
    return earlier.name if earlier is not None and earlier.name != name else ""


def _moved(old: SideDocument, new: SideDocument) -> bool:
    return old.type is new.type and old.type in _MOVABLE and not (old.owner or new.owner) and is_same(old, new)


def is_same(old: SideDocument | None, new: SideDocument | None) -> bool:
    """Whether two documents plainly say the same, whatever their layout, order and Sids."""
    if old is None or new is None or old.given != new.given or old.unknowns != new.unknowns:
        return False
    if old.written is not None and old.written == new.written:
        return True
    if old.policy is None or new.policy is None:
        return False
    return _has_one_text(old.policy, new.policy) or bool(canonical(old.policy) == canonical(new.policy))


def say_the_same(old: Sequence[SideDocument], new: Sequence[SideDocument]) -> bool:
    """Whether as many documents plainly say the same, in whatever order."""
    texts, others = (Counter(one.written for one in side) for side in (old, new))
    if texts == others and None not in texts:
        return True
    policies = [[one.policy for one in side if one.policy is not None] for side in (old, new)]
    if any(len(known) != len(side) for known, side in zip(policies, (old, new), strict=True)):
        return False
    said, others_said = (sorted(map(_what_it_says, known)) for known in policies)
    return said == others_said


def _what_it_says(policy: Policy) -> str:
    """Return what a policy says, whatever its layout, order and Sids; of an unknown part, which value it has."""
    return repr((canonical(policy), _unknowns(policy)))


def _unknowns(policy: Policy) -> tuple[tuple[str, str], ...]:
    return policy.source.within.unknowns if policy.source.within else ()


def _has_one_text(old: Policy, new: Policy) -> bool:
    """Whether both have one text, whatever their Sids. Their unknown parts are the same."""
    return bool(_unknowns(old)) and not old.unknown and _without_sids(old) == _without_sids(new)


def _without_sids(policy: Policy) -> object:
    """Return the document as JSON values; what is unknown stands in its texts."""
    document = json.loads(policy.source.text)
    found = document["Statement"]
    statements = found if isinstance(found, list) else [found]
    return {**document, "Statement": list(map(_without_sid, statements))}


def _without_sid(statement: object) -> object:
    if not isinstance(statement, dict):
        return statement  # it is not known
    return {name: held for name, held in statement.items() if name != "Sid"}


Comparisons: TypeAlias = "dict[tuple[object, ...], DocumentComparison]"


@dataclass(frozen=True)
class DocumentComparison:
    """What came of comparing two texts; no part of it says where they stand."""

    answer: Difference
    undenied: Request | None = None
    reason: str | None = None
    beside: Regions | None = None
    regions: Regions | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is gained or lost."""
        return self.answer.relation is Relation.EQUIVALENT and self.undenied is None and self.reason is None


def document_change(
    pair: DocumentPair, ask: Ask, known: Comparisons | None = None, *, held: bool = False
) -> DocumentChange | None:
    """Return how a document differs; None where both are the same.

    `known` are the comparisons so far, which a plan repeats often: thousands of roles trust one service. Of a document
    that is `held` by one principal, what it has is told in groups with the principal.
    """
    if pair.is_same:
        return None
    if pair.old and pair.new and pair.old.given != pair.new.given:
        answer = not_compared(OTHER_CONDITIONS, ask)
        return DocumentChange(pair.name, pair.case, pair.type, answer, open=OTHER_CONDITIONS)
    broken = next((one.error for one in (pair.new, pair.old) if one is not None and one.error is not None), None)
    old, new = (one.policy if one else None for one in (pair.old, pair.new))
    begun = DocumentChange(
        pair.name, pair.case, pair.type, broken or not_compared("", ask), moved_from=pair.moved_from, old=old, new=new
    )
    if broken is not None:
        return begun
    if pair.new is None and old is not None and pair.old is not None and _is_open_without(pair.old, old):
        return replace(begun, open=_OPEN_WITHOUT)
    try:
        with deadline(4 * ask.seconds):
            begun = replace(begun, warnings=lint(new) if new else ())
            key = _key(begun, held=held)
            found = known.get(key) if known is not None else None
            found = found or _compared(begun, ask, held=held)
            if known is not None:
                known[key] = found
            return _told(begun, found)
    except InputError as error:
        return replace(begun, answer=error)
    except (LimitReached, Unsupported) as stopped:
        return replace(begun, answer=not_compared(str(stopped), ask), open=str(stopped))


def _is_open_without(document: SideDocument, policy: Policy) -> bool:
    """Whether what a policy is for lets through without it what it does not let through with it."""
    if document.type is PolicyType.RESOURCE:
        return opens_without(document.resource, policy)
    return document.type in _LIMITS


def _key(begun: DocumentChange, *, held: bool) -> tuple[object, ...]:
    both = ((one.source.text, _unknowns(one)) if one else None for one in (begun.old, begun.new))
    return begun.type, held, *both


def _told(begun: DocumentChange, found: DocumentComparison) -> DocumentChange | None:
    if found.is_nothing:
        return None if begun.case is PathChange.CHANGED else replace(begun, answer=found.answer)
    changed = replace(begun, answer=found.answer, undenied=found.undenied)
    return replace(changed, open=None if changed.gained else found.reason, regions=found.regions, beside=found.beside)


def _compared(begun: DocumentChange, ask: Ask, *, held: bool) -> DocumentComparison:
    answer = difference_of(begun.old, begun.new, begun.type, ask)
    ways = _undenied(begun, answer)
    beside = searched(ways, ask)
    if answer.relation is Relation.EQUIVALENT and isinstance(beside, Absent):
        return DocumentComparison(answer)
    undenied = request_of(beside)
    in_groups = _type_of(begun) in ASKED and not held
    return DocumentComparison(
        answer,
        undenied,
        _difference_open(answer) or open_reason(((beside, "no longer denied"),)),
        beside=_regions([(Side.GAINED, way) for way in ways], ask) if in_groups and undenied else None,
        regions=_regions(_ways(begun), ask) if in_groups and (answer.gained or answer.lost) else None,
    )


def _difference_open(answer: Difference) -> str | None:
    """Return why it is not known what is gained."""
    if answer.gained is not None or answer.relation in (Relation.EQUIVALENT, Relation.NARROWER):
        return None
    return answer.reason or "no difference was found, and none was excluded"


def searched(ways: Sequence[Way], ask: Ask) -> SearchResult:
    """Return what a search for a request of one of `ways` finds; of documents that are not known, why nothing."""
    try:
        return search_ways(ways, Budget.of(ask.seconds), ask, show)
    except Unsupported as unsupported:
        return Unknown(str(unsupported))


def request_of(side: SearchResult) -> Request | None:
    """Return the request that a search found."""
    return side.request if isinstance(side, Found) else None


def _undenied(begun: DocumentChange, answer: Difference) -> tuple[Way, ...]:
    """Return the claims of a request that was denied, and is neither denied nor allowed any more; of documents that
    only deny nothing is left to ask.
    """
    old, new = begun.old, begun.new
    if old is None or answer.only_deny or answer.denies_same is True or not _denies(old):
        return ()
    return tuple(
        (
            *given(each),
            Claim(Level((each.seen(old),)), Says.DENIES),
            *(Claim(Level((each.seen(new),)), says, holds=False) for says in (Says.DENIES, Says.ALLOWS) if new),
        )
        for each in _respects(begun)
        if each.denying
    )


def _respects(begun: DocumentChange) -> Sequence[Respect]:
    return AWS.respects(AWS.alike(_both(begun), begun.type), begun.type)


def _type_of(begun: DocumentChange) -> PolicyType:
    return type_alike(_both(begun), begun.type)


def _both(begun: DocumentChange) -> tuple[Policy, ...]:
    return tuple(one for one in (begun.old, begun.new) if one is not None)


def _denies(policy: Policy) -> bool:
    return bool(policy.unknown) or any(one.effect is Effect.DENY for one in policy.statements)


def _ways(begun: DocumentChange) -> Sequence[tuple[Side, Sequence[Claim]]]:
    """Return the claims of what is gained and lost."""
    old, new = begun.old, begun.new
    if old is not None and new is not None:
        both = zip((Side.GAINED, Side.LOST), sides(DiffQuestion(old, new, begun.type)), strict=True)
        return [(side, claims) for side, ways in both for claims in ways]
    document = new or old
    assert document is not None
    denies = only_denies((document,), begun.type)
    side = Side.GAINED if (old is None) is not denies else Side.LOST
    says = Says.DENIES if denies else Says.ALLOWS
    return [(side, (Claim(Level((document,)), says),))]


def _regions(ways: Sequence[tuple[Side, Sequence[Claim]]], ask: Ask) -> Regions:
    return regions(ways, Budget.of(ask.seconds), ask.world)
