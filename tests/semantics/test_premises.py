"""A premise says of a request in its formula what it says in its test, which the evaluator asks.

A formula that is true of fewer requests would prove too much. Each is asked about single requests here: the solver is
told the request whole, and finds the hidden texts, such as the name of a session's role, or that there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

import pytest

from verifier.base.budget import Budget
from verifier.clouds.aws.compile.domains import can_hold, domains
from verifier.clouds.aws.compile.premises import (
    anybody,
    asked_by,
    bounded_asks,
    federated_asks,
    without_boundary_limited,
)
from verifier.clouds.aws.compile.premises_of_resources import (
    belongs,
    by_service_for_itself,
    covered,
    owned,
    through_endpoint,
)
from verifier.clouds.aws.policy.premise import Premise
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import Cover
from verifier.clouds.aws.request import Request
from verifier.logic.formula import RESOURCE, TRUE, Element, Formula, Many, Present, all_of, any_of, is_literal, negate
from verifier.logic.request import PRINCIPAL
from verifier.smt.solve import Sat, Unsat, solve
from verifier.strings.values import Key

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
LINKED_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForECS/one"
SERVICE, PROVIDER = "lambda.amazonaws.com", "accounts.google.com"
ARN, ID, TYPE = "aws:PrincipalArn", "aws:userid", "aws:PrincipalType"
OF_ACCOUNT = {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalIsAWSService": "false"}


def user(path: str) -> tuple[str, dict[str, str]]:
    """A user, and what follows from him."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/{path}"
    return arn, {**OF_ACCOUNT, ARN: arn, TYPE: "User", "aws:username": path.rpartition("/")[2]}


def session(text: str, role: str) -> tuple[str, dict[str, str]]:
    """A session, and what follows from it."""
    return text, {**OF_ACCOUNT, ARN: role, TYPE: "AssumedRole"}


