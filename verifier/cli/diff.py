"""`verifier diff`: do two documents allow the same requests?"""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import (
    DEFAULT_MAX_SIZE,
    EncodingOption,
    Explain,
    FailOnOption,
    Format,
    MaxSize,
    OutputOption,
    Parameters,
    ReadingOption,
    RegionLimit,
    ReportOption,
    Smtlib,
    Strict,
    Timeout,
    TypeOption,
    Verbose,
    WorldOption,
)
from verifier.questions.ask import Encoding, Readings, World

EXAMPLES = """\b
Examples:
  verifier diff old.json new.json
  verifier diff old.json new.json --format json --timeout 60
  verifier diff old.json new.json --limit 10
  verifier diff old.json - < new.json
  verifier diff old.json new.json --type scp
  verifier diff root.json,account.json account.json --type scp
"""


def diff(  # noqa: PLR0917 - typer passes them by name
    old: Annotated[str, typer.Argument(metavar="OLD", help="The first document.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The second document.", show_default=False)],
    form: ReportOption = Format.TEXT,
    output: OutputOption = None,
    timeout: Timeout = 10.0,
    fail_on: FailOnOption = None,
    explain: Explain = False,
    kind: TypeOption = None,
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
    """Tell whether two documents allow the same requests.

    Otherwise show a request that only NEW allows (gained), one that only OLD
    allows (lost), or both, and then everything that differs: regions of
    actions, resources and conditions, proved to be all of it. Two documents
    without any Allow are compared by what they deny, and so are two RCPs.
    OLD and NEW may be levels of SCPs or RCPs, which act as one: files with a
    list of documents, or names with commas between. `--smtlib FILE` writes what
    is gained to FILE, and what is lost to FILE.lost.

    \b
    Exit codes: 0 equivalent, 1 different, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs, told_parameters
    from verifier.cli.output import explained, print_answer
    from verifier.cli.presentation import Clock, Presentation, parted
    from verifier.clouds.aws.policy.check import check_together
    from verifier.explanations.explanation import WhyDifferent
    from verifier.questions.diff import diff as answer
    from verifier.questions.question import DiffQuestion
    from verifier.questions.worlds import show
    from verifier.report.text import difference_text

    wanted = Presentation.of(form, output, explain=explain, verbose=verbose)
    clock = Clock(timeout)
    inputs = Inputs(max_size, strict, told_parameters(parameter))
    before, after = inputs.level(old), inputs.level(new)
    for level in (before, after):
        check_together(level, kind)
    question = DiffQuestion.of_levels(*DiffQuestion.of_levels(before, after, kind).levels(), kind)
    inputs.warn(question)
    ask = api.ask_of(timeout, encoding, world, reading)
    difference = answer(question, ask, show)
    api.write_scripts(question, ask, smtlib)
    why = explained(question, difference, wanted, ask)
    regions = parted(question, clock, ask, limit, wanted)
    side = why if isinstance(why, WhyDifferent) else None
    print_answer(
        difference,
        wanted,
        lambda style: difference_text(
            difference, style, old=old, new=new, why=side, regions=regions, whole=limit is not None
        ),
        fail_on,
        why=why,
        question=question,
        regions=regions,
        inputs=inputs,
    )
