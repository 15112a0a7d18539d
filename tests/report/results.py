"""Results of every kind, some about documents whose texts try to break out of the report."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from verifier import InputError, Policy, diff, prove, prove_needs
from verifier.base.grammar import source_of
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.lint.lint import lint_question
from verifier.clouds.aws.policy.parse import parse_source
from verifier.explanations.explain import explain
from verifier.questions.ask import Ask
from verifier.questions.question import DiffQuestion, NeedsQuestion, ProveQuestion
from verifier.questions.verdict import Undecided
from verifier.regions.regions import regions_of
from verifier.report.results import Result

EXAMPLES = Path(__file__).parents[2] / "examples"
HOSTILE = "</pre><script>alert(1)</script> `x` ``` | *b* _i_ [l](http://x) @you \x1b[31m \u202e é 你好 &amp; ]]> <!--"


def loaded(name: str) -> Policy:
    return Policy.load(EXAMPLES / name)


def document(*actions: str, effect: str = "Allow", **others: object) -> str:
    statement = {"Sid": HOSTILE, "Effect": effect, "Action": list(actions), "Resource": "*"} | others
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2, ensure_ascii=False)


def hostile(*actions: str, **others: object) -> Policy:
    return parse_source(source_of(document(*actions, **others), f"a|b`{HOSTILE}`.json", file=True))


def proved(policy: Policy, maximum: Policy, boundary: Policy | None = None) -> Result:
    question = ProveQuestion(Documents((policy,), boundary), maximum)
    verdict = prove([policy], maximum, boundary)
    warnings = tuple((policy.source, warning) for warning in policy.warnings)
    asked = f"within {maximum.source.name}"
    return Result(policy.source.name, asked, verdict, explain(question, verdict), warnings, file=policy.source.name)


def granted(policy: Policy, needs: Policy) -> Result:
    question, verdict = NeedsQuestion(Documents((policy,)), needs), prove_needs([policy], needs)
    regions = regions_of(question, Ask())
    return Result.of(question, verdict, explain(question, verdict), regions, placed=lint_question(question))


def compared(old: Policy, new: Policy) -> Result:
    difference = diff(old, new)
    question = DiffQuestion(old, new)
    return Result.of(
        question, difference, explain(question, difference), regions_of(question, Ask()), placed=lint_question(question)
    )


def broken(text: str, name: str) -> Result:
    try:
        parse_source(source_of(text, name, file=name != "-"))
    except InputError as error:
        return Result(name, "within the maximum", error)
    raise AssertionError("the document is not broken")


@cache
def results() -> tuple[Result, ...]:
    any_policy = loaded("john-and-jane/any-policy.json")
    maximum = loaded("john-and-jane/john-maximum.json")
    tested = {"StringLike": {"aws:PrincipalTag/|`*<b>": ["é*", HOSTILE]}}
    return (
        proved(any_policy, maximum, loaded("john-and-jane/john-boundary-loose.json")),
        proved(any_policy, maximum, loaded("john-and-jane/john-boundary.json")),
        proved(hostile("s3:*", "ec2:", Condition=tested), hostile("s3:Get*")),
        proved(hostile("s3:*", effect="Deny"), hostile("s3:*")),
        granted(hostile("s3:Get*"), hostile("s3:*", Condition=tested)),
        granted(hostile("s3:*"), hostile("s3:Get*")),
        granted(hostile("s3:*"), hostile("s3:*", effect="Deny")),
        compared(loaded("one-corner/old.json"), loaded("one-corner/new.json")),
        compared(maximum, maximum),
        compared(hostile("s3:Get*"), hostile("s3:Put*")),
        Result("late.json", "within the maximum", Undecided("the time limit of 10 s was reached"), file="late.json"),
        broken('{"Statement": [{"Efect": "Allow"}]}', "policies/brö ken.json"),
        broken(document("s3:*").replace('"Effect"', f'"{HOSTILE}"'.replace("\x1b", "")), "-"),
    )
