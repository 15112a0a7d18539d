"""The accounts of an organization, each through a role; and one account through a role."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.fetch.aws import MAIN_ACCOUNT, AwsServer, Fault
from tests.fetch.seeding import seed_organization

REGION = ("--region", "us-east-1")


@pytest.fixture
def members(aws: AwsServer) -> list[str]:
    """Two member accounts, each with a user of its own."""
    id_ = seed_organization()
    asked = boto3.client("organizations")
    boto3.client("iam").create_user(UserName="of-the-management-account")
    found = []
    for name in ("one", "two"):
        made = asked.create_account(AccountName=name, Email=f"{name}@example.com")
        found.append(made["CreateAccountStatus"]["AccountId"])
        inside(found[-1]).create_user(UserName=f"of-{name}")
    aws.listen_anew()
    assert id_.startswith("o-")
    return found


def inside(account: str) -> Any:
    """IAM as a role of an account."""
    keys = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/audit", RoleSessionName="seed")
    return boto3.client(
        "iam",
        aws_access_key_id=keys["Credentials"]["AccessKeyId"],
        aws_secret_access_key=keys["Credentials"]["SecretAccessKey"],
        aws_session_token=keys["Credentials"]["SessionToken"],
    )


def read(folder: Path, name: str) -> Any:
    """Return the content of a file."""
    return json.loads((folder / name).read_text(encoding="utf-8"))


def users(folder: Path) -> list[str]:
    """Return the names of the users of an account."""
    return [user["UserName"] for user in read(folder, "authorization-details.json")["UserDetailList"]]


def test_every_account_of_an_organization(fetch, members: list[str], tmp_path: Path):
    done = fetch("--organization", "--role-name", "audit", *REGION, "--format", "json", folder="accounts")
    assert done.code == 0, done.err
    assert [each["account"] for each in done.answer["accounts"]] == [MAIN_ACCOUNT, *members]
    folders = [tmp_path / "accounts" / account for account in (MAIN_ACCOUNT, *members)]
    assert [users(folder) for folder in folders] == [["of-the-management-account"], ["of-one"], ["of-two"]]
    for folder, account in zip(folders, (MAIN_ACCOUNT, *members), strict=True):
        organization = read(folder, "organization.json")
        assert organization["account"] == account
        assert organization["management"] is (account == MAIN_ACCOUNT)
        assert organization["accounts"] == sorted([MAIN_ACCOUNT, *members])
        assert [level["name"] for level in organization["levels"]][::2] == (
            ["root", "account"] if account == MAIN_ACCOUNT else ["root"]
        )


def test_an_account_that_cannot_be_entered_leaves_the_others(fetch, aws: AwsServer, members: list[str], tmp_path: Path):
    entered = iter([False, True, False])  # as oneself, as the first member, as the second
    aws.faults = lambda number, service: Fault.REFUSED if service == "sts" and next(entered, False) else None
    done = fetch("--organization", "--role-name", "audit", *REGION, folder="accounts")
    assert done.code == 3
    assert f"not read: {members[0]}: sts:AssumeRole in us-east-1 on arn:aws:iam::{members[0]}:role/audit" in done.err
    assert read(tmp_path / "accounts" / members[0], "fetched.json")["not_read"][0]["reason"] == "AccessDenied"
    assert users(tmp_path / "accounts" / members[1]) == ["of-two"]
    aws.listen_anew()
    assert fetch("--organization", "--role-name", "audit", *REGION, folder="accounts").code == 0
    assert users(tmp_path / "accounts" / members[0]) == ["of-one"]


def test_one_account_through_a_role(fetch, members: list[str], tmp_path: Path):
    done = fetch("--role", f"arn:aws:iam::{members[1]}:role/audit", *REGION)
    assert done.code == 0, done.err
    assert users(tmp_path / "account") == ["of-two"]
    assert read(tmp_path / "account", "fetched.json")["caller"].startswith("arn:aws:sts::")
    assert read(tmp_path / "account", "organization.json")["account"] == members[1], "asked as the management account"
    other = fetch(*REGION)
    assert other.code == 2
    assert f"holds the account `{members[1]}`, not `{MAIN_ACCOUNT}`" in other.err
    assert users(tmp_path / "account") == ["of-two"]


def test_an_organization_that_may_not_be_listed(fetch, aws: AwsServer, members: list[str]):
    aws.faults = lambda number, service: Fault.REFUSED if service == "organizations" else None
    done = fetch("--organization", "--role-name", "audit")
    assert done.code == 2
    assert "the accounts of the organization cannot be listed: AccessDenied" in done.err


def test_an_account_of_no_organization(fetch, aws: AwsServer, tmp_path: Path):
    done = fetch(*REGION)
    assert done.code == 0
    assert "note: 123456789012: organization.json is left out: the account is in no organization\n" in done.err
    assert not (tmp_path / "account" / "organization.json").exists()
