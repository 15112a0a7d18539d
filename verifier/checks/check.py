"""`check`, as the package offers it: which configuration is asked about, and compared with which revision.

    check(config, base)                     the rules of a configuration, asked about a repository
    repository_of(folder)                   the repository around a folder, if there is one
    situation_of(repository, wanted, ask)   what is checked

A configuration that is not named is looked for from the working directory upwards, in each of the two trees.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from pathlib import Path

from verifier.api import PathName, ReadingName, ask_of
from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.files import read_source
from verifier.checks.accept import Baseline
from verifier.checks.outcome import Checked
from verifier.checks.revisions import Compare, hook_trees, inside
from verifier.checks.run import Situation, Time, run_rules
from verifier.config.read import find_config, read_config
from verifier.questions.ask import Ask
from verifier.sources.git import Repository, inside_one
from verifier.sources.tree import PathKind, Snapshot, Tree, WorkingTree, kind_of, real_path, text

NO_BASE = "none"


@dataclass(frozen=True)
class Wanted:
    """What a call names; `strict`: warnings fail every rule, `hook`: pre-commit names the revisions."""

    config: str | None = None
    base: str | None = None
    baseline: str | None = None
    strict: bool = False
    hook: bool = False


def repository_of(folder: Path) -> Repository | None:
    """Return the repository around `folder`, None where there is none."""
    return Repository.around(folder) if inside_one(folder) else None


def situation_of(repository: Repository | None, wanted: Wanted, ask: Ask) -> Situation:
    """Return what is checked. Raises UsageError for a file or a revision that does not exist, or a broken file."""
    config, baseline = wanted.config, wanted.baseline
    old, new = _trees(repository, wanted.base, config, hook=wanted.hook)
    here, path = _config(new, config)
    if old is not None and config is None:
        _refuse_link_here(old, new, here)
    now = Time(new, read_config(new, path), _baseline(new, baseline) or Baseline())
    then = None
    if old is not None and (was := _config_at(old, here, path, named=config is not None)) is not None:
        then = Time(old, read_config(old, was), _baseline(old, baseline, old=True) or Baseline())
    if wanted.strict:
        now, then = _strict(now), then and _strict(then)
    today = datetime.datetime.now(datetime.UTC).date()
    return Situation(now, ask, today, old, then)


def _strict(time: Time) -> Time:
    return replace(time, read=replace(time.read, config=time.read.config.strict()))


def _trees(
    repository: Repository | None, base: str | None, config: str | None, *, hook: bool
) -> tuple[Snapshot | None, Tree]:
    """Return the files of the base, if there is one, and those that are checked."""
    if hook or base not in (None, NO_BASE):
        within = repository or Repository.around(Path.cwd())
        trees = hook_trees(within, base) if hook else Compare.of(within, str(base))
        if trees is not None:
            return trees.old, trees.new
    if repository is not None:
        return None, WorkingTree(repository.root)
    # Without a repository nothing says where it ends: what lies above the configuration is somebody else's.
    return None, WorkingTree(Path(config).absolute().parent.resolve() if config else Path.cwd())


def _config(tree: Tree, named: str | None) -> tuple[str, str]:
    """Return the folder in which the configuration is looked for, and the path of it, both from the root."""
    here = Path.cwd().relative_to(tree.root).as_posix() if Path.cwd().is_relative_to(tree.root) else ""
    here = "" if here == "." else here
    path = inside(tree.root, named) if named is not None else find_config(tree, here)
    if path is None:
        message = f"there is no `verifier.toml` in {quote(str(Path.cwd()))} or above it in the repository"
        raise UsageError(message, help="write one (`verifier check --help`), or name one with `--config`")
    return here, path


def _refuse_link_here(old: Snapshot, new: Tree, here: str) -> None:
    """Raise UsageError where a folder of the base is now a link to `here`, or to a folder above it.

    Whoever works in the folder works where the link leads, and would find other rules there, or no earlier ones.
    """
    folders = [""] if here else []
    while folders:
        folder = folders.pop()
        for path in (f"{folder}/{name}" if folder else name for name in old.inside(folder)):
            if old.kind(path) is not PathKind.FOLDER:
                continue
            if new.kind(path) is not PathKind.LINK:
                folders.append(path)
            elif _leads_above(new, path, here):
                message = f"{quote(path)} is a link and was a folder at {quote(old.name)}"
                raise UsageError(message, help="make it a folder again, or name the configuration with `--config`")


def _leads_above(tree: Tree, link: str, here: str) -> bool:
    try:
        return f"{here}/".startswith(f"{real_path(tree, link)}/")
    except UsageError:
        return False  # it leads out of the repository, or nowhere


def _config_at(old: Snapshot, here: str, path: str, *, named: bool) -> str | None:
    """Return the path of the configuration at the base: the one that was named, or the one that was in its place."""
    if named:
        return path if kind_of(old, path) is not None else None
    return find_config(old, here)


def _baseline(tree: Tree, named: str | None, *, old: bool = False) -> Baseline | None:
    """Return the baseline in a file: that of `tree`, where the file is in the repository; none if it was not there."""
    if named is None:
        return None
    try:
        path = inside(tree.root, named)
    except UsageError:
        return Baseline.parse(read_source(named))
    if old and kind_of(tree, path) is None:
        return None
    return Baseline.parse(text(tree, path))


def check(
    config: PathName | None = None,
    base: str | None = None,
    *,
    baseline: PathName | None = None,
    strict: bool = False,
    timeout: float = 10.0,
    reading: ReadingName = "all",
) -> Checked:
    """Return what comes of all rules of a configuration, in the repository that holds the working directory.

    `config` is a file, looked for from the working directory upwards unless given. `base` is the revision that a change
    is compared with, `baseline` a file of findings that are accepted; with `strict` every rule fails on warnings.
    `timeout` is in seconds, for each document; `reading` is that of `prove`. A rule or document that cannot be read is
    in the result. Raises UsageError where nothing can be asked: no configuration or a broken one, no such revision.
    """
    ask = ask_of(timeout, "fast", reading=reading)
    wanted = Wanted(_named(config), base, _named(baseline), strict=strict)
    return run_rules(situation_of(repository_of(Path.cwd()), wanted, ask))


def _named(path: PathName | None) -> str | None:
    return None if path is None else os.fspath(path)
