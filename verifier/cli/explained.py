"""Which answers of a call are explained: counterexamples always but in JSON, as that costs nothing; anything else on
`--explain`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.cli.options import Format
from verifier.questions.verdict import Contained, Difference, Verdict

if TYPE_CHECKING:
    from verifier.explanations.explain import Explained
    from verifier.explanations.explanation import Explanation
    from verifier.questions.ask import Ask


def explained(
    question: Explained, answer: Verdict | Difference, form: Format, ask: Ask, *, wanted: bool
) -> Explanation | None:
    """Return why `answer` is the answer to `question`, where the call shows it; `wanted` is `--explain`."""
    if not wanted and (form is Format.JSON or isinstance(answer, Contained)):
        return None
    from verifier.explanations.explain import explain

    return explain(question, answer, ask)
