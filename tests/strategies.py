"""What the property tests draw: documents, and requests near them.

Agreement is only tested where a request nearly matches, so everything is drawn from small shared pools: patterns are
values with pieces replaced by `*` and `?`, values are patterns with their wildcards filled, and a request takes most of
its texts from the documents it is asked about. Documents are drawn as JSON objects, and parsed by `parsed`.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from hypothesis import strategies as st

from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.operators import Family, Test, all_tests
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.strings.languages import IS_ARN, Glob, Language, Wildcard
from verifier.strings.pattern import arn_fields
from verifier.strings.typed import Chain, Host, Instant, Number
from verifier.strings.values import (
    Comparison,
    lower,
    read_address,
    read_bool,
    read_bytes,
    read_instant,
    read_network,
    read_number,
)
from verifier.strings.variables import merge

Json: TypeAlias = dict[str, Any]

ACTIONS = (
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:get_x",
    "s3-x:GetObject",
    "iam:PassRole",
    "iam:get",
    "kms:RetireGrant",
)
# Entries of RCPs: of services that support them and of others, and the action that none binds.
RCP_ACTIONS = ("s3:*", "s3:Get*", "S3:GetObject", "iam:*", "iam:PassRole", "s3-x:?etObject", "kms:*", "kms:RetireGrant")
RESOURCES = (
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::ab/jane/a:b",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::111122223333:role/jane/b",
    "arn:aws-cn:s3:us:1:*",
    "arn:aws:sqs:us:1:",
    "arn:aws:s3:::\U0010f000?",
)
TEXTS = (
    "",
    "a",
    "b",
    "ab",
    "aB",
    "jane",
    "Jane/",
    "*",
    "a?b",
    "home/jane",
    "a:b",
    "\u212a",
    "k\u00df",
    "true",
    "10",
    "\U0001f600",
    "${a",
)
NUMBERS = ("0", "-0", "1", "10", "010", "10.0", "10.5", "-1", "3600", "9999999999999999999999999999999.5")
DATES = (
    "0",
    "10",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "1767225600",
    "2026-01-01T01:00:00.5+01:00",
    "1969-12-31T23:59:59.5Z",
)
BOOLS = ("true", "false", "True", "FALSE")
ADDRESSES = (
    "203.0.113.7",
    "203.0.113.8",
    "203.0.114.1",
    "10.0.0.1",
    "2001:db8::7",
    "2001:DB8:0::8",
    "::ffff:203.0.113.7",
    "::",
)
NETWORKS = (
    "203.0.113.0/24",
    "203.0.113.7",
    "203.0.113.9/31",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::7",
    "::ffff:0:0/96",
)
BLOBS = ("QUJD", "QUI=", "", "YWI=")
ILL_TYPED = ("1e3", " 1", "2026-13-01", "10.0.0.256", "arn:aws:s3", "QUI", "TRUE ", "1.")

POOLS: dict[KeyType, tuple[str, ...]] = {
    KeyType.STRING: TEXTS,
    KeyType.NUMERIC: NUMBERS,
    KeyType.DATE: DATES,
    KeyType.BOOL: BOOLS,
    KeyType.ADDRESS: ADDRESSES,
    KeyType.ARN: RESOURCES,
    KeyType.BINARY: BLOBS,
}
_READS: dict[KeyType, Callable[[str], object]] = {
    KeyType.STRING: lambda text: text,
    KeyType.NUMERIC: read_number,
    KeyType.DATE: read_instant,
    KeyType.BOOL: read_bool,
    KeyType.ADDRESS: read_address,
    KeyType.ARN: arn_fields,
    KeyType.BINARY: read_bytes,
}
UNKNOWN = "acme:colour"
KEYS = (
    UNKNOWN,
    "acme:size",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:MultiFactorAuthAge",
    "aws:SecureTransport",
    "aws:PrincipalArn",
    "aws:TagKeys",
    "aws:PrincipalTag/x",
    "aws:ResourceTag/x",
    "aws:username",
    "s3:prefix",
    "s3:max-keys",
    "route53:VPCs",
    "dynamodb:FisTargetArns",
)
_FAMILY: dict[KeyType, Family] = {
    KeyType.NUMERIC: Family.NUMERIC,
    KeyType.DATE: Family.DATE,
    KeyType.BOOL: Family.BOOL,
    KeyType.ADDRESS: Family.ADDRESS,
    KeyType.ARN: Family.ARN,
    KeyType.BINARY: Family.BINARY,
    KeyType.STRING: Family.STRING,
}
_TESTS: dict[Family, tuple[Test, ...]] = {
    family: tuple(test for test in all_tests() if test.operator.family is family) for family in Family
}


def fits_key(key: str, text: str) -> bool:
    """Whether `text` is of the type of `key`, so that a request can hold it (rule 3)."""
    facts = documented_facts(key)
    if facts is None:
        return True
    value = _READS[facts.type](text)
    return value is not None


def pool(key: str) -> tuple[str, ...]:
    """Values that the key can hold; of a key that no page types, values of every type and of none."""
    facts = documented_facts(key)
    if facts is None:
        return tuple(itertools.chain(TEXTS, *(values[:5] for values in POOLS.values()), ILL_TYPED))
    return POOLS[facts.type]


def typed(key: str) -> KeyType | None:
    """The type of a key, None where no page of AWS says it."""
    facts = documented_facts(key)
    return None if facts is None else facts.type


# --- patterns from values, values from patterns ----------------------------------------------------------------------


@st.composite
def blurred(draw: st.DrawFn, texts: Sequence[str], *, keep: str = "") -> str:
    """A text with up to two pieces replaced by `*` or `?`; pieces do not run over a character of `keep`."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2)))):
        start = draw(st.integers(0, len(text)))
        wild = draw(st.sampled_from("***?"))
        end = draw(st.integers(start, len(text)))
        if wild == "?":
            end = min(start + 1, len(text))
        if not any(char in text[start:end] for char in keep):
            text = text[:start] + wild + text[end:]
    return text


