"""What escapes from many documents, grouped by action: how many documents allow it, and which are the first.

    what escapes
      149  iam:PassRole  policies/a.json, policies/b.json, and 147 more

Only the first documents of each action are kept, so that memory stays flat however many come.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field

from verifier.base.dataclass import dataclass
from verifier.base.safe import plain_or_quoted
from verifier.report.style import GAP, Style

_MOST_GROUPS = 10
_MOST_NAMED = 3


@dataclass
class Escaping:
    """How many documents let each action escape, and the first documents of each."""

    counts: Counter[str] = field(default_factory=Counter)
    _first: dict[str, list[str]] = field(default_factory=dict)

    def add(self, action: str, document: str) -> None:
        """Count a document that lets `action` escape."""
        self.counts[action] += 1
        if self.counts[action] <= _MOST_NAMED:
            self._first.setdefault(action, []).append(document)

    def lines(self, style: Style) -> list[str]:
        """Return the groups as lines under a heading, the largest first; none where there is one document at most."""
        if self.counts.total() <= 1:
            return []
        groups = self.counts.most_common(None if style.verbose else _MOST_GROUPS)
        names = {action: plain_or_quoted(action) for action, _ in groups}
        wide, counted = max(map(len, names.values())), max(len(f"{count:,}") for _, count in groups)
        lines = [style.paint("what escapes", "strong")]
        for action, count in groups:
            named = [plain_or_quoted(name) for name in self._first[action]]
            more = [f"and {count - len(named):,} more"] if count > len(named) else []
            head = f"  {style.paint(f'{count:>{counted},}', 'bad')}{GAP}{names[action]:<{wide}}{GAP}"
            lines.append(head + style.fold(", ".join([*named, *more]), 6 + counted + wide))
        if more_groups := len(self.counts) - len(groups):
            lines.append(f"  and {more_groups:,} more action{'s' if more_groups > 1 else ''}; `-v` lists all")
        return lines
