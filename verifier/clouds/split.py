"""How a cloud splits a question into conjunctions, as the search wants them.

AllowingWay    one of several ways in which documents can allow a request
Respect        one of several respects in which documents are compared
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from verifier.base.dataclass import dataclass

if TYPE_CHECKING:
    from verifier.clouds.cloud import Document


@dataclass(frozen=True, eq=False)
class AllowingWay:
    """One way in which documents can allow a request, all of it and-ed; documents in one tuple act as one.

    Each of `allowing` allows, none of `silent` denies, and none of `lacking` allows. Each of `given` allows too: they
    say what the question is about, as who asks.
    """

    allowing: tuple[tuple[Document, ...], ...] = ()
    silent: tuple[tuple[Document, ...], ...] = ()
    lacking: tuple[tuple[Document, ...], ...] = ()
    given: tuple[Document, ...] = ()


def as_it_is(document: Any) -> Any:
    """Return `document`."""
    return document


@dataclass(frozen=True, eq=False)
class Respect:
    """One respect in which documents are compared: they say the same iff they allow and deny the same in every one.

    `seen` returns a document as it counts there, always the same object for it; each of `given` allows the requests
    that it is about. `where` says in words when it matters; it is empty where it always does. It is one only if the
    cloud reads `points` the other way. `denying`: what is denied is compared there too, not only what is allowed.
    """

    seen: Callable[[Any], Any] = as_it_is
    given: tuple[Document, ...] = ()
    where: str = ""
    points: tuple[Any, ...] = ()
    denying: bool = True