_FILLINGS = ("", "a", "b", "jane", "a:b", "/", "*", "Z")
_WILD = re.compile(r"[*?]")


@st.composite
def sharpened(draw: st.DrawFn, pattern: str) -> str:
    """A text that the pattern matches, more or less."""
    if draw(st.integers(0, 9)) == 0:
        return pattern
    return _WILD.sub(lambda found: draw(st.sampled_from(_FILLINGS if found[0] == "*" else _FILLINGS[1:3])), pattern)


# --- documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """The few strings that the documents and the requests of one example share."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...]


def _often_lists(keys: Sequence[str]) -> st.SearchStrategy[str]:
    """Keys, those that can be lists more often."""
    several = [key for key in keys if (facts := documented_facts(key)) is None or facts.multivalued]
    return st.sampled_from((*keys, *several, *several)) if several else st.sampled_from(keys)


@st.composite
def worlds(draw: st.DrawFn, *, most_keys: int = 3, keys: Sequence[str] = KEYS) -> World:
    """A few actions, resources and keys."""
    return World(
        tuple(draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3, unique=True))),
        tuple(draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3, unique=True))),
        tuple(dict.fromkeys(draw(st.lists(_often_lists(keys), min_size=1, max_size=most_keys)))),
    )


def _some(draw: st.DrawFn, values: st.SearchStrategy[Any], *, least: int = 1) -> Any:
    """One value, or a list of up to three."""
    count = draw(st.sampled_from((0, 1, 1, 2, 3)))
    if count == 0:
        return draw(values)
    return [draw(values) for _ in range(max(least, count - 1 + least))]


_VARIABLE_KEYS = (
    "aws:username",
    "aws:PrincipalTag/x",
    "acme:colour",
    "s3:prefix",
    "aws:SecureTransport",
    "aws:TagKeys",
    "aws:PrincipalArn",
)


