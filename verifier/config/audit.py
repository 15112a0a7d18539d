"""The configuration as an audit reads it: what is intended, and which findings are accepted.

intent_of(folder, named)    -> AuditConfig: that of the file `named`, or of the one that holds in `folder`
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.clouds.aws.managed.prefixes import is_name
from verifier.config.read import find_config, read_config
from verifier.config.rules import Excepted
from verifier.sources.git import Repository, inside_one
from verifier.sources.tree import WorkingTree

if TYPE_CHECKING:
    from verifier.config.model import IntentForm


@dataclass(frozen=True)
class AuditConfig:
    """What a configuration says to an audit; `folder` is what its paths are relative to."""

    intent: IntentForm | None
    exceptions: Sequence[Excepted]
    folder: Path

    def within(self, name: str) -> str:
        """Return the path of a document of the configuration; a name of a document that is shipped stays."""
        return name if is_name(name) else os.path.relpath(self.folder / name)


def intent_of(folder: Path, named: str | None = None) -> AuditConfig | None:
    """Return the configuration; None where none is named or holds in `folder`. Raises UsageError."""
    if named is not None:
        path = Path(named).absolute()
        tree, found = WorkingTree(path.parent.resolve()), path.name
        if not path.exists():
            raise UsageError(f"there is no configuration {quote(named)}", help="name another file")
    else:
        tree = WorkingTree(Repository.around(folder).root if inside_one(folder) else folder)
        here = folder.relative_to(tree.root).as_posix() if folder.is_relative_to(tree.root) else ""
        looked = find_config(tree, "" if here == "." else here)
        if looked is None:
            return None
        found = looked
    read = read_config(tree, found)
    # what is read without the models has their attributes
    intent = cast("IntentForm | None", read.config.intent)
    return AuditConfig(intent, read.config.exceptions, tree.root / read.folder)
