"""`simplify` of a level: documents that act as one, simplified together, so that statements may move between them.

    simplify_level(question, ask)    ->  SimplifiedLevel

The statements of all documents are simplified as those of one (`simplify.py`): what one document says makes superfluous
what another one says. What is left stays where it was, unless fewer documents hold it all: then the statements are put
into as few as they fit into by their size, the largest first. AWS's own full access stays a document by itself, as AWS
attaches it. Nothing is shown before `diff` has proved that the new documents together allow and deny the same.

Sizes and numbers are those of Organizations and IAM User Guide, *Quotas* (`policy/write.py`): 10 SCPs of 10,240
characters (5 of 5,120 until May 2026), 5 RCPs of 5,120, 10 managed policies of 6,144. A text is counted as it is
written without layout, blanks within texts included.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from verifier.base.budget import Budget, deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import LimitReached
from verifier.base.regex import regex
from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.clouds.aws.documents import aws_policy
from verifier.clouds.aws.policy.check import is_full_access
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.policy.write import as_json
from verifier.logic.readings import NOT_KNOWN, some_unknown
from verifier.questions.ask import Ask
from verifier.questions.diff import diff
from verifier.questions.question import DiffQuestion, SimplifyQuestion
from verifier.questions.verdict import Relation
from verifier.shown import Displayed
from verifier.simplification.simplified import Redundancy, Removed
from verifier.simplification.simplify import simplify

# The most characters of a document, and the most documents, of each type that has several.
_LIMITS = {PolicyType.SCP: (10_240, 10), PolicyType.RCP: (5_120, 5), PolicyType.IDENTITY: (6_144, 10)}
_SHARE = 0.7
_STATEMENT = regex("^statement ([0-9]+)")
_TWO_VERSIONS = "the documents are not all of one version, so that their statements cannot move"


@dataclass(frozen=True)
class SimplifiedLevel(Displayed):
    """What was found about a level: `documents` are the new ones, and `names` what the old ones are called.

    `removed` are parts that change nothing, each with the name of its document; `moved` counts the statements that are
    in another document than before. `reason` says why not everything was looked at, or why nothing is shown. `fits`:
    the new documents are within AWS's sizes and numbers.
    """

    names: tuple[str, ...]
    before: tuple[str, ...]
    documents: tuple[str, ...]
    removed: tuple[tuple[str, Removed], ...] = ()
    moved: int = 0
    reason: str | None = None
    fits: bool = True
    assumes: tuple[str, ...] = ()

    @property
    def redundancy(self) -> Redundancy:
        """The verdict: REDUNDANT where parts change nothing, or fewer documents are enough."""
        if self.removed or self.moved:
            return Redundancy.REDUNDANT
        return Redundancy.UNDECIDED if self.reason else Redundancy.IRREDUNDANT

    @property
    def text(self) -> str:
        """The new documents as a list, as a file would hold them."""
        return level_list(self.documents)

    @property
    def characters(self) -> tuple[int, int]:
        """How many characters all documents have, before and after."""
        return sum(map(len, self.before)), sum(map(len, self.documents))

    def __str__(self) -> str:
        reason = [printable(self.reason)] if self.reason else []
        return "\n".join([self.redundancy.value, *(f"{name}: {part}" for name, part in self.removed), *reason])

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value; look at `redundancy`")


def level_list(documents: Sequence[str]) -> str:
    """Return documents as one text, a list of them."""
    return json.dumps([json.loads(text) for text in documents], indent=2, ensure_ascii=False) + "\n"


def simplify_level(documents: Sequence[Policy], told: PolicyType | None, ask: Ask = Ask()) -> SimplifiedLevel:
    """Return the parts of a level that change nothing, and documents that together are proved to say the same.

    Raises PolicyError for a document that is something else than it is told to be.
    """
    level = tuple(map(aws_policy, documents[0].cloud.alike(documents, told)))
    names = _names(level)
    before = tuple(policy.source.text for policy in documents)
    try:
        with deadline(ask.seconds):
            if any(some_unknown(policy.cloud.touched(policy)) for policy in documents):
                return SimplifiedLevel(names, before, before, reason=NOT_KNOWN)
            return _Level(tuple(documents), told, ask).simplified()
    except LimitReached as limit:
        return SimplifiedLevel(names, before, before, reason=str(limit))


class _Level:
    def __init__(self, documents: tuple[Policy, ...], told: PolicyType | None, ask: Ask) -> None:
        self.documents = documents
        self.told = told
        self.ask = ask
        self.before = tuple(_text(_body(policy), policy) for policy in documents)
        self.home = [number for number, policy in enumerate(documents) for _ in policy.statements]
        self.most, self.number = _LIMITS.get(told or PolicyType.RCP, _LIMITS[PolicyType.IDENTITY])

    def simplified(self) -> SimplifiedLevel:
        names = _names(self.documents)
        nothing = SimplifiedLevel(names, self.before, self.before, fits=self._fits(self.before))
        if len({policy.version for policy in self.documents}) > 1:
            return replace(nothing, reason=_TWO_VERSIONS)
        budget = Budget.of(self.ask.seconds)
        whole = [statement for policy in self.documents for statement in _body(policy)]
        joined = parse_source(Source(", ".join(names), _text(whole, self.documents[0])))
        found = simplify(SimplifyQuestion(joined, self.told), replace(self.ask, seconds=_SHARE * self.ask.seconds))
        left = json.loads(found.text)["Statement"]
        left = left if isinstance(left, list) else [left]
        gone = {one.statement for one in found.removed if _is_whole(one)}
        homes = [home for number, home in enumerate(self.home) if number not in gone]
        placed, moved = self._placed(left, homes)
        texts = tuple(_text(statements, self.documents[0]) for statements in placed)
        if not (found.removed or moved):
            return replace(nothing, reason=found.reason, assumes=found.assumes)
        reason = self._unproved(texts, budget)
        if reason is not None:
            return replace(nothing, reason=reason)
        removed = tuple((names[self.home[one.statement]], self._at_home(one)) for one in found.removed)
        return SimplifiedLevel(
            names, self.before, texts, removed, moved, found.reason, self._fits(texts), found.assumes
        )

    def _at_home(self, removed: Removed) -> Removed:
        """Return a part with its place in its own document."""
        home = self.home[removed.statement]
        index = removed.statement - self.home.index(home)
        by = tuple(_STATEMENT.sub(lambda found: self._named(int(found[1])), name) for name in removed.by)
        return replace(removed, statement=index, span=self.documents[home].statements[index].span, by=by)

    def _named(self, number: int) -> str:
        """Return how answers call a statement of the joined document: by its own document."""
        home = self.home[number]
        return f"statement {number - self.home.index(home)} of {_names(self.documents)[home]}"

    def _placed(self, left: Sequence[Any], homes: Sequence[int]) -> tuple[list[list[Any]], int]:
        """Return the statements of each new document, and how many have moved."""
        at_home = list(zip(left, homes, strict=True))
        there = [[one for one, home in at_home if home == number] for number in range(len(self.documents))]
        kept = [statements for statements in there if statements]
        packed = self._packed(left)
        if len(packed) >= len(kept) and self._fits(_text(one, self.documents[0]) for one in kept):
            return kept, 0
        home_of = {id(one): home for one, home in at_home}
        return packed, sum(home_of[id(one)] != home_of[id(each[0])] for each in packed for one in each)

    def _packed(self, left: Sequence[Any]) -> list[list[Any]]:
        """Return the statements in as few documents as they fit into by their size; the largest first."""
        alone = [one for one in left if self._is_full_access(one)]
        found: list[list[Any]] = [[one] for one in alone]
        rest = [one for one in left if not self._is_full_access(one)]
        bins: list[list[Any]] = []
        for one in sorted(rest, key=lambda one: -len(json.dumps(one, ensure_ascii=False))):
            fitting = (each for each in bins if len(_text([*each, one], self.documents[0])) <= self.most)
            room = next(fitting, None)
            if room is None:
                bins.append([one])
            else:
                room.append(one)
        place = {id(one): number for number, one in enumerate(left)}
        return found + [sorted(each, key=lambda one: place[id(one)]) for each in bins]

    def _is_full_access(self, statement: Any) -> bool:
        parsed = parse_source(Source("the statement", _text([statement], self.documents[0])))
        return is_full_access(parsed.statements[0]) and parsed.statements[0].effect.value == "Allow"

    def _fits(self, texts: Iterable[str]) -> bool:
        texts = tuple(texts)
        return len(texts) <= self.number and all(len(text) <= self.most for text in texts)

    def _unproved(self, texts: Sequence[str], budget: Budget) -> str | None:
        """Return why the new documents are not proved to say the same together; None where they are."""
        new = [parse_source(Source(f"document {number}", text)) for number, text in enumerate(texts, start=1)]
        left = replace(self.ask, seconds=max(budget.remaining, 0.001))
        found = diff(DiffQuestion.of_levels(self.documents, new, self.told), left)
        if found.relation is Relation.EQUIVALENT and found.denies_same:
            return None
        why = found.reason or "a difference was found, which is a defect of verifier"
        return f"other documents were found, but not proved equivalent: {why}"


def _names(documents: Sequence[Policy]) -> tuple[str, ...]:
    """Return what documents are called: by their files, and those of one file by their numbers there."""
    names = [policy.source.name for policy in documents]
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"{name}, document {number}" for number, name in enumerate(names, start=1))


def _is_whole(removed: Removed) -> bool:
    return removed.kind.value == "statement"


def _body(policy: Policy) -> list[Any]:
    document: Any = as_json(policy)
    found: list[Any] = document["Statement"]
    return found


def _text(statements: Sequence[Any], like: Policy) -> str:
    """Return a document of the version of `like`, without layout; a Sid that another statement has is left out."""
    seen: set[str] = set()
    written: list[Any] = []
    for statement in statements:
        sid = statement.get("Sid")
        repeated = sid is not None and sid in seen
        written.append({name: value for name, value in statement.items() if name != "Sid"} if repeated else statement)
        seen.add(sid)
    version = {"Version": like.version.value} if like.version_written else {}
    return json.dumps(version | {"Statement": written}, ensure_ascii=False, separators=(",", ":"))
