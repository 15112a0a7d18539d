"""What becomes of answers, and of the folder: as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.base.errors import UsageError
from verifier.fetch.account_folder import AccountFolder, KeptPart
from verifier.fetch.calls import Unread
from verifier.fetch.document_text import document_or_text
from verifier.fetch.resource_policies import joined_policies
from verifier.fetch.services import running_as

HERE = Path(__file__).parent
REFUSED = Unread("kms:ListKeys", "us-east-1", None, "AccessDenied", "")


def cases(name: str) -> Any:
    """The cases of a file, each with its name."""
    found = json.loads((HERE / name).read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", found, ids=[case["name"] for case in found])


@cases("documents.json")
def test_a_document_is_an_object_where_that_loses_nothing(case: dict[str, Any]):
    text = case["text"] * case.get("times", 1)
    assert document_or_text(text) == (text if case["document"] is None else case["document"])


_LEAVES = st.text(max_size=5) | st.integers() | st.booleans() | st.none()
_VALUES = st.recursive(_LEAVES, lambda each: st.lists(each) | st.dictionaries(st.text(max_size=5), each), max_leaves=6)


@given(_VALUES)
def test_any_document_is_the_same_in_both_forms(value: Any):
    document = {"Statement": value}
    text = json.dumps(document)
    assert document_or_text(text) == document
    assert document_or_text(quote(text)) == document


@cases("joined.json")
def test_policies_of_one_resource_are_joined_where_they_can_be(case: dict[str, Any]):
    found, apart = joined_policies([{"arn": arn, "policy": policy} for arn, policy in case["found"]])
    assert [row["resource"] for row in found] == sorted(case["policies"])
    assert {row["resource"]: row["policy"] for row in found} == case["policies"]
    assert apart == case["apart"]


def role(name: str, path: str = "/", profile: str = "", trusts: Any = ()) -> dict[str, Any]:
    """A role as the dump has it."""
    statement = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
    arn = f"arn:aws:iam::1:instance-profile/{profile}"
    return {
        "RoleName": name,
        "Path": path,
        "Arn": f"arn:aws:iam::1:role{path}{name}",
        "AssumeRolePolicyDocument": {"Statement": [statement, {"Principal": "*"}, {"Principal": {"AWS": "*"}}, "odd"]},
        "InstanceProfileList": [{"InstanceProfileName": profile, "Arn": arn}] if profile else [],
    }


@cases("running.json")
def test_what_runs_as_which_role(case: dict[str, Any]):
    running = [{"arn": arn, "roles": roles} for arn, roles in case["running"]]
    dump = {"RoleDetailList": [role(**each) for each in case["roles"]]}
    found = running_as(running, dump, "aws", "1")
    assert [[each["resource"], each["role"]] for each in found] == case["services"]


def test_a_trust_policy_that_cannot_be_read_leaves_the_file_out():
    dump = {"RoleDetailList": [{**role("a"), "AssumeRolePolicyDocument": "{"}]}
    with pytest.raises(ValueError, match="role/a"):
        running_as([], dump, "aws", "1")


def test_a_part_is_known_if_it_is_of_the_same_calls(tmp_path: Path):
    folder = AccountFolder(tmp_path, "1", fresh=False)
    part = KeptPart("2026-11-30", ("list_keys",), [{"arn": "x"}], ())
    folder.keep("kms.eu-west-1", part)
    folder.keep("sqs.eu-west-1", KeptPart("2026-11-30", ("list_queues",), [], (REFUSED,)))
    again = AccountFolder(tmp_path, "1", fresh=False)
    assert again.part("kms.eu-west-1", ("list_keys",)) == part
    assert again.part("kms.eu-west-1", ("list_keys", "get_key_policy")) is None
    known = again.part("sqs.eu-west-1", ("list_queues",))
    assert known is not None
    assert known.unread == (REFUSED,)
    assert again.names() == ["account", "kms.eu-west-1", "sqs.eu-west-1"]
    assert again.part("kms.us-east-1", ("list_keys",)) is None
    assert AccountFolder(tmp_path, "1", fresh=True).part("kms.eu-west-1", ("list_keys",)) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"asked": 1}', '{"asked": "", "calls": 1, "found": 1}', "[" * 50_000, "\x00"]
)
def test_a_part_that_is_damaged_is_asked_again(tmp_path: Path, text: str):
    folder = AccountFolder(tmp_path, "1", fresh=False)
    (tmp_path / ".fetch" / "kms.json").write_text(text, encoding="utf-8")
    assert folder.part("kms", ()) is None


def test_a_folder_is_of_one_account(tmp_path: Path):
    AccountFolder(tmp_path, "111122223333", fresh=False)
    for fresh in (False, True):
        with pytest.raises(UsageError, match="holds the account `111122223333`, not `444455556666`"):
            AccountFolder(tmp_path, "444455556666", fresh=fresh)


def test_what_is_told_to_be_left_out_is_removed(tmp_path: Path):
    folder = AccountFolder(tmp_path, "1", fresh=False)
    folder.publish({"organization.json": {"levels": []}, "services.json": []}, {"account": "1"})
    folder.publish({"organization.json": None, "services.json": []}, {"account": "1"})
    assert {path.name for path in tmp_path.glob("*.json")} == {"services.json", "fetched.json"}
    assert (tmp_path / ".fetch" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_link_in_the_folder_is_replaced_and_not_followed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine", encoding="utf-8")
    folder = AccountFolder(tmp_path / "account", "1", fresh=False)
    (tmp_path / "account" / "services.json").symlink_to(elsewhere)
    folder.publish({"services.json": []}, {})
    assert elsewhere.read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "account" / "services.json").read_text(encoding="utf-8") == "[]\n"
