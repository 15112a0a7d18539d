"""`simplify`: which parts of a document change nothing, and the document without them.

    plain      entries that another entry of their list covers, and those that stand twice
    proved     statements, the largest first, then entries, conditions and values, each without which the document
               allows the same and denies explicitly the same: it may replace the old one among others
    joined     statements that differ in their Action or their Resource only

Each part is left out of what the parts before it have left. A part that stays can be left out later only where a
statement about the same actions has become wider, such as by a condition that has gone: then it is looked at again, and
so is one that was not found out. The text that results is read anew, and `diff` proves it
equivalent to the first one before anyone sees it; where that fails, nothing is shown.
"""

from __future__ import annotations

from dataclasses import field, replace

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached, Unsupported, quote
from verifier.clouds.aws.documents import aws_policy
from verifier.clouds.aws.entry_lists import covered_actions, covered_resources
from verifier.clouds.aws.policy.edit import Written, policy_text, rewrite, statement_json
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.clouds.aws.policy.write import characters
from verifier.clouds.cloud import DocumentType
from verifier.logic.readings import NOT_KNOWN, some_unknown
from verifier.questions.ask import Ask, World
from verifier.questions.diff import diff
from verifier.questions.prove import assumptions_of
from verifier.questions.question import DiffQuestion, SimplifyQuestion
from verifier.questions.verdict import Absent, Difference, Relation
from verifier.simplification.change import Prover
from verifier.simplification.part import PartKind as Kind
from verifier.simplification.part import PartPlace, RemovablePart, joins, part_at, part_paths, whole_part
from verifier.simplification.simplified import Reason, Removed, Simplified, statement_name, why_redundant
from verifier.smt.solve import Unknown

_SHARE_OF_STEPS = 0.6
_SHARE_OF_A_PART = 0.1
_LEAST_SECONDS = 0.001


def simplify(question: SimplifyQuestion, ask: Ask = Ask()) -> Simplified:
    """Return the parts of the document that change nothing, and a smaller document that is proved to say the same.

    Raises PolicyError for a document that is something else than it is told to be.
    """
    (document,) = map(aws_policy, question.document.cloud.alike((question.document,), question.told))
    try:
        with deadline(ask.seconds):
            return _simplify(document, question.told, ask)
    except LimitReached as limit:
        return Simplified(document.source, document.source.text, (), str(limit))


def _simplify(document: Policy, told: DocumentType | None, ask: Ask) -> Simplified:
    if some_unknown(document.cloud.touched(document)):
        return Simplified(document.source, document.source.text, (), NOT_KNOWN)
    budget = Budget.of(ask.seconds)
    share, seconds = Budget.of(ask.seconds * _SHARE_OF_STEPS), ask.seconds * _SHARE_OF_A_PART
    try:
        prover = Prover(document, share, ask, seconds, document.cloud.respects((document,), told))
    except Unsupported as unsupported:
        return Simplified(document.source, document.source.text, (), str(unsupported))
    draft = Draft(document, prover)
    draft.simplify()
    old = policy_text(document)
    source = replace(document.source, text=old, within=None)
    assumes = assumptions_of((document,), replace(ask, world=World.ALL), proved=True)
    if not draft.removed:
        return Simplified(source, old, (), draft.reason, assumes)
    text = rewrite(document, draft.changed())
    smaller = parse(text, document.source.name)
    left = replace(ask, seconds=max(budget.remaining, _LEAST_SECONDS))
    found = diff(DiffQuestion(document, smaller, told), left)
    if found.relation is Relation.EQUIVALENT and found.denies_same:
        removed = sorted(draft.removed, key=lambda one: one.span)
        return Simplified(source, text, tuple(removed), draft.reason, assumes)
    reason = _unproved(found) if budget.remaining else _late(ask)
    return Simplified(source, old, (), reason, assumes)


def _late(ask: Ask) -> str:
    return f"the time limit of {ask.seconds:g} s was reached"


def _unproved(found: Difference) -> str:
    why = found.reason or "a difference was found, which is a defect of verifier"
    return f"a smaller document was found, but not proved equivalent: {why}"


