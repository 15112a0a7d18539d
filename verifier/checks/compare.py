"""One path in two trees, compared: what a document allows now and did not before, and the other way round.

    compare(old, new, path)         ->  Compared
    compare_level(old, new, paths)  ->  Compared, of documents that act as one
    gained_beside(old, new)  ->  how two versions differ together with AWS's full access

The cases, which are told apart before anything is asked:

    CHANGED  the file is in both trees (with the same content it is asked about too: it may be broken)
    NEW      it is in the new tree only: all that it allows is gained
    MOVED    it is in the new tree only, and a file with its very content has vanished from the old one: nothing
             changed. That file must have been under the same rule or, without rules, in the same top folder:
             otherwise a harmless place would be a way in
    GONE     it is in the old tree only: all that it allowed is lost

A path is an error if it is in neither tree, if it was a file and is a link now (or was a link), or if it leads nowhere:
what cannot be compared has not been found equal.

AWS attaches its full access to an SCP that only denies. By itself such a document allows nothing, so a comparison of
what each version allows would miss what is gained: `gained_beside` compares what they let through.
"""

from __future__ import annotations

import enum
import hashlib
import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from verifier.base.budget import deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, PolicyWarning, UsageError, quote, told_elsewhere
from verifier.base.files import MAX_SIZE
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.policy.check import check_together, is_rcp, only_denies
from verifier.clouds.aws.policy.parse import parse_level_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.explanations.explain import explain
from verifier.explanations.explanation import WhyDifferent
from verifier.logic.actions import Effect
from verifier.questions.ask import Ask
from verifier.questions.diff import alone, diff, not_compared
from verifier.questions.question import AloneQuestion, DiffQuestion
from verifier.questions.verdict import Difference
from verifier.questions.worlds import show
from verifier.sources.named import OF_PRINCIPALS
from verifier.sources.tree import PathKind, Snapshot, Tree, kind_of, real_path, text


class PathChange(enum.Enum):
    """How a path stands in the two trees."""

    CHANGED = "changed"
    NEW = "new"
    MOVED = "moved"
    GONE = "gone"


@dataclass(frozen=True)
class Compared:
    """What came of one path; `old` and `new` are its documents, and `moved_from` where one that moved was before.

    `warnings` are about `new`. `selector` is that of a document within the file, `type` what the file says that it is.
    """

    path: str
    since: str
    case: PathChange
    answer: Difference | InputError
    why: WhyDifferent | None = None
    old: Policy | None = None
    new: Policy | None = None
    moved_from: str | None = None
    warnings: tuple[PolicyWarning, ...] = ()
    selector: str = ""
    type: PolicyType | None = None

    @property
    def proves_too(self) -> bool:
        """Whether a rule that proves asks about it: it is a file of its own, or the policy of a principal."""
        return self.type in OF_PRINCIPALS


def compare(
    old: Snapshot,
    new: Tree,
    path: str,
    within: Container[str] | None = None,
    *,
    told: PolicyType | None = None,
    ask: Ask = Ask(),
    max_size: int = MAX_SIZE,
) -> Compared:
    """Return what `path` allows in `new` and not in `old`, and the other way round; what is broken is in the answer.

    `within` are the paths under the same rule in `old`, `told` what documents are, as in `diff`.
    The limit holds for the reading and the warnings too.
    """
    shown = os.path.relpath(new.root / path)
    try:
        with deadline(ask.seconds):
            return _compare(old, new, path, within, shown, told, ask, max_size)
    except LimitReached as limit:
        return Compared(shown, old.name, PathChange.CHANGED, not_compared(str(limit), ask))


def _compare(  # noqa: PLR0913, PLR0917 - as `compare`
    old: Snapshot,
    new: Tree,
    path: str,
    within: Container[str] | None,
    shown: str,
    told: PolicyType | None,
    ask: Ask,
    max_size: int,
) -> Compared:
    case, moved_from = PathChange.CHANGED, None
    try:
        case, moved_from = case_of(old, new, path, within)
        before = () if case is PathChange.NEW else parse_level_source(text(old, moved_from or path, max_size))
        after = () if case is PathChange.GONE else parse_level_source(text(new, path, max_size))
        answer, why = compare_levels(before, after, told, ask)
    except InputError as error:
        return Compared(shown, old.name, case, error, moved_from=moved_from)
    first, last = (next(iter(level), None) for level in (before, after))
    warnings = tuple(_warned(after))
    return Compared(shown, old.name, case, answer, why, first, last, moved_from, warnings)


def compare_level(
    old: Snapshot,
    new: Tree,
    paths: Sequence[str],
    *,
    told: PolicyType | None = None,
    ask: Ask = Ask(),
    max_size: int = MAX_SIZE,
) -> Compared:
    """Return what the documents at `paths`, which act as one, allow in `new` and not in `old`, and the other way round.

    A file that is new was not in the level before, and one that is gone is not in it any more; one that was moved was
    there under its old name. What is broken is in the answer.
    """
    shown = ",".join(os.path.relpath(new.root / path) for path in paths)
    before: list[Policy] = []
    after: list[Policy] = []
    try:
        with deadline(ask.seconds):
            for path in paths:
                case, moved_from = case_of(old, new, path)
                if case is not PathChange.NEW and moved_from not in paths:
                    before += parse_level_source(text(old, moved_from or path, max_size))
                if case is not PathChange.GONE:
                    after += parse_level_source(text(new, path, max_size))
            answer, why = compare_levels(before, after, told, ask)
    except LimitReached as limit:
        return Compared(shown, old.name, PathChange.CHANGED, not_compared(str(limit), ask))
    except InputError as error:
        return Compared(shown, old.name, PathChange.CHANGED, error)
    case = PathChange.CHANGED if before and after else PathChange.NEW if after else PathChange.GONE
    first, last = (next(iter(level), None) for level in (before, after))
    warnings = tuple(_warned(after))
    return Compared(shown, old.name, case, answer, why, first, last, warnings=warnings)


