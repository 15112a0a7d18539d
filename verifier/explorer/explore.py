"""`explore`: plain arguments in, an `Explorer` out. The arguments are those of `prove`."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import Levels, ReadingName, WorldName, levels_of, limits_of
from verifier.base.errors import UsageError
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.check import Kind, check
from verifier.clouds.aws.policy.syntax import Policy
from verifier.explorer.explorer import Explorer


def explore(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    policies: Iterable[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    timeout: float = 10.0,
    world: WorldName = "all",
    reading: ReadingName = "all",
) -> Explorer:
    """Return an explorer of the requests that the documents allow together and `maximum` does not, at the first.

    `timeout` is in seconds, for each step; `world="aws"` leaves out requests that AWS cannot make. Raises PolicyError
    for a document that does not suit its place, UsageError where no identity policy is given or an option is
    impossible.
    """
    given = tuple(policies)
    if not given:
        raise UsageError("there is no identity policy", mend="give one at least")
    documents = Documents(given, boundary, session, levels_of(scps), tuple(rcps or ()))
    documents.check()
    check(maximum, Kind.MAXIMUM)
    return Explorer(documents, maximum, limits_of(timeout, "fast", world, reading))
