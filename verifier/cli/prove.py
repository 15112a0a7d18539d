"""`verifier prove`: is all that is allowed within the maximum?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.cli.document_options import NOBODY, Explicit, WhoFiles
from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    NO_FILES,
    All,
    AnyPolicy,
    AtMost,
    BesideFiles,
    EncodingOption,
    Explain,
    FailOnOption,
    Format,
    Maximum,
    MaxSize,
    Needs,
    OutputOption,
    Parameters,
    Policies,
    PolicyFiles,
    ReadingOption,
    RegionLimit,
    ReportOption,
    Smtlib,
    Strict,
    Timeout,
    Verbose,
    WorldOption,
)
from verifier.questions.ask import Ask, Encoding, Readings, World

if TYPE_CHECKING:
    from verifier.clouds.aws.documents import Documents
    from verifier.clouds.aws.policy.syntax import Policy
    from verifier.questions.question import NeedsQuestion, ProveQuestion
    from verifier.questions.verdict import NeedsVerdict, Verdict
    from verifier.questions.worlds import Show

EXAMPLES = """\b
Examples:
  verifier prove --policy policy.json --maximum maximum.json
  verifier prove --policy policy.json --boundary boundary.json \\
      --maximum maximum.json --format json
  verifier prove --policy policy.json --scp root.json --scp account.json \\
      --maximum maximum.json --fail-on vacuous
  verifier prove --policy policy.json --boundary boundary.json \\
      --maximum maximum.json --explain
  verifier prove --policy policy.json --maximum maximum.json --all --limit 20
  verifier prove --policy - --maximum maximum.json < policy.json
  verifier prove --policy policy.json --boundary boundary.json \\
      --needs needs.json
  verifier prove --policy policy.json --boundary boundary.json \\
      --principal arn:aws:iam::111122223333:role/app \\
      --resource-policy arn:aws:s3:::bucket=bucket.json --maximum maximum.json
"""


def prove(  # noqa: PLR0917 - typer passes them by name
    files: PolicyFiles = None,
    policy: Policies = None,
    any_policy: AnyPolicy = False,
    maximum: Maximum = None,
    at_most: AtMost = None,
    needs: Needs = None,
    beside: BesideFiles = NO_FILES,
    who: WhoFiles = NOBODY,
    explicit: Explicit = False,
    form: ReportOption = Format.TEXT,
    output: OutputOption = None,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    explain: Explain = False,
    everything: All = False,
    limit: RegionLimit = None,
    encoding: EncodingOption = Encoding.FAST,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    smtlib: Smtlib = None,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Prove that everything the documents allow together is within MAXIMUM.

    Otherwise show a request that is allowed, but not by the maximum, and the
    statements that let it through; `--all` shows everything that escapes. Every
    FILE may be `-`, standard input, once.

    With `--needs`, prove instead that everything NEEDS allows is allowed by the
    documents together. Otherwise show a request that is needed and not allowed,
    and which documents stop it; `--all` shows everything that is missing.

    \b
    Exit codes: 0 contained or granted, 1 escapes or missing, 2 wrong input,
    3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.output import explained, print_answer
    from verifier.cli.presentation import Clock, Presentation, check_all, parted
    from verifier.questions.worlds import show
    from verifier.report.text import verdict_text

    wanted = Presentation.of(form, output, explain=explain, verbose=verbose)
    check_all(everything, wanted)
    clock = Clock(timeout)
    inputs = Inputs(max_size, strict, told_parameters(parameter))
    asking = inputs.asking(who, explicit=explicit)
    policies = inputs.identity([*(files or ()), *(policy or ())], any_policy=any_policy, needed=asking is None)
    top = inputs.bar(maximum, at_most, needs, files or ())
    question = _question(inputs.documents(policies, beside, asking), top, reverse=needs is not None)
    inputs.warn(question)
    ask = api.ask_of(timeout, encoding, world, reading)
    verdict = _answer(question, ask, show)
    api.write_scripts(question, ask, smtlib)
    why = explained(question, verdict, wanted, ask)
    regions = parted(question, clock, ask, limit, wanted) if everything else None
    print_answer(
        verdict,
        wanted,
        lambda style: verdict_text(verdict, style, why=why, regions=regions),
        fail_on,
        why,
        question,
        regions,
        inputs=inputs,
    )


def _question(documents: Documents, bar: Policy, *, reverse: bool) -> ProveQuestion | NeedsQuestion:
    from verifier.questions.question import NeedsQuestion, ProveQuestion

    return NeedsQuestion(documents, bar) if reverse else ProveQuestion(documents, bar)


def _answer(question: ProveQuestion | NeedsQuestion, ask: Ask, show: Show) -> Verdict | NeedsVerdict:
    from verifier.questions.question import ProveQuestion

    if isinstance(question, ProveQuestion):
        from verifier.questions.prove import prove as answer

        return answer(question, ask, show)
    from verifier.questions.needs import prove_needs

    return prove_needs(question, ask, show)