# Who asks, with the keys that follow from that.
ASKING: dict[str, tuple[str, dict[str, str]]] = {
    "user": user("jane"),
    "user with a path": user("team/jane"),
    "session": session(SESSION, ROLE),
    "session of a role with a path": session(SESSION, ROLE.replace("app", "team/app")),
    "session of a role of a service's path": session(SESSION, ROLE.replace("app", "aws-service-role/x/app")),
    "session of a service-linked role": session(LINKED_SESSION, LINKED),
    "session that another role has": session(SESSION, ROLE.replace("app", "web")),
    "session in another partition": (SESSION.replace("aws", "aws-cn"), {**OF_ACCOUNT, ARN: ROLE, TYPE: "AssumedRole"}),
    "federated user": (
        f"arn:aws:sts::{ACCOUNT}:federated-user/visitor",
        {**OF_ACCOUNT, ARN: f"arn:aws:sts::{ACCOUNT}:federated-user/visitor", TYPE: "FederatedUser"},
    ),
    "root": (f"arn:aws:iam::{ACCOUNT}:root", {**OF_ACCOUNT, ARN: f"arn:aws:iam::{ACCOUNT}:root", TYPE: "Account"}),
    "service": (SERVICE, {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": SERVICE}),
    "provider": (PROVIDER, {}),
    "anonymous": ("*", {"aws:PrincipalAccount": "anonymous", TYPE: "Anonymous"}),
}
# Other values for each key; None leaves it out.
VALUES: dict[str, list[str | None]] = {
    ARN: [None, ROLE, ROLE.replace(ACCOUNT, OTHER), ROLE.replace("aws", "aws-cn", 1), f"{ROLE}/app", user("jane")[0]],
    ID: [None, "AROA1:one", "AROA1:two", "AROA1", ":one", "a:b:one", ACCOUNT, f"{ACCOUNT}:visitor", f"{OTHER}:visitor"],
    TYPE: [None, "User", "AssumedRole", "Account", "FederatedUser", "Anonymous"],
    "aws:PrincipalAccount": [None, OTHER, "anonymous"],
    "aws:PrincipalIsAWSService": [None, "true", "false"],
    "aws:PrincipalServiceName": [None, SERVICE, "ec2.amazonaws.com"],
    "aws:username": [None, "jane", "team/jane", "bob"],
    "aws:ResourceAccount": [None, ACCOUNT, OTHER],
}
BUCKET, QUEUE = "arn:aws:s3:::b", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
RESOURCES = ["*", BUCKET, f"{BUCKET}/k", QUEUE, QUEUE.replace(ACCOUNT, OTHER), LINKED]
KEYS = frozenset(map(Key.of, VALUES))


def requests() -> Iterator[Request]:
    """Yield who asks as he is, with each key otherwise, for each action and on each resource."""
    for text, held in ASKING.values():
        whole: dict[str, Any] = dict(held)
        yield from (
            Request.of(one, BUCKET, whole, principal=text) for one in ("sts:AssumeRole", "sts:AssumeRoleWithSAML")
        )
        yield from (Request.of("s3:GetObject", on, whole, principal=text) for on in RESOURCES)
        yield from (
            Request.of("s3:GetObject", on, whole | {"aws:ResourceAccount": OTHER}, principal=text) for on in RESOURCES
        )
        for key, values in VALUES.items():
            for value in values:
                context = {name: one for name, one in (whole | {key: value}).items() if one is not None}
                if all(can_hold(Key.of(name), (one,)) for name, one in context.items()):
                    yield Request.of("s3:GetObject", QUEUE, context, principal=text)


def formula_of(premise: Premise, request: Request) -> Formula:
    """What the premise says of the action of a request."""
    return any_of(formula for actions, formula in premise.formulas if request.action.lower() in actions)


def told(request: Request, keys: Collection[Key]) -> Iterator[Formula]:
    """Yield all that `request` is, but for its action: of `keys` it has those and no other."""
    yield is_literal(RESOURCE, request.resource)
    yield all_of((Present(PRINCIPAL), is_literal(Element(PRINCIPAL), request.principal or "")))
    for key in keys:
        (value,) = request.values(key) or (None,)
        if value is None:
            yield negate(Present(key))
        else:
            yield all_of((Present(key), negate(Many(key)), is_literal(Element(key), value)))


def disagreeing(premise: Premise, some: Collection[Request]) -> list[Request]:
    """The requests of which the formula does not say what the test says."""
    found = []
    for request in some:
        whole = all_of((formula_of(premise, request), *told(request, KEYS | {Key.of("aws:SourceVpce")})))
        outcome = solve(whole, domains, Budget.of(600))
        assert isinstance(outcome, Sat | Unsat), outcome
        if isinstance(outcome, Sat) != premise.test(request):
            found.append(request)
    return found


REQUESTS = tuple(requests())
WHO = [
    *(text for name, (text, _) in ASKING.items() if " of a role" not in name and "another" not in name),
    ROLE,
    LINKED,
    f"arn:aws:iam::{ACCOUNT}:role/team/app",
    f"arn:aws:iam::{OTHER}:role/app",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/app/two",
]
# Which keys the documents of a question read: those that they do not read are in no request of it.
READ = [KEYS, frozenset[Key](), *({key} for key in sorted(KEYS))]


def about(read: Collection[Key]) -> list[Request]:
    """The requests with no other keys than `read`."""
    found = {}
    for request in REQUESTS:
        context = {key.name: request.values(key)[0] for key in request.context if key in read}
        found[request.action, request.resource, request.principal, *context.items()] = Request.of(
            request.action, request.resource, context, principal=request.principal
        )
    return list(found.values())


@pytest.mark.parametrize("read", READ, ids=lambda read: " ".join(key.name for key in read) if len(read) < 2 else "all")
def test_who_asks(read: Collection[Key]) -> None:
    some = about(read)
    for text in WHO:
        premise = asked_by(read_principal(text), read)
        assert disagreeing(premise, some) == [], text
        assert any(map(premise.test, some)) is (OTHER not in text and "two" not in text)


@pytest.mark.parametrize("read", READ, ids=lambda read: " ".join(key.name for key in read) if len(read) < 2 else "all")
def test_somebody_asks(read: Collection[Key]) -> None:
    premise, some = anybody(read), about(read)
    assert disagreeing(premise, some) == []
    assert {premise.test(one) for one in some} == {True, False}


SESSIONS = {name for name in ASKING if name.startswith("session")}
USERS = {"user", "user with a path"}
OF_KINDS: list[tuple[Callable[[], Premise], str, set[str]]] = [
    (bounded_asks, "a user or a role session", USERS | SESSIONS),
    (without_boundary_limited, "a role session or a federated user", {*SESSIONS, "federated user"}),
    (partial(federated_asks, ACCOUNT), "a federated user", {"federated user"}),
    (partial(federated_asks, OTHER), "a federated user", set()),
]


@pytest.mark.parametrize(("make", "kinds", "who"), OF_KINDS)
def test_one_of_some_kinds_asks(make: Callable[[], Premise], kinds: str, who: set[str]) -> None:
    premise = make()
    some = {name: Request.of("s3:GetObject", BUCKET, principal=text) for name, (text, _) in ASKING.items()}
    assert {name for name, request in some.items() if premise.test(request)} == who
    assert disagreeing(premise, some.values()) == []
    assert not premise.test(Request.of("s3:GetObject", BUCKET))
    assert premise.source.name == f"who asks is {kinds}"


BUCKETS = [Cover(BUCKET, f"{BUCKET}/"), Cover(QUEUE)]
OF_RESOURCES = {
    "covered": covered(BUCKETS),
    "covered for an action": covered([Cover(BUCKET, actions=frozenset({"s3:getobject"}))]),
    "owned": owned(BUCKETS[:1], ACCOUNT, told=False),
    "owned and told": owned(BUCKETS[:1], ACCOUNT, told=True),
    "of one of two accounts": belongs((OTHER, "777788889999"), None),
    "of the account of who asks": belongs((ACCOUNT,), read_principal(SESSION)),
    "of another account": belongs((OTHER,), read_principal(SESSION)),
    "of a service itself": by_service_for_itself(),
    "through an endpoint": through_endpoint(),
}


@pytest.mark.parametrize("name", OF_RESOURCES)
def test_the_resource_and_the_way_there(name: str) -> None:
    premise = OF_RESOURCES[name]
    sent = [Request.of("s3:GetObject", BUCKET, {"aws:SourceVpce": "vpce-1"}, principal=SERVICE)]
    assert disagreeing(premise, (*REQUESTS, *sent)) == []
    assert {premise.test(one) for one in (*REQUESTS, *sent)} == {True, False}
    assert TRUE not in [formula for _, formula in premise.formulas]
