"""Changes of a small account, as a plan, as templates and as folders: what is found is what was planted, all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.review import rendering
from tests.review.rendering import patched, plan, template
from verifier import Policy
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.review import side as review_side
from verifier.review.read import HowToRead, read_sides
from verifier.review.review import review_sides

DATA = json.loads((Path(__file__).parent / "changes.json").read_text(encoding="utf-8"))
BASE = DATA["base"]


def sides(case: dict[str, Any]) -> tuple[Any, Any]:
    """Return the account before and after."""
    return BASE, patched(BASE, case["change"])


def answer(call: Call, *names: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the answer of a review."""
    ran = call("review", *names, "--format", "json")
    assert not ran.err, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return ran.code, found


def named(found: dict[str, Any], key: str) -> list[str]:
    """Return what has `key`, by the names that a case gives: documents that a principal decides about are left out."""
    shown = [one for one in found["documents"] if "held_by" not in one and one.get("type") != "trust"]
    names = [_name(one["name"]) for one in shown if key in one]
    if key == "gained":
        names += [_name(one["name"]) for one in shown if "undenied" in one]
    names += [f"role {_name(one['name'])}" for one in found["principals"] if key in one]
    return sorted(set(names))


def _name(name: str) -> str:
    if role := re.fullmatch(r"(?:aws_iam_role\.|Role)(\w+)", name):
        return role[1]
    if of_account := re.fullmatch(r"arn:aws:iam::111122223333:(role|policy)/(\w+)", name):
        return of_account[2] if of_account[1] == "role" else f"policy {of_account[2]}"
    if policy := re.fullmatch(r"(?:aws_iam_policy\.|Policy)(\w+)", name):
        return f"policy {policy[1]}"
    if inline := re.fullmatch(r"(\w+)-(\w+)\.json", name):
        return f"inline {inline[1]}/{inline[2]}"
    return f"policy {name.removesuffix('.json')}"