@st.composite
def variables(draw: st.DrawFn, world: World) -> str:
    """A policy variable, with or without a default, or one of the special characters."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from(("${*}", "${?}", "${$}")))
    key = draw(st.sampled_from(world.keys if kind < 6 else _VARIABLE_KEYS))
    if kind % 3:
        return f"${{{key}}}"
    return f"${{{key}, '{draw(st.sampled_from(('', 'a', 'jane', 'a:b', 'true', 'B')))}'}}"


@st.composite
def with_variable(draw: st.DrawFn, world: World, text: str) -> str:
    """The text with a piece replaced by a policy variable."""
    if "${" in text:
        return text
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(variables(world)) + text[end:]


@st.composite
def actions(draw: st.DrawFn, world: World) -> str:
    """An entry of Action or NotAction."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return "*"
    if kind == 1:
        return draw(
            st.sampled_from(("s3:*", "*:Get*", "s3*:*", "*:*", "s?:GetObject", "s3:", "S3 GetObject", "iam:?et"))
        )
    entry = draw(blurred(world.actions, keep=":"))
    return "*" if _WILD.sub("", entry) == "" else draw(st.sampled_from((entry, entry, entry.upper())))


@st.composite
def resources(draw: st.DrawFn, world: World, *, version: str) -> str:
    """An entry of Resource or NotResource."""
    kind = draw(st.integers(0, 7))
    if kind <= 1:
        return "*"
    entry = draw(blurred(world.resources))
    if kind <= 3 and version == "2012-10-17":
        return draw(with_variable(world, entry))
    return entry.replace("${", "$") if version == "2012-10-17" else entry


@st.composite
def conditions(draw: st.DrawFn, world: World, *, version: str) -> Json:
    """A Condition: up to three operators, each on one or two keys."""
    found: Json = {}
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 2, 3)))):
        key = draw(st.sampled_from(world.keys))
        test = draw(tests_of(key))
        members = found.setdefault(str(test), {})
        if any(key.lower() == other.lower() for other in members):
            continue
        written = key.upper() if draw(st.integers(0, 15)) == 0 else key
        least = 0 if draw(st.integers(0, 15)) == 0 else 1
        members[written] = _some(draw, policy_values(world, test, key, version=version), least=least)
    return found


@st.composite
def tests_of(draw: st.DrawFn, key: str) -> Test:
    """A test for a key: mostly of the family of its type, sometimes any."""
    kind, of = draw(st.integers(0, 9)), typed(key)
    if kind == 0:
        return draw(st.sampled_from(_TESTS[Family.NULL]))
    if kind <= 2 or (of is None and kind <= 6):
        return draw(st.sampled_from(all_tests()))
    return draw(st.sampled_from(_TESTS[_FAMILY[of] if of and kind <= 7 else Family.STRING]))


def policy_values(world: World, test: Test, key: str, *, version: str) -> st.SearchStrategy[Any]:
    """Values that a policy may compare a key with under a test."""
    modern = version == "2012-10-17"
    match test.operator.family:
        case Family.STRING:
            return _strings(world, key, like=test.operator.relation is Comparison.LIKE, modern=modern)
        case Family.NUMERIC:
            return st.sampled_from((*NUMBERS, 10, 1))
        case Family.DATE:
            return st.sampled_from(DATES)
        case Family.BOOL:
            return (
                st.one_of(st.sampled_from((*BOOLS, True, False)), _bools(world)) if modern else st.sampled_from(BOOLS)
            )
        case Family.BINARY:
            return st.sampled_from(BLOBS)
        case Family.ADDRESS:
            return st.sampled_from(NETWORKS)
        case Family.ARN:
            return _arns(world, modern=modern)
        case Family.NULL:
            return st.sampled_from(("true", "false", True, False))


@st.composite
def _strings(draw: st.DrawFn, world: World, key: str, *, like: bool, modern: bool) -> str:
    values = pool(key)
    text = draw(blurred(values) if like or draw(st.integers(0, 9)) == 0 else st.sampled_from(values))
    if modern:
        text = text.replace("${", "$")
        if draw(st.integers(0, 3)) == 0:
            whole = draw(st.booleans())
            return draw(variables(world)) if whole else draw(with_variable(world, text))
    return text


@st.composite
def _bools(draw: st.DrawFn, world: World) -> str:
    before, after = draw(st.sampled_from((("", ""), ("", ""), ("t", ""), ("", "e"), ("F", "se"), ("", "\u212a"))))
    return before + draw(variables(world)) + after


