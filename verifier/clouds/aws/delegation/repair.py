"""`delegate --repair`: small edits of the documents of a design after which it is proved.

    repair_delegation(design, ask)   -> RepairedDelegation or NoDelegationRepair

The boundary is first kept to the maximum (`repairs/`). Then each move that is not kept gets the edit that takes away
just its requests that break the invariant (`repair_edits.py`), until every move is kept. What the others make needless
is dropped again. Nothing is shown until the documents, read anew as they would be saved, are proved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached
from verifier.base.source import Source
from verifier.clouds.aws.audit.shapes import denial
from verifier.clouds.aws.delegation.delegate import check_design, delegate
from verifier.clouds.aws.delegation.invariant import Design, breaking, candidates, carriers
from verifier.clouds.aws.delegation.moves import MOVES, DelegationMove, Spared, granting_moves
from verifier.clouds.aws.delegation.proof import Attempt, allows_some, attempt, outside
from verifier.clouds.aws.delegation.repair_edits import RepairEdit, edited_text, edits_in_words
from verifier.clouds.aws.delegation.repair_remedies import BrokenMove, editable, remedies
from verifier.clouds.aws.delegation.service_ways import TAKING_OVER
from verifier.clouds.aws.documents import Documents, any_identity_policy
from verifier.clouds.aws.policy.edit import policy_text
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.write import MANAGED, characters
from verifier.delegations.answer import DelegationProved, MoveProof, not_proved
from verifier.delegations.repaired import (
    DelegationEdit,
    DelegationRepair,
    EditedDocument,
    NoDelegationRepair,
    RepairedDelegation,
)
from verifier.questions.ask import Ask
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Contained, Escapes
from verifier.repairs.repair import RepairOutcome, repair
from verifier.strings.pattern import parse_pattern

_MOST_ROUNDS = 12


class _NoEdit(Exception):
    """No edit is known, for a reason."""


def _edited(design: Design, edits: Sequence[RepairEdit]) -> Design:
    """Return the design with `edits`, its documents read anew."""
    found = []
    for number, policy in enumerate(editable(design)):
        mine = [edit for edit in edits if edit.document == number]
        found.append(_anew(policy, edited_text(policy, mine)) if mine else policy)
    count = len(design.policies)
    # The last document is his boundary, also where it is that of those whom he makes.
    own = (design.own_boundary[0], found[-1]) if design.own_boundary else None
    return replace(design, policies=tuple(found[:count]), boundary=found[count], own_boundary=own)


def _anew(policy: Policy, text: str) -> Policy:
    return parse_source(Source(policy.source.name, text, stand_in=True))


def repair_delegation(design: Design, ask: Ask) -> DelegationRepair:
    """Return edits after which `design` is proved. Raises UsageError or PolicyError where it is not a design."""
    check_design(design)
    budget = Budget.of(ask.seconds)
    reasons = []
    try:
        with deadline(ask.seconds):
            within = _within_the_maximum(design, ask)
            for number, _ in enumerate(candidates(within)):
                try:
                    return _repaired(design, within, number, ask, budget)
                except _NoEdit as why:
                    reasons.append(str(why))
    except LimitReached as limit:
        return NoDelegationRepair(str(limit))
    except _NoEdit as why:
        return NoDelegationRepair(str(why))
    return NoDelegationRepair(reasons[0])


def _within_the_maximum(design: Design, ask: Ask) -> Design:
    """Return the design with a boundary that keeps whom he makes to the maximum."""
    question = ProveQuestion(Documents((any_identity_policy(),), design.boundary), design.maximum)
    found = repair(question, ask)
    if found.outcome is RepairOutcome.CONTAINED:
        return design
    if found.outcome is RepairOutcome.NO_REPAIR or found.text is None:
        raise _NoEdit(f"the boundary exceeds the maximum: {found.reason}")
    kept = _anew(design.boundary, found.text)
    shares = design.own_boundary is not None and design.own_boundary[0] == design.boundary_arn
    return replace(design, boundary=kept, own_boundary=(design.boundary_arn, kept) if shares else design.own_boundary)


def _repaired(before: Design, design: Design, number: int, ask: Ask, budget: Budget) -> RepairedDelegation:
    edits = _needed(design, _found(design, number, ask, budget), number, ask, budget)
    after = _edited(design, edits)
    proof = delegate(after, ask)
    if not isinstance(proof, DelegationProved):
        raise _NoEdit(f"the documents with the edits that were tried are not proved: {not_proved(proof)}")
    words = [*_boundary_in_words(before, design), *edits_in_words(edits, editable(design))]
    return RepairedDelegation(tuple(words), tuple(_documents(before, after)), proof)


def _boundary_in_words(before: Design, design: Design) -> Iterator[DelegationEdit]:
    if design.boundary is not before.boundary:
        yield DelegationEdit(before.boundary.source.name, None, None, (), "kept to the maximum")


def _documents(before: Design, after: Design) -> Iterator[EditedDocument]:
    count = len(before.policies)
    his = [f"policy-{number}.json" for number in range(1, count + 1)] if count > 1 else ["policy.json"]
    names = (*his, "boundary.json", "own-boundary.json")
    for file, old, new in zip(names, editable(before), editable(after), strict=False):
        text = policy_text(old) if old is new else new.source.text
        if old is not new and (size := characters(text)) > MANAGED:
            raise _NoEdit(f"{old.source.name} would have {size:,} characters, and AWS saves {MANAGED:,}")
        yield EditedDocument(old.source.name, file, policy_text(old), text)


def _found(design: Design, number: int, ask: Ask, budget: Budget) -> list[RepairEdit]:
    """Return edits with which every move is kept. Raises _NoEdit, LimitReached."""
    edits: list[RepairEdit] = []
    for _ in range(_MOST_ROUNDS):
        budget.check()
        tried = _tried(design, edits, number, ask)
        if tried.proved:
            return edits
        if not edits and _exceeds_by_no_move(design, tried, ask):
            raise _NoEdit(_stuck(tried))
        new = [edit for edit in _edits_of(design, tried, edits, ask) if edit not in edits]
        if not new:
            raise _NoEdit(_stuck(tried))
        edits += dict.fromkeys(new)
    raise _NoEdit("the edits that were tried come to no end")


def _exceeds_by_no_move(design: Design, tried: Attempt, ask: Ask) -> bool:
    """Whether somebody exceeds the maximum by a request that is not a move: edits leave those as they are."""
    ways = (way.actions[0] for way in TAKING_OVER)
    moves = (action for move in (*MOVES, *granting_moves()) for action in move.actions)
    text = json.dumps({"Statement": denial([*moves, *ways])})
    denied = parse_source(Source("everything but the moves", text, stand_in=True))
    everybody = list(carriers(tried.invariant, design))
    for place, ((_, documents), (_, verdict)) in enumerate(zip(everybody, tried.within, strict=True)):
        own = tried.invariant.own_policies_stay and place == len(everybody) - 1
        rest = replace(documents, policies=(*documents.policies, denied))
        if not isinstance(verdict, Contained) and isinstance(outside(rest, design.maxima(own=own), ask), Escapes):
            return True
    return False


def _tried(design: Design, edits: Sequence[RepairEdit], number: int, ask: Ask) -> Attempt:
    """Return what comes of the invariant of that number, with `edits`."""
    edited = _edited(design, edits)
    return attempt(edited, list(candidates(edited))[number], ask)


def _edits_of(design: Design, tried: Attempt, edits: Sequence[RepairEdit], ask: Ask) -> Iterator[RepairEdit]:
    for proof in tried.breaches():
        move = _move_of(proof)
        if move is not None and proof.breach is not None and proof.breach.request is not None:
            yield from remedies(BrokenMove(move, proof.breach.who, tried.invariant), design, edits, ask)


def _move_of(proof: MoveProof) -> DelegationMove | None:
    """Return the move of the table; None for a way that is closed once no other role can be passed."""
    for move in (*MOVES, *granting_moves()):
        if (move.name, move.rows, move.why) == (proof.name, proof.rows, proof.why):
            return move
    way = next((way for way in TAKING_OVER if way.name == proof.name), None)
    return None if way is None else DelegationMove(way.actions[:1], (way.row,), Spared.NONE, proof.why)


def _stuck(tried: Attempt) -> str:
    exceeding = [who for who, verdict in tried.within if not isinstance(verdict, Contained)]
    if exceeding:
        return f"{exceeding[0]} may exceed the maximum already: give `--own`, or another maximum"
    names = ", ".join(move.name for move in tried.breaches())
    return f"no edit is known that keeps {names}"


def _needed(design: Design, edits: list[RepairEdit], number: int, ask: Ask, budget: Budget) -> list[RepairEdit]:
    """Return those of `edits` that are needed: without each, a move of its action is not kept."""
    for edit in list(edits):
        budget.check()
        fewer = [one for one in edits if one is not edit]
        edited = _edited(design, fewer)
        invariant = list(candidates(edited))[number]
        shapes = [shape for move in _moves_of(edit.action) if (shape := breaking(move, invariant, edited))]
        everybody = [documents for _, documents in carriers(invariant, edited)]
        if all(isinstance(allows_some(documents, shapes, ask), Contained) for documents in everybody):
            edits = fewer
    return edits


def _moves_of(action: str) -> Iterator[DelegationMove]:
    """Yield the moves of the table that `action` is of."""
    ways = [DelegationMove(way.actions[:1], (way.row,), Spared.NONE, "") for way in TAKING_OVER]
    for move in (*MOVES, *granting_moves(), *ways):
        if any(parse_pattern(each.lower()).matches(action.lower()) or each == action for each in move.actions):
            yield move
