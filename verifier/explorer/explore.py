"""`explore`: plain arguments in, an `Explorer` out. The arguments are those of `prove`."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import Levels, ReadingName, WorldName, ask_of, documents_of
from verifier.clouds.aws.policy.syntax import Policy
from verifier.explorer.explorer import Explorer
from verifier.questions.question import ProveQuestion


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
    question = ProveQuestion(documents_of(policies, boundary, session, scps, rcps), maximum)
    question.check()
    return Explorer(question, ask_of(timeout, "fast", world, reading))
