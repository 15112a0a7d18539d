"""The rules of `docs/semantics.md`, by number, as `verifier explain` shows them.

The page is shipped with the package, so there is no second copy of a rule that could say something else. A name in
brackets is the page of AWS's guide that a sentence rests on.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex

_RULE = regex(r"^(\d+)\. (.*(?:\n(?: +\S.*)?)*)", re.MULTILINE)
_SECTION = regex(r"^## \d+\. (.+)$", re.MULTILINE)
_READING = regex(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_CITED = regex(r"\[([a-z_, -]+)\](?!\()")
_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_PAGES = {
    "grammar": "reference_policies_grammar",
    "elements_action": "reference_policies_elements_action",
    "elements_resource": "reference_policies_elements_resource",
    "elements_condition": "reference_policies_elements_condition",
    "operators": "reference_policies_elements_condition_operators",
    "multi-value-conditions": "reference_policies_condition-logic-multiple-context-keys-or-values",
    "policy-vars": "reference_policies_variables",
    "elements_version": "reference_policies_elements_version",
    "elements_notaction": "reference_policies_elements_notaction",
    "elements_principal": "reference_policies_elements_principal",
    "boundaries": "access_policies_boundaries",
    "evaluation-logic": "reference_policies_evaluation-logic",
    "condition-keys": "reference_policies_condition-keys",
    "reference-arns": "reference-arns",
}


@dataclass(frozen=True)
class RuleText:
    """A rule: the title of its section, its text in one paragraph, where it has a second reading both, and the pages of
    AWS's guide that it cites.
    """

    number: int
    section: str
    text: str
    readings: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


@cache
def rules_of_page() -> dict[int, RuleText]:
    """Return the rules, by number."""
    page = _place().read_text(encoding="utf-8")
    readings: dict[int, list[tuple[str, str]]] = {}
    for row in _READING.finditer(page):
        readings.setdefault(int(row[1]), []).append((row[2], row[3]))
    sections = [(found.start(), found[1]) for found in _SECTION.finditer(page)]
    rules: dict[int, RuleText] = {}
    for found in _RULE.finditer(page):
        number, text = int(found[1]), " ".join(found[2].replace("**[decided]**", "[decided]").split())
        section = [title for start, title in sections if start < found.start()][-1]
        cited = [name.strip() for each in _CITED.findall(text) for name in each.split(",")]
        sources = tuple(f"{_GUIDE}{_PAGES[name]}.html" for name in dict.fromkeys(cited) if name in _PAGES)
        rules[number] = RuleText(number, section, text, tuple(readings.get(number, ())), sources)
    return rules


def _place() -> Path:
    package = Path(__file__).parents[2]
    installed = package / "semantics.md"
    return installed if installed.is_file() else package.parent / "docs" / "semantics.md"
