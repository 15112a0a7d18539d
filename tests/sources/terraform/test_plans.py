"""Terraform plans and states yield the documents and principals that `expected.json` says, mode by mode.

Most plans are what Terraform 1.11.4 printed of the configurations in `configurations/`, with a stand-in for the AWS
provider that has the attributes of the real one; `real_provider` is with that itself, 5.100.0. The others are written
by hand, in the form of the documentation: those that this version does not print, or that nobody should.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.sources.terraform.shown import HERE, MODES, PLANS, documents, principals, shown, source
from verifier import InputError
from verifier.base.source import Source
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.aws.policy.unknown import unknown_document
from verifier.report.swept import left_out_text
from verifier.sources import json_tokens
from verifier.sources.document import document_source
from verifier.sources.found import Opening
from verifier.sources.notations import read_values
from verifier.sources.open import every_source, open_document, open_documents
from verifier.sources.terraform import configuration
from verifier.sources.terraform.plan import PLAN
from verifier.sources.terraform.planned import Planned
from verifier.sources.terraform.principals import planned_principals
from verifier.sources.values import AnyValue, ListValue, ObjectValue, TextValue, Unresolved, Value

EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_yields_its_documents(name: str, mode: str):
    found = documents(name, mode)
    if mode == "plain_references":  # only what is not as it is without
        found = [each for each in found if each not in EXPECTED[name]["after"]]
    assert found == EXPECTED[name][mode]


@pytest.mark.parametrize("name", [name for name in PLANS if "principals" in EXPECTED[name]])
def test_a_plan_yields_its_principals(name: str):
    assert principals(name) == EXPECTED[name]["principals"]


def test_inline_policies_that_only_a_dynamic_block_could_make_are_counted_and_not_asked_about():
    left_out: Counter[str] = Counter()
    found = every_source(source("real_provider"), None, {PolicyType.IDENTITY}, left_out=left_out)
    assert [name for name, _ in found if "inline" in name] == [f'aws_iam_role.set.inline_policy["{n}"]' for n in "ab"]
    assert left_out == {"trust": 3, "resource": 1, "uncertain": 2}
    assert "2 lists of inline policies that only a `dynamic` block could fill" in left_out_text(left_out)


def test_every_plan_is_expected():
    assert sorted(EXPECTED) == PLANS
    assert len(PLANS) >= 15


@pytest.mark.parametrize("name", PLANS)
def test_a_document_is_found_by_its_selector_and_stands_where_the_file_says(name: str):
    file = source(name)
    for each in open_documents(file):
        opened = open_document(file, each.selector)
        assert opened.text == document_source(each.value, each.file).text
        assert bool(unknown_document(opened)) == isinstance(each.value, AnyValue)
        for number in range(len(opened.within.places) if opened.within else 0):
            span = opened.span_of_tokens(number, number)
            assert 1 <= span.line <= file.text.count("\n") + 1


def unknowns(value: Value) -> list[str]:
    """Return the names of what is unknown in a document, one by one."""
    match value:
        case TextValue():
            return [part.name for part in value.parts if isinstance(part, Unresolved)]
        case AnyValue():
            return [value.unknown.name]
        case ListValue():
            return [name for each in value.values for name in unknowns(each)]
        case ObjectValue():
            return [name for _, held in value.pairs for name in unknowns(held)]
        case _:
            return []


@pytest.mark.parametrize("name", PLANS)
def test_two_places_never_share_an_unknown_but_those_of_one_policy_document(name: str):
    """`resources = [b.arn]` and `resources = ["${b.arn}/*"]` look the same in a plan, and are not."""
    seen: dict[str, str] = {}
    for each in open_documents(source(name)):
        for unknown in unknowns(each.value):
            assert seen.setdefault(unknown, each.selector) == each.selector
        assert len(set(unknowns(each.value))) == len(unknowns(each.value))


def test_what_is_done_to_a_document_is_not_in_a_plan():
    """`replace(late.json, "known", "other")` looks like `late.json`, so both are unknown unless told otherwise."""
    merged = {each["selector"]: each["document"] for each in documents("merged", "after")}
    assert merged["aws_iam_policy.twice"] == {
        "?": "aws_iam_policy.twice.policy (data.aws_iam_policy_document.late.json)"
    }
    assumed = {each["selector"]: each for each in documents("merged", "plain_references")}
    assert "as it stands" in assumed["aws_iam_policy.twice"]["assumes"]
    assert "assumes" not in assumed["data.aws_iam_policy_document.late"]


def test_nothing_of_a_sensitive_document_is_quoted():
    file = source("sensitive")
    hidden = open_document(file, "aws_iam_policy.whole")
    assert "hush-hush" in hidden.text
    assert hidden.hidden
    assert not open_document(file, "aws_iam_policy.open").hidden
    wrong = InputError("the key `hush` is not known", source=hidden).as_shown()
    assert "hush" not in str(wrong)


@pytest.mark.parametrize("version", ["2.0", "10", "1.x", "", "1.0\n"], ids=["two", "ten", "letters", "empty", "line"])
def test_a_version_of_the_format_that_is_not_known_is_an_error(version: str):
    text = json.dumps({"format_version": version, "terraform_version": "9", "resource_changes": []})
    with pytest.raises(InputError, match="is not supported"):
        open_documents(Source("p.json", text))


def test_the_names_of_documents_are_listed_whole():
    file = source("modules")
    with pytest.raises(InputError) as wrong:
        open_document(file)
    assert '`modules.json#module.team["red/green"].module.logs.aws_iam_role_policy.logs["create"]`' in wrong.value.help


def test_a_plan_that_ended_with_an_error_is_no_answer():
    plan = {**json.loads(source("deposed").text), "errored": True}
    with pytest.raises(InputError, match="lacks resources"):
        open_documents(Source("p.json", json.dumps(plan)))


def test_what_is_deferred_to_a_later_plan_counts():
    plan = json.loads(source("deposed").text)
    change = plan["resource_changes"].pop(0)
    plan["deferred_changes"] = [{"reason": "resource_config_unknown", "resource_change": change}]
    assert [each.selector for each in open_documents(Source("p.json", json.dumps(plan)))] == ["aws_iam_policy.p"]


def test_what_a_failed_replacement_left_is_told_apart_in_a_state():
    policy: dict[str, Any] = {"address": "aws_iam_policy.p", "type": "aws_iam_policy", "name": "p"}
    policy["values"] = {"policy": "{}"}
    resources = [policy, {**policy, "deposed_key": "00a1b2c3"}]
    state = {"format_version": "1.0", "terraform_version": "1", "values": {"root_module": {"resources": resources}}}
    found = open_documents(Source("p.json", json.dumps(state)))
    assert [each.selector for each in found] == ["aws_iam_policy.p", "aws_iam_policy.p (deposed 00a1b2c3)"]


WRONG: list[Any] = [5, "x", "", True, None, [], {}, [5], {"x": 5}, [[]], [None], {"references": 5}, "${x}", "[", 1e9]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return `value` with `new` under `path`."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every way into `value`."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for name, held in below for deeper in paths(held, (*path, name)))]


def read(text: str, mode: dict[str, bool]) -> str:
    """Read all of a plan; return the error that says what is wrong with it, "" for none."""
    file = Source("p.json", text)
    try:
        value = read_values(file)
        if PLAN.fits(value):
            opening = Opening(file, **mode)
            for each in PLAN.documents(value, opening):
                shown(each.value)
                assert each.value.span.line >= 1
            planned_principals(Planned(value, opening))
    except InputError as wrong:
        return str(wrong)
    return ""


SMALL, LARGE = ("old_format", "deposed", "planned_values_only"), ("functions", "merged")
ANYWHERE = [*((name, 1) for name in SMALL), *((name, 3) for name in LARGE)]
ANYWHERE += [pytest.param(name, 1, marks=pytest.mark.long) for name in LARGE]  # type: ignore[list-item]  # one of them


@pytest.mark.parametrize(("name", "every"), ANYWHERE)
def test_a_plan_that_is_wrong_anywhere_is_one_clear_error_or_an_unknown(name: str, every: int):
    plan = json.loads(source(name).text)
    modes = list(MODES.values())
    errors = set()
    for number, path in enumerate(paths(plan)[::every]):
        for step in range(1 if name in LARGE else 3):
            text = json.dumps(replaced(plan, path, WRONG[(number + 5 * step) % len(WRONG)]))
            errors.add(read(text, modes[(number + step) % len(modes)]))
    assert "" in errors
    assert len(errors) > 3
    for each in errors - {""}:
        assert "\n" not in each
        assert "this is not Terraform's: " in each or "format" in each


def test_what_holds_no_policy_is_not_looked_at(monkeypatch: pytest.MonkeyPatch):
    """A plan of many resources costs a few values for each, however large they are."""
    made = 0
    original = json_tokens._value

    def counted(token: json_tokens.JsonToken) -> Value:
        nonlocal made
        made += 1
        return original(token)

    monkeypatch.setattr(json_tokens, "_value", counted)
    large = {f"attribute{number}": [number] * 10 for number in range(300)}
    change = {"actions": ["create"], "before": None, "after": large, "after_unknown": {}, "after_sensitive": {}}
    resource = {"address": "aws_instance.a", "mode": "managed", "type": "aws_instance", "name": "a", "change": change}
    plan = {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [resource] * 20}
    assert list(open_documents(Source("p.json", json.dumps(plan)))) == []
    assert made < 20 * 40


def test_blocks_are_matched_with_the_configuration_once(monkeypatch: pytest.MonkeyPatch):
    calls = 0
    original = configuration._same_blocks

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        return original(*arguments, **options)

    monkeypatch.setattr(configuration, "_same_blocks", counted)
    plan = json.loads(source("deposed").text)
    blocks = [{"name": str(number)} for number in range(50)]
    written = [{"name": {"constant_value": str(number)}, "policy": {"references": ["var.x"]}} for number in range(50)]
    change = {"actions": ["create"], "before": None, "after": {"inline_policy": blocks}}
    change["after_unknown"] = {"inline_policy": [{"policy": True}] * 50}
    role = {"mode": "managed", "type": "aws_iam_role", "name": "r"}
    plan["resource_changes"] = [{**role, "address": "aws_iam_role.r", "change": change}]
    plan["configuration"] = {"root_module": {"resources": [{**role, "expressions": {"inline_policy": written}}]}}
    assert len(open_documents(Source("p.json", json.dumps(plan)))) == 50
    assert calls == 1


def test_modules_may_be_nested_as_deep_as_a_file_may():
    module: dict[str, Any] = {}
    for _ in range(45):
        module = {"child_modules": [module]}
    plan = {"format_version": "1.0", "terraform_version": "1", "values": {"root_module": module}}
    assert list(open_documents(Source("p.json", json.dumps(plan)))) == []


def test_references_that_go_in_circles_lead_nowhere():
    variable, output = {"references": ["var.a"]}, {"references": ["module.m.o"]}
    call = {"expressions": {"a": output}, "module": {"outputs": {"o": {"expression": variable}}}}
    plan = json.loads(source("deposed").text)
    plan["resource_changes"][0]["change"].update(after={}, after_unknown={"policy": True})
    policy = {"mode": "managed", "type": "aws_iam_policy", "name": "p", "expressions": {"policy": output}}
    plan["configuration"] = {"root_module": {"module_calls": {"m": call}, "resources": [policy]}}
    (found,) = open_documents(Source("p.json", json.dumps(plan)))
    assert shown(found.value) == {"?": "aws_iam_policy.p.policy"}
