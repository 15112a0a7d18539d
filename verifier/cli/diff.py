"""`verifier diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from verifier.cli.options import DEFAULT_MAX_SIZE, EncodingOption, Format, FormatOption, MaxSize, Smtlib, Timeout
from verifier.questions.limits import Encoding

EXAMPLES = """\b
Examples:
  verifier diff old.json new.json
  verifier diff old.json new.json --format json --timeout 60
  verifier diff old.json - < new.json
"""


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The first document.", show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The second document.", show_default=False)],
    form: FormatOption = Format.TEXT,
    timeout: Timeout = 10.0,
    encoding: EncodingOption = Encoding.FAST,
    smtlib: Smtlib = None,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
) -> None:
    """Tell whether two documents allow the same requests.

    Otherwise show a request that only NEW allows (gained), one that only OLD
    allows (lost), or both. Two documents without any Allow are compared by
    what they deny. `--smtlib FILE` writes what is gained to FILE, and what is
    lost to FILE.lost.

    \b
    Exit codes: 0 equivalent, 1 different, 2 wrong input, 3 undecided.
    """
    from verifier import api
    from verifier.cli.inputs import Inputs
    from verifier.cli.output import print_answer
    from verifier.policy.syntax import Effect
    from verifier.report.text import difference_text

    inputs = Inputs(max_size)
    documents = inputs.policies([old, new])
    only_deny = all(statement.effect is Effect.DENY for policy in documents for statement in policy.statements)
    difference = api.diff(*documents, timeout=timeout, encoding=encoding, smtlib=smtlib)
    print_answer(
        difference, form, lambda style: difference_text(difference, style, old=old, new=new, only_deny=only_deny)
    )
