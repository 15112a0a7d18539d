"""The proof of a delegation as SMT-LIB scripts, one a move, which other solvers check.

    proof_scripts(design, ask)    the text of each file, by its name
    ProofScript, ...              what scripts about accounts are made of, too (`account_scripts.py`)

A script is unsatisfiable iff nobody whom he can act as has a request that breaks the invariant: it asks about him and
about whoever carries an approved boundary. `maximum.smt2` is the implication of the maximum. A way through a service
needs several requests, and its script is about one that nobody has. `moves.txt` lists the files, and those moves that
need no proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from verifier.base.dataclass import dataclass
from verifier.base.errors import UndecidedError, UsageError
from verifier.base.regex import regex
from verifier.clouds.aws.audit.shapes import DeniedShape
from verifier.clouds.aws.delegation.delegate import find_proof
from verifier.clouds.aws.delegation.invariant import Design, breaking, carriers, sentences, shape_of
from verifier.clouds.aws.delegation.moves import MOVES, DelegationMove, Spared, granting_moves
from verifier.clouds.aws.delegation.proof import Attempt, all_granted, allows_some, top_of
from verifier.clouds.aws.delegation.service_ways import PASSING, TAKING_OVER, ServiceWay
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.answer import export_ways
from verifier.questions.ask import Ask
from verifier.questions.claims import Claim, Level, Says
from verifier.questions.verdict import Contained
from verifier.questions.ways import Way, allowed_ways

_FITS = regex(r"\(declare-const fits\d+ Bool\)")
_NOBODY = "no request of it is allowed that breaks the invariant"


@dataclass(frozen=True)
class ProofScript:
    """One file: the move that it is about, and its text; without one, `why` the move needs no proof."""

    file: str
    move: str
    why: str
    text: str = ""


def proof_scripts(design: Design, ask: Ask) -> Mapping[str, str] | None:
    """Return the files of the proof, None where there is no proof. Raises UsageError where SMT-LIB cannot say one."""
    found = find_proof(design, ask)
    if found is None:
        return None
    try:
        return files_of_scripts(_Scripts(design, found, ask).all())
    except UndecidedError as why:
        help = "leave out `smtlib`"
        raise UsageError(f"the proof cannot be written as SMT-LIB: {why}", help=help) from None


def files_of_scripts(scripts: Iterable[ProofScript]) -> Mapping[str, str]:
    """Return the text of each file, by its name, and `moves.txt`, which lists them. Raises UndecidedError."""
    named = list(_named(scripts))
    listed = [f"{one.file or '-':<60} {one.move}: {one.why}{_abstract(one.text)}\n" for one in named]
    return {one.file: one.text for one in named if one.file} | {"moves.txt": "".join(listed)}


def _abstract(text: str) -> str:
    """Return what is to be said of a script that leaves open whether something fits the value of a variable."""
    says = "; a value is read as a pattern, which SMT-LIB cannot say: only `unsat` says something"
    return says if _FITS.search(text) else ""


def ways_beyond(everybody: Sequence[Documents], *maxima: Policy) -> list[Way]:
    """Return the ways in which one of `everybody` may make a request that none of `maxima` allows."""
    refused = tuple(Claim(Level((maximum,)), Says.ALLOWS, holds=False) for maximum in maxima)
    return [(*claims, *refused) for documents in everybody for claims in allowed_ways(documents, *maxima)]


def script_of_ways(ways: Sequence[Way], what: str, ask: Ask) -> str:
    """Return the script that asks for a request of one of `ways`, that `what` says. Raises UndecidedError."""
    return export_ways(ways, what, ask.readings)


def script_of_shapes(asked: Mapping[Documents, Sequence[DeniedShape]], ask: Ask) -> str:
    """Return the script that asks for a request of some shapes that documents allow. Raises UndecidedError."""
    ways = [way for documents, shapes in asked.items() for way in ways_beyond([documents], top_of(shapes))]
    return script_of_ways(ways, "somebody may make, and that breaks the invariant", ask)


def _named(scripts: Iterable[ProofScript]) -> Iterator[ProofScript]:
    """Yield the scripts under file names that are theirs alone."""
    taken: set[str] = set()
    for one in scripts:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", one.move).strip("-")
        names = [plain, *(f"{plain}-{number}" for number in range(2, 9))]
        name = next(name for name in names if name not in taken)
        if one.text:
            taken.add(name)
        yield ProofScript(f"{name}.smt2" if one.text else "", one.move, one.why, one.text)


class _Scripts:
    """The scripts of one proof."""

    def __init__(self, design: Design, found: Attempt, ask: Ask) -> None:
        self._design, self._found, self._ask = design, found, ask
        self._everybody = tuple(carriers(found.invariant, design))
        self._empty: dict[tuple[str, ...], bool] = {}

    def all(self) -> Iterator[ProofScript]:
        """Yield every script, that of the maximum first."""
        yield self._maximum()
        yield from map(self._move, MOVES)
        yield from map(self._grant, granting_moves())
        passed = next(move for move in MOVES if move.name == "PassRole")
        yield from map(partial(self._way, passed), (*PASSING, *TAKING_OVER))

    def _maximum(self) -> ProofScript:
        own = len(self._everybody) - 1 if self._found.invariant.own_policies_stay else -1
        ways: list[Way] = []
        for place, (_, documents) in enumerate(self._everybody):
            ways += ways_beyond([documents], *self._design.maxima(own=place == own))
        why = f"the invariant implies the maximum: {'; '.join(sentences(self._found.invariant))}"
        return ProofScript(
            "", "maximum", why, script_of_ways(ways, "somebody may make, but not by the maximum", self._ask)
        )

    def _move(self, move: DelegationMove) -> ProofScript:
        shape = breaking(move, self._found.invariant, self._design)
        if shape is None:
            why = move.why if move.spared is Spared.EVERY else "his own policies may become any"
            return ProofScript("", move.name, why)
        return ProofScript("", move.name, _NOBODY, self._of_shape(shape))

    def _grant(self, move: DelegationMove) -> ProofScript:
        if self._is_empty(move.actions):
            return ProofScript("", move.name, _NOBODY, self._of_shape(shape_of(move.actions, self._design)))
        ways = ways_beyond([all_granted(move)], self._design.maximum)
        text = script_of_ways(
            ways, "a resource of the service can grant, and that is not within the maximum", self._ask
        )
        return ProofScript("", move.name, "all that a resource of the service can grant is within the maximum", text)

    def _way(self, passed: DelegationMove, way: ServiceWay) -> ProofScript:
        shape = breaking(passed, self._found.invariant, self._design)
        first = [shape] if way.service and shape else []
        actions = way.actions if way.service else way.actions[:1]
        shapes = [*first, *(shape_of([action], self._design) for action in actions)]
        names = [*(["PassRole"] if first else []), *actions]
        for name, one in zip(names, shapes, strict=True):
            if self._has_none(one, (name,)):
                return ProofScript("", way.name, f"nobody has {name}, as far as it is needed", self._of_shape(one))
        raise AssertionError(way.name)

    def _is_empty(self, actions: Sequence[str]) -> bool:
        return self._has_none(shape_of(actions, self._design), tuple(actions))

    def _has_none(self, shape: DeniedShape, key: tuple[str, ...]) -> bool:
        if key not in self._empty:
            found = [allows_some(documents, [shape], self._ask) for _, documents in self._everybody]
            self._empty[key] = all(isinstance(verdict, Contained) for verdict in found)
        return self._empty[key]

    def _of_shape(self, shape: DeniedShape) -> str:
        return script_of_shapes({documents: (shape,) for _, documents in self._everybody}, self._ask)
