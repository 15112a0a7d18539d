"""All rules of a configuration, asked: what `verifier check` does.

    run(Situation(...))  ->  Checked

Every document of every rule is asked about, each time, whether or not it changed. A proof takes a millisecond, so
nothing has to be guessed about what a change could have touched (a boundary, a maximum, an SCP, the configuration, the
target of a link), and the findings of files that a pull request leaves alone stay open where it is reported to.

With a base revision, what a pull request brings must pass the rules as they were, too. Otherwise it could bring its own
maximum along with what exceeds it, or an exception, or leave a rule out. So if a rule of the base, or a document with
it, an exception to it or the baseline, is not what it was, the documents that changed are asked about once more, under
the rule as it was at the base; so are those that the rules cover newly, which may be the same under other names. If the
limits of documents changed as well as their maximum, each is compared with the maximum as it was, under its limits as
they are. A change of the rules alone passes; to widen a maximum and use that takes two pull requests, and the first
shows what it is about. A document that only moved within a rule has not changed.

What fails closed: a place that no file is at, a file that became a link, a base that cannot be read or has a broken
configuration, a rule that compares without a base, and a check in which nothing was asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.base.budget import deadline
from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, LimitReached, PolicyWarning, UsageError, quote
from verifier.base.files import MAX_SIZE
from verifier.base.source import Source, Span
from verifier.checks.accept import Acceptance, Baseline
from verifier.checks.ask import About, compared, proved, unreadable
from verifier.checks.beside import Beside, beside
from verifier.checks.compare import PathChange, case_of, refuse_other_type
from verifier.checks.outcome import Asked, Checked, Finding, Outcome
from verifier.checks.select import select
from verifier.clouds.aws.lint.lint import no_service
from verifier.config.read import LoadedConfig
from verifier.config.rules import ConfigRule
from verifier.questions.ask import Ask
from verifier.sources.tree import Snapshot, Tree, find_path, real_path


@dataclass(frozen=True)
class Time:
    """The rules as they are at one time: in the tree that is checked, or at the base revision."""

    tree: Tree
    read: LoadedConfig
    baseline: Baseline


@dataclass(frozen=True)
class Situation:
    """What is checked: the rules `now`; the files of the base, and the rules that it had, where there is a base."""

    now: Time
    ask: Ask
    today: datetime.date
    old: Snapshot | None = None
    then: Time | None = None


def run_rules(situation: Situation) -> Checked:
    """Return what came of all rules. Raises UsageError where there is nothing to ask about."""
    now = situation.now
    if not now.read.config.rules:
        message, help = "the configuration has no rule", "write a `[[rule]]`; without one nothing is checked"
        raise UsageError(message, source=now.read.source, help=help)
    if situation.old is not None:
        refuse_other_type(situation.old, now.tree, now.read.path)
    acceptance = _acceptance(now, situation.today)
    outcomes: list[Outcome] = []
    used: set[int] = set()
    for rule in now.read.config.rules:
        found, of_use = acceptance.of(_asked_now(situation, rule), rule)
        outcomes.append(found)
        used |= of_use
    if situation.then is not None and situation.old is not None:
        outcomes += _held_to_base(situation, situation.then, situation.old)
    notes = (*_unused(now.read, used, situation.today), *_no_base(situation))
    return Checked(tuple(outcomes), notes, situation.old.name if situation.old else None)


def listed(now: Time) -> Iterator[tuple[ConfigRule, list[str]]]:
    """Yield each rule with the paths of its documents. Raises UsageError where a place stands for none."""
    for rule in now.read.config.rules:
        yield rule, select(now.tree, now.read.folder, rule.places, rule.exclude)


def _asked_now(situation: Situation, rule: ConfigRule) -> Outcome:
    now, old = situation.now, situation.old
    try:
        paths = select(now.tree, now.read.folder, rule.places, rule.exclude)
        if rule.proves:
            with deadline(situation.ask.seconds):
                stands = beside(now.tree, now.read.folder, rule)
                _linted(stands)
            if old is not None:
                for path in stands.paths.values():
                    refuse_other_type(old, now.tree, path)
            found = _proved(rule, rule.name, now.tree, paths, stands, situation)
            if not found.asked:
                help = "name files with policies of users, roles and groups, or their boundaries"
                raise UsageError(f"the files of the rule {quote(rule.name)} hold no policy of a principal", help=help)
            return _with_services(found, now.read, rule)
        if old is None:
            help = "give `--base`, as `--base origin/main`"
            raise UsageError(f"the rule {quote(rule.name)} needs a base revision to compare with", help=help)
        asked = _compared(rule, rule.name, now, old, paths, situation.ask, _proved_by(situation))
        return Outcome(rule.name, tuple(asked))
    except InputError as error:
        return _failed(rule, rule.name, error)
    except LimitReached as limit:
        return _failed(rule, rule.name, _not_read(rule, limit))


def _proved(
    rule: ConfigRule, name: str, tree: Tree, paths: Iterable[str], stands: Beside, situation: Situation
) -> Outcome:
    old = situation.old
    asked: list[Asked] = []
    for path in paths:
        try:
            if old is not None:
                refuse_other_type(old, tree, path)
        except InputError as error:
            asked.append(unreadable(rule, name, path, path, error))
            continue
        asked += proved(tree, path, rule, stands, situation.ask, name)
    return Outcome(name, tuple(asked), tuple(_of_beside(rule, name, stands)), warnings=_warnings(stands))


def _of_beside(rule: ConfigRule, name: str, stands: Beside) -> Iterator[Finding]:
    """Yield the warnings about the documents that limit those of a rule: each once, however many documents."""
    for policy, warning in stands.warned:
        seen = policy.source.name
        yield About(rule, name, stands.paths[seen], seen, None).of_warning(warning)


def _with_services(outcome: Outcome, read: LoadedConfig, rule: ConfigRule) -> Outcome:
    """Return the outcome with warnings of what `at_most` names and AWS does not have."""
    about = About(rule, rule.name, read.path, read.source.name, None)
    number = read.config.rules.index(rule)
    named = ((place, no_service(service)) for place, service in enumerate(rule.at_most or ()))
    found = [
        PolicyWarning(said, read.place("rule", number, "at_most", place) or Span(1, 1, 1, 2))
        for place, said in named
        if said
    ]
    return replace(
        outcome,
        findings=(*outcome.findings, *map(about.of_warning, found)),
        warnings=(*outcome.warnings, *((read.source, one) for one in found)),
    )


def _compared(
    rule: ConfigRule, name: str, now: Time, old: Snapshot, paths: list[str], ask: Ask, proved_by: dict[str, str]
) -> Iterator[Asked]:
    before = frozenset(select(old, now.read.folder, rule.places, rule.exclude, some=False))
    for path in paths:
        yield from compared(old, now.tree, path, before, rule, ask, name, proved_by.get(path))
    moved = {case_of(old, now.tree, path, before)[1] for path in {*paths}.difference(before)}
    for path in sorted(before.difference(paths)):
        if path not in moved:
            yield from compared(old, now.tree, path, before, rule, ask, name, None)


def _proved_by(situation: Situation) -> dict[str, str]:
    """Return the documents that some rule holds to its maximum, each with the name of one.

    Where the base has rules it is one of those: a rule that comes with a new document holds it to nothing.
    """
    found: dict[str, str] = {}
    at = situation.then or situation.now
    for rule in at.read.config.rules:
        if rule.proves and "escapes" in rule.fails:
            found |= dict.fromkeys(_selected(situation.now.tree, at, rule), rule.name)
    return found


def _selected(tree: Tree, time: Time, rule: ConfigRule) -> list[str]:
    """Return the documents in `tree` of a rule of `time`; none where its places stand for none."""
    return select(tree, time.read.folder, rule.places, rule.exclude, some=False)


def _held_to_base(situation: Situation, then: Time, old: Snapshot) -> Iterator[Outcome]:
    """Yield what comes of the documents that changed under each rule of the base that is not what it was."""
    acceptance = _acceptance(then, situation.today)
    now_rules = {rule.name: rule for rule in situation.now.read.config.rules}
    for rule in then.read.config.rules:
        name = f"{rule.name} at {old.name}"
        try:
            with deadline(situation.ask.seconds):
                stands = beside(old, then.read.folder, rule) if rule.proves else None
                if _as_it_was(situation, then, rule, now_rules.get(rule.name), stands):
                    continue
                if stands is not None:
                    _linted(stands)
            paths = _selected(situation.now.tree, then, rule)
            if stands is None:
                at_base = replace(situation.now, read=then.read)
                asked = _compared(rule, name, at_base, old, paths, situation.ask, _proved_by(situation))
                found = Outcome(name, tuple(one for one in asked if one.findings))
            else:
                before = frozenset(_selected(old, then, rule))
                if rule.name in now_rules or not before.issubset(paths):
                    paths += _newly_covered(situation, then)
                changed = [path for path in paths if _changed(old, situation.now.tree, path, before)]
                found = _proved(rule, name, situation.now.tree, changed, stands, situation)
                more = _under_new_limits(situation, rule, name, paths, stands)
                found = Outcome(name, tuple(map(_without_vacuous, (*found.asked, *more))))
        except InputError as error:
            found = _failed(rule, name, error)
        except LimitReached as limit:
            found = _failed(rule, name, _not_read(rule, limit))
        found, _ = acceptance.of(found, rule)
        kept = tuple(one for one in found.findings if one.kind != "expired")
        if found.asked or kept:
            yield replace(found, findings=kept, at=old.name)


def _newly_covered(situation: Situation, then: Time) -> list[str]:
    """Return the documents that rules prove now, and none proved at the base: what has another name perhaps."""
    tree, now = situation.now.tree, situation.now
    rules = ((time, rule) for time in (now, then) for rule in time.read.config.rules if rule.proves)
    covered: dict[bool, set[str]] = {True: set(), False: set()}
    for time, rule in rules:
        covered[time is now].update(_selected(tree, time, rule))
    return sorted(covered[True] - covered[False])


def _under_new_limits(
    situation: Situation, rule: ConfigRule, name: str, paths: list[str], stands: Beside
) -> Iterator[Asked]:
    """Yield what comes of the documents of a rule of the base where both their limits and the maximum changed.

    They are compared with the maximum as it was, under the limits that they have now. Otherwise a boundary and a
    maximum could grow together, and a policy that did not change would be allowed more. What is needed is a maximum
    turned around: otherwise both could shrink together.
    """
    now = situation.now
    for current in now.read.config.rules:
        if not current.proves or (current.needs is not None) is not stands.needs:
            continue
        own = set(_selected(now.tree, now, current)).intersection(paths)
        with deadline(situation.ask.seconds):
            new = beside(now.tree, now.read.folder, current) if own else stands
        mixed = replace(new.within(stands.maximum), paths={**new.paths, **stands.paths})
        if stands.said in (mixed.said, stands.within(new.maximum).said):
            continue
        for path in sorted(own):
            for asked in proved(now.tree, path, rule, mixed, situation.ask, name):
                if any(one.kind in ("escapes", "missing", "undecided") for one in asked.findings):
                    yield asked


def _without_vacuous(asked: Asked) -> Asked:
    """Return the answer without that nothing was allowed at the base: a boundary may grow with what needs it."""
    return replace(asked, findings=tuple(one for one in asked.findings if one.kind != "vacuous"))


def _as_it_was(
    situation: Situation, then: Time, rule: ConfigRule, current: ConfigRule | None, stands: Beside | None
) -> bool:
    """Whether a rule of the base is still asked about in the same way: all but the documents is the same."""
    now = situation.now
    if current != rule or now.read.folder != then.read.folder or now.baseline != then.baseline:
        return False
    if [one for one in now.read.config.exceptions if one.rule == rule.name] != [
        one for one in then.read.config.exceptions if one.rule == rule.name
    ]:
        return False
    try:
        return stands is None or beside(now.tree, now.read.folder, rule).said == stands.said
    except InputError:
        return False  # shown where the rule is asked as it is now


def _changed(old: Snapshot, new: Tree, path: str, before: frozenset[str]) -> bool:
    """Whether the document at `path` is not what it was under the same rule; raises UsageError as `case_of` does."""
    case, _ = case_of(old, new, path, before)
    if case is PathChange.MOVED:
        return False
    if case is PathChange.NEW or path not in before:
        return True
    was = find_path(old, path)
    return was is None or old.data(was, MAX_SIZE) != new.data(real_path(new, path), MAX_SIZE)


def _acceptance(time: Time, today: datetime.date) -> Acceptance:
    return Acceptance(time.read.config.exceptions, time.read.folder, time.baseline, today)


def _failed(rule: ConfigRule, name: str, error: InputError) -> Outcome:
    path = error.source.name if error.source else ""
    finding = unreadable(rule, name, path, path or rule.name, error).findings
    return Outcome(name, (), finding, errors=((name, error),))


def _not_read(rule: ConfigRule, limit: LimitReached) -> UsageError:
    help = "give a larger `--timeout`, or smaller documents"
    return UsageError(f"the other documents of the rule {quote(rule.name)} were not read: {limit}", help=help)


def _linted(stands: Beside) -> int:
    """Work out the warnings about the limiting documents, which are remembered, within the time for reading."""
    return len(stands.warned)


def _warnings(stands: Beside) -> tuple[tuple[Source, PolicyWarning], ...]:
    return tuple((policy.source, warning) for policy, warning in stands.warned)


def _unused(read: LoadedConfig, used: set[int], today: datetime.date) -> Iterator[str]:
    for number, one in enumerate(read.config.exceptions):
        over = one.until is not None and one.until < today
        if one.rule is not None and number not in used and not over:
            where = f" in {quote(one.where)}" if one.where else ""
            yield f"an exception to {quote(one.rule)}{where} accepts nothing; remove it"


def _no_base(situation: Situation) -> Iterator[str]:
    if situation.old is not None and situation.then is None:
        yield f"{quote(situation.old.name)} has no configuration, so changes are not checked against earlier rules"