def _warned(level: Sequence[Policy]) -> Iterator[PolicyWarning]:
    """Yield the warnings of a level; one about another file than the first names its place there."""
    for policy in level:
        for warning in lint(policy):
            is_first = policy.source.name == level[0].source.name
            yield warning if is_first else told_elsewhere(warning, policy.source)


def case_of(old: Snapshot, new: Tree, path: str, within: Container[str] | None = None) -> tuple[PathChange, str | None]:
    """Return how `path` stands in the two trees, and where it was before if it moved. Raises UsageError."""
    before, after = kind_of(old, path), kind_of(new, path)
    if before is None and after is None:
        raise UsageError(f"there is no file {quote(path)}, now or at {quote(old.name)}", help="check the path")
    if before is None:
        moved_from = moved(old, new, path, within)
        return (PathChange.MOVED, moved_from) if moved_from is not None else (PathChange.NEW, None)
    if after is None:
        return PathChange.GONE, None
    refuse_other_type(old, new, path)
    return PathChange.CHANGED, None


def refuse_other_type(old: Tree, new: Tree, path: str) -> None:
    """Raise UsageError where `path` was a file in `old` and is a link in `new`, or the other way round."""
    before, after = kind_of(old, path), kind_of(new, path)
    if before is not None and after is not None and before is not after and PathKind.LINK in (before, after):
        message = f"{quote(path)} is {after.value} and was {before.value} at {quote(old.name)}"
        raise UsageError(message, help=f"make it {before.value} again, or give the new one another name")


def moved(old: Snapshot, new: Tree, path: str, within: Container[str] | None = None) -> str | None:
    """Return the path of a file with the content of `path` that is in `old` and has vanished from `new`, if any."""
    if kind_of(new, path) is not PathKind.FILE:
        return None
    data = new.data(real_path(new, path), MAX_SIZE)
    for name in _of_content(old, data):
        known = _top(name) == _top(path) if within is None else name in within
        if known and new.kind(name) is None:
            return name
    return None


def _top(path: str) -> str:
    return path.partition("/")[0] if "/" in path else ""


def _of_content(tree: Snapshot, data: bytes) -> Iterator[str]:
    id = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    folders = [""]
    while folders:
        folder = folders.pop()
        for name in tree.inside(folder):
            path = f"{folder}/{name}" if folder else name
            kind = tree.kind(path)
            if kind is PathKind.FOLDER:
                folders.append(path)
            elif kind is PathKind.FILE and tree.id(path) == id and tree.data(path, MAX_SIZE) == data:
                yield path


def compare_documents(
    old: Policy | None, new: Policy | None, told: PolicyType | None, ask: Ask
) -> tuple[Difference, WhyDifferent | None]:
    """Return how two versions of a document differ, and why; one may not exist. Raises InputError."""
    answer = difference_of(old, new, told, ask)
    return answer, why_different(old, new, told, answer)


def difference_of(old: Policy | None, new: Policy | None, told: PolicyType | None, ask: Ask) -> Difference:
    """Return how two versions of a document differ; one may not exist. Raises InputError."""
    match question := _question(old, new, told):
        case DiffQuestion():
            return diff(question, ask, show)
        case AloneQuestion():
            return alone(question, ask, show)


def why_different(
    old: Policy | None, new: Policy | None, told: PolicyType | None, answer: Difference
) -> WhyDifferent | None:
    """Return why `answer` is that of `difference_of`, None where the time is up."""
    why = explain(_question(old, new, told), answer)
    return why if isinstance(why, WhyDifferent) else None


def _question(old: Policy | None, new: Policy | None, told: PolicyType | None) -> DiffQuestion | AloneQuestion:
    if old and new:
        return DiffQuestion(old, new, told)
    document = new or old
    assert document
    return AloneQuestion(document, new is not None, told)


def compare_levels(
    old: Sequence[Policy], new: Sequence[Policy], told: PolicyType | None, ask: Ask
) -> tuple[Difference, WhyDifferent | None]:
    """Return how two versions of a level differ, and why; one may have no documents. Raises InputError."""
    if len(old) < 2 and len(new) < 2:
        return compare_documents(next(iter(old), None), next(iter(new), None), told, ask)
    for level in (old, new):
        check_together(level, told)
    if not (old and new):
        message = "the whole level is new" if new else "the whole level is gone"
        raise UsageError(f"{message}, so there is nothing to compare it with", help="name its documents one by one")
    question = DiffQuestion.of_levels(old, new, told)
    answer = diff(question, ask, show)
    why = explain(question, answer)
    return answer, why if isinstance(why, WhyDifferent) else None


def gained_beside(old: Policy, new: Policy, ask: Ask) -> Difference | None:
    """Return how the versions differ together with AWS's full access, if only one of them has an Allow; None otherwise.

    What the old one denied, and the new one does not, is gained. A new one that only denies is compared as an SCP.
    """
    before, after = only_denies((old,)), only_denies((new,))
    if before is after or is_rcp(old) or is_rcp(new):
        return None
    if after:
        return diff(DiffQuestion(old, new, PolicyType.SCP), ask, show)
    denials = tuple(statement for statement in new.statements if statement.effect is Effect.DENY)
    if not denials:
        return alone(AloneQuestion(old, appeared=False), ask, show)
    return diff(DiffQuestion(old, replace(new, statements=denials)), ask, show)
