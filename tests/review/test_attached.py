"""What a role has in a plan: what the provider once read of its own policies does not outlive what gives them. And what
it is called matters where its policies read that.
"""

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


def only_named(*names: str) -> dict[str, Any]:
    """Return what takes all other inline policies from the role."""
    return {"role_name": "r", "policy_names": names}


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


def plan_of(*changes: dict[str, Any], **more: Any) -> str:
    """Return a plan as a text."""
    return json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes, **more})


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
        (STOPPED, "role_policy_attachments_exclusive", None, only(ALL, STOP), 3),
        (ROLE, "role_policies_exclusive", None, only_named(), 3),
        (ROLE, "role_policies_exclusive", only_named("x"), only_named("x"), 0),
        (ROLE, "role_policies_exclusive", only_named("x"), only_named(), 3),
        (INSIDE, "role_policies_exclusive", only_named("stop"), only_named("stop"), 0),
        (INSIDE, "role_policies_exclusive", only_named("stop"), only_named(), 1),
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
    (tmp_path / "plan.json").write_text(plan_of(*changes))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    assert "boundary  takes" not in ran.out


BY_ARN = text(Effect="Allow", Action="s3:*", Condition={"StringLike": {"AWS:PrincipalArn": "*/admin"}})
BY_NAME = text(Effect="Allow", Action="s3:*", Resource="arn:aws:s3:::homes/${aws:username}/*")
OPEN = text(Effect="Allow", Action="s3:*")


@pytest.mark.parametrize(
    ("kind", "policy", "now", "code"),
    [
        ("role", BY_ARN, {"name": "r", "path": "/"}, 0),
        ("role", BY_ARN, {"name": "admin", "path": "/"}, 3),
        ("role", BY_ARN, {"name": "r", "path": "/x/"}, 3),
        ("role", BY_ARN, {"path": "/"}, 3),
        ("role", OPEN, {"name": "admin", "path": "/"}, 0),
        ("user", BY_NAME, {"name": "r", "path": "/"}, 0),
        ("user", BY_NAME, {"name": "joe", "path": "/"}, 3),
        ("group", BY_NAME, {"name": "joe", "path": "/"}, 0),
    ],
)
def test_another_name_is_not_the_same_where_a_policy_reads_it(
    call: Call, tmp_path: Path, kind: str, policy: str, now: dict[str, str], code: int
) -> None:
    before = {"name": "r", "path": "/"}
    if kind == "role":
        before, now = ({**one, "assume_role_policy": ROLE["assume_role_policy"]} for one in (before, now))
    own, inline = changed(f"aws_iam_{kind}.r", before, now), {"name": "p", "policy": policy}
    own["change"]["after_unknown"] = {} if "name" in now else {"name": True}
    after = {**inline, kind: now.get("name", "r")}
    given = changed(f"aws_iam_{kind}_policy.p", {**inline, kind: "r"}, after)
    if "name" not in now:
        given["change"] |= {"after": inline, "after_unknown": {kind: True}}
    refers = {kind: {"references": [f"aws_iam_{kind}.r.name", f"aws_iam_{kind}.r"]}, "policy": {}, "name": {}}
    resources = [
        {"type": f"aws_iam_{kind}", "name": "r", "mode": "managed", "expressions": {"path": {}}},
        {"type": f"aws_iam_{kind}_policy", "name": "p", "mode": "managed", "expressions": refers},
    ]
    (tmp_path / "plan.json").write_text(plan_of(own, given, configuration={"root_module": {"resources": resources}}))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == code, ran.out
    assert ("its name changed" in ran.out) is (code == 3)


