"""Every row of the tables is a call that AWS has: by botocore's models, and by the catalogue of actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jmespath
import pytest

from tests.fetch.shaped import answer_of, error_codes, has_paginator, model_of, tokens_of, wrong_parameters
from verifier.clouds.aws.catalogue.actions import AccessLevel, find_action
from verifier.fetch.aws_session import with_values
from verifier.fetch.calls import ALWAYS_ASKED, ASSUME_ROLE, Call, CallChain
from verifier.fetch.chains import covered_services, policy_chains, role_chains
from verifier.fetch.permissions import every_call

CALLS = sorted({(call.client, call.operation): call for call in (*every_call(), ASSUME_ROLE)}.items())
CHAINS = [(chain, "policy") for chain in policy_chains()] + [(chain, "roles") for chain in role_chains()]
START = {"partition": "aws", "account": "123456789012", "region": "us-east-1"}


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=lambda call: f"{call.client}.{call.operation}")
def test_a_call_is_one_of_aws_and_gives_something(call: Call):
    given = jmespath.search(call.gives, answer_of(call.client, call.operation))
    assert given, "the expression finds nothing in an answer that has everything"


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=lambda call: f"{call.client}.{call.operation}")
def test_no_page_is_left_out(call: Call):
    more = [
        name for name in tokens_of(call.client, call.operation) if "token" in name.lower() or "marker" in name.lower()
    ]
    assert not more or has_paginator(call.client, call.operation) or call.next_token is not None
    if call.next_token is not None:
        sent, received = call.next_token
        model = model_of(call.client, call.operation)
        assert sent in model.input_shape.members
        assert received in model.output_shape.members
        assert not has_paginator(call.client, call.operation), "botocore has a paginator by now"


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=lambda call: f"{call.client}.{call.operation}")
def test_error_codes_that_say_that_there_is_nothing_are_of_the_service(call: Call):
    """By botocore's models, where they tell; those of the query protocols are in AWS's reference only."""
    told = error_codes(call.client)
    assert not told or set(call.nothing) <= told | IN_REFERENCE_ONLY


# S3, *Error responses*; SQS, *Common errors*: the models do not name these.
IN_REFERENCE_ONLY = {
    "NoSuchBucketPolicy",
    "NoSuchAccessPoint",
    "NoSuchAccessPointPolicy",
    "AWS.SimpleQueueService.NonExistentQueue",
}


@pytest.mark.parametrize(("chain", "needed"), CHAINS, ids=lambda value: getattr(value, "name", value))
def test_a_chain_ends_in_what_the_file_needs(chain: CallChain, needed: str):
    known: dict[str, Any] = dict(START)
    for call in chain.calls:
        parameters = with_values(call.parameters, known)
        assert wrong_parameters(call.client, call.operation, parameters) == ""
        given = jmespath.search(call.gives, answer_of(call.client, call.operation))
        first = given[0] if isinstance(given, list) else given
        assert None not in first.values(), "a part of the expression finds nothing"
        known |= first
    assert re.fullmatch(r"[^{}]+", with_values(chain.arn, known))
    roles = known[needed]
    assert isinstance(roles, str) if needed == "policy" else roles
    assert needed == "policy" or all(isinstance(role, str) for role in roles), "a role is a text"


def test_names_are_names_of_files():
    names = [chain.name for chain, _ in CHAINS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    assert {"details", "regions", "policies", "organization"}.isdisjoint(names)


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=lambda call: f"{call.client}.{call.operation}")
def test_a_call_only_reads(call: Call):
    if call.action is None:
        assert call.operation == "get_caller_identity"  # STS API reference: "No permissions are required"
        return
    action = find_action(call.action)
    assert action is not None
    assert str(action) == call.action, "written as AWS writes it"
    if call is not ASSUME_ROLE:
        assert action.access_level in (AccessLevel.READ, AccessLevel.LIST)


def test_services_that_are_covered_are_asked():
    asked = {call.client for chain in role_chains() for call in chain.calls}
    clients = {
        "bedrock-agentcore": "bedrock-agentcore-control",
        "ecs-tasks": "ecs",
        "states": "stepfunctions",
        "tasks.apprunner": "apprunner",
    }
    assert {clients.get(name, name) for name in covered_services()} <= asked


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ({"operation": "list_queus"}, test_a_call_is_one_of_aws_and_gives_something),
        ({"gives": "QueueUrl[].{url: @}"}, test_a_call_is_one_of_aws_and_gives_something),
        ({"action": "sqs:ListQueue"}, test_a_call_only_reads),
        ({"action": "sqs:SendMessage"}, test_a_call_only_reads),
    ],
)
def test_a_planted_fault_is_noticed(fault: dict[str, str], check: Callable[[Call], None]):
    call = replace(next(call for (_, operation), call in CALLS if operation == "list_queues"), **fault)
    with pytest.raises((AssertionError, KeyError)):
        check(call)


def test_what_every_account_is_asked_is_in_the_tables():
    assert all(call in every_call() for call in ALWAYS_ASKED)
