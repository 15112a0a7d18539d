"""What an answer rests on: the points that semantics.md marks **[decided]**, as far as the documents touch them.

Most such points have two readings (`clouds/aws/policy/readings.py`). What is proved holds under both, and the answer
says so; a counterexample is one under the usual reading, and so is every answer where no other was asked about. The
points that have no second reading are rows here: a rule, the choice made there, and the test whether a document touches
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from verifier.base.memo import once
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.readings import Point
from verifier.clouds.aws.policy.syntax import Condition, Policy, PrincipalEntry, Statement
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import EVERYONE, PrincipalKind
from verifier.clouds.aws.principals.resource_policy import ResourceKind
from verifier.logic.actions import Effect
from verifier.logic.readings import USUAL_ONLY, Reading
from verifier.strings.pattern import ArnTemplate, Template

MEMBERS = "principal and resource are in member accounts"
ALWAYS_ASSUMED = (
    "no resource policy grants directly",
    MEMBERS,
)

# What is assumed besides, where an answer says that something is allowed.
NOT_DENIED_ELSEWHERE = (
    "no resource policy or endpoint policy that is not given denies it, and key and trust policies allow it"
)

OPEN = "a value that is not known before deployment may be any text, with wildcards and whole policy variables in it"

BESIDE_SCP = "rule 30: the SCP that only denies is read together with FullAWSAccess, which AWS attaches"

_Touches: TypeAlias = Callable[[Statement], bool]


def assumptions(
    policies: Iterable[Policy],
    documents: Documents | None = None,
    *,
    narrowed: bool = False,
    as_usual: bool = False,
    proved: bool = False,
    every_service: bool = False,
    granting: bool = False,
) -> tuple[str, ...]:
    """Return what an answer about `policies` assumes, and about the places that they have in `documents`; `proved`: it
    is one about all requests; `every_service`: it decides about every service, whatever the documents name;
    `granting`: it says that something is allowed.

    First the facts that narrow the question where it is `narrowed`, and that one reading only was asked about where it
    is meant `as_usual`, then the standing assumptions, what is outside of the question, which versions of AWS's own
    documents are meant, and the decided points that the documents touch.
    """
    policies = tuple(policies)
    points = frozenset[Point]().union(*map(touched, policies), touched_by_grants(documents) if documents else ())
    rows = frozenset[int]().union(*map(_rows, policies))
    beside = tuple(_beside_full_access(documents)) if documents else ()
    usual = (USUAL_ONLY,) if as_usual else ()
    unknown = (OPEN,) if any(point.is_unknown for point in points) else ()
    named = _named(points, rows, every_service=every_service, both=proved and not as_usual)
    origins = tuple(dict.fromkeys(policy.source.origin for policy in policies if policy.source.origin))
    asking = documents.asking if documents else None
    always = ALWAYS_ASSUMED if asking is None else tuple(_of_who_asks(asking))
    standing = (*always, NOT_DENIED_ELSEWHERE) if granting else always
    return (_facts() if narrowed else ()) + usual + standing + unknown + beside + origins + named


_NOT_SHOWN = (
    "the policy of a key or a role that is not shown delegates to its account, and that of another account's resource "
    "lets the principal in"
)
_OTHERS = "no resource policy but those shown grants directly"
_GRANTS = "no KMS grant allows anything"
_OWNER = "a resource whose account is not told is of the account of who asks"
_ANY_PATH = "the role may have any path"
_BY_NAME = "rule 30: a session is one of a service-linked role iff the name of the role begins with `AWSServiceRoleFor`"
_FEDERATING = "the federated user may have been federated by any user of the account"


def _of_who_asks(asking: Asking) -> Iterator[str]:
    """Yield what is taken for granted where it is told who asks (rules 30 to 35)."""
    principal = asking.principal
    if not asking.explicit:
        yield _OTHERS if asking.resource_policies else ALWAYS_ASSUMED[0]
    if asking.organization is None or asking.organization.accounts is None:
        yield MEMBERS
    if principal is not None and principal.account:
        yield _NOT_SHOWN
        if any(not each.account for each in asking.resource_policies):
            yield _OWNER
    if any(each.kind is ResourceKind.KEY for each in asking.resource_policies):
        yield _GRANTS
    if principal is not None and principal.kind is PrincipalKind.SESSION and principal.arn is None:
        yield _ANY_PATH
        yield _BY_NAME
    if principal is not None and principal.kind is PrincipalKind.FEDERATED and asking.federated_by is None:
        yield _FEDERATING


def touched_by_grants(documents: Documents) -> Iterator[Point]:
    """Yield the points about whether boundary and session policy bind what a resource policy allows (rule 31)."""
    bounded, asking = documents.boundary is not None, documents.asking
    shown = asking.resource_policies if asking is not None and asking.principal is not None else ()
    entries = [(each.kind, entry) for each in shown for entry in _granted(each.policy)]
    if (bounded or documents.session is not None) and any(entry.text == EVERYONE for _, entry in entries):
        yield Point.STAR_PAST_BOUNDARY
    if bounded and any(kind is ResourceKind.ROLE and ":user/" in entry.text for kind, entry in entries):
        yield Point.TRUSTED_USER


def _granted(policy: Policy) -> Iterator[PrincipalEntry]:
    """Yield whom the Allow statements name."""
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW and statement.principals is not None:
            yield from statement.principals.entries


@lru_cache(maxsize=4_096)
def _named(points: Reading, rows: frozenset[int], *, every_service: bool, both: bool) -> tuple[str, ...]:
    """The sentences on decided points, in the order of the rules."""
    rows |= {number for number, (rule, _, _) in enumerate(_DECIDED) if every_service and rule == _STS}
    named = [(point.rule, _said(point, both=both)) for point in Point if point in points]
    named += [(rule, f"rule {rule}: {text}") for number, (rule, text, _) in enumerate(_DECIDED) if number in rows]
    return tuple(text for _, text in sorted(named, key=lambda point: point[0]))


def _beside_full_access(documents: Documents) -> Iterator[str]:
    for place in sorted(documents.open_levels(), key=lambda place: place.level or 0):
        yield f"rule 30: {place} only denies, and is read together with FullAWSAccess, which AWS attaches"


def _said(point: Point, *, both: bool) -> str:
    if both:
        return f"rule {point.rule}, under both readings: {point.usual}; or {point.other}"
    return f"rule {point.rule}: {point.usual}"


def _facts() -> tuple[str, ...]:
    from verifier.clouds.aws.world.facts import facts_used  # noqa: PLC0415 - the catalogue only where it is needed

    return facts_used()


@once
def _rows(policy: Policy) -> frozenset[int]:
    """The numbers of the rows that a policy touches, looked for once."""
    return frozenset(number for number, (_, _, touches) in enumerate(_DECIDED) if any(map(touches, policy.statements)))


def _empty_list(statement: Statement) -> bool:
    """Whether an operator that is not negated has no values: that matches nothing under either reading of rule 5."""
    return any(not one.values and not one.test.operator.negated for one in statement.conditions)


def _misspelt(statement: Statement) -> bool:
    return any(map(_is_misspelt, statement.conditions))


def _is_misspelt(condition: Condition) -> bool:
    return bool(condition.operator_text) and condition.operator_text != str(condition.test)


def _tag(statement: Statement) -> bool:
    """Whether a tag is read, as a key or by a variable."""
    templates = [entry.template for entry in statement.resources.entries] if statement.resources else []
    values = [value.value for condition in statement.conditions for value in condition.values]
    holders = (*templates, *(value for value in values if isinstance(value, Template | ArnTemplate)))
    keys = [condition.key for condition in statement.conditions]
    keys += [variable.key for holder in holders for variable in holder.variables]
    return any("tag/" in key.folded for key in keys)


def _names_service(service: str) -> _Touches:
    def touches(statement: Statement) -> bool:
        entries = statement.actions.naming(service) if statement.actions else ()
        patterns = [entry.pattern for entry in entries if entry.text != "*"]
        return any(pattern is not None and pattern.service.matches(service) for pattern in patterns)

    return touches


def _bound_kms(statement: Statement) -> bool:
    return statement.actions is not None and statement.actions.rcp and _names_service("kms")(statement)


_STS = 35
# The last two limit the question: AWS decides these requests without the documents.
_DECIDED: tuple[tuple[int, str, _Touches], ...] = (
    (5, "an empty list of condition values matches nothing", _empty_list),
    (15, "operator names are not case-sensitive", _misspelt),
    (15, "no two tags differ only in case", _tag),
    (30, "no KMS key is an AWS managed key; RCPs do not apply to those, nor to kms:RetireGrant", _bound_kms),
    (
        _STS,
        "sts:GetCallerIdentity and sts:GetSessionToken need no permission, and no policy can deny them",
        _names_service("sts"),
    ),
)


def rules_named() -> Iterator[str]:
    """The decided points in the order of the rules, as answers name them."""
    named = [(point.rule, _said(point, both=both)) for point in Point for both in (True, False)]
    named += [(rule, f"rule {rule}: {text}") for rule, text, _ in _DECIDED]
    return (text for _, text in sorted(named, key=lambda point: point[0]))
