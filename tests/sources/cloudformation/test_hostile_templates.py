"""Templates that are wrong, or that ask for endless work: one clear error, or documents with unknown parts.

What is wrong stands in `wrong.json`. What grows is made here; how far it may grow is counted, so no test depends on the
machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sources.cloudformation.test_templates import plain
from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.sources.cloudformation import budget
from verifier.sources.open import open_documents

WRONG: list[dict[str, Any]] = json.loads((Path(__file__).parent / "wrong.json").read_text(encoding="utf-8"))
TOO_MUCH = "the template stands for more than"


def opened(text: str, parameters: dict[str, str] | None = None) -> list[Any]:
    """The documents of a template, or the error about it in a list."""
    try:
        return [plain(each.value) for each in open_documents(Source("t", text), parameters)]
    except InputError as error:
        return [str(error)]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["text"][:60])
def test_a_wrong_template_is_one_error(case: dict[str, Any]) -> None:
    found = opened(case["text"], case.get("parameters"))
    if case["error"]:
        assert case["error"] in found[0]
    assert len(found) <= 1


def managed(document: Any) -> dict[str, Any]:
    """A managed policy."""
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}


def template(resources: Any, **sections: Any) -> str:
    """The text of a template."""
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, **sections})


def nested(times: int, around: Callable[[Any], Any], value: Any) -> Any:
    """`value` with `around` applied several times."""
    for _ in range(times):
        value = around(value)
    return value


def loops(depth: int, width: int) -> dict[str, Any]:
    """Loops within each other."""
    made: Any = {"P" + "".join(f"${{L{number}}}" for number in range(depth)): managed({"Statement": []})}
    for number in reversed(range(depth)):
        made = {f"Fn::ForEach::X{number}": [f"L{number}", [str(each) for each in range(width)], made]}
    return made


def growing(depth: int) -> dict[str, Any]:
    """Loops whose one round is three times the text of the round around."""
    made: Any = {"P": managed({"Statement": {"Ref": f"L{depth - 1}"}})}
    for number in reversed(range(depth)):
        over = [{"Fn::Sub": f"${{L{number - 1}}}" * 3}] if number else ["xxxxxxxx"]
        made = {f"Fn::ForEach::X{number}": [f"L{number}", over, made]}
    return made


def roles(number: int, name: str) -> dict[str, Any]:
    """Roles, the name of each made of the name of the next."""
    return {
        f"R{each}": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": {"Fn::Sub": name.replace("NEXT", f"R{each + 1}")},
                "AssumeRolePolicyDocument": {"Statement": {"Ref": f"R{each}"}},
            },
        }
        for each in range(number)
    }


BOMBS = {
    "texts that double": template(
        {"A": managed({"a": nested(30, lambda v: {"Fn::Sub": ["${a}${a}", {"a": v}]}, "xy")})}
    ),
    "escapes that double": template({"A": managed({"a": nested(30, lambda v: {"Fn::ToJsonString": {"a": v}}, '"\\')})}),
    "loops in loops": template(loops(5, 10), Transform="AWS::LanguageExtensions"),
    "loops that grow": template(growing(20), Transform="AWS::LanguageExtensions"),
    "a mapping many times": template(
        {"A": managed({"a": [{"Fn::FindInMap": ["M", "a", "b"]}] * 400})}, Mappings={"M": {"a": {"b": ["x"] * 4000}}}
    ),
    "names that double": template(roles(40, "${NEXT}${NEXT}")),
    "a long separator": template({"A": managed({"a": {"Fn::Join": ["x" * 1000, ["y"] * 20_000]}})}),
    "one text many times": template({"A": managed({"a": {"Fn::Sub": ["${a}" * 20_000, {"a": "y" * 1000}]}})}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a twentieth of the steps that there are, so that they are soon used up."""
    monkeypatch.setattr(budget.TemplateBudget.__init__, "__defaults__", (budget.MOST_TEMPLATE_STEPS // 20,))
    (error,) = opened(BOMBS[name])
    assert TOO_MUCH in error


def test_the_limit_is_that_of_the_message() -> None:
    """A text of as many steps as there are, and more, and one of half as many."""
    for count, wrong in ((500, False), (1_001, True)):
        (found,) = opened(template({"A": managed({"a": {"Fn::Sub": ["${a}" * count, {"a": "y" * 16_000}]}})}))
        assert (TOO_MUCH in str(found)) is wrong


def open_conditions(number: int) -> dict[str, Any]:
    """As many conditions, and parameters, each of which decides one."""
    conditions = {f"C{each}": {"Fn::Equals": [{"Ref": f"P{each}"}, "a"]} for each in range(number)}
    return {"Conditions": conditions, "Parameters": {f"P{each}": {"Type": "String"} for each in range(number)}}


def test_over_the_limit_of_combinations_the_parts_are_unknown() -> None:
    items = [{"Fn::If": [f"C{each}", "a", "b"]} for each in range(12)]
    assert opened(template({"A": managed({"a": items})}, **open_conditions(12))) == [
        {"a": [f'${{If(C{each}, "a", "b")}}' for each in range(12)]}
    ]
    assert len(opened(template({"A": managed({"a": items[:6]})}, **open_conditions(12)))) == 64


def test_one_parameter_with_many_values_has_as_many_combinations() -> None:
    conditions = {f"C{each}": {"Fn::Equals": [{"Ref": "P"}, str(each)]} for each in range(20)}
    items = [{"Fn::If": [f"C{each}", "a", "b"]} for each in range(20)]
    text = template({"A": managed({"a": items})}, Conditions=conditions, Parameters={"P": {"Type": "String"}})
    assert len(opened(text)) == 21


def test_a_long_chain_of_references_is_unknown_at_its_end() -> None:
    found = opened(template(roles(300, "${NEXT}")))
    assert len(found) == 300
    assert found[-1] == {"Statement": "${R300}"}
    assert found[0]["Statement"].startswith("${R2")


def test_nesting_is_bounded() -> None:
    deep = template({"A": managed({"a": nested(90, lambda v: {"Fn::Join": ["", [v]]}, "x")})})
    assert "nested" in opened(deep)[0]
    not_ = nested(40, lambda v: {"Fn::Not": [v]}, {"Fn::Equals": ["a", "b"]})
    assert opened(template({"A": dict(managed({"a": 1}), Condition="C")}, Conditions={"C": not_})) in ([], [{"a": 1}])


def test_a_parameter_that_cannot_be_read_is_unknown() -> None:
    text = (
        "Parameters: {P: {Type: String, Default: No}}\n"
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: !Ref P, Id: !Sub '${P}'}}}}\n"
    )
    assert opened(text) == [{"Statement": "${P}", "Id": "${P}"}]
    assert "YAML reads `No`" in opened(text, {"P": "a"})[0]


def test_numbers_and_booleans_are_texts() -> None:
    principal = {"AWS": 111122223333}
    document = {"Statement": [{"Principal": principal, "Condition": {"Bool": {"aws:SecureTransport": False}}}]}
    assert opened(template({"A": managed(document)})) == [
        {"Statement": [{"Principal": {"AWS": "111122223333"}, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
    ]


def test_a_condition_that_cannot_be_read_may_be_true_or_false() -> None:
    text = (
        "Parameters: {P: {Type: String}}\n"
        "Conditions: {C: !Equals [!Ref P, Yes]}\n"
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Id: !If [C, a, b]}}}}\n"
    )
    assert opened(text) == [{"Id": "a"}, {"Id": "b"}]


def test_a_reference_in_a_given_value_is_unknown() -> None:
    text = template({"A": managed({"Id": {"Ref": "P"}})}, Parameters={"P": {"Type": "String"}})
    assert opened(text, {"P": "a{{resolve:ssm:b}}c"}) == [{"Id": "a${{{resolve:ssm:b}}}c"}]
