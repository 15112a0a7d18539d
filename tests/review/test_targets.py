"""SCPs and RCPs that a plan or a template attaches to roots, units and accounts, and detaches: data (targets.json)."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call, Called
from tests.review.rendering import document, patched

DATA = json.loads((Path(__file__).parent / "targets.json").read_text(encoding="utf-8"))


def _resources(attached: dict[str, list[str]]) -> dict[str, Any]:
    held = {name: ("SERVICE_CONTROL_POLICY", said) for name, said in DATA["documents"].items()}
    held |= {name: ("RESOURCE_CONTROL_POLICY", said) for name, said in DATA["rcps"].items()}
    found: dict[str, Any] = {
        f"aws_organizations_policy.{name}": {"id": f"p-{name}", "type": type_, "content": json.dumps(document(said))}
        for name, (type_, said) in held.items()
    }
    for target, names in attached.items():
        for name in names:
            tied = {"policy_id": name if name.startswith("p-") else f"p-{name}", "target_id": target}
            found[f'aws_organizations_policy_attachment.a["{target} {name}"]'] = tied
    return found


def _plan(case: dict[str, Any]) -> str:
    old, new = _resources(case["before"]), _resources(case["after"])
    changes = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": "a",
            "change": {"actions": ["update"], "before": old.get(address), "after": new.get(address)},
        }
        for address in sorted({*old, *new})
    ]
    return json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": changes})


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_what_is_attached_to_a_target_is_compared(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    (tmp_path / "plan.json").write_text(_plan(case), encoding="utf-8")
    ran = call("review", str(tmp_path / "plan.json"), "--format", "json")
    check(case, ran)


IN_TEMPLATES = [case for case in DATA["changes"] if '"p-' not in json.dumps(case)]


def _template(attached: dict[str, list[str]]) -> str:
    resources = {}
    for kind, said in (("SERVICE", DATA["documents"]), ("RESOURCE", DATA["rcps"])):
        for name, statements in said.items():
            targets = [target for target, names in attached.items() if name in names]
            told = {"Name": name, "Type": f"{kind}_CONTROL_POLICY", "Content": document(statements)}
            told |= {"TargetIds": targets} if targets else {}
            resources[name] = {"Type": "AWS::Organizations::Policy", "Properties": told}
    return json.dumps({"Resources": resources})


@pytest.mark.parametrize("case", IN_TEMPLATES, ids=lambda case: case["name"])
def test_what_templates_attach_is_compared(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    for name in ("before", "after"):
        (tmp_path / f"{name}.json").write_text(_template(case[name]), encoding="utf-8")
    check(case, call("review", str(tmp_path / "before.json"), str(tmp_path / "after.json"), "--format", "json"))


@pytest.mark.parametrize("case", DATA["templates"], ids=lambda case: case["name"])
def test_what_is_open_in_a_template_is_not_taken_to_be_attached(
    call: Call, tmp_path: Path, case: dict[str, Any]
) -> None:
    for name in ("before", "after"):
        (tmp_path / f"{name}.json").write_text(json.dumps(patched(DATA["template"], case[name])), encoding="utf-8")
    check(case, call("review", str(tmp_path / "before.json"), str(tmp_path / "after.json"), "--format", "json"))


def check(case: dict[str, Any], ran: Called) -> None:
    """Check that a review finds what the case says, and nothing else."""
    found = json.loads(ran.out)["principals"]
    for key in ("gained", "lost", "undenied"):
        actions = {f"{one['kind']} {one['name']}": one[key]["action"] for one in found if key in one}
        assert actions.keys() == case.get(key, {}).keys()
        assert all(fnmatch.fnmatch(actions[name], pattern) for name, pattern in case.get(key, {}).items())
    assert sorted(f"{one['kind']} {one['name']}" for one in found if "undecided" in one) == case.get("open", [])
    assert ran.code == case["code"]