@st.composite
def _arns(draw: st.DrawFn, world: World, *, modern: bool) -> str:
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return "*"
    if kind == 1 and modern:
        key = draw(st.sampled_from(world.keys))
        return f"${{{key}}}"
    fields = draw(st.sampled_from((*world.resources, *RESOURCES[:5]))).split(":", 5)
    place = draw(st.integers(0, 5))
    fields[place] = draw(blurred((fields[place],)))
    if modern and draw(st.integers(0, 2)) == 0:
        place = draw(st.integers(1, 5))
        fields[place] = draw(with_variable(world, fields[place]))
    return ":".join(fields).replace("${a", "$a") if modern and "${a}" not in fields else ":".join(fields)


@st.composite
def statements(
    draw: st.DrawFn, world: World, *, version: str, effects: Sequence[str] = ("Allow", "Allow", "Deny")
) -> Json:
    """A statement without a principal."""
    statement: Json = {"Effect": draw(st.sampled_from(effects))}
    action = draw(st.sampled_from(("Action", "Action", "Action", "NotAction")))
    statement[action] = _some(draw, actions(world))
    resource = draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource")))
    statement[resource] = _some(draw, resources(world, version=version))
    if draw(st.integers(0, 3)):
        statement["Condition"] = draw(conditions(world, version=version))
    return statement


