"""How much work a template may cause: counted in values, so that a small file cannot ask for endless work."""

from __future__ import annotations

from verifier.base.errors import UsageError
from verifier.base.source import Source, Span

MOST_TEMPLATE_STEPS = 1_000_000
MOST_TRIES = 10_000
MOST_DEEP = 100
_CHARACTERS = 16  # one step


class TemplateBudget:
    """The steps that the template in `source` may still take."""

    def __init__(self, source: Source, steps: int = MOST_TEMPLATE_STEPS) -> None:
        self.source = source
        self.steps = steps
        self.tries = MOST_TRIES  # of combinations of conditions

    def spend(self, steps: int, span: Span | None = None) -> None:
        """Take `steps`. Raises UsageError where there are not as many."""
        self.steps -= steps
        if self.steps < 0:
            message = (
                f"the template stands for more than {MOST_TEMPLATE_STEPS:,} values, with its functions written out"
            )
            raise UsageError(message, source=self.source, span=span, help="write a smaller template")

    def spend_text(self, characters: int) -> None:
        """Take the steps for a text of so many characters."""
        self.spend(characters // _CHARACTERS)

    def check_depth(self, depth: int, span: Span) -> None:
        """Raise UsageError for a value that is nested too deeply."""
        if depth > MOST_DEEP:
            message = f"the template is nested more than {MOST_DEEP} deep"
            raise UsageError(message, source=self.source, span=span, help="write it flatter")
