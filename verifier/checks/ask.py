"""Asking about one document of a rule, and what is found in the answer.

    proved(tree, path, rule, beside, ask)    is it within the maximum, with the others?
    compared(old, new, path, rule, ask, by)  what does it allow that its earlier version did not?

Whether a finding fails is the rule's to say (`fail_on`); what could not be read or decided never holds.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import assert_never

from verifier.base.budget import deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, PolicyWarning, Severity, quote
from verifier.base.source import Source, Span
from verifier.checks.beside import Beside
from verifier.checks.compare import Compared, PathChange, gained_beside
from verifier.checks.outcome import Asked, Finding, FindingKind
from verifier.checks.within import compare_file, documents_within
from verifier.clouds.aws.lint.lint import lint
from verifier.clouds.aws.lint.scope import undated
from verifier.clouds.aws.policy.canonical import canonical, digest
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.config.rules import ConfigRule
from verifier.explanations.explain import explain
from verifier.explanations.explanation import Explanation, Ruling, WhyAllowed
from verifier.logic.request import Request
from verifier.questions.ask import Ask
from verifier.questions.diff import not_compared
from verifier.questions.needs import prove_needs
from verifier.questions.prove import prove
from verifier.questions.question import NeedsQuestion
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Granted,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.questions.worlds import show
from verifier.sources.tree import Snapshot, Tree, text

_NONE_FOUND = "no difference was found, and none excluded"


@dataclass(frozen=True)
class About:
    """What findings are about: a rule, called `name`, a file, and all that its answer depends on.

    `selector` is that of a document within the file.
    """

    rule: ConfigRule
    name: str
    path: str
    document: str
    depends_on: object
    selector: str = ""

    def found(
        self,
        kind: FindingKind,
        message: str,
        request: Request | None = None,
        span: Span | None = None,
        *,
        fails: bool = True,
    ) -> Finding:
        """Return a finding of `kind`; `fails` may say that what the rule lists does not fail here."""
        changes = "different" in self.rule.fails and kind in ("gained", "lost", "different")
        listed = kind in ("unreadable", "expired") or kind in self.rule.fails or changes
        said = undated(message) if kind == "warnings" else None
        within = [self.selector] if self.selector else []  # fingerprints of files are as they always were
        mark = digest([self.rule.name, kind, self.path, said, self.depends_on, *within])[:32]
        return Finding(kind, self.document, self.path, message, mark, listed and fails, request, span)

    def warnings(self, policy: Policy) -> Iterator[Finding]:
        """Yield the warnings about `policy`."""
        yield from map(self.of_warning, lint(policy))

    def of_warning(self, warning: PolicyWarning) -> Finding:
        """Return the finding of a warning; a note never fails."""
        fails = warning.severity is not Severity.NOTE
        return self.found("warnings", warning.message, span=warning.span, fails=fails)


def proved(tree: Tree, path: str, rule: ConfigRule, beside: Beside, ask: Ask, name: str) -> Iterator[Asked]:
    """Yield what came of each document of a file: whether it stays within the maximum."""
    document = os.path.relpath(tree.root / path)
    try:
        with deadline(ask.seconds):
            found = documents_within(tree, path)
    except InputError as error:
        yield unreadable(rule, name, path, document, error)
        return
    except LimitReached as limit:
        yield _too_late(tree, About(rule, name, path, document, None), beside, ask, limit)
        return
    for selector, source in found:
        about = About(rule, name, path, f"{document}#{selector}" if selector else document, None, selector)
        try:
            with deadline(ask.seconds):
                yield _proved(source, about, beside, ask)
        except LimitReached as limit:
            yield _too_late(tree, about, beside, ask, limit)


def _too_late(tree: Tree, about: About, beside: Beside, ask: Ask, limit: LimitReached) -> Asked:
    stands = [policy.source.text for policy in (*beside.policies(), beside.maximum)]
    about = replace(about, depends_on=[_text(tree, about.path), stands])
    return _late(about, _in_words(beside), Undecided(str(limit), world=ask.world))


def _proved(source: Source, about: About, beside: Beside, ask: Ask) -> Asked:
    asked = _in_words(beside)
    try:
        policy = parse_source(source)
        question = beside.question(policy)
        if isinstance(question, NeedsQuestion):
            answer: Verdict | NeedsVerdict = prove_needs(question, ask, show)
        else:
            answer = prove(question, ask, show)
    except InputError as error:
        return unreadable(about.rule, about.name, about.path, about.document, error)
    why = explain(question, answer) if isinstance(answer, Escapes | Missing) else None
    about = replace(about, depends_on=[canonical(policy), beside.said])
    findings = (*_of_verdict(about, answer, _allowing(why, policy)), *about.warnings(policy))
    return Asked(about.path, about.document, asked, answer, why, policy, findings)


def compared(  # noqa: PLR0913, PLR0917 - one file in two trees, under one rule
    old: Snapshot,
    new: Tree,
    path: str,
    within: Container[str],
    rule: ConfigRule,
    ask: Ask,
    name: str,
    proved_by: str | None,
) -> Iterator[Asked]:
    """Yield what came of each document of a file: what it allows that its version in `old` did not.

    `within` are the documents of the rule in `old`. A new document is compared with the maximum of the rule
    `proved_by`, where there is one that asks about it too.
    """
    for found in compare_file(old, new, path, within, ask=ask):
        try:
            with deadline(ask.seconds):
                yield _compared(found, rule, ask, name, path, proved_by)
        except LimitReached as limit:
            depends_on = [_text(old, path), _text(new, path)]
            about = About(rule, name, path, found.path, depends_on, found.selector)
            yield _late(about, f"seen from {old.name}", not_compared(str(limit), ask))


def _compared(found: Compared, rule: ConfigRule, ask: Ask, name: str, path: str, proved_by: str | None) -> Asked:
    asked = {
        PathChange.CHANGED: f"seen from {found.since}",
        PathChange.NEW: f"new since {found.since}",
        PathChange.MOVED: f"moved from {found.moved_from} since {found.since}",
        PathChange.GONE: f"gone since {found.since}",
    }[found.case]
    if isinstance(found.answer, InputError):
        return replace(unreadable(rule, name, path, found.path, found.answer), asked=asked)
    said = [policy and canonical(policy) for policy in (found.old, found.new)]
    about = About(rule, name, path, found.path, said, found.selector)
    findings = [*_of_difference(about, found.answer, found.case, proved_by if found.proves_too else None)]
    if found.old and found.new and not found.answer.gained:
        beside_all = gained_beside(found.old, found.new, ask)
        known = {finding.kind for finding in findings}
        findings += [one for one in _of_beside(about, beside_all) if one.kind != "undecided" or one.kind not in known]
    if found.new:
        findings += about.warnings(found.new)
    return Asked(path, found.path, asked, found.answer, found.why, found.new, tuple(findings))


def _late(about: About, asked: str, answer: Undecided | Difference) -> Asked:
    """Return what came of a document about which the time did not suffice to ask."""
    finding = about.found("undecided", answer.reason or "")
    return Asked(about.path, about.document, asked, answer, findings=(finding,))


def _text(tree: Tree, path: str) -> str | None:
    try:
        return text(tree, path).text
    except InputError:
        return None


def unreadable(rule: ConfigRule, name: str, path: str, document: str, error: InputError) -> Asked:
    """Return what came of a document that could not be read."""
    message = f"{error.message}; {error.help}" if error.help else error.message
    finding = About(rule, name, path, document, None).found("unreadable", message, span=error.span)
    return Asked(path, document, "", error, findings=(finding,))


def _in_words(beside: Beside) -> str:
    under = [policy.source.name for policy in beside.policies() if policy is not beside.maximum]
    names = ", ".join(dict.fromkeys(under))
    relation = "all that is needed by" if beside.needs else "within"
    return f"{f'under {names}, ' if names else ''}{relation} {beside.maximum.source.name}"


def _allowing(why: Explanation | None, policy: Policy) -> Span | None:
    """Return the place of the statement of `policy` that lets a counterexample through."""
    parts = why.parts if isinstance(why, WhyAllowed) else ()
    cited = (one for part in parts if part.ruling is Ruling.ALLOWED for one in part.statements)
    return next((one.statement.span for one in cited if one.source == policy.source), None)


def _of_verdict(about: About, answer: Verdict | NeedsVerdict, place: Span | None) -> Iterator[Finding]:
    match answer:
        case Escapes(request=request):
            what = f"{quote(request.action)} on {quote(request.resource)} is allowed, but not by the maximum"
            yield about.found("escapes", what, request, place)
        case Missing(request=request, stopped_by=stopped):
            what = f"{quote(request.action)} on {quote(request.resource)} is needed, but not allowed"
            yield about.found("missing", f"{what}: stopped by {', '.join(stopped)}", request)
        case Undecided(reason=reason, hinges=hinges):
            yield about.found("undecided", reason, hinges.request if hinges else None)
        case Contained(vacuous=True):
            yield about.found("vacuous", "contained only because nothing at all is allowed")
        case Granted(vacuous=True):
            yield about.found("vacuous", "granted only because nothing at all is needed")
        case Contained(vacuous=None) | Granted(vacuous=None) if "vacuous" in about.rule.fails:
            yield about.found("undecided", "it is not known whether anything at all is allowed")
        case Contained() | Granted():
            pass
        case _:
            assert_never(answer)


def _of_beside(about: About, answer: Difference | None) -> Iterator[Finding]:
    """Yield what is gained where a version of the document only denies."""
    if answer is None:
        return
    if answer.gained:
        what = (
            f"{quote(answer.gained.action)} on {quote(answer.gained.resource)} is gained where other documents allow it"
        )
        yield about.found("gained", f"{what}: one version of the document only denies", answer.gained)
    elif answer.relation in (Relation.UNDECIDED, Relation.DIFFERENT):
        yield about.found("undecided", answer.reason or _NONE_FOUND)


def _what(about: About) -> str:
    return "document" if about.selector else "file"


def _of_difference(about: About, answer: Difference, case: PathChange, proved_by: str | None) -> Iterator[Finding]:
    if case is PathChange.GONE:
        yield about.found("gone", f"the {_what(about)} is gone")
    if answer.gained:
        what = f"{quote(answer.gained.action)} on {quote(answer.gained.resource)} is gained"
        held = case is PathChange.NEW and proved_by is not None
        message = (
            f"{what}: the {_what(about)} is new, and {quote(proved_by)} keeps it within its maximum"
            if held and proved_by
            else what
        )
        yield about.found("gained", message, answer.gained, fails=not held)
    if answer.lost:
        what = f"{quote(answer.lost.action)} on {quote(answer.lost.resource)} is lost"
        yield about.found("lost", what, answer.lost)
    if answer.denies_same is False and not (answer.gained or answer.lost):
        yield about.found("different", "what is denied explicitly differs, which matters together with other documents")
    if answer.vacuous:
        verb = "denies" if answer.only_deny else "allows"
        yield about.found("vacuous", f"equivalent only because neither version {verb} anything")
    if answer.relation is Relation.UNDECIDED or answer.reason or answer.vacuous is None:
        yield about.found("undecided", answer.reason or _NONE_FOUND)
