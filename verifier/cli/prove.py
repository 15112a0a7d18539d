"""`verifier prove`."""

from __future__ import annotations

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    Boundary,
    EncodingOption,
    FailOnOption,
    Format,
    FormatOption,
    Maximum,
    MaxSize,
    Policies,
    Rcps,
    Scps,
    Session,
    Smtlib,
    Timeout,
)
from verifier.questions.limits import Encoding

EXAMPLES = """\b
Examples:
  verifier prove --policy policy.json --maximum maximum.json
  verifier prove --policy policy.json --boundary boundary.json \\
      --maximum maximum.json --format json
  verifier prove --policy policy.json --scp root.json --scp account.json \\
      --maximum maximum.json --fail-on vacuous
  verifier prove --policy - --maximum maximum.json < policy.json
"""


def prove(  # noqa: PLR0917 - typer passes them by name
    policy: Policies,
    maximum: Maximum,
    boundary: Boundary = None,
    session: Session = None,
    scp: Scps = None,
    rcp: Rcps = None,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    encoding: EncodingOption = Encoding.FAST,
    smtlib: Smtlib = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
) -> None:
    """Prove that everything the documents allow together is within MAXIMUM.

    Otherwise show a request that is allowed, but not by the maximum. Every
    FILE may be `-`, standard input, once.

    \b
    Exit codes: 0 contained, 1 escapes, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs
    from verifier.cli.output import print_answer
    from verifier.report.text import verdict_text

    inputs = Inputs(max_size)
    verdict = api.prove(
        policies=inputs.policies(policy),
        maximum=inputs.policy(maximum),
        boundary=inputs.optional(boundary),
        session=inputs.optional(session),
        scps=inputs.levels(scp),
        rcps=inputs.policies(rcp),
        timeout=timeout,
        encoding=encoding,
        smtlib=smtlib,
    )
    print_answer(verdict, form, lambda style: verdict_text(verdict, style), fail_on)
