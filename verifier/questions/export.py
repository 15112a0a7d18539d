"""Questions as SMT-LIB scripts, so that any solver can check a proof: `unsat` is "no such request"
(`smt/smtlib.py`), under no reading of the points that AWS's guide leaves open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from verifier.base.budget import Budget
from verifier.base.errors import UndecidedError, UsageError
from verifier.base.files import write_text
from verifier.questions.answer import counterclaims
from verifier.questions.ask import Ask, Readings
from verifier.questions.claims import Claim, cloud_of
from verifier.questions.hinging import every_reading, touch
from verifier.questions.question import ConfineQuestion, DiffQuestion, ProveQuestion
from verifier.questions.search import whole
from verifier.smt.smtlib import export

_SECONDS = 60.0
_EVERY = "A constant whose name ends in `the_other_way` says how AWS reads a rule on which its guide is unclear."
_HEADING = "Made by verifier. If this is unsatisfiable, there is no request that {}."

Exported: TypeAlias = ProveQuestion | ConfineQuestion | DiffQuestion


def export_question(question: Exported, ask: Ask) -> tuple[str, ...]:
    """Return the scripts of `question`: of `diff` that of what is gained and that of what is lost, of others one.

    Raises Unsupported for what SMT-LIB cannot say, UsageError for a name that is not a service's.
    """
    sides = zip(_requests(question), counterclaims(question), strict=True)
    return tuple(_script(claims, what, ask.readings) for what, claims in sides)


def write_question(question: Exported, ask: Ask, file: str) -> None:
    """Write the scripts of `question` to `file`, and of `diff` what is lost to the same name with `.lost` behind it.

    Raises UsageError where SMT-LIB cannot say it, or a file cannot be written.
    """
    try:
        scripts = export_question(question, ask)
    except UndecidedError as why:
        message = f"the question cannot be written as SMT-LIB: {why}"
        raise UsageError(message, help="ask without an SMT-LIB file") from None
    for script, ending in zip(scripts, ("", ".lost"), strict=False):
        write_text(f"{file}{ending}", script)


def _requests(question: Exported) -> tuple[str, ...]:
    match question:
        case ProveQuestion():
            return ("is allowed, but not by the maximum",)
        case ConfineQuestion():
            return ("is allowed outside the services named",)
        case DiffQuestion():
            return "only the second document allows", "only the first document allows"
    assert_never(question)


def _script(claims: Sequence[Claim], what: str, readings: Readings) -> str:
    if readings is Readings.ALL and touch(claims):
        heading = f"{_HEADING.format(what)}\n{_EVERY}"
        return export(whole(every_reading(claims)), cloud_of(claims).domains, Budget.of(_SECONDS), heading).text
    return export(whole(claims), cloud_of(claims).domains, Budget.of(_SECONDS), _HEADING.format(what)).text
