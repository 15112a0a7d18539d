"""`verifier evaluate`: what happens to one request, and why?"""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    BesideFiles,
    Format,
    FormatOption,
    MaxSize,
    Policies,
    Strict,
    Timeout,
)

EXAMPLES = """\b
Examples:
  verifier evaluate --policy policy.json --request request.json
  verifier evaluate --policy policy.json --boundary boundary.json \\
      --request request.json --format json
  verifier evaluate --policy policy.json --request - < request.json

\b
A request:
  {"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key",
   "context": {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"]}}
"""


def evaluate(
    policy: Policies,
    request: Annotated[str, typer.Option("--request", metavar="FILE", help="The request.")],
    beside: BesideFiles,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,  # noqa: ARG001 - holds for every command that has it (commands.py)
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
) -> None:
    """Tell what happens to one request, and why.

    Every statement is shown: whether it matched, and which of its elements
    failed. What is wrong with the request itself is told too: an action that
    AWS does not have, a key that every request has and this one lacks. Every FILE may be `-`, standard input, once.

    \b
    Exit codes: 0 allowed, 1 denied, 2 wrong input, 3 undecided.
    """
    from verifier.cli.inputs import Inputs
    from verifier.cli.output import print_answer
    from verifier.clouds.evaluation import Evaluation
    from verifier.questions.question import EvaluateQuestion
    from verifier.report.text import evaluation_text

    inputs = Inputs(max_size, strict)
    policies, asked = inputs.policies(policy), inputs.request(request)
    question = EvaluateQuestion(inputs.documents(policies, beside), asked)
    inputs.warn(question)
    question.documents.check()
    evaluation = Evaluation.of(question.documents, question.request)
    print_answer(evaluation, form, lambda style: evaluation_text(evaluation, style), inputs=inputs)
