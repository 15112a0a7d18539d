"""The copy of AWS's managed policies, and the presets: what is shipped is what the tools make of their sources."""

from __future__ import annotations

import datetime as dt
import json
import lzma
import subprocess
import sys
import tomllib
from importlib.metadata import version
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

import verifier
from tests.commands import ROOT
from tools import make_managed, make_presets
from verifier import Contained, Policy, prove
from verifier.clouds.aws.catalogue.actions import find_action
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.managed.names import near_managed
from verifier.clouds.aws.managed.presets import preset_names, presets
from verifier.clouds.aws.managed.shipped import copy_origin, find_managed, managed_names, managed_policies

CORPUS: dict[str, Any] = json.loads(aws_managed_policies_data)
WRITTEN = tomllib.loads(make_presets.WRITTEN.read_text(encoding="utf-8"))
WAYS = [
    (preset["name"], way) for preset in WRITTEN["preset"] for part in preset.get("ways", ()) for way in part["ways"]
]


def test_the_copy_is_what_the_tool_makes() -> None:
    assert lzma.decompress(make_managed.FILE.read_bytes()).decode() == make_managed.made(), "run `make managed`"


def test_the_copy_says_what_the_corpus_says() -> None:
    assert managed_names() == tuple(sorted(CORPUS))
    for found in managed_policies():
        one = CORPUS[found.name]
        assert json.loads(found.text) == json.loads(found.document) == one["Document"]
        assert (found.path, found.version) == (one["Path"], one["DefaultVersionId"])
        assert found.updated == dt.datetime.fromisoformat(one["UpdateDate"]).date()
        assert found == find_managed(found.name)
    assert copy_origin().package_version == version("moto")
    assert copy_origin().date == max(found.updated for found in managed_policies())


def test_the_page_says_how_many_there_are_and_where_they_are_from() -> None:
    page = (ROOT / "docs" / "how-to" / "named-policies.md").read_text(encoding="utf-8")
    origin = copy_origin()
    assert f"all {len(managed_names()):,} AWS managed policies" in page
    assert f"the one that {origin.package} {origin.package_version} contains" in page
    assert f"policy is of {origin.date.isoformat()}" in page


def test_python_lists_them_too() -> None:
    assert verifier.managed_policies() == managed_policies()
    assert [Policy.load(f"preset:{preset.name}").source.text for preset in verifier.presets()] == [
        preset.text for preset in presets()
    ]


def test_python_has_the_shorthands_of_the_command() -> None:
    policy = Policy.load("aws:AmazonS3FullAccess")
    assert type(verifier.prove([policy], Policy.at_most(["s3", "s3-object-lambda"]))).__name__ == "Contained"
    assert type(verifier.prove([policy], Policy.at_most(["s3"]))).__name__ == "Escapes"
    assert type(verifier.prove([Policy.everything()], Policy.at_most(["s3"]), boundary=policy)).__name__ == "Escapes"
    with pytest.raises(verifier.UsageError, match="is not a service"):
        Policy.at_most(["s3:*"])
    with pytest.raises(verifier.UsageError, match="must be a list of names"):
        Policy.at_most("s3")


def test_a_document_has_the_order_in_which_aws_shows_it() -> None:
    found = find_managed("AmazonS3ReadOnlyAccess")
    assert found is not None
    assert list(json.loads(found.text)) == ["Version", "Statement"]
    assert list(json.loads(found.text)["Statement"][0]) == ["Effect", "Action", "Resource"]


def test_other_commands_do_not_read_the_copy() -> None:
    code = (
        "import sys; from verifier.cli.app import run_command_line as run;"
        "run(['prove', '--any-policy', '--at-most', 's3']); run(['managed', '--help']);"
        "print([name for name in sys.modules if name.startswith('verifier.clouds.aws.managed.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "['verifier.clouds.aws.managed.prefixes']"


@pytest.mark.parametrize("word", ["x" * 200_000, "", "*", "\x00", "/" * 1000, "aws" * 1000])
def test_a_name_that_is_far_from_all_has_three_near_ones_at_most(word: str) -> None:
    assert len(near_managed(word)) <= 3


def test_the_presets_and_their_pages_are_what_the_tool_makes() -> None:
    for path, text in make_presets.made().items():
        assert path.read_text(encoding="utf-8") == text, "run `make presets`"
    assert {path.stem for path in make_presets.PAGES.glob("*.md")} == set(preset_names())


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_allows_everything_but_actions_that_there_are(name: str) -> None:
    policy = Policy.load(f"preset:{name}")
    first, *others = policy.statements
    assert (first.effect.value, [entry.text for entry in first.actions.entries]) == ("Allow", ["*"])  # type: ignore[union-attr]
    assert {statement.effect.value for statement in others} == {"Deny"}
    assert not [statement for statement in policy.statements if statement.conditions]
    named = [entry.text for statement in others for entry in statement.actions.entries]  # type: ignore[union-attr]
    assert len(set(named)) == len(named) > 30
    assert [action for action in named if str(find_action(action)) != action] == []
    assert list(lint(policy, maximum=True)) == []


@pytest.mark.parametrize("group", [(p["name"], g["sid"]) for p in WRITTEN["preset"] for g in p["group"]], ids=str)
def test_each_group_excludes_something(group: tuple[str, str]) -> None:
    name, sid = group
    policy = Policy.load(f"preset:{name}")
    assert [statement for statement in policy.statements if statement.sid == sid]


@pytest.mark.parametrize(("preset", "way"), WAYS)
def test_a_published_way_up_is_closed(preset: str, way: str) -> None:
    """Whoever has all actions of the way is not within the preset."""
    statement = {"Effect": "Allow", "Action": way.split(), "Resource": "*"}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert type(prove([policy], Policy.load(f"preset:{preset}"))).__name__ == "Escapes"


@pytest.mark.parametrize(
    ("policy", "preset"),
    [
        ("ReadOnlyAccess", "no-escalation"),
        ("ReadOnlyAccess", "no-exposure"),
        ("SecurityAudit", "no-audit-tampering"),
        ("AmazonDynamoDBReadOnlyAccess", "no-secrets"),
    ],
)
def test_what_only_reads_is_within_a_preset(policy: str, preset: str) -> None:
    assert isinstance(prove([Policy.load(f"aws:{policy}")], Policy.load(f"preset:{preset}")), Contained)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_what_is_left_in_is_left_in(preset: Any) -> None:
    (written,) = (one for one in WRITTEN["preset"] if one["name"] == preset.name)
    spared = [action for names, _ in written["left_out"] for action in names.split()]
    statement = {"Effect": "Allow", "Action": spared, "Resource": "*"}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert isinstance(prove([policy], Policy.load(f"preset:{preset.name}")), Contained)
