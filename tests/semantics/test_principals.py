"""Whom an entry of Principal names: the evaluator and the formula say it of one who asks, row by row (rules 33, 34)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.agreement.unknowns import with_holes
from verifier import Policy
from verifier.base.budget import Budget
from verifier.base.errors import Unsupported
from verifier.clouds.aws.compile.domains import domains
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, evaluate
from verifier.clouds.aws.policy.unknown import unknowns_of
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.request import Request
from verifier.clouds.trace import Decision
from verifier.logic.formula import Element, Present, all_of, is_literal
from verifier.logic.request import PRINCIPAL
from verifier.questions.claims import Claim, Level, Says
from verifier.smt.solve import Sat, solve

ACCOUNT, OTHER = "111122223333", "444455556666"
JANE, ROLE = f"arn:aws:iam::{ACCOUNT}:user/jane", f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
SERVICE, PROVIDER = "lambda.amazonaws.com", "accounts.google.com"
WHO = [
    JANE,
    JANE.replace("jane", "bob"),
    SESSION,
    SESSION.replace("one", "two"),
    SESSION.replace("app", "web"),
    SESSION.replace(ACCOUNT, OTHER),
    SESSION.replace("aws", "aws-cn"),
    f"arn:aws:sts::{ACCOUNT}:federated-user/app",
    f"arn:aws:iam::{ACCOUNT}:root",
    f"arn:aws:iam::{OTHER}:root",
    SERVICE,
    "ec2.amazonaws.com",
    PROVIDER,
    "*",
]
OF_ACCOUNT = [one for one in WHO if f":{ACCOUNT}:" in one]
# An element, and who of the above is named.
NAMED: list[tuple[Any, list[str]]] = [
    ("*", WHO),
    ({"AWS": "*"}, WHO),
    ({"AWS": ACCOUNT}, OF_ACCOUNT),
    ({"AWS": f"arn:aws:iam::{OTHER}:root"}, [SESSION.replace(ACCOUNT, OTHER), f"arn:aws:iam::{OTHER}:root"]),
    ({"AWS": JANE}, [JANE]),
    ({"AWS": ROLE}, [SESSION, SESSION.replace("one", "two")]),
    ({"AWS": ROLE.replace("app", "path/app")}, [SESSION, SESSION.replace("one", "two")]),
    ({"AWS": SESSION}, [SESSION]),
    ({"AWS": "AIDAJQABLZS4A3QDU576Q"}, []),
    ({"Service": SERVICE}, [SERVICE]),
    ({"Service": "*"}, [SERVICE, "ec2.amazonaws.com"]),
    ({"Federated": PROVIDER}, [PROVIDER]),
    ({"Federated": "*"}, [PROVIDER]),
    ({"AWS": [JANE, ROLE], "Service": SERVICE}, [JANE, SESSION, SESSION.replace("one", "two"), SERVICE]),
]


def holds(policy: Policy, who: str) -> bool:
    """Whether the formula of a document is true of one who asks."""
    claim = Claim(Level((policy,)), Says.ALLOWS)
    asks = all_of((Present(PRINCIPAL), is_literal(Element(PRINCIPAL), who)))
    whole = all_of((claim.at(claim.level.met("s3:getobject")), asks))
    return isinstance(solve(whole, domains, Budget.of(600)), Sat)


@pytest.mark.parametrize(("element", "named"), NAMED, ids=[json.dumps(element) for element, _ in NAMED])
@pytest.mark.parametrize("name", ["Principal", "NotPrincipal"])
def test_who_is_named(name: str, element: Any, named: list[str]) -> None:
    statement = {"Effect": "Allow", name: element, "Action": "s3:*", "Resource": "*"}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))
    expected = [one for one in WHO if (one in named) is (name == "Principal")]
    assert [one for one in WHO if allows((policy,), Request.of("s3:GetObject", "*", principal=one))] == expected
    assert [one for one in WHO if holds(policy, one)] == expected


@pytest.mark.parametrize("element", ["*", {"AWS": "*"}])
def test_who_asks_has_to_be_said_only_where_it_matters(element: Any) -> None:
    def about(principal: Any) -> Policy:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": "*"}
        return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statement}))

    request = Request.of("s3:GetObject", "*")
    assert allows((about(element),), request)
    with pytest.raises(
        Unsupported, match=r"^who asks is not said, and principals other than `\*` are named \(line 1\)$"
    ):
        allows((about({"AWS": JANE}),), request)


DENIED = Policy.parse('{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}')
FORBIDDEN = Policy.parse('{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}')
ALLOWED = Policy.parse('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')


@pytest.mark.parametrize(
    ("limits", "action", "decision"),
    [
        ({"rcps": (DENIED,)}, "kms:Decrypt", Decision.EXPLICIT_DENY),
        ({"rcps": (DENIED,)}, "kms:RetireGrant", Decision.ALLOWED),
        ({"scps": ((ALLOWED, FORBIDDEN),)}, "kms:RetireGrant", Decision.EXPLICIT_DENY),
        ({"boundary": FORBIDDEN}, "kms:RetireGrant", Decision.EXPLICIT_DENY),
    ],
)
def test_some_actions_are_bound_by_no_rcp_whoever_asks(limits: Any, action: str, decision: Decision) -> None:
    """Rule 30; by every other document they are."""
    documents = Documents((ALLOWED,), asking=Asking(read_principal(JANE)), **limits)
    request = Request.of(action, f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k", principal=JANE)
    assert evaluate(documents, request).decision is decision


def test_an_entry_that_is_not_known_names_whoever_it_may_be() -> None:
    """As it is taken to be, and nobody as long as it is not taken to match."""
    statement = {"Effect": "Allow", "Principal": {"AWS": "⟦who⟧"}, "Action": "s3:*", "Resource": "*"}
    policy = with_holes({"Version": "2012-10-17", "Statement": statement})
    request = Request.of("s3:GetObject", "*", principal=JANE)
    assert not allows((policy,), request)
    assert allows((policy,), request, frozenset(unknowns_of(policy)))
