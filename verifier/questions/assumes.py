"""What an answer rests on: the points that semantics.md marks **[decided]**, as far as the documents touch them.

A table: each row is a rule, the choice made there in a few words, and the test whether a document touches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias
from weakref import WeakKeyDictionary

from verifier.catalogue.keys import KeyType, documented_facts
from verifier.logic.domains import may_be_list
from verifier.policy.operators import Family, Quantifier
from verifier.policy.pattern import ArnTemplate, Pattern, Template, Wild
from verifier.policy.syntax import Condition, Policy, ResourceEntry, Statement
from verifier.policy.values import read_network
from verifier.questions.limits import World
from verifier.semantics.documents import Documents

ALWAYS = (
    "no resource policy grants directly",
    "principal and resource are in member accounts",
)

_Touches: TypeAlias = Callable[[Statement], bool]
_TYPES = {
    Family.NUMERIC: KeyType.NUMERIC,
    Family.DATE: KeyType.DATE,
    Family.BOOL: KeyType.BOOL,
    Family.ADDRESS: KeyType.ADDRESS,
    Family.BINARY: KeyType.BINARY,
}


def assumptions(
    policies: Iterable[Policy], world: World = World.ALL, documents: Documents | None = None
) -> tuple[str, ...]:
    """Return what an answer about `policies` assumes, and about the places that they have in `documents`.

    First the facts that narrow the question where `world` does, then the standing assumptions, what is outside of the
    question, and the decided points that the documents touch.
    """
    touched = frozenset[int]().union(*map(_touched, policies))
    named = tuple(text for number, (text, _) in enumerate(_OUTSIDE + _DECIDED) if number in touched)
    return _facts(world) + ALWAYS + (tuple(_beside_full_access(documents)) if documents else ()) + named


def _beside_full_access(documents: Documents) -> Iterator[str]:
    for place in sorted(documents.open_levels(), key=lambda place: place.level or 0):
        yield f"rule 30: {place} only denies, and is beside FullAWSAccess, as AWS attaches it"


def _facts(world: World) -> tuple[str, ...]:
    if world is World.ALL:
        return ()
    from verifier.world.facts import facts_used  # noqa: PLC0415 - the catalogue only where it is needed

    return facts_used()


_TOUCHED: WeakKeyDictionary[Policy, frozenset[int]] = WeakKeyDictionary()


def _touched(policy: Policy) -> frozenset[int]:
    """The numbers of the decided points that a policy touches, looked for once."""
    found = _TOUCHED.get(policy)
    if found is None:
        found = _TOUCHED[policy] = frozenset(
            number for number, (_, touches) in enumerate(_OUTSIDE + _DECIDED) if any(map(touches, policy.statements))
        )
    return found


def _condition(test: Callable[[Condition], bool]) -> _Touches:
    return lambda statement: any(map(test, statement.conditions))


def _resource(test: Callable[[ResourceEntry], bool]) -> _Touches:
    return lambda statement: statement.resources is not None and any(map(test, statement.resources.entries))


def _wild_service(statement: Statement) -> bool:
    entries = statement.actions.entries if statement.actions else ()
    return any(
        entry.text != "*" and entry.pattern is not None and entry.pattern.service.text is None for entry in entries
    )


def _crosses_colon(entry: ResourceEntry) -> bool:
    """Whether a `*` stands where it may cross a colon: before the last part of an ARN."""
    colons = 0
    for part in entry.template.parts:
        if part is Wild.TEXT and colons < 5:
            return entry.text != "*"
        if isinstance(part, str):
            colons += part.count(":")
    return False


def _early_variable(entry: ResourceEntry) -> bool:
    colons = 0
    for part in entry.template.parts:
        if isinstance(part, str):
            colons += part.count(":")
        elif not isinstance(part, Wild) and colons < 5:
            return True
    return False


def _has_variable(condition: Condition) -> bool:
    return any(isinstance(value.value, Template | ArnTemplate) and value.value.variables for value in condition.values)


def _misspelt(condition: Condition) -> bool:
    return bool(condition.operator_text) and condition.operator_text != str(condition.test)


def _tag(statement: Statement) -> bool:
    """Whether a tag is read, as a key or by a variable."""
    templates = [entry.template for entry in statement.resources.entries] if statement.resources else []
    values = [value.value for condition in statement.conditions for value in condition.values]
    holders = (*templates, *(value for value in values if isinstance(value, Template | ArnTemplate)))
    keys = [condition.key for condition in statement.conditions]
    keys += [variable.key for holder in holders for variable in holder.variables]
    return any("tag/" in key.folded for key in keys)


def _ill_typed(condition: Condition) -> bool:
    expected = _TYPES.get(condition.test.operator.family)
    facts = documented_facts(condition.key.folded)
    return expected is not None and (facts is None or facts.type is not expected)


def _no_arn(condition: Condition) -> bool:
    facts = documented_facts(condition.key.folded)
    return condition.test.operator.family is Family.ARN and (facts is None or facts.type is not KeyType.ARN)


def _bare_address(condition: Condition) -> bool:
    return condition.test.operator.family is Family.ADDRESS and any(
        "/" not in value.text and (network := read_network(value.text)) is not None and network.version == 6
        for value in condition.values
    )


def _speaks_of(service: str) -> _Touches:
    def touches(statement: Statement) -> bool:
        entries = statement.actions.entries if statement.actions else ()
        return any(entry.pattern is not None and entry.pattern.service.text == service for entry in entries)

    return touches


def _bound_kms(statement: Statement) -> bool:
    return statement.actions is not None and statement.actions.rcp and _speaks_of("kms")(statement)


# What the documents decide about, as far as AWS lets them: the rest is outside of the question.
_OUTSIDE: tuple[tuple[str, _Touches], ...] = (
    ("rule 30: no KMS key is an AWS managed key; no RCP binds those, nor kms:RetireGrant", _bound_kms),
    (
        "rule 35: sts:GetCallerIdentity and sts:GetSessionToken need no permission, and no policy takes them away",
        _speaks_of("sts"),
    ),
)
_DECIDED: tuple[tuple[str, _Touches], ...] = (
    ("rule 5: an empty list of condition values matches nothing", _condition(lambda c: not c.values)),
    ("rule 9: a wildcard in the service part of an action is matched like any other", _wild_service),
    ("rule 10: a `*` in a resource may cross a colon anywhere", _resource(_crosses_colon)),
    ("rule 15: operator names match without regard to case", _condition(_misspelt)),
    ("rule 15: no two tags differ only in case", _tag),
    (
        "rule 17: `Null: true` holds of an absent key and of values that come to nothing",
        _condition(lambda c: c.test.operator.family is Family.NULL),
    ),
    (
        "rule 18: ForAnyValue with IfExists matches an absent key",
        _condition(lambda c: c.test.quantifier is Quantifier.ANY and c.test.if_exists),
    ),
    (
        "rule 19: a list of two or more under an operator without a set prefix does not match, negated or not",
        _condition(
            lambda c: (
                c.test.quantifier is Quantifier.NONE
                and c.test.operator.family is not Family.NULL
                and may_be_list(c.key)
            )
        ),
    ),
    (
        "rule 21: `*` alone matches every ARN",
        _condition(
            lambda c: c.test.operator.family is Family.ARN and any(isinstance(v.value, Pattern) for v in c.values)
        ),
    ),
    ("rule 21: a value that is no ARN matches neither an Arn operator nor its negation", _condition(_no_arn)),
    ("rule 23: a bare IPv6 address is a single host", _condition(_bare_address)),
    ("rule 24: a value that is not of the operator's type matches neither it nor its negation", _condition(_ill_typed)),
    (
        "rule 25: policy variables are replaced in Bool values",
        _condition(lambda c: c.test.operator.family is Family.BOOL and _has_variable(c)),
    ),
    ("rule 25: policy variables are replaced before the fifth colon of a resource", _resource(_early_variable)),
    (
        "rule 27: a wildcard in the value of a policy variable is an ordinary character",
        lambda s: _resource(lambda entry: bool(entry.template.variables))(s) or _condition(_has_variable)(s),
    ),
)


def rules_named() -> Iterator[str]:
    """The decided points in the order of the rules."""
    return (text for text, _ in _DECIDED)
