"""What nobody wrote, AWS's full access and the services that are named, has no file, line or column in any answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from verifier import Policy, confine, explain
from verifier.clouds.aws.documents import by_itself, services_maximum

FORMS = ("text", "json", "sarif", "html", "junit", "markdown")
ONLY_S3 = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]}'
WIDE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": "*"}]}'
ONLY_DENIES = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}'
RCP = ONLY_DENIES.replace('"Deny",', '"Deny", "Principal": "*",')
RULES = '[[rule]]\nname = "within"\npolicies = ["wide.json"]\nat_most = ["s3", "sqs"]\n'
FILES = {
    "s3-only.json": ONLY_S3,
    "denies.json": ONLY_DENIES,
    "rcp.json": RCP,
    "wide.json": WIDE,
    "rules.toml": RULES,
}
# Calls, each with a document that stands in for none, as its question or as what it may at most allow.
CALLS = (
    "confine s3-only.json --to s3 --type scp --explain",
    "confine denies.json --to s3 --type scp --explain",
    "confine rcp.json --to s3 --explain",
    "confine wide.json --to s3 --to s4",
    "confine denies.json --to s3 --type scp --all",
    "sweep s3-only.json denies.json wide.json --type scp --maximum maximum.json --jobs 1",
    "sweep rcp.json --maximum maximum.json --jobs 1",
    "check --config rules.toml",
)
# A name that is not a file's with a number after it, and what stands in such a document.
PLACE = re.compile(r"(<\w+>|&lt;\w+&gt;|x3c\w+>|Access, attached to it too|services[ \w,]*)(</code>)?:\d")
QUOTES = (r'"Action": "*"', r"\"Action\": \"*\"", "&#34;Action&#34;: &#34;*&#34;", '"s3:*", "sqs:*"')


@pytest.mark.parametrize("line", CALLS)
@pytest.mark.parametrize("form", FORMS)
def test_no_answer_gives_a_place_of_a_stand_in(call: Call, line: str, form: str) -> None:
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    if "--all" in line and form in ("sarif", "junit", "html", "markdown"):
        line = line.replace(" --all", "")
    if line.startswith("check") and form != "text":
        ran = call(*line.split(), "-o", f"{form}=out")
        said = Path("out").read_text(encoding="utf-8") + ran.err
    else:
        ran = call(*line.split(), *(() if line.startswith("check") else ("--format", form)))
        said = ran.out + ran.err
    assert ran.code in (0, 1), ran.err
    assert PLACE.findall(said) == []
    assert [quote for quote in QUOTES if quote in said] == []


def test_the_pattern_finds_what_it_is_for() -> None:
    for place in ("<services>:1", "&lt;FullAWSAccess&gt;:1", "AWS's FullAWSAccess, attached to it too:1:41"):
        assert PLACE.search(place)


def test_a_stand_in_is_known_as_one() -> None:
    scp = Policy.parse(ONLY_S3, "scp.json")
    (beside,) = by_itself(Policy.parse(RCP)).policies
    assert beside.source.stand_in
    assert beside.source.at(1, 41) == "AWS's RCPFullAWSAccess, attached to it too"
    assert services_maximum(["s3"]).source.stand_in
    assert not scp.source.stand_in
    assert scp.source.at(1, 2) == "scp.json:1:2"


def test_python_names_it_too() -> None:
    scp = Policy.parse(ONLY_S3, "scp.json")
    why = explain(confine(scp, ["s3"], type="scp"), document=scp, services=["s3"], type="scp")
    assert str(why).startswith("AWS's FullAWSAccess, attached to it too: held by document, statement 0 (Deny)")
    assert "1:41" not in json.dumps(str(why))
