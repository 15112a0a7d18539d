"""Questions as SMT-LIB scripts, so that any solver can check a proof: `unsat` is "no such request"
(`smt/smtlib.py`), under no reading of the points that AWS's guide leaves open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.base.budget import Budget
from verifier.clouds.aws.by_itself import by_itself
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import PolicyType, alike
from verifier.clouds.aws.policy.syntax import Policy
from verifier.logic.claims import Claim
from verifier.questions.confine import services_maximum
from verifier.questions.diff import sides
from verifier.questions.hinging import every_reading, touch
from verifier.questions.limits import Readings
from verifier.questions.prove import allowed, beyond
from verifier.questions.search import whole
from verifier.smt.smtlib import export

_SECONDS = 60.0
_EVERY = "A constant whose name ends in `the_other_way` says how AWS reads a rule on which its guide is unclear."
_HEADING = "Made by verifier. If this is unsatisfiable, there is no request that {}."


def export_prove(
    *,
    policies: Sequence[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Iterable[Sequence[Policy]] = (),
    rcps: Iterable[Policy] = (),
    readings: Readings = Readings.ALL,
) -> str:
    """Return the script of `prove`. Raises Unsupported for what SMT-LIB cannot say."""
    documents = Documents(tuple(policies), boundary, session, tuple(map(tuple, scps)), tuple(rcps))
    return _script(beyond(allowed(documents), maximum), "is allowed, but not by the maximum", readings)


def export_confine(
    document: Policy, services: Sequence[str], *, told: PolicyType | None = None, readings: Readings = Readings.ALL
) -> str:
    """Return the script of `confine`. Raises Unsupported as above, UsageError for a name that is no service's."""
    claims = beyond(allowed(by_itself(document, told)), services_maximum(services))
    return _script(claims, "is allowed outside the services named", readings)


def export_diff(
    old: Policy, new: Policy, *, told: PolicyType | None = None, readings: Readings = Readings.ALL
) -> tuple[str, str]:
    """Return the scripts of what is gained and of what is lost. Raises Unsupported as above."""
    old, new = alike((old, new), told)
    gained, lost = sides(old, new, told)
    return (
        _script(gained, "only the second document allows", readings),
        _script(lost, "only the first document allows", readings),
    )


def _script(claims: Sequence[Claim], what: str, readings: Readings) -> str:
    if readings is Readings.ALL and touch(claims):
        heading = f"{_HEADING.format(what)}\n{_EVERY}"
        return export(whole(every_reading(claims)), Budget.of(_SECONDS), heading).text
    return export(whole(claims), Budget.of(_SECONDS), _HEADING.format(what)).text
