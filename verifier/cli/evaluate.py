"""`verifier evaluate`: what happens to one request, and why?"""

from __future__ import annotations

from verifier.cli.document_options import NOBODY, WhoFiles
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    NO_FILES,
    AnyPolicy,
    BesideFiles,
    Format,
    FormatOption,
    MaxSize,
    Parameters,
    Policies,
    PolicyFiles,
    Strict,
    Timeout,
    Verbose,
)
from verifier.cli.request_options import ActionOption, KeyOption, RequestFile, ResourceOption, request_named

EXAMPLES = """\b
Examples:
  verifier evaluate --policy policy.json --request request.json
  verifier evaluate --policy policy.json --boundary boundary.json \\
      --request request.json --format json
  verifier evaluate --policy policy.json --request - < request.json
  verifier evaluate --policy policy.json --action s3:GetObject \\
      --resource arn:aws:s3:::bucket/key --key aws:SourceIp=203.0.113.7
  verifier evaluate --policy policy.json --request request.json \\
      --principal arn:aws:iam::111122223333:user/jane \\
      --resource-policy arn:aws:s3:::bucket=bucket.json

\b
A request:
  {"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key",
   "context": {"aws:SourceIp": "203.0.113.7", "aws:TagKeys": ["a", "b"]}}
"""


def evaluate(  # noqa: PLR0917 - typer passes them by name
    files: PolicyFiles = None,
    policy: Policies = None,
    any_policy: AnyPolicy = False,
    request: RequestFile = None,
    action: ActionOption = None,
    resource: ResourceOption = None,
    key: KeyOption = None,
    beside: BesideFiles = NO_FILES,
    who: WhoFiles = NOBODY,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,  # noqa: ARG001 - holds for every command that has it (commands.py)
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Tell what happens to one request, and why.

    Every statement is shown: whether it matched, and which of its elements
    failed. What is wrong with the request itself is told too: an action that
    AWS does not have, a key that every request has and this one lacks. Every FILE may be `-`, standard input, once.

    \b
    Exit codes: 0 allowed, 1 denied, 2 wrong input, 3 undecided.
    """
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.output import print_answer
    from verifier.cli.presentation import Presentation
    from verifier.clouds.evaluation import Evaluation
    from verifier.report.text import evaluation_text

    inputs = Inputs(max_size, strict, told_parameters(parameter))
    told = request_named(action, resource, key, file=request, files=files or ())
    asked = inputs.request(request, told)
    asking = inputs.asking(who, asked)
    policies = inputs.identity([*(files or ()), *(policy or ())], any_policy=any_policy, needed=asking is None)
    question = inputs.evaluated(inputs.documents(policies, beside, asking), asked)
    inputs.warn(question)
    question.documents.check()
    wanted = Presentation(form, verbose=verbose)
    evaluation = Evaluation.of(question.documents, question.request)
    print_answer(evaluation, wanted, lambda style: evaluation_text(evaluation, style), inputs=inputs)
