"""`verifier explain`: what a rule or a check says, which an answer names."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.base.regex import regex
from verifier.cli.options import Format, FormatOption, Strict

if TYPE_CHECKING:
    from verifier.audits.finding import AuditCheck
    from verifier.clouds.aws.rules_page import RuleText
    from verifier.report.explained_rule import ExplainAnswer

EXAMPLES = """\b
Examples:
  verifier explain 10
  verifier explain A3
  verifier explain 'rule 35' --format json
"""
_RULES_PAGE, _CHECKS_PAGE = "docs/semantics.md", "docs/audit.md"
_NUMBER = regex(r"(?:rule)?\s*(\d+)", re.IGNORECASE)


def explain(
    rule: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]", help="The number of a rule, or a check such as `A3`.")
    ] = None,
    form: FormatOption = Format.TEXT,
    strict: Strict = False,  # noqa: ARG001 - every command has it; there is nothing to warn about
) -> None:
    """Show a rule that an answer names, or a check of an audit, with its source.

    The rules say what a policy means; they are those of `docs/semantics.md`,
    by number. Without RULE, list the rules and the checks.

    \b
    Exit codes: 0, or 2 if there is no such rule or check.
    """
    from verifier.base.safe import json_text
    from verifier.cli.pager import show_text
    from verifier.report.explained_rule import explain_text
    from verifier.report.style import style_of

    style = style_of(sys.stdout)
    found = [_explained(" ".join(rule))] if rule else _every()
    if form is Format.JSON:
        print("\n".join(json_text(each.as_json(), indent=2 if rule else None) for each in found))
    elif rule:
        show_text(explain_text(found[0], style))
    else:
        show_text("\n".join(style.fold(f"{each.name:<8}  {each.title}: {each.text}") for each in found))


def _every() -> list[ExplainAnswer]:
    from verifier.clouds.aws.audit.table import CHECKS
    from verifier.clouds.aws.rules_page import rules_of_page

    return [*map(_of_rule, rules_of_page().values()), *map(_of_check, CHECKS)]


def _of_rule(rule: RuleText) -> ExplainAnswer:
    from verifier.report.explained_rule import ExplainAnswer, RuleReadingPart

    readings = [RuleReadingPart(usual=usual, other=other) for usual, other in rule.readings]
    return ExplainAnswer(
        name=f"rule {rule.number}",
        title=rule.section,
        text=rule.text,
        readings=readings or None,
        sources=[_RULES_PAGE, *rule.sources],
    )


def _of_check(check: AuditCheck) -> ExplainAnswer:
    from verifier.report.explained_rule import ExplainAnswer

    return ExplainAnswer(
        name=check.id,
        title=check.title,
        text=f"A finding says: the principal {check.found}. To fix it, {check.fix}.",
        severity=check.severity.value,
        needs=check.needs or None,
        sources=[_CHECKS_PAGE],
    )


def _explained(wanted: str) -> ExplainAnswer:
    """Return what is said of a rule or a check. Raises UsageError where there is none."""
    from verifier.base.errors import UsageError, quote

    every = _every()
    number = _NUMBER.fullmatch(wanted.strip())
    name = f"rule {int(number[1])}" if number else wanted.strip()
    for each in every:
        if each.name.lower() == name.lower():
            return each
    rules = [each.name for each in every if each.name.startswith("rule ")]
    help = f"rules have numbers, 1 to {len(rules)}; checks have names such as `A3`; `verifier explain` lists them"
    raise UsageError(f"there is no rule or check {quote(wanted)}", help=help)
