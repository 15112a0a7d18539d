"""A law of `who`: whatever the evaluator allows a principal, `who` says that he can, or does not decide it.

The documents are put together here from what was drawn, not by the code that reads accounts.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.who.accounts_of_cases import ID, account_in, arn_of, policy_of
from verifier import Policy, evaluate
from verifier.audits.access import AccessVerdict
from verifier.clouds.aws.request import Request
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.clouds.aws.who.who import who_can

BUCKET = "arn:aws:s3:::b"
NAMES = ("jane", "bob")
ACTIONS = ("s3:GetObject", "s3:PutObject", "sqs:SendMessage")
RESOURCES = (f"{BUCKET}/x", f"{BUCKET}/y", "arn:aws:s3:::other/x")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"StringEquals": {"aws:username": "jane"}},
    {"StringNotEquals": {"aws:PrincipalArn": arn_of("user", "bob")}},
    {"Null": {"aws:SourceIp": "true"}},
)
CONTEXTS: tuple[dict[str, str], ...] = (
    {},
    {"aws:SecureTransport": "true"},
    {"aws:SecureTransport": "false", "aws:SourceIp": "10.1.2.3"},
    {"aws:SourceIp": "192.0.2.1"},
)
WHO = ("*", {"AWS": ID}, *({"AWS": arn_of("user", name)} for name in NAMES), {"AWS": "arn:aws:iam::444455556666:root"})


def statements(*, of_bucket: bool) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Statements of an identity policy, or of the policy of the bucket."""
    resources = [BUCKET + "/*", *RESOURCES[:2]] if of_bucket else ["*", BUCKET + "/*", *RESOURCES]
    elements: dict[str, st.SearchStrategy[Any]] = {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.sampled_from(["s3:*", *ACTIONS[:2]] if of_bucket else ["*", "s3:*", *ACTIONS]),
        "Resource": st.sampled_from(resources),
        "Condition": st.sampled_from(CONDITIONS),
    }
    if of_bucket:
        elements["Principal"] = st.sampled_from(WHO)
    return st.lists(st.fixed_dictionaries(elements), min_size=1, max_size=3)


USERS = st.fixed_dictionaries(
    {"policies": st.lists(statements(of_bucket=False), max_size=2)}, optional={"boundary": statements(of_bucket=False)}
)
ACCOUNTS = st.fixed_dictionaries(
    {"users": st.fixed_dictionaries(dict.fromkeys(NAMES, USERS))},
    optional={
        "resources": st.fixed_dictionaries({BUCKET: statements(of_bucket=True)}),
        "organization": st.fixed_dictionaries({"scps": st.lists(statements(of_bucket=False), min_size=1, max_size=1)}),
    },
)


def is_allowed(said: dict[str, Any], name: str, action: str, resource: str, context: dict[str, str]) -> bool:
    """Whether the evaluator allows the request of a user."""

    def read(drawn: Any) -> Policy:
        return Policy.parse(json.dumps(policy_of(drawn)))

    user = said["users"][name]
    found = evaluate(
        policies=[read(one) for one in user["policies"]],
        boundary=read(user["boundary"]) if "boundary" in user else None,
        scps=[[read(one)] for one in said.get("organization", {}).get("scps", [])],
        resource_policies={arn: read(one) for arn, one in said.get("resources", {}).items()},
        principal=arn_of("user", name),
        request=Request.of(action, resource, context),
    )
    return found.as_json()["decision"] == "allowed"


@given(ACCOUNTS, st.sampled_from(ACTIONS), st.sampled_from(RESOURCES), st.sampled_from(["all", "first"]))
def test_whoever_is_allowed_can(said: dict[str, Any], action: str, resource: str, which: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account = account_in(said, Path(folder) / "account")
    asked = AccessQuestion.of([action], [resource if which == "all" else resource[:-1] + "*"])
    verdicts = {one.name: one.verdict for one in who_can(account, asked).principals}
    for name in NAMES:
        if any(is_allowed(said, name, action, resource, context) for context in CONTEXTS):
            assert verdicts[arn_of("user", name)] is not AccessVerdict.CANNOT


@given(ACCOUNTS, st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
def test_the_request_that_is_shown_is_allowed(said: dict[str, Any], action: str, resource: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account = account_in(said, Path(folder) / "account")
    for one in who_can(account, AccessQuestion.of([action], [resource])).principals:
        request = one.request
        if request is not None and one.kind == "user":
            context = {key.name: value for key, value in request.context.items() if key.name != "aws:PrincipalArn"}
            assert all(isinstance(value, str) for value in context.values())
            name = one.name.rpartition("/")[2]
            assert is_allowed(said, name, request.action, request.resource, context)  # type: ignore[arg-type]  # as above