@dataclass
class Draft:
    """The document as far as it is simplified: the statements that are left, by their index."""

    document: Policy
    prover: Prover
    removed: list[Removed] = field(default_factory=list)
    reason: str | None = None
    open: dict[str, None] = field(default_factory=dict)
    _kept: dict[int, Statement] = field(init=False)
    _wider: list[Statement] = field(default_factory=list)
    _stays: dict[PartPlace, int] = field(default_factory=dict)  # how many had become wider when it was looked at

    def __post_init__(self) -> None:
        """Begin with all statements."""
        self._kept = {statement.index: statement for statement in self.document.statements}

    def simplify(self) -> None:
        """Leave out all that changes nothing, as far as the time allows."""
        limit: str | None = None
        try:
            self._plain()
            while self._proved():
                pass
        except LimitReached as reached:
            late = not self.prover.budget.remaining  # its share of the time is over
            limit = _late(self.prover.ask) if late else str(reached)
        self._joined()
        if limit is not None:
            self.reason = f"not everything was looked at: {limit}" if self.removed else limit
        elif self.open:
            self.reason = f"not everything was found out, so it stays: {'; '.join(self.open)}"

    def changed(self) -> dict[int, tuple[Written, ...]]:
        """Return what now stands in the place of statements, by index: nothing, or one that says less."""
        now = ((statement, self._kept.get(statement.index)) for statement in self.document.statements)
        return {
            old.index: (statement_json(self.document, new),) if new is not None else ()
            for old, new in now
            if new is not old
        }

    def _plain(self) -> None:
        for index, statement in tuple(self._kept.items()):
            actions, resources = statement.actions, statement.resources
            actions_gone = covered_actions(actions.entries if actions else (), self.prover.budget)
            resources_gone = covered_resources(resources.entries if resources else (), self.prover.budget)
            plain = [(Kind.ACTION, place, by.text) for place, by in actions_gone]
            plain += [(Kind.RESOURCE, place, by.text) for place, by in resources_gone]
            for kind, place, text in reversed(plain):
                self._drop_plain(part_at(self._kept[index], kind, (place,)), text)

    def _drop_plain(self, part: RemovablePart | None, by: str) -> None:
        assert part  # what covers it stays
        same = by.lower() == part.text.lower()
        self._drop(part, Reason.REPEATED if same else Reason.COVERED, (quote(by),))

    def _proved(self) -> bool:
        """Leave out what is proved to change nothing; tell whether some statement matches more than before."""
        wider = len(self._wider)
        self.open.clear()
        size = {index: self._size(one) for index, one in self._kept.items()}
        for index in sorted(self._kept, key=lambda index: (-size[index], -index)):
            if len(self._kept) > 1:
                self._try(whole_part(self._kept[index]))
        for kind in (Kind.CONDITION, Kind.ACTION, Kind.RESOURCE, Kind.VALUE):
            for index, statement in tuple(self._kept.items()):
                for place in part_paths(statement, kind):
                    part = part_at(self._kept[index], kind, place)
                    if part is not None:
                        self._try(part)
        return len(self._wider) > wider

    def _try(self, part: RemovablePart) -> None:
        """Leave `part` out if that is proved to change nothing."""
        self.prover.budget.check()
        if self._must_stay(part):
            return
        around = [index for index in self.prover.around(part) if index in self._kept]
        others = [self._kept[index] for index in around if index != part.statement.index]
        outcome = self.prover.changes_nothing(part, others)
        if isinstance(outcome, Unknown):
            self.open.setdefault(outcome.reason)
        elif isinstance(outcome, Absent):
            self._drop(part, *why_redundant(self.prover, part, others))
        else:
            self._stays[part.place] = len(self._wider)

    def _must_stay(self, part: RemovablePart) -> bool:
        """Whether `part` changed something when it was looked at, and no statement near it has become wider since."""
        seen = self._stays.get(part.place)
        return seen is not None and not any(self.prover.near(part, self._wider[seen:]))

    def _joined(self) -> None:
        for join in joins(tuple(self._kept.values())):
            self._kept[join.first.index] = join.whole
            del self._kept[join.second.index]
            by = (statement_name(join.first.index, join.first.sid),)
            self.removed.append(_removed(whole_part(join.second), Reason.JOINED, by, join.kind))

    def _drop(self, part: RemovablePart, reason: Reason, by: tuple[str, ...]) -> None:
        if part.after is None:
            del self._kept[part.statement.index]
            self.removed = [one for one in self.removed if one.statement != part.statement.index]
        else:
            self._kept[part.statement.index] = part.after
        if part.after is not None and part.wider:
            self._wider.append(part.after)
        self.removed.append(_removed(part, reason, by))

    def _size(self, statement: Statement) -> int:
        return characters(str(statement_json(self.document, statement)))


def _removed(part: RemovablePart, reason: Reason, by: tuple[str, ...], joins: Kind | None = None) -> Removed:
    statement = part.statement
    return Removed(part.kind, part.text, statement.index, statement.sid, part.span, reason, by, joins)
