"""`verifier repair`: which small change keeps a boundary to the maximum?"""

from __future__ import annotations

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    NO_FILES,
    AnyPolicy,
    AtMost,
    BesideFiles,
    EncodingOption,
    Format,
    FormatOption,
    Maximum,
    MaxSize,
    Parameters,
    Policies,
    PolicyFiles,
    ReadingOption,
    Strict,
    Timeout,
    Verbose,
    WorldOption,
)
from verifier.cli.write_option import WriteOption
from verifier.questions.ask import Encoding, Readings, World

EXAMPLES = """\b
Examples:
  verifier repair --policy wide.json --boundary new.json --maximum old.json
  verifier repair --policy wide.json --boundary root.json \\
      --maximum maximum.json --write patched.json
  verifier repair --policy wide.json --maximum maximum.json --format json
"""


def repair(  # noqa: PLR0917 - typer passes them by name
    files: PolicyFiles = None,
    policy: Policies = None,
    any_policy: AnyPolicy = False,
    maximum: Maximum = None,
    at_most: AtMost = None,
    beside: BesideFiles = NO_FILES,
    write: WriteOption = None,
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    world: WorldOption = World.ALL,
    reading: ReadingOption = Readings.ALL,
    encoding: EncodingOption = Encoding.FAST,
    parameter: Parameters = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    strict: Strict = False,
    verbose: Verbose = False,
) -> None:
    """Propose a small change to the boundary that keeps all within MAXIMUM.

    Afterwards just that is allowed which was allowed and is within the
    maximum; both halves are proved before the change is shown, as a unified
    diff. Without a boundary one is proposed.

    \b
    Exit codes: 0 repaired, or nothing to repair, 2 wrong input,
    3 no repair found.
    """
    from verifier.api import ask_of
    from verifier.cli.commands import ExitCode
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.write_option import print_edited
    from verifier.questions.question import ProveQuestion
    from verifier.repairs.repair import RepairOutcome
    from verifier.repairs.repair import repair as answer
    from verifier.report.edited import repaired_text

    inputs = Inputs(max_size, strict, told_parameters(parameter))
    policies, top = (
        inputs.identity([*(files or ()), *(policy or ())], any_policy=any_policy),
        inputs.maximum(maximum, at_most, files or ()),
    )
    question = ProveQuestion(inputs.documents(policies, beside), top)
    inputs.warn(question)
    found = answer(question, ask_of(timeout, encoding, world, reading))
    code = ExitCode.UNDECIDED if found.outcome is RepairOutcome.NO_REPAIR else ExitCode.YES
    print_edited(found, form, lambda style: repaired_text(found, style), write, code, inputs, verbose=verbose)
