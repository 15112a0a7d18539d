"""`delegate`: can an administrator, alone or through whom he makes, changes or becomes, ever exceed the maximum?

    delegate(design, ask, most_moves)   -> DelegationProved, DelegationRefuted or DelegationUndecided

Proved: an invariant is found that every move of the table keeps, and that implies the maximum. Refuted: a chain of
moves is found, whose requests the evaluator confirmed one by one, and that ends outside the maximum. Where neither is,
the answer names the moves that are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from verifier.base.budget import Budget, deadline
from verifier.base.errors import LimitReached, UsageError, quote
from verifier.base.regex import regex
from verifier.clouds.aws.audit.shapes import denial
from verifier.clouds.aws.catalogue.tables import origin
from verifier.clouds.aws.delegation.invariant import (
    Design,
    Invariant,
    candidates,
    carriers,
    principal_kind,
    sentences,
)
from verifier.clouds.aws.delegation.proof import (
    Attempt,
    attempt,
    is_certain,
    least_assuming,
    named_shapes,
    outside,
    widened,
)
from verifier.clouds.aws.delegation.role_takers import untold_services
from verifier.clouds.aws.delegation.service_ways import taken_to_be_there
from verifier.clouds.aws.documents import Documents
from verifier.delegations.answer import (
    BEYOND,
    MOST_MOVES,
    DelegationAnswer,
    DelegationProved,
    DelegationRefuted,
    DelegationStep,
    DelegationUndecided,
    MoveProof,
)
from verifier.questions.ask import Ask
from verifier.questions.prove import assumptions_of
from verifier.questions.question import ProveQuestion
from verifier.questions.verdict import Escapes, Undecided
from verifier.strings.pattern import parse_pattern

if TYPE_CHECKING:
    from verifier.clouds.aws.delegation.account_attempt import AccountAttempt
    from verifier.clouds.aws.delegation.chain import EscapeChain

_BOUNDARY_ARN = regex(r"arn:[a-z-]+:iam::\d{12}:policy/[\w+=,.@/-]+")
_ADMIN_ARN = regex(r"arn:[a-z-]+:iam::\d{12}:(user|role)/[\w+=,.@/-]+")
OUTSIDE_THE_MODEL = (
    "outside the model: sessions that are open already, tokens of identity providers, credentials that somebody "
    "stores where he may read, AWS support, rights that services keep themselves, programs and templates that "
    "something runs from where he may write, what Object Lambda reads of S3, statements that databases run as a role, "
    "and moves that the table does not hold"
)
_FEW = 20
_NAMES = ("administrator", "the-administrator", "delegated-administrator", "zz-administrator")


def delegate(design: Design, ask: Ask, most_moves: int = MOST_MOVES) -> DelegationAnswer:
    """Return whether he can ever exceed the maximum, found within the time of `ask`.

    Raises UsageError for an ARN that is not one, PolicyError for a document that does not suit its place.
    """
    check_design(design)
    budget = Budget.of(ask.seconds)
    try:
        with deadline(ask.seconds):
            return _answer(design, ask, most_moves, budget)
    except LimitReached as limit:
        return DelegationUndecided(str(limit), (), (), _standing(design, ask))


def check_design(design: Design) -> None:
    """Raise UsageError or PolicyError where `design` is not one."""
    named = [(arn, _BOUNDARY_ARN, "policy/...") for arn in design.boundaries]
    if design.admin is not None:
        named.append((design.admin, _ADMIN_ARN, "user/..."))
    for arn, form, example in named:
        if not form.fullmatch(arn):
            help = f"write its ARN, as in `arn:aws:iam::111122223333:{example}`"
            raise UsageError(f"{quote(arn)} is not the ARN that is needed here", help=help)
    if len({arn.split(":")[4] for arn, _, _ in named}) > 1:
        raise UsageError("the ARNs are of several accounts", help="name a delegation within one account")
    for maximum in (design.maximum, *([design.own] if design.own else [])):
        ProveQuestion(design.admin_documents, maximum).check()
    ProveQuestion(Documents((design.boundary,)), design.maximum).check()


def _answer(design: Design, ask: Ask, most_moves: int, budget: Budget) -> DelegationAnswer:
    standing = _standing(design, ask)
    already = outside(design.admin_documents, design.maxima(own=True), ask)
    admin = design.admin or _some_admin(design)
    if isinstance(already, Escapes) and is_certain(already):
        step = DelegationStep(admin, None, already.request, {}, BEYOND)
        return DelegationRefuted(admin, (step,), (), (), (*standing, *_of_admin(design, admin)))
    tried: list[Attempt] = []
    if (found := find_proof(design, ask, tried)) is not None:
        also = widened(design, found.invariant, ask)
        start = (*_start(found.invariant), *_elsewhere(found.invariant, design))
        words = tuple(sentences(found.invariant))
        return DelegationProved(words, found.moves, also, (*standing, *start))
    first = tried[0]
    breaches = [move for found in tried for move in found.breaches()]
    limit = ""
    from verifier.clouds.aws.delegation.chain import chain_of_design  # noqa: PLC0415 - only where nothing is proved

    try:
        chain = chain_of_design(design, admin, breaches, ask, most_moves, budget)
    except LimitReached as reached:
        chain, limit = None, f"; the search for a chain ended: {reached}"
    if chain is not None:
        assumes = (*standing, *_of_chain(design, admin, chain))
        return DelegationRefuted(admin, chain.steps, chain.outsiders, first.moves, assumes)
    reason = f"{reason_open(first)}; no chain of at most {most_moves} moves was found{limit}"
    return DelegationUndecided(reason, tuple(sentences(first.invariant)), first.moves, standing)


def find_proof(design: Design, ask: Ask, tried: list[Attempt] | None = None) -> Attempt | None:
    """Return the proof that assumes least, None where there is none; what fails is added to `tried`."""
    for invariant in candidates(design):
        found = attempt(design, invariant, ask)
        if found.proved:
            return least_assuming(design, found, ask)
        if tried is not None:
            tried.append(found)
    return None


def reason_open(found: Attempt | AccountAttempt) -> str:
    """Return what keeps an attempt from being a proof."""
    outside = [f"{who} {_verb(verdict)}" for who, verdict in found.within if isinstance(verdict, (Escapes, Undecided))]
    moves = [f"{move.name} ({_said(move)})" for move in found.moves if move.breach]
    missing = [found.reason] if found.reason else []
    several = [*missing, *outside, *([f"not kept: {', '.join(moves[:8])}{_more(len(moves) - 8)}"] if moves else [])]
    return "; ".join(several) or "nothing was decided"


def _said(move: MoveProof) -> str:
    assert move.breach is not None
    request = move.breach.request
    return move.breach.reason if request is None else f"{request.action} on {request.resource}: {move.why}"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _verb(verdict: Escapes | Undecided) -> str:
    return f"may exceed the maximum: {verdict}" if isinstance(verdict, Escapes) else f"is undecided: {verdict.reason}"


def _some_admin(design: Design) -> str:
    """Return an ARN for an administrator that is not told: one that is not delegated."""
    taken = [glob for invariant in candidates(design) for glob in invariant.delegated.get("user", ())]
    partition = design.boundary_arn.split(":")[1]
    arns = [f"arn:{partition}:iam::{design.account}:user/{name}" for name in _NAMES]
    return next((arn for arn in arns if not any(parse_pattern(glob).matches(arn) for glob in taken)), arns[0])


def _standing(design: Design, ask: Ask) -> tuple[str, ...]:
    """Return what every answer about a design assumes."""
    policies = [*design.written(), design.maximum, *([design.own] if design.own else [])]
    own = "no boundary" if design.own_boundary is None else f"the boundary {design.own_boundary[0]}"
    return (
        *assumptions_of(policies, ask, proved=True, every_service=True),
        f"he has the policies given, {own}, and is in no group",
        OUTSIDE_THE_MODEL,
        "no SCP or RCP limits the account",
        f"an action of IAM carries the keys of IAM that the catalogue lists for it, and no others: {origin()}",
        "an action of IAM works on resources of its own account, of the types that the catalogue lists for it",
        "a request names one boundary at most",
    )


def _start(invariant: Invariant) -> Iterator[str]:
    """Yield what the proof takes for granted of the account that the design comes into."""
    yield "nobody else in the account changes the boundaries, what is delegated by path, or his policies"
    yield "no role but those delegated by path has a trust policy that names him or those whom he makes"
    for kind, globs in invariant.delegated.items():
        for glob in globs:
            if kind in ("user", "role"):
                yield f"at the start every {kind} in {glob} carries an approved boundary, and he is not in it"
            else:
                yield f"at the start he has nothing to do with any {kind} in {glob}"


def _elsewhere(invariant: Invariant, design: Design) -> Iterator[str]:
    """Yield the services that the table does not have and that somebody may use: there, nothing may run as a role."""
    names = tuple(untold_services())
    shapes = {number: denial(actions) for number, actions in enumerate(untold_services().values())}
    found: dict[str, None] = {}
    for _, documents in carriers(invariant, design):
        found.update((names[number], None) for number in named_shapes(documents, shapes))
    if found:
        several = sorted(found)
        told = ", ".join(several[:_FEW]) + _more(len(several) - _FEW)
        yield f"at the start nothing in these services acts as a role that is not delegated: {told}"


def _of_admin(design: Design, admin: str) -> Sequence[str]:
    return () if design.admin else (f"he is called {admin}",)


def _of_chain(design: Design, admin: str, chain: EscapeChain) -> Iterator[str]:
    yield from _of_admin(design, admin)
    yield from taken_to_be_there(step.move or "" for step in chain.steps)
    for arn in chain.outsiders:
        if ":policy/" in arn:
            yield f"his policy is attached to him as {arn}"
        elif ":group/" in arn:
            yield f"the account also has {arn}, whose members may do everything"
        else:
            yield f"the account also has the {principal_kind(arn)} {arn}, who carries no boundary and may do everything"
