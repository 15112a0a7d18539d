"""What the text means that names a document, wherever a document is expected: the one place that decides it.

    aws:NAME, arn:...    an AWS managed policy that is shipped (`clouds/aws/managed/names.py`)
    preset:NAME          a ready-made maximum
    -                    standard input
    FILE#SELECTOR        a document within a file, if there is no file of that name
    anything else        the path of a file

    named(text)                 the document that a name stands for; None where the text is a path, or `-`
    document_in(source, ...)    the document within the text of a file (`open.py`)
    document_at(text, ...)      the document of a name or of a selector; None where the text is a path
    every_document(source)      all documents within a file, for those who take them all
    load(text)                  the policy that a name stands for, or that is in a file

What a name means does not depend on which files there are. Where a file has just that name, it is an error, so that
nobody who can make a file decides what is read, and no file is passed over in silence; `./aws:NAME` is the file.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from types import MappingProxyType

from verifier.base.errors import PolicyError, UsageError, quote
from verifier.base.files import read_source
from verifier.base.grammar import check_size
from verifier.base.regex import regex
from verifier.base.source import Source
from verifier.clouds.aws.managed.prefixes import is_name
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType


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


def split_selector(name: str, is_file: Callable[[str], bool] = os.path.lexists) -> tuple[str, str]:
    """Return the file and the selector of `name`; what is the name of a file, as `is_file` tells, has no selector."""
    if "#" not in name or is_file(name):
        return name, ""
    path, _, selector = name.partition("#")
    return path, selector


def document_in(
    source: Source, selector: str = "", parameters: Mapping[str, str] = MappingProxyType({}), *, level: bool = False
) -> Source:
    """Return the document `selector` of a file, or its only one; of a `level` all that are selected, as a list.

    `parameters` are those of a template. Raises UsageError where there is none, or several, and PolicyError for an
    empty text.
    """
    if not source.text.strip():
        check_size(source, PolicyError)
    if not selector and is_plain(source.text) and (level or source.text.lstrip()[:1] != "["):
        return source
    from verifier.sources.open import open_document, open_level  # noqa: PLC0415 - most files are plain documents

    return (open_level if level else open_document)(source, selector, parameters)


def document_at(
    text: str, max_size: int, parameters: Mapping[str, str] = MappingProxyType({}), *, level: bool = False
) -> Source | None:
    """Return the document of a name or of `FILE#SELECTOR`, of a `level` all that are selected; None where `text` is a
    path. Raises UsageError.
    """
    found = named(text)
    path, selector = split_selector(text)
    if found is not None or not selector:
        return found
    return document_in(read_source(path, max_size), selector, parameters, level=level)


def every_document(
    source: Source,
    parameters: Mapping[str, str] = MappingProxyType({}),
    told: PolicyType | None = None,
    left_out: Counter[str] | None = None,
) -> Sequence[tuple[str, Source]]:
    """Return the documents of a file that are what they are `told` to be, each with its selector.

    Without `told` those are the policies of principals, their boundaries, and what does not say what it is. The others
    are counted in `left_out`, by their types. A file that is a list of SCPs or RCPs is one level. Raises UsageError for
    a file that holds no document.
    """
    from verifier.clouds.aws.documents import LEVELED  # noqa: PLC0415 - most documents are asked about by themselves

    levels = told in LEVELED
    if is_plain(source.text) and (levels or source.text.lstrip()[:1] != "["):
        return (("", source),)
    from verifier.sources.open import every_source  # noqa: PLC0415 - as above

    types = {None, told} if told else OF_PRINCIPALS
    return every_source(source, parameters, types, levels=levels, left_out=left_out)


OF_PRINCIPALS = (None, PolicyType.IDENTITY, PolicyType.BOUNDARY)
# A JSON document without comments, trailing commas and parts that a tool fills in, as far as a glance tells.
_DOCUMENT = regex(r'\s*+\[?\s*+\{\s*+"(?:Version"\s*+:\s*+"20|Id"|Statement")')
_TRAILING_COMMA = regex(r",\s*+[}\]]")
_STRING = regex(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_FILLED_IN = regex(r"\$\{[A-Z]")


def is_plain(text: str) -> bool:
    """Whether a text is a JSON document, or a list of them, as far as a glance tells."""
    if _DOCUMENT.match(text) is None:
        return False
    if "{{" in text or "{%" in text or _FILLED_IN.search(text) is not None:
        return False
    return _is_bare(text) or _is_bare(_without_strings(text))


def _is_bare(text: str) -> bool:
    return "//" not in text and "/*" not in text and _TRAILING_COMMA.search(text) is None


def _without_strings(text: str) -> str:
    """Return `text` with nothing in its strings; where no quote is escaped, every second piece is one."""
    pieces = text.split('"')
    if "\\" in text or len(pieces) % 2 == 0:
        return _STRING.sub('""', text)
    return '""'.join(pieces[::2])


def load(path: str | PathLike[str]) -> Policy:
    """Return the policy that a text names, or that is in the file at `path`. Raises UsageError or PolicyError."""
    if not isinstance(path, str):
        return parse_source(document_in(read_source(path)))
    found = named(path)
    if found is not None:
        return parse_source(found)
    file, selector = split_selector(path)
    return parse_source(document_in(read_source(file), selector))
