"""What a file holds: documents with the names by which people select them, and the kinds of files that hold some.

    FoundDocument      one document, where it stands, and what it is
    Kind       one kind of file: whether some values are of it, and the documents in them
    Opening    what the documents of a file may depend on: the file itself, and what the call says

A kind is a row of `KINDS` (`open.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Protocol

from verifier.base.dataclass import dataclass
from verifier.base.source import Source
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.values import Value


@dataclass(frozen=True)
class FoundDocument:
    """A document within a file.

    `selector` is what follows the file's name and `#`: `aws_iam_policy.boundary`; empty where the file is one document
    in some wrapper. `type` is what the place says that it is, None where it does not. `value` is the document itself;
    an `AnyValue` where it is not known before deployment. `owner` is the selector of the principal or resource that it
    belongs to, where it is not the document's own. `file` is where it stands. `assumes` says what is taken for granted
    of the document, where the file does not say it for certain (`Opening.plain_references`). One of a data source
    `acts` nowhere: it is only what others are made of. `given` is what decides, in a template, whether it is there and
    which of several it is: not empty where conditions do. `on` tells the resource that the policy of one stands for
    apart from others, also in another version of the file. `resource` is the type of what holds it in a plan or a
    template. `certain` is False where a plan does not tell whether there is one.
    """

    selector: str
    type: PolicyType | None
    value: Value
    file: Source
    owner: str = ""
    assumes: str = ""
    acts: bool = True
    given: str = ""
    on: str = ""
    resource: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Opening:
    """What the documents of the file `source` may depend on, besides its values.

    `parameters` are those of a template. `before`: of a plan, the state before the change, not the one after it.
    `plain_references`: of a plan, an expression that refers to one attribute and to nothing else is taken for that
    attribute. A plan does not say whether it is: `replace(a.json, "x", "y")` refers to `a.json` too.
    """

    source: Source
    parameters: Mapping[str, str] = field(default_factory=dict)
    before: bool = False
    plain_references: bool = False


class Kind(Protocol):
    """One kind of file that holds documents."""

    @property
    def name(self) -> str:
        """What messages call such a file, with its article."""

    def fits(self, value: Value) -> bool:
        """Whether the file whose values are `value` is of this kind; decided by a few names, at no cost."""

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """Yield the documents in the order of the file. Raises InputError for a file that is broken."""
