"""What a repair does about a move that is not kept: narrow the statements that name its action, or deny it.

    remedies(breach, ...)    the edits for one move
    editable(design)         the documents that edits are made in, by number

A move that somebody has by statements that name its action is narrowed in them. Where the administrator carries a
boundary himself, that is tried first: it holds whatever his policies become.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.delegation.invariant import (
    Design,
    Invariant,
    breaking,
    principal_kind,
    shape_of,
    spared_paths,
)
from verifier.clouds.aws.delegation.moves import DelegationMove, Spared
from verifier.clouds.aws.delegation.proof import allows_some
from verifier.clouds.aws.delegation.repair_edits import DenialEdit, NarrowingEdit, RepairEdit
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.syntax import Policy, Statement
from verifier.logic.actions import Effect
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained
from verifier.strings.pattern import parse_pattern


@dataclass(frozen=True)
class BrokenMove:
    """`move` breaks `invariant`: `who` has a request of it."""

    move: DelegationMove
    who: str
    invariant: Invariant


def editable(design: Design) -> list[Policy]:
    """Return his policies, the boundary, and the boundary that he carries himself, if it is another one."""
    own = [design.own_boundary[1]] if design.own_boundary and not _shares(design) else []
    return [*design.policies, design.boundary, *own]


def _shares(design: Design) -> bool:
    """Whether he carries the same boundary as those whom he makes."""
    return design.own_boundary is not None and design.own_boundary[0] == design.boundary_arn


def remedies(broken: BrokenMove, design: Design, edits: Sequence[RepairEdit], ask: Ask) -> Iterator[RepairEdit]:
    """Yield edits of the documents of `design` for one move, other than `edits`."""
    for place in _places(broken, design):
        narrowings = _narrowings(broken, place, design, ask)
        if narrowings and not set(narrowings) & set(edits):
            yield from narrowings
            return
    number = _places(broken, design)[0][0]
    mine = Documents((any_identity_policy(),), editable(design)[number])
    for action in broken.move.actions:
        if len(broken.move.actions) == 1 or _allows(mine, broken, design, action, ask):
            yield _denial(broken, design, number, action)


def _places(broken: BrokenMove, design: Design) -> list[list[int]]:
    """Return the numbers of the documents in which the move can be stopped: in all of one list together."""
    count = len(design.policies)
    own = [[count if _shares(design) else count + 1]] if design.own_boundary else []
    if broken.who == "the administrator":
        return [*own, list(range(count))]
    return own if design.own_boundary and design.own_boundary[0] in broken.who else [[count]]


def _narrowings(broken: BrokenMove, place: Sequence[int], design: Design, ask: Ask) -> list[NarrowingEdit]:
    """Return narrowings of the statements that let the move through; none where these do not name its actions."""
    found = []
    for number in place:
        policy = editable(design)[number]
        for statement in policy.by_effect[Effect.ALLOW]:
            alone = replace(policy, statements=(statement, *policy.by_effect[Effect.DENY]))
            if _allows(Documents((any_identity_policy(),), alone), broken, design, None, ask):
                edits = [_narrowing(broken, design, number, statement, name) for name in _named(broken.move, statement)]
                if not edits or None in edits:
                    return []
                found += [edit for edit in edits if edit is not None]
    return found


def _allows(mine: Documents, broken: BrokenMove, design: Design, action: str | None, ask: Ask) -> bool:
    """Whether documents let a request of the move through that breaks the invariant, of `action` if given."""
    shape = breaking(broken.move, broken.invariant, design) or shape_of(broken.move.actions, design)
    asked = shape if action is None else {**shape, "Action": [action]}
    return not isinstance(allows_some(mine, [asked], ask), Contained)


def _named(move: DelegationMove, statement: Statement) -> list[str]:
    """Return the entries of a statement that name actions of the move; none where a wildcard names some."""
    if statement.actions is None or statement.actions.negated:
        return []
    found = []
    for entry in statement.actions.entries:
        for action in move.actions:
            service, _, name = action.lower().partition(":")
            wild = "*" in entry.text or "?" in entry.text
            if wild and entry.pattern is not None and entry.pattern.meets(service, name):
                return []
            if not wild and parse_pattern(action.lower()).matches(entry.text.lower()):
                found.append(entry.text)
                break
    return found


def _narrowing(
    broken: BrokenMove, design: Design, number: int, statement: Statement, action: str
) -> NarrowingEdit | None:
    """Return how a statement may still allow an action that it names; None where no narrowing says it."""
    index, move = statement.index, broken.move
    match move.spared:
        case Spared.BOUNDED | Spared.BOUNDED_OR_DELEGATED:
            return NarrowingEdit(number, index, action, boundary=broken.invariant.approved)
        case Spared.DELEGATED | Spared.DELEGATED_OR_SELF:
            own = _own_arns(design) if move.spared is Spared.DELEGATED_OR_SELF else ()
            resources = _within(statement, (*spared_paths(move, broken.invariant, design), *own))
            return None if resources is None else NarrowingEdit(number, index, action, resources=resources)
        case Spared.UNPROTECTED:
            return None
        case _:
            return NarrowingEdit(number, index, action)


def _within(statement: Statement, paths: Sequence[str]) -> tuple[str, ...] | None:
    """Return those of `paths` that a statement is about; None where it says what it is not about."""
    resources = statement.resources
    if resources is None or resources.negated:
        return None
    patterns = [parse_pattern(entry.text) for entry in resources.entries]
    return tuple(path for path in paths if any(pattern.matches(path) for pattern in patterns))


def _denial(broken: BrokenMove, design: Design, number: int, action: str) -> DenialEdit:
    move, approved = broken.move, broken.invariant.approved
    paths = tuple(spared_paths(move, broken.invariant, design))
    if move.own_policies and design.admin is not None and move.kind == principal_kind(design.admin):
        return DenialEdit(number, action, resources=(design.admin,))
    match move.spared:
        case Spared.BOUNDED:
            return DenialEdit(number, action, boundary=approved)
        case Spared.BOUNDED_OR_DELEGATED:
            return DenialEdit(number, action, boundary=approved, spared=paths)
        case Spared.DELEGATED:
            return DenialEdit(number, action, spared=paths)
        case Spared.DELEGATED_OR_SELF:
            return DenialEdit(number, action, spared=(*paths, *_own_arns(design)))
        case Spared.UNPROTECTED:
            return DenialEdit(number, action, resources=tuple(design.boundaries))
        case _:
            return DenialEdit(number, action)


def _own_arns(design: Design) -> tuple[str, ...]:
    """Return the ARNs that are the user's own who asks: a user's name has no slash."""
    users = f"{design.boundary_arn.partition(':policy/')[0]}:user"
    return f"{users}/${{aws:username}}", f"{users}/*/${{aws:username}}"
