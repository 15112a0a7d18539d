"""An account that was written to AWS over HTTP is fetched back as it was written, by the calls of the tables alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from botocore import xform_name

from tests.fetch.aws import MAIN_ACCOUNT, REGION_NAMES
from tests.fetch.seeding import fetched, read_seed, seeded
from verifier.clouds.aws.account.load import load_account
from verifier.fetch.permissions import every_call


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """The calls that boto3 makes during the test, by client and operation."""
    found: set[tuple[str, str]] = set()
    call = botocore.client.BaseClient._make_api_call

    def noted(client: Any, operation: str, parameters: Any) -> Any:
        found.add((client.meta.service_model.service_name, xform_name(operation)))
        return call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", noted)
    return found


def test_what_was_written_is_fetched(fetch, seeded_aws, called: set[tuple[str, str]], tmp_path: Path):
    called.clear()
    done = fetch()
    assert done.err == ""
    assert done.code == 0
    assert fetched(tmp_path / "account") == seeded()
    assert called <= {(call.client, call.operation) for call in every_call()}, "nothing else is called"
    assert len(called) > 60

    manifest = json.loads((tmp_path / "account" / "fetched.json").read_text(encoding="utf-8"))
    assert manifest["account"] == MAIN_ACCOUNT
    assert manifest["regions"] == list(REGION_NAMES)
    assert manifest["not_read"] == []
    assert manifest["left_out"] == {}

    account = load_account(tmp_path / "account")
    dump = read_seed("authorization-details.json")
    assert {user.name for user in account.users} == {user["UserName"] for user in dump["UserDetailList"]}
    assert {role.name for role in account.roles} == {role["RoleName"] for role in dump["RoleDetailList"]}
    assert len(account.resource_policies) == len(read_seed("resource-policies.json"))
    assert account.unread == (
        "policies of many resources are not asked about: arn:aws:logs:us-east-1:123456789012:log-group:*",
    )
    bounds = {user.name: user.boundary for user in account.users}
    assert bounds["jane"] in account.policies, "a boundary that the dump omits is held"
