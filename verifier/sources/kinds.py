"""The kinds of files that hold documents, in the order in which they are tried; and what other files are.

To add a kind, write it in a module of its own, and give it a row here.
"""

from __future__ import annotations

from verifier.base.source import Source
from verifier.sources.cloudformation.kind import TEMPLATES
from verifier.sources.found import Kind
from verifier.sources.values import Value

KINDS: tuple[Kind, ...] = (TEMPLATES,)


def what_it_is(value: Value, source: Source) -> tuple[str, str]:  # noqa: ARG001 - rows follow
    """Return what a file is that has another kind, and what to do instead."""
    return "not a policy document", 'write `{"Version": "2012-10-17", "Statement": [...]}`'


def what_it_is_by_text(source: Source) -> tuple[str, str] | None:  # noqa: ARG001 - rows follow
    """Return what a text is that no notation can read, and what to do instead; None where nobody knows."""
    return None
