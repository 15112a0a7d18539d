"""What a role has in a plan: what the provider once read of its own policies does not outlive what gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

STOP = "arn:aws:iam::111122223333:policy/stop"
ALL = "arn:aws:iam::aws:policy/AmazonS3FullAccess"


def text(**statement: Any) -> str:
    """Return a document as a text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": "*", **statement}]})


def attached(*roles: str, arn: str = STOP) -> dict[str, Any]:
    """Return what attaches a policy to roles, and takes it from all others."""
    return {"name": "a", "roles": roles, "users": [], "groups": [], "policy_arn": arn}


def only(*arns: str) -> dict[str, Any]:
    """Return what takes all other attached policies from the role."""
    return {"role_name": "r", "policy_arns": arns}


DENY = text(Effect="Deny", Action="s3:DeleteObject")
ROLE: dict[str, Any] = {
    "name": "r",
    "arn": "arn:aws:iam::111122223333:role/r",
    "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": []}),
    "permissions_boundary": "",
    "managed_policy_arns": [ALL],
    "inline_policy": [],
}
STOPPED = {**ROLE, "managed_policy_arns": [ALL, STOP]}
INSIDE = {**ROLE, "inline_policy": [{"name": "stop", "policy": DENY}]}
POLICY = {"name": "stop", "arn": STOP, "policy": DENY}
ATTACHED = {"role": "r", "policy_arn": STOP}
INLINE = {"role": "r", "name": "stop", "policy": DENY}


def changed(address: str, before: Any, after: Any) -> dict[str, Any]:
    """Return what a plan says of a resource."""
    type_, name = address.split(".")
    change = {"actions": ["update"], "before": before, "after": after, "after_unknown": {}}
    return {"address": address, "mode": "managed", "type": type_, "name": name, "change": change}


@pytest.mark.parametrize(
    ("role", "type_", "before", "after", "code"),
    [
        (STOPPED, "role_policy_attachment", ATTACHED, ATTACHED, 0),
        (STOPPED, "role_policy_attachment", ATTACHED, None, 1),
        (STOPPED, "role_policy_attachment", ATTACHED, {**ATTACHED, "role": "s"}, 1),
        (STOPPED, "role_policy_attachment", ATTACHED, {**ATTACHED, "policy_arn": ALL}, 1),
        (ROLE, "role_policy_attachment", None, ATTACHED, 0),
        (STOPPED, "policy_attachment", attached("r", "s"), attached("r"), 1),
        (STOPPED, "policy_attachment", attached("r"), attached("s"), 1),
        (STOPPED, "policy_attachment", None, attached(), 1),
        (STOPPED, "policy_attachment", None, attached("r"), 0),
        (STOPPED, "role_policy_attachments_exclusive", only(ALL, STOP), only(ALL, STOP), 0),
        (STOPPED, "role_policy_attachments_exclusive", only(ALL, STOP), only(ALL), 1),
        (INSIDE, "role_policy", INLINE, INLINE, 0),
        (INSIDE, "role_policy", INLINE, None, 1),
        (INSIDE, "role_policy", INLINE, {**INLINE, "role": "s"}, 1),
        (INSIDE, "role_policy", INLINE, {**INLINE, "policy": text(Effect="Deny", Action="s3:*")}, 0),
        (INSIDE, "role_policy", INLINE, {**INLINE, "policy": text(Effect="Deny", Action="s3:Get*")}, 1),
    ],
)
def test_a_policy_that_is_taken_away_is_gone_although_its_role_still_names_it(
    call: Call, tmp_path: Path, role: Any, type_: str, before: Any, after: Any, code: int
) -> None:
    changes = [
        changed("aws_iam_role.r", role, role),
        changed("aws_iam_policy.stop", POLICY, POLICY),
        changed(f"aws_iam_{type_}.a", before, after),
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    assert "boundary  takes" not in ran.out
