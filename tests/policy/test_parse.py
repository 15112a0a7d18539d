"""Texts and files to syntax trees (rules 5 to 28); malformed texts are in `test_malformed.py`."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from verifier.base.errors import PolicyError
from verifier.base.source import Span
from verifier.clouds.aws.policy.parse import load_level, parse, parse_level
from verifier.clouds.aws.policy.syntax import Condition, ParsedValue, Policy, Statement, Version
from verifier.logic.actions import Effect
from verifier.sources.named import load
from verifier.strings.pattern import ANYTHING, ArnTemplate, Pattern, Template, Variable, Wild
from verifier.strings.values import Key


def statement(**elements: Any) -> Statement:
    """Return the statement of a 2012 document that has `elements`, and Effect, Action and Resource."""
    return document(**elements).statements[0]


def document(version: str = "2012-10-17", **elements: Any) -> Policy:
    whole = {
        "Effect": "Allow",
        **({} if "NotAction" in elements else {"Action": "s3:Get"}),
        "Resource": "*",
        **elements,
    }
    return parse(json.dumps({"Version": version, "Statement": whole}))


def condition(operator: str, values: Any, version: str = "2012-10-17") -> Condition:
    return document(version, Condition={operator: {"a:b": values}}).statements[0].conditions[0]


def value(operator: str, text: Any, version: str = "2012-10-17") -> ParsedValue:
    return condition(operator, text, version).values[0].value


def warnings(version: str = "2012-10-17", **elements: Any) -> list[str]:
    return [warning.message for warning in document(version, **elements).warnings]


def test_a_whole_document_with_its_spans() -> None:
    text = """{
  "Id": "an id", "Version": "2008-10-17",
  "Statement": [
    {"Sid": "one", "Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::1:root", "2"], "Service": "x"},
     "NotAction": ["S3:Get*", "*"], "NotResource": "arn:aws:s3:::b/*",
     "Condition": {"stringlike": {"aws:UserAgent": ["a*", 5, true]}, "Bool": {"a": "TRUE"}}},
    {"Effect": "Allow"}
  ]
}"""
    policy = parse(text, "name.json")
    assert (policy.version, policy.version_written, policy.id) == (Version.V2008, True, "an id")
    assert (policy.source.name, policy.source.text, policy.warnings) == ("name.json", text, ())
    one, two = policy.statements
    assert (one.index, one.sid, one.effect, one.span) == (0, "one", Effect.DENY, Span(4, 5, 6, 93))
    assert (two.index, two.sid, two.effect, two.span) == (1, None, Effect.ALLOW, Span(7, 5, 7, 24))
    assert (two.principals, two.actions, two.resources, two.conditions) == (None, None, None, ())
    assert one.principals is not None
    assert one.principals.negated
    assert [(entry.type, entry.text) for entry in one.principals.entries] == [
        ("AWS", "arn:aws:iam::1:root"),
        ("AWS", "2"),
        ("Service", "x"),
    ]
    assert one.principals.span == Span(4, 38, 4, 107)
    assert one.actions is not None
    assert (one.actions.negated, one.actions.span) == (True, Span(5, 6, 5, 35))
    assert [entry.text for entry in one.actions.entries] == ["S3:Get*", "*"]
    assert one.actions.entries[0].span == Span(5, 20, 5, 29)
    assert one.resources is not None
    assert (one.resources.negated, one.resources.entries[0].span) == (True, Span(5, 52, 5, 70))
    like, boolean = one.conditions
    assert (str(like.test), like.operator_text, like.operator_span) == ("StringLike", "stringlike", Span(6, 20, 6, 32))
    assert (like.key.name, like.key_span) == ("aws:UserAgent", Span(6, 35, 6, 50))
    assert [found.text for found in like.values] == ["a*", "5", "true"]
    assert [found.span.column for found in like.values] == [53, 59, 62]
    assert (str(boolean.test), boolean.values[0].value) == ("Bool", True)


def test_versions() -> None:
    plain = '{"Statement": {"Effect": "Allow"}}'
    assert (parse(plain).version, parse(plain).version_written) == (Version.V2008, False)
    assert document().version is Version.V2012
    assert document("2008-10-17").version is Version.V2008


def test_the_version_may_stand_last() -> None:
    text = '{"Statement": {"Effect": "Allow", "Resource": "arn:aws:s3:::${a}"}, "Version": "2012-10-17"}'
    resources = parse(text).statements[0].resources
    assert resources is not None
    assert resources.entries[0].template.variables == (Variable(Key.of("a")),)


def test_levels() -> None:
    one, two = '{"Statement": {"Effect": "Allow"}}', '{"Statement": {"Effect": "Deny"}}'
    assert [len(parse_level(text)) for text in (one, f"[{one}]", f"[{one}, {two}]")] == [1, 1, 2]
    assert parse_level(f"[{one},\n {two}]")[1].statements[0].span.line == 2
    with pytest.raises(PolicyError):
        parse(f"[{one}]")


def test_a_byte_order_mark_is_left_out() -> None:
    policy = parse('\ufeff{"Statement": {"Effect": "Allow"}}')
    assert policy.source.text.startswith("{")
    assert policy.statements[0].span == Span(1, 15, 1, 34)


def test_json_escapes() -> None:
    text = r'{"Id": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀\u0000", "Statement": {"Effect": "Allow"}}'
    assert parse(text).id == '"\\/\b\f\n\r\té😀é😀\0'


def test_columns_count_code_points() -> None:
    assert parse('{"Id": "😀é", "Statement": {"Effect": "Allow"}}').statements[0].span.column == 27


# --- actions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "service", "name"),
    [
        ("*", (Wild.TEXT,), (Wild.TEXT,)),
        ("S3:GetObject", ("s3",), ("getobject",)),
        ("s3:*", ("s3",), (Wild.TEXT,)),
        ("s3:Get?*", ("s3",), ("get", Wild.CHAR, Wild.TEXT)),
        ("execute-api:In_vo-ke", ("execute-api",), ("in_vo-ke",)),
    ],
)
def test_actions(text: str, service: tuple[object, ...], name: tuple[object, ...]) -> None:
    policy = document(Action=text)
    actions = policy.statements[0].actions
    assert actions is not None
    (entry,) = actions.entries
    assert entry.pattern is not None
    assert (entry.text, entry.pattern.service.parts, entry.pattern.name.parts) == (text, service, name)
    assert policy.warnings == ()


@pytest.mark.parametrize("text", ["*:*", "s*:Get", "?3:Get", "S?:*"])
def test_a_wildcard_in_the_service_is_kept_with_a_warning(text: str) -> None:
    actions = statement(Action=text).actions
    assert actions is not None
    assert actions.entries[0].pattern is not None
    assert "wildcard in its service" in warnings(Action=text)[0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no service"),
        ("GetObject", "no service"),
        ("Get*", "no service"),
        ("?", "no service"),
        (":GetObject", "no service"),
        ("s3:", "no name"),
        ("s3: GetObject", "white space"),
        ("s3:GetObject ", "white space"),
        ("s3:GetObject\n", "white space"),
        ("s3:Get,s3:Put", "comma"),
        ("s3:Get:Object", "more than one colon"),
        ("s3:*:*", "more than one colon"),
        ("s3:Get.Object", "character"),
        ("s3:Gét", "character"),
        ("\u212ams:Decrypt", "character"),
        ("kms:Decrypt\u0130", "character"),
        ("s_3:Get", "character"),
        ("s3:${*}", "character"),
    ],
)
def test_actions_that_match_nothing(text: str, why: str) -> None:
    policy = document("2008-10-17", Action=text)
    actions = policy.statements[0].actions
    assert actions is not None
    assert actions.entries[0].pattern is None
    (warning,) = policy.warnings
    assert "matches nothing" in warning.message
    assert why in warning.message
    assert warning.span == actions.entries[0].span


# --- resources -------------------------------------------------------------------------------------------------------


def test_resources_of_a_2012_document_hold_variables() -> None:
    resources = statement(Resource=["arn:aws:s3:::${a}/${*}*", "*"]).resources
    assert resources is not None
    first, second = (entry.template.parts for entry in resources.entries)
    assert first == ("arn:aws:s3:::", Variable(Key.of("A")), "/*", Wild.TEXT)
    assert second == (Wild.TEXT,)


def test_resources_of_a_2008_document_do_not() -> None:
    policy = document("2008-10-17", Resource="arn:aws:s3:::${a}*")
    resources = policy.statements[0].resources
    assert resources is not None
    assert resources.entries[0].template.parts == ("arn:aws:s3:::${a}", Wild.TEXT)
    assert "plain text" in policy.warnings[0].message


@pytest.mark.parametrize(
    ("text", "warns"),
    [
        ("arn:${p}:s3:::b", True),
        ("arn:aws:s3::${a}:b", True),
        ("${whole}", True),
        ("${whole}:b:c:d:e:f", True),
        ("arn:aws:s3:::${a:b}", False),
        ("arn:aws:s3:::b:${a}", False),
        ("arn:aws:s3::${*}:b", False),
    ],
)
def test_variables_before_the_fifth_colon(text: str, warns: bool) -> None:
    assert [message for message in warnings(Resource=text) if "fifth colon" in message] == (
        [f"the resource `{text}` has a variable before its fifth colon"] if warns else []
    )


@pytest.mark.parametrize(
    "text", ["*", "**", "arn:*", "a*", "?*", "arn:aws:s3:::b", "*:b", "arn:aws:s3:::?", "???:a:b:c:d:e"]
)
def test_resources_that_may_be_arns(text: str) -> None:
    assert warnings(Resource=text) == []


@pytest.mark.parametrize(
    "text", ["", "b", "my-bucket/*", "ARN:aws:s3:::b", "arn:aws:s3", "arn:aws:s3::b", "?", "s3:::b", " *"]
)
def test_resources_that_are_no_arns(text: str) -> None:
    assert "not an ARN" in warnings(Resource=text)[0]


# --- conditions ------------------------------------------------------------------------------------------------------


def test_string_values() -> None:
    assert value("StringEquals", "a*?${*}") == Template(("a*?*",))
    assert value("StringLike", "a*?${*}") == Template(("a", Wild.CHAR, Wild.TEXT, "*"))
    assert value("StringNotLike", "${x}*") == Template((Variable(Key.of("x")), Wild.TEXT))
    assert value("StringEqualsIgnoreCase", "A${x, 'D'}") == Template(("A", Variable(Key.of("x"), "D")))
    assert value("ForAllValues:StringLikeIfExists", "*") == Template(ANYTHING.parts)
    assert value("StringEquals", "") == Template(())
    assert value("StringEquals", "${x}", "2008-10-17") == Template(("${x}",))


def test_arn_values() -> None:
    assert value("ArnEquals", "*") == Pattern((Wild.TEXT,))
    assert value("ArnLike", "${x}") == ArnTemplate((), Variable(Key.of("x")))
    assert isinstance(value("ArnNotLike", "arn:aws:s3:::b"), ArnTemplate)
    plain = value("ArnLike", "arn:aws:iam::${a:role}", "2008-10-17")
    assert isinstance(plain, ArnTemplate)
    assert [str(part) for part in plain.parts] == ["arn", "aws", "iam", "", "${a", "role}"]


def test_typed_values() -> None:
    assert value("NumericEquals", "1.50") == Decimal("1.5")
    assert value("NumericLessThan", -3) == Decimal(-3)
    assert value("DateEquals", "1970-01-01T00:00:01Z") == value("DateEquals", 1) == Decimal(1)
    assert value("Bool", True) is value("Null", "TRUE") is True
    assert value("Bool", "${x}") == Template((Variable(Key.of("x")),))
    assert value("BinaryEquals", "QmluYXJ5") == b"Binary"
    assert str(value("IpAddress", "10.1.2.3/8")) == "10.0.0.0/8"


def test_json_numbers_are_their_text() -> None:
    text = '{"Statement": {"Effect": "Allow", "Condition": {"StringEquals": {"a": [1.0, 1e5, -0, false]}}}}'
    assert [found.text for found in parse(text).statements[0].conditions[0].values] == ["1.0", "1e5", "-0", "false"]


def test_one_operator_may_stand_in_several_forms() -> None:
    forms = ("StringLike", "StringLikeIfExists", "ForAnyValue:StringLike", "ForAllValues:StringLike", "StringEquals")
    found = statement(Condition={form: {"a": "b", "c": "d"} for form in forms}).conditions
    assert [(str(one.test), one.key.name) for one in found] == [(form, key) for form in forms for key in ("a", "c")]


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        ({}, "the Condition is empty, so it always matches"),
        ({"Bool": {}}, "the operator `Bool` has no keys, so it always matches"),
        ({"Bool": {"a": []}}, "the list of values of `a` is empty, so it matches nothing"),
        ({"StringNotLike": {"a": []}}, "the list of values of `a` is empty, so it matches everything"),
    ],
)
def test_what_is_empty_is_warned_of(given: Any, warning: str) -> None:
    assert warnings(Condition=given) == [warning]


def test_variables_of_a_2008_document_are_warned_of() -> None:
    assert "plain text" in warnings("2008-10-17", Condition={"StringLike": {"a": "${x}"}})[0]


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": "s3:${a}"},
        {"NotAction": "s3:${a}"},
        {"Principal": {"AWS": "${a}"}},
        {"Condition": {"StringLike": {"${a}": "b"}}},
        *(
            {"Condition": {name: {"a": "${b}"}}}
            for name in ("NumericEquals", "DateEquals", "IpAddress", "BinaryEquals", "Null")
        ),
    ],
)
def test_variables_elsewhere_are_errors(elements: Any) -> None:
    with pytest.raises(PolicyError, match="contains a policy variable"):
        document(**elements)


def test_a_sid_used_twice_is_warned_of() -> None:
    one = {"Sid": "x", "Effect": "Allow"}
    policy = parse(json.dumps({"Statement": [one, {"Effect": "Allow"}, one]}))
    assert [warning.message for warning in policy.warnings] == ["the Sid `x` is used twice"]
    assert policy.warnings[0].span == policy.statements[2].span


# --- the corpus ------------------------------------------------------------------------------------------------------


def test_every_managed_policy_parses() -> None:
    documents = {name: found["Document"] for name, found in json.loads(aws_managed_policies_data).items()}
    assert len(documents) > 1_500
    warned = 0
    for name, written in documents.items():
        policy = parse(json.dumps(written), name)
        statements = written["Statement"] if isinstance(written["Statement"], list) else [written["Statement"]]
        assert [found.sid for found in policy.statements] == [found.get("Sid") for found in statements]
        warned += len(policy.warnings)
    assert warned <= 5


TEXT = '{"Statement": {"Effect": "Allow"}}'


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(TEXT, encoding="utf-8-sig")
    assert load(path).source.name == Policy.load(str(path)).source.name == str(path)
    assert load(path).source.text == TEXT
    assert len(load_level(path)) == 1
    path.write_text(f"[{TEXT}, {TEXT}]")
    assert len(load_level(path)) == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert load("-").source.name == "-"


@pytest.mark.parametrize("data", [b"", b" \n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(PolicyError, match="the text is empty"):
        load(path)
