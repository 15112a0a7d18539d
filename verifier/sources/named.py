"""What the text means that names a document, wherever a document is expected: the one place that decides it.

    aws:NAME, arn:...    an AWS managed policy that is shipped (`clouds/aws/managed/names.py`)
    preset:NAME          a ready-made maximum
    -                    standard input
    anything else        the path of a file

    named(text)          the document that a name stands for; None where the text is a path, or `-`
    load(text)           the policy that a name stands for, or that is in a file

What a name means does not depend on which files there are. Where a file has just that name, it is an error, so that
nobody who can make a file decides what is read, and no file is passed over in silence; `./aws:NAME` is the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from os import PathLike

from verifier.base.errors import UsageError, quote
from verifier.base.files import MAX_SIZE, read_source
from verifier.base.source import Source
from verifier.clouds.aws.managed.prefixes import is_name
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy


def named(text: str, is_file: Callable[[str], bool] = os.path.lexists) -> Source | None:
    """Return the document that `text` names; None where it is a path, or `-`.

    `is_file` tells whether there is a file of that name. Raises UsageError for a name that is not known, or that is
    the name of a file too.
    """
    if not is_name(text):
        return None
    if is_file(text):
        help = f"write {quote(f'./{text}')} for the file, or give the file another name"
        raise UsageError(f"{quote(text)} names a document that is shipped, and a file too", help=help)
    from verifier.clouds.aws.managed.names import document_named  # noqa: PLC0415 - for documents that have a name only

    return document_named(text)


def named_or_read(text: str, max_size: int = MAX_SIZE) -> Source:
    """Return the document that `text` names, or what is in the file at that path. Raises UsageError."""
    return named(text) or read_source(text, max_size)


def load(path: str | PathLike[str]) -> Policy:
    """Return the policy that a text names, or that is in the file at `path`. Raises UsageError or PolicyError."""
    return parse_source(named_or_read(path) if isinstance(path, str) else read_source(path))