@pytest.mark.parametrize(("names", "code"), [(("a", "a"), 0), (("a", "b"), 3), (({"Ref": "P"}, {"Ref": "P"}), 0)])
def test_another_name_in_a_template_is_not_the_same_either(
    call: Call, tmp_path: Path, names: tuple[Any, Any], code: int
) -> None:
    for file, name in zip(("old", "new"), names, strict=True):
        policy = {"PolicyName": "p", "PolicyDocument": json.loads(BY_NAME)}
        user = {"Type": "AWS::IAM::User", "Properties": {"UserName": name, "Policies": [policy]}}
        template = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"U": user}}
        (tmp_path / f"{file}.json").write_text(json.dumps(template))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert ran.code == code, ran.out


@pytest.mark.parametrize(("providers", "role"), [(["aws"], "aws_iam_role.r"), (["aws", "aws.other"], "role r")])
def test_what_is_no_longer_written_was_of_the_one_provider_that_there_is(
    call: Call, tmp_path: Path, providers: list[str], role: str
) -> None:
    """With several, a role of this name may be that of another account."""
    changes = [changed("aws_iam_role.r", STOPPED, STOPPED), changed("aws_iam_role_policy_attachment.a", ATTACHED, None)]
    written = {"type": "aws_iam_role", "name": "r", "mode": "managed", "provider_config_key": "aws"}
    configuration = {
        "provider_config": {name: {"name": "aws"} for name in providers},
        "root_module": {"resources": [{**written, "expressions": {"name": {}}}]},
    }
    (tmp_path / "plan.json").write_text(plan_of(*changes, configuration=configuration))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == 3, ran.out
    assert f"? {'role ' * role.startswith('aws')}{role}: the files do not hold {STOP}" in ran.out


MAY_LIMIT = {"name": "stop", "arn": STOP}
MORE = changed("aws_iam_role_policy.more", None, {"role": "other", "name": "more", "policy": OPEN})


@pytest.mark.parametrize(
    ("role", "type_", "held"),
    [
        (ROLE, "role_policy_attachment", ATTACHED),
        ({**ROLE, "permissions_boundary": STOP}, "role_policy", {**INLINE, "policy": OPEN}),
    ],
)
def test_a_policy_that_is_not_known_hides_nothing_of_the_rest(
    call: Call, tmp_path: Path, role: dict[str, Any], type_: str, held: dict[str, Any]
) -> None:
    stop = changed("aws_iam_policy.stop", POLICY, MAY_LIMIT)
    stop["change"]["after_unknown"] = {"policy": True}
    changes = [changed("aws_iam_role.r", role, role), changed(f"aws_iam_{type_}.a", held, held), stop]
    (tmp_path / "plan.json").write_text(plan_of(*changes, MORE))
    ran = call("review", str(tmp_path / "plan.json"))
    assert ran.code == 1, ran.out
    assert "role aws_iam_role.r: `aws_iam_policy.stop.policy` is not known before deployment" in ran.out
    assert "+ aws_iam_role_policy.more: " in ran.out or "+ role other: " in ran.out


@pytest.mark.parametrize(
    ("role", "type_", "held", "code"),
    [
        (STOPPED, "role_policy_attachment", (ATTACHED, ATTACHED), 0),
        (STOPPED, "role_policy_attachment", (ATTACHED, None), 3),
        (STOPPED, "role_policy_attachment", (None, None), 0),
        (INSIDE, "role_policy", (INLINE, INLINE), 0),
        (INSIDE, "role_policy", (INLINE, None), 1),
    ],
)
def test_what_only_the_role_names_any_more_is_undecided_between_states(
    call: Call, tmp_path: Path, role: dict[str, Any], type_: str, held: tuple[Any, Any], code: int
) -> None:
    for file, given in zip(("old", "new"), held, strict=True):
        kinds = [("aws_iam_role", role), ("aws_iam_policy", POLICY), (f"aws_iam_{type_}", given)]
        resources = [
            {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "values": values}
            for kind, values in kinds
            if values is not None
        ]
        state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
        (tmp_path / f"{file}.json").write_text(json.dumps({**state, "terraform_version": "1.11.4"}))
    ran = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert ran.code == code, ran.out