def check(case: dict[str, Any], code: int, found: dict[str, Any], *, roles: bool) -> None:
    """Check that an answer finds what a case says, all of it, and nothing else."""
    other = "inline" if roles else "role"
    for key in ("gained", "lost"):
        assert named(found, key) == sorted(one for one in case[key] if not one.startswith(other)), (key, found)
    bounded = {_name(one["name"]): one["boundary"] for one in found["principals"] if "boundary" in one}
    looser = sorted(name for name, boundary in bounded.items() if boundary["looser"])
    assert looser == (case["looser"] if roles else [])
    assert sorted(bounded) == (sorted([*case["looser"], *case["tighter"]]) if roles else []), bounded
    trusting = [one["name"] for one in found["documents"] if one.get("type") == "trust" and "gained" in one]
    assert len(trusting) == (len(case.get("trust", ())) if roles else 0), trusting
    assert not [one["name"] for one in (*found["documents"], *found["principals"]) if "undecided" in one]
    assert all(one["complete"] for one in (*found["documents"], *found["principals"]) if "regions" in one)
    fails = any(not one.startswith(other) for one in case["gained"]) or bool(looser)
    assert code == (1 if fails else 0)


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_a_plan_has_both_sides(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    before, after = sides(case)
    (tmp_path / "plan.json").write_text(plan(before, after, case.get("moved", {})))
    code, found = answer(call, str(tmp_path / "plan.json"))
    check(case, code, found, roles=True)


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_templates_are_compared(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    for name, account in zip(("old.json", "new.json"), sides(case), strict=True):
        (tmp_path / name).write_text(template(account))
    code, found = answer(call, str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    check(case, code, found, roles=True)


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_folders_are_compared(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    for name, account in zip(("old", "new"), sides(case), strict=True):
        rendering.folder(account, tmp_path / name)
    code, found = answer(call, str(tmp_path / "old"), str(tmp_path / "new"))
    check(case, code, found, roles=False)


@pytest.mark.parametrize("case", DATA["changes"], ids=lambda case: case["name"])
def test_accounts_are_compared(call: Call, tmp_path: Path, case: dict[str, Any]) -> None:
    for name, account in zip(("old", "new"), sides(case), strict=True):
        rendering.account_folder(account, tmp_path / name)
    code, found = answer(call, str(tmp_path / "old"), str(tmp_path / "new"))
    check(case, code, found, roles=True)


def test_there_are_thirty_changes_and_some_change_nothing() -> None:
    nothing = [case for case in DATA["changes"] if not (case["gained"] or case["lost"] or case["looser"])]
    assert len(DATA["changes"]) >= 30
    assert len(nothing) >= 10
    assert len({case["name"] for case in DATA["changes"]}) == len(DATA["changes"])


def test_only_the_boundary_that_the_files_do_not_hold_is_said_to_be_missing(call: Call, tmp_path: Path) -> None:
    mine = "arn:aws:iam::111122223333:policy/mine"
    names = "arn:aws:iam::aws:policy/ReadOnlyAccess", mine
    both = [patched(BASE, {"roles": {"ops": {"boundary": name}}}) for name in names]
    (tmp_path / "plan.json").write_text(plan(both[0], both[1], {}))
    ran = call("review", str(tmp_path / "plan.json"))
    assert f"do not hold {mine}\n" in ran.out
    assert "do not hold arn:aws:iam::aws:" not in ran.out
    assert f"{mine}, arn:" not in ran.out


def test_what_cannot_be_read_is_broken_and_not_wider(call: Call, tmp_path: Path) -> None:
    for name in ("iam", "s3"):
        statement = f'{{"Effect": "Allow", "Action": "{name}:*", "Resource": "*"}}'
        (tmp_path / f"{name}.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
    ran = call("review", str(tmp_path / "iam.json"), str(tmp_path / "s3.json"), "--type", "rcp")
    assert ran.code == 2
    assert ran.out.startswith("BROKEN  1 broken\n")


def test_documents_with_one_text_are_told_each_at_its_own_place(call: Call, tmp_path: Path) -> None:
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    for number, name in enumerate(("a", "b", "c")):
        (tmp_path / "new" / f"{name}.json").write_text("\n" * number + text)
    ran = call("review", str(tmp_path / "old"), str(tmp_path / "new"), "--format", "sarif")
    places = [one["locations"][0]["physicalLocation"] for one in json.loads(ran.out)["runs"][0]["results"]]
    found = [(place["artifactLocation"]["uri"][-6:], place["region"]["startLine"]) for place in places]
    assert sorted(found) == [("a.json", 1), ("b.json", 2), ("c.json", 3)]


def test_what_did_not_change_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = sides(DATA["changes"][0])
    (tmp_path / "plan.json").write_text(plan(before, after, {}))
    parsed: list[str] = []

    def counted(source: Source) -> Policy:
        parsed.append(source.text)
        return parse_source(source)

    monkeypatch.setattr(review_side, "parse_source", counted)
    sides_read = read_sides(str(tmp_path / "plan.json"), None, HowToRead())
    assert not parsed
    review_sides(*sides_read)
    assert len(parsed) < sum(len(one.documents) for one in sides_read) / 2


BROKEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Permit", "Action": "s3:*", "Resource": "*"}]}'


def test_a_broken_document_is_told_of_where_it_changed(call: Call, tmp_path: Path) -> None:
    for name, effect in (("old", "Permit"), ("same", "Permit"), ("new", "Refuse")):
        documents = {"One": BROKEN, "Other": BROKEN.replace("Permit", effect)}
        resources = {
            each: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": json.loads(text)}}
            for each, text in documents.items()
        }
        (tmp_path / f"{name}.json").write_text(json.dumps({"Resources": resources}))
    same = call("review", str(tmp_path / "old.json"), str(tmp_path / "same.json"))
    assert (same.code, same.err) == (0, "")
    other = call("review", str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    assert other.code == 2
    assert other.out.startswith("BROKEN  1 broken\n")