versions = st.sampled_from(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"))


@st.composite
def documents(
    draw: st.DrawFn, world: World, *, most: int = 3, effects: Sequence[str] = ("Allow", "Allow", "Deny")
) -> Json:
    """A policy document as JSON."""
    version = draw(versions)
    count = draw(st.integers(1, most))
    found = [draw(statements(world, version=version, effects=effects)) for _ in range(count)]
    whole: Json = {"Version": version, "Statement": found if count > 1 or draw(st.booleans()) else found[0]}
    if version == "2008-10-17" and draw(st.booleans()):
        del whole["Version"]
    return whole


@st.composite
def varied(draw: st.DrawFn, world: World, document: Json) -> Json:
    """A document near `document`: a few of its elements dropped, replaced or added."""
    found: Json = copy.deepcopy(document)
    version = found.get("Version", "2008-10-17")
    body = found["Statement"] if isinstance(found["Statement"], list) else [found["Statement"]]
    for _ in range(draw(st.integers(0, 3))):
        statement = draw(st.sampled_from(body))
        match draw(st.integers(0, 6)):
            case 0:
                statement.pop("Condition", None)
            case 1:
                statement["Condition"] = draw(conditions(world, version=version))
            case 2:
                statement.pop("NotResource", None)
                statement["Resource"] = _some(draw, resources(world, version=version))
            case 3:
                statement.pop("NotAction", None)
                statement["Action"] = _some(draw, actions(world))
            case 4:
                body.insert(draw(st.integers(0, len(body))), draw(statements(world, version=version)))
            case 5:
                statement["Effect"] = "Allow"
            case _:
                if len(body) > 1:
                    body.remove(statement)
    found["Statement"] = body
    return found


@st.composite
def all_but(draw: st.DrawFn, world: World) -> Json:
    """A document that allows everything but what one or two Deny statements take away."""
    found = [
        draw(statements(world, version="2012-10-17", effects=("Deny",)))
        for _ in range(draw(st.sampled_from((1, 1, 2))))
    ]
    return {"Version": "2012-10-17", "Statement": [FULL_ACCESS["Statement"], *found]}


FULL_ACCESS: Json = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@st.composite
def placed(draw: st.DrawFn, world: World, *, most: int = 2) -> dict[str, Any]:
    """Documents with roles, as the arguments of `prove` take them, in JSON."""
    found: dict[str, Any] = {
        "policies": [draw(documents(world, most=most)) for _ in range(draw(st.sampled_from((1, 1, 2))))]
    }
    for role in ("boundary", "session"):
        if draw(st.integers(0, 3)) == 0:
            found[role] = draw(documents(world, most=most))
    if draw(st.integers(0, 4)) == 0:
        other = draw(documents(world, most=most))
        denying = draw(documents(world, most=1, effects=("Deny",)))
        found["scps"] = draw(
            st.sampled_from(
                ([[FULL_ACCESS, other]], [[FULL_ACCESS], [FULL_ACCESS, other]], [[denying]], [[other, denying]])
            )
        )
    if draw(st.integers(0, 4)) == 0:
        found["rcps"] = [as_rcp(draw, draw(documents(world, most=1)))]
    return found


def as_rcp(draw: st.DrawFn, document: Json) -> Json:
    """Return `document` as an RCP: it denies, of everyone, other actions."""
    body = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    kept = [{name: value for name, value in statement.items() if name != "NotAction"} for statement in body]
    said = [{"Effect": "Deny", "Principal": "*", "Action": _some(draw, st.sampled_from(RCP_ACTIONS))} for _ in body]
    return document | {"Statement": [one | other for one, other in zip(kept, said, strict=True)]}


def parsed(document: Json) -> Policy:
    """Return the policy that the JSON object is, by way of its text."""
    return Policy.parse(json.dumps(document, ensure_ascii=False))


def arguments(found: dict[str, Any]) -> dict[str, Any]:
    """Return what `placed` drew with every document parsed."""
    whole: dict[str, Any] = {"policies": [parsed(one) for one in found["policies"]]}
    whole |= {role: parsed(found[role]) for role in ("boundary", "session") if role in found}
    if "scps" in found:
        whole["scps"] = [[parsed(one) for one in level] for level in found["scps"]]
    if "rcps" in found:
        whole["rcps"] = [parsed(one) for one in found["rcps"]]
    return whole


def as_documents(found: dict[str, Any]) -> Documents:
    """Return what `arguments` made as the evaluator takes it."""
    return Documents(
        tuple(found["policies"]),
        found.get("boundary"),
        found.get("session"),
        tuple(map(tuple, found.get("scps", ()))),
        tuple(found.get("rcps", ())),
    )


# --- requests near documents -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mentioned:
    """The texts that some documents mention: entries, and condition values by key."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    values: dict[str, tuple[str, ...]]


def mentioned(documents_: Sequence[Json], world: World) -> Mentioned:
    """Gather what the documents mention, with the pools of the world."""
    found_actions, found_resources = list(world.actions), list(world.resources)
    values: dict[str, list[str]] = {key: [] for key in world.keys}
    for document in documents_:
        body = document["Statement"]
        for statement in body if isinstance(body, list) else [body]:
            found_actions += _listed(statement.get("Action", statement.get("NotAction")))
            found_resources += _listed(statement.get("Resource", statement.get("NotResource")))
            for members in statement.get("Condition", {}).values():
                for written, some in members.items():
                    key = next(key for key in KEYS if key.lower() == written.lower())
                    texts = [str(value) for value in _listed(some) if not isinstance(value, bool)]
                    values.setdefault(key, []).extend(texts)
    return Mentioned(tuple(found_actions), tuple(found_resources), {key: tuple(some) for key, some in values.items()})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_HELD = re.compile(r"\$\{([^},]*)(?:, '([^']*)')?\}")
_IS_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_-]+")


@st.composite
def requests(draw: st.DrawFn, world: World, near: Mentioned) -> Request:
    """A request near what was mentioned."""
    context = {key: value for key in near.values if (value := draw(_key_values(key, near))) is not None}
    for key in _VARIABLE_KEYS:
        if key not in context and draw(st.integers(0, 5)) == 0:
            context[key] = draw(st.sampled_from([text for text in pool(key) if fits_key(key, text)]))
    action = draw(sharpened(draw(st.sampled_from(near.actions))))
    if not _IS_ACTION.fullmatch(action):
        action = draw(st.sampled_from(world.actions))
    resource = _put_in(draw(sharpened(draw(st.sampled_from(near.resources)))), context)
    if arn_fields(resource) is None and draw(st.integers(0, 2)):
        resource = draw(st.sampled_from(world.resources))
    return Request.of(action, resource if arn_fields(resource) else "*", context)


def crossed(found: Sequence[Request], count: int, seed: int) -> list[Request]:
    """`found`, and more requests made of their parts, `count` at most in all and none twice."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    keys = sorted({key for request in found for key in request.context})
    whole = {repr(request): request for request in found}
    for _ in range(2 * count):
        if len(whole) >= count:
            break
        parents = {key: chance.choice(found).context for key in keys}
        context = {key: parent[key] for key, parent in parents.items() if key in parent}
        made = Request(chance.choice(found).action, chance.choice(found).resource, context)
        whole[repr(made)] = made
    return list(whole.values())


def _put_in(text: str, context: dict[str, Any]) -> str:
    """Put the values of a context in for the variables of a text."""

    def value(found: re.Match[str]) -> str:
        if found[1] in "*?$":
            return found[1]
        held = context.get(found[1], found[2] or "")
        return held if isinstance(held, str) else held[0]

    return _HELD.sub(value, text)


@st.composite
def _key_values(draw: st.DrawFn, key: str, near: Mentioned) -> str | list[str] | None:
    facts = documented_facts(key)
    most = 3 if facts is None or facts.multivalued else 1
    count = draw(st.sampled_from((0, 1, 1, 1, 2, 3) if most > 1 else (0, 1, 1, 1)))
    if count == 0:
        return None
    values = [draw(_one_value(key, near)) for _ in range(count)]
    if fits_key(key, "") and draw(st.integers(0, 5)) == 0:
        values[draw(st.integers(0, count - 1))] = ""
    return values[0] if count == 1 else values


@st.composite
def _one_value(draw: st.DrawFn, key: str, near: Mentioned) -> str:
    values = near.values[key]
    if values and draw(st.integers(0, 3)):
        text = _put_in(draw(sharpened(draw(st.sampled_from(values)))), {})
        if read_network(text) and draw(st.integers(0, 3)):
            text = text.partition("/")[0]
        if fits_key(key, text):
            return text
    return draw(st.sampled_from(pool(key)))


# --- languages and texts ---------------------------------------------------------------------------------------------

_PIECES = ("a", "b", "A", ":", "ab", "\u212a", "k")
_WILDCARDS = (Wildcard.TEXT, Wildcard.TEXT, Wildcard.CHAR, Wildcard.FIELD_TEXT, Wildcard.FIELD_CHAR)


@st.composite
def globs(draw: st.DrawFn, *, cases: bool = True) -> Glob:
    """A small pattern, with the wildcards of ARN fields too, and without regard to case now and then."""
    parts = draw(st.lists(st.one_of(st.sampled_from(_PIECES), st.sampled_from(_WILDCARDS)), max_size=4))
    merged = tuple(part for part in merge(parts) if isinstance(part, str | Wildcard))
    if cases and draw(st.integers(0, 3)) == 0:
        return Glob(tuple(lower(part) if isinstance(part, str) else part for part in merged), ignores_case=True)
    return Glob(merged)


COMPARED = (
    None,
    Comparison.EQUALS,
    Comparison.LESS,
    Comparison.LESS_EQUALS,
    Comparison.GREATER,
    Comparison.GREATER_EQUALS,
)


def numbers() -> st.SearchStrategy[Number]:
    """A set of numbers."""
    return st.builds(
        lambda relation, text: Number(relation, read_number(text) or Decimal(0)) if relation else Number(),
        st.sampled_from(COMPARED),
        st.sampled_from((*NUMBERS, "0.5", "-0.5", "1.5", "-10.25", "0.05")),
    )


def instants() -> st.SearchStrategy[Instant]:
    """A set of dates."""
    bounds = (*DATES, "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "253402387139", "99999999999999")
    return st.builds(
        lambda relation, text: Instant(relation, read_instant(text) or Decimal(0)) if relation else Instant(),
        st.sampled_from(COMPARED),
        st.sampled_from(bounds),
    )


def hosts() -> st.SearchStrategy[Host]:
    """A set of addresses."""
    more = (
        "128.0.0.0/1",
        "255.255.255.255",
        "203.0.113.6/31",
        "8000::/1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::/1",
    )
    return st.builds(lambda text: Host(read_network(text) if text else None), st.sampled_from((None, *NETWORKS, *more)))


def languages() -> st.SearchStrategy[Language]:
    """Any language that formulas speak about."""
    shapes = st.sampled_from((Chain((False,)), Chain((False, True)), IS_ARN))
    return st.one_of(globs(), globs(), numbers(), instants(), hosts(), shapes)


def texts_over(letters: str, most: int) -> Iterator[str]:
    """Every text over `letters` of up to `most` characters."""
    for size in range(most + 1):
        yield from map("".join, itertools.product(letters, repeat=size))
